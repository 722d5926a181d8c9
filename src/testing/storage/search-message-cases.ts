import type { Message } from "../../core/model/message";
import { creating, mustCommit, mustConflict, mustRefuse, putting, removing } from "./commit-and-read";
import { equal } from "./expectations";
import { allPages, paged, THREAD } from "./list-pages";
import { at, sampleMessage, sampleTask } from "./sample-records";
import { onSearching, type SearchingStorage, type StorageCase } from "./storage-case";

/** A message with this text, made in that second. Larger numbers are newer. */
function saying(number: number, body: string, changes: Partial<Message> = {}): Message {
  return sampleMessage(number, { id: `m${number}`, body, ...changes });
}

async function create(storage: SearchingStorage, bodies: readonly string[]): Promise<void> {
  await mustCommit(storage, creating("message", ...bodies.map((body, index) => saying(index + 1, body))));
}

async function found(
  storage: SearchingStorage,
  text: string,
  { accountSid = null, limit = 100 }: { readonly accountSid?: string | null; readonly limit?: number } = {},
): Promise<readonly string[]> {
  const page = await allPages((cursor) =>
    storage.search({ in: "messages", text, accountSid, limit, cursor }),
  );
  return page.flat();
}

/** Texts that search languages read as something else than words, and the only ones in which a message has all of the words. */
const OPERATORS: readonly (readonly [query: string, expected: readonly string[]])[] = [
  ["open OR closed", []],
  ["open | closed", ["m3"]],
  ["open AND closed", []],
  ["open NOT closed", []],
  ["open -closed", ["m3"]],
  ["open !closed", ["m3"]],
  ["+open", ["m3", "m1"]],
  ['"closed open"', ["m3"]],
  ['"closed', ["m3", "m2"]],
  ["body:open", []],
  ["open NEAR closed", []],
  ["(open", ["m3", "m1"]],
  ["^open", ["m3", "m1"]],
  ["op*n", []],
  ["o%n", []],
  ["op_n", []],
  ["open'; drop table messages; --", []],
  ["{open closed}", ["m3"]],
  ["open\\", ["m3", "m1"]],
  ["open:*", ["m3", "m1"]],
  ["open <-> closed", ["m3"]],
  ["open & !closed", ["m3"]],
];

