import { viewConversation } from "../model/conversation";
import type { AssistantMode, Conversation, ConversationRecord, InstanceMode } from "../model/conversation";
import type { Versioned } from "../model/record";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { putConversation } from "./thread";

/** What a person does to a conversation. */
export type ConversationAction =
  | { readonly kind: "mark-read" }
  | { readonly kind: "close" }
  | { readonly kind: "reopen" }
  | { readonly kind: "assign"; readonly assignee: string | null }
  | { readonly kind: "set-assistant-mode"; readonly mode: AssistantMode | null };

/** Applies what a person does. Doing it twice changes nothing the second time. */
export function decideConversation(
  record: Versioned<ConversationRecord>,
  action: ConversationAction,
  instanceMode: InstanceMode,
): Decision<Conversation> {
  const change = changeOf(action);
  const next: ConversationRecord = { ...record.value, ...change };
  const same = Object.entries(change).every(([field, value]) => Reflect.get(record.value, field) === value);
  if (same) return unchanged(viewConversation(record.value, instanceMode));
  const thread = putConversation(record, next, instanceMode);
  return { writes: [thread.write], events: [thread.event], answer: viewConversation(next, instanceMode) };
}

function changeOf(action: ConversationAction): Partial<ConversationRecord> {
  switch (action.kind) {
    case "mark-read":
      return { unreadCount: 0 };
    case "close":
      return { status: "closed", attention: null };
    case "reopen":
      return { status: "open" };
    case "assign":
      return { assignee: action.assignee };
    case "set-assistant-mode":
      return { assistantMode: action.mode };
  }
}
