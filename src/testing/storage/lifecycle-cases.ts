import { isSmsError } from "../../core/model/errors";
import type { Write } from "../../core/model/record";
import { mustCommit } from "./record-cases";
import { sampleConsent, sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { equal, onFresh, rejects, type StorageCase } from "./storage-case";

const writes: readonly Write[] = [
  { kind: "consent", put: sampleConsent(), expect: "absent" },
  { kind: "conversation", put: sampleConversation(), expect: "absent" },
  { kind: "message", put: sampleMessage(), expect: "absent" },
  { kind: "task", put: sampleTask(), expect: "absent" },
];

const keys = [
  { kind: "consent", id: sampleConsent().id },
  { kind: "conversation", id: sampleConversation().id },
  { kind: "message", sid: sampleMessage().sid ?? "" },
  { kind: "task", id: sampleTask().id },
] as const;

/** Closing, and opening again. */
export const LIFECYCLE_CASES: readonly StorageCase[] = [
  onFresh(
    "after closing every verb rejects with storage_failed, and closing again does nothing",
    async (storage) => {
      await mustCommit(storage, writes);
      await storage.close();
      const verbs = {
        read: storage.read(keys),
        commit: storage.commit(writes),
        list: storage.list({ list: "tasks", class: "urgent", dueBeforeMs: 1, limit: 1, cursor: null }),
      };
      for (const [verb, promise] of Object.entries(verbs)) {
        const error = await rejects(promise, `${verb} after close`);
        equal(isSmsError(error) ? error.code : error, "storage_failed", `the code that ${verb} rejects with`);
      }
      await storage.close();
    },
  ),
  onFresh("a storage that was never used can be closed", async (storage) => {
    await storage.close();
  }),
  onFresh("closing lets commits that were asked for before come to an end", async (storage) => {
    await storage.read([]);
    const committing = storage.commit(writes);
    await storage.close();
    equal(await committing, "committed", "the commit");
  }),
  {
    name: "after opening again every record, its version, and what was removed are as they were",
    needs: "reopening",
    async run({ create, reopen }) {
      if (reopen === undefined) throw new TypeError("This case needs reopen.");
      const before = await create();
      await mustCommit(before, [...writes, { kind: "task", put: sampleTask(2), expect: "absent" }]);
      await mustCommit(before, [{ kind: "task", put: sampleTask(1, { attempts: 1 }), expect: 1 }]);
      await mustCommit(before, [{ kind: "task", remove: sampleTask(2).id, expect: 1 }]);
      const after = await reopen(before);
      try {
        const found = await after.read([...keys, { kind: "task", id: sampleTask(2).id }]);
        const values = [sampleConsent(), sampleConversation(), sampleMessage()].map((value) => ({
          version: 1,
          value,
        }));
        equal(found, [...values, { version: 2, value: sampleTask(1, { attempts: 1 }) }, null], "the records");
        const { items } = await after.list({
          list: "tasks",
          class: "urgent",
          dueBeforeMs: 2 ** 50,
          limit: 9,
          cursor: null,
        });
        equal(items, [sampleTask(1, { attempts: 1 })], "the tasks listed");
        await mustCommit(
          after,
          [{ kind: "task", remove: sampleTask(1).id, expect: 2 }],
          "a commit on what was read",
        );
      } finally {
        await after.close();
      }
    },
  },
];
