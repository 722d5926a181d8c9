import { classifyReply } from "../core/consent/classify-reply";
import { consentGate } from "../core/decide/consent-gate";
import type { ConsentIds } from "../core/decide/consent-gate";
import { unchanged } from "../core/decide/decision";
import { decideInbound } from "../core/decide/inbound";
import { decideStatus, messageOfStatus, tellsOptOut } from "../core/decide/status";
import type { Pair } from "../core/decide/thread";
import { isTollFree, parseAddress } from "../core/model/address";
import { consentIdOf, consentSenderOf } from "../core/model/consent";
import { isSmsError, SmsError } from "../core/model/errors";
import { parseWebhook } from "../core/webhook/payload";
import type { InboundPayload, StatusPayload } from "../core/webhook/payload";
import { emptyTwiml, TWIML_CONTENT_TYPE } from "../core/webhook/twiml";
import type { Logger, Runtime } from "../ports/runtime";
import { keysOf } from "./keys-of";
import { REFUSALS, refusalError } from "./refusal";
import type { Refusal } from "./refusal";
import type { Account, Settings } from "./settings";
import { messageIdIn } from "./status-callback";
import type { Transact } from "./transact";
import { createVerifier } from "./verify";
import type { VerifiedWebhook } from "./verify";
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
 */
export function createReceiver(parts: ReceiveParts): (request: WebhookRequest) => Promise<WebhookAnswer> {
  const verify = createVerifier(parts);
  return async (request) => {
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
      return answer(error.retryable ? 503 : 500, "Not stored, try again.");
    }
  };
}

async function receive(parts: ReceiveParts, verify: Verify, request: WebhookRequest): Promise<WebhookAnswer> {
  const verified = await verify(request);
  if ("http" in verified) {
    parts.onError(refusalError(verified));
    return answer(verified.http, REFUSALS[verified.http]);
  }
  const event = parseWebhook(verified.params);
  switch (event.kind) {
    case "message":
      await storeMessage(parts, event, verified.account);
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
      return answer(400, "Neither a message nor a message status.");
  }
}

async function storeMessage(parts: ReceiveParts, payload: InboundPayload, account: Account): Promise<void> {
  const { runtime, settings } = parts;
  const pair = pairOf(payload, account);
  const { accountSid, ours, contact } = pair;
  const consentSender = consentSenderOf(settings.consent.scope, ours);
  const event = {
    payload,
    pair,
    reply: classifyReply(payload.body, {
      ...settings.consent.reading,
      tollFree: isTollFree(payload.to),
      country: payload.extra["FromCountry"] ?? "",
    }),
    instanceMode: settings.instanceMode,
    consentSender,
    maybeStop: settings.consent.maybeStop,
    keywordAnswers: settings.consent.keywordAnswers,
    newConversationId: runtime.newId(),
    newEntryId: runtime.newId(),
    newMessageId: runtime.newId(),
  };
  const ids = await settings.consent.idsOf(consentIdOf(accountSid, contact, consentSender));
  await parts.transact({
    lane: `${accountSid}|${ours}|${contact}`,
    keys: [
      { kind: "message", id: payload.messageSid },
      { kind: "conversation", pair: [accountSid, ours, contact] },
      ...keysOf("consent", ids),
    ],
    moreKeys: ([, conversation]) => {
      const waiting = conversation?.value.waitingDraftId ?? null;
      return waiting === null ? [] : ([{ kind: "draft", id: waiting }] as const);
    },
    decide: ([message, conversation, ...consents], moment, [draft]) => {
      const consent = consentGate(ids, consents);
      return decideInbound({ message, conversation, consent, draft: draft ?? null }, event, moment);
    },
  });
}

/** The thread of a message. The senders of the Messaging Service that we send through share one thread. */
function pairOf(payload: InboundPayload, account: Account): Pair {
  const service = payload.messagingServiceSid;
  return {
    accountSid: account.accountSid,
    ours: service !== null && service === account.sender ? service : payload.to,
    contact: payload.from,
    channel: (parseAddress(payload.from) ?? parseAddress(payload.to))?.channel ?? "sms",
  };
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

function answer(status: number, body: string): WebhookAnswer {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status, headers: status === 405 ? { ...headers, allow: "POST, GET" } : headers, body };
}
