import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresDialect, SqliteDialect, type Dialect } from "kysely";
import Database from "libsql";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kyselyStorage, type KyselyStorageOptions } from "../../../src/adapters/storage/kysely/index";
import { postgresStorage } from "../../../src/adapters/storage/postgres/index";
import type { SqlStorage } from "../../../src/adapters/storage/sql/sql-storage";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import type { Storage } from "../../../src/ports/storage";
import { storageSuite } from "../../../src/testing/index";
import { sampleMessage, sampleTask } from "../../../src/testing/storage/sample-records";
import { describeOn } from "../../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../../databases/postgres-server";
import { recycledSchemas } from "../../databases/recycled-schemas";
import { serializingPool } from "../../databases/serializing-pool";

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-kysely-"));
});
afterAll(() => rm(folder, { recursive: true }));

function newPath(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

function sqliteDialect(path: string): Dialect {
  const database = new Database(path);
  // What is tested here is no power cut.
  database.exec("pragma journal_mode = wal; pragma synchronous = off");
  return new SqliteDialect({ database });
}

const pathOf = new Map<Storage, string>();

function openSqlite(path: string): Storage {
  const storage = kyselyStorage({ dialect: sqliteDialect(path), speaks: "sqlite" });
  pathOf.set(storage, path);
  return storage;
}

describe("over a SQLite dialect", () => {
  storageSuite({
    describe,
    it,
    after: afterAll,
    name: "kyselyStorage on SQLite",
    create: async () => openSqlite(newPath()),
    reopen: async (storage) => {
      await storage.close();
      return openSqlite(pathOf.get(storage) ?? "");
    },
    without: {
      sharing: "libsql under a dialect leaves its connection stuck once it has found the file locked",
      killing: "the driver and its settings decide; sqliteStorage shows it for SQLite",
      searching: "full-text search on SQLite belongs to sqliteStorage",
    },
  });

  it("keeps tables that sqliteStorage takes over", async () => {
    const path = newPath();
    const before = openSqlite(path);
    await before.commit([{ kind: "message", put: sampleMessage(1), expect: "absent" }]);
    await before.close();
    const after = sqliteStorage({ path });
    expect(await after.read([{ kind: "message", id: sampleMessage(1).id }])).toEqual([
      { version: 1, value: sampleMessage(1) },
    ]);
    await after.close();
  });

  it("begins its tables with the prefix", async () => {
    const path = newPath();
    const storage = kyselyStorage({ dialect: sqliteDialect(path), speaks: "sqlite", tablePrefix: "shop_" });
    await storage.commit([{ kind: "task", put: sampleTask(1), expect: "absent" }]);
    await storage.close();
    const names = new Database(path)
      .prepare("select name from sqlite_master where name like 'shop_tasks'")
      .all();
    expect(names).toHaveLength(1);
  });

  it.each(["begin", "commit"] as const)(
    "promises nothing of a commit when the connection is lost at its %s",
    async (lostAt) => {
      const lost = Object.assign(new Error("stream closed"), { code: "HRANA_CLOSED_ERROR" });
      const database = new Database(newPath());
      let isLost = false;
      const dialect = new SqliteDialect({
        database: {
          close: () => void database.close(),
          prepare(sql) {
            const statement = database.prepare(sql);
            if (isLost && sql === lostAt) throw lost;
            return statement;
          },
        },
      });
      const storage = kyselyStorage({ dialect, speaks: "sqlite" });
      await storage.read([]);
      isLost = true;
      const failed = await storage
        .commit([{ kind: "task", put: sampleTask(1), expect: "absent" }])
        .catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: "storage_failed", cause: lost });
      expect(String(failed)).not.toMatch(/nothing was changed/i);
      isLost = false;
      await storage.close();
    },
  );

  it("waits for migrate() where migrations are by hand", async () => {
    const storage = kyselyStorage({
      dialect: sqliteDialect(newPath()),
      speaks: "sqlite",
      migrations: "by-hand",
    });
    const task = { kind: "task", put: sampleTask(1), expect: "absent" } as const;
    await expect(storage.commit([task])).rejects.toMatchObject({ code: "storage_failed" });
    await storage.migrate();
    expect(await storage.commit([task])).toBe("committed");
    await storage.close();
  });

  it("prints SQL that makes what migrate() makes", async () => {
    const [byHand, printed] = [newPath(), newPath()];
    const storage = kyselyStorage({
      dialect: sqliteDialect(byHand),
      speaks: "sqlite",
      migrations: "by-hand",
    });
    await storage.migrate();
    new Database(printed).exec(await storage.migrationSql());
    const shape = (path: string): unknown =>
      new Database(path).prepare("select sql from sqlite_master order by name").all();
    const notes = (path: string): unknown => new Database(path).prepare("select * from sms_migrations").all();
    expect(shape(printed)).toEqual(shape(byHand));
    expect(notes(printed)).toEqual(notes(byHand));
    await storage.close();
  });
});

