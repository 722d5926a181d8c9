import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SqlValue } from "../../../src/adapters/storage/sql/row";
import type { SqlBuilder } from "../../../src/adapters/storage/sql/builder";
import {
  sqliteConnection,
  type SqliteConnection,
  type SqliteDatabase,
} from "../../../src/adapters/storage/sqlite/database";
import { sqliteBuilder } from "../../../src/adapters/storage/sqlite/dialect";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteStorage, type SqlStorage } from "../../../src/adapters/storage/sqlite/index";
import { sqliteRecords } from "../../../src/adapters/storage/sqlite/records";
import { contactSearch } from "../../../src/adapters/storage/sqlite/search-contacts";
import { searchIndexing } from "../../../src/adapters/storage/sqlite/search-indexing";
import { messageSearch } from "../../../src/adapters/storage/sqlite/search-messages";
import type { ConversationRecord } from "../../../src/core/model/conversation";
import type { Message } from "../../../src/core/model/message";
import type { Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import { at, sampleConversation, sampleMessage } from "../../../src/testing/storage/sample-records";

let database: SqliteDatabase;
let connection: SqliteConnection;
let builder: SqlBuilder;

beforeEach(async () => {
  database = await openDatabase(":memory:");
  connection = sqliteConnection(database);
  builder = await sqliteBuilder();
});

afterEach(() => {
  database.close();
});

const message = (number: number, changes: Partial<Message> = {}): Write => ({
  kind: "message",
  put: sampleMessage(number, { id: `m${number}`, ...changes }),
  expect: "absent",
});

const conversation = (number: number, changes: Partial<ConversationRecord> = {}): Write => ({
  kind: "conversation",
  put: sampleConversation(number, { id: `c${number}`, ...changes }),
  expect: "absent",
});

const paging = { accountSid: null, limit: 1_000, cursor: null } as const;

async function messagesWith(storage: Storage, text: string): Promise<readonly string[] | undefined> {
  return (await storage.search?.({ in: "messages", text, ...paging }))?.items.map(({ id }) => id);
}

async function contactsWith(storage: Storage, text: string): Promise<readonly string[] | undefined> {
  return (await storage.search?.({ in: "contacts", text, ...paging }))?.items.map(({ id }) => id);
}

function count(sql: string): number {
  return Number(connection.first(`select count(*) from ${sql}`, [])?.[0]);
}

function hitsInIndex(word: string): number {
  return count(`sms_messages_search where sms_messages_search match '"${word}"'`);
}

/** Whether the index holds exactly what FTS5 can tell from itself: it throws when the index is damaged. */
function checkIndexes(): void {
  database.exec("insert into sms_messages_search (sms_messages_search) values ('integrity-check')");
  database.exec("insert into sms_conversations_search (sms_conversations_search) values ('integrity-check')");
}

/** The searches straight on the index: they look through next to nothing before. */
function ofIndex(): {
  readonly messages: ReturnType<typeof messageSearch>;
  readonly contacts: ReturnType<typeof contactSearch>;
} {
  searchIndexing(connection, builder).addBatch();
  const sources = { connection, builder, records: sqliteRecords(connection, builder) };
  return { messages: messageSearch(sources, 1), contacts: contactSearch(sources, 1) };
}

describe("the index", () => {
  it("is written for many records at once, and what is pending is found meanwhile", async () => {
    const storage = sqliteStorage({ database });
    for (let number = 0; number < 100; number += 1)
      await storage.commit([message(number, { body: "hello" })]);
    expect(hitsInIndex("hello")).toBe(0);
    expect(await messagesWith(storage, "hello")).toHaveLength(100);
    for (let number = 100; number < 300; number += 1)
      await storage.commit([message(number, { body: "hello" })]);
    expect(hitsInIndex("hello")).toBeGreaterThanOrEqual(256);
    expect(await messagesWith(storage, "hello")).toHaveLength(300);
    checkIndexes();
    await storage.close();
  });

  it("follows every change, of records that are in it and of those that are pending", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([1, 2, 3].map((number) => message(number, { body: `first${number}` })));
    await storage.commit([1, 2].map((number) => conversation(number, { contact: `+1555000000${number}` })));
    searchIndexing(connection, builder).addBatch();
    await storage.commit([message(4, { body: "first4" })]);
    for (const number of [1, 4]) {
      const put = sampleMessage(number, { id: `m${number}`, body: `second${number}`, accountSid: "AC9" });
      await storage.commit([{ kind: "message", put, expect: 1 }]);
    }
    await storage.commit([
      { kind: "message", remove: "m2", expect: 1 },
      { kind: "conversation", remove: "c1", expect: 1 },
      { kind: "conversation", put: sampleConversation(2, { id: "c2", contact: "+15559999999" }), expect: 1 },
    ]);
    for (const step of ["pending", "indexed"]) {
      if (step === "indexed") searchIndexing(connection, builder).addBatch();
      expect(await messagesWith(storage, "first")).toEqual(["m3"]);
      expect(await messagesWith(storage, "sec")).toEqual(["m4", "m1"]);
      expect(await contactsWith(storage, "555")).toEqual(["c2"]);
      expect(await contactsWith(storage, "0000")).toEqual([]);
      checkIndexes();
    }
    expect([hitsInIndex("first1"), hitsInIndex("first2"), hitsInIndex("second1")]).toEqual([0, 0, 1]);
    await storage.commit(
      ["m1", "m3", "m4"].map((id): Write => ({ kind: "message", remove: id, expect: id === "m3" ? 1 : 2 })),
    );
    await storage.commit([{ kind: "conversation", remove: "c2", expect: 2 }]);
    for (const table of [
      "messages_search_places",
      "messages_search_pending",
      "conversations_search_places",
      "conversations_search_pending",
    ])
      expect(count(`sms_${table}`)).toBe(0);
    await storage.close();
  });

  it("is not touched by a change of status or of last activity", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([message(1, { body: "hello" }), conversation(1)]);
    searchIndexing(connection, builder).addBatch();
    const shadows = (): unknown =>
      [
        "messages_search_data",
        "messages_search_places",
        "messages_search_pending",
        "conversations_search_data",
        "conversations_search_pending",
      ].map((table) => connection.rows(`select * from sms_${table}`, []));
    const before = shadows();
    await storage.commit([
      { kind: "message", put: sampleMessage(1, { id: "m1", body: "hello", status: "read" }), expect: 1 },
      {
        kind: "conversation",
        put: sampleConversation(1, { id: "c1", lastMessageAt: at(77), preview: "new" }),
        expect: 1,
      },
    ]);
    expect(shadows()).toEqual(before);
    await storage.close();
  });

  it("keeps nothing of a commit that was not made", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([message(1)]);
    const outcomes = await Promise.all([
      storage.commit([message(2, { body: "hello" }), message(1)]),
      storage.commit([message(3, { body: "hello" })]),
    ]);
    expect(outcomes).toEqual(["conflict", "committed"]);
    expect(await messagesWith(storage, "hello")).toEqual(["m3"]);
    expect(count("sms_messages_search_places")).toBe(2);
    await storage.close();
  });

  it("that is broken keeps no message from being stored, and its search says so", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([message(0)]);
    database.exec("drop table sms_messages_search");
    for (let number = 1; number < 400; number += 1)
      expect(await storage.commit([message(number, { body: "hello" })])).toBe("committed");
    await expect(messagesWith(storage, "hello there")).rejects.toMatchObject({ code: "storage_failed" });
    expect(count("sms_messages")).toBe(400);
    await storage.close();
  });

  it("is made anew, and cleaned of what was erased, as the manual says", async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([1, 2].map((number) => message(number, { body: `secret${number}` })));
    const indexing = searchIndexing(connection, builder);
    indexing.addBatch();
    database.exec(
      "insert into sms_messages_search_pending select place from sms_messages_search_places where true on conflict do nothing",
    );
    database.exec("insert into sms_messages_search (sms_messages_search) values ('delete-all')");
    expect([hitsInIndex("secret1"), await messagesWith(storage, "secret1")]).toEqual([0, ["m1"]]);
    indexing.addBatch();
    expect(hitsInIndex("secret1")).toBe(1);
    await storage.commit([{ kind: "message", remove: "m1", expect: 1 }]);
    database.exec("insert into sms_messages_search (sms_messages_search) values ('optimize')");
    const blocks = connection.rows("select hex(block) from sms_messages_search_data", []).flat().join();
    const [erased, kept] = ["secret1", "secret2"].map((word) =>
      Buffer.from(word).toString("hex").toUpperCase(),
    );
    expect(blocks).not.toContain(erased);
    expect(blocks).toContain(kept);
    await storage.close();
  });

  it.each([
    "",
    "yesterday",
    "-000001-01-01T00:00:00.000Z",
    "+275760-09-13T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
  ])("takes messages of any time, such as %j", async (createdAt) => {
    const storage = sqliteStorage({ database });
    expect(
      await storage.commit([
        message(1, { createdAt, body: "hello" }),
        message(2, { createdAt, body: "hello" }),
      ]),
    ).toBe("committed");
    const found = ofIndex().messages({ in: "messages", text: "hello", ...paging });
    expect(found.items.map(({ id }) => id)).toEqual(["m2", "m1"]);
    await storage.close();
  });
});

