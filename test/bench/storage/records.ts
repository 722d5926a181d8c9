import { deliveryState } from "../../../src/core/delivery/status";
import type { Consent, ConsentEntry } from "../../../src/core/model/consent";
import { consentIdOf, personOf } from "../../../src/core/model/consent";
import { previewOf, type ConversationRecord } from "../../../src/core/model/conversation";
import type { Draft } from "../../../src/core/model/draft";
import type { Message } from "../../../src/core/model/message";
import type { Task } from "../../../src/core/model/task";
import { timestampOf } from "../../../src/core/model/timestamp";
import { countSegments } from "../../../src/core/text/segments";
import { chanceOf } from "./chance";
import { SOUGHT } from "./vocabulary";
import { ACCOUNTS, type Workload } from "./workload";

// The records of a workload, each made by itself from its number. Shares are those of a busy inbox: see `docs/scale.md`.

/** The last message of every workload is from then; a webhook of today comes after it. */
export const END_MS = Date.UTC(2025, 5, 30, 18);
const BETWEEN_MESSAGES_MS = 30_000;
const RARE_TIMES = 20;
/** Who looks after conversations. */
export const ASSIGNEES = ["ana", "ben", "chen", "dilek", "emma", "faruk", "grace", "hugo"] as const;

/** The ends of a conversation, which many records repeat. */
export interface Ends {
  readonly id: string;
  readonly accountSid: string;
  readonly channel: "sms" | "whatsapp";
  readonly contact: string;
  readonly ours: string;
}

/** Who writes with whom: 4 % over WhatsApp. Numbers are spread like those of real people, and each is there once. */
export function endsOf({ seed }: Pick<Workload, "seed">, conversation: number): Ends {
  const chance = chanceOf(seed, "conversation", conversation);
  const id = chance.hex(32);
  const part = chance.share();
  const accountSid = ACCOUNTS[part < 0.6 ? 0 : part < 0.9 ? 1 : 2];
  const isWhatsApp = chance.share() < 0.04;
  const contact = `+1${2_000_000_000 + ((conversation * 1_000_003) % 7_999_999_999)}`;
  const ours = `+1500555${String(6 + chance.below(4)).padStart(4, "0")}`;
  const [channel, prefix] = isWhatsApp ? (["whatsapp", "whatsapp:"] as const) : (["sms", ""] as const);
  return { id, accountSid, channel, contact: prefix + contact, ours: prefix + ours };
}

/** A conversation as it is after its last message: 45 % open, of all 5 % unread, 1 % for a person to look at, 30 % assigned. */
export function conversationOf(workload: Workload, conversation: number): ConversationRecord {
  const { lengths, first, last, seed } = workload;
  const ends = endsOf(workload, conversation);
  const chance = chanceOf(seed, "sample", conversation);
  const [open, unread, attention, assigned] = [0, 0, 0, 0].map(() => chance.share());
  const lastSeq = lengths[conversation] ?? 0;
  const at = last[conversation] ?? 0;
  const isUnread = (unread ?? 1) < 0.05;
  const needsAttention = (attention ?? 1) < 0.01;
  return {
    ...ends,
    status: (open ?? 1) < 0.45 || isUnread || needsAttention ? "open" : "closed",
    unreadCount: isUnread ? 1 + chance.below(3) : 0,
    lastMessageAt: momentOf(workload, at),
    preview: previewOf(bodyOf(workload, at), 0),
    assignee: (assigned ?? 1) < 0.3 ? (ASSIGNEES[chance.below(ASSIGNEES.length)] ?? null) : null,
    assistantMode: null,
    attention: needsAttention ? (chance.share() < 0.5 ? "maybe-stop" : "handoff") : null,
    waitingDraftId: draftStatusOf(conversation) === "proposed" ? draftIdOf(ends.id) : null,
    lastSeq,
    lastInboundSeq: lastSeq,
    lastPersonSeq: Math.max(0, lastSeq - 1),
    createdAt: momentOf(workload, first[conversation] ?? 0),
  };
}

/** The message with this number, which is the `seq`-th of its conversation. */
export function messageOf(workload: Workload, number: number, seq: number): Message {
  const { contact, ours, accountSid, id: conversationId } = endsOf(workload, workload.order[number] ?? 0);
  const chance = chanceOf(workload.seed, "message", number);
  const sid = sidOf(workload, number);
  const isInbound = chance.share() < 0.5;
  const body = bodyOf(workload, number);
  const { segments, encoding } = countSegments(body);
  const delivery = deliveryState(isInbound ? "received" : "delivered");
  return {
    id: isInbound ? sid : chance.hex(32),
    accountSid,
    conversationId,
    seq,
    direction: isInbound ? "inbound" : "outbound",
    from: isInbound ? contact : ours,
    to: isInbound ? ours : contact,
    ours,
    body,
    media: [],
    status: delivery.status,
    delivery,
    sid,
    error: null,
    segments,
    encoding,
    billedSegments: isInbound ? null : segments,
    answersKeyword: null,
    author: isInbound ? { kind: "contact" } : { kind: "person", id: "ana" },
    extra: isInbound ? EXTRA : {},
    createdAt: momentOf(workload, number),
  };
}

