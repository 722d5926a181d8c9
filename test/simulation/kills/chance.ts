/** Random choices that a seed decides. */
export interface Chance {
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** True in `share` of the cases. */
  happens(share: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** The choices of one actor: each name has a row of its own, so that actors do not disturb each other's. */
export function createChance(seed: string, name: string): Chance {
  let state = hashOf(`${seed}/${name}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    happens: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
