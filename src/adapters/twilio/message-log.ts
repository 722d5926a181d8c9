import * as z from "zod/mini";
import type { LoggedMessage } from "../../core/model/logged-message";
import { classifyHttpAnswer } from "../../core/delivery/outcome";
import { parseRetryAfter } from "../../core/delivery/retry";
import type { AccountCredentials, LogQuery, MessagesApi, ReadFailure } from "../../ports/messages-api";
import { accountUrl, basicAuth } from "./account-request";
import { billedOf } from "./billed-segments";

/**
 * An entry of the log. Without sid, addresses and date nothing can be concluded from it; the other fields may be odd.
 * Source: Twilio docs, "Message resource" (read 2026-11).
 */
const Entry = z.object({
  sid: z.string().check(z.minLength(1)),
  direction: z.string(),
  from: z.nullish(z.string()),
  to: z.string(),
  body: z.catch(z.nullish(z.string()), null),
  messaging_service_sid: z.catch(z.nullish(z.string()), null),
  status: z.string(),
  error_code: z.catch(z.nullish(z.number()), null),
  num_media: z.catch(z.nullish(z.string()), null),
  num_segments: z.catch(z.nullish(z.string()), null),
  date_created: z.string(),
  date_sent: z.catch(z.nullish(z.string()), null),
});

const Page = z.object({ messages: z.array(z.unknown()), next_page_uri: z.nullish(z.string()) });

const MediaPage = z.object({
  media_list: z.array(z.object({ sid: z.string(), content_type: z.catch(z.nullish(z.string()), null) })),
});

const MAX_MEDIA = 50;

/** Reads Twilio's message log over `fetch`. What cannot be read is a value; nothing here rejects. */
export function createLogReader(parts: {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}): Pick<MessagesApi, "list" | "listMedia"> {
  return {
    async list(query, { signal }) {
      const url = urlOf(query);
      if (url === null) return failure({ httpStatus: null, retryable: false });
      const answer = await get(url, query.account, signal);
      if (!("body" in answer)) return answer;
      const page = Page.safeParse(answer.body);
      if (!page.success) return failure({ httpStatus: answer.httpStatus, retryable: true });
      const messages = page.data.messages.map(entryOf).filter((entry) => entry !== null);
      return {
        kind: "page",
        messages,
        unreadable: page.data.messages.length - messages.length,
        nextPage: page.data.next_page_uri ?? null,
      };
    },
    async listMedia({ account, messageSid }, { signal }) {
      const base = `${accountUrl(account)}/Messages/${encodeURIComponent(messageSid)}/Media`;
      const answer = await get(`${base}.json?PageSize=${MAX_MEDIA}`, account, signal);
      if (!("body" in answer)) return answer;
      const page = MediaPage.safeParse(answer.body);
      if (!page.success) return failure({ httpStatus: answer.httpStatus, retryable: true });
      return {
        kind: "media",
        media: page.data.media_list.map(({ sid, content_type }) => ({
          url: `${base}/${encodeURIComponent(sid)}`,
          contentType: content_type ?? null,
        })),
      };
    },
  };

  async function get(
    url: string,
    account: AccountCredentials,
    signal: AbortSignal,
  ): Promise<{ readonly httpStatus: number; readonly body: unknown } | ReadFailure> {
    let response: Response;
    let text: string;
    try {
      response = await parts.fetch(url, {
        headers: {
          accept: "application/json",
          authorization: basicAuth(account),
          "user-agent": "mailtrixy-sms",
        },
        // A redirect would carry the credentials to an address that nobody configured.
        redirect: "manual",
        signal,
      });
      text = await response.text();
    } catch {
      return failure({ httpStatus: null, retryable: true });
    }
    const { status } = response;
    const afterMs = parseRetryAfter(response.headers.get("retry-after"), parts.now());
    const outcome = classifyHttpAnswer({ status, code: null, retryAfterMs: afterMs });
    if (outcome.kind !== "accepted") {
      return { kind: "failed", httpStatus: status, retryable: outcome.kind !== "rejected", afterMs };
    }
    try {
      return { httpStatus: status, body: JSON.parse(text) as unknown };
    } catch {
      return failure({ httpStatus: status, retryable: true });
    }
  }
}

function failure(of: { readonly httpStatus: number | null; readonly retryable: boolean }): ReadFailure {
  return { kind: "failed", afterMs: null, ...of };
}

/** The next page is only followed within the list it belongs to: the credentials go nowhere else. */
function urlOf({ account, to, sentFromMs, sentUntilMs, pageSize, nextPage }: LogQuery): string | null {
  const base = `${accountUrl(account)}/Messages.json`;
  if (nextPage !== null) {
    if (!URL.canParse(nextPage, base)) return null;
    const next = new URL(nextPage, base);
    const list = new URL(base);
    return next.origin === list.origin && next.pathname === list.pathname ? next.href : null;
  }
  const query = new URLSearchParams();
  if (to !== null) query.set("To", to);
  if (sentUntilMs !== null) {
    // Rounded up, so that the last second is in it.
    query.set("DateSent<", secondsOf(sentUntilMs + 999));
  }
  if (sentFromMs !== null) query.set("DateSent>", secondsOf(sentFromMs));
  query.set("PageSize", String(pageSize));
  return `${base}?${query.toString()}`;
}

function secondsOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function entryOf(value: unknown): LoggedMessage | null {
  const parsed = Entry.safeParse(value);
  if (!parsed.success) return null;
  const entry = parsed.data;
  const createdAtMs = Date.parse(entry.date_created);
  if (Number.isNaN(createdAtMs)) return null;
  const sentAtMs = Date.parse(entry.date_sent ?? "");
  return {
    sid: entry.sid,
    direction: entry.direction,
    from: entry.from ?? null,
    to: entry.to,
    body: entry.body ?? "",
    messagingServiceSid: entry.messaging_service_sid ?? null,
    status: entry.status,
    errorCode: entry.error_code ?? null,
    mediaCount: Number(/^\d{1,3}$/.exec(entry.num_media ?? "")?.[0] ?? 0),
    billedSegments: billedOf(entry.num_segments ?? ""),
    createdAtMs,
    sentAtMs: Number.isNaN(sentAtMs) ? null : sentAtMs,
  };
}
