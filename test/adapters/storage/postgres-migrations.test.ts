import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIST_INDEXES, planList } from "../../../src/adapters/storage/list-plan";
import { encodeCursor } from "../../../src/adapters/storage/page";
import type { PostgresConnection } from "../../../src/adapters/storage/postgres/connection";
import { postgresBuilder } from "../../../src/adapters/storage/postgres/dialect";
import { postgresStorage, type SqlStorage } from "../../../src/adapters/storage/postgres/index";
import { migrate } from "../../../src/adapters/storage/postgres/migrating";
import { pgConnection } from "../../../src/adapters/storage/postgres/pg-pool";
import { searchMigration } from "../../../src/adapters/storage/postgres/search-index";
import { MIGRATIONS } from "../../../src/adapters/storage/sql/migrations";
import { tableNames } from "../../../src/adapters/storage/sql/tables";
import type { Key, Write } from "../../../src/core/model/record";
import { KINDS } from "../../../src/core/model/schema";
import type { Query } from "../../../src/ports/storage";
import {
  at,
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleTask,
} from "../../../src/testing/storage/sample-records";
import { describeOn } from "../../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../../databases/postgres-server";
import { watchedPool, type WatchedPool } from "../../databases/watched-pool";

const createTask = { kind: "task", put: sampleTask(), expect: "absent" } as const;
const taskKey: Key = { kind: "task", id: sampleTask().id };
const later = (schema: string) => ({
  name: "0002-later",
  statements: () => [`alter table ${schema}.sms_tasks add column note text`],
});