describe("a database", () => {
  const fill = async (storage: SqlStorage): Promise<void> => {
    for (const number of [3, 1, 2])
      await storage.commit([message(number, { body: "hello", createdAt: at(number % 3) })]);
    await storage.commit([1, 2].map((number) => conversation(number, { contact: `+1555000000${number}` })));
  };

  it("without search becomes searchable when it is turned on, with all that is there", async () => {
    const without = sqliteStorage({ database, search: false });
    expect(without.search).toBe(undefined);
    await fill(without);
    expect(count("sqlite_master where name like '%search%'")).toBe(0);
    const storage = sqliteStorage({ database });
    expect(await messagesWith(storage, "hel")).toEqual(["m2", "m1", "m3"]);
    expect(await contactsWith(storage, "5550")).toEqual(["c2", "c1"]);
    expect([hitsInIndex("hello"), count("sms_conversations_search_places")]).toEqual([3, 2]);
    checkIndexes();
    await storage.close();
  });

  it("goes on being right while search is turned off, however much is written then", async () => {
    await fill(sqliteStorage({ database }));
    searchIndexing(connection, builder).addBatch();
    const without = sqliteStorage({ database, search: false });
    await without.commit([{ kind: "message", remove: "m1", expect: 1 }]);
    await without.commit(
      Array.from({ length: 2_500 }, (_, number) => message(number + 10, { body: "hello" })),
    );
    const storage = sqliteStorage({ database });
    expect((await messagesWith(storage, "hello"))?.slice(0, 2)).toEqual(["m2509", "m2508"]);
    // The search has added what was more than it would look through.
    expect(hitsInIndex("hello")).toBeGreaterThan(1_500);
    checkIndexes();
    await storage.close();
  });

  it("is searched on a driver without FTS5 not at all, and stored in all the same", async () => {
    const poor: SqliteDatabase = {
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare: (sql) => database.prepare(sql.includes("pragma_module_list") ? "select 1 where 0" : sql),
    };
    await expect(sqliteStorage({ database: poor }).commit([message(1)])).rejects.toMatchObject({
      code: "storage_failed",
    });
    await expect(sqliteStorage({ database: poor }).migrate()).rejects.toMatchObject({
      code: "storage_failed",
    });
    expect(count("sqlite_master")).toBe(0);
    expect(await sqliteStorage({ database: poor, search: false }).commit([message(1)])).toBe("committed");
  });
});

