import type { Entity } from "../../../core/model/record";
import type { Page, Searches, SearchQuery } from "../../../ports/storage";
import { fieldsOf } from "../fields";
import { planList } from "../list-plan";
import { comparePositions, type Placed, type Position } from "../page";
import {
  addressQueryOf,
  conversationsByActivity,
  hasAddress,
  hasWords,
  SEARCH_ORDER,
  searchBoundsOf,
  searchPageOf,
  wordQueryOf,
} from "../search-query";
import { decodeRow, isStorable } from "../sql/row";
import type { PostgresRunner } from "./connection";
import type { PostgresBuilder } from "./dialect";
import {
  contactsStatement,
  GRAM_SEPARATOR,
  messagesStatement,
  type SearchStatement,
} from "./search-statements";
import { GRAM_LENGTH } from "./search-index";
import { skeletonOf } from "./search-skeleton";

/** What is asked of the server: finds behind `after`, newest first, and what of them really fits. */
interface Sought {
  readonly kind: "message" | "conversation";
  readonly sortBy: string;
  readonly statement: (after: Position | null, limit: number) => SearchStatement;
  readonly fits: (record: Entity) => boolean;
}

// More words than this leave nothing to be found by the server that the first do not.
const MAX_PARTS = 64;
const MAX_BATCH = 1_000;

/** Reads a page of what a search finds: one statement, and more only where the index found what does not fit. */
export async function searchRecords<In extends keyof Searches>(
  runner: PostgresRunner,
  builder: PostgresBuilder,
  query: SearchQuery<In>,
): Promise<Page<Searches[In]>> {
  const bounds = searchBoundsOf(query);
  const isForeign = query.accountSid !== null && !isStorable(query.accountSid);
  const sought = isForeign ? null : query.in === "messages" ? words(builder, query) : address(builder, query);
  const found: Placed<Entity>[] = [];
  let after = bounds.after;
  let limit = bounds.limit;
  while (sought !== null && found.length < bounds.limit) {
    const batch = await fetchBatch(runner, sought, { after, limit });
    found.push(...batch.filter(({ value }) => sought.fits(value)));
    if (batch.length < limit) break;
    after = batch.at(-1) ?? null;
    limit = Math.min(MAX_BATCH, limit * 4);
  }
  // What is searched in names the kind of record that is sought.
  return searchPageOf(query, found as readonly Placed<Entity>[] as readonly Placed<Searches[In]>[]);
}

function words(builder: PostgresBuilder, query: SearchQuery): Sought | null {
  const wanted = wordQueryOf(query.text);
  if (wanted === null) return null;
  const whole = wanted.whole.slice(0, MAX_PARTS).map((word) => `'${skeletonOf(word)}'`);
  // Nothing in a word can end the quotes.
  const tsquery = [...whole, `'${skeletonOf(wanted.beginning)}':*`].filter((part) => !part.startsWith("''"));
  return {
    kind: "message",
    sortBy: SEARCH_ORDER.messages,
    statement: (after, limit) =>
      messagesStatement(builder, {
        accountSid: query.accountSid,
        wanted: tsquery.join(" & "),
        after,
        limit,
      }),
    fits: (record) => hasWords(String(fieldsOf(record)["body"]), wanted),
  };
}

function address(builder: PostgresBuilder, query: SearchQuery): Sought | null {
  const wanted = addressQueryOf(query.text);
  if (wanted === null || !isStorable(wanted)) return null;
  const letters = Array.from(wanted);
  const grams = letters
    .slice(0, MAX_PARTS)
    .flatMap((_, at) =>
      at + GRAM_LENGTH > letters.length ? [] : [letters.slice(at, at + GRAM_LENGTH).join("")],
    );
  const plan = planList(conversationsByActivity(query));
  return {
    kind: "conversation",
    sortBy: SEARCH_ORDER.contacts,
    statement: (after, limit) =>
      contactsStatement(builder, {
        plan,
        wanted: grams.join(String.fromCharCode(GRAM_SEPARATOR)),
        after,
        limit,
      }),
    fits: (record) => hasAddress(String(fieldsOf(record)["contact"]), wanted),
  };
}

async function fetchBatch(
  runner: PostgresRunner,
  { kind, sortBy, statement }: Sought,
  { after, limit }: { readonly after: Position | null; readonly limit: number },
): Promise<readonly Placed<Entity>[]> {
  const { sql, values } = statement(after, limit);
  // Without a name the server plans with the words in hand, and knows which are rare.
  const rows = await runner.rows({ name: null, sql }, values);
  const placed = rows.map((row) => {
    const { value } = decodeRow(kind, row);
    return { value, id: value.id, sort: String(fieldsOf(value)[sortBy]) };
  });
  if (kind === "message") return placed;
  // Each of several ranges gave up to `limit`. What is past the newest `limit` of all may come before finds that no range has
  // given yet, so it is left for the next batch.
  return placed.sort((a, b) => comparePositions(b, a)).slice(0, limit);
}
