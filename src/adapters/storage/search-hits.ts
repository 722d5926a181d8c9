import { comparePositions, type Position } from "./page";

/** Something found, in a batch that comes newest first but for ties. */
export interface Hit extends Position {
  /** Never rises from one hit to the next. Hits of one moment come in any order. */
  readonly moment: number;
}

/** Keeps the newest of what is found, in exact order, and no more than it has to. */
export interface Hits {
  /** Takes a hit. The same one may come twice. */
  add(hit: Hit): void;
  /** Whether nothing that is at this moment or older can still be among the newest. */
  areFullAt(moment: number): boolean;
  /** What was found behind the bound, newest first; ties by id descending. */
  newest(): readonly Hit[];
}

/** Makes an empty collection of the newest `limit` hits behind `after`. */
export function newestHits(after: Position | null, limit: number): Hits {
  let kept: Hit[] = [];

  function sorted(): readonly Hit[] {
    kept.sort(compareHits);
    kept = kept.filter((hit, at) => hit.id !== kept[at - 1]?.id);
    // A crowd of ties may be of any size; only those that can be shown are kept.
    if (kept.length > limit) kept = kept.slice(0, limit);
    return kept;
  }

  return {
    add(hit) {
      if (after !== null && comparePositions(hit, after) >= 0) return;
      kept.push(hit);
      if (kept.length >= 4 * limit) sorted();
    },
    areFullAt(moment) {
      const last = sorted()[limit - 1];
      return last !== undefined && last.moment > moment;
    },
    newest: sorted,
  };
}

function compareHits(a: Hit, b: Hit): number {
  return a.moment === b.moment ? -comparePositions(a, b) : b.moment - a.moment;
}
