import { mayReceive } from "../consent/machine";
import { deliveryState } from "../delivery/status";
import type { Consent } from "../model/consent";
import { consentIdOf } from "../model/consent";
import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { SmsEvent } from "../model/events";
import type { Author, Media, Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { SendOutcome } from "../model/send-outcome";
import type { Task, TaskClass } from "../model/task";
import { timestampOf } from "../model/timestamp";
import type { Encoding } from "../text/segments";
import { changeConsent, NO_EVIDENCE } from "./consent-change";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import { joinThread, putConversation } from "./thread";
import type { Pair } from "./thread";

/** What a send concerns. */
export interface OutboundRecords {
  /** The message of this id, where the caller repeats itself. */
  readonly message: Versioned<Message> | null;
  readonly conversation: Versioned<ConversationRecord> | null;
  readonly consent: Versioned<Consent> | null;
}

/** A text to send, checked and measured. */
export interface OutboundText {
  readonly messageId: string;
  readonly pair: Pair;
  readonly body: string;
  readonly media: readonly Media[];
  readonly segments: number;
  readonly encoding: Encoding;
  readonly author: Author;
  readonly taskClass: TaskClass;
  readonly instanceMode: InstanceMode;
  readonly newConversationId: string;
  readonly newEntryId: string;
  /** What else changes in the conversation, in the same commit. */
  readonly threadChange?: Partial<Pick<ConversationRecord, "attention" | "waitingDraftId">>;
}

/**
 * Stores a message to send with the task that will hand it to Twilio, if the contact may be texted.
 * This first look at the gate gives a fast answer; the one that counts is in the claim ({@link decideClaim}).
 */
export function decideOutbound(
  records: OutboundRecords,
  text: OutboundText,
  moment: Moment,
): Decision<SendOutcome> {
  if (records.message !== null) return unchanged({ kind: "duplicate", message: records.message.value });
  const { contact } = text.pair;
  if (records.consent !== null && !mayReceive(records.consent.value.state)) {
    return {
      writes: [],
      events: [{ name: "send.blocked", data: { contact, reason: "opted_out", message: null } }],
      answer: { kind: "blocked", reason: "opted_out", message: null },
    };
  }
  const conversation: ConversationRecord = {
    ...joinThread({
      record: records.conversation,
      pair: text.pair,
      newId: text.newConversationId,
      author: text.author.kind,
      body: text.body,
      mediaCount: text.media.length,
      nowMs: moment.nowMs,
    }),
    ...text.threadChange,
  };
  const message = outboundMessage(text, conversation, moment);
  const thread = putConversation(records.conversation, conversation, text.instanceMode);
  const events: readonly SmsEvent[] = [
    thread.event,
    { name: "message.status", data: { message, previous: null } },
  ];
  const writes: readonly Write[] = [
    ...firstContact(records.consent, text, moment),
    thread.write,
    { kind: "message", put: message, expect: "absent" },
    { kind: "task", put: dispatchTask(text, message, moment), expect: "absent" },
  ];
  return { writes, events, answer: { kind: "queued", message } };
}

function dispatchTask(text: OutboundText, message: Message, moment: Moment): Task {
  return {
    id: dispatchTaskId(message.id),
    purpose: "dispatch",
    class: text.taskClass,
    dueAtMs: moment.bornDueAtMs,
    attempts: 0,
    calling: false,
    accountSid: message.accountSid,
    conversationId: message.conversationId,
    messageId: message.id,
    consentId: consentIdOf(message.accountSid, message.to),
    createdAtMs: moment.nowMs,
  };
}

/** The id of the task that hands a message over: one per message. */
export function dispatchTaskId(messageId: string): string {
  return `dispatch:${messageId}`;
}

/**
 * The send rests on the consent it read. Where there is a record, it is checked, so that a STOP at the same moment wins;
 * where there is none, one is created for a STOP to collide with.
 */
function firstContact(
  record: Versioned<Consent> | null,
  text: OutboundText,
  moment: Moment,
): readonly Write[] {
  if (record !== null) return [{ kind: "consent", check: record.value.id, expect: record.version }];
  return changeConsent({
    record: null,
    accountSid: text.pair.accountSid,
    contact: text.pair.contact,
    signal: { kind: "first-contact" },
    evidence: NO_EVIDENCE,
    entryId: text.newEntryId,
    nowMs: moment.nowMs,
  }).writes;
}

function outboundMessage(text: OutboundText, conversation: ConversationRecord, moment: Moment): Message {
  const delivery = deliveryState("pending");
  return {
    id: text.messageId,
    accountSid: conversation.accountSid,
    conversationId: conversation.id,
    seq: conversation.lastSeq,
    direction: "outbound",
    from: text.pair.ours,
    to: text.pair.contact,
    body: text.body,
    media: text.media,
    status: delivery.status,
    delivery,
    sid: null,
    error: null,
    segments: text.segments,
    encoding: text.encoding,
    author: text.author,
    extra: {},
    createdAt: timestampOf(moment.nowMs),
  };
}
