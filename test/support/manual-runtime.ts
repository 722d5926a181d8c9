import { createHash } from "node:crypto";
import type { Runtime } from "../../src/ports/runtime";

/** A clock that moves when told to, ids that count, and a generator that repeats itself. */
export interface ManualRuntime extends Runtime {
  /** Moves the clock and runs what falls due on the way, in order, letting promises settle in between. */
  advance(byMs: number): Promise<void>;
  /** Timers that wait. */
  pending(): number;
}

const START_MS = Date.parse("2026-11-23T09:00:00.000Z");

export function manualRuntime(options: { readonly idPrefix?: string } = {}): ManualRuntime {
  let nowMs = START_MS;
  let ids = 0;
  let state = 0x2545f491;
  let order = 0;
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  return {
    now: () => nowMs,
    setTimer(delayMs, run) {
      const id = order;
      order += 1;
      timers.set(id, { atMs: nowMs + delayMs, run });
      return () => {
        timers.delete(id);
      };
    },
    random() {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
    newId() {
      ids += 1;
      return `${options.idPrefix ?? "id"}${String(ids).padStart(6, "0")}`;
    },
    hash: (text) => Promise.resolve(createHash("sha256").update(text).digest("hex").slice(0, 32)),
    async advance(byMs) {
      const untilMs = nowMs + byMs;
      for (;;) {
        const next = [...timers].filter(([, timer]) => timer.atMs <= untilMs).sort(byTime)[0];
        if (next === undefined) break;
        const [id, timer] = next;
        timers.delete(id);
        nowMs = Math.max(nowMs, timer.atMs);
        timer.run();
        await settled();
      }
      nowMs = untilMs;
      await settled();
    },
    pending: () => timers.size,
  };
}

function byTime(
  [a, first]: readonly [number, { readonly atMs: number }],
  [b, second]: readonly [number, { readonly atMs: number }],
): number {
  return first.atMs - second.atMs || a - b;
}

/** Lets promises and the I/O they wait for take their turns. */
export async function settled(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
