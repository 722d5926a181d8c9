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

/** Twilio's Messages API, as far as sending needs it. */
export interface MessagesApi {
  /** Hands one message over. Resolves to one of the outcomes, never rejects. `signal` gives up waiting. */
  create(
    request: CreateMessageRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<CreateMessageOutcome>;
}
