import { SmsError } from "../core/model/errors";
import type { Message } from "../core/model/message";
import { isLoopbackHost, mediaCredentialsAllowed, mediaRedirectAllowed } from "../core/webhook/media-url";
import type { AccountCredentials } from "../ports/messages-api";
import type { Runtime } from "../ports/runtime";
import { limitedBody } from "./limited-body";
import { resolveMediaOptions } from "./media-options";
import type { MediaOptions, MediaSettings } from "./media-options";
import type { Settings } from "./settings";

export { resolveMediaOptions } from "./media-options";
export type { MediaOptions } from "./media-options";

/** Why an attachment could not be had. */
export type MediaFailure =
  /** Its URL is not that of this message at Twilio's API, so no request was made. */
  | "url_refused"
  /** Twilio redirected to a host that is not on the list, to plain http, or too often. */
  | "redirect_refused"
  /** The credentials were refused, or a signed URL had expired. */
  | "unauthorised"
  | "not_found"
  | "gone"
  | "too_large"
  | "type_refused"
  | "timeout"
  /** The connection failed, or the server answered something else. */
  | "network";

/** An attachment, or why it could not be had. */
export type FetchedMedia =
  | {
      readonly kind: "ok";
      /** Lower case, without parameters. As the server says; as the webhook said where the server tells nothing of use. */
      readonly contentType: string;
      /** As announced; null where it was not. */
      readonly sizeBytes: number | null;
      /**
       * The bytes, fetched as they are read. Read it to the end or cancel it. It fails with an SmsError `media_failed`, whose
       * `details.reason` is `too_large`, `timeout` or `network`.
       */
      readonly body: ReadableStream<Uint8Array>;
    }
  | {
      readonly kind: "failed";
      readonly reason: MediaFailure;
      /** The status of the last answer; null where there was none. */
      readonly httpStatus: number | null;
      /** Whether the same call may succeed later. */
      readonly retryable: boolean;
    };

/** What of a message its attachments are fetched by. */
export type MediaMessage = Pick<Message, "direction" | "accountSid" | "sid" | "media">;

/** Fetches attachment `index` (from 0) of an inbound message. `options` replace the instance's one by one. */
export type FetchMedia = (
  message: MediaMessage,
  index: number,
  options?: MediaOptions,
) => Promise<FetchedMedia>;

/** What fetching needs. */
export interface MediaParts {
  readonly settings: Pick<Settings, "accountOf">;
  readonly runtime: Pick<Runtime, "setTimer">;
  readonly fetch: typeof globalThis.fetch;
  readonly media?: MediaOptions;
}

/** A redirect of Twilio's API to its content network is one; older media took two. */
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Makes the way to fetch attachments.
 *
 * The account's credentials go to Twilio's API alone, for a URL of this account and this message (`mediaCredentialsAllowed`); any
 * other URL is not fetched at all. A redirect is followed without them, and only to a host of the list. Size, time and type are
 * limited, also against a server that announces something else. Expected failures are values.
 *
 * @throws SmsError `config_invalid` when the options do not fit. What it makes throws `media_invalid` for a message that is not
 * inbound or has no such attachment, `account_unknown`, and `config_invalid` for its own options.
 */
export function createMediaFetcher(parts: MediaParts): FetchMedia {
  resolveMediaOptions(parts.media);
  return async (message, index, options) => {
    const limits = resolveMediaOptions({ ...parts.media, ...options });
    const media = message.direction === "inbound" ? message.media[index] : undefined;
    if (media === undefined || message.sid === null) {
      throw new SmsError(
        "media_invalid",
        "There is no such attachment: only inbound messages have some to fetch, counted from 0. Look at message.media.",
        { details: { index: Number.isSafeInteger(index) ? index : null } },
      );
    }
    const account = await parts.settings.accountOf(message.accountSid);
    if (account === null) {
      throw new SmsError(
        "account_unknown",
        "No account is configured for this message. Let the account resolver know it.",
      );
    }
    const { credentials } = account;
    const place = {
      mediaUrl: media.url,
      apiBaseUrl: credentials.apiBaseUrl,
      accountSid: message.accountSid,
      messageSid: message.sid,
    };
    if (!mediaCredentialsAllowed(place)) return failed("url_refused", null);
    return fetchWithin(parts, limits, { ...place, credentials, declaredType: media.contentType });
  };
}

/** What is fetched, and with what. */
interface MediaTarget {
  readonly mediaUrl: string;
  readonly credentials: AccountCredentials;
  readonly declaredType: string | null;
}

