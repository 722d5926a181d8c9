import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { sqliteConnection, type SqliteDatabase } from "../../../src/adapters/storage/sqlite/database";
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
import { at, sampleConversation, sampleMessage } from "../../../src/testing/storage/sample-records";

let database: SqliteDatabase;
let storage: SqlStorage;

beforeEach(async () => {
  database = await openDatabase(":memory:");
  storage = sqliteStorage({ database });
  await storage.read([]);
});

afterEach(() => {
  database.close();
});

const message = (number: number, changes: Partial<Message>): Write => ({
  kind: "message",
  put: sampleMessage(number, { id: `m${number}`, ...changes }),
  expect: "absent",
});

const conversation = (number: number, changes: Partial<ConversationRecord>): Write => ({
  kind: "conversation",
  put: sampleConversation(number, { id: `c${number}`, ...changes }),
  expect: "absent",
});

/** The searches straight on the index: they look through next to nothing before. */
async function ofIndex(): Promise<{
  readonly messages: ReturnType<typeof messageSearch>;
  readonly contacts: ReturnType<typeof contactSearch>;
}> {
  const builder = await sqliteBuilder();
  const connection = sqliteConnection(database);
  searchIndexing(connection, builder).addBatch();
  const sources = { connection, builder, records: sqliteRecords(connection, builder) };
  return { messages: messageSearch(sources, 1), contacts: contactSearch(sources, 1) };
}

describe("the index of SQLite and the walk through memory", () => {
  const unit = fc.constantFrom(
    ..."abAB éÉe\u0301ßſsıİiIÅå-.'\"*🤔👍\ufe0f\u20e3₽µμσςΣжЖйи\u0306कि한ﬁǅ１1٣\u200d\u00a0_".split(/(?:)/u),
  );
  const text = fc.string({ unit, maxLength: 12 });
  const pages = async (search: (cursor: string | null) => unknown): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page = (await search(cursor)) as {
        readonly items: readonly unknown[];
        readonly nextCursor: string | null;
      };
      found.push(page);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  };

  it("agree on any texts, pages, accounts and times", async () => {
    const anyMessage = fc.record({
      body: text,
      second: fc.nat({ max: 3 }),
      accountSid: fc.constantFrom("AC1", "AC2"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { maxLength: 12 }),
        fc.array(text, { maxLength: 5 }),
        async (messages, queries) => {
          database.exec("delete from sms_messages");
          const memory = memoryStorage();
          const writes = messages.map(({ second, ...changes }, number) =>
            message(number, { ...changes, createdAt: at(second) }),
          );
          for (const one of [memory, storage]) await one.commit(writes);
          const { messages: ofSqlite } = await ofIndex();
          for (const asked of [...queries, ...messages.map(({ body }) => body)]) {
            for (const accountSid of [null, "AC1"]) {
              const query = { in: "messages", text: asked, accountSid, limit: 2 } as const;
              const expected = await pages((cursor) => memory.search?.({ ...query, cursor }));
              expect(await pages((cursor) => ofSqlite({ ...query, cursor }))).toEqual(expected);
              expect(await pages((cursor) => storage.search?.({ ...query, cursor }))).toEqual(expected);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
    // It throws when the index is damaged.
    database.exec("insert into sms_messages_search (sms_messages_search) values ('integrity-check')");
  }, 60_000);

  it("agree on any contacts", async () => {
    const contact = fc.stringMatching(/^(\+|whatsapp:\+|messenger:[aA.])[0-3]{4,7}$/);
    const anyOne = fc.record({
      contact,
      second: fc.nat({ max: 3 }),
      accountSid: fc.constantFrom("AC1", "AC2"),
      status: fc.constantFrom("open" as const, "closed" as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyOne, { maxLength: 12 }),
        fc.array(fc.stringMatching(/^[0-3+a.:-]{3,4}$/), { maxLength: 6 }),
        async (ones, queries) => {
          database.exec("delete from sms_conversations");
          const memory = memoryStorage();
          const writes = ones.map(({ second, ...changes }, number) =>
            conversation(number, { ...changes, ours: `+${number}`, lastMessageAt: at(second) }),
          );
          for (const one of [memory, storage]) await one.commit(writes);
          const { contacts: ofSqlite } = await ofIndex();
          for (const asked of queries) {
            for (const accountSid of [null, "AC1"]) {
              const query = { in: "contacts", text: asked, accountSid, limit: 2 } as const;
              const expected = await pages((cursor) => memory.search?.({ ...query, cursor }));
              expect(await pages((cursor) => ofSqlite({ ...query, cursor }))).toEqual(expected);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});
