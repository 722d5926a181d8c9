import { HttpResponse } from "msw";
import { FIXTURE_CONTACT, FIXTURE_OURS } from "../fixtures/twilio/payloads";
import { loggedMessage, logPage, sidOf } from "../support/twilio-edge";
import type { LogEntry, TwilioEdge } from "../support/twilio-edge";

/** A date as Twilio's log has it: whole seconds. */
export function logDate(atMs: number): string {
  return new Date(atMs).toUTCString().replace("GMT", "+0000");
}

/** An inbound message in the log. */
export function loggedText(count: number, atMs: number, changes: LogEntry = {}): LogEntry {
  return loggedMessage({
    body: `text ${count}`,
    date_created: logDate(atMs),
    date_sent: logDate(atMs),
    direction: "inbound",
    from: FIXTURE_CONTACT,
    sid: sidOf(count),
    status: "received",
    to: FIXTURE_OURS,
    ...changes,
  });
}

/** How a log is told. */
export interface LogOptions {
  /** The time filter counts whole days only. */
  readonly wholeDays?: boolean;
  /** The largest page that is given. */
  readonly pageSize?: number;
}

const DAY_MS = 86_400_000;

/** Has the stand-in tell these entries as Twilio does: newest first, filtered by when they were sent, in pages. */
export function tellLog(
  edge: TwilioEdge,
  entries: () => readonly LogEntry[],
  options: LogOptions = {},
): void {
  edge.tellWith((asked) => {
    const query = asked.searchParams;
    const page = Number(query.get("Page") ?? 0);
    const size = Math.min(Number(query.get("PageSize")), options.pageSize ?? 1_000);
    const matching = entries()
      .filter((entry) => isWithin(entry, query, options.wholeDays ?? false))
      .map((entry, index) => ({ entry, index, atMs: sentAtMs(entry) }))
      .sort((a, b) => b.atMs - a.atMs || b.index - a.index)
      .map(({ entry }) => entry);
    const next = new URL(asked.href);
    next.searchParams.set("Page", String(page + 1));
    const hasNext = matching.length > (page + 1) * size;
    return logPage(
      matching.slice(page * size, (page + 1) * size),
      hasNext ? `${next.pathname}${next.search}` : null,
    );
  });
}

/** Has the stand-in refuse to tell the log. */
export function refuseLog(edge: TwilioEdge, status: number, headers: Record<string, string> = {}): void {
  edge.tellWith(() => HttpResponse.json({ code: 20_000, message: "Refused", status }, { status, headers }));
}

function sentAtMs(entry: LogEntry): number {
  return Date.parse(String(entry["date_sent"]));
}

function isWithin(entry: LogEntry, query: URLSearchParams, wholeDays: boolean): boolean {
  const after = query.get("DateSent>");
  const before = query.get("DateSent<");
  const unit = wholeDays ? DAY_MS : 1;
  const atMs = Math.floor(sentAtMs(entry) / unit);
  return (
    (after === null || atMs >= Math.floor(Date.parse(after) / unit)) &&
    (before === null || atMs <= Math.floor(Date.parse(before) / unit))
  );
}
