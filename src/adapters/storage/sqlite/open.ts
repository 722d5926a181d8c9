import type { Entity } from "../../../core/model/record";
import type { Page, SearchQuery } from "../../../ports/storage";
import type { SqlBuilder } from "../sql/builder";
import type { MigrationSteps } from "../sql/migrations";
import { commitQueue, type CommitQueue } from "./commit-queue";
import { sqliteConnection, type SqliteConnection, type SqliteDatabase } from "./database";
import { sqliteBuilder } from "./dialect";
import { openDatabase } from "./driver";
import { commitGroup } from "./group-commit";
import type { SqliteSettings } from "./options";
import { assertMigrated, assertSearchable, migrate, setPragmas } from "./prepare-database";
import { sqliteRecords, type SqliteRecords } from "./records";
import { sqliteSearch } from "./search";
import { searchIndexing } from "./search-indexing";
import { SEARCH_MIGRATION } from "./search-schema";

/** A database that is open, whatever is in it. */
export interface Connected {
  readonly database: SqliteDatabase;
  readonly connection: SqliteConnection;
  readonly builder: SqlBuilder;
}

/** A database that is ready for the verbs. */
export interface Opened {
  readonly records: SqliteRecords;
  readonly queue: CommitQueue;
  /** Null where the settings leave searching out. */
  readonly search: ((query: SearchQuery) => Promise<Page<Entity>>) | null;
}

/** Opens the database and sets what the guarantees rest on. A database of the host's has the settings the host gave it. */
export async function connect({ source, tablePrefix }: SqliteSettings): Promise<Connected> {
  const builder = await sqliteBuilder(tablePrefix);
  if (source.kind === "database")
    return { database: source.database, connection: sqliteConnection(source.database), builder };
  const database = await openDatabase(source.path);
  const connection = sqliteConnection(database);
  try {
    await setPragmas(connection, source.synchronous);
  } catch (error) {
    database.close();
    throw error;
  }
  return { database, connection, builder };
}

/** The migrations that these settings ask for. */
export function migrationSteps({ search }: SqliteSettings): MigrationSteps {
  return { features: search ? [SEARCH_MIGRATION] : [] };
}

/** Makes the tables, or brings them up to date. */
export async function runMigrations(
  { connection, builder }: Connected,
  settings: SqliteSettings,
): Promise<void> {
  if (settings.search) await assertSearchable(connection);
  await migrate(connection, builder, migrationSteps(settings));
}

/** Sees to it that the tables are as they have to be. */
export async function prepare(connected: Connected, settings: SqliteSettings): Promise<Opened> {
  const { connection, builder } = connected;
  if (settings.migrations === "at-opening") await runMigrations(connected, settings);
  else {
    if (settings.search) await assertSearchable(connection);
    await assertMigrated(connection, builder, migrationSteps(settings));
  }
  const records = sqliteRecords(connection, builder);
  const indexing = settings.search ? searchIndexing(connection, builder) : null;
  return {
    records,
    queue: commitQueue((group) => {
      const outcomes = commitGroup(connection, group);
      const held = group.filter((_, at) => outcomes[at]?.kind === "committed");
      indexing?.committed(held.reduce((count, commit) => count + commit.length, 0));
      return outcomes;
    }),
    search: indexing === null ? null : sqliteSearch({ connection, builder, records, indexing }),
  };
}
