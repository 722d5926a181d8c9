import type { Timers } from "../clock";
import type { FaultSource } from "./fault-source";
import { pickMs } from "./fault-values";

/**
 * Delivers a text to the host, as badly as the faults say.
 * @returns the outcome of the first delivery; null when nothing was delivered at once.
 */
export async function deliverInbound<Outcome>(
  { faults, timers }: { readonly faults: FaultSource; readonly timers: Timers },
  deliver: () => Promise<Outcome>,
): Promise<Outcome | null> {
  const lost = faults.strike("loseInbound");
  const late = faults.draw("delayInbound");
  const doubled = faults.draw("duplicateInbound");
  const repeated = faults.draw("repeatInbound");
  if (lost !== null) return null;
  const copies = doubled?.setting.times ?? 1;
  const delayMs = late === null ? 0 : pickMs(late.setting.ms, late.share);
  if (doubled !== null) faults.count("duplicateInbound");
  const deliverAll = async (): Promise<Outcome | null> => {
    const [first = null] = await Promise.all(Array.from({ length: copies }, deliver));
    return first;
  };
  // Failures are results, not rejections, and the debugger has them.
  const deliverLater = (ms: number, run: () => Promise<unknown>): void => {
    timers.after(ms, () => {
      run().catch(() => undefined);
    });
  };
  if (repeated !== null) {
    faults.count("repeatInbound");
    deliverLater(delayMs + pickMs(repeated.setting.ms, repeated.share), deliver);
  }
  if (late === null) return deliverAll();
  faults.count("delayInbound");
  deliverLater(delayMs, deliverAll);
  return null;
}
