/**
 * Every way in which a call can fail. The codes are API: they change only in a major version; messages may change any time.
 *
 * - `config_invalid`: an option is missing, misspelt, of the wrong type, or contradicts another.
 * - `account_unknown`: no account is configured for this AccountSid.
 * - `address_invalid`: not an E.164 number, a short code or a channel address.
 * - `body_empty`: neither text nor media.
 * - `body_too_long`: over Twilio's 1,600 characters (its error 21617).
 * - `media_invalid`: a media URL that Twilio could not fetch, more than ten, or an attachment that a message has not.
 * - `media_failed`: an attachment broke off, took too long or was too large while it was read.
 * - `conversation_not_found`, `draft_not_found`, `message_not_found`: no such record in the storage.
 * - `import_invalid`: not a file that was exported here, or damaged. `details.line` says where.
 * - `webhook_body_consumed`: something upstream read the request body and left nothing to verify.
 * - `webhook_rejected`: a webhook that is not from Twilio or not understood. It is only logged and published, never thrown.
 * - `storage_failed`: the storage threw; nothing was changed.
 * - `contention`: the same records kept changing under the call; nothing was changed, try again.
 * - `dependency_missing`: an optional package that this part needs is not installed.
 * - `capability_missing`: the storage cannot do this; not every storage can search.
 * - `assistant_failed`: the assistant threw, timed out or answered something that is no answer.
 * - `task_failed`: background work failed and will be tried again.
 * - `listener_failed`: a listener of the host threw.
 * - `handler_failed`: a handler of the host threw or took too long; it is tried again.
 * - `handler_parked`: a handler failed as often as it may, so what waits for it waits for a person. It is only published.
 * - `handler_missing`: events wait for a handler that is not registered in this process. It is only published, once for each.
 * - `event_not_found`: no event with this id waits for a handler.
 * - `sync_failed`: Twilio's message log could not be read, so what was missed is still missing. It is only published.
 * - `send_failed`: Twilio refused a message for good. It is only published, the message carries the reason.
 * - `outcome_unknown`: whether Twilio has a message could not be found out, so it is not sent again. It is only published.
 */
export type SmsErrorCode =
  | "config_invalid"
  | "account_unknown"
  | "address_invalid"
  | "body_empty"
  | "body_too_long"
  | "media_invalid"
  | "media_failed"
  | "conversation_not_found"
  | "draft_not_found"
  | "message_not_found"
  | "import_invalid"
  | "webhook_body_consumed"
  | "webhook_rejected"
  | "storage_failed"
  | "contention"
  | "dependency_missing"
  | "capability_missing"
  | "assistant_failed"
  | "task_failed"
  | "listener_failed"
  | "handler_failed"
  | "handler_parked"
  | "handler_missing"
  | "event_not_found"
  | "sync_failed"
  | "send_failed"
  | "outcome_unknown";

/** Facts about one failure, safe to log: they never hold a secret, a phone number or a message text. */
export type SmsErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

// Several copies of this module can live in one process (ESM beside CJS): the registry symbol is the same in all of them.
const BRAND = Symbol.for("@mailtrixy/sms/error");

/**
 * The one error of this library. Its message says what happened, the likely cause and what to do.
 * Test for it with {@link isSmsError}, never with `instanceof`.
 */
export class SmsError extends Error {
  override readonly name = "SmsError";
  /** What went wrong, from a closed set. */
  readonly code: SmsErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Facts about this failure, safe to log. */
  readonly details: SmsErrorDetails;
  /** Marks errors of every loaded copy of this library. */
  readonly [BRAND] = true;

  constructor(
    code: SmsErrorCode,
    message: string,
    more: { readonly cause?: unknown; readonly retryable?: boolean; readonly details?: SmsErrorDetails } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.retryable = more.retryable ?? false;
    this.details = more.details ?? {};
  }
}

/** Whether a caught value is an {@link SmsError}, of whichever copy of this library. */
export function isSmsError(value: unknown): value is SmsError {
  return typeof value === "object" && value !== null && BRAND in value;
}
