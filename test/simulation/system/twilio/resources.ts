import { SIMULATED_ACCOUNT } from "../processes";
import type { TwilioMessage, TwilioStore } from "./messages";

/** What Twilio's API answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ACCOUNT_PATH = `/2010-04-01/Accounts/${SIMULATED_ACCOUNT.accountSid}`;
const DAY_MS = 24 * 60 * 60 * 1000;

/** An answer with a JSON body. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** An error as Twilio writes it. */
export function apiError(
  status: number,
  code: number,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  const moreInfo = `https://www.twilio.com/docs/errors/${code}`;
  return json(status, { code, message: "Refused.", more_info: moreInfo, status }, headers);
}

/** RFC 2822, whole seconds, as Twilio writes dates. */
function dateOf(ms: number | null): string | null {
  if (ms === null) return null;
  return new Date(Math.floor(ms / 1000) * 1000).toUTCString().replace("GMT", "+0000");
}

/** A message as the API shows it. Source: Twilio docs, "Message resource" (read 2026-11). */
export function resourceOf(message: TwilioMessage): Readonly<Record<string, unknown>> {
  const uri = `${ACCOUNT_PATH}/Messages/${message.sid}`;
  return {
    account_sid: SIMULATED_ACCOUNT.accountSid,
    api_version: "2010-04-01",
    body: message.body,
    date_created: dateOf(message.createdMs),
    date_sent: dateOf(message.sentMs),
    date_updated: dateOf(message.sentMs ?? message.createdMs),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : "Not delivered.",
    from: message.from,
    messaging_service_sid: message.serviceSid,
    num_media: String(message.mediaCount),
    num_segments: message.from === null ? "0" : "1",
    price: null,
    price_unit: "USD",
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

/** Answers `GET …/Messages/{sid}.json`. */
export function fetchMessage(store: TwilioStore, sid: string): ApiAnswer {
  const message = store.bySid(sid);
  return message === undefined ? apiError(404, 20404) : json(200, resourceOf(message));
}

/** Answers `GET …/Messages/{sid}/Media.json`. */
export function listMedia(store: TwilioStore, sid: string): ApiAnswer {
  const message = store.bySid(sid);
  if (message === undefined) return apiError(404, 20404);
  const items = Array.from({ length: message.mediaCount }, (_, index) => ({
    sid: `ME${sid.slice(2, 31)}${String(index).padStart(3, "0")}`,
    parent_sid: sid,
    account_sid: SIMULATED_ACCOUNT.accountSid,
    content_type: "image/jpeg",
    uri: `${ACCOUNT_PATH}/Messages/${sid}/Media/ME${sid.slice(2, 31)}${String(index).padStart(3, "0")}.json`,
  }));
  return json(200, {
    media_list: items,
    page: 0,
    page_size: 50,
    next_page_uri: null,
    start: 0,
    end: items.length,
  });
}

/**
 * Answers `GET …/Messages.json`: newest first, by pages that hang on messages. A message that was not sent yet is filed under the
 * time it was made. Source: Twilio docs, "Message resource", read multiple messages (read 2026-11).
 */
export function listMessages(store: TwilioStore, query: URLSearchParams, nowMs: number): ApiAnswer {
  const pageSize = Number(query.get("PageSize") ?? "50");
  if (!(pageSize >= 1 && pageSize <= 1000)) return apiError(400, 20007);
  const found = [...store.messages]
    .reverse()
    .filter((message) => message.loggedFromMs <= nowMs && fits(message, query));
  const token = query.get("PageToken");
  const page = Number(query.get("Page") ?? "0");
  const after = token === null ? -1 : found.findIndex(({ sid }) => `PA${sid}` === token);
  const start = token === null ? page * pageSize : after + 1;
  const shown = found.slice(start, start + pageSize);
  const last = shown.at(-1);
  const hasNext = last !== undefined && start + pageSize < found.length;
  const next = new URLSearchParams(query);
  next.set("Page", String(page + 1));
  if (last !== undefined) next.set("PageToken", `PA${last.sid}`);
  return json(200, {
    messages: shown.map(resourceOf),
    page,
    page_size: pageSize,
    start,
    end: start + shown.length - 1,
    uri: `${ACCOUNT_PATH}/Messages.json?${query.toString()}`,
    first_page_uri: `${ACCOUNT_PATH}/Messages.json?PageSize=${pageSize}&Page=0`,
    next_page_uri: hasNext ? `${ACCOUNT_PATH}/Messages.json?${next.toString()}` : null,
    previous_page_uri: null,
  });
}

function fits(message: TwilioMessage, query: URLSearchParams): boolean {
  const to = query.get("To");
  const from = query.get("From");
  if (to !== null && message.to !== to) return false;
  if (from !== null && message.from !== from) return false;
  const filedMs = message.sentMs ?? message.createdMs;
  const on = timeOf(query.get("DateSent"));
  if (on !== null && Math.floor(filedMs / DAY_MS) !== Math.floor(on / DAY_MS)) return false;
  const since = timeOf(query.get("DateSent>"));
  if (since !== null && filedMs < since) return false;
  const until = query.get("DateSent<");
  const untilMs = timeOf(until);
  // A day without a time means all of it.
  const last = untilMs !== null && until?.length === 10 ? untilMs + DAY_MS - 1 : untilMs;
  return last === null || filedMs <= last;
}

function timeOf(value: string | null): number | null {
  if (value === null || value === "") return null;
  const ms = Date.parse(value.length === 10 ? `${value}T00:00:00Z` : value);
  return Number.isNaN(ms) ? null : ms;
}
