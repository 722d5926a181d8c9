import { SmsError } from "../../core/model/errors";
import type { Page, Query } from "../../ports/storage";
import type { ListPlan } from "./list-plan";

/** A place in a list: what the record there sorts by, and its id. */
export interface Position {
  readonly sort: string | number;
  readonly id: string;
}

/** A listed record with its place. */
export interface Placed<T> extends Position {
  readonly value: T;
}

/** What to fetch of every range of a plan: up to `limit` records behind `after`, in the order of the plan. */
export interface RangeBounds {
  readonly after: Position | null;
  /** One more than the page has: it tells whether there is a next page. */
  readonly limit: number;
}

/** The most records of a page. */
export const MAX_LIMIT = 1_000;

/** Orders places: by what they sort by, then by id. */
export function comparePositions(a: Position, b: Position): number {
  if (a.sort !== b.sort) return a.sort < b.sort ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/**
 * What to fetch for a query.
 * @throws SmsError `config_invalid` for a limit outside 1 to 1,000 or a cursor that this list did not give.
 */
export function boundsOf(query: Query): RangeBounds {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_LIMIT) {
    throw new SmsError("config_invalid", `A list takes a limit from 1 to ${MAX_LIMIT} records.`);
  }
  return {
    after: query.cursor === null ? null : decodeCursor(query.list, query.cursor),
    limit: query.limit + 1,
  };
}

/** Makes a page out of what was fetched for each range of a plan. */
export function pageOf<T>(
  query: Query,
  { direction }: ListPlan,
  ranges: readonly (readonly Placed<T>[])[],
): Page<T> {
  const sign = direction === "ascending" ? 1 : -1;
  const [only] = ranges;
  const found =
    ranges.length === 1 && only !== undefined
      ? only
      : ranges.flat().sort((a, b) => sign * comparePositions(a, b));
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ value }) => value),
    nextCursor: found.length > query.limit && last !== undefined ? encodeCursor(query.list, last) : null,
  };
}

/** The cursor of a list behind one of its records. */
export function encodeCursor(list: string, { sort, id }: Position): string {
  const bytes = new TextEncoder().encode(JSON.stringify([list, sort, id]));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * The place that a cursor of this list names.
 * @throws SmsError `config_invalid` when it is no cursor, or one of another list.
 */
export function decodeCursor(list: string, cursor: string): Position {
  const [from, sort, id, ...more] = parseCursor(cursor);
  if (from === list && more.length === 0) {
    const sorts = typeof sort === (NUMBERED.has(list) ? "number" : "string");
    if (sorts && (typeof sort === "string" || typeof sort === "number") && typeof id === "string") {
      return { sort, id };
    }
  }
  throw new SmsError(
    "config_invalid",
    "This cursor does not come from this list; pass the nextCursor of the page before.",
  );
}

/** Lists that are ordered by a number. */
const NUMBERED: ReadonlySet<string> = new Set<Query["list"]>(["messages", "tasks"]);

function parseCursor(cursor: string): readonly unknown[] {
  try {
    const bytes = Uint8Array.from(atob(cursor.replace(/-/g, "+").replace(/_/g, "/")), (char) =>
      char.charCodeAt(0),
    );
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // Whatever is wrong with it, it is not a cursor of ours: the caller says so.
    return [];
  }
}
