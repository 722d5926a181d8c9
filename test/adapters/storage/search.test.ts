import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import type { Page, Searches, SearchQuery, Storage } from "../../../src/ports/storage";
import type { Message } from "../../../src/core/model/message";
import type { Write } from "../../../src/core/model/record";
import { at, sampleConversation, sampleMessage } from "../../../src/testing/storage/sample-records";

const storages = [
  { name: "memory", open: (): Storage => memoryStorage() },
  { name: "SQLite", open: (): Storage => sqliteStorage({ path: ":memory:" }) },
];

async function search<In extends keyof Searches>(
  storage: Storage,
  where: In,
  query: Partial<SearchQuery<In>> & { readonly text: string },
): Promise<Page<Searches[In]>> {
  if (storage.search === undefined) throw new TypeError("This storage cannot search.");
  return storage.search({ in: where, accountSid: null, limit: 10, cursor: null, ...query });
}

async function idsOf<In extends keyof Searches>(
  storage: Storage,
  where: In,
  query: Partial<SearchQuery<In>> & { readonly text: string },
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Searches[In]> = await search(storage, where, { ...query, cursor });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

const creating = (number: number, changes: Partial<Message>): Write => ({
  kind: "message",
  put: sampleMessage(number, { id: `m${number}`, ...changes }),
  expect: "absent",
});

async function withBodies(storage: Storage, bodies: readonly string[]): Promise<Storage> {
  await storage.commit(bodies.map((body, number) => creating(number, { body })));
  return storage;
}

const BODIES = [
  "The shop opens at nine",
  "Ça va? CAFÉ près de la gare",
  'say "AND" near (the) door*',
  "Привет мир",
  "see you at Ninety-nine Straße 5🤔ok",
  "नमस्ते दुनिया",
  "opening hours: 9:30",
];

describe.each(storages)("searching messages in $name", ({ open }) => {
  it.each([
    ["open", ["m6", "m0"]],
    ["opens", ["m0"]],
    ["NINE", ["m4", "m0"]],
    ["nine at", ["m4", "m0"]],
    ["nine opens", ["m0"]],
    ["open nine", []],
    ["cafe", ["m1"]],
    ["Café gare", ["m1"]],
    ["PRÈS", ["m1"]],
    ["мир ПРИ", ["m3"]],
    ["ok", ["m4"]],
    ["straße", ["m4"]],
    ["नम", ["m5"]],
    ["9:30", ["m6"]],
    ['"and', ["m2"]],
    ["near AND door", ["m2"]],
    ["shop OR door", []],
    ["NOT shop", []],
    ["nin*", ["m4", "m0"]],
    ["the -shop", ["m0"]],
    ["body:shop", []],
    ["shop' --", ["m0"]],
    ["{shop}", ["m0"]],
    ["^shop", ["m0"]],
    ["opens\0nine", ["m0"]],
    ["opens\ud800nine", ["m0"]],
    ["🤔", []],
    ["(*)", []],
    ["", []],
  ])("finds for %j %j", async (text, expected) => {
    const storage = await withBodies(open(), BODIES);
    expect(await idsOf(storage, "messages", { text })).toEqual(expected);
    await storage.close();
  });

  it("takes a query of any length", async () => {
    const words = Array.from({ length: 3_000 }, (_, number) => `word${number}`);
    const storage = await withBodies(open(), [words.join(" "), words.slice(1).join(" ")]);
    expect(await idsOf(storage, "messages", { text: words.join(" ") })).toEqual(["m0"]);
    expect(await idsOf(storage, "messages", { text: `${"x".repeat(100_000)} word1` })).toEqual([]);
    await storage.close();
  });

  it("gives the newest first, by id where they are alike, whatever the order of storing and the size of the page", async () => {
    const storage = open();
    const seconds = [5, 1, 5, 3, 5, 3, 9, 5];
    for (const [number, second] of seconds.entries())
      await storage.commit([creating(number, { body: "hello", createdAt: at(second) })]);
    for (const limit of [1, 2, 3, 8]) {
      expect(await idsOf(storage, "messages", { text: "hel", limit })).toEqual([
        "m6",
        "m7",
        "m4",
        "m2",
        "m0",
        "m5",
        "m3",
        "m1",
      ]);
    }
    await storage.close();
  });

  it("finds what is there all along once, while others come and go between pages", async () => {
    const storage = await withBodies(
      open(),
      Array.from({ length: 9 }, () => "hello"),
    );
    const first = await search(storage, "messages", { text: "hello", limit: 3 });
    expect(first.items.map(({ id }) => id)).toEqual(["m8", "m7", "m6"]);
    await storage.commit([
      creating(20, { body: "hello" }),
      { kind: "message", remove: "m6", expect: 1 },
      { kind: "message", remove: "m4", expect: 1 },
    ]);
    const second = await search(storage, "messages", { text: "hello", limit: 3, cursor: first.nextCursor });
    expect(second.items.map(({ id }) => id)).toEqual(["m5", "m3", "m2"]);
    await storage.close();
  });

  it("finds in one account or in all", async () => {
    const storage = open();
    await storage.commit(
      [0, 1, 2].map((number) =>
        creating(number, { body: "hello", accountSid: number === 1 ? "AC two" : "ac_TWO" }),
      ),
    );
    expect(await idsOf(storage, "messages", { text: "hello" })).toEqual(["m2", "m1", "m0"]);
    expect(await idsOf(storage, "messages", { text: "hello", accountSid: "AC two" })).toEqual(["m1"]);
    expect(await idsOf(storage, "messages", { text: "hello", accountSid: "ac_TWO", limit: 1 })).toEqual([
      "m2",
      "m0",
    ]);
    expect(await idsOf(storage, "messages", { text: "hello", accountSid: "AC" })).toEqual([]);
    expect(await idsOf(storage, "messages", { text: "hello", accountSid: "AC\0" })).toEqual([]);
    expect(await idsOf(storage, "messages", { text: "ac" })).toEqual([]);
    await storage.close();
  });

  it("follows changes of a text and of its status", async () => {
    const storage = await withBodies(open(), ["hello"]);
    const changed = sampleMessage(0, { id: "m0", body: "goodbye" });
    await storage.commit([{ kind: "message", put: changed, expect: 1 }]);
    await storage.commit([{ kind: "message", put: { ...changed, status: "read" }, expect: 2 }]);
    expect(await idsOf(storage, "messages", { text: "hello" })).toEqual([]);
    expect((await search(storage, "messages", { text: "goodbye" })).items).toEqual([
      { ...changed, status: "read" },
    ]);
    await storage.close();
  });

  it.each([0, 1_001, 1.5, Number.NaN])("refuses to find %d records", async (limit) => {
    const storage = open();
    await expect(search(storage, "messages", { text: "x", limit })).rejects.toMatchObject({
      code: "config_invalid",
    });
    await storage.close();
  });

  it("refuses cursors of other lists and searches", async () => {
    const storage = await withBodies(open(), ["hello", "hello"]);
    const list = await storage.list({
      list: "messages",
      conversationId: "conversation-1",
      order: "oldest-first",
      limit: 1,
      cursor: null,
    });
    const found = await search(storage, "messages", { text: "hello", limit: 1 });
    for (const cursor of [list.nextCursor, "x", ""])
      await expect(search(storage, "messages", { text: "x", cursor })).rejects.toMatchObject({
        code: "config_invalid",
      });
    await expect(search(storage, "contacts", { text: "", cursor: found.nextCursor })).rejects.toMatchObject({
      code: "config_invalid",
    });
    await storage.close();
    await expect(search(storage, "messages", { text: "x" })).rejects.toMatchObject({
      code: "storage_failed",
    });
  });
});

describe.each(storages)("searching contacts in $name", ({ open }) => {
  const contacts = [
    "+15551234567",
    "+15559876543",
    "whatsapp:+15551230000",
    "messenger:Anna.B",
    "+441234567890",
  ];

  async function filled(): Promise<Storage> {
    const storage = open();
    await storage.commit(
      contacts.map((contact, number) => ({
        kind: "conversation",
        put: sampleConversation(number, {
          id: `c${number}`,
          contact,
          lastMessageAt: at(number === 0 ? 99 : 10),
          status: number === 2 ? "closed" : "open",
          accountSid: number === 4 ? "AC2" : "AC1",
        }),
        expect: "absent",
      })),
    );
    return storage;
  }

  it.each([
    ["555", ["c0", "c2", "c1"]],
    ["555-123", ["c0", "c2"]],
    ["+1 (555) 123", ["c0", "c2"]],
    ["123", ["c0", "c4", "c2"]],
    ["6543", ["c1"]],
    ["whatsapp", ["c2"]],
    ["ANNA.b", ["c3"]],
    ["55", []],
    ["999", []],
    ['"55"', []],
    ["_%_", []],
    ["", []],
  ])("finds for %j %j, last activity first", async (text, expected) => {
    const storage = await filled();
    for (const limit of [1, 2, 10])
      expect(await idsOf(storage, "contacts", { text, limit })).toEqual(expected);
    await storage.close();
  });

  it("finds in one account, and follows activity and removal", async () => {
    const storage = await filled();
    expect(await idsOf(storage, "contacts", { text: "123", accountSid: "AC2" })).toEqual(["c4"]);
    expect(await idsOf(storage, "contacts", { text: "123", accountSid: "AC3" })).toEqual([]);
    const moved = sampleConversation(2, {
      id: "c2",
      contact: "whatsapp:+15551230000",
      lastMessageAt: at(500),
      accountSid: "AC1",
    });
    await storage.commit([
      { kind: "conversation", put: moved, expect: 1 },
      { kind: "conversation", remove: "c0", expect: 1 },
    ]);
    expect(await idsOf(storage, "contacts", { text: "123", accountSid: "AC1" })).toEqual(["c2"]);
    await storage.close();
  });
});
