import type { SqlValue } from "../sql/row";

/** A prepared statement, as `better-sqlite3`, `libsql`, `node:sqlite` and `bun:sqlite` all have it. */
export interface SqliteStatement {
  /** All rows. */
  all(...values: SqlValue[]): unknown[];
  /** The first row; null or undefined when there is none. */
  get(...values: SqlValue[]): unknown;
  /** Runs a write and tells how many rows it touched. */
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  /** Where there are both, as in better-sqlite3, `raw(true)` gives rows as arrays, which are cheaper than objects. */
  raw?(isRaw?: boolean): unknown;
  /** Never called: it only tells whether `raw` is the one above. Bun's runs the statement. */
  readonly pluck?: unknown;
}

/** An opened database with a synchronous driver: the part of `better-sqlite3` that is needed here. */
export interface SqliteDatabase {
  /** Compiles a statement. */
  prepare(sql: string): SqliteStatement;
  /** Runs statements without values. */
  exec(sql: string): unknown;
  /** Gives the file back. */
  close(): unknown;
}

/** A database whose statements are prepared once and kept. */
export interface SqliteConnection {
  /** The first row as an array in the order of the columns; null when there is none. */
  first(sql: string, values: readonly SqlValue[]): readonly unknown[] | null;
  /** All rows as arrays in the order of the columns. */
  rows(sql: string, values: readonly SqlValue[]): readonly (readonly unknown[])[];
  /** Runs a write. True when it touched a row. */
  write(sql: string, values: readonly SqlValue[]): boolean;
  /** Runs a statement without values. */
  exec(sql: string): void;
}

/** Wraps a database. It keeps every statement it has seen, so callers use a bounded number of SQL texts. */
export function sqliteConnection(database: SqliteDatabase): SqliteConnection {
  const readers = new Map<string, SqliteStatement>();
  const writers = new Map<string, SqliteStatement>();

  function reader(sql: string): SqliteStatement {
    const known = readers.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    if (statement.pluck !== undefined) statement.raw?.(true);
    readers.set(sql, statement);
    return statement;
  }

  function writer(sql: string): SqliteStatement {
    const known = writers.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    writers.set(sql, statement);
    return statement;
  }

  return {
    first(sql, values) {
      const row = reader(sql).get(...values);
      return row === undefined || row === null ? null : asArray(row);
    },
    rows: (sql, values) =>
      reader(sql)
        .all(...values)
        .map(asArray),
    write: (sql, values) => Number(writer(sql).run(...values).changes) > 0,
    exec(sql) {
      database.exec(sql);
    },
  };
}

// Drivers without raw rows give objects, whose fields are in the order of the columns: all names are selected once.
function asArray(row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row;
  return typeof row === "object" && row !== null ? Object.values(row) : [];
}
