import type { Entity, Key, Kind, Versioned, Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import {
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleTask,
} from "./sample-records";
import { equal, onFresh, type StorageCase } from "./storage-case";

/** One record of each kind. */
const ONE_OF_EACH: readonly Write[] = [
  { kind: "consent", put: sampleConsent(), expect: "absent" },
  { kind: "conversation", put: sampleConversation(), expect: "absent" },
  { kind: "message", put: sampleMessage(), expect: "absent" },
  { kind: "consentEntry", put: sampleConsentEntry(), expect: "absent" },
  { kind: "draft", put: sampleDraft(), expect: "absent" },
  { kind: "task", put: sampleTask(), expect: "absent" },
];

/** Reads one record. */
export async function readOne(storage: Storage, key: Key): Promise<Versioned<Entity> | null> {
  const [found] = await storage.read([key]);
  return found ?? null;
}

/** Fails unless the commit goes through. */
export async function mustCommit(
  storage: Storage,
  writes: readonly Write[],
  what = "the commit",
): Promise<void> {
  equal(await storage.commit(writes), "committed", what);
}

/** Fails unless the commit conflicts. */
export async function mustConflict(
  storage: Storage,
  writes: readonly Write[],
  what = "the commit",
): Promise<void> {
  equal(await storage.commit(writes), "conflict", what);
}

function keyOf(kind: Kind, id: string): Key {
  // Every kind has a key of this shape.
  return { kind, id } as Key;
}

function putOf(write: Write): Entity {
  if (!("put" in write)) throw new TypeError("This write puts nothing.");
  return write.put;
}

/** What a storage says of records that are there, and that are not. */
export const RECORD_CASES: readonly StorageCase[] = [
  onFresh("an empty storage has no record under any key", async (storage) => {
    const pair = ["AC1", "+1", "+2"] as const;
    const keys: readonly Key[] = [
      ...ONE_OF_EACH.map((write) => keyOf(write.kind, putOf(write).id)),
      { kind: "conversation", pair },
      { kind: "message", sid: "SM1" },
    ];
    equal(
      await storage.read(keys),
      keys.map(() => null),
      "reading from an empty storage",
    );
    equal(await storage.read([]), [], "reading no keys");
  }),
  onFresh(
    "a record of each kind, written in one commit, is read back as it was, at version 1",
    async (storage) => {
      await mustCommit(storage, ONE_OF_EACH);
      const found = await storage.read(ONE_OF_EACH.map((write) => keyOf(write.kind, putOf(write).id)));
      equal(
        found,
        ONE_OF_EACH.map((write) => ({ version: 1, value: putOf(write) })),
        "the records read",
      );
    },
  ),
  onFresh("every optional field keeps a value as well as null", async (storage) => {
    const conversation = sampleConversation(1, {
      assignee: "mia",
      assistantMode: "auto",
      attention: "maybe-stop",
      waitingDraftId: "draft-1",
      unreadCount: 0,
    });
    const error = { code: 30003, title: "Unreachable", advice: "Try later." };
    const message = sampleMessage(1, {
      sid: null,
      error,
      media: [],
      extra: {},
      author: { kind: "person", id: null },
    });
    const draft = sampleDraft(1, { decidedBy: "mia", messageId: "m1" });
    const task = sampleTask(1, { calling: true, dueAtMs: Number.MAX_SAFE_INTEGER, createdAtMs: 0 });
    await mustCommit(storage, [
      { kind: "conversation", put: conversation, expect: "absent" },
      { kind: "message", put: message, expect: "absent" },
      { kind: "draft", put: draft, expect: "absent" },
      { kind: "task", put: task, expect: "absent" },
    ]);
    const keys = [
      keyOf("conversation", conversation.id),
      keyOf("message", message.id),
      keyOf("draft", draft.id),
      keyOf("task", task.id),
    ];
    const values = (await storage.read(keys)).map((found) => found?.value ?? null);
    equal(values, [conversation, message, draft, task], "the records read");
  }),
  onFresh(
    "a conversation is found by its pair and a message by its sid, only by the exact one",
    async (storage) => {
      const conversation = sampleConversation();
      const message = sampleMessage(1, { id: "ours-1" });
      await mustCommit(storage, [
        { kind: "conversation", put: conversation, expect: "absent" },
        { kind: "message", put: message, expect: "absent" },
      ]);
      const { accountSid, ours, contact } = conversation;
      const found = await storage.read([
        { kind: "conversation", pair: [accountSid, ours, contact] },
        { kind: "conversation", pair: [accountSid, contact, ours] },
        { kind: "message", sid: message.sid ?? "" },
        { kind: "message", sid: (message.sid ?? "").toLowerCase() },
        { kind: "message", sid: message.id },
      ]);
      const values = found.map((one) => one?.value ?? null);
      equal(values, [conversation, null, message, null, null], "the records read");
    },
  ),
  onFresh(
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    async (storage) => {
      const writes = [3, 1, 2].map((number): Write => ({
        kind: "task",
        put: sampleTask(number),
        expect: "absent",
      }));
      await mustCommit(storage, writes);
      const ids = [2, 9, 3, 2, 1].map((number) => sampleTask(number).id);
      const found = await storage.read(ids.map((id) => keyOf("task", id)));
      const expected = [sampleTask(2).id, null, sampleTask(3).id, sampleTask(2).id, sampleTask(1).id];
      equal(
        found.map((one) => one?.value.id ?? null),
        expected,
        "the ids read",
      );
    },
  ),
  onFresh("ids of different kinds do not meet", async (storage) => {
    await mustCommit(storage, [
      { kind: "draft", put: sampleDraft(1, { id: "same" }), expect: "absent" },
      { kind: "task", put: sampleTask(1, { id: "same" }), expect: "absent" },
    ]);
    const found = await storage.read([
      keyOf("task", "same"),
      keyOf("draft", "same"),
      keyOf("message", "same"),
    ]);
    equal(
      found.map((one) => one?.value ?? null),
      [sampleTask(1, { id: "same" }), sampleDraft(1, { id: "same" }), null],
      "the records",
    );
  }),
  onFresh("the version counts every put of a record", async (storage) => {
    await mustCommit(storage, [{ kind: "task", put: sampleTask(), expect: "absent" }]);
    for (const expect of [1, 2, 3]) {
      await mustCommit(storage, [{ kind: "task", put: sampleTask(1, { attempts: expect }), expect }]);
      const found = await readOne(storage, keyOf("task", sampleTask().id));
      equal(found, { version: expect + 1, value: sampleTask(1, { attempts: expect }) }, "the task");
    }
  }),
  onFresh("a put replaces the whole record, also what is looked up by", async (storage) => {
    const pending = sampleMessage(1, { id: "ours-1", sid: null, status: "pending" });
    const sent = sampleMessage(1, { id: "ours-1", sid: "SM7", status: "queued", extra: {}, media: [] });
    await mustCommit(storage, [{ kind: "message", put: pending, expect: "absent" }]);
    equal(await readOne(storage, { kind: "message", sid: "SM7" }), null, "the message before it has a sid");
    await mustCommit(storage, [{ kind: "message", put: sent, expect: 1 }]);
    equal(
      await readOne(storage, { kind: "message", sid: "SM7" }),
      { version: 2, value: sent },
      "the message by its sid",
    );
    await mustCommit(storage, [{ kind: "message", put: { ...sent, sid: "SM8" }, expect: 2 }]);
    equal(await readOne(storage, { kind: "message", sid: "SM7" }), null, "the message by its old sid");
  }),
  onFresh(
    "a removed record is gone from every look-up, and its id and unique values are free",
    async (storage) => {
      const message = sampleMessage(1, { id: "ours-1" });
      await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
      await mustCommit(storage, [{ kind: "message", remove: "ours-1", expect: 1 }]);
      const found = await storage.read([
        keyOf("message", "ours-1"),
        { kind: "message", sid: message.sid ?? "" },
      ]);
      equal(found, [null, null], "the message after it was removed");
      await mustCommit(
        storage,
        [{ kind: "message", put: { ...message, id: "ours-2" }, expect: "absent" }],
        "another with its values",
      );
      await mustCommit(
        storage,
        [{ kind: "message", put: sampleMessage(2, { id: "ours-1" }), expect: "absent" }],
        "another with its id",
      );
    },
  ),
];
