import { mayReceive } from "../consent/machine";
import { modeInForce, viewConversation } from "../model/conversation";
import type { Conversation, ConversationRecord, InstanceMode } from "../model/conversation";
import type { Draft } from "../model/draft";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { SendOutcome } from "../model/send-outcome";
import type { Task } from "../model/task";
import { timestampOf } from "../model/timestamp";
import { recordsOfGate, restingOn } from "./consent-gate";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import type { Claimant } from "./dispatch";
import { decideOutbound } from "./outbound";
import type { OutboundText } from "./outbound";
import { putConversation } from "./thread";

/** What answering a message concerns. */
export interface AssistRecords {
  readonly task: Versioned<Task> | null;
  readonly conversation: Versioned<ConversationRecord> | null;
  /** The inbound message to answer. */
  readonly message: Versioned<Message> | null;
  readonly consent: ConsentGate;
}

/** `ask`: the answer is this worker's to get. `leave`: nobody needs one any more, or another worker is at it. */
export type AssistClaim =
  | { readonly kind: "ask"; readonly conversation: Conversation; readonly attempts: number }
  | { readonly kind: "leave" };

/** How often an answer is asked for before the contact's message is left to a person. */
export const MAX_ASSIST_ATTEMPTS = 3;

/** Claims the answering of a message, unless it has become pointless: a newer message, an opt-out, the assistant switched off. */
export function decideAssistClaim(
  records: AssistRecords,
  claimant: Claimant & { readonly instanceMode: InstanceMode },
): Decision<AssistClaim> {
  const { task, conversation } = records;
  if (task === null || task.value.attempts !== claimant.attempts) return unchanged({ kind: "leave" });
  if (conversation === null || !stillWanted(records, claimant.instanceMode)) {
    return {
      writes: [{ kind: "task", remove: task.value.id, expect: task.version }],
      events: [],
      answer: { kind: "leave" },
    };
  }
  if (task.value.attempts >= MAX_ASSIST_ATTEMPTS) {
    const next: ConversationRecord = { ...conversation.value, attention: "handoff" };
    const thread = putConversation(conversation, next, claimant.instanceMode);
    return {
      writes: [thread.write, { kind: "task", remove: task.value.id, expect: task.version }],
      events: [thread.event],
      answer: { kind: "leave" },
    };
  }
  const attempts = task.value.attempts + 1;
  const claimed: Task = { ...task.value, attempts, dueAtMs: claimant.nowMs + claimant.leaseMs };
  return {
    writes: [{ kind: "task", put: claimed, expect: task.version }],
    events: [],
    answer: {
      kind: "ask",
      attempts,
      conversation: viewConversation(conversation.value, claimant.instanceMode),
    },
  };
}

function stillWanted(records: AssistRecords, instanceMode: InstanceMode): boolean {
  const { conversation, message, consent } = records;
  if (conversation === null || message === null || consent.record === null) return false;
  if (modeInForce(conversation.value.assistantMode, instanceMode) === "off") return false;
  if (!mayReceive(consent.record.value.state)) return false;
  // A newer message has a task of its own, whose answer will cover this one; and what a person has answered is answered.
  const { lastInboundSeq, lastPersonSeq } = conversation.value;
  return lastInboundSeq === message.value.seq && lastPersonSeq < lastInboundSeq;
}

/** What the assistant said, fitted to the format and measured. */
export type AssistResult =
  | { readonly kind: "reply"; readonly text: OutboundText; readonly draftId: string }
  | { readonly kind: "handoff" }
  | { readonly kind: "silence" }
  | { readonly kind: "failed"; readonly delayMs: number };

/** How an answer is settled. */
export interface AssistSettlement {
  readonly result: AssistResult;
  readonly attempts: number;
  readonly instanceMode: InstanceMode;
}

/** The draft or the outcome of sending that an answer became; null where it became nothing. */
export type AssistAnswer =
  | { readonly kind: "drafted"; readonly draft: Draft }
  | { readonly kind: "sent"; readonly outcome: SendOutcome }
  | null;

/**
 * Turns an answer into a draft or a message, by the mode in force now. Everything may have changed while the model was
 * thinking, so all of it is looked at again, and the task ends in the same commit: one message gets one answer.
 */
export function decideAssistSettle(
  records: AssistRecords,
  settlement: AssistSettlement,
  moment: Moment,
): Decision<AssistAnswer> {
  const { task, conversation, message, consent } = records;
  if (task === null || task.value.attempts !== settlement.attempts) return unchanged(null);
  const removal: Write = { kind: "task", remove: task.value.id, expect: task.version };
  const dropped: Decision<AssistAnswer> = { writes: [removal], events: [], answer: null };
  if (conversation === null || message === null) return dropped;
  if (!stillWanted(records, settlement.instanceMode)) return dropped;
  const { result } = settlement;
  switch (result.kind) {
    case "silence":
      return dropped;
    case "failed": {
      const again: Task = { ...task.value, dueAtMs: moment.nowMs + result.delayMs };
      return { writes: [{ kind: "task", put: again, expect: task.version }], events: [], answer: null };
    }
    case "handoff": {
      const next: ConversationRecord = { ...conversation.value, attention: "handoff" };
      const thread = putConversation(conversation, next, settlement.instanceMode);
      return { writes: [thread.write, removal], events: [thread.event], answer: null };
    }
    case "reply":
      break;
  }
  const mode = modeInForce(conversation.value.assistantMode, settlement.instanceMode);
  if (mode === "draft") {
    return proposeDraft({ conversation, message, consent, removal, result, settlement, moment });
  }
  const send = decideOutbound({ message: null, conversation, consent }, result.text, moment);
  return {
    writes: [...send.writes, removal],
    events: send.events,
    answer: { kind: "sent", outcome: send.answer },
  };
}

function proposeDraft(proposal: {
  readonly conversation: Versioned<ConversationRecord>;
  readonly message: Versioned<Message>;
  readonly consent: ConsentGate;
  readonly removal: Write;
  readonly result: Extract<AssistResult, { kind: "reply" }>;
  readonly settlement: AssistSettlement;
  readonly moment: Moment;
}): Decision<AssistAnswer> {
  const { conversation, result, settlement } = proposal;
  const [answer] = result.text.parts;
  const draft: Draft = {
    id: result.draftId,
    accountSid: conversation.value.accountSid,
    conversationId: conversation.value.id,
    body: answer.body,
    status: "proposed",
    answersMessageId: proposal.message.value.id,
    segments: answer.segments,
    encoding: answer.encoding,
    decidedBy: null,
    messageId: null,
    createdAt: timestampOf(proposal.moment.nowMs),
  };
  const next: ConversationRecord = { ...conversation.value, waitingDraftId: draft.id };
  const thread = putConversation(conversation, next, settlement.instanceMode);
  return {
    writes: [
      // The draft rests on a consent that it does not change: an opt-out since then must win.
      ...restingOn(recordsOfGate(proposal.consent)),
      thread.write,
      { kind: "draft", put: draft, expect: "absent" },
      proposal.removal,
    ],
    events: [
      thread.event,
      {
        name: "draft.created",
        data: { draft, conversation: viewConversation(next, settlement.instanceMode) },
      },
    ],
    answer: { kind: "drafted", draft },
  };
}
