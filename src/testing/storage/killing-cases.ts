import type { Key } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import { keyOf } from "./commit-and-read";
import { equal, ruleBroken } from "./expectations";
import { ids, LEDGER, pages, THREAD } from "./list-pages";
import { sampleConsentEntry, sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { closingAfter, storageCase, type StorageCase, type StorageCaseSetting } from "./storage-case";
import { commitNumberOf, numberedCommit } from "./write-until-killed";

type Versions = readonly (number | null)[];

/** What was found after a process was killed. */
interface Aftermath {
  /** How many commits were reported. */
  readonly reported: number;
  /** How many are there, by the record that each of them changed. */
  readonly present: number;
  /** The versions of the records that the commits brought, from the first commit to some behind the last. */
  readonly brought: Readonly<
    Record<"messages" | "messages by sid" | "lines of the ledger" | "tasks", Versions>
  >;
  /** How many records lists give. */
  readonly listed: { readonly messages: number; readonly entries: number; readonly tasks: readonly string[] };
  /** What the next commits were answered. */
  readonly next: readonly unknown[];
}

const SOME_MORE = 3;

// A kill is one experiment, of which several rules are judged: a process takes seconds to start.
const AFTERMATHS = new WeakMap<StorageCaseSetting, Promise<Aftermath>>();

function aftermathOf(setting: StorageCaseSetting): Promise<Aftermath> {
  const known = AFTERMATHS.get(setting) ?? investigate(setting);
  AFTERMATHS.set(setting, known);
  return known;
}

async function investigate({ kill }: StorageCaseSetting): Promise<Aftermath> {
  if (kill === undefined) throw new TypeError("This case needs kill.");
  const killed = await kill();
  const reported = countReported(killed.reported);
  const storage = await killed.storage();
  return closingAfter([storage], () => lookAt(storage, reported));
}

async function lookAt(storage: Storage, reported: number): Promise<Aftermath> {
  const versions = async (keys: readonly Key[]): Promise<Versions> =>
    (await storage.read(keys)).map((one) => one?.version ?? null);
  const [conversation] = await versions([keyOf("conversation", sampleConversation().id)]);
  const present = conversation ?? 0;
  const numbers = Array.from({ length: Math.max(reported, present) + SOME_MORE }, (_, index) => index + 1);
  const brought = {
    messages: await versions(numbers.map((number) => keyOf("message", sampleMessage(number).id))),
    "messages by sid": await versions(
      numbers.map((number) => ({ kind: "message", sid: sampleMessage(number).sid ?? "" })),
    ),
    "lines of the ledger": await versions(
      numbers.map((number) => keyOf("consentEntry", sampleConsentEntry(number).id)),
    ),
    tasks: await versions(numbers.map((number) => keyOf("task", sampleTask(number).id))),
  };
  const listed = {
    messages: (await pages(storage, THREAD, { limit: 100 })).flat().length,
    entries: (await pages(storage, LEDGER, { limit: 100 })).flat().length,
    tasks: await ids(storage, { list: "records", kind: "task" }),
  };
  const next = [];
  for (const number of [present + 1, present + 2])
    next.push(await storage.commit(numberedCommit(number)).catch((error: unknown) => String(error)));
  return { reported, present, brought, listed, next };
}

/** The lines are 1, 2, 3, … with at most a last one that was cut off: else the kill proves nothing. */
function countReported(lines: readonly string[]): number {
  const whole = lines.filter((line) => line.trim() !== "").map(commitNumberOf);
  const numbers = whole.at(-1) === null ? whole.slice(0, -1) : whole;
  numbers.forEach((number, index) => {
    if (number !== index + 1)
      throw ruleBroken(
        `the reported lines: expected "commit ${index + 1}.", came ${JSON.stringify(lines[index])}`,
      );
  });
  if (numbers.length === 0)
    throw ruleBroken("the reported lines: expected some before the process was killed, came none");
  return numbers.length;
}

function afterKill(name: string, hint: string, judge: (aftermath: Aftermath) => void): StorageCase {
  return storageCase({
    name,
    needs: "killing",
    hint,
    run: async (setting) => {
      judge(await aftermathOf(setting));
    },
  });
}

/** What a storage keeps when its process is killed. */
export const KILLING_CASES: readonly StorageCase[] = [
  afterKill(
    "every commit that was answered before the process was killed is there, and of the others at most the next",
    "a commit is answered before it has been handed to the operating system: write it out first, then answer",
    ({ reported, present }) => {
      equal(
        present === reported || present === reported + 1,
        true,
        `${reported} commits were answered and ${present} are there; whether that is as many, or one more`,
      );
    },
  ),
  afterKill(
    "every commit that is there after the process was killed is there whole, in records, look-ups and lists",
    "the writes of a commit reach the disk one by one: use the transaction of the database, or a log with an end mark",
    ({ present, brought, listed }) => {
      for (const [what, versions] of Object.entries(brought)) {
        const expected = versions.map((_, index) =>
          what === "tasks" ? index + 1 === present : index < present,
        );
        equal(
          versions,
          expected.map((isThere) => (isThere ? 1 : null)),
          `the versions of the ${what} when ${present} commits are there`,
        );
      }
      const tasks = present === 0 ? [] : [sampleTask(present).id];
      equal(listed, { messages: present, entries: present, tasks }, "the messages, lines and tasks listed");
    },
  ),
  afterKill(
    "after the process was killed the storage takes the next commits",
    "a lock that the killed process held is still there",
    ({ next }) => {
      equal(next, ["committed", "committed"], "what the next commits were answered");
    },
  ),
];
