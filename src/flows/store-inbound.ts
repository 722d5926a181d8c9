import { classifyReply } from "../core/consent/classify-reply";
import { consentGate } from "../core/decide/consent-gate";
import { decideInbound } from "../core/decide/inbound";
import type { InboundAnswer, InboundEvent } from "../core/decide/inbound";
import { decideLoggedInbound } from "../core/decide/logged-message";
import type { LogClaim, LoggedAnswer } from "../core/decide/logged-message";
import type { Pair } from "../core/decide/thread";
import { isTollFree, parseAddress } from "../core/model/address";
import { consentIdOf, consentSenderOf } from "../core/model/consent";
import type { Draft } from "../core/model/draft";
import type { Key, Versioned } from "../core/model/record";
import type { Task } from "../core/model/task";
import type { InboundPayload } from "../core/webhook/payload";
import type { Runtime } from "../ports/runtime";
import { keysOf } from "./keys-of";
import type { Account, Settings } from "./settings";
import type { Transact } from "./transact";

/** What storing needs. */
export interface StoreParts {
  readonly settings: Settings;
  readonly transact: Transact;
  readonly runtime: Runtime;
}

/** A message that somebody sent to us, as Twilio told it. */
export interface ReceivedMessage {
  readonly payload: InboundPayload;
  readonly account: Account;
  /** When it was said, and for which reading of Twilio's log it is stored; null for one that a webhook brings. */
  readonly logged: LogClaim | null;
}

/** What became of a message: stored, there already, or, for one out of the log, left out. */
export type StoreAnswer = InboundAnswer | LoggedAnswer;

/** Stores an inbound message with all that it brings about. The one way in, for webhooks and for Twilio's log. */
export async function storeInbound(parts: StoreParts, received: ReceivedMessage): Promise<StoreAnswer> {
  const { settings, transact } = parts;
  const { payload, logged } = received;
  const pair = pairOf(payload, received.account);
  const { accountSid, ours, contact } = pair;
  const event = eventOf(parts, received, pair);
  const ids = await settings.consent.idsOf(consentIdOf(accountSid, contact, event.consentSender));
  const { answer } = await transact({
    lane: `${accountSid}|${ours}|${contact}`,
    keys: [
      { kind: "message", id: payload.messageSid },
      { kind: "conversation", pair: [accountSid, ours, contact] },
      ...keysOf("consent", ids),
    ],
    moreKeys: ([, conversation]): readonly (Key & { readonly kind: "draft" | "task" })[] => {
      const waiting = conversation?.value.waitingDraftId ?? null;
      return [
        ...(waiting === null ? [] : keysOf("draft", [waiting])),
        ...(logged === null ? [] : keysOf("task", [logged.taskId])),
      ];
    },
    decide: ([message, conversation, ...consents], moment, more) => {
      const draft = more.find(isDraft) ?? null;
      const records = { message, conversation, consent: consentGate(ids, consents), draft };
      if (logged === null) return decideInbound(records, event, moment);
      return decideLoggedInbound({ ...records, task: more.find(isTask) ?? null }, { event, logged }, moment);
    },
  });
  return answer;
}

function eventOf({ settings, runtime }: StoreParts, received: ReceivedMessage, pair: Pair): InboundEvent {
  const { payload, logged } = received;
  const { assistWithinMs } = settings.sync;
  return {
    payload,
    pair,
    reply: classifyReply(payload.body, {
      ...settings.consent.reading,
      tollFree: isTollFree(payload.to),
      country: payload.extra["FromCountry"] ?? "",
    }),
    instanceMode: settings.instanceMode,
    consentSender: consentSenderOf(settings.consent.scope, pair.ours),
    maybeStop: settings.consent.maybeStop,
    keywordAnswers: settings.consent.keywordAnswers,
    logged: logged === null ? null : { saidAtMs: logged.saidAtMs, assistWithinMs },
    newConversationId: runtime.newId(),
    newEntryId: runtime.newId(),
    newMessageId: runtime.newId(),
  };
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

type Found = Versioned<Draft | Task> | null;

function isDraft(record: Found): record is Versioned<Draft> {
  return record !== null && "answersMessageId" in record.value;
}

function isTask(record: Found): record is Versioned<Task> {
  return record !== null && "purpose" in record.value;
}
