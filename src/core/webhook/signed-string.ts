import { paramEntries } from "./params";
import type { ParamEntry, Params } from "./params";

function byNameThenValue(a: ParamEntry, b: ParamEntry): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] === b[1]) return 0;
  return a[1] < b[1] ? -1 : 1;
}

/** A form with more fields than this is sorted every time. Twilio's have about twenty. */
const MOST_GUESSED = 64;
/**
 * For each number of fields, how the last form of that size had to be reordered. Twilio sends its fields in the same order every
 * time, so the guess is nearly always right; whether it is, is checked, so a wrong one only costs time. Holds no text.
 */
const guesses: (readonly number[] | undefined)[] = [];

/** The fields in the guessed order, as text; `undefined` unless that order is strictly ascending. */
function joinGuessed(entries: readonly ParamEntry[], guess: readonly number[]): string | undefined {
  let text = "";
  let previous: string | undefined;
  for (const position of guess) {
    const entry = entries[position];
    if (entry === undefined || (previous !== undefined && previous >= entry[0])) return undefined;
    text += entry[0] + entry[1];
    previous = entry[0];
  }
  return text;
}

function joinSorted(entries: readonly ParamEntry[]): string {
  const sorted = [...entries].sort(byNameThenValue);
  if (entries.length <= MOST_GUESSED) guesses[entries.length] = sorted.map((entry) => entries.indexOf(entry));
  let text = "";
  let previous: ParamEntry | undefined;
  for (const entry of sorted) {
    if (previous === undefined || previous[0] !== entry[0] || previous[1] !== entry[1])
      text += entry[0] + entry[1];
    previous = entry;
  }
  return text;
}

/**
 * What form fields add to the signed string: name and value of each, sorted by name, nothing in between. A name that came
 * several times contributes each different value once, sorted. Empty values count: the bare name is added.
 *
 * Names are compared by UTF-16 code units, as Twilio's own library for Node does. Byte order would differ only between
 * characters beyond U+FFFF and those right below it, and Twilio's names are ASCII.
 *
 * Because nothing separates the parts, the signature does not say where a value ends. That is Twilio's scheme; a receiver
 * must act on the same fields that it verified, and must not trust a field only because its text appears somewhere in them.
 *
 * Source: Twilio docs, "Webhooks security" (read 2026-11); twilio-node 6.2 and twilio-python for repeated names.
 */
export function signedFields(params: Params): string {
  const entries = paramEntries(params);
  const guess = guesses[entries.length];
  return (guess && joinGuessed(entries, guess)) ?? joinSorted(entries);
}
