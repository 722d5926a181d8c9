import type { PostgresConnection, PostgresRunner, PostgresValue } from "./connection";

/** Runs queries of PGlite. */
export interface PgliteRunner {
  /** Runs one statement. */
  query(
    sql: string,
    values: PostgresValue[],
    options: { readonly rowMode: "array" },
  ): Promise<{ readonly rows: unknown[] }>;
}

/** An opened PGlite instance: the part of it that is needed here. */
export interface PgliteDatabase extends PgliteRunner {
  /** Runs the work in one transaction. */
  transaction<T>(work: (transaction: PgliteRunner) => Promise<T>): Promise<T>;
}

/** A connection over PGlite, which has one session for all and prepares nothing. It is left open. */
export function pgliteConnection(database: PgliteDatabase): PostgresConnection {
  return {
    ...runnerOver(database),
    transaction: (work) => database.transaction((transaction) => work(runnerOver(transaction))),
    close: () => Promise.resolve(),
  };
}

function runnerOver(target: PgliteRunner): PostgresRunner {
  return {
    async rows({ sql }, values) {
      const { rows } = await target.query(sql, [...values], { rowMode: "array" });
      return rows.map((row): readonly unknown[] => (Array.isArray(row) ? row : []));
    },
  };
}
