import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { Draft } from "../model/draft";
import type { Message } from "../model/message";
import type { SmsEvent } from "../model/events";
import type { Versioned, Write } from "../model/record";
import type { BlockedReason, SendOutcome } from "../model/send-outcome";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import { decideOutbound } from "./outbound";
import type { OutboundRecords, OutboundText } from "./outbound";
import { putConversation } from "./thread";

/** What deciding on a draft concerns. */
export interface DraftRecords {
  readonly draft: Versioned<Draft>;
  readonly conversation: Versioned<ConversationRecord>;
  readonly consent: ConsentGate;
  /** The message that the draft becomes, if it already did. */
  readonly message: Versioned<Message> | null;
}

/** Who approves a draft, and how. */
export interface Approval {
  readonly text: OutboundText;
  readonly by: string | null;
  readonly evenIfStale: boolean;
}

/**
 * Sends a draft, as it is or edited. The gates are passed again now, as if a person had written it. Two approvals at once make
 * one message, since its id derives from the draft's.
 */
export function decideApproval(
  records: DraftRecords,
  approval: Approval,
  moment: Moment,
): Decision<SendOutcome> {
  const { draft, conversation, message } = records;
  if (message !== null) return unchanged({ kind: "duplicate", message: message.value });
  if (draft.value.status === "discarded") return blocked("draft_closed");
  if (draft.value.status === "stale" && !approval.evenIfStale) return blocked("draft_stale");
  const waiting = conversation.value.waitingDraftId;
  const threadChange = { attention: null, waitingDraftId: waiting === draft.value.id ? null : waiting };
  const send = decideOutbound(
    { message: null, conversation, consent: records.consent },
    { ...approval.text, threadChange },
    moment,
  );
  if (send.answer.kind !== "queued") return send;
  const sent: Draft = {
    ...draft.value,
    status: "sent",
    body: send.answer.message.body,
    segments: send.answer.message.segments,
    encoding: send.answer.message.encoding,
    decidedBy: approval.by,
    messageId: send.answer.message.id,
  };
  return { ...send, writes: [...send.writes, { kind: "draft", put: sent, expect: draft.version }] };
}

function blocked(reason: BlockedReason): Decision<SendOutcome> {
  return unchanged({ kind: "blocked", reason, message: null });
}

/** Throws a draft away. One that was sent or discarded before stays as it is. */
export function decideDiscard(
  records: Pick<DraftRecords, "draft" | "conversation">,
  by: string | null,
  instanceMode: InstanceMode,
): Decision<Draft> {
  const { draft, conversation } = records;
  if (draft.value.status === "sent" || draft.value.status === "discarded") return unchanged(draft.value);
  const discarded: Draft = { ...draft.value, status: "discarded", decidedBy: by };
  const writes = [{ kind: "draft", put: discarded, expect: draft.version } as const];
  if (conversation.value.waitingDraftId !== draft.value.id) return { writes, events: [], answer: discarded };
  const next: ConversationRecord = { ...conversation.value, waitingDraftId: null };
  const thread = putConversation(conversation, next, instanceMode);
  return { writes: [...writes, thread.write], events: [thread.event], answer: discarded };
}

/** A draft that nobody has decided on goes stale when something newer is said, by the contact or by a person. */
export function overtakenDraft(record: Versioned<Draft> | null): {
  readonly writes: readonly Write[];
  readonly events: readonly SmsEvent[];
} {
  if (record?.value.status !== "proposed") return { writes: [], events: [] };
  const draft: Draft = { ...record.value, status: "stale" };
  return {
    writes: [{ kind: "draft", put: draft, expect: record.version }],
    events: [{ name: "draft.stale", data: { draft } }],
  };
}

/** A person's answer in a conversation. It overtakes a waiting draft, so that the same question is not answered twice. */
export function decideReply(
  records: OutboundRecords & { readonly draft: Versioned<Draft> | null },
  text: OutboundText,
  moment: Moment,
): Decision<SendOutcome> {
  if (text.author.kind !== "person") return decideOutbound(records, text, moment);
  const threadChange = { attention: null, waitingDraftId: null };
  const send = decideOutbound(records, { ...text, threadChange }, moment);
  if (send.answer.kind !== "queued") return send;
  const overtaken = overtakenDraft(records.draft);
  return {
    ...send,
    writes: [...send.writes, ...overtaken.writes],
    events: [...send.events, ...overtaken.events],
  };
}
