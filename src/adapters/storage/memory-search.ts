import type { Entity } from "../../core/model/record";
import type { Page, Searches, SearchQuery } from "../../ports/storage";
import { fieldsOf } from "./fields";
import { planList } from "./list-plan";
import type { MemoryTable } from "./memory-table";
import { comparePositions, type Placed, type Position, type RangeBounds } from "./page";
import {
  addressQueryOf,
  conversationsByActivity,
  hasAddress,
  hasWords,
  searchBoundsOf,
  searchPageOf,
  wordQueryOf,
} from "./search-query";

interface SearchedTables {
  readonly message: MemoryTable;
  readonly conversation: MemoryTable;
}

type Test = (record: Entity) => boolean;

/** Searches by walking through the records, newest first, until the page is full. */
export function searchMemory<In extends keyof Searches>(
  tables: SearchedTables,
  query: SearchQuery<In>,
): Page<Searches[In]> {
  const bounds = searchBoundsOf(query);
  const found =
    query.in === "messages" ? inMessages(tables, query, bounds) : inContacts(tables, query, bounds);
  // Each of the two walks the records of the kind that the search gives.
  return searchPageOf(query, found as readonly Placed<Searches[In]>[]);
}

function inMessages(
  { message }: SearchedTables,
  query: SearchQuery,
  bounds: RangeBounds,
): readonly Placed<Entity>[] {
  const words = wordQueryOf(query.text);
  if (words === null) return [];
  const fits = inAccount(query, (record) => hasWords(String(fieldsOf(record)["body"]), words));
  return gather(message, message.all.walk(bounds.after, "descending"), { limit: bounds.limit, fits });
}

function inContacts(
  { conversation }: SearchedTables,
  query: SearchQuery,
  { after, limit }: RangeBounds,
): readonly Placed<Entity>[] {
  const address = addressQueryOf(query.text);
  if (address === null) return [];
  const fits = inAccount(query, (record) => hasAddress(String(fieldsOf(record)["contact"]), address));
  const { index, groups } = planList(conversationsByActivity(query));
  return groups
    .flatMap((group) => {
      const positions = conversation.range(index, group)?.walk(after, "descending") ?? [];
      return gather(conversation, positions, { limit, fits });
    })
    .sort((a, b) => comparePositions(b, a));
}

function inAccount({ accountSid }: SearchQuery, test: Test): Test {
  if (accountSid === null) return test;
  return (record) => fieldsOf(record)["accountSid"] === accountSid && test(record);
}

function gather(
  table: MemoryTable,
  positions: Iterable<Position>,
  { limit, fits }: { readonly limit: number; readonly fits: Test },
): readonly Placed<Entity>[] {
  const found: Placed<Entity>[] = [];
  for (const position of positions) {
    if (found.length === limit) break;
    const value = table.get(position.id)?.value;
    if (value !== undefined && fits(value)) found.push({ ...position, value });
  }
  return found;
}
