import type { Write } from "../../core/model/record";
import { mustCommit, readOne } from "./record-cases";
import { sampleMessage } from "./sample-records";
import { equal, onFresh, type StorageCase } from "./storage-case";

const message = sampleMessage();
const key = { kind: "message", id: message.id } as const;

/** Changes everything in an object that can be changed. What is frozen stays, and that is as good. */
function vandalise(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const field of Object.keys(value)) {
    vandalise(Reflect.get(value, field));
    Reflect.set(value, field, "changed by the caller");
  }
  Reflect.set(value, "added", "by the caller");
}

/** Callers and the storage share no objects. */
export const ISOLATION_CASES: readonly StorageCase[] = [
  onFresh("what a caller does to a record that it read changes nothing stored", async (storage) => {
    await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
    vandalise(await storage.read([key]));
    equal(await readOne(storage, key), { version: 1, value: message }, "the message");
  }),
  onFresh("what a caller does to a record that it listed changes nothing stored", async (storage) => {
    await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
    const { conversationId } = message;
    vandalise(
      await storage.list({ list: "messages", conversationId, order: "oldest-first", limit: 9, cursor: null }),
    );
    equal(await readOne(storage, key), { version: 1, value: message }, "the message");
  }),
  onFresh(
    "what a caller does to a record after committing it changes nothing stored, not even before the answer",
    async (storage) => {
      const mine = structuredClone(message);
      const writes: Write[] = [{ kind: "message", put: mine, expect: "absent" }];
      const committing = storage.commit(writes);
      vandalise(mine);
      writes.length = 0;
      equal(await committing, "committed", "the commit");
      vandalise(mine);
      equal(await readOne(storage, key), { version: 1, value: message }, "the message");
    },
  ),
  onFresh("a storage leaves the records that it is given as they are", async (storage) => {
    const mine = structuredClone(message);
    await mustCommit(storage, [{ kind: "message", put: mine, expect: "absent" }]);
    equal(mine, message, "the caller's record");
    equal(
      [Object.isFrozen(mine), Object.isFrozen(mine.media)],
      [false, false],
      "whether the caller's record is frozen",
    );
  }),
  onFresh("two that read one record share no object that can be changed", async (storage) => {
    await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
    const [first, second] = await storage.read([key, key]);
    vandalise(first);
    equal(second, { version: 1, value: message }, "what the second read");
  }),
];
