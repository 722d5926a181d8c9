import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KINDS } from "../../../src/core/model/schema";
import { LIST_INDEXES, planList } from "../../../src/adapters/storage/list-plan";
import { MIGRATIONS } from "../../../src/adapters/storage/sql/migrations";
import { selectBy, selectRange } from "../../../src/adapters/storage/sql/statements";
import { sqliteConnection, type SqliteDatabase } from "../../../src/adapters/storage/sqlite/database";
import { sqliteBuilder } from "../../../src/adapters/storage/sqlite/dialect";
import { DRIVERS, openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteStorage, type SqliteStorageOptions } from "../../../src/adapters/storage/sqlite/index";
import { migrate, setPragmas } from "../../../src/adapters/storage/sqlite/prepare-database";
import type { Query } from "../../../src/ports/storage";
import { sampleConversation, sampleMessage, sampleTask } from "../../../src/testing/storage/sample-records";

let folder = "";
let database: SqliteDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-sqlite-"));
  database = await openDatabase(join(folder, "sms.db"));
});

afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

const createTask = { kind: "task", put: sampleTask(), expect: "absent" } as const;
const taskKey = { kind: "task", id: sampleTask().id } as const;

describe("sqliteStorage options", () => {
  it.each([
    ["nothing", undefined],
    ["a path alone", "sms.db"],
    ["an empty object", {}],
    ["an empty path", { path: "" }],
    ["a path of blanks", { path: " " }],
    ["a path with NUL", { path: "a\0b" }],
    ["a path that is no text", { path: 1 }],
    ["both a path and a database", { path: "a", database: { prepare() {}, exec() {}, close() {} } }],
    ["a database that is none", { database: { prepare() {} } }],
    ["an option that is misspelt", { path: "a", pth: "b" }],
  ])("refuse %s at once", (_, options) => {
    expect(() => sqliteStorage(options as unknown as SqliteStorageOptions)).toThrow(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });

  it("open nothing before the first use", async () => {
    const storage = sqliteStorage({ path: join(folder, "no", "such", "folder.db") });
    await expect(storage.read([taskKey])).rejects.toMatchObject({ code: "storage_failed" });
    await expect(storage.commit([createTask])).rejects.toMatchObject({ code: "storage_failed" });
    await storage.close();
  });
});

describe("the SQLite driver", () => {
  it("is the first that loads", async () => {
    const working = await openDatabase(":memory:", [missing("no-such-package"), ...DRIVERS]);
    expect(working.prepare("select 1 as one").all()).toHaveLength(1);
    working.close();
  });

  it("that is nowhere is reported with what to install", async () => {
    await expect(
      openDatabase(":memory:", [missing("no-such-package"), missing("node:nothing")]),
    ).rejects.toMatchObject({
      code: "dependency_missing",
      details: { packages: ["better-sqlite3", "libsql"] },
    });
  });

  it("that loads but cannot open the file fails with its own words", async () => {
    await expect(openDatabase(join(folder, "no", "folder.db"))).rejects.not.toMatchObject({
      code: "dependency_missing",
    });
  });
});

function missing(module: string): (typeof DRIVERS)[number] {
  return {
    module,
    open() {
      throw new Error("not reached");
    },
  };
}

describe("a database of the host's", () => {
  it("is used as it is and left open", async () => {
    database.exec("pragma synchronous = normal");
    const storage = sqliteStorage({ database });
    expect(await storage.commit([createTask])).toBe("committed");
    await storage.close();
    const connection = sqliteConnection(database);
    expect(connection.first("select id from sms_tasks", [])).toEqual([sampleTask().id]);
    expect(connection.first("pragma synchronous", [])).toEqual([1]);
  });

  it("is waited for while the host has a transaction open on it", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([createTask]);
    database.exec("begin");
    const committing = storage.commit([{ kind: "task", put: sampleTask(2), expect: "absent" }]);
    await new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
    database.exec("commit");
    expect(await committing).toBe("committed");
    await storage.close();
  });

  it("can be queried and joined by the names of its columns", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([
      { kind: "conversation", put: sampleConversation(1), expect: "absent" },
      { kind: "message", put: sampleMessage(1), expect: "absent" },
    ]);
    const row = sqliteConnection(database).first(
      `select m."from", m."to", c.unread_count, c.assignee, m.media ->> '$[0].contentType'
       from sms_messages m join sms_conversations c on c.id = m.conversation_id`,
      [],
    );
    expect(row).toEqual([sampleMessage(1).from, sampleMessage(1).to, 1, null, "image/jpeg"]);
  });
});

describe("durability", () => {
  it("is WAL with FULL, and SQLite itself waits only briefly", async () => {
    const connection = sqliteConnection(database);
    database.exec("pragma synchronous = off");
    await setPragmas(connection, "full");
    expect(connection.first("pragma journal_mode", [])).toEqual(["wal"]);
    expect(connection.first("pragma synchronous", [])).toEqual([2]);
    expect(Number(connection.first("pragma busy_timeout", [])?.[0])).toBeLessThanOrEqual(50);
  });

  it("is set on the files that the storage opens", async () => {
    const path = join(folder, "own.db");
    const storage = sqliteStorage({ path });
    await storage.commit([createTask]);
    const other = await openDatabase(path);
    expect(sqliteConnection(other).first("pragma journal_mode", [])).toEqual(["wal"]);
    expect(sqliteConnection(other).first("select id from sms_tasks", [])).toEqual([sampleTask().id]);
    other.close();
    await storage.close();
  });
});

