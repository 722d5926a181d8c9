/** What a statement takes. */
export type PostgresValue = string | number | boolean | null;

/** A statement as it is run. */
export interface NamedStatement {
  /** The name under which a connection keeps it prepared, the same for the same SQL; null: not worth keeping, or not allowed. */
  readonly name: string | null;
  /** Places of values are `$1`, `$2` and so on. No two columns of what it gives have the same name. */
  readonly sql: string;
}

/** Runs one statement at a time. */
export interface PostgresRunner {
  /** The rows as arrays in the order of the columns; 64-bit integers as text or as numbers, JSON as text or parsed. */
  rows(statement: NamedStatement, values: readonly PostgresValue[]): Promise<readonly (readonly unknown[])[]>;
}

/**
 * A way to a database that speaks PostgreSQL's SQL: a pool of `pg`, PGlite, or any Kysely dialect. It is the only part that
 * knows a driver.
 */
export interface PostgresConnection extends PostgresRunner {
  /** Runs the work in one transaction on one connection: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (runner: PostgresRunner) => Promise<T>): Promise<T>;
  /** Gives back what was opened here. What the host opened stays open. */
  close(): Promise<void>;
}
