/** Reads the time: milliseconds since 1970. */
export type Now = () => number;

/** Runs `run` once after `delayMs`; the answer cancels it. */
export type SetTimer = (delayMs: number, run: () => void) => () => void;

/** The simulator's only source of time. */
export interface Clock {
  readonly now: Now;
  readonly setTimer: SetTimer;
}

/** The longest delay that the platform's timer takes: beyond it, it fires at once. A scheduled message may wait 35 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Wall-clock time and platform timers, for delays of any length. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, run) => {
    let remainingMs = Math.max(0, delayMs);
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const sliceMs = Math.min(remainingMs, LONGEST_TIMER_MS);
      remainingMs -= sliceMs;
      handle = setTimeout(remainingMs > 0 ? arm : run, sliceMs);
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/** Timers that can all be cancelled at once, when the simulator stops. */
export interface Timers {
  /** Runs `run` once after `delayMs`; the answer cancels it. */
  after: SetTimer;
  cancelAll(): void;
}

/** Wraps a clock's timers so that none outlives the simulator. */
export function createTimers(clock: Clock): Timers {
  const pending = new Set<() => void>();
  return {
    after: (delayMs, run) => {
      const cancel = clock.setTimer(delayMs, () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
      return () => {
        pending.delete(cancel);
        cancel();
      };
    },
    cancelAll: () => {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}
