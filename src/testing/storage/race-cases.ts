import type { Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import { mustCommit, mustConflict, readOne } from "./record-cases";
import { at, sampleConsent, sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { equal, onFresh, type StorageCase } from "./storage-case";

const WRITERS = 32;
const numbers = Array.from({ length: WRITERS }, (_, at) => at + 1);
const task = sampleTask();
const consent = sampleConsent();
const stopped = sampleConsent(1, { state: "opted-out", since: at(9), reason: "keyword_stop" });
const claimed = sampleTask(1, { attempts: 1, calling: true });

/** What of a race committed, in order of asking. */
async function race(storage: Storage, commits: readonly (readonly Write[])[]): Promise<readonly number[]> {
  const outcomes = await Promise.all(commits.map((writes) => storage.commit(writes)));
  return outcomes.flatMap((outcome, index) => (outcome === "committed" ? [index] : []));
}

async function version(storage: Storage, key: Parameters<typeof readOne>[1]): Promise<number | null> {
  return (await readOne(storage, key))?.version ?? null;
}

/** Commits that meet. */
export const RACE_CASES: readonly StorageCase[] = [
  onFresh(
    `of ${WRITERS} writers of one version at once exactly one wins, and its record is there`,
    async (storage) => {
      await mustCommit(storage, [{ kind: "task", put: task, expect: "absent" }]);
      const winners = await race(
        storage,
        numbers.map((attempts) => [{ kind: "task", put: sampleTask(1, { attempts }), expect: 1 }]),
      );
      equal(winners.length, 1, "the number of winners");
      const attempts = (winners[0] ?? 0) + 1;
      const found = await readOne(storage, { kind: "task", id: task.id });
      equal(found, { version: 2, value: sampleTask(1, { attempts }) }, "the record of the winner");
    },
  ),
  onFresh(`of ${WRITERS} that create one id at once exactly one wins`, async (storage) => {
    const winners = await race(
      storage,
      numbers.map((attempts) => [{ kind: "task", put: sampleTask(1, { attempts }), expect: "absent" }]),
    );
    equal(winners.length, 1, "the number of winners");
  }),
  onFresh(
    `of ${WRITERS} that open the conversation of one pair at once exactly one wins, and the others leave nothing`,
    async (storage) => {
      const conversations = numbers.map((number) => sampleConversation(1, { id: `race-${number}` }));
      const winners = await race(
        storage,
        conversations.map((conversation, index): readonly Write[] => [
          { kind: "conversation", put: conversation, expect: "absent" },
          {
            kind: "message",
            put: sampleMessage(index, { conversationId: conversation.id, seq: 1 }),
            expect: "absent",
          },
        ]),
      );
      equal(winners.length, 1, "the number of winners");
      const found = await storage.read(conversations.map(({ id }) => ({ kind: "conversation", id })));
      equal(found.filter((one) => one !== null).length, 1, "the number of conversations");
      const messages = await storage.read(
        numbers.map((_, index) => ({ kind: "message", id: sampleMessage(index).id })),
      );
      equal(
        messages.flatMap((one, index) => (one === null ? [] : [index])),
        winners,
        "whose messages are there",
      );
    },
  ),
  onFresh("commits at once that do not touch each other all go through", async (storage) => {
    const winners = await race(
      storage,
      numbers.map((number) => [{ kind: "task", put: sampleTask(number), expect: "absent" }]),
    );
    equal(winners.length, WRITERS, "the number of winners");
  }),
  onFresh("a conflict harms no commit that is asked for at the same time", async (storage) => {
    const winners = await race(
      storage,
      numbers.map(
        (number) =>
          [
            { kind: "task", put: sampleTask(number), expect: "absent" },
            { kind: "consent", check: "nobody", expect: 1 } as const,
          ].slice(0, (number % 2) + 1) as readonly Write[],
      ),
    );
    equal(
      winners,
      numbers.filter((number) => number % 2 === 0).map((number) => number - 1),
      "who won",
    );
    const found = await storage.read(numbers.map((number) => ({ kind: "task", id: sampleTask(number).id })));
    equal(
      found.flatMap((one, index) => (one === null ? [] : [index])),
      winners,
      "whose tasks are there",
    );
  }),
  onFresh("of two at once that each check what the other writes, at most one wins", async (storage) => {
    const other = sampleConsent(2);
    await mustCommit(storage, [
      { kind: "consent", put: consent, expect: "absent" },
      { kind: "consent", put: other, expect: "absent" },
    ]);
    const winners = await race(storage, [
      [
        { kind: "consent", check: consent.id, expect: 1 },
        { kind: "consent", put: { ...other, state: "opted-out" }, expect: 1 },
      ],
      [
        { kind: "consent", check: other.id, expect: 1 },
        { kind: "consent", put: stopped, expect: 1 },
      ],
    ]);
    equal(winners.length, 1, "the number of winners");
  }),
  onFresh(
    "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
    async (storage) => {
      await mustCommit(storage, [
        { kind: "consent", put: consent, expect: "absent" },
        { kind: "task", put: task, expect: "absent" },
      ]);
      const [read] = await storage.read([{ kind: "consent", id: consent.id }]);
      await mustCommit(storage, [{ kind: "consent", put: stopped, expect: 1 }], "the STOP");
      await mustConflict(
        storage,
        [
          { kind: "consent", check: consent.id, expect: read?.version ?? 0 },
          { kind: "task", put: claimed, expect: 1 },
        ],
        "the claim",
      );
      equal(await version(storage, { kind: "task", id: task.id }), 1, "the version of the task");
    },
  ),
  onFresh(
    "write skew: where there is no consent yet, a claim and a STOP both create it and only the first wins",
    async (storage) => {
      await mustCommit(storage, [{ kind: "task", put: task, expect: "absent" }]);
      equal(
        await readOne(storage, { kind: "consent", id: consent.id }),
        null,
        "the consent that the claim read",
      );
      await mustCommit(storage, [{ kind: "consent", put: stopped, expect: "absent" }], "the STOP");
      await mustConflict(
        storage,
        [
          { kind: "consent", put: consent, expect: "absent" },
          { kind: "task", put: claimed, expect: 1 },
        ],
        "the claim",
      );
      equal(
        await readOne(storage, { kind: "consent", id: consent.id }),
        { version: 1, value: stopped },
        "the consent",
      );
      equal(await version(storage, { kind: "task", id: task.id }), 1, "the version of the task");
    },
  ),
  onFresh("readers see every commit whole or not at all", async (storage) => {
    const keys = [1, 2].map((number) => ({ kind: "task", id: sampleTask(number).id }) as const);
    await mustCommit(
      storage,
      [1, 2].map((number): Write => ({ kind: "task", put: sampleTask(number), expect: "absent" })),
    );
    for (const expect of numbers) {
      const commit = storage.commit(
        [1, 2].map((number): Write => ({
          kind: "task",
          put: sampleTask(number, { attempts: expect }),
          expect,
        })),
      );
      const [first, second] = await storage.read(keys);
      equal(first?.version, second?.version, "the versions of two records that are always written together");
      equal(await commit, "committed", "the commit");
      const after = await storage.read(keys);
      equal(
        after.map((one) => one?.version),
        [expect + 1, expect + 1],
        "the versions after the commit was answered",
      );
    }
  }),
];
