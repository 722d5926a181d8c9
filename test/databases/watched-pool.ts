import type { Pool } from "pg";
import type { PgClient, PgPool, PgQuery } from "../../src/adapters/storage/postgres/pg-pool";

/** A pool that remembers what it was asked. */
export interface WatchedPool extends PgPool {
  /** Every statement in the order of asking, those of transactions among them. */
  readonly asked: PgQuery[];
  /** What statements failed with. */
  readonly failures: unknown[];
}

/** Watches a pool without changing it. */
export function watchedPool(pool: Pool): WatchedPool {
  const asked: PgQuery[] = [];
  const failures: unknown[] = [];

  function watched(target: Pick<PgPool, "query">): PgPool["query"] {
    return (query) => {
      asked.push(query);
      const answer = target.query(query);
      answer.catch((error: unknown) => failures.push(error));
      return answer;
    };
  }

  return {
    asked,
    failures,
    query: watched(pool),
    async connect(): Promise<PgClient> {
      const client = await pool.connect();
      return {
        query: watched(client),
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
      };
    },
  };
}
