import type { Paging } from "../ports/storage";
import { storageFailed } from "./transact";

/** Which page of a list: `limit` records (default 50, at most 1,000), after `cursor`. */
export interface ListOptions {
  readonly limit?: number;
  readonly cursor?: string | null;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

/** The paging of a list, with the defaults filled in. */
export function pagingOf(options: ListOptions): Paging {
  const limit = options.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1)
    throw new TypeError("limit must be a whole number from 1 to 1,000.");
  return { limit: Math.min(limit, MAX_LIMIT), cursor: options.cursor ?? null };
}

/** A page, or the one error that says what failed. */
export async function listed<T>(page: Promise<T>): Promise<T> {
  return page.catch((cause: unknown) => {
    throw storageFailed("list", cause);
  });
}