async function fetchWithin(
  parts: MediaParts,
  limits: MediaSettings,
  target: MediaTarget,
): Promise<FetchedMedia> {
  const deadline = new AbortController();
  const cancelTimer = parts.runtime.setTimer(limits.timeoutMs, () => {
    deadline.abort();
  });
  const { signal } = deadline;
  const answer = await request(parts.fetch, { limits, target, signal });
  const media = readAnswer();
  if (media.kind === "failed") cancelTimer();
  return media;

  function readAnswer(): FetchedMedia {
    if (typeof answer === "string") return failed(answer, null);
    const sizeBytes = announcedSize(answer.headers);
    const contentType = typeOf(answer.headers, target.declaredType);
    const fault = signal.aborted ? "timeout" : faultOf(answer, { sizeBytes, contentType, limits });
    if (fault !== null) {
      discard(answer);
      return failed(fault, answer.status);
    }
    const body = limitedBody(answer.body, {
      maxBytes: limits.maxBytes,
      sizeBytes,
      onEnd: cancelTimer,
      deadline: signal,
    });
    return { kind: "ok", contentType, sizeBytes, body };
  }
}

/** Follows redirects by hand: `fetch` itself would go anywhere. Only the first request carries the credentials. */
async function request(
  fetch: typeof globalThis.fetch,
  call: { readonly limits: MediaSettings; readonly target: MediaTarget; readonly signal: AbortSignal },
): Promise<Response | MediaFailure> {
  const { limits, target, signal } = call;
  const allowLoopbackHttp = isLoopbackHttp(target.credentials.apiBaseUrl);
  const rule = { hosts: limits.redirectHosts, allowLoopbackHttp };
  let url = target.mediaUrl;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const headers = { ...PLAIN_HEADERS, ...(redirects === 0 ? authorization(target.credentials) : {}) };
      const response = await fetch(url, { headers, redirect: "manual", signal });
      const next = redirectOf(response, url);
      if (next === null) return response;
      discard(response);
      if (next === "unreadable" || redirects === MAX_REDIRECTS || !mediaRedirectAllowed(next, rule)) {
        return "redirect_refused";
      }
      url = next.href;
    }
  } catch {
    // Errors of `fetch` may name the URL, which opens the attachment to whoever reads the log.
    return signal.aborted ? "timeout" : "network";
  }
}

/** `identity`, because the size is announced for what is sent, and the limits are for what is read. */
const PLAIN_HEADERS = { accept: "*/*", "accept-encoding": "identity", "user-agent": "mailtrixy-sms" };

/** As UTF-8, since `btoa` alone throws on other characters than Latin-1. Source: RFC 7617, section 2.1 (read 2026-11). */
function authorization({ username, password }: AccountCredentials): { readonly authorization: string } {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

function isLoopbackHttp(apiBaseUrl: string): boolean {
  const { protocol, hostname } = new URL(apiBaseUrl);
  return protocol === "http:" && isLoopbackHost(hostname);
}

/** Where an answer leads; null where it is an answer to stay with. */
function redirectOf(response: Response, from: string): URL | "unreadable" | null {
  // A `fetch` that followed by itself, or hides where it should go: nothing is known of where it has been.
  if (response.redirected || response.type === "opaqueredirect") return "unreadable";
  if (!REDIRECTS.has(response.status)) return null;
  const location = response.headers.get("location");
  return location !== null && URL.canParse(location, from) ? new URL(location, from) : "unreadable";
}

function faultOf(
  response: Response,
  found: {
    readonly sizeBytes: number | null;
    readonly contentType: string;
    readonly limits: MediaSettings;
  },
): MediaFailure | null {
  const { sizeBytes, contentType, limits } = found;
  if (response.status === 401 || response.status === 403) return "unauthorised";
  if (response.status === 404) return "not_found";
  if (response.status === 410) return "gone";
  if (response.status !== 200) return "network";
  if (!isAllowedType(contentType, limits.types)) return "type_refused";
  return sizeBytes !== null && sizeBytes > limits.maxBytes ? "too_large" : null;
}

/** The length of what will be read; null where it is not told, or told of an encoded form. */
function announcedSize(headers: Headers): number | null {
  const length = headers.get("content-length");
  const encoding = headers.get("content-encoding") ?? "identity";
  if (length === null || !/^\d{1,15}$/.test(length) || encoding.toLowerCase() !== "identity") return null;
  return Number(length);
}

/** What servers say that know nothing of the type. The webhook, which is signed, may know more. */
const UNKNOWN_TYPES: ReadonlySet<string> = new Set(["", "application/octet-stream", "binary/octet-stream"]);

function typeOf(headers: Headers, declaredType: string | null): string {
  const served = essenceOf(headers.get("content-type") ?? "");
  return UNKNOWN_TYPES.has(served) ? essenceOf(declaredType ?? served) : served;
}

function essenceOf(type: string): string {
  return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function isAllowedType(type: string, allowed: readonly string[]): boolean {
  if (allowed.includes(type)) return true;
  const family = `${type.slice(0, type.indexOf("/") + 1)}*`;
  return type !== "image/svg+xml" && allowed.includes(family);
}

function failed(reason: MediaFailure, httpStatus: number | null): FetchedMedia {
  const isPassing = httpStatus === null || httpStatus === 429 || httpStatus >= 500;
  return {
    kind: "failed",
    reason,
    httpStatus,
    retryable: reason === "timeout" || (reason === "network" && isPassing),
  };
}

/** Lets the connection go. That it may be broken already interests nobody. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}
