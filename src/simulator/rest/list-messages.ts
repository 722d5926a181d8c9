import { pageOfMessages } from "../messages/message-page";
import type { MessageFilter, MessagePage, PagePosition } from "../messages/message-page";
import type { MessageStore } from "../messages/message-store";
import { restError } from "../rest-errors";
import { accountPath, messageResource, pageEnvelope } from "./resources";
import { json, refusal } from "./rest-exchange";
import type { RestAnswer } from "./rest-exchange";

/** A list request, read; or the parameter that is wrong. */
type ListRequest =
  | {
      readonly kind: "list";
      readonly filter: MessageFilter;
      readonly position: PagePosition;
      readonly page: number;
      readonly pageSize: number;
    }
  | { readonly kind: "invalid"; readonly code: number; readonly parameter: string };

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE_SIZE = 1000;
const FILTERS = ["To", "From", "DateSent", "DateSent<", "DateSent>"];

/** A date stands for its first moment, in UTC. NaN when it is neither a date nor a time. */
function readTime(value: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return Date.parse(`${value}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
}

function readFilter(query: URLSearchParams): MessageFilter | { readonly invalid: string } {
  const times = new Map<string, number>();
  for (const name of ["DateSent", "DateSent<", "DateSent>"]) {
    const value = query.get(name);
    if (value === null || value === "") continue;
    const time = readTime(value);
    if (Number.isNaN(time)) return { invalid: name };
    times.set(name, time);
  }
  const on = times.get("DateSent");
  const day = on === undefined ? null : Math.floor(on / DAY_MS) * DAY_MS;
  return {
    to: query.get("To") || null,
    from: query.get("From") || null,
    sentFromMs: times.get("DateSent>") ?? day,
    sentUntilMs: times.get("DateSent<") ?? (day === null ? null : day + DAY_MS - 1),
  };
}

/** A page token names the message at the edge of the last page: "PA" goes on after it, "PB" goes back before it. */
function readPosition(query: URLSearchParams, page: number, messages: MessageStore): PagePosition | null {
  const token = query.get("PageToken") ?? "";
  if (token === "") return { kind: "number", page };
  const place = messages.placeOf(token.slice(2));
  if (place === null) return null;
  if (token.startsWith("PA")) return { kind: "after", place };
  return token.startsWith("PB") ? { kind: "before", place } : null;
}

function readCount(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name);
  if (value === null || value === "") return fallback;
  return /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
}

function readListRequest(query: URLSearchParams, messages: MessageStore): ListRequest {
  const page = readCount(query, "Page", 0);
  const pageSize = readCount(query, "PageSize", DEFAULT_PAGE_SIZE);
  if (Number.isNaN(page)) return { kind: "invalid", code: 20001, parameter: "Page" };
  if (!(pageSize >= 1)) return { kind: "invalid", code: 20001, parameter: "PageSize" };
  if (pageSize > LARGEST_PAGE_SIZE) return { kind: "invalid", code: 20007, parameter: "PageSize" };
  const filter = readFilter(query);
  if ("invalid" in filter) return { kind: "invalid", code: 20001, parameter: filter.invalid };
  const position = readPosition(query, page, messages);
  if (position === null) return { kind: "invalid", code: 20001, parameter: "PageToken" };
  return { kind: "list", filter, position, page, pageSize };
}

function edges(found: MessagePage, page: number) {
  const first = found.messages[0];
  const last = found.messages.at(-1);
  return {
    next: found.hasNext && last !== undefined ? { Page: String(page + 1), PageToken: `PA${last.sid}` } : null,
    previous:
      found.hasPrevious && first !== undefined && page > 0
        ? { Page: String(page - 1), PageToken: `PB${first.sid}` }
        : null,
  };
}

/** Answers `GET …/Messages.json`. Source: Twilio docs, "Message resource", read multiple messages (read 2026-11). */
export function listMessages(
  account: { readonly accountSid: string; readonly nowMs: number },
  query: URLSearchParams,
  messages: MessageStore,
): RestAnswer {
  const { accountSid, nowMs } = account;
  const request = readListRequest(query, messages);
  if (request.kind === "invalid") return refusal(restError(request.code, { subject: request.parameter }));
  const { filter, position, page, pageSize } = request;
  const found = pageOfMessages(messages.newestFirst(accountSid, nowMs), filter, { position, pageSize });
  const kept = FILTERS.flatMap((name) => {
    const value = query.get(name);
    return value === null || value === "" ? [] : [[name, value] as [string, string]];
  });
  const envelope = pageEnvelope({
    path: `${accountPath(accountSid)}/Messages.json`,
    number: page,
    pageSize,
    count: found.messages.length,
    query: (at) =>
      new URLSearchParams([...kept, ["PageSize", String(pageSize)], ...Object.entries(at)]).toString(),
    ...edges(found, page),
  });
  return json(200, { ...envelope, messages: found.messages.map(messageResource) });
}
