/** Chance that comes out alike for the same seed. */
export interface Chance {
  /** From 0 to less than 1. */
  share(): number;
  /** A whole number from 0 to less than `limit`. */
  below(limit: number): number;
  /** Normally distributed around 0, with deviation 1. */
  normal(): number;
  /** `length` hexadecimal digits. */
  hex(length: number): string;
}

const TOPICS = [
  "layout",
  "vocabulary",
  "body",
  "conversation",
  "message",
  "sid",
  "consent",
  "task",
  "sample",
  "arrival",
] as const;

/** What chance is asked for: each has a sequence of its own, so that one more draw for one leaves the others as they are. */
export type Topic = (typeof TOPICS)[number];

const WARM_UPS = 12;

/**
 * The chance of the `at`-th thing of a topic: things need no order, each can be made without those before it.
 * It is sfc32, whose state is wide enough that ten million ids of it are all different.
 */
export function chanceOf(seed: number, topic: Topic, at = 0): Chance {
  let [a, b, c, counter] = [seed | 0, TOPICS.indexOf(topic), at | 0, 1];

  function bits(): number {
    const drawn = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }

  for (let left = WARM_UPS; left > 0; left -= 1) bits();
  const share = (): number => bits() / 2 ** 32;
  return {
    share,
    below: (limit) => Math.floor(share() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share()),
    hex(length) {
      let digits = "";
      while (digits.length < length) digits += bits().toString(16).padStart(8, "0");
      return digits.slice(0, length);
    },
  };
}

/** Puts the values into a random order, in place. */
export function shuffle(values: Uint32Array, chance: Chance): void {
  for (let left = values.length - 1; left > 0; left -= 1) {
    const other = chance.below(left + 1);
    const moved = values[left] ?? 0;
    values[left] = values[other] ?? 0;
    values[other] = moved;
  }
}
