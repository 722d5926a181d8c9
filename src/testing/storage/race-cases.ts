import type { Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import {
  checking,
  commitOnRead,
  creating,
  keyOf,
  mustCommit,
  putting,
  race,
  readOne,
  removing,
  versionOf,
} from "./commit-and-read";
import { equal, settlesWithin } from "./expectations";
import { sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const WRITERS = 32;
const COUNTERS = 8;
const STEPS = 6;
// A database that finds a deadlock takes a second for it, one that does not waits for ever.
const SETTLES_WITHIN_MS = 4_000;
const numbers = Array.from({ length: WRITERS }, (_, index) => index + 1);

const CHECK_THEN_WRITE =
  "something is awaited between looking at the version and writing: make the version a condition of the write itself, or hold a lock over both";

/** Commits at once of one or of two storages on the same records, turn by turn. */
export async function raceOver(
  storages: readonly [Storage, ...Storage[]],
  commits: readonly (readonly Write[])[],
): Promise<readonly number[]> {
  return race(
    commits.map((writes, index) => [storages[index % storages.length] ?? storages[0], writes] as const),
  );
}

/** Of many that write one version exactly one wins. */
export async function raceForOneVersion(storages: readonly [Storage, ...Storage[]]): Promise<void> {
  await mustCommit(storages[0], creating("task", sampleTask()));
  const winners = await raceOver(
    storages,
    numbers.map((attempts) => [putting("task", sampleTask(1, { attempts }), 1)]),
  );
  equal(winners.length, 1, "the number of winners");
  const value = sampleTask(1, { attempts: (winners[0] ?? 0) + 1 });
  equal(
    await readOne(storages[0], keyOf("task", value.id)),
    { version: 2, value },
    "the record of the winner",
  );
}

/** Of many that open the conversation of one pair exactly one wins, and only its message is there. */
export async function raceForOnePair(storages: readonly [Storage, ...Storage[]]): Promise<void> {
  const conversations = numbers.map((number) => sampleConversation(1, { id: `race-${number}` }));
  const winners = await raceOver(
    storages,
    conversations.map((conversation, index) => [
      ...creating("conversation", conversation),
      ...creating("message", sampleMessage(index, { conversationId: conversation.id, seq: 1 })),
    ]),
  );
  equal(winners.length, 1, "the number of winners");
  const opened = await storages[0].read(conversations.map(({ id }) => keyOf("conversation", id)));
  const messages = await storages[0].read(numbers.map((_, at) => keyOf("message", sampleMessage(at).id)));
  const present = (found: readonly unknown[]): readonly number[] =>
    found.flatMap((one, index) => (one === null ? [] : [index]));
  equal(present(opened), winners, "whose conversations are there");
  equal(present(messages), winners, "whose messages are there");
}

/** Counters that read, add one and write until it goes through lose no step. */
export async function countTogether(storages: readonly [Storage, ...Storage[]]): Promise<void> {
  const key = keyOf("conversation", sampleConversation().id);
  await mustCommit(storages[0], creating("conversation", sampleConversation(1, { unreadCount: 0 })));
  await Promise.all(
    Array.from({ length: COUNTERS }, async (_, counter) => {
      const storage = storages[counter % storages.length] ?? storages[0];
      for (let step = 0; step < STEPS; step += 1) {
        await commitOnRead(storage, [key], ([found]) => {
          // The key is that of a conversation.
          const value = found?.value as ReturnType<typeof sampleConversation>;
          return [
            putting("conversation", { ...value, unreadCount: value.unreadCount + 1 }, found?.version ?? 0),
          ];
        });
      }
    }),
  );
  const steps = COUNTERS * STEPS;
  equal(
    await readOne(storages[0], key),
    { version: steps + 1, value: sampleConversation(1, { unreadCount: steps }) },
    `the count after ${COUNTERS} counters of ${STEPS} steps each`,
  );
}

/** Commits over the same records, named in every order, all come to an end. */
export async function writeInEveryOrder(storages: readonly [Storage, ...Storage[]]): Promise<void> {
  const involved = [1, 2, 3, 4].map((number) => sampleTask(number).id);
  await mustCommit(storages[0], creating("task", ...[1, 2, 3, 4].map((number) => sampleTask(number))));
  const writers = 12;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const rotated = [...involved.slice(writer % 4), ...involved.slice(0, writer % 4)];
      const order = writer % 2 === 0 ? rotated : [...rotated].reverse();
      const working = commitOnRead(
        storages[writer % storages.length] ?? storages[0],
        order.map((id) => keyOf("task", id)),
        (found) =>
          order.map((id, index) => putting("task", { ...sampleTask(), id }, found[index]?.version ?? 0)),
      );
      await settlesWithin(working, SETTLES_WITHIN_MS, "commits over the same records in opposite orders");
    }),
  );
  const versions = await Promise.all(involved.map((id) => versionOf(storages[0], keyOf("task", id))));
  equal(
    versions,
    involved.map(() => writers + 1),
    "the versions after every writer has had its turn",
  );
}

