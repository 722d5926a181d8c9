import type { Clock } from "../clock";
import type { FaultSource } from "./fault-source";
import type { OutageSetting } from "./fault-settings";
import { pickMs } from "./fault-values";

/** Whether the REST API is away. */
export interface Outage {
  /** To be asked once for each call: how the API is away, null when it is there. */
  atCall(): "closed" | 503 | null;
}

interface Span {
  readonly setting: OutageSetting;
  readonly fromMs: number;
  readonly untilMs: number;
}

function lengthMs({ ms }: OutageSetting, share: number): number {
  return ms === null ? Number.POSITIVE_INFINITY : pickMs(ms, share);
}

/** An outage as the faults say: one that begins by itself, or one that any call may begin. */
export function createOutage(faults: FaultSource, clock: Clock): Outage {
  let span: Span | null = null;

  const nextSpan = (setting: OutageSetting): Span | null => {
    const nowMs = clock.now();
    const strike = faults.draw("outage");
    // A setting that is the same object is the same setting: every change makes a new one.
    const current = span?.setting === setting ? span : null;
    if (setting.rate === null) {
      const fromMs = faults.changedAtMs("outage") + setting.afterMs;
      return current ?? { setting, fromMs, untilMs: fromMs + lengthMs(setting, strike?.share ?? 0) };
    }
    if (current !== null && nowMs < current.untilMs) return current;
    return strike === null
      ? null
      : { setting, fromMs: nowMs, untilMs: nowMs + lengthMs(setting, strike.share) };
  };

  return {
    atCall: () => {
      const setting = faults.settings().outage;
      span = setting === null ? null : nextSpan(setting);
      if (span === null || clock.now() < span.fromMs || clock.now() >= span.untilMs) return null;
      faults.count("outage");
      return span.setting.as;
    },
  };
}
