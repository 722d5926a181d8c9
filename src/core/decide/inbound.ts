import type { ReplyClass } from "../consent/classify-reply";
import { consentSignalOf, mayReceive } from "../consent/machine";
import { deliveryState } from "../delivery/status";
import type { Consent } from "../model/consent";
import { modeInForce, viewConversation } from "../model/conversation";
import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { Draft } from "../model/draft";
import type { Message } from "../model/message";
import type { Versioned } from "../model/record";
import type { Task } from "../model/task";
import { timestampOf } from "../model/timestamp";
import type { InboundPayload } from "../webhook/payload";
import { measureText } from "../text/segments";
import { changeConsent } from "./consent-change";
import type { ConsentResult } from "./consent-change";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import { overtakenDraft } from "./draft";
import { joinThread, putConversation } from "./thread";
import type { Pair } from "./thread";

/** What an inbound message concerns. */
export interface InboundRecords {
  readonly message: Versioned<Message> | null;
  readonly conversation: Versioned<ConversationRecord> | null;
  readonly consent: Versioned<Consent> | null;
  /** The draft that waits in the conversation, if there is one. */
  readonly draft: Versioned<Draft> | null;
}

/** An inbound message with what was found out about it. */
export interface InboundEvent {
  readonly payload: InboundPayload;
  readonly pair: Pair;
  readonly reply: ReplyClass;
  readonly instanceMode: InstanceMode;
  readonly newConversationId: string;
  readonly newEntryId: string;
}

/** Whether the message is new, or one that Twilio delivered before. */
export type InboundAnswer =
  { readonly kind: "stored"; readonly message: Message } | { readonly kind: "duplicate" };

/**
 * Stores an inbound message, its thread and its consent change together.
 * The message's id is its MessageSid, so a second delivery finds the first one, and two at once collide (guarantee G2).
 */
export function decideInbound(
  records: InboundRecords,
  event: InboundEvent,
  moment: Moment,
): Decision<InboundAnswer> {
  if (records.message !== null) return unchanged({ kind: "duplicate" });
  const consent = consentAfter(records, event, moment);
  const wantsPerson = event.reply.intent === "maybe-stop";
  const joined = joinThread({
    record: records.conversation,
    pair: event.pair,
    newId: event.newConversationId,
    author: "contact",
    body: event.payload.body,
    mediaCount: event.payload.media.length,
    nowMs: moment.nowMs,
  });
  const overtaken = overtakenDraft(records.draft);
  const conversation: ConversationRecord = {
    ...joined,
    attention: wantsPerson ? "maybe-stop" : joined.attention,
    waitingDraftId: null,
  };
  const message = inboundMessage(event, conversation, moment);
  const thread = putConversation(records.conversation, conversation, event.instanceMode);
  const task = assistTask(event, { conversation, message, consent: consent.consent, moment });
  return {
    writes: [
      ...consent.writes,
      thread.write,
      { kind: "message", put: message, expect: "absent" },
      ...overtaken.writes,
      ...(task === null ? [] : [{ kind: "task", put: task, expect: "absent" } as const]),
    ],
    events: [
      thread.event,
      {
        name: "message.received",
        data: { message, conversation: viewConversation(conversation, event.instanceMode) },
      },
      ...consent.events,
      ...overtaken.events,
    ],
    answer: { kind: "stored", message },
  };
}

function consentAfter(records: InboundRecords, event: InboundEvent, moment: Moment): ConsentResult {
  const { payload, reply } = event;
  return changeConsent({
    record: records.consent,
    accountSid: event.pair.accountSid,
    contact: event.pair.contact,
    signal: consentSignalOf({ intent: reply.intent, optOutType: payload.optOutType }) ?? {
      kind: "first-contact",
    },
    evidence: { messageSid: payload.messageSid, text: payload.body, by: null, note: null },
    entryId: event.newEntryId,
    nowMs: moment.nowMs,
  });
}

function inboundMessage(event: InboundEvent, conversation: ConversationRecord, moment: Moment): Message {
  const { payload } = event;
  const delivery = deliveryState("received");
  return {
    id: payload.messageSid,
    accountSid: conversation.accountSid,
    conversationId: conversation.id,
    seq: conversation.lastSeq,
    direction: "inbound",
    from: payload.from,
    to: payload.to,
    body: payload.body,
    media: payload.media,
    status: delivery.status,
    delivery,
    sid: payload.messageSid,
    error: null,
    segments: payload.segments,
    encoding: measureText(payload.body).encoding,
    author: { kind: "contact" },
    extra: payload.extra,
    createdAt: timestampOf(moment.nowMs),
  };
}

/** Work for the assistant, unless the message is a keyword, asks for silence, or its sender may not be texted. */
function assistTask(
  event: InboundEvent,
  made: {
    readonly conversation: ConversationRecord;
    readonly message: Message;
    readonly consent: Consent;
    readonly moment: Moment;
  },
): Task | null {
  const { conversation, message, consent, moment } = made;
  const mode = modeInForce(conversation.assistantMode, event.instanceMode);
  if (mode === "off" || event.reply.intent !== "none" || event.payload.optOutType !== null) return null;
  if (!mayReceive(consent.state)) return null;
  return {
    id: `assist:${message.id}`,
    purpose: "assist",
    class: "urgent",
    dueAtMs: moment.bornDueAtMs,
    attempts: 0,
    calling: false,
    accountSid: message.accountSid,
    conversationId: conversation.id,
    messageId: message.id,
    consentId: consent.id,
    createdAtMs: moment.nowMs,
  };
}
