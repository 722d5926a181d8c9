import { describe, expect, it } from "vitest";
import { loadLibrary, misfitsOf } from "./system/build-variant";
import { runSeed } from "./system/run";
import { VARIANTS } from "./system/variants";

/** How far around its known seed a variant may be caught, so that a change which retells the stories does not fail at once. */
const NEIGHBOURS = 40;

/** The known seed, then those around it, nearest first. */
function* seedsAround(seed: number): Generator<number> {
  yield seed;
  for (let distance = 1; distance <= NEIGHBOURS; distance += 1) {
    yield seed + distance;
    if (seed - distance > 0) yield seed - distance;
  }
}

describe("a library that is broken on purpose", () => {
  it.each(VARIANTS)("$name still fits the source", async (variant) => {
    expect(variant.edits.length).toBeGreaterThan(0);
    expect(await misfitsOf(variant)).toEqual([]);
  });

  it.each(VARIANTS)("$name is caught: $breaks", { timeout: 120_000 }, async (variant) => {
    const createSms = await loadLibrary(variant);
    const caught: string[] = [];
    for (const seed of seedsAround(variant.caughtAt)) {
      const { violations } = await runSeed(seed, { storage: "memory", createSms });
      caught.push(...violations.map(({ invariant }) => invariant));
      if (caught.length > 0) break;
    }
    expect(caught).not.toEqual([]);
  });
});
