import { describe, expect, it } from "vitest";
import { inProcessBus } from "../../src/adapters/events/in-process-bus";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Consent } from "../../src/core/model/consent";
import { isSmsError } from "../../src/core/model/errors";
import type { Versioned } from "../../src/core/model/record";
import { createLanes } from "../../src/flows/lanes";
import { createTransact } from "../../src/flows/transact";
import type { Storage } from "../../src/ports/storage";
import { manualRuntime } from "../support/manual-runtime";

const CONSENT: Consent = {
  id: "AC1:+14155550100",
  accountSid: "AC1",
  contact: "+14155550100",
  sender: null,
  state: "unknown",
  since: "2026-11-23T09:00:00.000Z",
  reason: "first_contact",
  maybeStopSince: null,
  erasedAt: null,
};
const KEYS = [{ kind: "consent", id: CONSENT.id }] as const;

function transactOver(storage: Storage): ReturnType<typeof createTransact> {
  const runtime = manualRuntime();
  // Conflicts pause on the clock; here it never needs telling to move on.
  const impatient = {
    ...runtime,
    setTimer: (_: number, run: () => void) => {
      queueMicrotask(run);
      return () => undefined;
    },
  };
  const bus = inProcessBus(() => undefined);
  return createTransact({
    storage,
    runtime: impatient,
    bus,
    tasks: { hasRoom: () => false, accept: () => undefined },
    graceMs: 1,
  });
}

function put(record: Versioned<Consent> | null, change: Partial<Consent> = {}) {
  return {
    kind: "consent",
    put: { ...CONSENT, ...record?.value, ...change },
    expect: record?.version ?? "absent",
  } as const;
}

describe("transact", () => {
  it("decides again on what has changed until its commit holds, so that no update is lost", async () => {
    const storage = memoryStorage();
    const transact = transactOver(storage);
    const append = (mark: string): Promise<unknown> =>
      transact({
        keys: KEYS,
        decide: ([record]) => ({
          writes: [put(record, { contact: `${record?.value.contact ?? ""}${mark}` })],
          events: [],
          answer: null,
        }),
      });
    await Promise.all(["a", "b", "c", "d", "e", "f", "g"].map(append));
    const [record] = await storage.read(KEYS);
    expect(record?.version).toBe(7);
    const marks =
      record !== null && record !== undefined && "contact" in record.value ? record.value.contact : "";
    expect([...marks].sort().join("")).toBe("abcdefg");
  });

  it("gives up after a bounded number of attempts, with everything unchanged", async () => {
    const storage = memoryStorage();
    let decisions = 0;
    const contended = transactOver({ ...storage, commit: () => Promise.resolve("conflict") })({
      keys: KEYS,
      decide: ([record]) => {
        decisions += 1;
        return { writes: [put(record)], events: [], answer: null };
      },
    });
    await expect(contended).rejects.toSatisfy(
      (error: unknown) => isSmsError(error) && error.code === "contention" && error.retryable,
    );
    expect(decisions).toBe(25);
    expect(await storage.read(KEYS)).toEqual([null]);
  });

  it("never answers from a seed alone: an answer without writes comes from a real read", async () => {
    const storage = memoryStorage();
    const transact = transactOver(storage);
    await storage.commit([put(null)]);
    await storage.commit([put({ version: 1, value: CONSENT }, { state: "opted-out" })]);
    const seed = new Map([[`consent/${CONSENT.id}`, { version: 1, value: CONSENT }]]);
    const { answer } = await transact({
      keys: KEYS,
      seed,
      decide: ([record]) => ({ writes: [], events: [], answer: record?.value.state }),
    });
    expect(answer).toBe("opted-out");
  });

  it("takes a fresh seed for the first read, and reads where it is stale", async () => {
    const storage = memoryStorage();
    let reads = 0;
    const transact = transactOver({
      ...storage,
      read: (keys) => {
        reads += 1;
        return storage.read(keys);
      },
    });
    const first = await transact({
      keys: KEYS,
      decide: ([record]) => ({ writes: [put(record)], events: [], answer: null }),
    });
    const second = await transact({
      keys: KEYS,
      seed: first.seed,
      decide: ([record]) => ({
        writes: [put(record, { state: "opted-in" })],
        events: [],
        answer: record?.version,
      }),
    });
    expect(second.answer).toBe(1);
    expect(reads).toBe(1);
    const third = await transact({
      keys: KEYS,
      seed: first.seed,
      decide: ([record]) => ({ writes: [put(record)], events: [], answer: record?.version }),
    });
    expect(third.answer).toBe(2);
    expect(reads).toBe(2);
  });

  it("refuses a decision that names a record twice", async () => {
    const twice = transactOver(memoryStorage())({
      keys: KEYS,
      decide: ([record]) => ({ writes: [put(record), put(record)], events: [], answer: null }),
    });
    await expect(twice).rejects.toThrow(TypeError);
  });
});

describe("lanes", () => {
  it("run work of one lane in order, one after the other, whatever becomes of it, and other lanes beside it", async () => {
    const inLane = createLanes();
    const trace: string[] = [];
    let release = (): void => undefined;
    const first = inLane("a", async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      trace.push("a1");
      throw new Error("a1 failed");
    });
    const second = inLane("a", () => {
      trace.push("a2");
      return Promise.resolve("a2");
    });
    await inLane("b", () => {
      trace.push("b1");
      return Promise.resolve();
    });
    expect(trace).toEqual(["b1"]);
    release();
    await expect(first).rejects.toThrow("a1 failed");
    expect(await second).toBe("a2");
    expect(trace).toEqual(["b1", "a1", "a2"]);
  });
});
