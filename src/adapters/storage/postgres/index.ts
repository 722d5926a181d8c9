import type { SqlStorage } from "../sql/sql-storage";
import type { PostgresConnection } from "./connection";
import { readOptions, type PostgresSource, type PostgresStorageOptions } from "./options";
import { openPool, pgConnection } from "./pg-pool";
import { pgliteConnection } from "./pglite";
import { sqlStorageOverPostgres } from "./storage";

export type { SqlStorage } from "../sql/sql-storage";
export type { PostgresValue } from "./connection";
export type { PostgresSourceOptions, PostgresStorageOptions, PostgresWorkOptions } from "./options";
export type { PgClient, PgPool, PgQuery } from "./pg-pool";
export type { PgliteDatabase, PgliteRunner } from "./pglite";

/**
 * A storage in PostgreSQL 13 or later, in a database whose encoding is UTF8, for any number of processes. A read, a list and a
 * commit are one round trip each. Nothing is opened, and no table is made, before the first use.
 *
 * A commit that was answered is as durable as the server makes it: with `synchronous_commit` on, PostgreSQL's default, it survives
 * a crash and a power cut. A commit that rejects because the connection broke may have gone through.
 * Needs `kysely`, and `pg` where a connectionString is given.
 *
 * Keep host transactions short: one that stays open for long keeps the server from sweeping up finished tasks, and finding the
 * due ones gets slower and slower (`idle_in_transaction_session_timeout` helps).
 *
 * All verbs reject with an SmsError: `dependency_missing` when a package is not there, `storage_failed` for the rest, retryable
 * when the server could not be reached.
 * @throws SmsError `config_invalid` for options that are misspelt, missing or contradict each other.
 * @example
 * const storage = postgresStorage({ connectionString: "postgres://app@localhost/app" });
 */
export function postgresStorage(options: PostgresStorageOptions): SqlStorage {
  const { source, settings } = readOptions(options);
  return sqlStorageOverPostgres(() => connectTo(source), settings);
}

async function connectTo(source: PostgresSource): Promise<PostgresConnection> {
  switch (source.kind) {
    case "pool":
      // The host opened it, and the host closes it.
      return pgConnection(source.pool, () => Promise.resolve());
    case "connectionString":
      return openPool(source.connectionString);
    case "pglite":
      return pgliteConnection(source.pglite);
  }
}
