import * as fc from "fast-check";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { postgresStorage, type SqlStorage } from "../../../src/adapters/storage/postgres/index";
import {
  alphabet,
  MAX_TEXT,
  MAX_WORD,
  skeletonOf,
} from "../../../src/adapters/storage/postgres/search-skeleton";
import { foldWord } from "../../../src/adapters/storage/search-text";
import type { Write } from "../../../src/core/model/record";
import type { Searches, SearchQuery, Storage } from "../../../src/ports/storage";
import { sampleConversation, sampleMessage } from "../../../src/testing/storage/sample-records";
import { describeOn } from "../../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../../databases/postgres-server";
import { watchedPool, type WatchedPool } from "../../databases/watched-pool";

/** The ids of everything that a search finds, page by page. */
async function found(
  storage: Storage,
  within: keyof Searches,
  query: Partial<SearchQuery> & { readonly text: string },
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<NonNullable<Storage["search"]>>> | undefined = await storage.search?.({
      in: within,
      accountSid: null,
      limit: 7,
      ...query,
      cursor,
    });
    ids.push(...(page?.items ?? []).map(({ id }) => id));
    cursor = page?.nextCursor ?? null;
  } while (cursor !== null);
  return ids;
}

function withBodies(bodies: readonly string[]): readonly Write[] {
  return bodies.map((body, at): Write => ({
    kind: "message",
    put: sampleMessage(at, { id: `m${at}`, body }),
    expect: "absent",
  }));
}

