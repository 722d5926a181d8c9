import type { Kysely } from "kysely";
import type { PostgresConnection, PostgresRunner } from "../postgres/connection";
import type { AnyTables } from "../sql/builder";
import { runnerOf, type RawQuery } from "./runner";

/** A way to PostgreSQL over a dialect of Kysely. It has no named statements: the dialect decides what is prepared. */
export function kyselyPostgresConnection(db: Kysely<AnyTables>, raw: RawQuery): PostgresConnection {
  return {
    ...over(db, raw),
    transaction: (work) => db.transaction().execute((transaction) => work(over(transaction, raw))),
    close: () => db.destroy(),
  };
}

function over(db: Kysely<AnyTables>, raw: RawQuery): PostgresRunner {
  const runner = runnerOf(db, raw);
  return { rows: ({ sql }, values) => runner.rows(sql, values) };
}
