import { Pool, types } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  postgresStorage,
  type PostgresStorageOptions,
  type SqlStorage,
} from "../../../src/adapters/storage/postgres/index";
import type { Key, Write } from "../../../src/core/model/record";
import {
  sampleConsent,
  sampleConversation,
  sampleMessage,
  sampleTask,
} from "../../../src/testing/storage/sample-records";
import { describeOn } from "../../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../../databases/postgres-server";
import { watchedPool } from "../../databases/watched-pool";

const fakePool = {
  query: async () => ({ rows: [] }),
  connect: async () => Promise.reject(new Error("unused")),
};

describe("the options of postgresStorage", () => {
  it.each([
    ["nothing", undefined],
    ["a connection string alone", "postgres://localhost"],
    ["no source", {}],
    ["two sources", { pool: fakePool, connectionString: "postgres://localhost" }],
    ["two sources", { pool: fakePool, pglite: { query() {}, transaction() {} } }],
    ["a pool that is none", { pool: { query() {} } }],
    ["a PGlite that is none", { pglite: { query() {} } }],
    ["an empty connection string", { connectionString: " " }],
    ["a connection string that is no text", { connectionString: 1 }],
    ["an option that is misspelt", { pool: fakePool, scheme: "x" }],
    ["a schema that has to be escaped", { pool: fakePool, schema: 'a"b' }],
    ["a schema with a dollar", { pool: fakePool, schema: "a$1" }],
    ["an empty schema", { pool: fakePool, schema: "" }],
    ["a prefix in capitals", { pool: fakePool, tablePrefix: "SMS_" }],
    ["a prefix that is no text", { pool: fakePool, tablePrefix: null }],
    ["migrations that there are not", { pool: fakePool, migrations: "never" }],
    ["a prepare that is no boolean", { pool: fakePool, prepare: 1 }],
    ["a commit that there is not", { pool: fakePool, commit: "both" }],
    ["a search that is no boolean", { pool: fakePool, search: "yes" }],
  ])("refuse %s at once", (_, options) => {
    // As JavaScript would call it.
    const given = options as unknown as PostgresStorageOptions;
    expect(() => postgresStorage(given)).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });

  it("leave the given object as it was", () => {
    const options = Object.freeze({ pool: fakePool, schema: "x" });
    expect(postgresStorage(options)).toHaveProperty("search");
  });

  it("without search make a storage that has no such verb", () => {
    expect(postgresStorage({ pool: fakePool, search: false })).not.toHaveProperty("search");
  });
});

const createTask: Write = { kind: "task", put: sampleTask(), expect: "absent" };
const taskKey: Key = { kind: "task", id: sampleTask().id };

