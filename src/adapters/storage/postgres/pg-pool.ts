import { SmsError } from "../../../core/model/errors";
import type { NamedStatement, PostgresConnection, PostgresRunner, PostgresValue } from "./connection";

/** A query as `pg` takes it. */
export interface PgQuery {
  readonly text: string;
  /** Keeps the statement prepared on the connection under this name. */
  readonly name?: string;
  readonly values: PostgresValue[];
  readonly rowMode: "array";
  /** How this query's values are parsed, whatever is set for others. */
  readonly types: {
    /** How a type of the server's is parsed. */
    getTypeParser(oid: number, format?: string): (value: string) => unknown;
  };
}

/** A connection that was taken out of a pool. */
export interface PgClient {
  /** Runs one statement. */
  query(query: PgQuery): Promise<{ readonly rows: unknown[][] }>;
  /** Gives it back; with `true` it is closed instead of used again. */
  release(destroy?: boolean): void;
  /** Hears of a connection that is lost. */
  on?(event: "error", listener: (error: Error) => void): unknown;
  /** Stops hearing of it. */
  off?(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool of connections: the part of `pg`'s Pool that is needed here. */
export interface PgPool {
  /** Runs one statement on any connection. */
  query(query: PgQuery): Promise<{ readonly rows: unknown[][] }>;
  /** Takes a connection out, for a transaction. */
  connect(): Promise<PgClient>;
}

const BOOLEAN_OID = 16;

// 64-bit integers and JSON stay text: they are parsed where their columns are known, and nothing is set for the whole process.
const AS_TEXT: PgQuery["types"] = {
  getTypeParser(oid, format) {
    if (format === "binary") throw new TypeError("A pool that is set to binary results cannot be used here.");
    return oid === BOOLEAN_OID ? (value) => value === "t" : (value) => value;
  },
};

/** A connection over a pool; `close` is what closing does. The pool's settings stay as they are. */
export function pgConnection(pool: PgPool, close: () => Promise<void>): PostgresConnection {
  return {
    ...runnerOver(pool),
    async transaction(work) {
      const client = await pool.connect();
      // A connection that is lost says so twice: to the query that waits, and as an event that ends the process if none hears it.
      client.on?.("error", ignore);
      let isUsable = true;
      const runner = runnerOver(client);
      try {
        await runner.rows(BEGIN, []);
        const result = await work(runner);
        await runner.rows(COMMIT, []);
        return result;
      } catch (error) {
        isUsable = await rollBack(runner);
        throw error;
      } finally {
        client.off?.("error", ignore);
        client.release(!isUsable);
      }
    },
    close,
  };
}

/**
 * Opens a pool of our own.
 * @throws SmsError `dependency_missing` when `pg` is not installed.
 */
export async function openPool(connectionString: string): Promise<PostgresConnection> {
  const { Pool } = await loadPg();
  const pool = new Pool({ connectionString });
  // An idle connection that is lost is replaced at the next use; without a listener its event would end the process.
  pool.on("error", ignore);
  return pgConnection(pool, () => pool.end());
}

const BEGIN: NamedStatement = { name: null, sql: "begin" };
const COMMIT: NamedStatement = { name: null, sql: "commit" };
const ROLLBACK: NamedStatement = { name: null, sql: "rollback" };

function ignore(): void {
  // Whoever waits for the connection has been told.
}

/** Whether the connection can be used again. */
async function rollBack(runner: PostgresRunner): Promise<boolean> {
  try {
    await runner.rows(ROLLBACK, []);
    return true;
  } catch {
    // The connection is gone, and with it the transaction; the error that led here is the one to report.
    return false;
  }
}

function runnerOver(target: Pick<PgPool, "query">): PostgresRunner {
  return {
    async rows({ name, sql }, values) {
      const query: PgQuery = { text: sql, values: [...values], rowMode: "array", types: AS_TEXT };
      const { rows } = await target.query(name === null ? query : { ...query, name });
      return rows;
    },
  };
}

async function loadPg(): Promise<typeof import("pg")> {
  // Not a literal: bundlers would demand a package that is optional.
  const name = "pg";
  try {
    const loaded: unknown = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
    // What the package exports, whether the runtime could tell the names of its older format or not.
    const { default: whole } = loaded as { readonly default: typeof import("pg") };
    return whole;
  } catch (cause) {
    throw new SmsError(
      "dependency_missing",
      "A connectionString needs the package pg. Run `npm install pg`, or give a pool or PGlite instead.",
      { cause, details: { packages: ["pg"] } },
    );
  }
}
