import { manualRuntime } from "./manual-runtime";
import type { ManualRuntime } from "./manual-runtime";

/** The longest wait between two attempts at a commit. */
const JITTER_MS = 100;

/** A manual runtime for many processes that collide: waits before another attempt end at once, all others never. */
export function impatientRuntime(): ManualRuntime {
  return {
    ...manualRuntime(),
    setTimer(delayMs, run) {
      const waiting = delayMs > JITTER_MS ? null : setImmediate(run);
      return () => {
        if (waiting !== null) clearImmediate(waiting);
      };
    },
  };
}
