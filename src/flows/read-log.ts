import { loggedAtMs } from "../core/decide/logged-message";
import type { LoggedMessage } from "../core/model/logged-message";
import type { LogPage, LogQuery, MediaList, MessagesApi, ReadFailure } from "../ports/messages-api";
import type { Runtime } from "../ports/runtime";
import type { Account } from "./settings";

/** What reading the log needs. */
export interface LogParts {
  readonly api: Pick<MessagesApi, "list" | "listMedia">;
  readonly runtime: Runtime;
  readonly requestTimeoutMs: number;
}

/** A stretch of the log. */
export interface LogWindow {
  readonly account: Account;
  readonly fromMs: number;
  /** Not included. Null for all that there is since `fromMs`. */
  readonly untilMs: number | null;
  /** How many entries may be kept at a time. */
  readonly mostKept: number;
}

/** What a window holds: the entries that were kept, oldest first, and how many there were in all. */
export type WindowRead =
  | {
      readonly kind: "read";
      readonly kept: readonly LoggedMessage[];
      readonly entries: number;
      readonly unreadable: number;
    }
  | { readonly kind: "too-many" }
  | { readonly kind: "claim-lost" }
  | ReadFailure;

/** Looks at the entries of one page, and says which of them to keep; null to stop. */
export type TakeEntries = (entries: readonly LoggedMessage[]) => Promise<readonly LoggedMessage[] | null>;

/** As many as Twilio gives. Source: Twilio docs, "Twilio's response", paging (read 2026-11). */
const PAGE_SIZE = 1_000;
const MAX_PAGES = 1_000;
/** What was made so long before it was sent (in a queue, or scheduled) is not the reason to stop reading. */
const QUEUE_MS = 36_000_000;

const TIMED_OUT: ReadFailure = { kind: "failed", httpStatus: null, retryable: true, afterMs: null };

/**
 * Reads a stretch of the log, page by page. Twilio tells the newest first, and may take the time filter for whole days, so entries are
 * picked by date here. Only what is kept stays in memory.
 */
export async function readWindow(parts: LogParts, window: LogWindow, take: TakeEntries): Promise<WindowRead> {
  const { account, fromMs, untilMs } = window;
  const kept = new Map<string, LoggedMessage>();
  const visited = new Set<string>();
  let nextPage: string | null = null;
  let entries = 0;
  let unreadable = 0;
  while (visited.size < MAX_PAGES) {
    const page = await readPage(parts, {
      account: account.credentials,
      to: null,
      sentFromMs: fromMs,
      sentUntilMs: untilMs,
      pageSize: PAGE_SIZE,
      nextPage,
    });
    if (page.kind === "failed") return page;
    const inside = page.messages.filter((entry) => isInside(entry, window));
    const taken = await take(inside);
    if (taken === null) return { kind: "claim-lost" };
    for (const entry of taken) kept.set(entry.sid, entry);
    if (kept.size > window.mostKept) return { kind: "too-many" };
    entries += inside.length;
    unreadable += page.unreadable;
    ({ nextPage } = page);
    if (nextPage === null || isBefore(page, fromMs)) {
      return { kind: "read", kept: inOrder([...kept.values()]), entries, unreadable };
    }
    if (visited.has(nextPage)) return TIMED_OUT;
    visited.add(nextPage);
  }
  return TIMED_OUT;
}

function isInside(entry: LoggedMessage, { fromMs, untilMs }: LogWindow): boolean {
  const atMs = loggedAtMs(entry);
  return atMs >= fromMs && (untilMs === null || atMs < untilMs);
}

/** Whether a page, and so all that come after it, is from before the window. */
function isBefore(page: LogPage, fromMs: number): boolean {
  return (
    page.messages.length > 0 &&
    page.messages.every((entry) => Math.max(loggedAtMs(entry), entry.createdAtMs) < fromMs - QUEUE_MS)
  );
}

/** Oldest first. Within a second Twilio's own order counts, turned round. */
function inOrder(newestFirst: readonly LoggedMessage[]): readonly LoggedMessage[] {
  return [...newestFirst].reverse().sort((a, b) => loggedAtMs(a) - loggedAtMs(b));
}

async function readPage(parts: LogParts, query: LogQuery): Promise<LogPage | ReadFailure> {
  return withinTime(parts, (signal) => parts.api.list(query, { signal }));
}

/** Lists the media of a message in the log. */
export async function readMedia(
  parts: LogParts,
  account: Account,
  messageSid: string,
): Promise<MediaList | ReadFailure> {
  const message = { account: account.credentials, messageSid };
  return withinTime(parts, (signal) => parts.api.listMedia(message, { signal }));
}

/** A `fetch` that ignores the signal must not hold the pass for ever. */
async function withinTime<T>(
  { runtime, requestTimeoutMs }: LogParts,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T | ReadFailure> {
  const timeUp = new AbortController();
  let cancelTimer = (): void => undefined;
  const expired = new Promise<ReadFailure>((resolve) => {
    cancelTimer = runtime.setTimer(requestTimeoutMs, () => {
      timeUp.abort();
      resolve(TIMED_OUT);
    });
  });
  return Promise.race([call(timeUp.signal), expired]).finally(cancelTimer);
}
