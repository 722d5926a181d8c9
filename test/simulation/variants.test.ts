import { describe, expect, it } from "vitest";
import { loadLibrary, misfitsOf } from "./system/build-variant";
import { runSeed } from "./system/run";
import { VARIANTS } from "./system/variants";

/** Within how many seeds a variant must be caught. */
const MOST_SEEDS = 500;

/** The known seed, then all others: a change of the library or the simulation retells the stories. */
function* seedsFor(known: number): Generator<number> {
  yield known;
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) yield seed;
}

describe("a library that is broken on purpose", () => {
  it.each(VARIANTS)("$name still fits the source", async (variant) => {
    expect(variant.edits.length).toBeGreaterThan(0);
    expect(await misfitsOf(variant)).toEqual([]);
  });

  it.each(VARIANTS)("$name is caught: $breaks", { timeout: 120_000 }, async (variant) => {
    const createSms = await loadLibrary(variant);
    const caught: string[] = [];
    for (const seed of seedsFor(variant.caughtAt)) {
      const { violations } = await runSeed(seed, { storage: "memory", createSms });
      caught.push(...violations.map(({ invariant }) => invariant));
      if (caught.length > 0) break;
    }
    expect(caught).not.toEqual([]);
  });
});