describe("query plans of searches", () => {
  /** The plans of all selects that run during a search. */
  function plansOf(search: () => unknown): readonly string[] {
    const plain = connection;
    const plans: string[] = [];
    const explained = (sql: string, values: readonly SqlValue[]): readonly string[] =>
      plain.rows(`explain query plan ${sql}`, values).map((row) => String(row.at(-1)));
    connection = {
      ...plain,
      rows(sql, values) {
        plans.push(...explained(sql, values));
        return plain.rows(sql, values);
      },
    };
    search();
    connection = plain;
    return plans;
  }

  beforeEach(async () => {
    const storage = sqliteStorage({ database });
    await storage.commit([1, 2, 3].map((number) => message(number, { body: "hello" })));
    await storage.commit([1, 2, 3].map((number) => conversation(number)));
  });

  it.each([
    { in: "messages", text: "hello", ...paging },
    { in: "messages", text: "hello hel", ...paging },
    { in: "messages", text: "hello", ...paging, accountSid: sampleMessage(1).accountSid },
  ] as const)("for messages neither sort nor read a whole table: %o", (query) => {
    const plans = plansOf(() => ofIndex().messages(query));
    expect(plans.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
    const scans = plans.filter((step) => step.startsWith("SCAN "));
    // The walk along places and what is pending begin somewhere and end with the limit.
    expect(scans.filter((step) => !/^SCAN (q|i VIRTUAL TABLE INDEX \d+:.*)$/.test(step))).toEqual([]);
    expect(plans.some((step) => step.includes("VIRTUAL TABLE INDEX"))).toBe(true);
  });

  it("for contacts reads only what the index gives, of one account where it is asked for", () => {
    const query = { in: "contacts", text: "666", ...paging, limit: 2 } as const;
    for (const accountSid of [null, sampleConversation(1).accountSid]) {
      const plans = plansOf(() => ofIndex().contacts({ ...query, accountSid }));
      const scans = plans.filter((step) => step.startsWith("SCAN "));
      expect(scans.filter((step) => !/^SCAN (q|i VIRTUAL TABLE INDEX \d+:.*)$/.test(step))).toEqual([]);
      expect(plans.some((step) => step.includes("VIRTUAL TABLE INDEX"))).toBe(true);
    }
  });
});
