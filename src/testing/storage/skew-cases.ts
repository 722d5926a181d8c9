import type { Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import {
  checking,
  creating,
  keyOf,
  mustCommit,
  mustConflict,
  putting,
  readOne,
  versionOf,
} from "./commit-and-read";
import { equal, ruleBroken } from "./expectations";
import { raceOver } from "./race-cases";
import { at, sampleConsent, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const consent = sampleConsent();
const task = sampleTask();
const stopped = sampleConsent(1, { state: "opted-out", since: at(9), reason: "keyword_stop" });
const claimed = sampleTask(1, { attempts: 1, calling: true });

// Pairs that meet in one turn, and turns: where checks are not held until the commit a few of these meet for certain.
const PAIRS = 12;
const ROUNDS = 8;

const UNHELD =
  "the checked record is looked at but not held until the commit: lock it (`for share`), or write it, or run serializable";

/** Of two commits that each check what the other writes at most one goes through, however they meet. */
export async function crossChecks(storages: readonly [Storage, ...Storage[]]): Promise<void> {
  const pairs = Array.from({ length: PAIRS }, (_, pair) => [2 * pair + 1, 2 * pair + 2] as const);
  const all = pairs.flat();
  await mustCommit(storages[0], creating("consent", ...all.map((number) => sampleConsent(number))));
  const versions = new Map(all.map((number) => [number, 1]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const commits = pairs.flatMap(([left, right]): readonly (readonly Write[])[] => [
      crossCheck(left, right, versions),
      crossCheck(right, left, versions),
    ]);
    // Turn by turn over the storages, so that with two of them rivals are on different ones.
    const winners = await raceOver(storages, commits);
    for (const [index, [left, right]] of pairs.entries()) {
      const won = [2 * index, 2 * index + 1].filter((one) => winners.includes(one));
      if (won.length > 1)
        throw ruleBroken(
          `two commits that check each other's record: expected one at most, both went through`,
        );
      for (const winner of won) {
        const written = winner % 2 === 0 ? right : left;
        versions.set(written, (versions.get(written) ?? 0) + 1);
      }
    }
    const found = await storages[0].read(all.map((number) => keyOf("consent", sampleConsent(number).id)));
    equal(
      found.map((one) => one?.version ?? null),
      all.map((number) => versions.get(number) ?? null),
      "the versions after a round",
    );
  }
}

function crossCheck(
  checked: number,
  written: number,
  versions: ReadonlyMap<number, number>,
): readonly Write[] {
  const version = versions.get(written) ?? 0;
  return [
    checking("consent", sampleConsent(checked).id, versions.get(checked) ?? 0),
    putting("consent", sampleConsent(written, { since: at(version) }), version),
  ];
}

/** Commits that rest on what another one changes. */
export const SKEW_CASES: readonly StorageCase[] = [
  onFresh(
    "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
    "entries with `check` are skipped, or are compared with the snapshot in which the commit began",
    async (storage) => {
      await mustCommit(storage, [...creating("consent", consent), ...creating("task", task)]);
      const read = await versionOf(storage, keyOf("consent", consent.id));
      await mustCommit(storage, [putting("consent", stopped, 1)], "the STOP");
      await mustConflict(
        storage,
        [checking("consent", consent.id, read ?? 0), putting("task", claimed, 1)],
        "the claim",
      );
      equal(await versionOf(storage, keyOf("task", task.id)), 1, "the version of the task");
    },
  ),
  onFresh(
    "write skew: where there is no consent yet, a claim and a STOP both create it and only the first wins",
    'a creation is an "insert or replace"',
    async (storage) => {
      await mustCommit(storage, creating("task", task));
      equal(await readOne(storage, keyOf("consent", consent.id)), null, "the consent that the claim read");
      await mustCommit(storage, creating("consent", stopped), "the STOP");
      await mustConflict(
        storage,
        [...creating("consent", consent), putting("task", claimed, 1)],
        "the claim",
      );
      const found = await storage.read([keyOf("consent", consent.id), keyOf("task", task.id)]);
      equal(
        found,
        [
          { version: 1, value: stopped },
          { version: 1, value: task },
        ],
        "the consent and the task",
      );
    },
  ),
  onFresh(
    "write skew: of two commits that each check what the other writes, the second conflicts",
    "entries with `check` are skipped because they write nothing",
    async (storage) => {
      const other = sampleConsent(2);
      await mustCommit(storage, creating("consent", consent, other));
      await mustCommit(storage, [
        checking("consent", consent.id, 1),
        putting("consent", { ...other, state: "opted-out" }, 1),
      ]);
      await mustConflict(storage, [checking("consent", other.id, 1), putting("consent", stopped, 1)]);
      equal(
        await versionOf(storage, keyOf("consent", consent.id)),
        1,
        "the version of what the loser writes",
      );
    },
  ),
  onFresh(
    "write skew: of two at once that each check what the other writes, at most one wins",
    UNHELD,
    (storage) => crossChecks([storage]),
  ),
];
