import type { Entity, Key, Versioned, Write } from "../../../core/model/record";
import type { Page, Query, ResultOf, Searches, SearchQuery } from "../../../ports/storage";
import { inLockOrder } from "../lock-order";
import { encodeWrites } from "../sql/encoded-write";
import { storageLifetime } from "../sql/lifetime";
import type { SqlStorage } from "../sql/sql-storage";
import { retryWhileBusy } from "./busy";
import { sqliteBuilder } from "./dialect";
import { storageFailed } from "./failure";
import { connect, migrationSteps, prepare, runMigrations, type Connected, type Opened } from "./open";
import { readOptions, type SqliteStorageOptions } from "./options";
import { migrationSqlOf } from "./prepare-database";

export type { SqliteDatabase, SqliteStatement } from "./database";
export type { SqliteStorageOptions, SqliteTableOptions } from "./options";
export type { SqlStorage } from "../sql/sql-storage";
export type { SqlValue } from "../sql/row";

/**
 * A storage in a SQLite file, for one machine: several processes may open the same file.
 * The file is opened, and its tables made or brought up to date, at the first use. A commit that was answered survives a crash
 * of the process and a power cut (WAL, `synchronous=FULL`); commits at the same time share one wait for the disk.
 * Needs `kysely` and a driver: `node:sqlite` where the runtime has it, else `better-sqlite3`, else `libsql`.
 *
 * All verbs reject with an SmsError: `dependency_missing` when a package is not there, `storage_failed` for the rest.
 * @throws SmsError `config_invalid` for options that are misspelt, missing or contradict each other.
 * @example
 * const storage = sqliteStorage({ path: "sms.db" });
 */
export function sqliteStorage(options: SqliteStorageOptions): SqlStorage {
  const settings = readOptions(options);
  const { run, close } = storageLifetime(storageFailed);
  let connecting: Promise<Connected> | null = null;
  let opening: Promise<Opened> | null = null;

  async function connected(): Promise<Connected> {
    connecting ??= connect(settings).catch((error: unknown) => {
      // The next use tries again: a missing folder may be there by then.
      connecting = null;
      throw storageFailed("opening the database", error);
    });
    return connecting;
  }

  async function opened(): Promise<Opened> {
    opening ??= connected()
      .then((ready) => prepare(ready, settings))
      .catch((error: unknown) => {
        opening = null;
        throw storageFailed("preparing the database", error);
      });
    return opening;
  }

  async function release(): Promise<void> {
    const ready = await connecting;
    connecting = null;
    opening = null;
    if (settings.source.kind === "path") ready?.database.close();
  }

  const storage: SqlStorage = {
    read: (keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]> =>
      run("reading", async () => {
        const { records } = await opened();
        return retryWhileBusy(() => records.read(keys));
      }),
    async commit(writes: readonly Write[]): Promise<"committed" | "conflict"> {
      const ordered = inLockOrder(writes);
      return run("committing", async () => {
        // Before anything is awaited: what the caller changes from now on is not part of the commit.
        const encoded = encodeWrites(ordered);
        const { records, queue } = await opened();
        return queue.add(records.prepare(encoded));
      });
    },
    list: <Q extends Query>(query: Q): Promise<Page<ResultOf<Q>>> =>
      run("listing", async () => {
        const { records } = await opened();
        // The plan of a list names the kind of record that the list gives.
        return retryWhileBusy(() => records.list(query) as Page<ResultOf<Q>>);
      }),
    migrate: () => run("migrating", async () => runMigrations(await connected(), settings)),
    migrationSql: () =>
      run("writing the migrations", async () =>
        migrationSqlOf(await sqliteBuilder(settings.tablePrefix), migrationSteps(settings)),
      ),
    close: () => close(release),
  };
  if (!settings.search) return storage;
  return {
    ...storage,
    search: <In extends keyof Searches>(query: SearchQuery<In>): Promise<Page<Searches[In]>> =>
      run("searching", async () => {
        const { search } = await opened();
        if (search === null) throw new TypeError("The search was left out.");
        // A search gives the kind of record that it is for.
        return (await search(query)) as Page<Searches[In]>;
      }),
  };
}