function sidOf({ seed }: Workload, number: number): string {
  return `SM${chanceOf(seed, "sid", number).hex(32)}`;
}

/** What the receiver keeps of a usual webhook besides what it models. */
export const EXTRA = {
  ToCountry: "US",
  ToState: "CA",
  ToCity: "",
  FromZip: "",
  FromState: "CA",
  FromCity: "",
  FromCountry: "US",
  ToZip: "",
  ReferralNumMedia: "0",
  ApiVersion: "2010-04-01",
};

/** The text of a message. Twenty of them have the rare word, ten the common one along with it. */
function bodyOf({ seed, vocabulary, messages }: Workload, number: number): string {
  const text = vocabulary.text(chanceOf(seed, "body", number));
  const every = Math.floor(messages / RARE_TIMES);
  if (number % every !== Math.floor(every / 2)) return text;
  const isTenth = Math.floor(number / every) % 2 === 0;
  return isTenth ? `${text} ${SOUGHT.common} ${SOUGHT.rare}` : `${text} ${SOUGHT.rare}`;
}

function momentOf({ messages }: Workload, number: number): string {
  return timestampOf(END_MS - (messages - number) * BETWEEN_MESSAGES_MS);
}

/** The consent of a conversation's contact with its ledger: 60 % have opted in, 5 % have opted out since, the others never said. */
export function consentOf(
  workload: Workload,
  conversation: number,
): { readonly consent: Consent; readonly entries: readonly ConsentEntry[] } {
  const { accountSid, contact: address } = endsOf(workload, conversation);
  const chance = chanceOf(workload.seed, "consent", conversation);
  const part = chance.share();
  const contact = personOf(address);
  const id = consentIdOf(accountSid, contact, null);
  const at = momentOf(workload, workload.first[conversation] ?? 0);
  const base = { accountSid, contact, sender: null } as const;
  const entry = {
    ...base,
    consentId: id,
    evidence: { messageSid: null, text: "Start", by: null, note: null },
    at,
  };
  const optedIn: ConsentEntry = {
    ...entry,
    id: chance.hex(32),
    from: "unknown",
    to: "opted-in",
    reason: "keyword_start",
  };
  const optedOut: ConsentEntry = {
    ...entry,
    id: chance.hex(32),
    from: "opted-in",
    to: "opted-out",
    reason: "keyword_stop",
    at: momentOf(workload, workload.last[conversation] ?? 0),
  };
  const entries = part < 0.05 ? [optedIn, optedOut] : part < 0.6 ? [optedIn] : [];
  const newest = entries.at(-1);
  const consent: Consent = {
    ...base,
    id,
    state: newest?.to ?? "unknown",
    since: newest?.at ?? at,
    reason: newest?.reason ?? "first_contact",
    maybeStopSince: null,
    erasedAt: null,
  };
  return { consent, entries };
}

/** Every tenth conversation has a draft, every fiftieth one that waits. */
export function draftStatusOf(conversation: number): Draft["status"] | null {
  if (conversation % 10 > 0) return null;
  return (["proposed", "sent", "sent", "discarded", "stale"] as const)[(conversation / 10) % 5] ?? null;
}

function draftIdOf(conversationId: string): string {
  return `d${conversationId.slice(1)}`;
}

/** The draft of a conversation; null for most. */
export function draftOf(workload: Workload, conversation: number): Draft | null {
  const status = draftStatusOf(conversation);
  if (status === null) return null;
  const { id, accountSid } = endsOf(workload, conversation);
  const at = workload.last[conversation] ?? 0;
  const body = workload.vocabulary.text(chanceOf(workload.seed, "body", -1 - conversation));
  const { segments, encoding } = countSegments(body);
  return {
    id: draftIdOf(id),
    accountSid,
    conversationId: id,
    body,
    status,
    answersMessageId: sidOf(workload, at),
    segments,
    encoding,
    decidedBy: status === "sent" || status === "discarded" ? "ana" : null,
    messageId: null,
    createdAt: momentOf(workload, at),
  };
}

/** The task of a message; null for 99 of 100. Half of them are due at {@link END_MS}. */
export function taskOf(workload: Workload, number: number, message: Message): Task | null {
  const chance = chanceOf(workload.seed, "task", number);
  if (chance.share() >= 0.01) return null;
  const contact = message.direction === "inbound" ? message.from : message.to;
  return {
    id: `dispatch:${message.id}`,
    purpose: "dispatch",
    class: chance.share() < 0.5 ? "urgent" : "bulk",
    dueAtMs: END_MS + Math.round((chance.share() - 0.5) * 7_200_000),
    attempts: 0,
    calling: false,
    accountSid: message.accountSid,
    conversationId: message.conversationId,
    messageId: message.id,
    thenMessageIds: [],
    consentId: consentIdOf(message.accountSid, contact, null),
    createdAtMs: END_MS - 7_200_000,
    detail: null,
  };
}
