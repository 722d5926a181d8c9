/** What an allowance is made of. */
export interface AllowanceOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How often something may be done in a period. */
  readonly count: number;
  /** The length of a period, in ms. */
  readonly perMs: number;
}

/** Answers whether something may be done now: `count` times per period. A period begins with the first time; asking counts. */
export function createAllowance({ now, count, perMs }: AllowanceOptions): () => boolean {
  let startedMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  return () => {
    const nowMs = now();
    // A clock that was set back begins a new period too, or nothing would be allowed until it has caught up.
    if (nowMs - startedMs >= perMs || nowMs < startedMs) {
      startedMs = nowMs;
      used = 0;
    }
    used += 1;
    return used <= count;
  };
}
