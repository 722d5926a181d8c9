import type { Hop, WebhookReply } from "./webhook";
import type { WebhookResponse } from "./webhook-request";
import type { RetryPolicy } from "./webhook-url";

const TLS_REASONS = /^(EPROTO|ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)/;

/**
 * Twilio's error code for a webhook that ended like this; null for a success.
 * Source: Twilio docs, errors 11200, 11205, 11210, 11220 (read 2026-11).
 */
export function failureCode(response: WebhookResponse): number | null {
  switch (response.kind) {
    case "answered":
      return response.status >= 200 && response.status < 300 ? null : 11200;
    case "no-answer":
      return 11200;
    case "not-connected":
      if (response.reason === "ENOTFOUND" || response.reason === "EAI_AGAIN") return 11210;
      return TLS_REASONS.test(response.reason) ? 11220 : 11205;
  }
}

function policyOf(response: WebhookResponse): RetryPolicy | null {
  switch (response.kind) {
    case "not-connected":
      return "ct";
    case "no-answer":
      return "rt";
    case "answered":
      if (response.status >= 500) return "5xx";
      return response.status >= 400 ? "4xx" : null;
  }
}

/** Whether a webhook that ended like this is tried again, while tries are left. */
export function mayRetry(response: WebhookResponse, policies: readonly RetryPolicy[]): boolean {
  const policy = policyOf(response);
  return policy !== null && (policies.includes(policy) || policies.includes("all"));
}

/**
 * Where an HTTP redirect leads; null when the answer is none.
 * Source: Twilio docs, "TwiML for Programmable Messaging": 301 and 302 become GET and lose the fields (read 2026-11).
 */
export function redirected(hop: Hop, response: WebhookResponse): Hop | null {
  if (response.kind !== "answered" || response.location === null) return null;
  if (response.status < 300 || response.status > 399 || !URL.canParse(response.location, hop.url))
    return null;
  const target = new URL(response.location, hop.url);
  if (target.protocol !== "http:" && target.protocol !== "https:") return null;
  // Neither credentials nor a fragment are part of what is requested and signed.
  target.username = "";
  target.password = "";
  target.hash = "";
  const url = target.href;
  if (response.status === 307 || response.status === 308) return { ...hop, url };
  return { url, method: "GET", fields: {} };
}

/** The part of a response that the rest of the simulator reads; null when nothing arrived. */
export function toReply(response: WebhookResponse, url: string): WebhookReply | null {
  if (response.kind !== "answered") return null;
  const { status, contentType, body, isTooLong } = response;
  return { status, contentType, body, isTooLong, url };
}
