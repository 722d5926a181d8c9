import { SmsError } from "../../core/model/errors";
import type { Page, Query, Searches, SearchQuery } from "../../ports/storage";
import { decodeCursor, encodeCursor, MAX_LIMIT, type Placed, type RangeBounds } from "./page";
import { wordsOf } from "./search-text";

/** The words of a query, each once, in the form of `wordsOf`. */
export interface WordQuery {
  /** Words that a text must have whole. */
  readonly whole: readonly string[];
  /** The last word: a text must have a word that begins with it. */
  readonly beginning: string;
}

/** Takes the words out of what a person typed; null when there is none. Nothing in it is an operator. */
export function wordQueryOf(text: string): WordQuery | null {
  const words = wordsOf(text);
  const beginning = words.at(-1);
  if (beginning === undefined) return null;
  return { whole: [...new Set(words.slice(0, -1))], beginning };
}

/**
 * Whether a text has every word of a query. Storages whose index is coarser than this leave out what does not pass it.
 */
export function hasWords(text: string, { whole, beginning }: WordQuery): boolean {
  const words = new Set(wordsOf(text));
  if (!whole.every((word) => words.has(word))) return false;
  for (const word of words) if (word.startsWith(beginning)) return true;
  return false;
}

const MIN_ADDRESS_LENGTH = 3;

/**
 * The part of an address that a person typed: small letters, and for numbers without what people put between digits
 * (`+1 (555) 123-4567`, `555.123`). Null when fewer than three characters are left.
 */
export function addressQueryOf(text: string): string | null {
  const typed = text.normalize("NFKC").trim().toLowerCase();
  const [, channel = "", rest = ""] = /^([a-z]+:)?(.*)$/s.exec(typed) ?? [];
  // A name may have dots and dashes of its own; a number has only digits and the plus before them.
  const isName = /\p{L}/u.test(rest);
  const address = channel + (isName ? rest.trim() : rest.replace(/[^\d+]/g, ""));
  return Array.from(address).length < MIN_ADDRESS_LENGTH ? null : address;
}

/** Whether the address of a contact has what {@link addressQueryOf} gave in it. Addresses are ASCII: no other letters are folded. */
export function hasAddress(contact: string, query: string): boolean {
  return contact.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).includes(query);
}

/** The list of all conversations that a search in contacts can find, in its order: last activity first. */
export function conversationsByActivity({ accountSid, limit }: SearchQuery): Query {
  return {
    list: "conversations",
    accountSid,
    status: null,
    channel: null,
    assignee: null,
    unread: false,
    needsAttention: false,
    limit,
    cursor: null,
  };
}

/** The field by which each search sorts what it finds, newest first; ties by id descending. */
export const SEARCH_ORDER = { messages: "createdAt", contacts: "lastMessageAt" } as const;

/**
 * What to fetch for a search: up to `limit` records behind `after`, newest first.
 * @throws SmsError `config_invalid` for a limit outside 1 to 1,000 or a cursor that this search did not give.
 */
export function searchBoundsOf(query: SearchQuery): RangeBounds {
  if (query.in !== "messages" && query.in !== "contacts")
    throw new SmsError("config_invalid", "There is a search in messages and one in contacts.");
  if (typeof query.text !== "string") throw new SmsError("config_invalid", "A search takes a text.");
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_LIMIT)
    throw new SmsError("config_invalid", `A search takes a limit from 1 to ${MAX_LIMIT} records.`);
  return {
    after: query.cursor === null ? null : decodeCursor(cursorName(query), query.cursor),
    limit: query.limit + 1,
  };
}

/** Makes a page out of what was fetched. */
export function searchPageOf<In extends keyof Searches>(
  query: SearchQuery<In>,
  found: readonly Placed<Searches[In]>[],
): Page<Searches[In]> {
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ value }) => value),
    nextCursor:
      found.length > query.limit && last !== undefined ? encodeCursor(cursorName(query), last) : null,
  };
}

function cursorName(query: SearchQuery): string {
  return `search-${query.in}`;
}
