import { CompiledQuery, Kysely } from "kysely";
import { sqlStorageOverPostgres } from "../postgres/storage";
import type { AnyTables } from "../sql/builder";
import type { SqlStorage } from "../sql/sql-storage";
import { sqliteBuilder } from "../sqlite/dialect";
import { readKyselyOptions, type KyselyStorageOptions } from "./options";
import { kyselyPostgresConnection } from "./postgres-connection";
import type { RawQuery } from "./runner";
import { kyselySqliteStorage } from "./sqlite-storage";

export type { SqlStorage } from "../sql/sql-storage";
export type { KyselyStorageOptions } from "./options";

const raw: RawQuery = (sql, parameters) => CompiledQuery.raw(sql, parameters);

/**
 * A storage over any dialect of Kysely whose database understands the SQL of PostgreSQL or of SQLite: for drivers and hosted
 * databases that have a dialect, such as Neon, postgres.js, Turso. The tables are those of `postgresStorage` and `sqliteStorage`,
 * so one can take over from the other.
 *
 * Prefer those two where they fit: they are faster. Here nothing is prepared by name, and on SQLite every commit is a transaction
 * of its own and there is no search. How durable a commit is, the driver and its settings decide. Interactive transactions are needed.
 *
 * All verbs reject with an SmsError `storage_failed`.
 * @throws SmsError `config_invalid` for options that are misspelt, missing or contradict each other.
 * @example
 * const storage = kyselyStorage({ dialect: new NeonDialect({ neon: neon(url) }), speaks: "postgres" });
 */
export function kyselyStorage(options: KyselyStorageOptions): SqlStorage {
  const settings = readKyselyOptions(options);
  const { speaks, dialect, tablePrefix, migrations } = settings;
  const db = new Kysely<AnyTables>({ dialect });
  if (speaks === "sqlite") {
    return kyselySqliteStorage({ db, raw, loadBuilder: () => sqliteBuilder(tablePrefix), migrations });
  }
  const { schema, commit, search } = settings;
  return sqlStorageOverPostgres(async () => kyselyPostgresConnection(db, raw), {
    schema,
    tablePrefix,
    migrations,
    commit,
    search,
    prepare: "never",
  });
}
