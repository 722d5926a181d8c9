/** What came back over HTTP when a message was handed over. */
export interface HttpAnswer {
  /** The HTTP status code. */
  readonly status: number;
  /** Twilio's error code from the body; `null` where there was none. */
  readonly code: number | null;
  /** From the Retry-After header, in milliseconds; `null` where there was none. */
  readonly retryAfterMs: number | null;
}

/**
 * What an answer means for the message (guarantee G4).
 * - `accepted`: Twilio has it.
 * - `rejected`: Twilio read the request and refused it; repeating it unchanged is pointless.
 * - `retry`: Twilio certainly did not process the request; it may be repeated. `afterMs` is what Twilio asked for.
 * - `unknown`: the request may have been processed. It must never be repeated blindly.
 */
export type HttpOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected"; readonly code: number | null }
  | { readonly kind: "retry"; readonly afterMs: number | null; readonly why: "rate_limited" }
  | { readonly kind: "unknown"; readonly why: "timeout" | "server_error" | "unreadable_answer" };

const TOO_MANY_REQUESTS = 20429;

/** Client-error codes by which a server or something in between says that it stopped waiting or reading. */
const GAVE_UP_WAITING: ReadonlySet<number> = /* @__PURE__ */ new Set([408, 460, 499]);
const TOO_EARLY = 425;

/**
 * Classifies the answer to a request that creates a message. Total: any number is answered, the odd ones as `unknown`.
 *
 * A request refused for too many requests was never processed, so it may always be repeated. A request that was
 * answered 5xx, or that a proxy gave up on, may have made a message; Twilio has no idempotency key for messages, so
 * only a look-up or a status callback can tell. A redirect is not followed and proves nothing.
 * Source: Twilio docs, "Error 20429", "Error 20500", "Error 20503" and "Message resource" (read 2026-11).
 */
export function classifyHttpAnswer(answer: HttpAnswer): HttpOutcome {
  const { status, code, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return { kind: "accepted" };
  if (status >= 500 && status < 600) return { kind: "unknown", why: "server_error" };
  if (!(status >= 400 && status < 500) || status === TOO_EARLY) {
    return { kind: "unknown", why: "unreadable_answer" };
  }
  if (GAVE_UP_WAITING.has(status)) return { kind: "unknown", why: "timeout" };
  if (status === 429 || code === TOO_MANY_REQUESTS) {
    return { kind: "retry", afterMs: usableWait(retryAfterMs), why: "rate_limited" };
  }
  return { kind: "rejected", code };
}

function usableWait(retryAfterMs: number | null): number | null {
  return retryAfterMs !== null && Number.isFinite(retryAfterMs) && retryAfterMs >= 0 ? retryAfterMs : null;
}
