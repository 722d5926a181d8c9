/** Two ways to do the same work. Each call does it `batch` times or so; what it gives back is kept, so that it is not left out. */
export interface Pair {
  readonly name: string;
  /** Ours. */
  readonly a: (runs: number) => unknown;
  /** What it is compared with. */
  readonly b: (runs: number) => unknown;
}

/** What a comparison found. */
export interface Comparison {
  readonly name: string;
  /** How many times as fast as `b` `a` is: the median over all rounds. */
  readonly ratio: number;
  /** The middle half of the ratios: how far to trust the median. */
  readonly spread: readonly [low: number, high: number];
  /** Runs per second, median over all rounds. */
  readonly aPerSecond: number;
  readonly bPerSecond: number;
}

const ROUNDS = 31;
const ROUND_MS = 25;

async function timed(work: (runs: number) => unknown, runs: number): Promise<number> {
  const startedMs = performance.now();
  await work(runs);
  return performance.now() - startedMs;
}

/** How many runs take about one round, after warming up. */
async function calibrate(work: (runs: number) => unknown): Promise<number> {
  let runs = 16;
  for (;;) {
    const tookMs = await timed(work, runs);
    if (tookMs >= ROUND_MS) return Math.max(1, Math.round((runs * ROUND_MS) / tookMs));
    runs *= 2;
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const ascending = (values: readonly number[]): readonly number[] => [...values].sort((x, y) => x - y);

/**
 * Measures a pair by turns, so that whatever else the machine does meets both. A round times `a` and `b` right after each other, in
 * changing order, and gives one ratio; the median of these is stable where absolute times are not.
 */
export async function compare({ name, a, b }: Pair): Promise<Comparison> {
  const [aRuns, bRuns] = [await calibrate(a), await calibrate(b)];
  const aRates: number[] = [];
  const bRates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const turns = [
      async () => aRates.push(aRuns / (await timed(a, aRuns))),
      async () => bRates.push(bRuns / (await timed(b, bRuns))),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  const ratios = ascending(aRates.map((rate, round) => rate / (bRates[round] ?? Number.NaN)));
  return {
    name,
    ratio: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    aPerSecond: quantile(ascending(aRates), 0.5) * 1_000,
    bPerSecond: quantile(ascending(bRates), 0.5) * 1_000,
  };
}

/** One line for a comparison, with its target where there is one. */
export function comparisonLine(found: Comparison, target?: number): string {
  const { name, ratio, spread, aPerSecond, bPerSecond } = found;
  const rates = `${Math.round(aPerSecond / 100) / 10} k/s : ${Math.round(bPerSecond / 100) / 10} k/s`;
  const verdict = target === undefined ? "" : `  target ${target}${ratio < target ? "  MISSED" : ""}`;
  return `${name.padEnd(64)}${ratio.toFixed(2).padStart(7)} ×  (${spread.map((value) => value.toFixed(2)).join("–")})  ${rates}${verdict}`;
}