/** Commits that meet. */
export const RACE_CASES: readonly StorageCase[] = [
  onFresh(
    `of ${WRITERS} writers of one version at once exactly one wins, and its record is there`,
    CHECK_THEN_WRITE,
    (storage) => raceForOneVersion([storage]),
  ),
  onFresh(
    `of ${WRITERS} that enqueue one task at once exactly one wins, and its record is there`,
    CHECK_THEN_WRITE,
    async (storage) => {
      const winners = await raceOver(
        [storage],
        numbers.map((attempts) => creating("task", sampleTask(1, { attempts }))),
      );
      equal(winners.length, 1, "the number of winners");
      const value = sampleTask(1, { attempts: (winners[0] ?? 0) + 1 });
      equal(await readOne(storage, keyOf("task", value.id)), { version: 1, value }, "the winner's task");
    },
  ),
  onFresh(
    `of ${WRITERS} that open the conversation of one pair at once exactly one wins, and the others leave nothing`,
    `${CHECK_THEN_WRITE}; for unique values that is a unique index`,
    (storage) => raceForOnePair([storage]),
  ),
  onFresh(
    `of ${WRITERS} messages that get one sid at once exactly one wins, and it is found by it`,
    `${CHECK_THEN_WRITE}; for unique values that is a unique index`,
    async (storage) => {
      const messages = numbers.map((number) => sampleMessage(number, { id: `m${number}`, sid: null }));
      await mustCommit(storage, creating("message", ...messages));
      const winners = await raceOver(
        [storage],
        messages.map((message) => [putting("message", { ...message, sid: "SM-one" }, 1)]),
      );
      equal(winners.length, 1, "the number of winners");
      const found = await readOne(storage, { kind: "message", sid: "SM-one" });
      equal(found?.value.id, messages[winners[0] ?? 0]?.id, "who has the sid");
    },
  ),
  onFresh(
    "of a put and a removal of one version at once exactly one wins",
    CHECK_THEN_WRITE,
    async (storage) => {
      for (const number of numbers.slice(0, 8)) {
        const { id } = sampleTask(number);
        await mustCommit(storage, creating("task", sampleTask(number)));
        const put = putting("task", sampleTask(number, { attempts: 1 }), 1);
        const remove = removing("task", id, 1);
        const commits = number % 2 === 0 ? [[put], [remove]] : [[remove], [put]];
        const [winner, ...others] = await raceOver([storage], commits);
        equal(others, [], "who won besides the winner");
        const removed = winner === (number % 2 === 0 ? 1 : 0);
        equal(
          await versionOf(storage, keyOf("task", id)),
          removed ? null : 2,
          `the version when the ${removed ? "removal" : "put"} won`,
        );
      }
    },
  ),
  onFresh(
    "commits at once that do not touch each other all go through",
    "a whole table is locked or versioned, and who does not get it is told of a conflict",
    async (storage) => {
      const winners = await raceOver(
        [storage],
        numbers.map((number) => creating("task", sampleTask(number))),
      );
      equal(winners.length, WRITERS, "the number of winners");
    },
  ),
  onFresh(
    "commits at once that only check a record all go through",
    "a check raises the version, or locks the record for one only",
    async (storage) => {
      await mustCommit(storage, creating("conversation", sampleConversation()));
      const winners = await raceOver(
        [storage],
        numbers.map((number) => [
          checking("conversation", sampleConversation().id, 1),
          ...creating("task", sampleTask(number)),
        ]),
      );
      equal(winners.length, WRITERS, "the number of winners");
    },
  ),
  onFresh(
    "a conflict harms no commit that is asked for at the same time",
    "commits that are grouped into one transaction are rolled back together",
    async (storage) => {
      const winners = await raceOver(
        [storage],
        numbers.map((number) => [
          ...creating("task", sampleTask(number)),
          ...(number % 2 === 0 ? [] : [checking("consent", "nobody", 1)]),
        ]),
      );
      const even = numbers.filter((number) => number % 2 === 0);
      equal(
        winners,
        even.map((number) => number - 1),
        "who won",
      );
      const found = await storage.read(numbers.map((number) => keyOf("task", sampleTask(number).id)));
      equal(
        found.flatMap((one, index) => (one === null ? [] : [index])),
        winners,
        "whose tasks are there",
      );
    },
  ),
  onFresh(
    `${COUNTERS} that count together by reading and putting until it goes through lose no step`,
    CHECK_THEN_WRITE,
    (storage) => countTogether([storage]),
  ),
  onFresh(
    "commits over the same records, named in every order, all come to an end and none fails",
    "records are locked in the order of the writes: lock in one order everywhere (inLockOrder of @mailtrixy/sms/storage), and answer the deadlocks that a database finds with a conflict",
    (storage) => writeInEveryOrder([storage]),
  ),
];
