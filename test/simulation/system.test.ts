import { beforeAll, describe, expect, it } from "vitest";
import type { createSms } from "../../src/create-sms";
import { HONEST, loadLibrary } from "./system/build-variant";
import { REGRESSIONS } from "./system/regressions";
import { runSeed } from "./system/run";
import type { RunResult, StorageName } from "./system/run";
import { linesAbout } from "./system/trace-lines";

/** How many seeds are run on memory; a tenth as many on SQLite. */
const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? "100");
const FIRST_SEED = 1;
const BATCH = 20;

let library: typeof createSms;

beforeAll(async () => {
  library = await loadLibrary(HONEST);
});

/** What a run broke, with the story of it: what a failing test shows. */
function brokenBy(result: RunResult, storage: StorageName): readonly string[] {
  return result.violations.flatMap((violation) => [
    `seed ${result.plan.seed} on ${storage}: ${violation.invariant}: ${violation.text}`,
    ...linesAbout(result.trace, violation),
    `again: npm run simulate -- --seed ${result.plan.seed} --storage ${storage}`,
  ]);
}

async function brokenIn(seeds: readonly number[], storage: StorageName): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const seed of seeds) {
    broken.push(...brokenBy(await runSeed(seed, { storage, createSms: library }), storage));
  }
  return broken;
}

function batches(count: number): readonly (readonly number[])[] {
  const seeds = Array.from({ length: count }, (_, index) => FIRST_SEED + index);
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, index) =>
    seeds.slice(index * BATCH, (index + 1) * BATCH),
  );
}

describe("the whole system, seeded", () => {
  it.each(batches(SEEDS).map((seeds) => ({ from: seeds[0], to: seeds.at(-1), seeds })))(
    "keeps every promise on memory, seeds $from to $to",
    { timeout: 120_000 },
    async ({ seeds }) => {
      expect(await brokenIn(seeds, "memory")).toEqual([]);
    },
  );

  it.each(batches(Math.ceil(SEEDS / 10)).map((seeds) => ({ from: seeds[0], to: seeds.at(-1), seeds })))(
    "keeps every promise on SQLite, seeds $from to $to",
    { timeout: 120_000 },
    async ({ seeds }) => {
      expect(await brokenIn(seeds, "sqlite")).toEqual([]);
    },
  );

  it.each(REGRESSIONS)(
    "no longer fails as it did: $what (seed $seed on $storage)",
    async ({ seed, storage }) => {
      expect(await brokenIn([seed], storage)).toEqual([]);
    },
  );

  it.each(["memory", "sqlite"] as const)("tells the same story for the same seed, on %s", async (storage) => {
    for (const seed of [1, 2, 3, 5, 8]) {
      const first = await runSeed(seed, { storage, createSms: library });
      const second = await runSeed(seed, { storage, createSms: library });
      expect(second.hash).toBe(first.hash);
    }
  });

  it("meets the faults that it is for, and gets texts through all the same", async () => {
    const sums = new Map<string, number>();
    for (const seed of batches(60).flat()) {
      const { stats } = await runSeed(seed, { storage: "memory", createSms: library });
      for (const [what, count] of Object.entries(stats)) sums.set(what, (sums.get(what) ?? 0) + count);
    }
    const rare = [
      "crashes",
      "pauses",
      "deployments",
      "conflicts",
      "storage error-after",
      "request lost-after",
      "request error-after",
      "request truncated",
      "request busy",
      "callbacks lost",
      "given up inbound",
      "calls repeated",
      "refused 21610",
      "silent blocks",
      "opt-outs",
    ].filter((what) => (sums.get(what) ?? 0) === 0);
    expect(rare).toEqual([]);
    expect(sums.get("delivered to phones")).toBeGreaterThan(200);
  });
});
