import { signRequest } from "../../core/webhook/signature";
import type { Clock, Timers } from "../clock";
import type { Journal } from "../journal";
import type { Hop, Webhook } from "./webhook";
import { sendWebhookRequest } from "./webhook-request";
import type { WebhookRequest, WebhookResponse } from "./webhook-request";
import { withQuery } from "./webhook-url";
import type { ConnectionOverrides } from "./webhook-url";

/** One try of a webhook. */
export interface Attempt {
  readonly webhook: Webhook;
  readonly hop: Hop;
  /** 1 for the first try. */
  readonly number: number;
  /** The same over all tries of a webhook, so that the host can tell a retry. */
  readonly idempotencyToken: string;
  readonly authorization: string | null;
  readonly overrides: ConnectionOverrides;
  /** When the time for all tries is over. */
  readonly deadlineMs: number;
}

/** Makes single tries, and can end all that are under way. */
export interface Attempts {
  /** While closed, nothing is requested and the outcome is `no-answer`. */
  make(attempt: Attempt): Promise<WebhookResponse>;
  isOpen(): boolean;
  open(): void;
  /** Ends what is under way, and everything asked for until `open`. */
  close(): void;
}

function toRequest(attempt: Attempt, signature: string, remainingMs: number): WebhookRequest {
  const { hop, overrides } = attempt;
  const body = hop.method === "GET" ? "" : new URLSearchParams(hop.fields).toString();
  const form = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(Buffer.byteLength(body)),
  };
  return {
    method: hop.method,
    url: hop.url,
    headers: {
      Accept: "*/*",
      "User-Agent": "TwilioProxy/1.1",
      "X-Twilio-Signature": signature,
      "I-Twilio-Idempotency-Token": attempt.idempotencyToken,
      ...(attempt.authorization === null ? {} : { Authorization: attempt.authorization }),
      ...(hop.method === "GET" ? {} : form),
    },
    body,
    connectTimeoutMs: overrides.connectTimeoutMs,
    readTimeoutMs: overrides.readTimeoutMs,
    totalTimeoutMs: remainingMs,
  };
}

/** A GET carries its fields in the query, where the signature of the address covers them. */
function addressed(hop: Hop): Hop {
  return hop.method === "GET" ? { ...hop, url: withQuery(hop.url, hop.fields) } : hop;
}

function newRecord(
  attempt: Attempt,
  request: WebhookRequest,
  about: { signature: string; sentAtMs: number },
) {
  return {
    kind: attempt.webhook.kind,
    messageSid: attempt.webhook.messageSid,
    method: request.method,
    url: request.url,
    fields: attempt.hop.fields,
    signature: about.signature,
    idempotencyToken: attempt.idempotencyToken,
    attempt: attempt.number,
    sentAtMs: about.sentAtMs,
    endedAtMs: null,
    answer: null,
  };
}

/** Open, with nothing under way. */
export function createAttempts(clock: Clock, timers: Timers, journal: Journal): Attempts {
  const aborts = new Set<() => void>();
  let isOpen = true;
  // Signing is asynchronous; one after the other it keeps webhooks in the order in which they were asked for.
  let lastSigned: Promise<unknown> = Promise.resolve();

  const make = async (asked: Attempt): Promise<WebhookResponse> => {
    const attempt = { ...asked, hop: addressed(asked.hop) };
    const { authToken } = attempt.webhook.account;
    const params = attempt.hop.method === "GET" ? {} : attempt.hop.fields;
    const signed = lastSigned.then(() => signRequest({ authToken, url: attempt.hop.url, params }));
    lastSigned = signed.catch(() => undefined);
    const { signature } = await signed;
    const remainingMs = attempt.deadlineMs - clock.now();
    if (!isOpen || remainingMs <= 0) return { kind: "no-answer" };
    const request = toRequest(attempt, signature, remainingMs);
    const complete = journal.addWebhook(newRecord(attempt, request, { signature, sentAtMs: clock.now() }));
    const { outcome, abort } = sendWebhookRequest(request, timers);
    aborts.add(abort);
    const response = await outcome;
    aborts.delete(abort);
    const { contentType, body, status } =
      response.kind === "answered" ? response : { contentType: null, body: "", status: 0 };
    complete({ endedAtMs: clock.now(), answer: status === 0 ? null : { status, contentType, body } });
    return response;
  };

  return {
    make,
    isOpen: () => isOpen,
    open: () => {
      isOpen = true;
    },
    close: () => {
      isOpen = false;
      for (const abort of aborts) abort();
    },
  };
}
