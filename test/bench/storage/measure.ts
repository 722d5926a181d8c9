/** One way to do some work, which is measured in turns with others. `at` counts its calls, from 0. */
export interface Turn {
  readonly run: (at: number) => unknown;
  /** Where its time goes, in µs: all calls, and the median of each round. */
  readonly times: Times;
}

/** What was measured, in µs. */
export interface Times {
  readonly calls: number[];
  readonly rounds: number[];
}

/** The half of the calls were at least as fast as `p50`, 99 of 100 as `p99`. In µs. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

const ROUNDS = 41;
const MAX_CALLS = 25;
/** How long one turn may take: short, so that whatever else the machine does meets all. */
const TURN_MS = 12;
/** How long all rounds may take together. */
const BUDGET_MS = 30_000;
const WARM_UPS = 10;

/** A way to work, not measured yet. */
export function turnOf(run: Turn["run"]): Turn {
  return { run, times: { calls: [], rounds: [] } };
}

/**
 * Measures by turns: a round calls each a few times, and the next round begins with another one. So drift meets all alike, and
 * the ratio of two in one round holds where absolute times do not.
 */
export async function measure(turns: readonly Turn[]): Promise<void> {
  const counts: number[] = [];
  let roundMs = 0;
  for (const { run } of turns) {
    const took = await timed(run, 0, WARM_UPS);
    const typicalMs = quantile(ascending(took), 0.5) / 1_000;
    const count = Math.min(MAX_CALLS, Math.max(1, Math.round(TURN_MS / typicalMs)));
    counts.push(count);
    roundMs += count * typicalMs;
  }
  const rounds = Math.max(5, Math.min(ROUNDS, Math.floor(BUDGET_MS / roundMs)));
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < turns.length; place += 1) {
      // Backwards every other time, so that none always comes after the same other one and finds its pages warm.
      const step = round % 2 === 0 ? place : turns.length - 1 - place;
      const which = (round + step) % turns.length;
      const turn = turns[which];
      if (turn === undefined) continue;
      const count = counts[which] ?? 1;
      const took = await timed(turn.run, WARM_UPS + round * count, count);
      turn.times.calls.push(...took);
      turn.times.rounds.push(quantile(ascending(took), 0.5));
    }
  }
}

async function timed(run: Turn["run"], from: number, count: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let at = from; at < from + count; at += 1) {
    const startedMs = performance.now();
    const running = run(at);
    // What is done at once is not made to wait.
    if (running instanceof Promise) await running;
    took.push((performance.now() - startedMs) * 1_000);
  }
  return took;
}

/** The median over all rounds of how `a` compares with `b` in the same round. */
export function ratioOf(a: Times, b: Times): number {
  return quantile(ascending(a.rounds.map((time, round) => time / (b.rounds[round] ?? Number.NaN))), 0.5);
}

/** The median and the slowest of a hundred. */
export function quantilesOf(calls: readonly number[]): Quantiles {
  const sorted = ascending(calls);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/** The median. */
export function medianOf(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
