/**
 * How many UTF-16 units of a reply are read. Twilio accepts at most 1600 characters in a body; what lies beyond is
 * ignored, so that a hostile body costs no more than an ordinary one.
 * Source: Twilio docs, "Message resource" (read 2026-11).
 */
export const MAX_INSPECTED_UNITS = 1600;

/** A reply reduced to what it says: its words, folded, and where one clause ends and the next begins. */
export interface ReplyWords {
  /** All words in order. */
  readonly words: readonly string[];
  /** The same words, cut at sentence marks, commas, line ends and symbols; no clause is empty. */
  readonly clauses: readonly (readonly string[])[];
  /** True when nothing visible was written. */
  readonly blank: boolean;
}

const INVISIBLE = /[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/u;
const WORD = /[\p{L}\p{N}]/u;
const APOSTROPHES = /[\u0060\u0092\u00B4\u02BC\u2018\u2019\u201B\uFF07]/gu;
const LINE_END = /[\n\r\u0085\u2028\u2029]/u;
const BLANK = /[\s\p{Cc}\u2800]/u;
const JOINS_CLAUSE = /[\p{Pd}\p{Pc}"\u00AB\u00BB\u201C\u201D\u201E/\\*~]/u;

/** Footers that phones and mail programs add below the text; they are not part of the answer. */
const SIGNATURES: readonly (readonly string[])[] = [
  ["sent", "from", "my"],
  ["get", "outlook", "for"],
];

/**
 * Folds a text for comparison: compatibility forms (full-width, mathematical, ligatures) to plain letters, lower case,
 * accents and invisible characters removed, every apostrophe one character.
 */
function fold(text: string): string {
  return text.replace(APOSTROPHES, "'").normalize("NFKC").toLowerCase().normalize("NFD");
}

/** True when `words` has `sequence` at position `at`. */
export function hasWordsAt(words: readonly string[], sequence: readonly string[], at: number): boolean {
  return sequence.every((word, offset) => words[at + offset] === word);
}

function withoutSignature(clauses: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const kept: (readonly string[])[] = [];
  for (const clause of clauses) {
    const cut = clause.findIndex((_, at) =>
      SIGNATURES.some((signature) => hasWordsAt(clause, signature, at)),
    );
    if (cut === -1) kept.push(clause);
    else if (cut > 0) return [...kept, clause.slice(0, cut)];
    else if (kept.length > 0) return kept;
    else return clauses;
  }
  return kept;
}

function cutIntoClauses(folded: string): { clauses: string[][]; blank: boolean } {
  const clauses: string[][] = [];
  let clause: string[] = [];
  let word = "";
  let blank = true;
  const endWord = () => {
    if (word !== "") clause.push(word);
    word = "";
  };
  const endClause = () => {
    endWord();
    if (clause.length > 0) clauses.push(clause);
    clause = [];
  };
  for (const character of folded) {
    // Nearly all text is this; the property look-ups below cost several times as much.
    if (character >= "a" && character <= "z") {
      blank = false;
      word += character;
      continue;
    }
    if (INVISIBLE.test(character)) continue;
    const isBlank = BLANK.test(character);
    blank &&= isBlank;
    if (WORD.test(character)) word += character;
    else if (character === "'") continue;
    else if (LINE_END.test(character)) endClause();
    else if (isBlank || JOINS_CLAUSE.test(character)) endWord();
    else endClause();
  }
  endClause();
  return { clauses, blank };
}

/**
 * Reads the words of a reply. Pure and linear in the length of the body; at most {@link MAX_INSPECTED_UNITS} units
 * after leading white space are looked at, and a word cut by that limit is dropped.
 */
export function readReplyWords(body: string): ReplyWords {
  const trimmed = body.trim();
  const inspected = trimmed.slice(0, MAX_INSPECTED_UNITS);
  const { clauses, blank } = cutIntoClauses(fold(inspected));
  if (inspected.length < trimmed.length) {
    const last = clauses.at(-1);
    last?.pop();
    if (last?.length === 0) clauses.pop();
  }
  const kept = withoutSignature(clauses);
  return { words: kept.flat(), clauses: kept, blank };
}
