import { comparePositions, type Position } from "./page";

/** Places in order. Adding, removing and starting a walk cost about the same at a hundred places and at a million. */
export interface OrderedPositions {
  add(position: Position): void;
  remove(position: Position): void;
  /** Walks from behind `after` (null: from the beginning) in the direction asked for. The set must not change meanwhile. */
  walk(after: Position | null, direction: "ascending" | "descending"): Iterable<Position>;
  isEmpty(): boolean;
}

// Splicing a few hundred entries costs less than a balanced tree does in bookkeeping.
const MAX_CHUNK = 512;

/** Makes an empty ordered set of places: a sorted list of sorted chunks. */
export function orderedPositions(): OrderedPositions {
  const chunks: Position[][] = [];

  function chunkFor(position: Position): number {
    // The last chunk that begins at or before the position.
    const index = lowerBound(chunks.length, (at) => {
      const first = chunks[at]?.[0];
      return first !== undefined && comparePositions(first, position) <= 0;
    });
    return Math.max(0, index - 1);
  }

  return {
    add(position) {
      const at = chunkFor(position);
      const chunk = chunks[at];
      if (chunk === undefined) {
        chunks.push([position]);
        return;
      }
      chunk.splice(placeIn(chunk, position), 0, position);
      if (chunk.length > MAX_CHUNK) chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
    },
    remove(position) {
      const at = chunkFor(position);
      const chunk = chunks[at];
      if (chunk === undefined) return;
      const place = placeIn(chunk, position);
      const found = chunk[place];
      if (found === undefined || comparePositions(found, position) !== 0) return;
      chunk.splice(place, 1);
      if (chunk.length === 0) chunks.splice(at, 1);
    },
    walk(after, direction) {
      return direction === "ascending" ? ascend(chunks, after, chunkFor) : descend(chunks, after, chunkFor);
    },
    isEmpty: () => chunks.length === 0,
  };
}

type ChunkFor = (position: Position) => number;
type Chunks = readonly (readonly Position[])[];

function* ascend(chunks: Chunks, after: Position | null, chunkFor: ChunkFor): Generator<Position> {
  const first = after === null ? 0 : chunkFor(after);
  for (let at = first; at < chunks.length; at += 1) {
    const chunk = chunks[at] ?? [];
    const start = after === null || at !== first ? 0 : behind(chunk, after);
    for (let place = start; place < chunk.length; place += 1) {
      const position = chunk[place];
      if (position !== undefined) yield position;
    }
  }
}

function* descend(chunks: Chunks, before: Position | null, chunkFor: ChunkFor): Generator<Position> {
  const first = before === null ? chunks.length - 1 : chunkFor(before);
  for (let at = first; at >= 0; at -= 1) {
    const chunk = chunks[at] ?? [];
    const start = before === null || at !== first ? chunk.length : placeIn(chunk, before);
    for (let place = start - 1; place >= 0; place -= 1) {
      const position = chunk[place];
      if (position !== undefined) yield position;
    }
  }
}

/** The first place whose entry is not before `position`. */
function placeIn(chunk: readonly Position[], position: Position): number {
  return lowerBound(chunk.length, (at) => {
    const entry = chunk[at];
    return entry !== undefined && comparePositions(entry, position) < 0;
  });
}

/** The first place whose entry is behind `position`. */
function behind(chunk: readonly Position[], position: Position): number {
  return lowerBound(chunk.length, (at) => {
    const entry = chunk[at];
    return entry !== undefined && comparePositions(entry, position) <= 0;
  });
}

/** The first index for which `isBefore` is false; it must hold for a beginning of the range and for nothing behind that. */
function lowerBound(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
