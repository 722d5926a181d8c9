import type { Channel } from "../model/address";
import { previewOf, viewConversation } from "../model/conversation";
import type { ConversationRecord, InstanceMode } from "../model/conversation";
import type { SmsEvent } from "../model/events";
import type { Author } from "../model/message";
import type { Versioned, Write } from "../model/record";
import { later, timestampOf } from "../model/timestamp";

/** The two ends of a thread. */
export interface Pair {
  readonly accountSid: string;
  readonly channel: Channel;
  readonly ours: string;
  readonly contact: string;
}

/** A message about to join a thread. */
export interface Joining {
  readonly record: Versioned<ConversationRecord> | null;
  readonly pair: Pair;
  /** The id for the conversation, if it does not exist yet. */
  readonly newId: string;
  readonly author: Author["kind"];
  readonly body: string;
  readonly mediaCount: number;
  readonly nowMs: number;
}

/** The conversation with one more message: created, or continued and reopened. Its `lastSeq` is the new message's place. */
export function joinThread(joining: Joining): ConversationRecord {
  const { record, pair, nowMs, author } = joining;
  const at = timestampOf(nowMs);
  const before: ConversationRecord = record?.value ?? {
    id: joining.newId,
    ...pair,
    status: "open",
    unreadCount: 0,
    lastMessageAt: at,
    preview: "",
    assignee: null,
    assistantMode: null,
    attention: null,
    waitingDraftId: null,
    lastSeq: 0,
    lastInboundSeq: 0,
    lastPersonSeq: 0,
    createdAt: at,
  };
  const seq = before.lastSeq + 1;
  return {
    ...before,
    status: "open",
    // Clocks of two processes disagree; a list paged by activity must not see a conversation move backwards.
    lastMessageAt: later(before.lastMessageAt, at),
    preview: previewOf(joining.body, joining.mediaCount),
    lastSeq: seq,
    unreadCount: author === "contact" ? before.unreadCount + 1 : before.unreadCount,
    lastInboundSeq: author === "contact" ? seq : before.lastInboundSeq,
    lastPersonSeq: author === "person" ? seq : before.lastPersonSeq,
  };
}

/** Stores a conversation that was read as `record`, and says so to listeners. */
export function putConversation(
  record: Versioned<ConversationRecord> | null,
  next: ConversationRecord,
  instanceMode: InstanceMode,
): { readonly write: Write; readonly event: SmsEvent } {
  const data = { conversation: viewConversation(next, instanceMode) };
  return {
    write: { kind: "conversation", put: next, expect: record?.version ?? "absent" },
    event: record === null ? { name: "conversation.created", data } : { name: "conversation.updated", data },
  };
}
