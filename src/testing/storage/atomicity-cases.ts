import type { Kind, Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import type { Storage } from "../../ports/storage";
import { checking, creating, keyOf, mustCommit, mustConflict, putting, removing } from "./commit-and-read";
import { equal, ruleBroken } from "./expectations";
import { ids } from "./list-pages";
import { changedRecord, sampleRecord, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

// Of every kind: 2 is changed, 3 is created and 4 is removed by a commit whose failing write concerns 1 or 5.
const BEFORE = [1, 2, 4, 5];
const idOf = (kind: Kind, number: number): string => sampleRecord(kind, number).id;

const GOOD: readonly Write[] = KINDS.flatMap((kind) => [
  putting(kind, changedRecord(kind, 2, 7), 1),
  ...creating(kind, sampleRecord(kind, 3)),
  removing(kind, idOf(kind, 4), 1),
]);

const UNDO: readonly (readonly Write[])[] = [
  KINDS.flatMap((kind) => [
    removing(kind, idOf(kind, 2), 2),
    removing(kind, idOf(kind, 3), 1),
    ...creating(kind, sampleRecord(kind, 4)),
  ]),
  KINDS.flatMap((kind) => creating(kind, sampleRecord(kind, 2))),
];

/** The ways in which one write of a commit fails. */
const FAILURES: readonly {
  readonly name: string;
  readonly write: (kind: Kind, number: number) => Write;
}[] = [
  {
    name: "a put at a wrong version",
    write: (kind, number) => putting(kind, changedRecord(kind, number, 9), 2),
  },
  {
    name: "a creation of what exists",
    write: (kind, number) => putting(kind, changedRecord(kind, number, 9), "absent"),
  },
  {
    name: "a check of a wrong version",
    write: (kind, number) => checking(kind, idOf(kind, number), 2),
  },
  {
    name: "a removal at a wrong version",
    write: (kind, number) => removing(kind, idOf(kind, number), 2),
  },
];

const HALFWAY =
  "the writes before the one that fails stay: run all of them in one transaction and roll it back";

async function prepare(storage: Storage): Promise<void> {
  const writes = KINDS.flatMap((kind) =>
    BEFORE.flatMap((number) => creating(kind, sampleRecord(kind, number))),
  );
  await mustCommit(storage, writes);
}

async function expectNothingChanged(storage: Storage, after: string): Promise<void> {
  for (const kind of KINDS) {
    const found = await storage.read([1, 2, 3, 4, 5].map((number) => keyOf(kind, idOf(kind, number))));
    const expected = [1, 2, 3, 4, 5].map((number) =>
      BEFORE.includes(number) ? { version: 1, value: sampleRecord(kind, number) } : null,
    );
    equal(found, expected, `the records of the kind ${kind} after ${after}`);
    const listed = await ids(storage, { list: "records", kind });
    equal(
      [...listed].sort(),
      BEFORE.map((number) => idOf(kind, number)).sort(),
      `the list of every ${kind} after ${after}`,
    );
  }
}

/** Every commit is there whole or not at all. */
export const ATOMICITY_CASES: readonly StorageCase[] = [
  ...FAILURES.map(({ name, write }) =>
    onFresh(
      `when ${name} fails at any place of a commit, nothing of it is there`,
      HALFWAY,
      async (storage) => {
        await prepare(storage);
        for (const kind of KINDS) {
          for (const number of [1, 5]) {
            const what = `${name} of ${idOf(kind, number)}`;
            const failing = write(kind, number);
            for (const writes of [
              [failing, ...GOOD],
              [...GOOD, failing],
            ])
              await mustConflict(storage, writes, `a commit with ${what}`);
            await expectNothingChanged(storage, `a commit with ${what}`);
          }
        }
        await mustCommit(storage, GOOD, "the commit without what failed");
      },
    ),
  ),
  onFresh(
    "when a unique value is taken at any place of a commit, nothing of it is there",
    `${HALFWAY}; a violated constraint is such a failure, too`,
    async (storage) => {
      await prepare(storage);
      const taken: readonly Write[] = [
        ...creating("message", { ...sampleRecord("message", 9), sid: sampleRecord("message", 1).sid }),
        ...creating("conversation", { ...sampleRecord("conversation", 1), id: "zzz" }),
        putting("message", { ...sampleRecord("message", 5), seq: 1 }, 1),
      ];
      for (const failing of taken) {
        await mustConflict(storage, [...GOOD, failing]);
        await expectNothingChanged(storage, "a commit with a unique value that is taken");
      }
      await mustCommit(storage, GOOD, "the commit without what failed");
    },
  ),
  onFresh(
    "when a record of a commit cannot be stored, nothing of it is there and the storage works on",
    "the transaction is left open after an error, or the writes before it stay",
    async (storage) => {
      await prepare(storage);
      for (const kind of KINDS) {
        // Only code that goes around the types can do this, and it must not be kept in half.
        const broken = { ...sampleRecord(kind, 9), accountSid: undefined } as unknown as ReturnType<
          typeof sampleRecord<typeof kind>
        >;
        const outcome = await storage
          .commit(structuredClone([...GOOD, ...creating(kind, broken)]))
          .catch(() => "refused");
        if (outcome === "committed")
          throw ruleBroken(`a ${kind} without its accountSid: expected to be refused, but it was stored`);
        await expectNothingChanged(storage, `a ${kind} that cannot be stored`);
      }
      await mustCommit(storage, GOOD, "the commit without what failed");
    },
  ),
  onFresh(
    "a commit that conflicted leaves nothing locked or taken: the same writes go through once they can",
    "locks or unique values taken by the writes before the conflict are not given back",
    async (storage) => {
      const blocker = sampleTask(9);
      await mustCommit(storage, creating("task", blocker));
      const created = KINDS.flatMap((kind) => creating(kind, sampleRecord(kind, 1)));
      await mustConflict(storage, [...created, ...creating("task", blocker)]);
      await mustCommit(storage, [...created, removing("task", blocker.id, 1)]);
    },
  ),
  onFresh(
    "when a commit was answered, all of it is there, the last write as well",
    "the answer is given before the last statement is run, or one write is lost off the end of a batch",
    async (storage) => {
      await prepare(storage);
      for (const order of [GOOD, [...GOOD].reverse()]) {
        await mustCommit(storage, order);
        for (const kind of KINDS) {
          const found = await storage.read([2, 3, 4].map((number) => keyOf(kind, idOf(kind, number))));
          const expected = [
            { version: 2, value: changedRecord(kind, 2, 7) },
            { version: 1, value: sampleRecord(kind, 3) },
            null,
          ];
          equal(found, expected, `the records of the kind ${kind}`);
        }
        for (const undo of UNDO) await mustCommit(storage, undo, "the commit that undoes it");
      }
    },
  ),
];
