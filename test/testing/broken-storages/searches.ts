import { SmsError } from "../../../src/core/model/errors";
import type { Entity } from "../../../src/core/model/record";
import type { Page, SearchQuery, Storage } from "../../../src/ports/storage";
import {
  everyRecord,
  hasWords,
  HONEST_SEARCH,
  searchIn,
  wordsOf,
  type Connection,
  type SearchRules,
  type Spoil,
} from "../memory-database";
import { once, type BrokenStorages } from "./spoiling";

/** A search with other rules of what fits. */
function fitting(rules: Partial<SearchRules>): Spoil {
  return searching(({ storage, records }) => async (query) => {
    await storage.read([]);
    return searchIn(records, query, { ...HONEST_SEARCH, ...rules });
  });
}

function searching(
  search: (
    connection: Connection,
    shared: Map<string, unknown>,
  ) => (query: SearchQuery) => Promise<Page<Entity>>,
): Spoil {
  return (connection, shared) => ({
    ...connection.storage,
    search: search(connection, shared) as unknown as NonNullable<Storage["search"]>,
  });
}

/** A search whose question or answer is changed. */
function changingSearch(
  change: (search: NonNullable<Storage["search"]>, query: SearchQuery) => Promise<Page<Entity>>,
): Spoil {
  return searching(
    ({ storage }) =>
      async (query) =>
        change((asked) => (storage.search ?? fail)(asked), query),
  );
}

function fail(): never {
  throw new TypeError("This storage has no search.");
}

const STOP_WORDS = new Set(["the", "to", "be", "or", "not", "and", "near", "at"]);
const ascii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const letters = (text: string): readonly string[] => text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

