import type { Message } from "./message";
import type { LoggedMessage } from "./message-store";

/** Which messages a list request asks for. Null: any. Times are milliseconds since 1970. */
export interface MessageFilter {
  readonly to: string | null;
  readonly from: string | null;
  /** Both bounds inclusive. */
  readonly sentFromMs: number | null;
  readonly sentUntilMs: number | null;
}

/** Which part of the list: after a message that was the last of a page, before one that was the first, or by number. */
export type PagePosition =
  | { readonly kind: "after"; readonly place: number }
  | { readonly kind: "before"; readonly place: number }
  | { readonly kind: "number"; readonly page: number };

/** A page, newest first. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

/** A message that is not sent yet is filed under the time it was made, so that a look-up right after a send finds it. */
function filedAtMs(message: Message): number {
  return message.sentAtMs ?? message.createdAtMs;
}

function matches(message: Message, filter: MessageFilter): boolean {
  if (filter.to !== null && message.to !== filter.to) return false;
  if (filter.from !== null && message.from !== filter.from) return false;
  if (filter.sentFromMs !== null && filedAtMs(message) < filter.sentFromMs) return false;
  return filter.sentUntilMs === null || filedAtMs(message) <= filter.sentUntilMs;
}

function startOfPage(found: readonly LoggedMessage[], position: PagePosition, pageSize: number): number {
  switch (position.kind) {
    case "number":
      return position.page * pageSize;
    case "after": {
      const first = found.findIndex((entry) => entry.place < position.place);
      return first === -1 ? found.length : first;
    }
    case "before": {
      const end = found.findIndex((entry) => entry.place <= position.place);
      return Math.max(0, (end === -1 ? found.length : end) - pageSize);
    }
  }
}

/**
 * Cuts one page out of a log. Pages hang on messages, not on numbers: what arrives between two requests
 * moves nothing, so no message is listed twice or skipped.
 */
export function pageOfMessages(
  log: readonly LoggedMessage[],
  filter: MessageFilter,
  slice: { readonly position: PagePosition; readonly pageSize: number },
): MessagePage {
  const found = log.filter((entry) => matches(entry.message, filter));
  const start = startOfPage(found, slice.position, slice.pageSize);
  const end = start + slice.pageSize;
  return {
    messages: found.slice(start, end).map((entry) => entry.message),
    hasNext: end < found.length,
    hasPrevious: start > 0 && found.length > 0,
  };
}
