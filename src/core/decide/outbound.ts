import { mayReceive } from "../consent/machine";
import { deliveryState } from "../delivery/status";
import { consentIdOf } from "../model/consent";
import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { SmsEvent } from "../model/events";
import type { Author, Media, Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { BlockedReason, SendOutcome } from "../model/send-outcome";
import type { Task, TaskClass } from "../model/task";
import { timestampOf } from "../model/timestamp";
import type { Encoding } from "../text/segments";
import { changeConsent, NO_EVIDENCE } from "./consent-change";
import { recordsOfGate, restingOn } from "./consent-gate";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import { joinThread, putConversation } from "./thread";
import type { Pair } from "./thread";

/** What a send concerns. */
export interface OutboundRecords {
  /** The message of this id, where the caller repeats itself. */
  readonly message: Versioned<Message> | null;
  readonly conversation: Versioned<ConversationRecord> | null;
  readonly consent: ConsentGate;
}

/** One message of a text, checked and measured. */
export interface OutboundPart {
  readonly messageId: string;
  readonly body: string;
  readonly media: readonly Media[];
  readonly segments: number;
  readonly encoding: Encoding;
}

/** A text to send. */
export interface OutboundText {
  readonly pair: Pair;
  /** The sender that the consent record is about; null for the whole account. */
  readonly consentSender: string | null;
  /** The messages that it makes, in order; usually one. */
  readonly parts: readonly [OutboundPart, ...OutboundPart[]];
  readonly author: Author;
  readonly taskClass: TaskClass;
  /** Marketing is held while it is undecided whether the contact wants to stop. */
  readonly isMarketing: boolean;
  readonly instanceMode: InstanceMode;
  readonly newConversationId: string;
  readonly newEntryId: string;
  /** What else changes in the conversation, in the same commit. */
  readonly threadChange?: Partial<Pick<ConversationRecord, "attention" | "waitingDraftId">>;
}

/**
 * Stores a text to send with the task that will hand it to Twilio, if the contact may be texted.
 * This first look at the gate gives a fast answer; the one that counts is in the claim ({@link decideClaim}).
 */
export function decideOutbound(
  records: OutboundRecords,
  text: OutboundText,
  moment: Moment,
): Decision<SendOutcome> {
  if (records.message !== null) return unchanged({ kind: "duplicate", message: records.message.value });
  const reason = gateOf(records.consent, text);
  if (reason !== null) return refused(reason, text);
  const [first, ...rest] = text.parts;
  const { thread: opened, message } = addPart(records.conversation, first, { text, moment });
  const messages = [message];
  let thread = opened;
  for (const part of rest) {
    const joined = addPart({ version: 0, value: thread }, part, { text, moment });
    messages.push(joined.message);
    thread = joined.thread;
  }
  const put = putConversation(records.conversation, { ...thread, ...text.threadChange }, text.instanceMode);
  const task = dispatchTask(messages, text, moment);
  return {
    writes: [
      ...firstContact(records.consent, text, moment),
      put.write,
      ...messages.map((made): Write => ({ kind: "message", put: made, expect: "absent" })),
      { kind: "task", put: task, expect: "absent" },
    ],
    events: [put.event, ...messages.map(createdEvent)],
    answer: { kind: "queued", message, parts: messages },
  };
}

/** The event for a message that has just been made. */
export function createdEvent(message: Message): SmsEvent {
  return { name: "message.status", data: { message, previous: null } };
}

function gateOf({ record }: ConsentGate, text: OutboundText): BlockedReason | null {
  if (record === null) return null;
  if (!mayReceive(record.value.state)) return "opted_out";
  return text.isMarketing && record.value.maybeStopSince !== null ? "maybe_opted_out" : null;
}

function refused(reason: BlockedReason, text: OutboundText): Decision<SendOutcome> {
  return {
    writes: [],
    events: [{ name: "send.blocked", data: { contact: text.pair.contact, reason, message: null } }],
    answer: { kind: "blocked", reason, message: null },
  };
}

function addPart(
  record: Versioned<ConversationRecord> | null,
  part: OutboundPart,
  made: { readonly text: OutboundText; readonly moment: Moment },
): { readonly thread: ConversationRecord; readonly message: Message } {
  const { text, moment } = made;
  const thread = joinThread({
    record,
    pair: text.pair,
    newId: text.newConversationId,
    author: text.author.kind,
    body: part.body,
    mediaCount: part.media.length,
    nowMs: moment.nowMs,
  });
  const from = text.pair.ours;
  return { thread, message: outboundMessage({ thread, part, from, author: text.author, moment }) };
}

/** A message to send, at the end of its thread. */
export function outboundMessage(made: {
  readonly thread: ConversationRecord;
  readonly part: OutboundPart;
  readonly from: string;
  readonly author: Author;
  readonly moment: Moment;
}): Message {
  const { thread, part, moment } = made;
  const delivery = deliveryState("pending");
  return {
    id: part.messageId,
    accountSid: thread.accountSid,
    conversationId: thread.id,
    seq: thread.lastSeq,
    direction: "outbound",
    from: made.from,
    to: thread.contact,
    ours: thread.ours,
    body: part.body,
    media: part.media,
    status: delivery.status,
    delivery,
    sid: null,
    error: null,
    segments: part.segments,
    encoding: part.encoding,
    billedSegments: null,
    answersKeyword: null,
    author: made.author,
    extra: {},
    createdAt: timestampOf(moment.nowMs),
  };
}

/** The task that hands messages over, one after the other. */
export function dispatchTask(
  messages: readonly Message[],
  about: { readonly consentSender: string | null; readonly taskClass: TaskClass },
  moment: Moment,
): Task {
  const [first, ...rest] = messages;
  if (first === undefined) throw new TypeError("There is no message to hand over.");
  return {
    id: dispatchTaskId(first.id),
    purpose: "dispatch",
    class: about.taskClass,
    dueAtMs: moment.bornDueAtMs,
    attempts: 0,
    calling: false,
    accountSid: first.accountSid,
    conversationId: first.conversationId,
    messageId: first.id,
    thenMessageIds: rest.map(({ id }) => id),
    consentId: consentIdOf(first.accountSid, first.to, about.consentSender),
    createdAtMs: moment.nowMs,
    detail: null,
  };
}

/** The id of the task that hands a message over: one per text. */
export function dispatchTaskId(messageId: string): string {
  return `dispatch:${messageId}`;
}

/**
 * The send rests on the consent it read. Where there is a record, it is checked, so that a STOP at the same moment wins;
 * where there is none, one is created for a STOP to collide with.
 */
function firstContact(gate: ConsentGate, text: OutboundText, moment: Moment): readonly Write[] {
  if (gate.record !== null) return restingOn(recordsOfGate(gate));
  return changeConsent({
    gate,
    accountSid: text.pair.accountSid,
    contact: text.pair.contact,
    sender: text.consentSender,
    signal: { kind: "first-contact" },
    evidence: NO_EVIDENCE,
    entryId: text.newEntryId,
    nowMs: moment.nowMs,
  }).writes;
}