/** Mistakes with searching. */
export const SEARCHES: BrokenStorages = {
  "finds messages with any of the words": fitting({
    messageFits: ({ body }, text) => wordsOf(text).some((word) => hasWords(body, [word])),
  }),
  "finds words side by side only": fitting({
    messageFits: ({ body }, text) =>
      wordsOf(text).length > 0 && ` ${wordsOf(body).join(" ")}`.includes(` ${wordsOf(text).join(" ")}`),
  }),
  "minds case": fitting({
    messageFits: ({ body }, text) =>
      letters(text).length > 0 &&
      letters(text).every((word) => letters(body).some((one) => one.startsWith(word))),
  }),
  "minds case beyond ASCII": fitting({
    messageFits: ({ body }, text) => {
      const words = letters(ascii(text));
      const present = letters(ascii(body));
      return (
        words.length > 0 &&
        words.every((word, index) =>
          present.some((one) => (index === words.length - 1 ? one.startsWith(word) : one === word)),
        )
      );
    },
  }),
  "takes every word for a beginning": fitting({
    messageFits: ({ body }, text) =>
      wordsOf(text).length > 0 &&
      wordsOf(text).every((word) => wordsOf(body).some((one) => one.startsWith(word))),
  }),
  "finds whole words only": fitting({
    messageFits: ({ body }, text) =>
      wordsOf(text).length > 0 && wordsOf(text).every((word) => wordsOf(body).includes(word)),
  }),
  "finds words in the middle of others": fitting({
    messageFits: ({ body }, text) =>
      wordsOf(text).length > 0 && wordsOf(text).every((word) => body.toLowerCase().includes(word)),
  }),
  "searches the whole record": fitting({
    messageFits: (message, text) => hasWords(JSON.stringify(message), wordsOf(text)),
  }),
  "finds everything without a word": fitting({
    messageFits: ({ body }, text) => wordsOf(text).length === 0 || hasWords(body, wordsOf(text)),
    contactFits: ({ contact }, text) => contact.includes(text.trim()),
  }),
  "has stop words": fitting({
    messageFits: ({ body }, text) =>
      hasWords(
        body,
        wordsOf(text).filter((word) => !STOP_WORDS.has(word)),
      ),
  }),
  "has operators": fitting({
    messageFits({ body }, text) {
      const [left = "", right] = text.split(/ OR | AND /);
      const fits = (part: string): boolean => hasWords(body, wordsOf(part.replace(/ (?:NOT |-)\w+/, "")));
      if (right === undefined) return fits(left);
      return text.includes(" OR ") ? fits(left) || fits(right) : fits(left) && fits(right);
    },
  }),
  "has wildcards": fitting({
    messageFits: ({ body }, text) =>
      hasWords(body, wordsOf(text)) ||
      (/\w[*%]\w/.test(text) && new RegExp(text.replace(/[*%]/, ".*")).test(body)),
    contactFits: ({ contact }, text) =>
      text.trim().length >= 3 &&
      new RegExp(
        text
          .trim()
          .replace(/[+?*\\]/g, "\\$&")
          .replace(/%/g, ".*")
          .replace(/_/g, "."),
      ).test(contact),
  }),
  "fails on what its query parser does not understand": changingSearch(async (search, query) => {
    if (/["(){}^:\\]/.test(query.text)) throw new Error('fts5: syntax error near ""');
    return search(query);
  }),
  "ignores the account of a search": changingSearch((search, query) =>
    search({ ...query, accountSid: null }),
  ),
  "finds the best first": changingSearch(async (search, query) => {
    const page = await search({ ...query, limit: 1_000, cursor: null });
    const size = (item: Entity): number => JSON.stringify(item).length;
    const items = [...page.items].sort((a, b) => size(b) - size(a)).slice(0, query.limit);
    return query.limit >= page.items.length && query.cursor === null
      ? { items, nextCursor: null }
      : search(query);
  }),
  "finds the oldest first": changingSearch(async (search, query) => {
    const page = await search(query);
    return { ...page, items: [...page.items].reverse() };
  }),
  "pages a search by offset": changingSearch(async (search, query) => {
    const first = await search({ ...query, cursor: null });
    if (query.cursor === null) return { ...first, nextCursor: first.nextCursor && `offset-${query.limit}` };
    const offset = Number(/^offset-(\d+)$/.exec(query.cursor)?.[1] ?? Number.NaN);
    if (Number.isNaN(offset)) throw new SmsError("config_invalid", "no cursor");
    const all = await search({ ...query, limit: 1_000, cursor: null });
    const end = offset + query.limit;
    return {
      items: all.items.slice(offset, end),
      nextCursor: end < all.items.length ? `offset-${end}` : null,
    };
  }),
  "has a cursor on the last page of a search": changingSearch(async (search, query) => {
    const page = await search(query);
    if (page.nextCursor !== null || page.items.length < query.limit) return page;
    return { ...page, nextCursor: btoa(JSON.stringify([`search ${query.in}`, "", ""])) };
  }),
  "takes any cursor for the beginning of a search": changingSearch((search, query) =>
    search(query).catch((error: unknown) => {
      if (query.cursor === null) throw error;
      return search({ ...query, cursor: null });
    }),
  ),
  "takes any limit of a search": changingSearch((search, query) =>
    search({ ...query, limit: Math.max(1, Math.min(1_000, Math.floor(query.limit) || 1)) }),
  ),
  "finds parts of records": changingSearch(async (search, query) => {
    const page = await search(query);
    return {
      ...page,
      items: page.items.map((item) => ({ ...item, extra: {}, media: [], accountSid: "" }) as Entity),
    };
  }),
  "indexes texts when a record is created": searching(({ storage, records }, shared) => {
    const first = once(shared, "texts", () => new Map<string, Entity>());
    return async (query) => {
      for (const one of [
        ...(await everyRecord(records, "message")),
        ...(await everyRecord(records, "conversation")),
      ])
        if (!first.has(one.id)) first.set(one.id, one);
      const page = await (storage.search ?? fail)({ ...query, cursor: null, limit: 1_000 });
      const all = [...new Set([...page.items, ...first.values()])];
      return all.length > page.items.length && query.cursor === null && first.size < 4
        ? {
            items: [...first.values()]
              .filter((one) => page.items.some(({ id }) => id === one.id) || "body" in one)
              .slice(0, query.limit),
            nextCursor: null,
          }
        : (storage.search ?? fail)(query);
    };
  }),
  "finds contacts by the beginning of their address": fitting({
    contactFits: ({ contact }, text) =>
      text.length >= 3 && contact.replace(/^\D*/, "").startsWith(text.replace(/^\+/, "")),
  }),
  "finds contacts by one character": fitting({
    contactFits: ({ contact }, text) => text.trim() !== "" && contact.includes(text.trim()),
  }),
  "finds contacts by our address": fitting({
    contactFits: (conversation, text) =>
      text.trim().length >= 3 && JSON.stringify(conversation).includes(text.trim()),
  }),
  "finds contacts by the order of their addresses": changingSearch(async (search, query) => {
    const page = await search(query);
    return query.in === "contacts"
      ? { ...page, items: [...page.items].sort((a, b) => (a.id < b.id ? -1 : 1)) }
      : page;
  }),
};