describe("the options", () => {
  const dialect = { createAdapter() {}, createDriver() {}, createQueryCompiler() {} };

  it.each([
    ["nothing", undefined],
    ["no dialect", { speaks: "sqlite" }],
    ["a dialect that is none", { dialect: {}, speaks: "sqlite" }],
    ["no word on whose SQL it is", { dialect }],
    ["another database", { dialect, speaks: "mysql" }],
    ["a misspelt option", { dialect, speaks: "sqlite", prefix: "x_" }],
    ["an option of PostgreSQL for SQLite", { dialect, speaks: "sqlite", schema: "x" }],
    ["a prefix that would need quotes", { dialect, speaks: "sqlite", tablePrefix: "x-" }],
    ["migrations that nobody knows", { dialect, speaks: "sqlite", migrations: "never" }],
    ["a schema that would need quotes", { dialect, speaks: "postgres", schema: 'x"' }],
    ["a commit that nobody knows", { dialect, speaks: "postgres", commit: "fast" }],
    ["a search that is neither on nor off", { dialect, speaks: "postgres", search: "on" }],
  ])("with %s are refused", (_, options) => {
    // As JavaScript might call it.
    const given = options as unknown as KyselyStorageOptions;
    expect(() => kyselyStorage(given)).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });
});

describeOn("kyselyStorage on PostgreSQL", hasPostgres(), () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.connectionString, max: 32 });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  // Kysely ends the pool when the storage is closed; the tests share one.
  const shared = { connect: () => pool.connect(), end: () => Promise.resolve() };
  const schemas = recycledSchemas(
    "kysely",
    (schema) => kyselyStorage({ dialect: new PostgresDialect({ pool: shared }), speaks: "postgres", schema }),
    (sql) => pool.query(sql),
  );

  storageSuite({
    describe,
    it,
    after: afterAll,
    name: "kyselyStorage on PostgreSQL",
    ...schemas,
    without: { killing: "the server survives its clients; postgresStorage shows it" },
  });

  describe.each(["one-statement", "transaction"] as const)(
    "over a driver that turns values of JSON places into JSON, with commit: %s",
    (commit) => {
      const open = (schema: string): SqlStorage =>
        kyselyStorage({
          dialect: new PostgresDialect({ pool: serializingPool(pool) }),
          speaks: "postgres",
          schema,
          commit,
        });

      it("stores the JSON itself, as the other storages do, and reads it", async () => {
        const schema = `serialized_${commit.replace("-", "_")}`;
        const storage = open(schema);
        const messages = Array.from({ length: 20 }, (_, at) => sampleMessage(at));
        const [first, ...more] = messages.map((put) => ({ kind: "message", put, expect: "absent" }) as const);
        expect(await storage.commit(first === undefined ? [] : [first])).toBe("committed");
        expect(await storage.commit(more)).toBe("committed");
        const changed = sampleMessage(3, { media: [], body: "Changed" });
        expect(await storage.commit([{ kind: "message", put: changed, expect: 1 }])).toBe("committed");
        const { rows } = await pool.query(
          `select distinct json_typeof(media) as type from ${schema}.sms_messages`,
        );
        expect(rows).toEqual([{ type: "array" }]);
        const found = await storage.read(messages.map(({ id }) => ({ kind: "message", id }) as const));
        expect(found.map((one) => one?.value)).toEqual(messages.with(3, changed));
        const other = postgresStorage({ pool, schema });
        expect(await other.read([{ kind: "message", id: changed.id }])).toEqual([
          { version: 2, value: changed },
        ]);
        await Promise.all([storage.close(), other.close()]);
      });
    },
  );

  it("searches only when asked to, and makes a commit of several statements when told", async () => {
    const watched = new Pool({ connectionString: server.connectionString });
    const texts: string[] = [];
    const storage = kyselyStorage({
      dialect: new PostgresDialect({ pool: watched }),
      speaks: "postgres",
      schema: "told",
      search: false,
      commit: "transaction",
    });
    expect(storage.search).toBe(undefined);
    watched.on("connect", (client) => {
      const query = client.query.bind(client);
      client.query = ((...args: Parameters<typeof query>) => {
        texts.push(String(args[0]));
        return query(...args);
      }) as typeof client.query;
    });
    await storage.commit([
      { kind: "task", put: sampleTask(1), expect: "absent" },
      { kind: "task", put: sampleTask(2), expect: "absent" },
    ]);
    expect(texts.at(-1)).toBe("commit");
    await storage.close();
  });
});
