import { statSync } from "node:fs";
import { join } from "node:path";
import type { SqliteDatabase } from "../../../src/adapters/storage/sqlite/database";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import { tableNames } from "../../../src/adapters/storage/sql/tables";
import { sqliteSearch } from "./raw-search";
import {
  conversationValues,
  foundOf,
  insertMessageSql,
  LOOK_UPS,
  lookUpSql,
  messageValues,
  updateConversationSql,
  type RawWebhook,
} from "./raw-webhook";
import type { RawDatabase, RawStatement, Subject } from "./subject";

/** A SQLite file for so many messages. The raw statements run on a connection of their own, with the settings of the storage's. */
export async function sqliteSubject(folder: string, messages: number): Promise<Subject> {
  const path = join(folder, `${messages}.db`);
  const storage = sqliteStorage({ path });
  // The first touch makes the tables.
  await storage.read([]);
  const database = await openDatabase(path);
  database.exec("pragma busy_timeout = 5000");
  database.exec("pragma synchronous = full");
  return {
    name: "sqlite",
    messages,
    storage,
    raw: rawSqlite(database),
    async facts() {
      const [version] = namedRow(database, "select sqlite_version() as version");
      const [journal] = namedRow(database, "pragma journal_mode");
      return `SQLite ${version}, journal_mode ${journal}, synchronous full`;
    },
    async settle() {
      database.exec("analyze");
      database.prepare("pragma wal_checkpoint(truncate)").all();
    },
    bytes: async () => statSync(path).size,
    async close() {
      database.close();
      await storage.close();
    },
  };
}

function rawSqlite(database: SqliteDatabase): RawDatabase {
  const table: RawDatabase["table"] = (kind) => tableNames().of[kind];
  const prepare = (sql: string): RawStatement => {
    const statement = database.prepare(sql);
    if (statement.pluck !== undefined) statement.raw?.(true);
    return (values) => statement.all(...values);
  };
  return {
    dialect: "sqlite",
    table,
    prepare,
    search: (where) => sqliteSearch({ table, prepare }, where),
    webhook: gathered(webhooksOf(database, { table, prepare })),
  };
}

function namedRow(database: SqliteDatabase, sql: string): readonly string[] {
  return Object.values(Object(database.prepare(sql).get())).map(String);
}

/** Webhooks that arrived together: one transaction, with one wait for the disk. */
function webhooksOf(
  database: SqliteDatabase,
  { table, prepare }: Pick<RawDatabase, "table" | "prepare">,
): (webhooks: readonly RawWebhook[]) => void {
  const lookUps = LOOK_UPS.map(({ kind, columns: named, values }) => {
    const find = prepare(lookUpSql(table, kind, named));
    return (webhook: RawWebhook) => find(values(webhook));
  });
  const update = database.prepare(updateConversationSql(table));
  const insert = database.prepare(insertMessageSql(table, "true"));
  return (webhooks) => {
    database.exec("begin immediate");
    for (const webhook of webhooks) {
      const [, rows] = lookUps.map((find) => find(webhook));
      // A list of rows, each an array: that is what raw statements give.
      const found = foundOf((rows as readonly (readonly unknown[])[])[0] ?? []);
      update.run(...conversationValues(webhook, found));
      insert.run(...messageValues(webhook, found));
    }
    database.exec("commit");
  };
}

/** Gathers what arrives in one turn of the event loop. */
function gathered<T>(work: (all: readonly T[]) => void): (one: T) => Promise<void> {
  let waiting: { readonly one: T; readonly resolve: () => void }[] = [];
  const flush = (): void => {
    const group = waiting;
    waiting = [];
    work(group.map(({ one }) => one));
    for (const { resolve } of group) resolve();
  };
  return (one) =>
    new Promise((resolve) => {
      waiting.push({ one, resolve });
      if (waiting.length === 1) setImmediate(flush);
    });
}