describeOn("PostgreSQL and its connections", hasPostgres(), () => {
  let server: PostgresServer;
  let pool: Pool;
  const opened: SqlStorage[] = [];

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.connectionString, max: 4 });
    pool.on("error", () => undefined);
  });
  afterAll(async () => {
    await Promise.all(opened.map((storage) => storage.close()));
    await pool.end();
    await server.stop();
  });

  function open(options: PostgresStorageOptions): SqlStorage {
    const storage = postgresStorage(options);
    opened.push(storage);
    return storage;
  }

  async function names(sql: string): Promise<readonly unknown[]> {
    const { rows } = await pool.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows.map(([name]) => name);
  }

  describe("what the options do", () => {
    it("schema and tablePrefix say where the tables are", async () => {
      const storage = open({ pool, schema: "shop-1", tablePrefix: "texts_" });
      await storage.commit([createTask]);
      expect(await names('select id from "shop-1".texts_tasks')).toEqual([sampleTask().id]);
    });

    it("without a schema the search path of the connection decides", async () => {
      await pool.query("create schema on_path");
      const { connectionString } = server;
      const own = new Pool({ connectionString, options: "-c search_path=on_path", max: 1 });
      await open({ pool: own }).commit([createTask]);
      expect(await names("select id from on_path.sms_tasks")).toEqual([sampleTask().id]);
      await own.end();
    });

    it("migrations by hand make no table", async () => {
      const storage = open({ pool, schema: "by_hand", migrations: "by-hand" });
      await expect(storage.read([taskKey])).rejects.toMatchObject({
        code: "storage_failed",
        retryable: false,
      });
      expect(await names("select nspname from pg_namespace where nspname = 'by_hand'")).toEqual([]);
      await storage.migrate();
      expect(await storage.read([taskKey])).toEqual([null]);
    });

    it.each([
      [undefined, true],
      [true, true],
      [false, false],
    ])("prepare: %s has statements in frequent use prepared: %s", async (prepare, isPrepared) => {
      const own = new Pool({ connectionString: server.connectionString, max: 1 });
      const storage = open({ pool: own, schema: "prepared", ...(prepare === undefined ? {} : { prepare }) });
      for (let round = 0; round < 3; round += 1) {
        await storage.read([taskKey]);
        await storage.commit([{ kind: "task", check: "none", expect: 1 }]);
      }
      const { rows } = await own.query<{ count: string }>(
        "select count(*) from pg_prepared_statements where name like 'sms\\_%'",
      );
      expect(rows).toEqual([{ count: isPrepared ? "2" : "0" }]);
      await own.end();
    });

    it("commit: transaction never writes in more than one place by one statement", async () => {
      const watched = watchedPool(pool);
      const storage = open({ pool: watched, schema: "single", commit: "transaction" });
      await storage.read([]);
      watched.asked.length = 0;
      const three: readonly Write[] = [
        { kind: "consent", put: sampleConsent(), expect: "absent" },
        { kind: "conversation", put: sampleConversation(), expect: "absent" },
        createTask,
      ];
      expect(await storage.commit(three)).toBe("committed");
      expect(watched.asked.map(({ text }) => text.split(" ")[0])).toEqual([
        "begin",
        "insert",
        "insert",
        "insert",
        "commit",
      ]);
    });

    it("search: false makes none of its indexes", async () => {
      await open({ pool, schema: "searchless", search: false }).migrate();
      expect(
        await names(
          "select indexname from pg_indexes where schemaname = 'searchless' and indexdef like '%gin%'",
        ),
      ).toEqual([]);
    });
  });

  describe("a pool of the host's", () => {
    it("is left open, with its own type parsers", async () => {
      const before = types.getTypeParser(20);
      const storage = postgresStorage({ pool, schema: "hosts" });
      await storage.commit([
        createTask,
        { kind: "conversation", put: sampleConversation(), expect: "absent" },
      ]);
      await storage.read([taskKey]);
      await storage.close();
      expect(types.getTypeParser(20)).toBe(before);
      const { rows } = await pool.query("select due_at_ms, calling, then_message_ids from hosts.sms_tasks");
      expect(rows).toEqual([
        { due_at_ms: String(sampleTask().dueAtMs), calling: false, then_message_ids: [] },
      ]);
    });

    it("may parse as it likes", async () => {
      const own = new Pool({
        connectionString: server.connectionString,
        types: { getTypeParser: () => () => "parsed by the host" },
      });
      const storage = open({ pool: own, schema: "odd_parsers" });
      await storage.commit([createTask]);
      expect(await storage.read([taskKey])).toEqual([{ version: 1, value: sampleTask() }]);
      await own.end();
    });

    it("can be queried and joined by the names of its columns", async () => {
      const storage = open({ pool, schema: "joined" });
      await storage.commit([
        { kind: "conversation", put: sampleConversation(1), expect: "absent" },
        { kind: "message", put: sampleMessage(1), expect: "absent" },
      ]);
      const { rows } = await pool.query(
        `select m."from", m."to", c.unread_count, c.assignee, m.media -> 0 ->> 'contentType' as type
         from joined.sms_messages m join joined.sms_conversations c on c.id = m.conversation_id`,
      );
      expect(rows).toEqual([
        {
          from: sampleMessage(1).from,
          to: sampleMessage(1).to,
          unread_count: "1",
          assignee: null,
          type: "image/jpeg",
        },
      ]);
    });
  });

  describe("a connection string", () => {
    it("opens a pool that is closed with the storage", async () => {
      const { connectionString } = server;
      const marked = `${connectionString}?application_name=sms_own_pool`;
      const storage = postgresStorage({ connectionString: marked, schema: "own" });
      await storage.commit([createTask]);
      const mine = "select 1 from pg_stat_activity where application_name = 'sms_own_pool'";
      expect((await pool.query(mine)).rows).toHaveLength(1);
      await storage.close();
      // The server takes a moment to notice that a connection was closed.
      while ((await pool.query(mine)).rows.length > 0);
      await expect(storage.read([taskKey])).rejects.toMatchObject({ code: "storage_failed" });
    });

    it("to a server that does not answer fails as something that may work later", async () => {
      const storage = open({ connectionString: "postgres://127.0.0.1:1/none" });
      await expect(storage.read([taskKey])).rejects.toMatchObject({
        code: "storage_failed",
        retryable: true,
      });
      await expect(storage.commit([createTask])).rejects.toMatchObject({ retryable: true });
    });

    it("to a database that is not there fails for good", async () => {
      const nowhere = server.connectionString.replace(/\/\w+$/, "/nowhere");
      const storage = open({ connectionString: nowhere });
      await expect(storage.read([taskKey])).rejects.toMatchObject({
        code: "storage_failed",
        retryable: false,
        details: { code: "3D000" },
      });
    });

    it("survives the loss of an idle connection", async () => {
      const marked = `${server.connectionString}?application_name=sms_idle`;
      const storage = open({ connectionString: marked, schema: "idle" });
      await storage.commit([createTask]);
      await pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sms_idle'",
      );
      while (
        (await pool.query("select 1 from pg_stat_activity where application_name = 'sms_idle'")).rows.length >
        0
      );
      // The pool may hand out the lost connection once; whoever gets it may try again.
      const first = await storage.read([taskKey]).catch((error: unknown) => error);
      expect([
        [{ version: 1, value: sampleTask() }],
        expect.objectContaining({ retryable: true }),
      ]).toContainEqual(first);
      expect(await storage.read([taskKey])).toEqual([{ version: 1, value: sampleTask() }]);
    });
  });

  describe("round trips", () => {
    it("are one for a read, a list, a search and a commit", async () => {
      const watched = watchedPool(pool);
      const storage = open({ pool: watched, schema: "trips" });
      await storage.migrate();
      await storage.read([]);
      const conversation = sampleConversation();
      const { accountSid, ours, contact } = conversation;
      const trips = async (work: Promise<unknown>): Promise<number> => {
        watched.asked.length = 0;
        await work;
        return watched.asked.length;
      };
      const many = Array.from({ length: 500 }, (_, number) => sampleTask(number));
      const keys: readonly Key[] = [
        { kind: "message", sid: "SM1" },
        { kind: "conversation", pair: [accountSid, ours, contact] },
        { kind: "consent", id: sampleConsent().id },
      ];
      const few: readonly Write[] = [
        { kind: "consent", put: sampleConsent(), expect: "absent" },
        { kind: "conversation", put: conversation, expect: "absent" },
        { kind: "message", put: sampleMessage(), expect: "absent" },
      ];
      expect(await trips(storage.commit(few))).toBe(1);
      expect(await trips(storage.commit(few))).toBe(1);
      expect(
        await trips(storage.commit(many.map((put): Write => ({ kind: "task", put, expect: "absent" })))),
      ).toBe(1);
      expect(await trips(storage.read(keys))).toBe(1);
      expect(await trips(storage.read([...keys, ...many.map(({ id }): Key => ({ kind: "task", id }))]))).toBe(
        1,
      );
      const everything = {
        list: "conversations",
        accountSid: null,
        status: null,
        channel: null,
        assignee: null,
        unread: false,
        needsAttention: false,
        limit: 9,
        cursor: null,
      } as const;
      expect(await trips(storage.list(everything))).toBe(1);
      const sought = { text: "message", accountSid: null, limit: 9, cursor: null };
      expect(
        await trips(storage.search?.({ in: "messages", ...sought }) ?? Promise.reject(new Error("none"))),
      ).toBe(1);
      expect(
        await trips(
          storage.search?.({ in: "contacts", ...sought, text: "166" }) ?? Promise.reject(new Error("none")),
        ),
      ).toBe(1);
    });
  });

  describe("what goes wrong", () => {
    it("with a connection that breaks during a commit rejects as something that may work later, and the next call works", async () => {
      for (const commit of ["one-statement", "transaction"] as const) {
        const marked = new Pool({
          connectionString: server.connectionString,
          application_name: `sms_${commit}`,
        });
        marked.on("error", () => undefined);
        const storage = open({ pool: marked, schema: `broken_${commit}`, commit });
        await storage.commit([createTask]);
        const holder = await pool.connect();
        await holder.query(`begin; lock table "broken_${commit}".sms_tasks`);
        const refused = storage
          .commit([
            { kind: "conversation", put: sampleConversation(), expect: "absent" },
            { kind: "task", put: sampleTask(1, { attempts: 1 }), expect: 1 },
          ])
          .catch((error: unknown) => error);
        const waiting = `select pid from pg_stat_activity where application_name = 'sms_${commit}' and wait_event_type = 'Lock'`;
        while ((await pool.query(waiting)).rows.length === 0);
        await pool.query(`select pg_terminate_backend(pid) from (${waiting}) as waiting`);
        expect(await refused).toMatchObject({ code: "storage_failed", retryable: true });
        await holder.query("rollback");
        holder.release();
        expect(await storage.read([taskKey, { kind: "conversation", id: sampleConversation().id }])).toEqual([
          { version: 1, value: sampleTask() },
          null,
        ]);
        await marked.end();
      }
    });

    it("with a statement timeout rejects as something that may work later", async () => {
      const hasty = new Pool({ connectionString: server.connectionString, statement_timeout: 50 });
      const storage = open({ pool: hasty, schema: "hasty" });
      await storage.commit([createTask]);
      const holder = await pool.connect();
      await holder.query("begin; lock table hasty.sms_tasks");
      await expect(storage.read([taskKey])).rejects.toMatchObject({
        code: "storage_failed",
        retryable: true,
        details: { code: "57014" },
      });
      await holder.query("rollback");
      holder.release();
      await hasty.end();
    });

    it("behind a pooler that mixes up sessions says what to set", async () => {
      const own = new Pool({ connectionString: server.connectionString, max: 1 });
      const storage = open({ pool: own, schema: "pooler" });
      for (let round = 0; round < 3; round += 1) await storage.read([taskKey]);
      await own.query("deallocate all");
      await expect(storage.read([taskKey])).rejects.toMatchObject({
        code: "storage_failed",
        message: expect.stringContaining("prepare: false"),
      });
      await own.end();
    });

    it("keeps what the server says about records out of the message", async () => {
      const storage = open({ pool, schema: "secret" });
      await storage.commit([createTask]);
      await pool.query("alter table secret.sms_conversations add check (unread_count < 5)");
      const conversation = sampleConversation(1, { unreadCount: 9, preview: "a secret" });
      const refused = await storage
        .commit([{ kind: "conversation", put: conversation, expect: "absent" }])
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "storage_failed", details: { code: "23514" } });
      expect(refused).toMatchObject({ cause: { detail: expect.stringContaining("a secret") } });
      const { message, details } = refused as { readonly message: string; readonly details: unknown };
      expect(message + JSON.stringify(details)).not.toMatch(/a secret|1666|\+1/);
    });
  });
});
