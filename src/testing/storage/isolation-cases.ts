import { KINDS } from "../../core/model/schema";
import { creating, keyOf, mustCommit, putting, readOne } from "./commit-and-read";
import { equal } from "./expectations";
import { paged, THREAD } from "./list-pages";
import { changedRecord, sampleMessage, sampleRecord } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const message = sampleMessage();
const key = keyOf("message", message.id);

const LIVE_OUT =
  "what is given out is the stored object, or a copy of its first level: copy deeply, or freeze";

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
  onFresh("what a caller does to a record that it read changes nothing stored", LIVE_OUT, async (storage) => {
    for (const kind of KINDS) {
      const value = sampleRecord(kind);
      await mustCommit(storage, creating(kind, value));
      for (const time of ["once", "twice"]) {
        vandalise(await storage.read([keyOf(kind, value.id)]));
        const found = await readOne(storage, keyOf(kind, value.id));
        equal(found, { version: 1, value }, `the ${kind} after its copy was changed ${time}`);
      }
    }
  }),
  onFresh(
    "what a caller does to a record that it listed changes nothing stored",
    LIVE_OUT,
    async (storage) => {
      await mustCommit(storage, creating("message", message));
      vandalise(await storage.list(paged(THREAD, 9, null)));
      equal(await readOne(storage, key), { version: 1, value: message }, "the message");
      const { items } = await storage.list(paged(THREAD, 9, null));
      equal(items, [message], "the message listed again");
    },
  ),
  onFresh(
    "what a caller does to a record after committing it changes nothing stored",
    "the caller's object itself is stored: copy deeply what comes in",
    async (storage) => {
      for (const kind of KINDS) {
        const created = structuredClone(sampleRecord(kind));
        const put = structuredClone(changedRecord(kind, 1, 3));
        equal(await storage.commit(creating(kind, created)), "committed", "the creation");
        vandalise(created);
        const found = await readOne(storage, keyOf(kind, put.id));
        equal(found, { version: 1, value: sampleRecord(kind) }, `the ${kind} that was created`);
        equal(await storage.commit([putting(kind, put, 1)]), "committed", "the put");
        vandalise(put);
        const again = await readOne(storage, keyOf(kind, sampleRecord(kind).id));
        equal(again, { version: 2, value: changedRecord(kind, 1, 3) }, `the ${kind} that was put`);
      }
    },
  ),
  onFresh(
    "what a caller does to a record before its commit is answered is not part of it",
    "something is awaited (a connection, a lock) before what comes in is copied or encoded: do that first",
    async (storage) => {
      const mine = structuredClone(message);
      const writes = [...creating("message", mine)];
      const committing = storage.commit(writes);
      vandalise(mine);
      writes.length = 0;
      equal(await committing, "committed", "the commit");
      equal(await readOne(storage, key), { version: 1, value: message }, "the message");
    },
  ),
  onFresh(
    "a storage leaves the records that it is given as they are",
    "what comes in is normalised or frozen in place",
    async (storage) => {
      const mine = structuredClone(message);
      equal(await storage.commit(creating("message", mine)), "committed", "the commit");
      equal(mine, message, "the caller's record");
      equal(
        [Object.isFrozen(mine), Object.isFrozen(mine.media), Object.isFrozen(mine.extra)],
        [false, false, false],
        "whether the caller's record, its media and its extra fields are frozen",
      );
    },
  ),
  onFresh(
    "two that read one record share no object that can be changed",
    `${LIVE_OUT}; one row that is decoded once for two keys must be copied for the second`,
    async (storage) => {
      await mustCommit(storage, creating("message", message));
      const [first, second] = await storage.read([key, key]);
      vandalise(first);
      equal(second, { version: 1, value: message }, "what the second read");
    },
  ),
];
