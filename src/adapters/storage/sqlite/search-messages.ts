import type { Message } from "../../../core/model/message";
import type { Page, SearchQuery } from "../../../ports/storage";
import type { Position } from "../page";
import { newestHits, type Hits } from "../search-hits";
import { hasWords, searchBoundsOf, searchPageOf, wordQueryOf, type WordQuery } from "../search-query";
import type { SqlBuilder } from "../sql/builder";
import { isStorable, type SqlValue } from "../sql/row";
import type { SqliteConnection } from "./database";
import { inSnapshot, type SqliteRecords } from "./records";
import { momentOf, searchTables, TIE_BITS } from "./search-schema";

/**
 * How many of the newest candidates are looked through before the index is asked for beginnings of words. For these FTS5 gathers
 * every message that has one, however many; a word that is common is found among the newest anyway.
 */
const LOOK_THROUGH = 400;

/** The most words that the index is asked for; texts are compared with all of them. */
const MAX_INDEXED_WORDS = 16;

/** The places of all messages end here. */
const LAST_PLACE = String(2n ** 63n - 1n);

interface Candidate {
  readonly place: string;
  readonly moment: number;
  readonly id: string;
  readonly createdAt: string;
  readonly body: string;
}

interface Scan {
  /** The query in FTS5's language; null for every message. */
  readonly match: string | null;
  /** The last place to look at. */
  readonly from: string;
  readonly limit: number;
}

/** What is searched. */
export interface SearchSources {
  readonly connection: SqliteConnection;
  readonly builder: SqlBuilder;
  readonly records: SqliteRecords;
}

/** Makes the search in messages, which looks through so many of the newest before it asks for beginnings of words. */
export function messageSearch(
  { connection, builder, records }: SearchSources,
  lookThrough: number = LOOK_THROUGH,
): (query: SearchQuery<"messages">) => Page<Message> {
  const statements = statementsOf(builder);

  function scan({ match, from, limit }: Scan): readonly Candidate[] {
    const values: readonly SqlValue[] = match === null ? [from, limit] : [match, from, limit];
    return candidatesOf(connection.rows(match === null ? statements.walk : statements.match, values));
  }

  function addFitting(words: WordQuery, hits: Hits, candidates: readonly Candidate[]): void {
    for (const { moment, id, createdAt, body } of candidates)
      if (hasWords(body, words)) hits.add({ moment, id, sort: createdAt });
  }

  /** Adds what fits. Gives the place to go on from; null when there is nothing left that could be shown. */
  function gather(words: WordQuery, hits: Hits, step: Scan): string | null {
    const candidates = scan(step);
    addFitting(words, hits, candidates);
    const last = candidates.at(-1);
    if (last === undefined || candidates.length < step.limit || hits.areFullAt(last.moment)) return null;
    return String(BigInt(last.place) - 1n);
  }

  function find(query: SearchQuery<"messages">, words: WordQuery): Page<Message> {
    const { after, limit } = searchBoundsOf(query);
    const { accountSid } = query;
    const hits = newestHits(after, limit);
    addFitting(words, hits, candidatesOf(connection.rows(statements.pending, [accountSid, accountSid])));
    let from: string | null = after === null ? LAST_PLACE : lastPlaceAt(after);
    const near = matchOf(accountSid, words, "without-beginning");
    const all = matchOf(accountSid, words, "with-beginning");
    from = gather(words, hits, { match: near, from, limit: lookThrough });
    while (from !== null) from = gather(words, hits, { match: all, from, limit: 2 * limit });
    const found = hits.newest().flatMap((hit) => {
      const value = records.find({ kind: "message", id: hit.id })?.value;
      // The key names the kind of record that it finds.
      return value === undefined ? [] : [{ ...hit, value: value as Message }];
    });
    return searchPageOf(query, found);
  }

  /** Where the messages of the moment of this one end. */
  function lastPlaceAt({ sort }: Position): string {
    return String(connection.first(statements.lastPlace, [sort, sort])?.[0]);
  }

  return (query) => {
    searchBoundsOf(query);
    const words = wordQueryOf(query.text);
    if (words === null || !isSearchable(query)) return { items: [], nextCursor: null };
    return inSnapshot(connection, () => find(query, words));
  };
}

/** Whether a record can have these values at all. */
function isSearchable({ accountSid }: SearchQuery): boolean {
  return accountSid === null || isStorable(accountSid);
}

function candidatesOf(rows: readonly (readonly unknown[])[]): readonly Candidate[] {
  return rows.map(([place, moment, id, createdAt, body]) => ({
    place: String(place),
    moment: Number(moment),
    id: String(id),
    createdAt: String(createdAt),
    body: String(body),
  }));
}

function statementsOf(
  builder: SqlBuilder,
): Readonly<Record<"walk" | "match" | "pending" | "lastPlace", string>> {
  const { index, places, pending } = searchTables(builder).message;
  const columns = `cast(p.place as text), p.place >> ${TIE_BITS}, m.id, m.created_at, m.body`;
  const joined = `cross join ${builder.tables.of.message} m on m.id = p.id`;
  return {
    walk: `select ${columns} from ${places} p ${joined}
      where p.place <= cast(? as integer) order by p.place desc limit ?`,
    match: `select ${columns} from ${index} i cross join ${places} p on p.place = i.rowid ${joined}
      where i.${index} match ? and i.rowid <= cast(? as integer) order by i.rowid desc limit ?`,
    pending: `select ${columns} from ${pending} q cross join ${places} p on p.place = q.place ${joined}
      where ? is null or m.account_sid = ?`,
    lastPlace: `select cast((${momentOf("?")} << ${TIE_BITS}) + ${2 ** TIE_BITS - 1} as text)`,
  };
}

/** A query in FTS5's language. Words are letters, digits and marks, so between quotes nothing in them has a meaning. */
function matchOf(
  accountSid: string | null,
  { whole, beginning }: WordQuery,
  form: "with-beginning" | "without-beginning",
): string | null {
  const longest = [...whole].sort((a, b) => b.length - a.length).slice(0, MAX_INDEXED_WORDS);
  const terms = longest.map((word) => `body : "${word}"`);
  if (accountSid !== null) terms.unshift(`account : "${hexOf(accountSid)}"`);
  if (form === "with-beginning") terms.push(`body : "${beginning}" *`);
  return terms.length === 0 ? null : terms.join(" AND ");
}

/** A text as SQLite's `hex()` gives it: one word, whatever is in it. */
function hexOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
