import type { Decision, Moment } from "../core/decide/decision";
import type { Queueing } from "../core/decide/handle-queue";
import type { SmsEvent } from "../core/model/events";
import { SmsError } from "../core/model/errors";
import { writtenId } from "../core/model/record";
import type { Entity, EntityOf, Key, Kind, Versioned, Write } from "../core/model/record";
import type { Task } from "../core/model/task";
import type { EventBus } from "../ports/event-bus";
import type { Runtime } from "../ports/runtime";
import type { Storage } from "../ports/storage";
import { keysOf } from "./keys-of";
import { createLanes } from "./lanes";

/** The records that keys name, each of its own kind. */
export type RecordsOf<K extends readonly Key[]> = {
  readonly [I in keyof K]: K[I] extends { readonly kind: infer N extends Kind }
    ? Versioned<EntityOf[N]> | null
    : never;
};

/** Records as the last commit left them. They may stand in for a first read: the commit's conditions validate them. */
export type Seed = ReadonlyMap<string, Versioned<Entity>>;

/** Where tasks go that a commit has just made. */
export interface TaskSink {
  /** Whether a task made now would run at once. */
  hasRoom(): boolean;
  /** Takes a task that was just committed, with the records that its work will need. */
  accept(task: Versioned<Task>, seed: Seed): void;
}

/** Puts events into the queues of those who must not miss one. */
export interface EventQueues {
  /** What these events need; null where nobody waits for any of them. */
  prepare(events: readonly SmsEvent[]): Promise<PreparedQueueing> | null;
}

/** Which tasks queueing rests on, by id, and its rule. */
export interface PreparedQueueing {
  readonly ids: readonly string[];
  readonly decide: (found: ReadonlyMap<string, Versioned<Task>>, moment: Moment) => Queueing;
}

/** One pass through the loop: what to read, and what to decide. */
export interface Transaction<K extends readonly Key[], M extends readonly Key[], Answer> {
  readonly keys: K;
  /** Keys that only the first records tell. Rarely needed: whoever makes a task puts every later key into it. */
  readonly moreKeys?: (records: RecordsOf<K>) => M;
  /** The rule. It may be called again with newer records, so it must be pure. */
  readonly decide: (records: RecordsOf<K>, moment: Moment, more: RecordsOf<M>) => Decision<Answer>;
  readonly seed?: Seed;
  /** Work in the same lane of this process waits in line instead of colliding. Only speed hangs on it. */
  readonly lane?: string;
}

/** What a transaction resolves to: the answer, and the records as they are now. */
export interface Transacted<Answer> {
  readonly answer: Answer;
  readonly seed: Seed;
}

/** Runs a transaction. Rejects with `storage_failed`, or with `contention` when the records never hold still. */
export type Transact = <
  const K extends readonly Key[],
  const M extends readonly Key[] = readonly [],
  A = never,
>(
  transaction: Transaction<K, M, A>,
) => Promise<Transacted<A>>;

/** A unique value that is taken by another record is a conflict which no re-read cures, so attempts are bounded. */
const MAX_ATTEMPTS = 25;
const MAX_JITTER_MS = 50;

/**
 * The one loop through which everything changes: read, decide, commit, publish.
 * Nothing is told to anyone before the commit, and what the commit rests on is checked by the commit itself, so two
 * processes that decide at once cannot both win.
 */
