import { memoryStorage } from "../../src/adapters/storage/memory";
import { SmsError } from "../../src/core/model/errors";
import type { Entity, Kind } from "../../src/core/model/record";
import type { ConversationRecord } from "../../src/core/model/conversation";
import type { Message } from "../../src/core/model/message";
import { boundsOf, comparePositions, pageOf, type Placed } from "../../src/adapters/storage/page";
import type { ListPlan } from "../../src/adapters/storage/list-plan";
import type { Page, Searches, SearchQuery, Storage } from "../../src/ports/storage";
import { writeUntilKilled, type StorageUnderTest } from "../../src/testing/index";

/** A connection to records in memory, and the records' own storage, which outlives every connection. */
export interface Connection {
  /** Used by this connection alone. */
  readonly storage: Storage;
  /** What lies behind it, shared by all connections. */
  readonly records: Storage;
}

/** Wraps a connection so that it does something wrong. `shared` is one object per set of records. */
export type Spoil = (connection: Connection, shared: Map<string, unknown>) => Storage;

/**
 * Storages in memory with everything that the suite can put to the test: records outlive their connections, several connections
 * share them, a writer can be killed, and there is a search.
 */
export function memoryDatabases(spoil: Spoil = ({ storage }) => storage): StorageUnderTest {
  const behind = new WeakMap<Storage, { readonly records: Storage; readonly shared: Map<string, unknown> }>();

  function open(base: { readonly records: Storage; readonly shared: Map<string, unknown> }): Storage {
    const { records, shared } = base;
    const storage = spoil({ storage: connectionTo(records), records }, shared);
    behind.set(storage, base);
    return storage;
  }
  function baseOf(storage: Storage): { readonly records: Storage; readonly shared: Map<string, unknown> } {
    const base = behind.get(storage);
    if (base === undefined) throw new TypeError("This storage was not made here.");
    return base;
  }
  const newBase = () => ({ records: memoryStorage(), shared: new Map<string, unknown>() });

  return {
    create: async () => open(newBase()),
    async reopen(storage) {
      await storage.close();
      return open(baseOf(storage));
    },
    connect: async (storage) => open(baseOf(storage)),
    async kill() {
      const base = newBase();
      const reported: string[] = [];
      const end = death();
      // Below, so that it may happen in the middle of a commit; and above, for those that do not write to what is below.
      const below = dyingAt(base.records, 60, end);
      const storage = dyingAt(spoil({ storage: below, records: below }, base.shared), 80, end);
      // What a killed process still had to say reaches nobody.
      const writing = writeUntilKilled(storage, (line) => {
        if (!end.isDead()) reported.push(line);
      });
      await Promise.race([writing.catch(() => undefined), end.died]);
      return { reported, storage: async () => open(base) };
    },
  };
}

/** A connection of its own: closing it leaves the records. */
function connectionTo(records: Storage): Storage {
  let isOpen = true;
  const ifOpen = async <T>(verb: () => Promise<T>): Promise<T> => {
    if (!isOpen) throw new SmsError("storage_failed", "The storage was closed; make a new one.");
    return verb();
  };
  return {
    read: (keys) => ifOpen(() => records.read(keys)),
    commit: (writes) => ifOpen(() => records.commit(writes)),
    list: (query) => ifOpen(() => records.list(query)),
    search: (query) => ifOpen(() => searchIn(records, query)),
    async close() {
      isOpen = false;
    },
  };
}

// What a dead process answers.
const NEVER = Promise.race<never>([]);

/** When a process dies. */
interface Death {
  readonly died: Promise<void>;
  isDead(): boolean;
  die(): void;
}

function death(): Death {
  let isDead = false;
  let tell: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return {
    died,
    isDead: () => isDead,
    die() {
      isDead = true;
      tell();
    },
  };
}

/** A storage whose process dies at that commit, which is neither done nor answered. */
function dyingAt(storage: Storage, last: number, { die, isDead }: Death): Storage {
  let commits = 0;
  return {
    ...storage,
    async commit(writes) {
      commits += 1;
      if (commits === last) die();
      return isDead() ? NEVER : storage.commit(writes);
    },
  };
}

/** Every record of a kind. */
export async function everyRecord(records: Storage, kind: Kind): Promise<readonly Entity[]> {
  const found: Entity[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Entity> = await records.list({ list: "records", kind, limit: 1_000, cursor });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

/** The words of a text, in lower case. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

/** Whether the text has all of the words, the last of which may be a beginning. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const present = wordsOf(text);
  return (
    words.length > 0 &&
    words.every((word, index) =>
      present.some((one) => (index === words.length - 1 ? one.startsWith(word) : one === word)),
    )
  );
}

/** Which records a search is about, and which of them fit. */
export interface SearchRules {
  readonly messageFits: (message: Message, text: string) => boolean;
  readonly contactFits: (conversation: ConversationRecord, text: string) => boolean;
}

/** Searching by looking at every record. */
export const HONEST_SEARCH: SearchRules = {
  messageFits: (message, text) => hasWords(message.body, wordsOf(text)),
  contactFits: (conversation, text) => text.trim().length >= 3 && conversation.contact.includes(text.trim()),
};

/** A search over all records, newest first, with the cursors that lists have. */
export async function searchIn<In extends keyof Searches>(
  records: Storage,
  query: SearchQuery<In>,
  rules: SearchRules = HONEST_SEARCH,
): Promise<Page<Searches[In]>> {
  const { in: where, text, accountSid, limit, cursor } = query;
  // The cursor of a list that is ordered in the same way does for a search, under a name of its own.
  const paging = {
    list: `search ${where}` as "drafts",
    limit,
    cursor,
    accountSid,
    conversationId: null,
    status: null,
  };
  const { after, limit: wanted } = boundsOf(paging);
  const all = await everyRecord(records, where === "messages" ? "message" : "conversation");
  const fitting = all
    .filter((one) => accountSid === null || ("accountSid" in one && one.accountSid === accountSid))
    .filter((one) =>
      where === "messages"
        ? rules.messageFits(one as Message, text)
        : rules.contactFits(one as ConversationRecord, text),
    )
    .map((value): Placed<Entity> => ({ value, id: value.id, sort: timeOf(value) }))
    .sort((a, b) => comparePositions(b, a))
    .filter((one) => after === null || comparePositions(one, after) < 0);
  const plan = { direction: "descending" } as ListPlan;
  return pageOf(paging, plan, [fitting.slice(0, wanted)]) as Page<Searches[In]>;
}

function timeOf(record: Entity): string {
  if ("lastMessageAt" in record) return record.lastMessageAt;
  return "createdAt" in record ? record.createdAt : "";
}
