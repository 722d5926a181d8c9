import { chanceOf, type Chance } from "./chance";

/** Words in the order of their frequency, as people use them: the n-th is about n times as rare as the first (Zipf). */
export interface Vocabulary {
  /** A text of the length that text messages have: half of them are shorter than ten words, a few fill several segments. */
  text(chance: Chance): string;
}

/** What is searched for. */
export const SOUGHT = {
  /** In about 8 of 100 messages. */
  common: "order",
  /** Begins `reschedule`, `rescheduled` and `rescheduling`: in about 3 of 100 messages. */
  prefix: "resched",
  /** In twenty messages, however many there are. */
  rare: "zanzibar",
} as const;

const FREQUENT =
  "the to you i a is it and for we in of on at order can be your have that my will me this do not are with if what just " +
  "so when or thanks no yes hi hello ok please today tomorrow time need would like come get know out up call there was how " +
  "here now am pm all good one back see time about much could day send great sorry still going think want from should been " +
  "let appointment week help make sure check work monday tuesday wednesday thursday friday saturday sunday open close ready " +
  "number address home office price pay paid card invoice delivery delivered deliver delivering driver door package size " +
  "colour blue black white large small table reservation people tonight morning afternoon evening late early minutes hours " +
  "confirm confirmed cancel cancelled reschedule rescheduled rescheduling change changed available booking booked service " +
  "repair car bike phone screen battery doctor dentist cleaning school class lesson photo picture email website link account " +
  "password code question answer wrong right problem issue refund return exchange broken missing arrived waiting store shop " +
  "parking street building floor apartment key gate keys dog cat garden kitchen window roof water heating estimate quote";

const SYLLABLES =
  "ba be bi bo da de di do fa fe fi ga go ha he ka ke ki la le li lo ma me mi mo na ne ni no pa pe pi ra re ri ro sa se si so ta te ti to va ve vi wa we";
const ENDINGS = ["", "n", "r", "s", "l", "t", "ng", "ck", "st", "m"];
// One message in 20 ends with an emoji, so it is counted and stored as UCS-2.
const MARKS = [..."....!?".split(""), ...Array.from({ length: 13 }, () => ""), " 👍"];

/** Names, places and products: the long tail, of which every business has its own. */
const TAIL = 20_000;
const MEDIAN_WORDS = 10;
const MAX_WORDS = 80;

/** The vocabulary of a seed: about 200 English words and a long tail of made-up ones. */
export function vocabularyOf(seed: number): Vocabulary {
  const words = [...new Set([...FREQUENT.split(" "), ...tailOf(chanceOf(seed, "vocabulary"))])];
  const upTo = cumulativeZipf(words.length);
  const total = upTo[upTo.length - 1] ?? 0;

  function word(chance: Chance): string {
    const drawn = chance.share();
    // Order numbers, times, sums: nearly each of them is a word that occurs once.
    if (drawn < 0.04) return String(10 + chance.below(drawn < 0.02 ? 90 : 99_990));
    return words[firstAbove(upTo, chance.share() * total)] ?? "";
  }

  return {
    text(chance) {
      const count = Math.round(MEDIAN_WORDS * Math.exp(0.8 * chance.normal()));
      const chosen = Array.from({ length: Math.min(MAX_WORDS, Math.max(1, count)) }, () => word(chance));
      const text = chosen.join(" ") + (MARKS[chance.below(MARKS.length)] ?? "");
      return text.charAt(0).toUpperCase() + text.slice(1);
    },
  };
}

function tailOf(chance: Chance): readonly string[] {
  const syllables = SYLLABLES.split(" ");
  return Array.from({ length: TAIL }, () => {
    const count = 2 + chance.below(3);
    const stem = Array.from({ length: count }, () => syllables[chance.below(syllables.length)] ?? "").join(
      "",
    );
    return stem + (ENDINGS[chance.below(ENDINGS.length)] ?? "");
  });
}

function cumulativeZipf(count: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let at = 0; at < count; at += 1) {
    sum += 1 / (at + 1);
    sums[at] = sum;
  }
  return sums;
}

/** The first place whose value is above `limit`; `sums` ascends. */
function firstAbove(sums: Float64Array, limit: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
