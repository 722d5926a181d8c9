import * as z from "zod/mini";
import { classifyHttpAnswer } from "../../core/delivery/outcome";
import { parseRetryAfter } from "../../core/delivery/retry";
import type { CreateMessageOutcome, CreateMessageRequest, MessagesApi } from "../../ports/messages-api";
import { accountUrl, basicAuth } from "./account-request";
import { billedOf } from "./billed-segments";
import { createLogReader } from "./message-log";

/**
 * The part of Twilio's message resource that sending needs. Other fields are let through. The sid alone proves that Twilio has
 * the message, so an odd value beside it does not make the outcome unknown.
 */
const CreatedMessage = z.object({
  sid: z.string().check(z.minLength(1)),
  status: z.catch(z.string(), "accepted"),
  from: z.catch(z.nullish(z.string()), null),
  error_code: z.catch(z.nullish(z.number()), null),
  num_segments: z.catch(z.nullish(z.string()), null),
});

const ErrorBody = z.object({ code: z.number() });

/**
 * Errors that are raised before a request can have left: no name, nobody listening, no trusted TLS.
 * Source: Node docs, "Common system errors" and "X509 certificate error codes"; undici docs, `ConnectTimeoutError` (read 2026-11).
 */
const NEVER_LEFT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/**
 * System calls that come before a request. A missing route or a time-out counts only in these: on an open connection the same
 * codes come after the request, and repeating it could send twice.
 */
const BEFORE_REQUEST = new Set(["connect", "getaddrinfo"]);

/**
 * Twilio's Messages API over `fetch`.
 * It tells three outcomes apart (guarantee G4): Twilio has the message, Twilio certainly does not have it, or nobody knows.
 * Source: Twilio docs, "Message resource"; error pages 20429 and 20503 (read 2026-11).
 */
export function twilioMessagesApi(parts: {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}): MessagesApi {
  return {
    ...createLogReader(parts),
    async create(request, { signal }) {
      const { account } = request;
      const url = `${accountUrl(account)}/Messages.json`;
      if (signal.aborted) return { kind: "retry", why: "not_connected", afterMs: null };
      let response: Response;
      try {
        response = await parts.fetch(url, {
          method: "POST",
          headers: {
            accept: "application/json",
            authorization: basicAuth(account),
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": "mailtrixy-sms",
          },
          body: formOf(request).toString(),
          // A redirect would carry the credentials and the text to an address that nobody configured.
          redirect: "manual",
          signal,
        });
      } catch (cause) {
        return afterThrow(cause, signal);
      }
      return readAnswer(response, signal, parts.now());
    },
  };
}

/** A sender id may begin with MG too, but is no longer than eleven characters. */
function isMessagingService(from: string): boolean {
  return from.startsWith("MG") && from.length > 11;
}

function formOf(request: CreateMessageRequest): URLSearchParams {
  const form = new URLSearchParams({ To: request.to });
  form.set(isMessagingService(request.from) ? "MessagingServiceSid" : "From", request.from);
  if (request.body !== "") form.set("Body", request.body);
  for (const mediaUrl of request.mediaUrls) form.append("MediaUrl", mediaUrl);
  form.set("StatusCallback", request.statusCallback);
  return form;
}

async function readAnswer(
  response: Response,
  signal: AbortSignal,
  nowMs: number,
): Promise<CreateMessageOutcome> {
  let body: unknown;
  try {
    body = JSON.parse(await response.text());
  } catch {
    // Cut off, or no JSON: the status line alone decides.
    if (signal.aborted) return { kind: "unknown", why: "timeout" };
    body = null;
  }
  const error = ErrorBody.safeParse(body);
  const answer = classifyHttpAnswer({
    status: response.status,
    code: error.success ? error.data.code : null,
    retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), nowMs),
  });
  switch (answer.kind) {
    case "accepted": {
      const created = CreatedMessage.safeParse(body);
      if (!created.success) return { kind: "unknown", why: "unreadable_answer" };
      const { sid, status, from, error_code, num_segments } = created.data;
      return {
        kind: "accepted",
        sid,
        status,
        from: from ?? null,
        errorCode: error_code ?? null,
        billedSegments: billedOf(num_segments ?? ""),
      };
    }
    case "rejected":
      return { kind: "rejected", httpStatus: response.status, code: answer.code };
    case "retry":
      return { kind: "retry", why: "rate_limited", afterMs: answer.afterMs };
    case "unknown":
      return { kind: "unknown", why: answer.why };
  }
}

function afterThrow(cause: unknown, signal: AbortSignal): CreateMessageOutcome {
  if (signal.aborted) return { kind: "unknown", why: "timeout" };
  if (neverLeft(cause, MAX_CAUSES)) return { kind: "retry", why: "not_connected", afterMs: null };
  return { kind: "unknown", why: "connection_lost" };
}

/** How deep a chain of causes is followed. */
const MAX_CAUSES = 5;

/**
 * Whether an error proves that nothing was sent. `fetch` wraps the socket's error as its cause; where a name has several
 * addresses there is an aggregate of one error for each, and then all of them must prove it.
 */
function neverLeft(error: unknown, depth: number): boolean {
  if (typeof error !== "object" || error === null || depth === 0) return false;
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return error.errors.every((one) => neverLeft(one, depth - 1));
  }
  if ("code" in error && typeof error.code === "string" && NEVER_LEFT.has(error.code)) return true;
  if ("syscall" in error && typeof error.syscall === "string" && BEFORE_REQUEST.has(error.syscall))
    return true;
  return "cause" in error && neverLeft(error.cause, depth - 1);
}
