import type { Entity } from "../../core/model/record";
import type { Query, Storage } from "../../ports/storage";
import { sampleConsent } from "./sample-records";
import { equal } from "./storage-case";

/** A list without its paging. */
export type Unpaged = Query extends infer Q ? (Q extends Query ? Omit<Q, "limit" | "cursor"> : never) : never;

/** All conversations. */
export const ALL_CONVERSATIONS = {
  list: "conversations",
  accountSid: null,
  status: null,
  channel: null,
  assignee: null,
  unread: false,
  needsAttention: false,
} as const;
/** All drafts. */
export const ALL_DRAFTS = { list: "drafts", accountSid: null, conversationId: null, status: null } as const;
/** The messages of conversation 1, oldest first. */
export const THREAD = { list: "messages", conversationId: "conversation-1", order: "oldest-first" } as const;
/** All urgent tasks. */
export const URGENT = { list: "tasks", class: "urgent", dueBeforeMs: Number.MAX_SAFE_INTEGER } as const;
/** The ledger of contact 1. */
export const LEDGER = { list: "consentEntries", consentId: sampleConsent(1).id } as const;

/** The query of one page. */
export function paged(query: Unpaged, limit: number, cursor: string | null): Query {
  return { ...query, limit, cursor };
}

/** The ids of one page of 100. */
export async function ids(storage: Storage, query: Unpaged): Promise<readonly string[]> {
  const { items, nextCursor } = await storage.list(paged(query, 100, null));
  equal(nextCursor, null, "the cursor of the last page");
  return items.map(({ id }) => id);
}

/** The ids of all pages, page by page, after running `between` behind each. */
export async function pages(
  storage: Storage,
  query: Unpaged,
  { limit, between }: { readonly limit: number; readonly between?: (page: number) => Promise<void> },
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly Entity[]; readonly nextCursor: string | null } =
      await storage.list(paged(query, limit, cursor));
    found.push(page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    await between?.(found.length);
  } while (cursor !== null && found.length < 1_000);
  return found;
}
