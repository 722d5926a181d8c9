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

const ASCII = /^[\0-\x7F]*$/u;
/** What phones put into English: curly quotes, dashes and plain emoji. None of it changes when normalised. */
const PHONE_ENGLISH =
  /^[\0-\x7F\u2013\u2014\u2018\u2019\u201C\u201D\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}]*$/u;
const APOSTROPHES = /['\u0060\u0092\u00B4\u02BC\u2018\u2019\u201B\uFF07]/gu;
/** Accents and vowel points. The signs of Indic scripts stay: without them "stop" and "wait" are the same Hindi word. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?![\u0900-\u1AAF])\p{M}/gu;
const WORD = /[\p{L}\p{N}\p{M}]/u;
const LINE_END = /[\n\r\u0085\u2028\u2029]/u;
const BLANK = /[\s\p{Cc}\u2800]/u;
const DASH = /\p{Pd}/u;
const JOINS_CLAUSE = /[\p{Pc}"\u00AB\u00BB\u201C\u201D\u201E/\\*~]/u;

/** Letters that Unicode does not take apart, as people without the right keyboard write them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = { ı: "i", ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae" };

/** What a character does to the text before it. */
type CharacterRole = "word" | "blank" | "dash" | "endsWord" | "endsClause" | "endsLine";

function roleOf(character: string): CharacterRole {
  if (WORD.test(character)) return "word";
  if (LINE_END.test(character)) return "endsLine";
  if (BLANK.test(character)) return "blank";
  if (DASH.test(character)) return "dash";
  return JOINS_CLAUSE.test(character) ? "endsWord" : "endsClause";
}

function readAsciiRoles(): readonly CharacterRole[] {
  return Array.from({ length: 128 }, (_, code) => roleOf(String.fromCharCode(code)));
}

/** Nearly all text is ASCII, and a look-up in this table costs a fraction of the patterns above. */
const ASCII_ROLES = /* @__PURE__ */ readAsciiRoles();

/** Footers that phones and mail programs add below the text; they are not part of the answer. */
const SIGNATURES: readonly (readonly string[])[] = [
  ["sent", "from", "my"],
  ["get", "outlook", "for"],
];

const MAY_BE_SIGNED = /sent|outlook/u;

/**
 * Folds a text for comparison: compatibility forms (full-width, mathematical, ligatures) to plain letters, lower case,
 * letters such as "ł" without their stroke; accents, invisible characters and apostrophes removed. Linear in its length.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) {
    const letters = text.toLowerCase();
    return letters.includes("'") || letters.includes("`") ? letters.replace(APOSTROPHES, "") : letters;
  }
  if (PHONE_ENGLISH.test(text)) return text.toLowerCase().replace(APOSTROPHES, "");
  const letters = text.replace(APOSTROPHES, "").normalize("NFKC").toLowerCase().normalize("NFD");
  return letters.replace(UNSEEN, "").replace(/[ıłøđßæ]/gu, (letter) => PLAIN_LETTERS[letter] ?? letter);
}

/** True when `words` has `sequence` at position `at`. */
export function hasWordsAt(words: readonly string[], sequence: readonly string[], at: number): boolean {
  for (let offset = 0; offset < sequence.length; offset += 1) {
    if (words[at + offset] !== sequence[offset]) return false;
  }
  return true;
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

/** "Stop - I never signed up": a dash after a blank parts clauses, one inside a word ("opt-out") does not. */
function partsClauses(text: string, dashAt: number): boolean {
  const next = text[dashAt + 1] ?? " ";
  return text[dashAt - 1] === " " && (next === " " || DASH.test(next));
}

function cutIntoClauses(folded: string): { clauses: string[][]; blank: boolean } {
  const clauses: string[][] = [];
  let clause: string[] = [];
  let wordStart = -1;
  let blank = true;
  const { length } = folded;
  for (let at = 0, next = 1; at <= length; at = next, next += 1) {
    const unit = folded.charCodeAt(at);
    // A lower-case letter or a space: nearly all text is one of these.
    if (unit >= 0x61 && unit <= 0x7a) {
      if (wordStart === -1) wordStart = at;
      continue;
    }
    if (wordStart !== -1 && unit === 0x20) {
      clause.push(folded.slice(wordStart, at));
      wordStart = -1;
      continue;
    }
    const code = at === length ? 0x0a : (folded.codePointAt(at) ?? 0x0a);
    const role = ASCII_ROLES[code] ?? roleOf(String.fromCodePoint(code));
    if (code > 0xffff) next += 1;
    if (role === "word") {
      if (wordStart === -1) wordStart = at;
      continue;
    }
    if (wordStart !== -1) clause.push(folded.slice(wordStart, at));
    else if (role !== "blank" && role !== "endsLine") blank = false;
    wordStart = -1;
    const isEnd =
      role === "endsClause" || role === "endsLine" || (role === "dash" && partsClauses(folded, at));
    if (isEnd && clause.length > 0) {
      clauses.push(clause);
      clause = [];
    }
  }
  return { clauses, blank: blank && clauses.length === 0 };
}

/**
 * Reads the words of a reply. Pure and linear in the length of the body; at most {@link MAX_INSPECTED_UNITS} units
 * after leading white space are looked at, and a word cut by that limit is dropped.
 */
export function readReplyWords(body: string): ReplyWords {
  const trimmed = body.trim();
  const inspected = trimmed.slice(0, MAX_INSPECTED_UNITS);
  const folded = foldText(inspected);
  const { clauses, blank } = cutIntoClauses(folded);
  if (inspected.length < trimmed.length) {
    const last = clauses.at(-1);
    last?.pop();
    if (last?.length === 0) clauses.pop();
  }
  const kept = MAY_BE_SIGNED.test(folded) ? withoutSignature(clauses) : clauses;
  return { words: kept.length === 1 ? (kept[0] ?? []) : kept.flat(), clauses: kept, blank };
}
