import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestHits } from "../../../src/adapters/storage/search-hits";
import {
  addressQueryOf,
  hasAddress,
  hasWords,
  wordQueryOf,
} from "../../../src/adapters/storage/search-query";
import { foldWord, wordsOf } from "../../../src/adapters/storage/search-text";
import { sqliteConnection } from "../../../src/adapters/storage/sqlite/database";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteBuilder } from "../../../src/adapters/storage/sqlite/dialect";
import { migrate } from "../../../src/adapters/storage/sqlite/prepare-database";
import { SEARCH_MIGRATION } from "../../../src/adapters/storage/sqlite/search-schema";

describe("the words of a text", () => {
  it.each([
    ["Hello, World!", ["hello", "world"]],
    ["it's 5:30pm", ["it", "s", "5", "30pm"]],
    ["naïve CAFÉ", ["naive", "cafe"]],
    ["cafe\u0301", ["cafe"]],
    ["Straße STRASSE", ["straße", "strasse"]],
    ["ΟΔΟΣ οδος", ["οδοσ", "οδοσ"]],
    ["Привет, мир", ["привет", "мир"]],
    ["नमस्ते दुनिया", ["नमस्ते", "दुनिया"]],
    ["你好 世界", ["你好", "世界"]],
    ["مرحبا", ["مرحبا"]],
    ["İstanbul ıstanbul", ["istanbul", "ıstanbul"]],
    ["ok👍🏽thanks🤔", ["ok", "thanks"]],
    ["1️⃣ 100₽", ["1", "100"]],
    ["a\u0000b\ud800c", ["a", "b", "c"]],
    ["\u0301 \u0301", []],
    ['"*():^-+{}', []],
    ["", []],
  ])("of %j are %j", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it("stay what they are when they are folded again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const words = wordsOf(text);
        expect(words.map(foldWord)).toEqual(words);
        expect(wordsOf(words.join(" "))).toEqual(words);
      }),
    );
  });

  it("are the same for SQLite's tokenizer, for every character that can be in one", async () => {
    const database = await openDatabase(":memory:");
    const connection = sqliteConnection(database);
    await migrate(connection, await sqliteBuilder(), { features: [SEARCH_MIGRATION] });
    database.exec("create virtual table terms using fts5vocab(sms_messages_search, instance)");
    database.exec("begin");
    const insert = "insert into sms_messages_search (rowid, account, body) values (?, '', ?)";
    for (let code = 1; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      // No letters are assigned between these planes yet.
      if (code > 0x33500 && code < 0xe0000) continue;
      if (/^[\p{L}\p{N}\p{M}\p{Extended_Pictographic}]$/u.test(character) || code < 0x3000)
        if (!/^[\p{Cs}\p{Cn}\p{Co}]$/u.test(character)) connection.write(insert, [code, `q${character}z`]);
    }
    const disagreeing = connection
      .rows(
        "select i.doc, group_concat(i.term, ' ') from (select doc, term from terms order by doc, offset) i group by i.doc",
        [],
      )
      .filter(([code, terms]) => wordsOf(`q${String.fromCodePoint(Number(code))}z`).join(" ") !== terms);
    expect(disagreeing).toEqual([]);
    database.close();
  }, 60_000);
});

describe("a query for words", () => {
  it.each([
    ["hello wor", { whole: ["hello"], beginning: "wor" }],
    ["hello hello HELLO", { whole: ["hello"], beginning: "hello" }],
    ["hello, ", { whole: [], beginning: "hello" }],
    ["?!", null],
    ["", null],
  ])("takes %j for %j", (text, expected) => {
    expect(wordQueryOf(text)).toEqual(expected);
  });

  it("of ASCII is met by its words in any order and case", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        const query = wordQueryOf(text);
        const turned = [...wordsOf(text)].reverse().join(" - ").toUpperCase();
        expect(query === null || hasWords(turned, query)).toBe(true);
      }),
    );
  });

  it("is met by every text that it was taken from", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const query = wordQueryOf(text);
        expect(query === null || hasWords(text, query)).toBe(true);
      }),
    );
  });
});

describe("a query for an address", () => {
  it.each([
    ["555-123 4567", "5551234567"],
    ["+1 (555) 123", "+1555123"],
    ["555.123", "555123"],
    ["５５５１２", "55512"],
    ["whatsapp:+1 555", "whatsapp:+1555"],
    ["WhatsApp:", "whatsapp:"],
    ["Anna.B-c", "anna.b-c"],
    ["55", null],
    ["5 5", null],
    ["---", null],
    ["", null],
  ])("takes %j for %j", (text, expected) => {
    expect(addressQueryOf(text)).toBe(expected);
  });

  it("compares capitals in names", () => {
    expect(hasAddress("messenger:Anna.B", "anna")).toBe(true);
    expect(hasAddress("+15551234567", "555123")).toBe(true);
    expect(hasAddress("+15551234567", "551124")).toBe(false);
  });
});

describe("newestHits", () => {
  const hit = fc
    .record({ moment: fc.nat({ max: 5 }), id: fc.constantFrom("a", "b", "c", "d", "e") })
    .map(({ moment, id }) => ({ moment, id: `${moment}${id}`, sort: String(moment) }));

  it("is what sorting everything gives, however many are alike", () => {
    fc.assert(
      fc.property(
        fc.array(hit, { maxLength: 60 }),
        fc.option(hit),
        fc.integer({ min: 1, max: 6 }),
        (hits, after, limit) => {
          const batches = [...hits].sort((a, b) => b.moment - a.moment);
          const collected = newestHits(after, limit);
          for (const one of batches) {
            collected.add(one);
            if (collected.areFullAt(one.moment)) break;
          }
          const all = [...new Map(hits.map((one) => [one.id, one])).values()]
            .filter((one) => after === null || one.id < after.id)
            .sort((a, b) => (a.id < b.id ? 1 : -1));
          expect(collected.newest()).toEqual(all.slice(0, limit));
        },
      ),
    );
  });
});
