/*
 * What a word is and when two words are the same, for every storage alike. The rules are those of SQLite's `unicode61` tokenizer
 * with `remove_diacritics 2`, character by character, so that its index and this code never disagree.
 * Source: sqlite.org/fts5.html, "Unicode61 Tokenizer" (read 2026-11).
 */

// Emoji are drawn with marks that Unicode files under letters' marks: variation selectors and the keycap.
const WORD = /(?:(?![\ufe00-\ufe0f\u20e3\u{e0100}-\u{e01ef}])[\p{L}\p{N}\p{M}])+/gu;

const ASCII = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;

/** Accents written as characters of their own: they are left out. */
const ACCENT = /^[\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331]$/;

/** Letters whose other case came after Unicode 6.1, which SQLite knows: each is only itself. The first is the dotless i. */
const WITHOUT_CASE =
  /^[\u0131\u037f\u0528-\u052f\u13a0-\u13fd\u1c80-\u1cbf\u2c2f\ua698-\ua69b\ua796-\ua79f\ua7ab-\ua7f6\u{104b0}-\u{1e943}]$/u;

const ACCENTED_LATIN = /^([a-z])[\u0300-\u036f]+$/i;

/**
 * The words of a text in a form in which equal words are equal texts: runs of letters, digits and their marks; small letters;
 * Latin letters without their accents. Everything else, emoji among it, separates.
 */
export function wordsOf(text: string): readonly string[] {
  // Most texts, at a tenth of the cost.
  if (ASCII.test(text)) return text.toLowerCase().match(ASCII_WORD) ?? [];
  const words = (text.match(WORD) ?? []).map(foldWord);
  // A run of nothing but accents is no word.
  return words.filter((word) => word !== "");
}

/** A word in the form of {@link wordsOf}. */
export function foldWord(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase();
  return Array.from(word, foldCharacter).join("");
}

function foldCharacter(character: string): string {
  if (ACCENT.test(character)) return "";
  const small = smallLetter(character);
  // The one Latin letter with two accents that SQLite leaves alone.
  if (small === "\u01e1") return small;
  return ACCENTED_LATIN.exec(small.normalize("NFD"))?.[1]?.toLowerCase() ?? small;
}

/** One character for one: "ß" does not become "ss", and both forms of a small sigma become one. */
function smallLetter(character: string): string {
  if (WITHOUT_CASE.test(character)) return character;
  const capital = onlyCharacter(character.toUpperCase()) ?? character;
  return onlyCharacter(capital.toLowerCase()) ?? capital;
}

function onlyCharacter(text: string): string | null {
  const [first, ...more] = text;
  return first !== undefined && more.length === 0 ? first : null;
}
