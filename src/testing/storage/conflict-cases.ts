import type { Kind, Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import type { Storage } from "../../ports/storage";
import {
  checking,
  creating,
  keyOf,
  mustCommit,
  mustConflict,
  putting,
  readOne,
  removing,
} from "./commit-and-read";
import { equal } from "./expectations";
import { changedRecord, sampleConsent, sampleRecord, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const NOBODY = "nobody";

/** Fails unless a write conflicts at every version but the one that is there, which is 2. */
async function atWrongVersions(
  storage: Storage,
  doing: string,
  write: (kind: Kind, id: string, expect: number) => Write,
): Promise<void> {
  for (const kind of KINDS) {
    const value = changedRecord(kind, 1, 1);
    await mustCommit(storage, creating(kind, sampleRecord(kind)));
    await mustCommit(storage, [putting(kind, value, 1)]);
    for (const expect of [1, 3, 0, -1])
      await mustConflict(storage, [write(kind, value.id, expect)], `${doing} a ${kind} at version ${expect}`);
    equal(await readOne(storage, keyOf(kind, value.id)), { version: 2, value }, `the ${kind}`);
  }
}

/** Commits of one write that must not go through, and what they leave behind: nothing. */
export const CONFLICT_CASES: readonly StorageCase[] = [
  onFresh(
    "creating a record whose id exists conflicts and changes nothing",
    'a creation is an "insert or replace"; insert and see whether a row came of it',
    async (storage) => {
      for (const kind of KINDS) {
        const value = sampleRecord(kind);
        await mustCommit(storage, creating(kind, value));
        await mustConflict(storage, creating(kind, changedRecord(kind, 1, 5)), `creating a ${kind}`);
        equal(await readOne(storage, keyOf(kind, value.id)), { version: 1, value }, `the ${kind}`);
      }
    },
  ),
  onFresh(
    "putting a record at a version that is no longer, or not yet, conflicts and changes nothing",
    "the condition of the update lacks the version, or compares it with less or equal",
    (storage) =>
      atWrongVersions(storage, "putting", (kind, _, at) => putting(kind, changedRecord(kind, 1, 9), at)),
  ),
  onFresh(
    "removing a record at a version that is no longer, or not yet, conflicts and it stays",
    "the condition of the delete lacks the version",
    (storage) => atWrongVersions(storage, "removing", removing),
  ),
  onFresh(
    "a check of a record holds at its version only, and changes nothing",
    "entries with `check` are skipped because they write nothing, or they raise the version",
    async (storage) => {
      await atWrongVersions(storage, "checking", checking);
      for (const kind of KINDS) {
        const value = changedRecord(kind, 1, 1);
        await mustCommit(storage, [checking(kind, value.id, 2)], `a check of a ${kind} at its version`);
        equal(await readOne(storage, keyOf(kind, value.id)), { version: 2, value }, `the ${kind}`);
      }
    },
  ),
  onFresh(
    "putting, checking or removing a record that does not exist conflicts and makes none",
    "a put is an upsert, or what touches no row is taken for success",
    async (storage) => {
      const nobody = sampleTask(1, { id: NOBODY });
      for (const expect of [1, 0]) {
        await mustConflict(storage, [putting("task", nobody, expect)], `putting at ${expect}`);
        await mustConflict(storage, [checking("task", NOBODY, expect)], `checking at ${expect}`);
        await mustConflict(storage, [removing("task", NOBODY, expect)], `removing at ${expect}`);
      }
      equal(await readOne(storage, keyOf("task", NOBODY)), null, "the task");
    },
  ),
  onFresh(
    "putting, checking or removing a record that was removed conflicts",
    "removed records are marked and still meet a condition on id and version",
    async (storage) => {
      const { id } = sampleTask();
      await mustCommit(storage, creating("task", sampleTask()));
      await mustCommit(storage, [removing("task", id, 1)]);
      await mustConflict(storage, [putting("task", sampleTask(), 1)], "putting");
      await mustConflict(storage, [checking("task", id, 1)], "checking");
      await mustConflict(storage, [removing("task", id, 1)], "removing");
      equal(await readOne(storage, keyOf("task", id)), null, "the task");
    },
  ),
  onFresh(
    "a check lets the writes beside it through when it holds, and none of them when it does not",
    "entries with `check` are skipped because they write nothing",
    async (storage) => {
      const consent = sampleConsent();
      await mustCommit(storage, creating("consent", consent));
      await mustCommit(storage, [checking("consent", consent.id, 1), ...creating("task", sampleTask(1))]);
      await mustConflict(storage, [checking("consent", consent.id, 2), ...creating("task", sampleTask(2))]);
      await mustConflict(storage, [checking("consent", NOBODY, 1), ...creating("task", sampleTask(3))]);
      const found = await storage.read([1, 2, 3].map((number) => keyOf("task", sampleTask(number).id)));
      equal(
        found.map((one) => one?.version ?? null),
        [1, null, null],
        "the versions of the tasks beside the checks",
      );
    },
  ),
  onFresh(
    "a commit of nothing goes through",
    "an empty list of statements is a syntax error, or nothing done is taken for a conflict",
    async (storage) => {
      await mustCommit(storage, []);
    },
  ),
];
