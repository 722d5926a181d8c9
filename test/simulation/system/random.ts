/** A generator that repeats itself for the same seed. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  /** Whether something of this probability happens. */
  readonly chance: (probability: number) => boolean;
  /** One of a list that is not empty. */
  readonly pick: <T>(list: readonly T[]) => T;
  /** One of the keys, as often as its weight says. */
  readonly weighted: <K extends string>(weights: { readonly [Key in K]?: number }) => K;
  /** Lower-case hexadecimal digits. */
  readonly hex: (digits: number) => string;
  /** Milliseconds around a mean, now and then far above it. */
  readonly waitMs: (meanMs: number) => number;
}

/**
 * A stream of chance by name. Streams of one seed do not touch each other, so one more draw in one place leaves the others as they
 * were.
 */
export function randomStream(seed: number, name: string): Random {
  const next = generator(`${seed}/${name}`);
  return {
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      const index = Math.floor(next() * list.length);
      if (list.length === 0) throw new TypeError(`Nothing to pick from in ${name}.`);
      // The index is within the list, which is not empty.
      return list[index] as T;
    },
    weighted<K extends string>(weights: { readonly [Key in K]?: number }): K {
      const entries = Object.entries<number | undefined>(weights);
      let left = next() * entries.reduce((sum, [, weight = 0]) => sum + weight, 0);
      for (const [key, weight = 0] of entries) {
        left -= weight;
        // The keys of a record are its type's keys.
        if (left < 0) return key as K;
      }
      throw new TypeError(`No weight in ${name}.`);
    },
    hex(digits) {
      let text = "";
      while (text.length < digits)
        text += Math.floor(next() * 2 ** 32)
          .toString(16)
          .padStart(8, "0");
      return text.slice(0, digits);
    },
    waitMs: (meanMs) => Math.round(-Math.log(1 - next()) * meanMs),
  };
}

/** sfc32 over four words made of the name by cyrb128: small, fast, and good enough to search with. */
function generator(name: string): () => number {
  let [a, b, c, d] = words(name);
  const step = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let turn = 0; turn < 12; turn += 1) step();
  return step;
}

function words(text: string): [number, number, number, number] {
  let h1 = 1779033703;
  let h2 = 3144134277;
  let h3 = 1013904242;
  let h4 = 2773480762;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    h1 = h2 ^ Math.imul(h1 ^ unit, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ unit, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ unit, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ unit, 2716044179);
  }
  return [h1 | 0, h2 | 0, h3 | 0, h4 | 0];
}
