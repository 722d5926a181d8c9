import type { Now } from "../clock";
import { createRandom } from "../random";
import type { RandomSource } from "../random";
import type { FaultCounts, FaultName, FaultOptions } from "./fault-options";
import { changeFaults } from "./change-faults";
import { FAULT_NAMES, forEachFault } from "./fault-settings";
import type { FaultSettings } from "./fault-settings";

/** A fault that is to happen now. */
export interface Strike<Name extends FaultName> {
  readonly setting: NonNullable<FaultSettings[Name]>;
  /** From 0 up to, not including, 1: how much of it, where that is drawn. */
  readonly share: number;
}

/** Decides which faults happen, and counts them. */
export interface FaultSource {
  settings(): FaultSettings;
  /** @throws TypeError on an unknown fault or a malformed value; then nothing is changed. */
  change(change: FaultOptions): void;
  /** When a fault was last named by a change, or the simulator made. */
  changedAtMs(name: FaultName): number;
  counts(): FaultCounts;
  /** Whether a fault is to happen on this occasion. Moves the fault's stream on, also while it is off. Counts nothing. */
  draw<Name extends FaultName>(name: Name): Strike<Name> | null;
  /** Counts a fault as injected. */
  count(name: FaultName): void;
  /** Draws and, if it is to happen, counts. */
  strike<Name extends FaultName>(name: Name): Strike<Name> | null;
}

const RANGE = 2 ** 32;

/** The faults of a simulator. Their streams are apart from the one that makes SIDs: faults change no SID by being drawn. */
export function createFaultSource(parts: {
  readonly initial: FaultSettings;
  readonly seed: string;
  readonly now: Now;
}): FaultSource {
  const streams = forEachFault<Record<FaultName, RandomSource>>((name) =>
    createRandom(`${parts.seed}/faults/${name}`),
  );
  const counts = new Map<FaultName, number>();
  const changedAtMs = new Map<FaultName, number>();
  const createdAtMs = parts.now();
  let current = parts.initial;

  const draw: FaultSource["draw"] = (name) => {
    const random = streams[name];
    // Two numbers on every occasion, so that neither a rate nor a range moves what comes later.
    const chance = random() / RANGE;
    const share = random() / RANGE;
    const setting = current[name];
    return setting !== null && chance < (setting.rate ?? 1) ? { setting, share } : null;
  };
  const count: FaultSource["count"] = (name) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  return {
    settings: () => current,
    change: (change) => {
      current = changeFaults(current, change);
      const nowMs = parts.now();
      for (const name of FAULT_NAMES) {
        if (change[name] !== undefined) changedAtMs.set(name, nowMs);
      }
    },
    changedAtMs: (name) => changedAtMs.get(name) ?? createdAtMs,
    counts: () => forEachFault<Record<FaultName, number>>((name) => counts.get(name) ?? 0),
    draw,
    count,
    strike: (name) => {
      const strike = draw(name);
      if (strike !== null) count(name);
      return strike;
    },
  };
}