describeOn("PostgreSQL and its migrations", hasPostgres(), () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.connectionString, max: 16 });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  function connection(): PostgresConnection {
    return pgConnection(pool, () => Promise.resolve());
  }

  async function rows(sql: string): Promise<readonly unknown[]> {
    return (await pool.query({ text: sql, rowMode: "array" })).rows;
  }

  /** Everything that there is in a schema, but for the name of the schema itself. */
  async function shapeOf(schema: string): Promise<unknown> {
    const queries = [
      `select table_name, column_name, ordinal_position, data_type, is_nullable, collation_name from information_schema.columns where table_schema = '${schema}' order by 1, 3`,
      `select replace(indexdef, '${schema}.', '') from pg_indexes where schemaname = '${schema}' order by indexname`,
      `select conname, contype, pg_get_constraintdef(oid) from pg_constraint where connamespace = '${schema}'::regnamespace order by 1`,
      `select proname, prosrc, provolatile, proisstrict, proparallel, procost from pg_proc where pronamespace = '${schema}'::regnamespace order by 1`,
      `select relname, reloptions from pg_class where relnamespace = '${schema}'::regnamespace order by 1`,
      `select name from ${schema}.sms_migrations order by 1`,
    ];
    return Promise.all(queries.map(rows));
  }

  it("run once, and change nothing after that", async () => {
    const storage = postgresStorage({ pool, schema: "once" });
    await storage.migrate();
    const before = await shapeOf("once");
    await storage.migrate();
    await postgresStorage({ pool, schema: "once" }).read([]);
    expect(await shapeOf("once")).toEqual(before);
    expect(await rows("select name from once.sms_migrations order by name")).toEqual([
      ...MIGRATIONS.map(({ name }) => [name]),
      ["search-0001"],
    ]);
  });

  it("are what the printed SQL makes", async () => {
    await pool.query("create schema migrated; create schema printed");
    const on = (schema: string): Pool =>
      new Pool({ connectionString: server.connectionString, options: `-c search_path=${schema}`, max: 1 });
    const [first, second] = [on("migrated"), on("printed")];
    await postgresStorage({ pool: first }).migrate();
    const storage = postgresStorage({ pool: second, migrations: "by-hand" });
    await expect(storage.commit([createTask])).rejects.toMatchObject({
      code: "storage_failed",
      details: { missingMigrations: [...MIGRATIONS.map(({ name }) => name), "search-0001"] },
    });
    await second.query(await storage.migrationSql());
    expect(await shapeOf("printed")).toEqual(await shapeOf("migrated"));
    expect(await storage.commit([createTask])).toBe("committed");
    await Promise.all([first.end(), second.end()]);
  });

  it("print the schema too, where one is named", async () => {
    const storage = postgresStorage({ pool, schema: "named", tablePrefix: "my_", migrations: "by-hand" });
    await pool.query(await storage.migrationSql());
    expect(await storage.commit([createTask])).toBe("committed");
    expect(await rows("select id from named.my_tasks")).toEqual([[sampleTask().id]]);
  });

  it("make their tables in a schema that is there without the right to make schemas", async () => {
    // Roles belong to the whole server, which may be used by others.
    const role = `tenant_${randomUUID().replaceAll("-", "")}`;
    await pool.query(
      `create role ${role} login password 'tenant'; create schema tenants authorization ${role}`,
    );
    const url = new URL(server.connectionString);
    url.username = role;
    url.password = "tenant";
    const storage = postgresStorage({ connectionString: url.href, schema: "tenants" });
    expect(await storage.commit([createTask])).toBe("committed");
    await storage.close();
    await pool.query(`drop owned by ${role} cascade; drop role ${role}`);
  });

  it("are run by one of many that open an empty database at once", async () => {
    const pools = Array.from(
      { length: 6 },
      () => new Pool({ connectionString: server.connectionString, max: 2 }),
    );
    const storages = pools.map((own) => postgresStorage({ pool: own, schema: "at_once" }));
    const outcomes = await Promise.all(storages.map((storage) => storage.commit([createTask])));
    expect(outcomes.filter((outcome) => outcome === "committed")).toHaveLength(1);
    await Promise.all(pools.map((own) => own.end()));
  });

  /** A connection to a server that knows no advisory locks. `meanwhile` is what happens when it has looked what there is. */
  function lockless(meanwhile: () => Promise<void> = () => Promise.resolve()): PostgresConnection {
    const honest = connection();
    return {
      ...honest,
      transaction: (work) =>
        honest.transaction((runner) =>
          work({
            rows: async (statement, values) => {
              if (statement.sql.includes("advisory"))
                throw Object.assign(new Error("unknown function"), { code: "42883" });
              const found = await runner.rows(statement, values);
              if (statement.sql.startsWith("select name from")) await meanwhile();
              return found;
            },
          }),
        ),
    };
  }

  it("are run by one of many also where there are no advisory locks", async () => {
    const builder = await postgresBuilder({ schema: "lockless", tablePrefix: "sms_" });
    await Promise.all([1, 2, 3, 4].map(() => migrate(lockless(), { builder, steps: {} })));
    expect(await rows("select name from lockless.sms_migrations")).toEqual(
      MIGRATIONS.map(({ name }) => [name]),
    );
  });

  it.each([
    ["the functions of searching", "functions", "search"],
    ["a column", "columns", "later"],
  ] as const)("are run once where another makes %s first, without such locks", async (_, schema, step) => {
    const builder = await postgresBuilder({ schema, tablePrefix: "sms_" });
    await migrate(connection(), { builder, steps: {} });
    const steps =
      step === "search"
        ? { features: [searchMigration(builder)] }
        : { migrations: [...MIGRATIONS, later(schema)] };
    let others: Promise<void> | null = null;
    const slow = lockless(() => (others ??= migrate(lockless(), { builder, steps })));
    await migrate(slow, { builder, steps });
    expect(others).not.toBe(null);
    expect(await rows(`select count(*) from ${schema}.sms_migrations`)).toEqual([
      [String(MIGRATIONS.length + 1)],
    ]);
  });

  it("bring an older database up to date and keep its records", async () => {
    const storage = postgresStorage({ pool, schema: "older", search: false });
    await storage.commit([createTask]);
    const builder = await postgresBuilder({ schema: "older", tablePrefix: "sms_" });
    await migrate(connection(), { builder, steps: { migrations: [...MIGRATIONS, later("older")] } });
    expect(await rows("select id, note from older.sms_tasks")).toEqual([[sampleTask().id, null]]);
    // A connection that has statements prepared goes on.
    expect(await storage.read([taskKey])).toEqual([{ version: 1, value: sampleTask() }]);
  });

  it("that fail leave the database as it was", async () => {
    const builder = await postgresBuilder({ schema: "failing", tablePrefix: "sms_" });
    const wrong = {
      name: "0003-wrong",
      statements: () => ["alter table failing.sms_nothing add column note text"],
    };
    await migrate(connection(), { builder, steps: {} });
    const before = await shapeOf("failing");
    const steps = { migrations: [...MIGRATIONS, later("failing"), wrong] };
    await expect(migrate(connection(), { builder, steps })).rejects.toThrow("sms_nothing");
    expect(await shapeOf("failing")).toEqual(before);
  });

  it("of a newer release are refused", async () => {
    const builder = await postgresBuilder({ schema: "newer", tablePrefix: "sms_" });
    await migrate(connection(), { builder, steps: { migrations: [...MIGRATIONS, later("newer")] } });
    await expect(postgresStorage({ pool, schema: "newer" }).read([taskKey])).rejects.toMatchObject({
      code: "storage_failed",
      details: { unknownMigrations: ["0002-later"] },
    });
  });

  it("have finished tasks swept up early", async () => {
    await postgresStorage({ pool, schema: "swept" }).migrate();
    const options = "select reloptions::text from pg_class where oid = 'swept.sms_tasks'::regclass";
    expect(await rows(options)).toEqual([["{autovacuum_vacuum_scale_factor=0.01}"]]);
  });

  it("make what searching needs when it is turned on later, and it may be turned off again", async () => {
    const message = {
      kind: "message",
      put: sampleMessage(1, { body: "Found later" }),
      expect: "absent",
    } as const;
    const before = postgresStorage({ pool, schema: "turned_on", search: false });
    await before.commit([message]);
    const storage = postgresStorage({ pool, schema: "turned_on" });
    const page = await storage.search?.({
      in: "messages",
      text: "later",
      accountSid: null,
      limit: 5,
      cursor: null,
    });
    expect(page?.items).toEqual([message.put]);
    const after = postgresStorage({ pool, schema: "turned_on", search: false });
    expect(await after.read([{ kind: "message", id: message.put.id }])).toEqual([
      { version: 1, value: message.put },
    ]);
  });

  describe("and the plans of what is asked", () => {
    const paging = { limit: 10, cursor: null };
    const everything = {
      list: "conversations",
      accountSid: null,
      status: null,
      channel: null,
      assignee: null,
      unread: false,
      needsAttention: false,
      ...paging,
    } as const;
    const inAccount = { ...everything, accountSid: "AC1" } as const;
    const queries: readonly Query[] = [
      everything,
      { ...inAccount, status: "open" },
      { ...inAccount, needsAttention: true, unread: true, status: "open" },
      { ...inAccount, unread: true, assignee: { id: null } },
      { ...inAccount, assignee: { id: "ann" }, channel: "sms" },
      { ...inAccount, channel: "whatsapp" },
      { list: "conversationsOfContact", accountSid: "AC1", contact: "+1", ...paging },
      { list: "messages", conversationId: "c1", order: "oldest-first", ...paging },
      { list: "messages", conversationId: "c1", order: "newest-first", ...paging },
      { list: "tasks", class: "urgent", dueBeforeMs: 1, ...paging },
      { list: "drafts", accountSid: null, conversationId: null, status: null, ...paging },
      { list: "drafts", accountSid: "AC1", conversationId: null, status: "stale", ...paging },
      { list: "drafts", accountSid: "AC1", conversationId: "c1", status: "stale", ...paging },
      { list: "consentEntries", consentId: "x", ...paging },
      { list: "consentLog", accountSid: "AC1", ...paging },
      ...KINDS.map((kind): Query => ({ list: "records", kind, ...paging })),
    ];
    let watched: WatchedPool;
    let storage: SqlStorage;

    beforeAll(async () => {
      watched = watchedPool(pool);
      storage = postgresStorage({ pool: watched, schema: "plans", prepare: false });
      // The server only knows which index is the narrow one when there is something in them.
      const records = Array.from({ length: 1_500 }, (_, number): readonly Write[] => {
        const accountSid = `AC${number % 10}`;
        const conversation = sampleConversation(number, {
          accountSid,
          status: number % 3 === 0 ? "closed" : "open",
          unreadCount: number % 20 === 1 ? 1 : 0,
          attention: number % 50 === 1 ? "maybe-stop" : null,
          assignee: number % 30 === 1 ? "ann" : null,
          channel: number % 40 === 1 ? "whatsapp" : "sms",
        });
        const conversationId = conversation.id;
        const consent = sampleConsent(number);
        const status = (["sent", "discarded", "stale", "proposed"] as const)[number % 4] ?? "sent";
        return [
          { kind: "consent", put: consent, expect: "absent" },
          { kind: "conversation", put: conversation, expect: "absent" },
          { kind: "message", put: sampleMessage(number, { accountSid, conversationId }), expect: "absent" },
          {
            kind: "consentEntry",
            put: sampleConsentEntry(number, { accountSid, consentId: consent.id }),
            expect: "absent",
          },
          {
            kind: "draft",
            put: sampleDraft(number, { accountSid, conversationId, status }),
            expect: "absent",
          },
          {
            kind: "task",
            put: sampleTask(number, { conversationId, class: number % 2 === 0 ? "bulk" : "urgent" }),
            expect: "absent",
          },
        ];
      });
      await storage.commit(records.flat());
      await pool.query("analyze");
    });

    /** How the server does what was last asked, where reading or sorting a whole table is never the cheapest. */
    async function lastPlan(): Promise<readonly string[]> {
      const { text = "", values = [] } = watched.asked.at(-1) ?? {};
      const client = await pool.connect();
      await client.query("set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off");
      const { rows: lines } = await client.query<[string]>({
        text: `explain ${text}`,
        values,
        rowMode: "array",
      });
      await client.query("reset all");
      client.release();
      return lines.map(([line]) => line.trim().replace(/^->\s*/, ""));
    }

    /** The indexes that are looked into, by name. */
    function indexesIn(plan: readonly string[]): readonly string[] {
      return plan.flatMap((line) => /Index (?:Only )?Scan (?:Backward )?using "?(\w+)/.exec(line)?.[1] ?? []);
    }

    it("cover every index that is kept", () => {
      const used = new Set(queries.map((query) => planList(query).index));
      expect(
        Object.values(LIST_INDEXES)
          .flat()
          .filter((index) => !used.has(index)),
      ).toEqual([]);
    });

    it.each(
      queries.flatMap((query) => [
        { query, start: "beginning" as const },
        { query, start: "cursor" as const },
      ]),
    )(
      "of $query.list from the $start use its index, and neither sort nor read a whole table",
      async ({ query, start }) => {
        const sort = query.list === "messages" || query.list === "tasks" ? 0 : at(750);
        const cursor = start === "cursor" ? encodeCursor(query.list, { sort, id: "0" }) : null;
        await storage.list({ ...query, cursor });
        const plan = await lastPlan();
        expect(plan.filter((line) => /Sort|Seq Scan/.test(line))).toEqual([]);
        const { kind, index, groups } = planList(query);
        const table = tableNames().of[kind];
        const unique: Readonly<Record<string, string>> = {
          id: `${table}_pkey`,
          thread: `${table}_conversation_id_seq_key`,
          contact: `${table}_account_sid_contact_ours_key`,
        };
        const name = unique[index.name] ?? `${table}_${index.name}_idx`;
        expect(indexesIn(plan)).toEqual(groups.map(() => name));
        // What is looked up in the index, and not among what it gives: the group, the bound and the cursor.
        const bounds = index.groupBy.length + (query.list === "tasks" ? 1 : 0) + (start === "cursor" ? 1 : 0);
        const conditions = plan.filter((line) => line.startsWith("Index Cond:"));
        expect(conditions.map((line) => line.split(" AND ").length)).toEqual(
          bounds === 0 ? [] : groups.map(() => bounds),
        );
      },
    );

    it("of a read look every key up in an index, whether few or many", async () => {
      const keys: readonly Key[] = [
        { kind: "message", id: "m" },
        { kind: "message", sid: "s" },
        { kind: "conversation", pair: ["AC1", "+1", "+2"] },
        { kind: "consent", id: sampleConsent().id },
      ];
      await storage.read(keys);
      const few = await lastPlan();
      expect(few.filter((line) => /Sort|Seq Scan/.test(line))).toEqual([]);
      const expected = [
        "sms_consents_pkey",
        "sms_conversations_account_sid_contact_ours_key",
        "sms_messages_pkey",
        "sms_messages_sid_key",
      ];
      expect(indexesIn(few).toSorted()).toEqual(expected);
      await storage.read([
        ...keys,
        ...Array.from({ length: 50 }, (_, at): Key => ({ kind: "message", id: `m${at}` })),
      ]);
      expect(indexesIn(await lastPlan()).toSorted()).toEqual(expected);
    });
  });
});
