import { foldWord, wordsOf } from "../search-text";

/*
 * The form in which a server keeps words to find them again. It is coarser than that of `wordsOf`, in which the finds are looked
 * through again: all accents go, of whatever script, since a server can take letters and marks apart by itself. Other than that
 * nothing is left to the server, whose idea of letters and of capitals changes with its locale and its release.
 */

/** Longer words are cut here: an index takes so many bytes of each and no more. */
export const MAX_WORD = 300;

/** Texts are searched up to here. Twilio's longest have 1,600 characters. */
export const MAX_TEXT = 16_384;

/** A range of code points, both ends in it. */
export type CodePoints = readonly [first: number, last: number];

/**
 * The marks that go. The combining Greek iota is not among them: it is a letter in capitals. Those of musical notes are, as the
 * notes that they are parts of separate words.
 */
export const MARKS: readonly CodePoints[] = [
  [0x0300, 0x0344],
  [0x0346, 0x036f],
  [0x1d165, 0x1d169],
  [0x1d16d, 0x1d172],
];

const MARK = /[\u0300-\u0344\u0346-\u036f\u{1d165}-\u{1d169}\u{1d16d}-\u{1d172}]/gu;

/** The skeleton of a word that is in the form of `wordsOf`; empty when nothing is left of it. */
export function skeletonOf(word: string): string {
  const letters = foldWord(word.normalize("NFD").replace(MARK, ""));
  return Array.from(letters).slice(0, MAX_WORD).join("");
}

/** What a server has to know to make skeletons itself. */
export interface Alphabet {
  /** The characters that words are made of. */
  readonly inWords: readonly CodePoints[];
  /** Characters that stand for others, which are no ASCII and have no marks: capitals, above all. */
  readonly folded: readonly (readonly [from: string, to: string])[];
}

// No script is further on: only marks that are in no word, and characters for private use.
const LAST_LETTER = 0x3ffff;
const LAST_ASCII = 0x7f;

/** Works out the alphabet from what a word is here. It takes some 20 ms: for making an index, not for each search. */
export function alphabet(): Alphabet {
  const all = Array.from({ length: LAST_LETTER }, (_, at) => String.fromCodePoint(at + 1)).join("");
  const runs = all.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const cased = all.match(/\p{Changes_When_Casemapped}/gu) ?? [];
  return {
    inWords: runs.flatMap(rangesOf),
    folded: cased
      .filter((character) => codeOf(character) > LAST_ASCII && isBare(character))
      .map((character) => [character, foldWord(character)] as const)
      .filter(([from, to]) => from !== to),
  };
}

/** The ranges of a run of letters, digits and marks. Some marks, those of emoji, are in no word. */
function rangesOf(run: string): readonly CodePoints[] {
  const ranges: [number, number][] = [];
  for (const character of run) {
    if (/\p{M}/u.test(character) && wordsOf(`a${character}b`).length !== 1) continue;
    const code = codeOf(character);
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** Whether a character has no marks: the others are taken apart first. */
function isBare(character: string): boolean {
  return character.normalize("NFD").replace(MARK, "") === character;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
