import { isFinalStatus } from "../delivery/status";
import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { Draft } from "../model/draft";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import type { Timestamp } from "../model/timestamp";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { laneRemoval } from "./handle-removal";
import type { LaneRecords } from "./handle-removal";
import { assistTaskId } from "./inbound";
import { dispatchTaskId } from "./outbound";
import { putConversation } from "./thread";

/** A part of a thread that may go. */
export interface RemovalRecords {
  readonly conversation: Versioned<ConversationRecord> | null;
  readonly messages: readonly (Versioned<Message> | null)[];
  /** The tasks of these messages. */
  readonly tasks: readonly (Versioned<Task> | null | undefined)[];
  readonly drafts: readonly (Versioned<Draft> | null | undefined)[];
}

/** What goes: everything, with its tasks; or what was made before a moment and is settled. */
export interface RemovalRule {
  /** Null for everything. */
  readonly before: Timestamp | null;
  readonly instanceMode: InstanceMode;
}

/** How many records went. */
export interface Removed {
  readonly messages: number;
  readonly drafts: number;
}

/** The id of the task that a message may have. */
export function taskIdOf({ id, direction }: Pick<Message, "id" | "direction">): string {
  return direction === "inbound" ? assistTaskId(id) : dispatchTaskId(id);
}

/**
 * Whether a message is of an age and state to be forgotten. Many carriers report nothing after `sent`, and an outcome may stay
 * `unknown`; what Twilio may still have to do stays.
 */
export function mayBeForgotten({ createdAt, status }: Message, before: Timestamp): boolean {
  return createdAt < before && (isFinalStatus(status) || status === "sent" || status === "unknown");
}

/** Removes messages and drafts of a thread, and what the conversation itself shows of them. */
export function decideRemoval(records: RemovalRecords, rule: RemovalRule): Decision<Removed> {
  const { before } = rule;
  const tasks = records.tasks.filter((task) => task != null);
  const busy = new Set(tasks.map(({ value }) => value.id));
  const messages = records.messages
    .filter((message) => message !== null)
    .filter(({ value }) => before === null || (mayBeForgotten(value, before) && !busy.has(taskIdOf(value))));
  const drafts = records.drafts
    .filter((draft) => draft != null)
    .filter(({ value }) => before === null || value.createdAt < before);
  const thread = withoutTrace(records.conversation, { messages, drafts }, rule.instanceMode);
  return {
    writes: [
      ...(thread === null ? [] : [thread.write]),
      ...messages.map(({ value, version }): Write => ({
        kind: "message",
        remove: value.id,
        expect: version,
      })),
      ...drafts.map(({ value, version }): Write => ({ kind: "draft", remove: value.id, expect: version })),
      ...(before === null ? tasks : []).map(({ value, version }): Write => ({
        kind: "task",
        remove: value.id,
        expect: version,
      })),
    ],
    events: thread === null ? [] : [thread.event],
    answer: { messages: messages.length, drafts: drafts.length },
  };
}

/** The conversation shows the beginning of its last message, and points to a draft: neither may outlive what it shows. */
function withoutTrace(
  record: Versioned<ConversationRecord> | null,
  gone: { readonly messages: readonly Versioned<Message>[]; readonly drafts: readonly Versioned<Draft>[] },
  instanceMode: InstanceMode,
): ReturnType<typeof putConversation> | null {
  if (record === null) return null;
  const { lastSeq, preview, waitingDraftId } = record.value;
  const showsGone = preview !== "" && gone.messages.some(({ value }) => value.seq === lastSeq);
  const waitsForGone = gone.drafts.some(({ value }) => value.id === waitingDraftId);
  if (!showsGone && !waitsForGone) return null;
  const next: ConversationRecord = {
    ...record.value,
    preview: showsGone ? "" : preview,
    waitingDraftId: waitsForGone ? null : waitingDraftId,
  };
  return putConversation(record, next, instanceMode);
}

/**
 * Removes a conversation that was found empty when it was at `emptyAtVersion`, with its queues, unless an event waits in one.
 * Whatever joins a thread counts its version up, so nothing can have joined this one since; and without messages or drafts nothing
 * can happen in it that a handler would be told of.
 */
export function decideConversationRemoval(
  record: Versioned<ConversationRecord> | null,
  lane: LaneRecords,
  emptyAtVersion: number,
): Decision<boolean> {
  if (record?.version !== emptyAtVersion) return unchanged(false);
  const queues = laneRemoval(lane);
  if (queues === null) return unchanged(false);
  const { id, accountSid } = record.value;
  return {
    writes: [{ kind: "conversation", remove: id, expect: emptyAtVersion }, ...queues],
    events: [{ name: "conversation.removed", data: { conversationId: id, accountSid } }],
    answer: true,
  };
}
