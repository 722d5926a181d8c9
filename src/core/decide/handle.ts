import type { HandledEvent } from "../model/events";
import type { Versioned } from "../model/record";
import type { QueueDetail, Task } from "../model/task";

/**
 * What keeps an event in order with others.
 * - `conversation`: the thread it happened in.
 * - `consent`: the consent record, where an opt-out was entered for somebody without a thread as well.
 * - `contact`: somebody who was not texted at all.
 * - `ended`: a conversation that goes in this very commit, so that nothing can come after it.
 */
export type LaneOf =
  | { readonly kind: "conversation"; readonly conversationId: string; readonly accountSid: string }
  | { readonly kind: "ended"; readonly conversationId: string; readonly accountSid: string }
  | { readonly kind: "consent"; readonly consentId: string; readonly accountSid: string }
  | { readonly kind: "contact"; readonly contact: string };

/** A lane with the name it has in the storage. */
export interface Lane {
  readonly id: string;
  readonly kind: LaneOf["kind"];
  /** `""` where the event tells of no account. */
  readonly accountSid: string;
  /** Null where it is no conversation's. */
  readonly conversationId: string | null;
}

/** A queue as it is stored. */
export type QueueTask = Task & { readonly detail: QueueDetail };

/** What an event is in order with. */
export function laneOf(event: HandledEvent): LaneOf {
  switch (event.name) {
    case "message.received":
    case "message.sent":
    case "message.status":
    case "message.segments":
      return threadOf(event.data.message);
    case "conversation.created":
    case "conversation.updated": {
      const { id, accountSid } = event.data.conversation;
      return threadOf({ conversationId: id, accountSid });
    }
    case "conversation.removed":
      return { kind: "ended", ...event.data };
    case "consent.changed": {
      const { id, accountSid } = event.data.consent;
      return { kind: "consent", consentId: id, accountSid };
    }
    case "draft.created":
    case "draft.stale":
      return threadOf(event.data.draft);
    case "send.blocked": {
      const { message, contact } = event.data;
      return message === null ? { kind: "contact", contact } : threadOf(message);
    }
  }
}

function threadOf(about: { readonly conversationId: string; readonly accountSid: string }): LaneOf {
  const { conversationId, accountSid } = about;
  return { kind: "conversation", conversationId, accountSid };
}

/** The id of the queue of one handler in one lane. Names of handlers have no colon, so no two queues share an id. */
export function queueId(handler: string, lane: string): string {
  return `handle:${handler}:${lane}`;
}

/** The id of an event in a queue: the same whenever it is tried, and no other event ever has it. */
export function eventId({ handler, lane }: Pick<QueueDetail, "handler" | "lane">, place: number): string {
  return `event:${handler}:${lane}:${place}`;
}

/** The id of the record that lists the handlers of a lane. */
export function laneRecordId(lane: string): string {
  return `handlers:${lane}`;
}

/** The queue that an event with this id is in, and its place; null for what is no id of an event. */
export function placeOfEvent(id: string): { readonly queue: string; readonly place: number } | null {
  const found = /^event:([^:]+:.+):([1-9]\d{0,14})$/s.exec(id);
  if (found?.[1] === undefined) return null;
  return { queue: `handle:${found[1]}`, place: Number(found[2]) };
}

/** A record as the queue that it is; null where there is none, or it is something else. */
export function queueOf(record: Versioned<Task> | null | undefined): Versioned<QueueTask> | null {
  if (record?.value.detail?.kind !== "queue") return null;
  return { version: record.version, value: { ...record.value, detail: record.value.detail } };
}

/** The handlers that a lane has queues of; none where nothing is known of the lane. */
export function handlersOf(record: Versioned<Task> | null | undefined): readonly string[] {
  return record?.value.detail?.kind === "lane" ? record.value.detail.handlers : [];
}

/** Whether the lane has a record that lists its handlers. What ends takes everything along itself. */
export function isListed({ kind }: Pick<Lane, "kind">): boolean {
  return kind !== "ended";
}
