import { consentIdOf, type Consent, type ConsentEntry } from "../../core/model/consent";
import type { ConversationRecord } from "../../core/model/conversation";
import type { Draft } from "../../core/model/draft";
import type { Message } from "../../core/model/message";
import type { EntityOf, Kind } from "../../core/model/record";
import type { Task } from "../../core/model/task";
import { timestampOf } from "../../core/model/timestamp";

/** The account of the samples. */
export const SAMPLE_ACCOUNT = "AC00000000000000000000000000000001";
/** Our number in the samples. */
const OURS = "+15550000001";
const START_MS = Date.UTC(2026, 10, 23, 9);

/** The moment that many seconds after the samples begin. */
export function at(seconds: number): string {
  return timestampOf(START_MS + seconds * 1_000);
}

/** The contact with this number. */
function contactOf(number: number): string {
  return `+1666${String(number).padStart(7, "0")}`;
}

/** A complete consent record. */
export function sampleConsent(number = 1, changes: Partial<Consent> = {}): Consent {
  const contact = contactOf(number);
  const id = consentIdOf(SAMPLE_ACCOUNT, contact, null);
  return {
    id,
    accountSid: SAMPLE_ACCOUNT,
    contact,
    sender: null,
    state: "unknown",
    since: at(0),
    reason: "first_contact",
    maybeStopSince: null,
    erasedAt: null,
    ...changes,
  };
}

/** A complete conversation with everything optional set to null. */
export function sampleConversation(
  number = 1,
  changes: Partial<ConversationRecord> = {},
): ConversationRecord {
  return {
    id: `conversation-${number}`,
    accountSid: SAMPLE_ACCOUNT,
    channel: "sms",
    contact: contactOf(number),
    ours: OURS,
    status: "open",
    unreadCount: 1,
    lastMessageAt: at(number),
    preview: "Hello",
    assignee: null,
    assistantMode: null,
    attention: null,
    waitingDraftId: null,
    lastSeq: 1,
    lastInboundSeq: 1,
    lastPersonSeq: 0,
    createdAt: at(0),
    ...changes,
  };
}

/** A complete inbound message, the number of which is also its place in conversation 1. */
export function sampleMessage(number = 1, changes: Partial<Message> = {}): Message {
  const sid = `SM${String(number).padStart(32, "0")}`;
  return {
    id: sid,
    accountSid: SAMPLE_ACCOUNT,
    conversationId: "conversation-1",
    seq: number,
    direction: "inbound",
    from: contactOf(1),
    to: OURS,
    ours: OURS,
    body: `Message ${number}`,
    media: [{ url: "https://api.twilio.com/media/1", contentType: "image/jpeg" }],
    status: "received",
    delivery: {
      status: "received",
      errorCode: null,
      finals: ["received"],
      errors: [],
      rawStatuses: [],
      rawDlrDoneDate: null,
    },
    sid,
    error: null,
    segments: 1,
    encoding: "GSM-7",
    billedSegments: null,
    answersKeyword: null,
    author: { kind: "contact" },
    extra: { FromCountry: "US" },
    createdAt: at(number),
    ...changes,
  };
}

/** A complete line of the consent ledger. */
export function sampleConsentEntry(number = 1, changes: Partial<ConsentEntry> = {}): ConsentEntry {
  const consent = sampleConsent(1);
  return {
    id: `entry-${String(number).padStart(4, "0")}`,
    consentId: consent.id,
    accountSid: SAMPLE_ACCOUNT,
    contact: consent.contact,
    sender: null,
    from: "unknown",
    to: "opted-out",
    reason: "keyword_stop",
    evidence: { messageSid: sampleMessage(number).sid, text: "STOP", by: null, note: null },
    at: at(number),
    ...changes,
  };
}

/** A complete draft. */
export function sampleDraft(number = 1, changes: Partial<Draft> = {}): Draft {
  return {
    id: `draft-${String(number).padStart(4, "0")}`,
    accountSid: SAMPLE_ACCOUNT,
    conversationId: "conversation-1",
    body: "We open at nine.",
    status: "proposed",
    answersMessageId: sampleMessage(1).id,
    segments: 1,
    encoding: "GSM-7",
    decidedBy: null,
    messageId: null,
    createdAt: at(number),
    ...changes,
  };
}

/** A complete task. */
export function sampleTask(number = 1, changes: Partial<Task> = {}): Task {
  return {
    id: `dispatch:${String(number).padStart(4, "0")}`,
    purpose: "dispatch",
    class: "urgent",
    dueAtMs: START_MS + number * 1_000,
    attempts: 0,
    calling: false,
    accountSid: SAMPLE_ACCOUNT,
    conversationId: "conversation-1",
    messageId: sampleMessage(number).id,
    thenMessageIds: [],
    consentId: sampleConsent(1).id,
    createdAtMs: START_MS,
    detail: null,
    ...changes,
  };
}

const SAMPLES: { readonly [K in Kind]: (number: number) => EntityOf[K] } = {
  consent: sampleConsent,
  conversation: sampleConversation,
  message: sampleMessage,
  consentEntry: sampleConsentEntry,
  draft: sampleDraft,
  task: sampleTask,
};

const CHANGED_SAMPLES: { readonly [K in Kind]: (number: number, step: number) => EntityOf[K] } = {
  consent: (number, step) => sampleConsent(number, { since: at(step) }),
  conversation: (number, step) =>
    sampleConversation(number, { preview: `Preview ${step}`, unreadCount: step }),
  message: (number, step) => sampleMessage(number, { body: `Text ${step}`, segments: step }),
  consentEntry: (number, step) => sampleConsentEntry(number, { reason: "operator_opt_out", at: at(step) }),
  draft: (number, step) => sampleDraft(number, { body: `Draft ${step}`, segments: step }),
  task: (number, step) => sampleTask(number, { attempts: step }),
};

/** A complete record of any kind. No two numbers share an id or a unique value. */
export function sampleRecord<K extends Kind>(kind: K, number = 1): EntityOf[K] {
  return SAMPLES[kind](number);
}

/** The record of that number after it changed for the `step`th time: the same id and unique values, other fields. */
export function changedRecord<K extends Kind>(kind: K, number: number, step: number): EntityOf[K] {
  return CHANGED_SAMPLES[kind](number, step);
}
