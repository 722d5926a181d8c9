import type { WebhookKind } from "../journal";
import type { Account } from "../settings";

/** A webhook to make. */
export interface Webhook {
  readonly kind: WebhookKind;
  readonly account: Account;
  readonly messageSid: string;
  /** As configured: may carry credentials, and a fragment with connection overrides. */
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly fields: Readonly<Record<string, string>>;
}

/** An answer that arrived, whatever its status. */
export interface WebhookReply {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
  /** Whether the body was longer than Twilio reads; it is cut. */
  readonly isTooLong: boolean;
  /** Where the answer came from, after redirects: what relative addresses in it refer to. */
  readonly url: string;
}

/** How a webhook ended. `code` is Twilio's error code. */
export type WebhookResult =
  | { readonly kind: "ok"; readonly reply: WebhookReply }
  | { readonly kind: "failed"; readonly code: number; readonly reply: WebhookReply | null };

/** One request line on the way: an HTTP redirect changes it, a retry does not. */
export interface Hop {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly fields: Readonly<Record<string, string>>;
}