describe("migrations", () => {
  const later = { name: "0002-later", statements: () => ["alter table sms_tasks add column note text"] };

  it("run once on a new database and change nothing after that", async () => {
    const connection = sqliteConnection(database);
    const builder = await sqliteBuilder();
    await migrate(connection, builder);
    const before = connection.rows("select * from sqlite_master", []);
    await migrate(connection, builder);
    expect(connection.rows("select * from sqlite_master", [])).toEqual(before);
    expect(connection.rows("select name from sms_migrations", [])).toEqual(
      MIGRATIONS.map(({ name }) => [name]),
    );
  });

  it("bring an older database up to date and keep its records", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([createTask]);
    await storage.close();
    const connection = sqliteConnection(database);
    await migrate(connection, await sqliteBuilder(), { migrations: [...MIGRATIONS, later] });
    expect(connection.first("select id, note from sms_tasks", [])).toEqual([sampleTask().id, null]);
  });

  it("that fail leave the database as it was", async () => {
    const connection = sqliteConnection(database);
    const builder = await sqliteBuilder();
    await migrate(connection, builder);
    const wrong = { name: "0003-wrong", statements: () => ["alter table sms_nothing add column note text"] };
    await expect(migrate(connection, builder, { migrations: [...MIGRATIONS, later, wrong] })).rejects.toThrow(
      "sms_nothing",
    );
    expect(connection.rows("select name from sms_migrations", [])).toEqual(
      MIGRATIONS.map(({ name }) => [name]),
    );
    expect(
      connection.rows("select name from pragma_table_info('sms_tasks') where name = 'note'", []),
    ).toEqual([]);
  });

  it("of a newer release are refused", async () => {
    await migrate(sqliteConnection(database), await sqliteBuilder(), { migrations: [...MIGRATIONS, later] });
    await expect(sqliteStorage({ database }).read([taskKey])).rejects.toMatchObject({
      code: "storage_failed",
      details: { unknownMigrations: ["0002-later"] },
    });
  });
});

describe("query plans", () => {
  const paging = { limit: 10, cursor: null };
  const inAccount = {
    list: "conversations",
    accountSid: "AC1",
    status: null,
    channel: null,
    assignee: null,
    unread: false,
    needsAttention: false,
    ...paging,
  } as const;
  const queries: readonly Query[] = [
    {
      list: "conversations",
      accountSid: null,
      status: null,
      channel: null,
      assignee: null,
      unread: false,
      needsAttention: false,
      ...paging,
    },
    {
      list: "conversations",
      accountSid: "AC1",
      status: "open",
      channel: null,
      assignee: null,
      unread: false,
      needsAttention: false,
      ...paging,
    },
    { list: "messages", conversationId: "c1", order: "oldest-first", ...paging },
    { list: "messages", conversationId: "c1", order: "newest-first", ...paging },
    { list: "tasks", class: "urgent", dueBeforeMs: 1, ...paging },
    { list: "drafts", accountSid: null, conversationId: null, status: null, ...paging },
    { list: "drafts", accountSid: "AC1", conversationId: null, status: "stale", ...paging },
    { list: "drafts", accountSid: "AC1", conversationId: "c1", status: "stale", ...paging },
    { list: "consentEntries", consentId: "x", ...paging },
    { list: "consentLog", accountSid: "AC1", ...paging },
    { list: "conversationsOfContact", accountSid: "AC1", contact: "+1", ...paging },
    { ...inAccount, needsAttention: true, unread: true, status: "open" },
    { ...inAccount, unread: true, assignee: { id: null } },
    { ...inAccount, assignee: { id: "ann" }, channel: "sms" },
    { ...inAccount, channel: "whatsapp" },
    ...KINDS.map((kind): Query => ({ list: "records", kind, ...paging })),
  ];

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
  )("of $query.list from the $start neither sort nor read a whole table", async ({ query, start }) => {
    const builder = await sqliteBuilder();
    const connection = sqliteConnection(database);
    await migrate(connection, builder);
    const { sql, slots } = selectRange(builder, planList(query), start);
    const steps = connection
      .rows(
        `explain query plan ${sql}`,
        slots.map(() => ""),
      )
      .map((row) => String(row.at(-1)));
    // All of a kind from the first is a walk along its key; what stops it is the limit.
    const isWalk = query.list === "records" && start === "beginning";
    const expected = isWalk ? /^SCAN / : /^SEARCH .* USING (INDEX|PRIMARY KEY)/;
    expect(steps).toEqual([expect.stringMatching(expected)]);
    // A filter must not lure SQLite away from the index that the plan chose.
    const { kind, index } = planList(query);
    expect(steps[0]).toContain(index.only === null ? "" : `sms_${kind}s_${index.name}_idx`);
  });

  it.each([
    ["message", ["id"]],
    ["message", ["sid"]],
    ["conversation", ["accountSid", "contact", "ours"]],
    ["consent", ["id"]],
  ] as const)("of a %s by %s use an index", async (kind, fields) => {
    const builder = await sqliteBuilder();
    const connection = sqliteConnection(database);
    await migrate(connection, builder);
    const { sql, slots } = selectBy(builder, kind, fields);
    const steps = connection
      .rows(
        `explain query plan ${sql}`,
        slots.map(() => ""),
      )
      .map((row) => String(row.at(-1)));
    expect(steps).toEqual([expect.stringMatching(/^SEARCH /)]);
  });
});
