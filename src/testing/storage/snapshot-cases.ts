import type { Key, Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import { creating, keyOf, mustCommit, putting, removing } from "./commit-and-read";
import { equal } from "./expectations";
import { SAMPLE_ACCOUNT, sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const COMMITS = 60;
// Half of them begin before the commit and half after it, so that whatever is read bit by bit has the commit in the middle.
const READERS = 6;
const MAX_DELAY_TURNS = 3;

const conversation = sampleConversation();
const message = sampleMessage();
const task = sampleTask();

/** Keys of records that every commit writes together; some by id, some by what else names them. */
const TOGETHER: readonly Key[] = [
  keyOf("conversation", conversation.id),
  { kind: "message", sid: message.sid ?? "" },
  keyOf("task", task.id),
  keyOf("message", message.id),
  { kind: "conversation", pair: [SAMPLE_ACCOUNT, conversation.ours, conversation.contact] },
];

const TORN =
  "each key is read by a statement of its own outside of a read transaction, or something is awaited between them: read all keys in one snapshot";

function writesAt(version: number): readonly Write[] {
  return [
    putting("conversation", { ...conversation, unreadCount: version }, version),
    putting("message", { ...message, segments: version }, version),
    putting("task", { ...task, attempts: version }, version),
  ];
}

/** Lets everything else that is due have its turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** What readers find that begin before and behind a commit, which itself begins some turns after the first of them. */
async function readAround<T>(
  read: (reader: number) => Promise<T>,
  commit: () => Promise<unknown>,
  delayTurns: number,
): Promise<readonly T[]> {
  const before = Array.from({ length: READERS / 2 }, (_, reader) => read(reader));
  const committing = (async () => {
    for (let turn = 0; turn < delayTurns; turn += 1) await nextTurn();
    equal(await commit(), "committed", "the commit");
  })();
  const behind = Array.from({ length: READERS / 2 }, (_, reader) => read(reader + READERS / 2));
  const [found] = await Promise.all([Promise.all([...before, ...behind]), committing]);
  return found;
}

/** While one storage commits, readers see the records of a commit all in the same state, and never an older one than before. */
export async function readWhileCommitting(writer: Storage, reader: Storage): Promise<void> {
  await mustCommit(writer, [
    ...creating("conversation", conversation),
    ...creating("message", message),
    ...creating("task", task),
  ]);
  for (let version = 1; version <= COMMITS; version += 1) {
    const found = await readAround(
      (number) => reader.read(number % 2 === 0 ? TOGETHER : [...TOGETHER].reverse()),
      () => writer.commit(writesAt(version)),
      version % MAX_DELAY_TURNS,
    );
    for (const records of found) {
      const versions = records.map((one) => one?.version ?? null);
      const newest = versions[0] === version + 1 ? version + 1 : version;
      equal(
        versions,
        versions.map(() => newest),
        "the versions of records that are always written together, read at once",
      );
    }
  }
}

/** Reads see whole commits. */
export const SNAPSHOT_CASES: readonly StorageCase[] = [
  onFresh("readers see every commit whole or not at all", TORN, (storage) =>
    readWhileCommitting(storage, storage),
  ),
  onFresh("readers see a commit that creates and removes whole or not at all", TORN, async (storage) => {
    const [even, odd] = [sampleTask(2), sampleTask(1)];
    await mustCommit(storage, creating("task", even));
    for (let round = 0; round < COMMITS; round += 1) {
      const [gone, come] = round % 2 === 0 ? [even, odd] : [odd, even];
      const keys = [keyOf("task", odd.id), keyOf("task", even.id)];
      const reads = await readAround(
        (number) => storage.read(number % 2 === 0 ? keys : [...keys].reverse()),
        () => storage.commit([removing("task", gone.id, 1), ...creating("task", come)]),
        round % MAX_DELAY_TURNS,
      );
      for (const found of reads)
        equal(
          found.filter((one) => one !== null).length,
          1,
          "the number of records of which every commit creates one and removes the other",
        );
    }
  }),
  onFresh(
    "what was answered is there for the next reader",
    'the answer "committed" is given before the writes are done, or reads go to a cache or a replica',
    async (storage) => {
      await mustCommit(storage, creating("task", task));
      for (let version = 1; version <= COMMITS; version += 1) {
        await mustCommit(storage, [putting("task", { ...task, attempts: version }, version)]);
        const [found] = await storage.read([keyOf("task", task.id)]);
        equal(found?.version, version + 1, "the version read after the answer");
        const { items } = await storage.list({
          list: "tasks",
          class: "urgent",
          dueBeforeMs: task.dueAtMs,
          limit: 5,
          cursor: null,
        });
        equal(items, [{ ...task, attempts: version }], "the task listed after the answer");
      }
    },
  ),
];
