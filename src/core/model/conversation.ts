import type { Channel } from "./address";
import type { Timestamp } from "./timestamp";

/**
 * What the assistant does in a conversation: `draft` proposes answers that a person approves, `auto` sends them, `off` is silent.
 */
export type AssistantMode = "draft" | "auto" | "off";

/** Why a person should look: the contact may want to stop, or the assistant hands over. */
export type Attention = "maybe-stop" | "handoff";

/** The thread with one contact through one of our addresses. There is one per (account, ours, contact). */
export interface Conversation {
  readonly id: string;
  readonly accountSid: string;
  readonly channel: Channel;
  /** The contact's address. */
  readonly contact: string;
  /** Our address: a number, a short code, or the Messaging Service (`MG…`) whose senders share the thread. */
  readonly ours: string;
  readonly status: "open" | "closed";
  /** Inbound messages since it was last marked read. */
  readonly unreadCount: number;
  readonly lastMessageAt: Timestamp;
  /** The beginning of the last message. */
  readonly preview: string;
  /** Who looks after it, in the host's own terms; null for nobody. */
  readonly assignee: string | null;
  /** The mode in force: the conversation's own, or else the instance's. */
  readonly assistantMode: AssistantMode;
  /** Why a person should look; null for no reason. */
  readonly attention: Attention | null;
  /** The draft that waits for a person; null when there is none. */
  readonly waitingDraftId: string | null;
  /** The `seq` of the last message; 0 before the first. */
  readonly lastSeq: number;
  /** The `seq` of the last inbound message; 0 before the first. */
  readonly lastInboundSeq: number;
  /** The `seq` of the last message that a person at the inbox wrote; 0 before the first. */
  readonly lastPersonSeq: number;
  readonly createdAt: Timestamp;
}

/** A conversation as it is stored: `assistantMode` null follows the instance, also when the instance changes. */
export type ConversationRecord = Omit<Conversation, "assistantMode"> & {
  readonly assistantMode: AssistantMode | null;
};

/** The mode of an instance for conversations without one of their own; null where it has no assistant at all. */
export type InstanceMode = AssistantMode | null;

/** The mode in force: the conversation's own, else the instance's; always `off` where there is no assistant. */
export function modeInForce(own: AssistantMode | null, instanceMode: InstanceMode): AssistantMode {
  return instanceMode === null ? "off" : (own ?? instanceMode);
}

/** The conversation as the host sees it. */
export function viewConversation(record: ConversationRecord, instanceMode: InstanceMode): Conversation {
  return { ...record, assistantMode: modeInForce(record.assistantMode, instanceMode) };
}

/** The beginning of a text, for a list: at most 120 UTF-16 units, never half a surrogate pair. */
export function previewOf(body: string, mediaCount: number): string {
  if (body === "" && mediaCount > 0) return mediaCount === 1 ? "Attachment" : `${mediaCount} attachments`;
  return body
    .slice(0, 120)
    .toWellFormed()
    .replace(/\uFFFD$/, "");
}
