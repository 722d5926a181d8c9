import type { Page } from "../ports/storage";
import { listed } from "./paging";

/** All pages of a list, one after the other. Only one is held at a time. */
export async function* pagesOf<T>(
  list: (cursor: string | null) => Promise<Page<T>>,
): AsyncGenerator<readonly T[], void, undefined> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await listed(list(cursor));
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
