import type { Entity } from "../../core/model/record";
import type { Query, Storage } from "../../ports/storage";
import { equal, ruleBroken } from "./expectations";
import { sampleConsent, SAMPLE_ACCOUNT } from "./sample-records";

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
/** The conversations of contact 1. */
export const OF_CONTACT = {
  list: "conversationsOfContact",
  accountSid: SAMPLE_ACCOUNT,
  contact: sampleConsent(1).contact,
} as const;
/** All drafts. */
export const ALL_DRAFTS = { list: "drafts", accountSid: null, conversationId: null, status: null } as const;
/** The messages of conversation 1, oldest first. */
export const THREAD = { list: "messages", conversationId: "conversation-1", order: "oldest-first" } as const;
/** All urgent tasks. */
export const URGENT = { list: "tasks", class: "urgent", dueBeforeMs: Number.MAX_SAFE_INTEGER } as const;
/** The ledger of contact 1. */
export const LEDGER = { list: "consentEntries", consentId: sampleConsent(1).id } as const;
/** The ledger of the account. */
export const LOG = { list: "consentLog", accountSid: SAMPLE_ACCOUNT } as const;
/** Every task by id. */
const EVERY_TASK = { list: "records", kind: "task" } as const;

/** One query of each list. */
export const ONE_OF_EACH_LIST: readonly Unpaged[] = [
  ALL_CONVERSATIONS,
  OF_CONTACT,
  THREAD,
  URGENT,
  ALL_DRAFTS,
  LEDGER,
  LOG,
  EVERY_TASK,
];

/** The query of one page. */
export function paged(query: Unpaged, limit: number, cursor: string | null): Query {
  return { ...query, limit, cursor };
}

/** The ids of one page of 1,000, which must be the last. */
export async function ids(storage: Storage, query: Unpaged): Promise<readonly string[]> {
  const { items, nextCursor } = await storage.list(paged(query, 1_000, null));
  equal(nextCursor, null, "the cursor of the last page");
  return items.map(({ id }) => id);
}

/** A page of whatever. */
export interface IdsPage {
  readonly items: readonly Pick<Entity, "id">[];
  readonly nextCursor: string | null;
}

/** The ids of all pages, page by page, after running `between` behind each. */
export async function allPages(
  pageAt: (cursor: string | null) => Promise<IdsPage>,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  let cursor: string | null = null;
  do {
    const page: IdsPage = await pageAt(cursor);
    found.push(page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (found.length > MAX_PAGES)
      throw ruleBroken(`the pages of a list: expected an end, but there are over ${MAX_PAGES}`);
    await between(found.length);
  } while (cursor !== null);
  return found;
}

/** The ids of all pages of a list. */
export async function pages(
  storage: Storage,
  query: Unpaged,
  { limit, between }: { readonly limit: number; readonly between?: (page: number) => Promise<void> },
): Promise<readonly (readonly string[])[]> {
  return allPages((cursor) => storage.list(paged(query, limit, cursor)), between);
}

// More than any case lists, so that pages which never end are an error and not a wait.
const MAX_PAGES = 500;
