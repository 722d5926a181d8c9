import type { LoggedMessage } from "../core/model/logged-message";

/** The account on whose behalf Twilio is called. */
export interface AccountCredentials {
  readonly accountSid: string;
  /** User name of the request: the AccountSid, or the sid of an API key (`SK…`). */
  readonly username: string;
  /** Auth token or API key secret. */
  readonly password: string;
  /** Where Twilio is, without a slash at the end: `https://api.twilio.com`, or a simulator. */
  readonly apiBaseUrl: string;
}

/** A message to hand over. */
export interface CreateMessageRequest {
  readonly account: AccountCredentials;
  readonly to: string;
  /** A sender address, or a Messaging Service (`MG…`). */
  readonly from: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly statusCallback: string;
}

/**
 * What is known after the call (guarantee G4).
 * - `accepted`: Twilio has it.
 * - `rejected`: Twilio said no; it does not have it, and the same request will be refused again.
 * - `retry`: Twilio certainly does not have it and may take it later. `afterMs` is what Twilio asked for, if it did.
 * - `unknown`: it may or may not have it. Never repeat such a call blindly.
 */
export type CreateMessageOutcome =
  | {
      readonly kind: "accepted";
      readonly sid: string;
      readonly status: string;
      /** The number that sends; null while a Messaging Service has not picked one. */
      readonly from: string | null;
      readonly errorCode: number | null;
      /** The segments that Twilio charges for; null while it has not counted (Messaging Services). */
      readonly billedSegments: number | null;
    }
  | { readonly kind: "rejected"; readonly httpStatus: number; readonly code: number | null }
  | {
      readonly kind: "retry";
      readonly why: "rate_limited" | "not_connected";
      readonly afterMs: number | null;
    }
  | {
      readonly kind: "unknown";
      readonly why: "timeout" | "connection_lost" | "server_error" | "unreadable_answer";
    };

/**
 * What of the log is read. Newest first. The time filter goes by when a message was sent; it may be coarser than asked (whole days),
 * and what was not sent yet may be missing under it.
 */
export interface LogQuery {
  readonly account: AccountCredentials;
  /** Only messages to this address; null for all. */
  readonly to: string | null;
  /** Only those sent at this moment or later; null for all. */
  readonly sentFromMs: number | null;
  /** Only those sent at this moment or earlier; null for all. */
  readonly sentUntilMs: number | null;
  /** 1 to 1,000. */
  readonly pageSize: number;
  /** The next page, as the page before named it; null for the first. */
  readonly nextPage: string | null;
}

/** Why something could not be read. `retryable`: it may be possible later. `afterMs` is what Twilio asked to wait, if it did. */
export interface ReadFailure {
  readonly kind: "failed";
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  readonly afterMs: number | null;
}

/** A page of the log. `unreadable` counts entries that this version does not understand: they are never taken for absent. */
export interface LogPage {
  readonly kind: "page";
  readonly messages: readonly LoggedMessage[];
  readonly unreadable: number;
  readonly nextPage: string | null;
}

/** Media of an inbound message, as a webhook would have told them. */
export interface MediaList {
  readonly kind: "media";
  readonly media: readonly { readonly url: string; readonly contentType: string | null }[];
}

/** Twilio's Messages API, as far as sending and catching up need it. */
export interface MessagesApi {
  /** Hands one message over. Resolves to one of the outcomes, never rejects. `signal` gives up waiting. */
  create(
    request: CreateMessageRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<CreateMessageOutcome>;
  /** Reads a page of the log. Resolves, never rejects. */
  list(query: LogQuery, options: { readonly signal: AbortSignal }): Promise<LogPage | ReadFailure>;
  /** Lists the media of a message. Resolves, never rejects. */
  listMedia(
    message: { readonly account: AccountCredentials; readonly messageSid: string },
    options: { readonly signal: AbortSignal },
  ): Promise<MediaList | ReadFailure>;
}
