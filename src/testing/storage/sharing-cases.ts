import { KINDS } from "../../core/model/schema";
import { creating, keyOf, mustCommit, mustConflict, putting, readOne, removing } from "./commit-and-read";
import { equal } from "./expectations";
import { ids, paged, THREAD, URGENT } from "./list-pages";
import { countTogether, raceForOnePair, raceForOneVersion, writeInEveryOrder } from "./race-cases";
import { changedRecord, sampleMessage, sampleRecord, sampleTask } from "./sample-records";
import { crossChecks } from "./skew-cases";
import { readWhileCommitting } from "./snapshot-cases";
import { onShared, type StorageCase } from "./storage-case";

const STALE =
  "records are cached in the storage, or read in a transaction that began earlier, or from a replica";
const LOCAL =
  "versions are compared in this process (a lock or a queue of its own holds nobody else back): the database must compare them";

/** Two storages on the same records, as two processes would have them. */
export const SHARING_CASES: readonly StorageCase[] = [
  onShared(
    "what one connection commits the other reads at once, also what it had read before",
    STALE,
    async (first, second) => {
      for (const kind of KINDS) {
        const key = keyOf(kind, sampleRecord(kind).id);
        equal(await readOne(second, key), null, `the ${kind} before it is created`);
        await mustCommit(first, creating(kind, sampleRecord(kind)));
        equal(await readOne(second, key), { version: 1, value: sampleRecord(kind) }, `the new ${kind}`);
        const value = changedRecord(kind, 1, 4);
        await mustCommit(first, [putting(kind, value, 1)]);
        equal(await readOne(second, key), { version: 2, value }, `the ${kind} after it changed`);
        await mustCommit(second, [putting(kind, sampleRecord(kind), 2)], "a commit on what was read");
        equal(
          await readOne(first, key),
          { version: 3, value: sampleRecord(kind) },
          `the ${kind}, back again`,
        );
        await mustCommit(first, [removing(kind, sampleRecord(kind).id, 3)]);
        equal(await readOne(second, key), null, `the ${kind} after it was removed`);
      }
    },
  ),
  onShared(
    "what one connection commits the other lists and looks up at once",
    `${STALE}; indexes in memory know nothing of other processes`,
    async (first, second) => {
      const message = sampleMessage(1, { id: "ours-1", sid: null });
      equal(await ids(second, THREAD), [], "the thread before");
      await mustCommit(first, [...creating("message", message), ...creating("task", sampleTask())]);
      equal(await ids(second, THREAD), ["ours-1"], "the thread");
      equal(await ids(second, URGENT), [sampleTask().id], "the tasks");
      await mustCommit(first, [putting("message", { ...message, sid: "SM9" }, 1)]);
      const found = await readOne(second, { kind: "message", sid: "SM9" });
      equal(found?.version, 2, "the version of the message by its sid");
      await mustCommit(second, [removing("task", sampleTask().id, 1)]);
      equal(await ids(first, URGENT), [], "the tasks after the other removed one");
    },
  ),
  onShared(
    "a version or a unique value that one connection has taken is taken for the other",
    LOCAL,
    async (first, second) => {
      await mustCommit(first, [...creating("task", sampleTask()), ...creating("message", sampleMessage())]);
      await mustCommit(first, [putting("task", sampleTask(1, { attempts: 1 }), 1)]);
      await mustConflict(second, [putting("task", sampleTask(1, { attempts: 2 }), 1)], "an old version");
      await mustConflict(second, creating("task", sampleTask()), "an id");
      const sameSid = sampleMessage(2, { sid: sampleMessage().sid });
      await mustConflict(second, creating("message", sameSid), "a sid");
      await mustConflict(second, [{ kind: "task", check: sampleTask().id, expect: 1 }], "a check");
    },
  ),
  onShared("a cursor of one connection is good for the other", STALE, async (first, second) => {
    await mustCommit(first, creating("message", ...[1, 2, 3].map((number) => sampleMessage(number))));
    const { nextCursor } = await first.list(paged(THREAD, 2, null));
    const rest = await second.list(paged(THREAD, 2, nextCursor));
    equal(rest, { items: [sampleMessage(3)], nextCursor: null }, "the rest");
  }),
  onShared("of writers of one version over two connections exactly one wins", LOCAL, (first, second) =>
    raceForOneVersion([first, second]),
  ),
  onShared(
    "of those that open the conversation of one pair over two connections exactly one wins",
    LOCAL,
    (first, second) => raceForOnePair([first, second]),
  ),
  onShared("those that count together over two connections lose no step", LOCAL, (first, second) =>
    countTogether([first, second]),
  ),
  onShared(
    "commits over the same records in every order over two connections all come to an end and none fails",
    "a lock that another connection holds is an error instead of something to wait for, or deadlocks are not answered with a conflict",
    (first, second) => writeInEveryOrder([first, second]),
  ),
  onShared(
    "write skew: of two over two connections that each check what the other writes, at most one wins",
    `${LOCAL}; a checked record has to be held until the commit`,
    (first, second) => crossChecks([first, second]),
  ),
  onShared(
    "readers of one connection see every commit of the other whole or not at all",
    "each key is read by a statement of its own outside of a read transaction",
    (first, second) => readWhileCommitting(first, second),
  ),
  onShared(
    "closing one connection leaves the other as it was",
    "both share one connection of the driver, and closing closes it",
    async (first, second) => {
      await mustCommit(second, creating("task", sampleTask()));
      await second.close();
      await mustCommit(first, [putting("task", sampleTask(1, { attempts: 1 }), 1)]);
      equal(
        await readOne(first, keyOf("task", sampleTask().id)),
        { version: 2, value: sampleTask(1, { attempts: 1 }) },
        "the task",
      );
    },
  ),
];