/** Searching messages. */
export const SEARCH_MESSAGE_CASES: readonly StorageCase[] = [
  onSearching(
    "a search for messages finds those that have every word, in any order",
    "one of the words is enough, or they have to stand side by side",
    async (storage) => {
      await create(storage, [
        "the shop opens at nine",
        "nine shops",
        "at nine the door opens",
        "opens the shop",
      ]);
      equal(await found(storage, "nine opens"), ["m3", "m1"], "nine opens");
      equal(await found(storage, "opens nine"), ["m3", "m1"], "opens nine");
      equal(
        await found(storage, "  the,  shop!  "),
        ["m4", "m1"],
        "the shop, with what stands between words",
      );
      equal(await found(storage, "nine ten"), [], "nine ten");
    },
  ),
  onSearching(
    "a search for messages gives whole records",
    "the search index holds a part of the record and gives that",
    async (storage) => {
      const message = saying(1, "hello there");
      await mustCommit(storage, creating("message", message));
      const page = await storage.search({
        in: "messages",
        text: "hello",
        accountSid: null,
        limit: 5,
        cursor: null,
      });
      equal(page, { items: [message], nextCursor: null }, "the page");
    },
  ),
  onSearching(
    "a search for messages takes no notice of case, in any script",
    "upper and lower case are compared by ASCII only (SQLite's lower and like)",
    async (storage) => {
      await create(storage, ["Hello WORLD", "Привет Мир", "GRÜSSE ÜBER ÄRZTE"]);
      for (const text of ["hello world", "HELLO World", "wORLD"])
        equal(await found(storage, text), ["m1"], text);
      for (const text of ["привет мир", "ПРИВЕТ"]) equal(await found(storage, text), ["m2"], text);
      for (const text of ["über ärzte", "Über"]) equal(await found(storage, text), ["m3"], text);
    },
  ),
  onSearching(
    "the last word of a search may be the beginning of one, the words before it may not",
    "every word is searched as a beginning, or none",
    async (storage) => {
      await create(storage, ["appointment tomorrow", "appoint someone"]);
      equal(await found(storage, "appoint"), ["m2", "m1"], "appoint");
      equal(await found(storage, "appointment tom"), ["m1"], "appointment tom");
      equal(await found(storage, "tomorrow app"), ["m1"], "tomorrow app");
      equal(await found(storage, "appointm tomorrow"), [], "appointm tomorrow");
    },
  ),
  onSearching(
    "a search finds no word in the middle of another",
    "texts are compared with `like '%…%'`",
    async (storage) => {
      await create(storage, ["reopening", "pen"]);
      equal(await found(storage, "open"), [], "open");
      equal(await found(storage, "pen"), ["m2"], "pen");
    },
  ),
  onSearching(
    "a search for messages looks at their text and at nothing else",
    "the whole record is indexed as one text",
    async (storage) => {
      const message = saying(1, "hello", { extra: { City: "paris" }, author: { kind: "person", id: "mia" } });
      await mustCommit(storage, creating("message", message));
      for (const text of ["paris", "mia", "inbound", "received"]) equal(await found(storage, text), [], text);
    },
  ),
  onSearching(
    "a search for messages gives the newest first, and its pages join to the same",
    "the results are in the order of a rank, or the cursor is an offset",
    async (storage) => {
      const seconds = [3, 1, 2, 5, 5, 4];
      const messages = seconds.map((second, index) =>
        saying(index + 1, index % 2 === 0 ? "word" : "word ".repeat(9), { createdAt: at(second) }),
      );
      await mustCommit(storage, creating("message", ...messages));
      const all = await found(storage, "word");
      equal(
        all.map((id) => messages.find((message) => message.id === id)?.createdAt),
        [5, 5, 4, 3, 2, 1].map(at),
        "when the messages found were made",
      );
      for (const limit of [1, 2, 3, 6])
        equal(await found(storage, "word", { limit }), all, `the messages in pages of ${limit}`);
    },
  ),
  onSearching(
    "a page of a search is no larger than asked for, and has a cursor only when there are more",
    "a full page is taken for a sign of more: fetch one record more than asked for",
    async (storage) => {
      await create(storage, ["word", "word", "word"]);
      for (const limit of [1, 2, 3, 4]) {
        const query = { in: "messages", text: "word", accountSid: null, limit, cursor: null } as const;
        const { items, nextCursor } = await storage.search(query);
        equal(items.length, Math.min(limit, 3), `the number found at the limit ${limit}`);
        equal(nextCursor !== null, limit < 3, `whether there is a cursor at the limit ${limit}`);
      }
    },
  ),
  onSearching(
    "a search for messages is in one account, or in all",
    "the account is not part of the search",
    async (storage) => {
      await mustCommit(
        storage,
        creating(
          "message",
          saying(1, "word", { accountSid: "AC1" }),
          saying(2, "word", { accountSid: "AC2" }),
          saying(3, "word", { accountSid: "AC1" }),
        ),
      );
      equal(await found(storage, "word", { accountSid: "AC1", limit: 1 }), ["m3", "m1"], "in AC1");
      equal(await found(storage, "word", { accountSid: "AC2" }), ["m2"], "in AC2");
      equal(await found(storage, "word", { accountSid: "AC" }), [], "in an account without any");
      equal(await found(storage, "word"), ["m3", "m2", "m1"], "in all");
    },
  ),
  onSearching(
    "while messages come and go between the pages of a search, each that is there all along is found exactly once",
    "the cursor is an offset: continue behind the time and the id of the last result",
    async (storage) => {
      await create(
        storage,
        Array.from({ length: 12 }, () => "word"),
      );
      const pagesFound = await allPages(
        (cursor) => storage.search({ in: "messages", text: "word", accountSid: null, limit: 3, cursor }),
        async (page) => {
          if (page > 3) return;
          // More come than go, or an offset would be right by chance.
          await mustCommit(
            storage,
            creating("message", saying(100 + page, "word"), saying(200 + page, "word")),
          );
          await mustCommit(storage, [removing("message", `m${13 - 2 * page}`, 1)]);
        },
      );
      const ids = pagesFound.flat();
      const staying = [12, 10, 8, 6, 5, 4, 3, 2, 1].map((number) => `m${number}`);
      equal(
        ids.filter((id) => staying.includes(id)),
        staying,
        "the messages that were there all along",
      );
      equal(new Set(ids).size, ids.length, "the number of different messages found");
    },
  ),
  onSearching(
    "nothing in a search is an operator",
    "the text goes to a query parser: take the words out of it and quote each",
    async (storage) => {
      await create(storage, ["open", "closed", "open closed"]);
      for (const [text, expected] of OPERATORS) equal(await found(storage, text), expected, text);
    },
  ),
  onSearching(
    "words that are operators elsewhere are words",
    "AND, OR, NOT and NEAR are taken out of the text, or stop words are not indexed",
    async (storage) => {
      await create(storage, ["to be or not to be", "near and far"]);
      for (const text of ["or", "NOT", "to be OR not"]) equal(await found(storage, text), ["m1"], text);
      for (const text of ["AND", "near", "far and"]) equal(await found(storage, text), ["m2"], text);
    },
  ),
  onSearching(
    "a search without a word finds no messages",
    "nothing to look for becomes no condition, which finds everything, or an error of the query parser",
    async (storage) => {
      await create(storage, ["open - closed", '"', "*"]);
      for (const text of ["", " ", "\n\t", '"', '""', "*", "%", "_", "-", "()", "?!", "'", "&|!", ":*"])
        equal(await found(storage, text), [], JSON.stringify(text));
    },
  ),
  onSearching(
    "a search finds what a message says now, and nothing of what changed, was removed or conflicted",
    "the search index is only written when a record is created, or outside of the commit",
    async (storage) => {
      await mustCommit(storage, creating("message", saying(1, "before"), saying(2, "gone")));
      await mustCommit(storage, [putting("message", saying(1, "after"), 1), removing("message", "m2", 1)]);
      await mustConflict(storage, [
        ...creating("message", saying(3, "never")),
        removing("task", sampleTask().id, 1),
      ]);
      const texts = ["before", "after", "gone", "never"];
      const results = await Promise.all(texts.map((text) => found(storage, text)));
      equal(results[0], [], "before");
      equal(results[1], ["m1"], "after");
      equal(results[2], [], "gone");
      equal(results[3], [], "never");
      await mustCommit(storage, creating("message", saying(2, "back", { seq: 9 })));
      equal(await found(storage, "back"), ["m2"], "back, with the id of the one that was removed");
    },
  ),
  onSearching(
    "a search refuses foreign cursors and limits outside of 1 to 1,000 with config_invalid",
    "the cursor of a search is not told apart from those of lists, or the limit goes to the database unchecked",
    async (storage) => {
      await create(storage, ["word", "word"]);
      const query = { in: "messages", text: "word", accountSid: null } as const;
      const { nextCursor } = await storage.list(paged(THREAD, 1, null));
      for (const cursor of ["", "x", "W10", "%00", nextCursor])
        await mustRefuse(
          storage.search({ ...query, limit: 1, cursor }),
          "config_invalid",
          `searching from the cursor ${JSON.stringify(cursor)}`,
        );
      for (const limit of [0, -1, 1.5, 1_001, Number.NaN])
        await mustRefuse(
          storage.search({ ...query, limit, cursor: null }),
          "config_invalid",
          `searching at the limit ${limit}`,
        );
    },
  ),
];
