import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";

/**
 * A pool that binds values as the driver postgres.js does: it asks the server which type each place of a statement has, and turns
 * what goes to a place of JSON into JSON, also a text that is JSON already. `pg` sends every text as it is.
 * Source: porsager/postgres, src/connection.js (`ParameterDescription`, `Bind`) and src/types.js (read 2026-11).
 */
export function serializingPool(pool: Pool): PostgresPool {
  const typesOf = new Map<string, readonly string[]>();

  async function describe(client: PoolClient, sql: string): Promise<readonly string[]> {
    const known = typesOf.get(sql);
    if (known !== undefined) return known;
    await client.query(`prepare described as ${sql}`);
    const { rows } = await client.query<{ types: string[] }>(
      "select parameter_types::text[] as types from pg_prepared_statements where name = 'described'",
    );
    await client.query("deallocate described");
    const types = rows[0]?.types ?? [];
    typesOf.set(sql, types);
    return types;
  }

  async function query(client: PoolClient, sql: string, values: readonly unknown[]): Promise<unknown> {
    const types = values.length === 0 ? [] : await describe(client, sql);
    const bound = values.map((value, at) => {
      const isJson = types[at] === "json" || types[at] === "jsonb";
      return isJson && value !== null ? JSON.stringify(value) : value;
    });
    return client.query(sql, bound);
  }

  return {
    async connect() {
      const client = await pool.connect();
      return {
        // Kysely asks with a text and its values here; cursors are for streams.
        query: (sql: unknown, values: readonly unknown[] = []) => query(client, String(sql), values),
        release: () => client.release(),
      } as unknown as PostgresPoolClient;
    },
    end: () => Promise.resolve(),
  };
}
