import { Pool } from "pg";
import { postgresStorage } from "../../../src/adapters/storage/postgres/index";
import { tableNames } from "../../../src/adapters/storage/sql/tables";
import { postgresSearch } from "./raw-search";
import {
  conversationValues,
  foundOf,
  insertMessageSql,
  joinedLookUpSql,
  LOOK_UPS,
  messageValues,
  updateConversationSql,
  type RawWebhook,
} from "./raw-webhook";
import type { Place, RawDatabase, RawValue, Subject } from "./subject";

/** A schema of its own for so many messages. The raw statements run on a pool as large as the storage's. */
export async function postgresSubject(
  { connectionString, schemaPrefix }: Extract<Place, { readonly name: "postgres" }>,
  messages: number,
): Promise<Subject> {
  const schema = `${schemaPrefix}${messages}`;
  const storage = postgresStorage({ connectionString, schema });
  // The first touch makes the tables.
  await storage.read([{ kind: "task", id: "none" }]);
  const pool = new Pool({ connectionString });
  return {
    name: "postgres",
    messages,
    storage,
    raw: rawPostgres(pool, schema),
    async facts() {
      const names = ["server_version", "fsync", "synchronous_commit", "shared_buffers"];
      const { rows } = await pool.query<{ readonly name: string; readonly setting: string }>(
        "select name, current_setting(name) as setting from unnest($1::text[]) as name",
        [names],
      );
      return `PostgreSQL: ${rows.map(({ name, setting }) => `${name} ${setting}`).join(", ")}`;
    },
    async settle() {
      // What the server does by itself within minutes of such a change.
      const { rows } = await pool.query<{ readonly name: string }>(
        "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = $1",
        [schema],
      );
      for (const { name } of rows) await pool.query(`vacuum (analyze) ${name}`);
      await pool.query("checkpoint");
    },
    async bytes() {
      const { rows } = await pool.query<{ readonly bytes: string }>(
        "select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c " +
          "join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'r'",
        [schema],
      );
      return Number(rows[0]?.bytes);
    },
    async close() {
      await pool.end();
      await storage.close();
    },
  };
}

type PostgresStatement = (values: readonly RawValue[]) => Promise<readonly (readonly unknown[])[]>;

function rawPostgres(pool: Pool, schema: string): RawDatabase {
  const table: RawDatabase["table"] = (kind) => `${schema}.${tableNames().of[kind]}`;
  const statement = (sql: string, name: string | null): PostgresStatement => {
    const text = numbered(sql);
    return async (values) => {
      const query = { text, values: [...values], rowMode: "array" as const };
      const { rows } = await pool.query<unknown[]>(name === null ? query : { ...query, name });
      return rows;
    };
  };
  let prepared = 0;
  const prepare = (sql: string): PostgresStatement => {
    prepared += 1;
    return statement(sql, `by_hand_${schema}_${prepared}`);
  };
  return {
    dialect: "postgres",
    table,
    prepare,
    search: (where) => postgresSearch((sql) => statement(sql, null), table, where),
    webhook: webhookOf(table, prepare),
  };
}

/** One webhook: two round trips; again where another was quicker. */
function webhookOf(
  table: RawDatabase["table"],
  prepare: (sql: string) => PostgresStatement,
): (webhook: RawWebhook) => Promise<void> {
  const read = prepare(joinedLookUpSql(table));
  const moved = `with moved as (${updateConversationSql(table)} returning 1)`;
  const write = prepare(`${moved} ${insertMessageSql(table, "exists (select 1 from moved)")} returning 1`);
  return async (webhook) => {
    let written: readonly unknown[];
    do {
      const [row] = await read(LOOK_UPS.flatMap(({ values }) => values(webhook)));
      const found = foundOf(row ?? []);
      written = await write([...conversationValues(webhook, found), ...messageValues(webhook, found)]);
    } while (written.length === 0);
  };
}

/** The same SQL with numbered places, as PostgreSQL has them. */
function numbered(sql: string): string {
  let place = 0;
  return sql.replace(/\?/g, () => {
    place += 1;
    return `$${place}`;
  });
}
