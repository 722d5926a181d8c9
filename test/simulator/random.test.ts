import { describe, expect, it } from "vitest";
import { createIdSource, createRandom } from "../../src/simulator/random";

function draw(seed: string, count: number): readonly string[] {
  const ids = createIdSource(createRandom(seed));
  return Array.from({ length: count }, () => ids.sid("SM"));
}

describe("identifiers", () => {
  it("are the same for the same seed and different for similar ones", () => {
    expect(draw("1", 50)).toStrictEqual(draw("1", 50));
    const seeds = ["", "0", "1", "2", "10", "11", "a", "b", "ab", "ba"];
    const all = seeds.flatMap((seed) => draw(seed, 1000));
    expect(new Set(all).size).toBe(all.length);
  });

  it("have Twilio's form", () => {
    const ids = createIdSource(createRandom("form"));
    for (let count = 0; count < 500; count += 1) {
      expect(ids.sid("MM")).toMatch(/^MM[0-9a-f]{32}$/);
      expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it("use every digit about equally often", () => {
    const digits = draw("spread", 2000).join("").replaceAll("SM", "");
    for (const digit of "0123456789abcdef") {
      const share = digits.split(digit).length / digits.length;
      expect(Math.abs(share - 1 / 16)).toBeLessThan(0.005);
    }
  });
});
