import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderedPositions } from "../../../src/adapters/storage/ordered-positions";
import { comparePositions, type Position } from "../../../src/adapters/storage/page";

const position = fc.record({ sort: fc.integer({ min: 0, max: 40 }), id: fc.constantFrom("a", "b", "c") });
const key = ({ sort, id }: Position): string => `${sort}${id}`;

/** What a walk should give, by sorting everything. */
function expected(
  all: readonly Position[],
  after: Position | null,
  direction: "ascending" | "descending",
): readonly Position[] {
  const sorted = [...all].sort(comparePositions);
  if (direction === "descending") sorted.reverse();
  const sign = direction === "ascending" ? 1 : -1;
  return after === null ? sorted : sorted.filter((one) => sign * comparePositions(one, after) > 0);
}

describe("orderedPositions", () => {
  it("walks like a sorted array after any adding and removing", () => {
    const step = fc.record({ does: fc.constantFrom("add", "add", "remove"), position });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), position, (steps, after) => {
        const ordered = orderedPositions();
        const kept = new Map<string, Position>();
        for (const { does, position: one } of steps) {
          if (does === "add" && !kept.has(key(one))) {
            ordered.add(one);
            kept.set(key(one), one);
          } else if (does === "remove") {
            ordered.remove(one);
            kept.delete(key(one));
          }
        }
        for (const direction of ["ascending", "descending"] as const) {
          for (const from of [null, after]) {
            expect([...ordered.walk(from, direction)]).toEqual(expected([...kept.values()], from, direction));
          }
        }
        expect(ordered.isEmpty()).toBe(kept.size === 0);
      }),
    );
  });

  it("keeps the order over many thousands, added in any order, until the last is removed", () => {
    const count = 20_000;
    const positions = Array.from({ length: count }, (_, index): Position => ({
      sort: (index * 7_919) % count,
      id: "x",
    }));
    const ordered = orderedPositions();
    for (const one of positions) ordered.add(one);
    const sorts = Array.from({ length: count }, (_, index) => index);
    expect([...ordered.walk(null, "ascending")].map(({ sort }) => sort)).toEqual(sorts);
    expect([...ordered.walk({ sort: 12_345, id: "x" }, "descending")].map(({ sort }) => sort)).toEqual(
      sorts.slice(0, 12_345).reverse(),
    );
    for (const one of positions) ordered.remove(one);
    expect(ordered.isEmpty()).toBe(true);
    expect([...ordered.walk(null, "descending")]).toEqual([]);
  });
});
