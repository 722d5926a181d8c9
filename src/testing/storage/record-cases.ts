import { KINDS } from "../../core/model/schema";
import {
  creating,
  keyOf,
  mustCommit,
  putting,
  readOne,
  removing,
  valuesOf,
  versionOf,
} from "./commit-and-read";
import { equal } from "./expectations";
import { ids } from "./list-pages";
import {
  changedRecord,
  SAMPLE_ACCOUNT,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleRecord,
  sampleTask,
} from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

/** How records change and go. */
export const RECORD_CASES: readonly StorageCase[] = [
  onFresh(
    "every optional field keeps a value as well as null, and goes back to null",
    "an update leaves fields with null as they were, or a null is stored as a text or left out",
    async (storage) => {
      const full = {
        conversation: sampleConversation(1, {
          assignee: "mia",
          assistantMode: "auto",
          attention: "maybe-stop",
          waitingDraftId: "draft-1",
        }),
        message: sampleMessage(1, {
          error: { code: 30003, title: "Unreachable", advice: "Try later." },
          billedSegments: 2,
          answersKeyword: "help",
          author: { kind: "person", id: null },
        }),
        draft: sampleDraft(1, { decidedBy: "mia", messageId: "m1" }),
      } as const;
      for (const kind of ["conversation", "message", "draft"] as const) {
        const value = full[kind];
        await mustCommit(storage, creating(kind, value));
        equal(await readOne(storage, keyOf(kind, value.id)), { version: 1, value }, `the full ${kind}`);
        const bare = sampleRecord(kind);
        await mustCommit(storage, [putting(kind, bare, 1)]);
        equal(await readOne(storage, keyOf(kind, value.id)), { version: 2, value: bare }, `the bare ${kind}`);
      }
    },
  ),
  onFresh(
    "the version of a record is 1 when it is created and one more with every put",
    "the version starts at 0, or a put raises it twice (by a trigger, say) or not at all",
    async (storage) => {
      for (const kind of KINDS) {
        await mustCommit(storage, creating(kind, sampleRecord(kind)));
        for (const expect of [1, 2, 3]) {
          const value = changedRecord(kind, 1, expect);
          await mustCommit(storage, [putting(kind, value, expect)], `the put of a ${kind} at ${expect}`);
          const found = await readOne(storage, keyOf(kind, value.id));
          equal(found, { version: expect + 1, value }, `the ${kind} after ${expect} puts`);
        }
      }
    },
  ),
  onFresh(
    "a put that changes nothing counts as well",
    "the database reports rows changed instead of rows matched, or puts of equal records are left out",
    async (storage) => {
      await mustCommit(storage, creating("task", sampleTask()));
      await mustCommit(storage, [putting("task", sampleTask(), 1)]);
      equal(await versionOf(storage, keyOf("task", sampleTask().id)), 2, "the version");
    },
  ),
  onFresh(
    "a put replaces the whole record: what is not in the new one is gone",
    "the new record is merged into the old one",
    async (storage) => {
      const before = sampleMessage(1, { extra: { A: "1", B: "2" } });
      const after = sampleMessage(1, { extra: { B: "3" }, media: [] });
      await mustCommit(storage, creating("message", before));
      await mustCommit(storage, [putting("message", after, 1)]);
      equal(
        await readOne(storage, keyOf("message", after.id)),
        { version: 2, value: after },
        "the message after the put",
      );
    },
  ),
  onFresh(
    "a put changes what a record is looked up by: the new value finds it, the old one does not",
    "the unique index is only written when a record is created, or old entries stay in it",
    async (storage) => {
      const pending = sampleMessage(1, { id: "ours-1", sid: null });
      await mustCommit(storage, creating("message", pending));
      for (const [version, sid] of [
        [1, "SM7"],
        [2, "SM8"],
      ] as const) {
        equal(await readOne(storage, { kind: "message", sid }), null, `who has ${sid} before the put`);
        const value = { ...pending, sid };
        await mustCommit(storage, [putting("message", value, version)]);
        equal(
          await readOne(storage, { kind: "message", sid }),
          { version: version + 1, value },
          `who has ${sid} after the put`,
        );
      }
      equal(await readOne(storage, { kind: "message", sid: "SM7" }), null, "who has the old sid");
    },
  ),
  onFresh(
    "a put and a removal concern one record and no other of its kind",
    "the condition of an update or a delete lacks the id",
    async (storage) => {
      for (const kind of KINDS) {
        await mustCommit(
          storage,
          [1, 2, 3].flatMap((number) => creating(kind, sampleRecord(kind, number))),
        );
        await mustCommit(storage, [putting(kind, changedRecord(kind, 1, 7), 1)]);
        await mustCommit(storage, [removing(kind, sampleRecord(kind, 2).id, 1)]);
        const found = await storage.read(
          [1, 2, 3].map((number) => keyOf(kind, sampleRecord(kind, number).id)),
        );
        const expected = [
          { version: 2, value: changedRecord(kind, 1, 7) },
          null,
          { version: 1, value: sampleRecord(kind, 3) },
        ];
        equal(found, expected, `the records of the kind ${kind}`);
      }
    },
  ),
  onFresh(
    "a removed record is gone from every look-up and every list",
    "the record is only marked as removed and some query does not look at the mark, or an index keeps it",
    async (storage) => {
      const message = sampleMessage();
      const conversation = sampleConversation();
      await mustCommit(storage, [...creating("message", message), ...creating("conversation", conversation)]);
      await mustCommit(storage, [
        removing("message", message.id, 1),
        removing("conversation", conversation.id, 1),
      ]);
      const { ours, contact } = conversation;
      const found = await storage.read([
        keyOf("message", message.id),
        { kind: "message", sid: message.sid ?? "" },
        keyOf("conversation", conversation.id),
        { kind: "conversation", pair: [SAMPLE_ACCOUNT, ours, contact] },
      ]);
      equal(found, [null, null, null, null], "the records after they were removed");
      for (const kind of ["message", "conversation"] as const)
        equal(await ids(storage, { list: "records", kind }), [], `the list of every ${kind}`);
    },
  ),
  onFresh(
    "after a record was removed its id and its unique values are free",
    "unique values are kept after the removal, or the removed record still holds its row",
    async (storage) => {
      const message = sampleMessage(1, { id: "ours-1" });
      const conversation = sampleConversation();
      await mustCommit(storage, [...creating("message", message), ...creating("conversation", conversation)]);
      await mustCommit(storage, [
        removing("message", "ours-1", 1),
        removing("conversation", conversation.id, 1),
      ]);
      const withItsValues = { ...message, id: "ours-2" };
      const ofItsPair = { ...conversation, id: "another" };
      await mustCommit(storage, creating("message", withItsValues), "a message with the sid and the place");
      await mustCommit(storage, creating("conversation", ofItsPair), "a conversation of the pair");
      const withItsId = sampleMessage(2, { id: "ours-1" });
      await mustCommit(storage, creating("message", withItsId), "a message with the id");
      const found = await storage.read([
        { kind: "message", sid: message.sid ?? "" },
        keyOf("message", "ours-1"),
        { kind: "conversation", pair: [SAMPLE_ACCOUNT, conversation.ours, conversation.contact] },
      ]);
      equal(valuesOf(found), [withItsValues, withItsId, ofItsPair], "the new records");
    },
  ),
  onFresh(
    "a record that is created again starts at version 1 and has nothing of the one before",
    "versions are kept after a removal, or the new record is merged into what is left of the old one",
    async (storage) => {
      const key = keyOf("task", sampleTask().id);
      await mustCommit(storage, creating("task", sampleTask(1, { thenMessageIds: ["a"] })));
      await mustCommit(storage, [putting("task", sampleTask(1, { attempts: 1 }), 1)]);
      await mustCommit(storage, [removing("task", sampleTask().id, 2)]);
      await mustCommit(storage, creating("task", sampleTask()));
      equal(await readOne(storage, key), { version: 1, value: sampleTask() }, "the task");
      await mustCommit(storage, [putting("task", sampleTask(1, { attempts: 1 }), 1)], "a put at version 1");
    },
  ),
];