describeOn("PostgreSQL and its search", hasPostgres(), () => {
  let server: PostgresServer;
  let pool: Pool;
  let watched: WatchedPool;
  let storage: SqlStorage;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.connectionString, max: 4 });
    watched = watchedPool(pool);
    storage = postgresStorage({ pool: watched, schema: "search" });
    await storage.migrate();
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  async function empty(): Promise<void> {
    await pool.query("delete from search.sms_messages; delete from search.sms_conversations");
  }

  it("takes words apart and folds them on the server, character by character, as it does here", async () => {
    const characters = alphabet().inWords.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)),
    );
    const sql =
      "select search.sms_messages_words('x' || one || 'x'), normalize(one, nfd) from json_array_elements_text($1::json) with ordinality as c(one, place) order by place";
    const { rows } = await pool.query<[string, string]>({
      text: sql,
      values: [JSON.stringify(characters)],
      rowMode: "array",
    });
    // A server of another year may not know how to take the youngest characters apart.
    const known = characters.map((one, at) => rows[at]?.[1] === one.normalize("NFD"));
    expect(known.filter((isKnown) => !isKnown).length).toBeLessThan(100);
    const differing = characters.filter((one, at) => known[at] && rows[at]?.[0] !== `x${skeletonOf(one)}x`);
    expect(differing).toEqual([]);
    expect(characters.length).toBeGreaterThan(100_000);
    // What was folded already comes to the same: so a query can be folded as words are, and then further.
    expect(characters.filter((one) => skeletonOf(foldWord(one)) !== skeletonOf(one))).toEqual([]);
  });

  it("separates words on the server wherever they are separated here", async () => {
    const inWords = alphabet().inWords;
    const separators = Array.from({ length: 0x20000 }, (_, at) => at + 1).filter(
      (code) =>
        (code < 0xd800 || code > 0xdfff) && !inWords.some(([first, last]) => first <= code && code <= last),
    );
    const characters = separators.map((code) => String.fromCodePoint(code));
    const sql =
      "select one from json_array_elements_text($1::json) as one where search.sms_messages_words('x' || one || 'x') <> 'x x'";
    const marks = /^[\u0300-\u0344\u0346-\u036f]$/;
    const { rows } = await pool.query<[string]>({
      text: sql,
      values: [JSON.stringify(characters.filter((one) => one.isWellFormed()))],
      rowMode: "array",
    });
    expect(rows.filter(([one]) => !marks.test(one))).toEqual([]);
  });

  it("finds in any text what a search through all texts finds, in the same order", async () => {
    const word = fc.constantFrom(
      "a",
      "ab",
      "abc",
      "Ab",
      "é",
      "e",
      "ÉÉ",
      "мой",
      "мои",
      "ΣΑΣ",
      "σας",
      "ß",
      "1",
      "नम",
      "ｱ",
      "한국",
    );
    const gap = fc.constantFrom(" ", ", ", "-", "…", "👍🏽", "’", "\n", "&", "'", "\\", ":*", "_");
    const text = fc
      .array(fc.tuple(word, gap), { maxLength: 5 })
      .map((parts) => parts.map((part) => part.join("")).join(""));
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 12 }),
        fc.array(text, { minLength: 3, maxLength: 3 }),
        async (bodies, queries) => {
          const memory = memoryStorage();
          for (const one of [memory, storage]) await one.commit(withBodies(bodies));
          for (const query of queries) {
            expect(await found(storage, "messages", { text: query })).toEqual(
              await found(memory, "messages", { text: query }),
            );
          }
          await empty();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("goes on where the index found what does not fit, and stops when the page is full", async () => {
    const bodies = ["это мой", ...Array.from({ length: 300 }, () => "это мои"), "мой"];
    await storage.commit(withBodies(bodies));
    expect(await found(storage, "messages", { text: "мой" })).toEqual(["m301", "m0"]);
    expect(await found(storage, "messages", { text: "мои", limit: 100 })).toHaveLength(300);
    watched.asked.length = 0;
    const page = await storage.search?.({
      in: "messages",
      text: "мой",
      accountSid: null,
      limit: 1,
      cursor: null,
    });
    expect([page?.items.map(({ id }) => id), page?.nextCursor === null]).toEqual([["m301"], false]);
    expect(watched.asked.length).toBeLessThan(6);
    await empty();
  });

  it("shows every contact once, page by page, where the index found what does not fit among open and closed ones", async () => {
    // Each has the one piece that "5555" is made of; only every seventh has it twice in a row.
    const fits = (at: number): boolean => at % 7 === 0;
    const contacts = Array.from({ length: 60 }, (_, at): Write => {
      const contact = `+1${1_000 + at}0${fits(at) ? "5555" : "555"}0`;
      const status = at % 3 === 0 ? "closed" : "open";
      return {
        kind: "conversation",
        put: sampleConversation(at, { contact, status, lastMessageAt: `2026-01-01T00:${at + 10}:00.000Z` }),
        expect: "absent",
      };
    });
    const memory = memoryStorage();
    for (const one of [memory, storage]) await one.commit(contacts);
    const all = await found(memory, "contacts", { text: "5555", limit: 100 });
    expect(all).toHaveLength(9);
    for (const limit of [1, 2, 3, 4, 20]) {
      expect(await found(storage, "contacts", { text: "5555", limit })).toEqual(all);
    }
    await empty();
  });

  it("shows every contact once where open and closed ones were last active at wholly different times", async () => {
    const query = fc.record({
      contacts: fc.array(fc.record({ fits: fc.boolean(), isOpen: fc.boolean() }), { maxLength: 40 }),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(query, async ({ contacts, limit }) => {
        await empty();
        const memory = memoryStorage();
        const writes = contacts.map(({ fits, isOpen }, at): Write => {
          const changes = {
            contact: `+1${1_000 + at}0${fits ? "7777" : "777"}0`,
            status: isOpen ? "open" : "closed",
            lastMessageAt: `2026-01-01T00:${at + 10}:00.000Z`,
          } as const;
          return { kind: "conversation", put: sampleConversation(at, changes), expect: "absent" };
        });
        for (const one of [memory, storage]) await one.commit(writes);
        expect(await found(storage, "contacts", { text: "7777", limit })).toEqual(
          await found(memory, "contacts", { text: "7777", limit: 100 }),
        );
      }),
      { numRuns: 60 },
    );
    await empty();
  });

  it("takes words and texts that no index takes", async () => {
    const long = "x".repeat(MAX_WORD);
    const endless = "é€😀字".repeat(5_000);
    const bodies = [
      `${long}a`,
      `${long}b`,
      endless,
      `first ${"y ".repeat(MAX_TEXT)} last`,
      "Я".repeat(3_000),
    ];
    expect(await storage.commit(withBodies(bodies))).toBe("committed");
    expect(await found(storage, "messages", { text: `${long}b` })).toEqual(["m1"]);
    expect(await found(storage, "messages", { text: long })).toEqual(["m1", "m0"]);
    expect(await found(storage, "messages", { text: "first" })).toEqual(["m3"]);
    expect(await found(storage, "messages", { text: "last" })).toEqual([]);
    expect(await found(storage, "messages", { text: "я".repeat(2_999) })).toEqual(["m4"]);
    const question = Array.from({ length: 20_000 }, (_, at) => `w${at}`).join(" ");
    expect(await found(storage, "messages", { text: question })).toEqual([]);
    expect(await found(storage, "contacts", { text: "5".repeat(20_000) })).toEqual([]);
    await empty();
  });

  it("looks rare words up, and walks back in time for those that are everywhere", async () => {
    const bodies = Array.from({ length: 4_000 }, (_, at) => `hello number ${at}`);
    await storage.commit(withBodies(bodies));
    const contacts = bodies.map((_, at): Write => ({
      kind: "conversation",
      put: sampleConversation(at),
      expect: "absent",
    }));
    await storage.commit(contacts);
    await pool.query("vacuum analyze search.sms_messages, search.sms_conversations");
    const planOf = async (
      within: keyof Searches,
      text: string,
      accountSid: string | null,
    ): Promise<string> => {
      await storage.search?.({ in: within, text, accountSid, limit: 20, cursor: null });
      const { text: sql = "", values = [] } = watched.asked.at(-1) ?? {};
      const { rows } = await pool.query<[string]>({ text: `explain ${sql}`, values, rowMode: "array" });
      return rows.join("\n");
    };
    const { accountSid } = sampleMessage();
    expect(await planOf("messages", "3999", accountSid)).toContain("sms_messages_words_idx");
    expect(await planOf("messages", "3999", null)).toContain("sms_messages_words_idx");
    expect(await planOf("messages", "hello", accountSid)).toContain("sms_messages_newest_idx");
    expect(await planOf("contacts", "0003999", accountSid)).toContain("sms_conversations_grams_idx");
    expect(await planOf("contacts", "+1666", accountSid)).toMatch(
      /Backward using sms_conversations_(account_)?activity_idx/,
    );
    await empty();
  });
});
