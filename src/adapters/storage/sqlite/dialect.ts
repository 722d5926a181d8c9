import { SmsError } from "../../../core/model/errors";
import type { AnyTables, SqlBuilder } from "../sql/builder";
import { tableNames } from "../sql/tables";

/**
 * Loads Kysely as a writer of SQLite's SQL, for tables with this prefix. It runs nothing.
 * @throws SmsError `dependency_missing` when the package is not installed.
 */
export async function sqliteBuilder(prefix?: string): Promise<SqlBuilder> {
  const { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } =
    await loadKysely();
  const db = new Kysely<AnyTables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (instance) => new SqliteIntrospector(instance),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  return {
    db,
    sql,
    types: { text: sql`text`, integer: sql`integer`, boolean: sql`integer`, json: sql`text` },
    tables: tableNames(prefix),
    // Source: sqlite.org/optoverview.html, "disqualifying WHERE clause terms using unary +" (read 2026-11).
    unindexed: (column) => sql`+${column}`,
    limit: (rows) => sql<number>`${rows}`,
    clusters: true,
  };
}

async function loadKysely(): Promise<typeof import("kysely")> {
  try {
    return await import("kysely");
  } catch (cause) {
    throw new SmsError("dependency_missing", "The SQLite storage needs Kysely. Run `npm install kysely`.", {
      cause,
      details: { packages: ["kysely"] },
    });
  }
}
