/** A stream of 32-bit unsigned integers that depends on its seed alone. */
export type RandomSource = () => number;

/** Makes the identifiers that Twilio hands out. */
export interface IdSource {
  /** A SID: the two-letter prefix and 32 lower-case hexadecimal digits. */
  sid(prefix: string): string;
  /** A random token in the shape of a version 4 UUID. */
  uuid(): string;
}

/** Mixes the seed's characters into a starting state: FNV-1a with a different basis for each of the four words. */
function hashSeed(seed: string, basis: number): number {
  let hash = basis >>> 0;
  for (let index = 0; index < seed.length; index += 1) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * A small fast counter generator (sfc32): same seed, same numbers on every machine. Not for secrets.
 * Source: PractRand, "sfc32" by Chris Doty-Humphrey.
 */
export function createRandom(seed: string): RandomSource {
  let a = hashSeed(seed, 0x811c9dc5);
  let b = hashSeed(seed, 0x9e3779b9);
  let c = hashSeed(seed, 0x85ebca6b);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + result) >>> 0;
    return result;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  return next;
}

function hexDigits(random: RandomSource, words: number): string {
  let digits = "";
  for (let word = 0; word < words; word += 1) digits += random().toString(16).padStart(8, "0");
  return digits;
}

/** Identifiers drawn from a seeded stream. */
export function createIdSource(random: RandomSource): IdSource {
  return {
    sid: (prefix) => prefix + hexDigits(random, 4),
    uuid: () => {
      const hex = hexDigits(random, 4);
      const variant = "89ab".charAt(random() % 4);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}