export function createTransact(parts: {
  readonly storage: Storage;
  readonly runtime: Runtime;
  readonly bus: EventBus;
  readonly tasks: TaskSink;
  readonly graceMs: number;
  /** Queues that take part in commits. Default: none. */
  readonly queues?: EventQueues;
}): Transact {
  const { storage, runtime, bus, tasks } = parts;
  const inLane = createLanes();

  const transact: Transact = (transaction) =>
    transaction.lane === undefined ? loop(transaction) : inLane(transaction.lane, () => loop(transaction));
  return transact;

  async function loop<K extends readonly Key[], M extends readonly Key[], A>(
    transaction: Transaction<K, M, A>,
  ): Promise<Transacted<A>> {
    let seed = transaction.seed;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const seeded = seed === undefined ? null : fromSeed(transaction.keys, seed);
      const first = seeded ?? (await read(transaction.keys));
      const records = asRecordsOf<K>(first);
      const moreKeys = transaction.moreKeys?.(records) ?? [];
      const more = moreKeys.length === 0 ? [] : await read(moreKeys);
      const at = moment();
      const decision = transaction.decide(records, at, asRecordsOf<M>(more));
      const known = (): Known => [...pairs(transaction.keys, first), ...pairs(moreKeys, more)];
      // No commit will validate the seed, so an answer like "blocked" must come from a real read.
      if (decision.writes.length === 0 && seeded !== null) {
        seed = undefined;
        continue;
      }
      const prepared = parts.queues?.prepare(decision.events) ?? null;
      const queueing = prepared === null ? null : await queued(await prepared, at);
      const writes = queueing === null ? decision.writes : [...decision.writes, ...queueing.writes];
      if (writes.length === 0) {
        bus.publish(decision.events);
        return { answer: decision.answer, seed: seedOf(known(), []) };
      }
      if ((await commit(writes)) === "committed") {
        const committed = seedOf(known(), writes);
        bus.publish(decision.events);
        handOver(writes, queueing?.woken, committed);
        return { answer: decision.answer, seed: committed };
      }
      seed = undefined;
      await pause(attempt);
    }
    throw new SmsError(
      "contention",
      `The same records changed ${MAX_ATTEMPTS} times while this call was deciding, so nothing was changed. ` +
        "Usually many processes write to one conversation at once; try again.",
      { retryable: true },
    );
  }

  /** Born leased where they run at once: no other worker looks at them for the grace time, unless this one dies. */
  function moment(): Moment {
    const nowMs = runtime.now();
    return { nowMs, bornDueAtMs: tasks.hasRoom() ? nowMs + parts.graceMs : nowMs };
  }

  /** Always read, never from a seed: what was committed long ago may stand at the end of a queue by now. */
  async function queued(prepared: PreparedQueueing, at: Moment): Promise<Queueing> {
    const keys = keysOf("task", prepared.ids);
    const records = asRecordsOf<typeof keys>(await read(keys)).filter((record) => record !== null);
    return prepared.decide(new Map(records.map((record) => [record.value.id, record])), at);
  }

  function handOver(writes: readonly Write[], woken: ReadonlySet<string> | undefined, seed: Seed): void {
    for (const write of writes) {
      if (write.kind !== "task" || !("put" in write)) continue;
      const { put, expect } = write;
      const isBorn = expect === "absent" && put.class !== "idle" && put.class !== "parked";
      if (!isBorn && woken?.has(put.id) !== true) continue;
      tasks.accept({ version: expect === "absent" ? 1 : expect + 1, value: put }, seed);
    }
  }

  async function read(keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]> {
    return storage.read(keys).catch((cause: unknown) => {
      throw storageFailed("read", cause);
    });
  }

  async function commit(writes: readonly Write[]): Promise<"committed" | "conflict"> {
    const named = new Set(writes.map((write) => `${write.kind}/${writtenId(write)}`));
    if (named.size !== writes.length) throw new TypeError("A commit names a record twice.");
    return storage.commit(writes).catch((cause: unknown) => {
      throw storageFailed("commit", cause);
    });
  }

  async function pause(attempt: number): Promise<void> {
    if (attempt === 1) return;
    const delayMs = runtime.random() * Math.min(MAX_JITTER_MS, 2 ** attempt);
    await new Promise<void>((resolve) => {
      runtime.setTimer(delayMs, resolve);
    });
  }
}

type Known = readonly (readonly [Key, Versioned<Entity> | null])[];

function pairs(keys: readonly Key[], records: readonly (Versioned<Entity> | null)[]): Known {
  return keys.map((key, index) => [key, records[index] ?? null] as const);
}

/** Wraps what a storage threw. */
export function storageFailed(verb: string, cause: unknown): SmsError {
  return new SmsError(
    "storage_failed",
    `The storage failed to ${verb}. Usually the database is away, full or locked; its own error is the cause of this one.`,
    { cause, retryable: true },
  );
}

function fromSeed(keys: readonly Key[], seed: Seed): readonly Versioned<Entity>[] | null {
  const found: Versioned<Entity>[] = [];
  for (const key of keys) {
    const record = "id" in key ? seed.get(`${key.kind}/${key.id}`) : undefined;
    if (record === undefined) return null;
    found.push(record);
  }
  return found;
}

function seedOf(read: Known, writes: readonly Write[]): Seed {
  const seed = new Map<string, Versioned<Entity>>();
  for (const [key, record] of read) {
    if (record !== null) seed.set(`${key.kind}/${record.value.id}`, record);
  }
  for (const write of writes) {
    if (!("put" in write)) continue;
    const version = write.expect === "absent" ? 1 : write.expect + 1;
    seed.set(`${write.kind}/${write.put.id}`, { version, value: write.put });
  }
  return seed;
}

/** A storage answers in the order of the keys, with a record of each key's kind: that is its contract, which no type can tell. */
function asRecordsOf<K extends readonly Key[]>(records: readonly (Versioned<Entity> | null)[]): RecordsOf<K> {
  return records as unknown as RecordsOf<K>;
}
