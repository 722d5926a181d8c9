import type { Write } from "../../core/model/record";
import { mustCommit, mustConflict, readOne } from "./record-cases";
import { sampleConsent, sampleConversation, sampleDraft, sampleMessage, sampleTask } from "./sample-records";
import { equal, onFresh, type StorageCase } from "./storage-case";

const task = sampleTask();
const taskKey = { kind: "task", id: task.id } as const;
const createTask: Write = { kind: "task", put: task, expect: "absent" };

/** Commits that must not go through, and what they leave behind: nothing. */
export const CONFLICT_CASES: readonly StorageCase[] = [
  onFresh("creating a record whose id exists conflicts and changes nothing", async (storage) => {
    await mustCommit(storage, [createTask]);
    await mustConflict(storage, [{ kind: "task", put: sampleTask(1, { attempts: 5 }), expect: "absent" }]);
    equal(await readOne(storage, taskKey), { version: 1, value: task }, "the task");
  }),
  onFresh("creating a second conversation of a pair conflicts", async (storage) => {
    await mustCommit(storage, [{ kind: "conversation", put: sampleConversation(1), expect: "absent" }]);
    await mustConflict(storage, [
      { kind: "conversation", put: sampleConversation(1, { id: "other" }), expect: "absent" },
    ]);
    equal(await readOne(storage, { kind: "conversation", id: "other" }), null, "the second conversation");
    const otherAccount = sampleConversation(1, { id: "other", accountSid: "AC2" });
    await mustCommit(
      storage,
      [{ kind: "conversation", put: otherAccount, expect: "absent" }],
      "the pair in another account",
    );
  }),
  onFresh("creating a second message with a sid conflicts", async (storage) => {
    await mustCommit(storage, [
      { kind: "message", put: sampleMessage(1, { id: "a", sid: "SM1" }), expect: "absent" },
    ]);
    await mustConflict(storage, [
      { kind: "message", put: sampleMessage(2, { id: "b", sid: "SM1" }), expect: "absent" },
    ]);
    equal(await readOne(storage, { kind: "message", id: "b" }), null, "the second message");
  }),
  onFresh("creating a second message at a place of a conversation conflicts", async (storage) => {
    await mustCommit(storage, [{ kind: "message", put: sampleMessage(1), expect: "absent" }]);
    await mustConflict(storage, [{ kind: "message", put: sampleMessage(2, { seq: 1 }), expect: "absent" }]);
    const elsewhere = sampleMessage(2, { seq: 1, conversationId: "conversation-2" });
    await mustCommit(
      storage,
      [{ kind: "message", put: elsewhere, expect: "absent" }],
      "the place in another conversation",
    );
  }),
  onFresh("any number of messages may have no sid", async (storage) => {
    const writes = [1, 2, 3].map((n): Write => ({
      kind: "message",
      put: sampleMessage(n, { sid: null }),
      expect: "absent",
    }));
    await mustCommit(storage, writes);
  }),
  onFresh(
    "putting at a version that is no longer, or not yet, conflicts and changes nothing",
    async (storage) => {
      await mustCommit(storage, [createTask]);
      await mustCommit(storage, [{ kind: "task", put: sampleTask(1, { attempts: 1 }), expect: 1 }]);
      for (const expect of [1, 3, 0, -1]) {
        await mustConflict(
          storage,
          [{ kind: "task", put: sampleTask(1, { attempts: 9 }), expect }],
          `putting at version ${expect}`,
        );
      }
      equal(
        await readOne(storage, taskKey),
        { version: 2, value: sampleTask(1, { attempts: 1 }) },
        "the task",
      );
    },
  ),
  onFresh(
    "putting, checking or removing a record that does not exist conflicts and makes none",
    async (storage) => {
      await mustConflict(storage, [{ kind: "task", put: task, expect: 1 }], "putting");
      await mustConflict(storage, [{ kind: "task", check: task.id, expect: 1 }], "checking");
      await mustConflict(storage, [{ kind: "task", remove: task.id, expect: 1 }], "removing");
      equal(await readOne(storage, taskKey), null, "the task");
    },
  ),
  onFresh("removing at a wrong version conflicts and the record stays", async (storage) => {
    await mustCommit(storage, [createTask]);
    await mustConflict(storage, [{ kind: "task", remove: task.id, expect: 2 }]);
    equal(await readOne(storage, taskKey), { version: 1, value: task }, "the task");
  }),
  onFresh(
    "a check of the version that is there lets the commit through and changes nothing",
    async (storage) => {
      const consent = sampleConsent();
      await mustCommit(storage, [{ kind: "consent", put: consent, expect: "absent" }]);
      await mustCommit(storage, [{ kind: "consent", check: consent.id, expect: 1 }, createTask]);
      await mustCommit(
        storage,
        [{ kind: "consent", check: consent.id, expect: 1 }],
        "a commit of a check alone",
      );
      equal(
        await readOne(storage, { kind: "consent", id: consent.id }),
        { version: 1, value: consent },
        "the consent",
      );
    },
  ),
  onFresh("when the last write of a commit conflicts, none of its writes is there", async (storage) => {
    const message = sampleMessage(1);
    await mustCommit(storage, [
      { kind: "conversation", put: sampleConversation(1), expect: "absent" },
      { kind: "draft", put: sampleDraft(1), expect: "absent" },
      createTask,
    ]);
    await mustConflict(storage, [
      { kind: "consent", put: sampleConsent(), expect: "absent" },
      { kind: "conversation", put: sampleConversation(1, { lastSeq: 2 }), expect: 1 },
      { kind: "message", put: message, expect: "absent" },
      { kind: "draft", remove: sampleDraft(1).id, expect: 1 },
      { kind: "task", put: sampleTask(1, { attempts: 1 }), expect: 2 },
    ]);
    const found = await storage.read([
      { kind: "consent", id: sampleConsent().id },
      { kind: "conversation", id: sampleConversation(1).id },
      { kind: "message", id: message.id },
      { kind: "draft", id: sampleDraft(1).id },
      taskKey,
    ]);
    const expected = [null, sampleConversation(1), null, sampleDraft(1), task].map(
      (value) => value && { version: 1, value },
    );
    equal(found, expected, "the records");
    await mustCommit(
      storage,
      [{ kind: "message", put: { ...message, id: "again" }, expect: "absent" }],
      "the unique values after it",
    );
  }),
  onFresh("when the first write of a commit conflicts, none of its writes is there", async (storage) => {
    await mustConflict(storage, [{ kind: "consent", check: sampleConsent().id, expect: 1 }, createTask]);
    equal(await readOne(storage, taskKey), null, "the task");
  }),
  onFresh(
    "an update to a unique value that another record has conflicts and changes nothing",
    async (storage) => {
      await mustCommit(storage, [
        { kind: "message", put: sampleMessage(1), expect: "absent" },
        { kind: "message", put: sampleMessage(2), expect: "absent" },
        { kind: "conversation", put: sampleConversation(1), expect: "absent" },
        { kind: "conversation", put: sampleConversation(2), expect: "absent" },
      ]);
      const taken: readonly Write[] = [
        { kind: "message", put: sampleMessage(2, { sid: sampleMessage(1).sid }), expect: 1 },
        { kind: "message", put: sampleMessage(2, { seq: 1 }), expect: 1 },
        {
          kind: "conversation",
          put: sampleConversation(2, { contact: sampleConversation(1).contact }),
          expect: 1,
        },
      ];
      for (const write of taken)
        await mustConflict(storage, [createTask, write], `a ${write.kind} with a value of another`);
      equal(await readOne(storage, taskKey), null, "the task of the same commit");
      const found = await readOne(storage, { kind: "message", id: sampleMessage(2).id });
      equal(found, { version: 1, value: sampleMessage(2) }, "the message");
    },
  ),
  onFresh("an update that keeps its own unique values goes through", async (storage) => {
    await mustCommit(storage, [{ kind: "message", put: sampleMessage(1), expect: "absent" }]);
    await mustCommit(storage, [{ kind: "message", put: sampleMessage(1, { status: "read" }), expect: 1 }]);
  }),
  onFresh("two records of one commit that share a unique value conflict", async (storage) => {
    await mustConflict(storage, [
      { kind: "message", put: sampleMessage(1, { sid: "SM1" }), expect: "absent" },
      { kind: "message", put: sampleMessage(2, { sid: "SM1" }), expect: "absent" },
    ]);
    equal(await readOne(storage, { kind: "message", sid: "SM1" }), null, "the message");
  }),
  onFresh("a commit of nothing goes through", async (storage) => {
    await mustCommit(storage, []);
  }),
];
