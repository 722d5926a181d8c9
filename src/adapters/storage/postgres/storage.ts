import type { Entity, Key, Versioned, Write } from "../../../core/model/record";
import type { Page, Query, ResultOf, Searches, SearchQuery } from "../../../ports/storage";
import { inLockOrder } from "../lock-order";
import { encodeWrites } from "../sql/encoded-write";
import { storageLifetime } from "../sql/lifetime";
import type { SqlStorage } from "../sql/sql-storage";
import { commitWrites, type CommitForm } from "./committing";
import type { PostgresConnection } from "./connection";
import { postgresBuilder, type PostgresTables } from "./dialect";
import { storageFailed } from "./failure";
import { listRecords } from "./listing";
import { assertMigrated, migrate, migrationSql, type MigrationParts } from "./migrating";
import { readRecords, type ReadParts } from "./reading";
import { searchRecords } from "./searching";
import { searchMigration } from "./search-index";
import { statementCache } from "./statement-cache";

/** How a storage works on whatever connection it has. */
export interface PostgresSettings extends PostgresTables {
  readonly migrations: "at-opening" | "by-hand";
  readonly prepare: "often-used" | "never";
  readonly commit: CommitForm;
  readonly search: boolean;
}

interface Opened {
  readonly connection: PostgresConnection;
  readonly parts: ReadParts;
}

/**
 * A storage over a connection, which `connect` makes at the first use and again after it has failed.
 * It closes the connection that it was given when it is closed itself.
 */
export function sqlStorageOverPostgres(
  connect: () => Promise<PostgresConnection>,
  settings: PostgresSettings,
): SqlStorage {
  const { run, close } = storageLifetime(storageFailed);
  let connecting: Promise<PostgresConnection> | null = null;
  let opening: Promise<Opened> | null = null;

  function connected(): Promise<PostgresConnection> {
    connecting ??= connect().catch((error: unknown) => {
      connecting = null;
      throw error;
    });
    return connecting;
  }

  async function partsOfMigration(): Promise<MigrationParts> {
    const builder = await postgresBuilder(settings);
    return { builder, steps: { features: settings.search ? [searchMigration(builder)] : [] } };
  }

  async function open(): Promise<Opened> {
    const migration = await partsOfMigration();
    const connection = await connected();
    const prepared = settings.migrations === "by-hand" ? assertMigrated : migrate;
    await prepared(connection, migration);
    const { builder } = migration;
    return { connection, parts: { builder, statements: statementCache(settings.prepare) } };
  }

  function opened(): Promise<Opened> {
    opening ??= open().catch((error: unknown) => {
      // The next use tries again: the server may be up, or the migration done, by then.
      opening = null;
      throw storageFailed("opening the storage", error);
    });
    return opening;
  }

  async function release(): Promise<void> {
    const connection = await connecting;
    connecting = null;
    opening = null;
    await connection?.close();
  }

  const storage: SqlStorage = {
    read: (keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]> => {
      const asked = [...keys];
      return run("reading", async () => {
        const { connection, parts } = await opened();
        return readRecords(connection, parts, asked);
      });
    },
    async commit(writes: readonly Write[]): Promise<"committed" | "conflict"> {
      const ordered = inLockOrder(writes);
      return run("committing", async () => {
        // Before anything is awaited: what the caller changes from now on is not part of the commit.
        const encoded = encodeWrites(ordered);
        const { connection, parts } = await opened();
        return commitWrites(connection, { ...parts, form: settings.commit }, encoded);
      });
    },
    list: <Q extends Query>(query: Q): Promise<Page<ResultOf<Q>>> =>
      run("listing", async () => {
        const { connection, parts } = await opened();
        return listRecords(connection, parts, query);
      }),
    migrate: (): Promise<void> =>
      run("migrating", async () => migrate(await connected(), await partsOfMigration())),
    migrationSql: (): Promise<string> =>
      run("writing the SQL of the migrations", async () => migrationSql(await partsOfMigration())),
    close: () => close(release),
  };
  if (!settings.search) return storage;
  return {
    ...storage,
    search: <In extends keyof Searches>(query: SearchQuery<In>): Promise<Page<Searches[In]>> =>
      run("searching", async () => {
        const { connection, parts } = await opened();
        return searchRecords(connection, parts.builder, query);
      }),
  };
}
