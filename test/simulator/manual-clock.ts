import type { SetTimer } from "../../src/simulator";

/** Time that only moves when a test moves it. */
export interface ManualClock {
  readonly now: () => number;
  readonly setTimer: SetTimer;
  /** Moves time on and runs what falls due, in order of time, then of setting. */
  advance(ms: number): void;
  /** How many timers wait. */
  pending(): number;
}

/** A clock that stands at noon of a day in November 2026, UTC. */
export function manualClock(startMs = Date.UTC(2026, 10, 20, 12, 0, 0)): ManualClock {
  let nowMs = startMs;
  let timers: readonly { readonly dueMs: number; readonly run: () => void }[] = [];
  return {
    now: () => nowMs,
    setTimer: (delayMs, run) => {
      const timer = { dueMs: nowMs + delayMs, run };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: (ms) => {
      const endMs = nowMs + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        nowMs = Math.max(nowMs, due.dueMs);
        due.run();
      }
      nowMs = endMs;
    },
    pending: () => timers.length,
  };
}
