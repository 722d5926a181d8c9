import { SmsError } from "../../../core/model/errors";
import type { Entity, Key, Versioned, Write } from "../../../core/model/record";
import type { Page, Query, ResultOf, Storage } from "../../../ports/storage";
import { inLockOrder } from "../lock-order";
import { encodeWrites } from "../sql/encoded-write";
import { retryWhileBusy } from "./busy";
import { commitQueue, type CommitQueue } from "./commit-queue";
import { sqliteConnection, type SqliteDatabase } from "./database";
import { sqliteBuilder } from "./dialect";
import { openDatabase } from "./driver";
import { storageFailed } from "./failure";
import { commitGroup } from "./group-commit";
import { readOptions, type SqliteSource, type SqliteStorageOptions } from "./options";
import { migrate, setPragmas } from "./prepare-database";
import { sqliteRecords, type SqliteRecords } from "./records";

export type { SqliteDatabase, SqliteStatement } from "./database";
export type { SqliteStorageOptions } from "./options";
export type { SqlValue } from "../sql/row";

interface Opened {
  readonly database: SqliteDatabase;
  readonly records: SqliteRecords;
  readonly queue: CommitQueue;
}

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
export function sqliteStorage(options: SqliteStorageOptions): Storage {
  const source = readOptions(options);
  const inFlight = new Set<Promise<unknown>>();
  let opening: Promise<Opened> | null = null;
  let isOpen = true;

  async function opened(): Promise<Opened> {
    opening ??= open(source).catch((error: unknown) => {
      // The next use tries again: a missing folder may be there by then.
      opening = null;
      throw storageFailed("opening the database", error);
    });
    return opening;
  }

  /** Runs a verb, which closing waits for. */
  async function run<T>(doing: string, verb: () => Promise<T>): Promise<T> {
    if (!isOpen) throw new SmsError("storage_failed", "The storage was closed; make a new one.");
    const running = verb();
    inFlight.add(running);
    try {
      return await running;
    } catch (error) {
      throw storageFailed(doing, error);
    } finally {
      inFlight.delete(running);
    }
  }

  return {
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
    async close(): Promise<void> {
      isOpen = false;
      await Promise.allSettled(inFlight);
      const ready = await opening;
      opening = null;
      if (source.kind === "path") ready?.database.close();
    },
  };
}

async function open(source: SqliteSource): Promise<Opened> {
  const builder = await sqliteBuilder();
  const database = source.kind === "path" ? await openDatabase(source.path) : source.database;
  try {
    const connection = sqliteConnection(database);
    // A database of the host's has the settings the host gave it.
    if (source.kind === "path") await setPragmas(connection);
    await migrate(connection, builder);
    const queue = commitQueue((group) => commitGroup(connection, group));
    return { database, records: sqliteRecords(connection, builder), queue };
  } catch (error) {
    if (source.kind === "path") database.close();
    throw error;
  }
}
