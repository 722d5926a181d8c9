import type { Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import { creating, keyOf, mustCommit, mustConflict, putting, removing } from "./commit-and-read";
import { equal } from "./expectations";
import { ids, paged, pages, THREAD, URGENT } from "./list-pages";
import { changedRecord, sampleConversation, sampleMessage, sampleRecord, sampleTask } from "./sample-records";
import { onReopened, type StorageCase } from "./storage-case";

const writes: readonly Write[] = KINDS.flatMap((kind) =>
  [1, 2, 3].flatMap((number) => creating(kind, sampleRecord(kind, number))),
);

const LOST =
  "records are in memory and written out later or not at all: a commit is answered when it is where it survives";

/** Opening again. */
export const REOPENING_CASES: readonly StorageCase[] = [
  onReopened(
    "after opening again every record, its version, and what was removed are as they were",
    LOST,
    async (storage, again) => {
      await mustCommit(storage, writes);
      for (const kind of KINDS) {
        await mustCommit(storage, [
          putting(kind, changedRecord(kind, 1, 5), 1),
          removing(kind, sampleRecord(kind, 2).id, 1),
        ]);
      }
      const after = await again();
      for (const kind of KINDS) {
        const found = await after.read([1, 2, 3].map((number) => keyOf(kind, sampleRecord(kind, number).id)));
        const expected = [
          { version: 2, value: changedRecord(kind, 1, 5) },
          null,
          { version: 1, value: sampleRecord(kind, 3) },
        ];
        equal(found, expected, `the records of the kind ${kind}`);
        await mustCommit(after, [putting(kind, sampleRecord(kind, 1), 2)], "a put on what was read");
      }
    },
  ),
  onReopened(
    "after opening again lists and look-ups find what they found",
    "indexes are in memory and not built again when the storage opens",
    async (storage, again) => {
      await mustCommit(storage, writes);
      const after = await again();
      equal(
        await ids(after, URGENT),
        [1, 2, 3].map((number) => sampleTask(number).id),
        "the tasks listed",
      );
      const found = await after.read([
        { kind: "message", sid: sampleMessage(2).sid ?? "" },
        {
          kind: "conversation",
          pair: [sampleConversation().accountSid, sampleConversation().ours, sampleConversation(2).contact],
        },
      ]);
      equal(
        found.map((one) => one?.value.id),
        [sampleMessage(2).id, sampleConversation(2).id],
        "the records by their unique values",
      );
    },
  ),
  onReopened(
    "after opening again versions and unique values are held as before",
    "the unique index is in memory and not built again when the storage opens, or versions start anew",
    async (storage, again) => {
      await mustCommit(storage, writes);
      const after = await again();
      await mustConflict(
        after,
        creating("message", sampleMessage(9, { sid: sampleMessage(1).sid })),
        "a sid",
      );
      await mustConflict(after, creating("message", sampleMessage(9, { seq: 2 })), "a place");
      await mustConflict(after, creating("conversation", sampleConversation(1, { id: "x" })), "a pair");
      await mustConflict(after, creating("task", sampleTask(3)), "an id");
      await mustConflict(after, [putting("task", sampleTask(1), 2)], "a version that is not yet");
    },
  ),
  onReopened(
    "a cursor that was given before is good after opening again",
    "cursors are kept in memory: put the place into the cursor itself",
    async (storage, again) => {
      await mustCommit(storage, writes);
      const [first] = await pages(storage, THREAD, { limit: 3 });
      const { items, nextCursor } = await storage.list(paged(THREAD, 2, null));
      const after = await again();
      const rest = await after.list(paged(THREAD, 2, nextCursor));
      equal(
        [...items, ...rest.items].map(({ id }) => id),
        first,
        "the messages listed before and after",
      );
    },
  ),
  onReopened(
    "opening again and again, with commits in between, loses nothing",
    "opening makes the tables anew, or a migration runs twice",
    async (storage, again) => {
      await mustCommit(storage, creating("task", sampleTask(1)));
      for (const number of [2, 3, 4]) {
        const after = await again();
        await mustCommit(after, creating("task", sampleTask(number)));
      }
      const last = await again();
      equal(
        await ids(last, URGENT),
        [1, 2, 3, 4].map((number) => sampleTask(number).id),
        "the tasks",
      );
    },
  ),
  onReopened(
    "what conflicted before closing is not there after opening again",
    "a commit is written to a log before it is judged, and the log is applied when the storage opens",
    async (storage, again) => {
      await mustCommit(storage, creating("task", sampleTask(1)));
      await mustConflict(storage, [...creating("task", sampleTask(2)), putting("task", sampleTask(1), 7)]);
      const after = await again();
      equal(await ids(after, URGENT), [sampleTask(1).id], "the tasks");
    },
  ),
];
