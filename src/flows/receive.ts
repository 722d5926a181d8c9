import { consentGate } from "../core/decide/consent-gate";
import type { ConsentIds } from "../core/decide/consent-gate";
import { unchanged } from "../core/decide/decision";
import { decideStatus, messageOfStatus, tellsOptOut } from "../core/decide/status";
import { consentIdOf, consentSenderOf } from "../core/model/consent";
import { isSmsError, SmsError } from "../core/model/errors";
import { parseWebhook } from "../core/webhook/payload";
import type { StatusPayload } from "../core/webhook/payload";
import { emptyTwiml, TWIML_CONTENT_TYPE } from "../core/webhook/twiml";
import type { Logger, Runtime } from "../ports/runtime";
import { createAdmission } from "./admission";
import { keysOf } from "./keys-of";
import { REFUSALS, refusalError } from "./refusal";
import type { Refusal } from "./refusal";
import type { Settings } from "./settings";
import { messageIdIn } from "./status-callback";
import { storeInbound } from "./store-inbound";
import type { Transact } from "./transact";
import { createVerifier } from "./verify";
import type { VerifiedWebhook } from "./verify";
import { textAnswer } from "./webhook-request";
import type { WebhookAnswer, WebhookRequest } from "./webhook-request";

/** What receiving needs. */
export interface ReceiveParts {
  readonly settings: Settings;
  readonly transact: Transact;
  readonly runtime: Runtime;
  /** Hears of requests that were refused and of failures, with nothing personal in them. */
  readonly onError: (error: SmsError) => void;
  /** Hears of what is no failure, such as a token rotation. */
  readonly logger?: Pick<Logger, "info"> | undefined;
}

type Verify = (request: WebhookRequest) => Promise<VerifiedWebhook | Refusal>;

/**
 * Takes a webhook: verify, understand, commit, answer. Never rejects.
 * The answer is 2xx only after the commit (guarantee G1): Twilio will not send an acknowledged message again.
 * What comes faster than it can be stored is refused early and unread, so that memory stays bounded and Twilio repeats it.
 */
export function createReceiver(parts: ReceiveParts): (request: WebhookRequest) => Promise<WebhookAnswer> {
  const verify = createVerifier(parts);
  const admit = createAdmission(parts);
  return (request) => admit(() => receiveSafely(request));

  async function receiveSafely(request: WebhookRequest): Promise<WebhookAnswer> {
    try {
      return await receive(parts, verify, request);
    } catch (cause) {
      const error = isSmsError(cause)
        ? cause
        : new SmsError(
            "task_failed",
            "Receiving a webhook failed unexpectedly; Twilio is told to try again.",
            {
              cause,
              retryable: true,
            },
          );
      parts.onError(error);
      return textAnswer(error.retryable ? 503 : 500, "Not stored, try again.");
    }
  }
}

async function receive(parts: ReceiveParts, verify: Verify, request: WebhookRequest): Promise<WebhookAnswer> {
  const verified = await verify(request);
  if ("http" in verified) {
    parts.onError(refusalError(verified));
    return textAnswer(verified.http, REFUSALS[verified.http]);
  }
  const event = parseWebhook(verified.params);
  switch (event.kind) {
    case "message":
      await storeInbound(parts, { payload: event, account: verified.account, logged: null });
      return { status: 200, headers: { "content-type": TWIML_CONTENT_TYPE }, body: emptyTwiml() };
    case "status":
      await mergeReport(parts, event, messageIdIn(request.url));
      return { status: 200, headers: { "content-type": TWIML_CONTENT_TYPE }, body: emptyTwiml() };
    case "unrecognised":
      parts.onError(
        new SmsError(
          "webhook_rejected",
          `A signed webhook is neither a message nor a status: ${event.missing.join(", ")} missing or unusable. ` +
            "Usually a voice or another Twilio product's webhook points at this URL.",
          { details: { reason: event.reason, fields: event.missing } },
        ),
      );
      return textAnswer(400, "Neither a message nor a message status.");
  }
}

async function mergeReport(
  parts: ReceiveParts,
  payload: StatusPayload,
  messageId: string | null,
): Promise<void> {
  const newEntryId = parts.runtime.newId();
  const { optOutErrors, scope: consentScope, idsOf } = parts.settings.consent;
  const messageKeys = [
    { kind: "message", sid: payload.messageSid },
    // A callback that was not asked for by us names no id of ours; its sid can be no id either, so it finds nothing.
    { kind: "message", id: messageId ?? payload.messageSid },
  ] as const;
  const ids = tellsOptOut(payload, optOutErrors) ? await consentIdsOfReport() : null;
  const { answer: outcome } = await parts.transact({
    keys: [...messageKeys, ...keysOf("consent", ids ?? [])],
    decide: ([bySid, byId, ...consents], { nowMs }) =>
      decideStatus(
        { bySid, byId, consent: ids === null ? null : consentGate(ids, consents) },
        { payload, optOutErrors, consentScope, newEntryId, nowMs },
      ),
  });
  if (outcome.kind === "unknown-message") {
    parts.onError(
      new SmsError(
        "message_not_found",
        "A status callback is about a message that is not in this storage, so nothing was changed. " +
          "Usually something else sends through the same account, or the storage was emptied.",
        { details: { messageSid: payload.messageSid } },
      ),
    );
  }

  /** The message says whose consent it is, and for which sender. */
  async function consentIdsOfReport(): Promise<ConsentIds | null> {
    const { answer: message } = await parts.transact({
      keys: messageKeys,
      decide: ([bySid, byId]) => unchanged(messageOfStatus({ bySid, byId }, payload)),
    });
    if (message === null) return null;
    const { accountSid, to, ours } = message.value;
    return idsOf(consentIdOf(accountSid, to, consentSenderOf(consentScope, ours)));
  }
}
