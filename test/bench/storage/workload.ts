import { FIXTURE_ACCOUNT_SID } from "../../fixtures/twilio/payloads";
import { chanceOf, shuffle, type Chance } from "./chance";
import { vocabularyOf, type Vocabulary } from "./vocabulary";

/**
 * What a database is filled with: who has written how much, and in which order it came. Pure, and the same for the same seed.
 * The records themselves are made from it one by one, so that ten million need no memory.
 */
export interface Workload {
  readonly seed: number;
  readonly messages: number;
  readonly conversations: number;
  /** How many messages each conversation has. */
  readonly lengths: Uint32Array;
  /** The conversation of each message, in the order in which they came. */
  readonly order: Uint32Array;
  /** The first and the last message of each conversation, by number. */
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly vocabulary: Vocabulary;
}

/** The accounts, the largest first: 60, 30 and 10 % of the conversations. Webhooks arrive at the first. */
export const ACCOUNTS = [
  FIXTURE_ACCOUNT_SID,
  "AC11111111111111111111111111111111",
  "AC22222222222222222222222222222222",
] as const;

// Three messages in the shortest thread, 3,000 in the longest, 20 on average. The distribution is the same in a small database
// and in a large one: what is compared between them is then their size and nothing else.
const SHORTEST = 3;
const LONGEST = 3_000;
const AVERAGE = 20.7;
/** So many messages of a thread follow each other at most before another thread has its turn. */
const LONGEST_RUN = 4;

/** The workload of a size. */
export function workloadOf(seed: number, messages: number): Workload {
  const chance = chanceOf(seed, "layout", messages);
  const lengths = lengthsOf(messages, chance);
  const order = orderOf(lengths, messages, chance);
  const first = new Uint32Array(lengths.length).fill(0xffffffff);
  const last = new Uint32Array(lengths.length);
  order.forEach((conversation, at) => {
    first[conversation] = Math.min(at, first[conversation] ?? 0);
    last[conversation] = at;
  });
  return {
    seed,
    messages,
    conversations: lengths.length,
    lengths,
    order,
    first,
    last,
    vocabulary: vocabularyOf(seed),
  };
}

/** Lengths of threads that fall off as Zipf found (a Pareto distribution with both ends), adding up to `messages`. */
function lengthsOf(messages: number, chance: Chance): Uint32Array {
  const count = Math.max(10, Math.round(messages / AVERAGE));
  const lengths = Uint32Array.from({ length: count }, (_, at) => {
    const below = (at + 0.5) / count;
    return Math.floor(SHORTEST / (1 - below * (1 - SHORTEST / LONGEST)));
  });
  let missing = messages - lengths.reduce((sum, length) => sum + length, 0);
  for (let at = 0; missing !== 0; at = (at + 1) % count) {
    if (missing < 0 && (lengths[at] ?? 0) <= SHORTEST) continue;
    lengths[at] = (lengths[at] ?? 0) + Math.sign(missing);
    missing -= Math.sign(missing);
  }
  shuffle(lengths, chance);
  return lengths;
}

/** All threads at once: a few messages of one, a few of another. */
function orderOf(lengths: Uint32Array, messages: number, chance: Chance): Uint32Array {
  const runs = new Uint32Array(messages);
  let count = 0;
  lengths.forEach((length, conversation) => {
    for (let left = length; left > 0; count += 1) {
      const run = Math.min(left, 1 + chance.below(LONGEST_RUN));
      // A conversation and the length of a run in one number: there are at most a few million conversations.
      runs[count] = conversation * LONGEST_RUN + run - 1;
      left -= run;
    }
  });
  const shuffled = runs.subarray(0, count);
  shuffle(shuffled, chance);
  const order = new Uint32Array(messages);
  let at = 0;
  for (const packed of shuffled) {
    const run = (packed % LONGEST_RUN) + 1;
    order.fill(Math.floor(packed / LONGEST_RUN), at, at + run);
    at += run;
  }
  return order;
}
