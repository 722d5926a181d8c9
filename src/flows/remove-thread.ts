import { unchanged } from "../core/decide/decision";
import { laneRecordId } from "../core/decide/handle";
import { decideConversationRemoval, decideRemoval, mayBeForgotten, taskIdOf } from "../core/decide/removal";
import type { Removed } from "../core/decide/removal";
import type { ConversationRecord } from "../core/model/conversation";
import type { Timestamp } from "../core/model/timestamp";
import type { Runtime } from "../ports/runtime";
import type { Storage } from "../ports/storage";
import { keysOf } from "./keys-of";
import { pagesOf } from "./pages-of";
import { listed } from "./paging";
import { queueKeysOf, removeEvents } from "./remove-events";
import type { Settings } from "./settings";
import type { Transact } from "./transact";

/** What removing needs. */
export interface RemovalParts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly transact: Transact;
  readonly runtime: Runtime;
}

/** How many messages or drafts one commit removes: some dozens of records, which every database takes at once. */
const PER_COMMIT = 25;

/**
 * Removes what was made before a moment and is settled, or everything (null), and then the conversation if nothing is left in it.
 * Many small commits: whoever comes after a crash goes on where it ended. What joins the thread meanwhile keeps it alive, and so does
 * an event from since then that waits for a handler.
 */
export async function removeThread(
  parts: RemovalParts,
  thread: ConversationRecord,
  before: Timestamp | null,
): Promise<Removed & { readonly conversations: 0 | 1 }> {
  const removed = { messages: 0, drafts: 0 };
  for (const part of [messagesOf(parts, thread, before), draftsOf(parts, thread, before)]) {
    for await (const { messages, drafts } of part) {
      removed.messages += messages;
      removed.drafts += drafts;
    }
  }
  await removeEvents(parts, thread.id, before === null ? null : Date.parse(before));
  const isOld = before === null || thread.lastMessageAt < before;
  return { ...removed, conversations: isOld && (await removeEmpty(parts, thread)) ? 1 : 0 };
}

async function* messagesOf(
  { storage, transact, settings }: RemovalParts,
  thread: ConversationRecord,
  before: Timestamp | null,
): AsyncGenerator<Removed> {
  const { id: conversationId } = thread;
  const query = { list: "messages", conversationId, order: "oldest-first", limit: PER_COMMIT } as const;
  for await (const page of pagesOf((cursor) => storage.list({ ...query, cursor }))) {
    const chosen = page.filter((message) => before === null || mayBeForgotten(message, before));
    if (chosen.length > 0) {
      const ids = chosen.map(({ id }) => id);
      const { answer } = await transact({
        lane: laneOf(thread),
        keys: [{ kind: "conversation", id: conversationId }, ...keysOf("message", ids)],
        moreKeys: () => keysOf("task", chosen.map(taskIdOf)),
        decide: ([conversation, ...messages], _moment, tasks) =>
          decideRemoval(
            { conversation, messages, tasks, drafts: [] },
            { before, instanceMode: settings.instanceMode },
          ),
      });
      yield answer;
    }
    // Read to the end: what came late, out of Twilio's log, is old and stands behind what is newer.
  }
}

async function* draftsOf(
  { storage, transact, settings }: RemovalParts,
  thread: ConversationRecord,
  before: Timestamp | null,
): AsyncGenerator<Removed> {
  const { id: conversationId } = thread;
  const query = {
    list: "drafts",
    accountSid: null,
    conversationId,
    status: null,
    limit: PER_COMMIT,
  } as const;
  for await (const page of pagesOf((cursor) => storage.list({ ...query, cursor }))) {
    const ids = page.filter(({ createdAt }) => before === null || createdAt < before).map(({ id }) => id);
    if (ids.length === 0) continue;
    const { answer } = await transact({
      lane: laneOf(thread),
      keys: [{ kind: "conversation", id: conversationId }, ...keysOf("draft", ids)],
      decide: ([conversation, ...drafts]) =>
        decideRemoval(
          { conversation, messages: [], tasks: [], drafts },
          { before, instanceMode: settings.instanceMode },
        ),
    });
    yield answer;
  }
}

async function removeEmpty(parts: RemovalParts, thread: ConversationRecord): Promise<boolean> {
  const { storage, transact } = parts;
  const { id: conversationId } = thread;
  const key = { kind: "conversation", id: conversationId } as const;
  const one = { conversationId, limit: 1, cursor: null } as const;
  // The version first: nothing can join the thread afterwards without counting it up.
  const { answer: record } = await transact({ keys: [key], decide: ([found]) => unchanged(found) });
  const messages = await listed(storage.list({ list: "messages", order: "oldest-first", ...one }));
  const drafts = await listed(storage.list({ list: "drafts", accountSid: null, status: null, ...one }));
  if (record === null || messages.items.length + drafts.items.length > 0) return false;
  const { answer } = await transact({
    lane: laneOf(thread),
    keys: [key, { kind: "task", id: laneRecordId(conversationId) }],
    moreKeys: ([, list]) => queueKeysOf(list, conversationId),
    decide: ([found, list], _moment, queues) =>
      decideConversationRemoval(found, { list, queues }, record.version),
  });
  return answer;
}

/** The lane in which texts join the thread. */
function laneOf({ accountSid, ours, contact }: ConversationRecord): string {
  return `${accountSid}|${ours}|${contact}`;
}
