import { hasInformalRequest } from "./informal-requests";
import {
  COURTESY_WORDS,
  EVERYDAY_STOP_KEYWORDS,
  HELP_KEYWORDS,
  OPT_OUT_PHRASES,
  START_KEYWORDS,
  STOP_KEYWORDS,
  TOLL_FREE_START_KEYWORDS,
} from "./keywords";
import type { ReplyIntent } from "./keywords";
import { hasWordsAt, readReplyWords } from "./reply-words";

/** What the meaning of a reply depends on, besides its text. */
export interface ClassifyOptions {
  /** The message was sent to a US or Canadian toll-free number of ours, where YES does not opt in. Default `false`. */
  readonly tollFree?: boolean;
}

/**
 * Why a reply was classified as it was.
 * `exact_keyword` the keyword as Twilio knows it · `decorated_keyword` the same with punctuation, emoji, accents,
 * repetition or spelled out · `keyword_with_courtesy` with a please or thank-you · `opt_out_phrase` several words that
 * mean a keyword ("opt out") · `keyword_with_argument` with a number behind it ("STOP 12345") · `informal_request`
 * everyday words · `keyword_not_on_toll_free` YES to a toll-free number · `no_keyword` · `empty` nothing visible.
 */
export type ReplyReason =
  | "exact_keyword"
  | "decorated_keyword"
  | "keyword_with_courtesy"
  | "opt_out_phrase"
  | "keyword_with_argument"
  | "informal_request"
  | "keyword_not_on_toll_free"
  | "no_keyword"
  | "empty";

/** What a reply asks for, and the grounds for thinking so. */
export interface ReplyClass {
  /** What the reply asks for. */
  readonly intent: ReplyIntent;
  /** The keyword found, upper case ("STOP", "OPT OUT"); absent when none was. */
  readonly keyword?: string;
  /** The language of the keyword or request, as a BCP 47 tag; absent when there was none. */
  readonly language?: string;
  /** Why. */
  readonly reason: ReplyReason;
}

const LONGEST_KEYWORD = 11;
const STOP: ReadonlySet<string> = /* @__PURE__ */ new Set(STOP_KEYWORDS);
const EVERYDAY: ReadonlySet<string> = /* @__PURE__ */ new Set(EVERYDAY_STOP_KEYWORDS);
const START: ReadonlySet<string> = /* @__PURE__ */ new Set(START_KEYWORDS);
const TOLL_FREE_START: ReadonlySet<string> = /* @__PURE__ */ new Set(TOLL_FREE_START_KEYWORDS);
const HELP: ReadonlySet<string> = /* @__PURE__ */ new Set(HELP_KEYWORDS);
const COURTESIES: ReadonlySet<string> = /* @__PURE__ */ new Set(COURTESY_WORDS);
const COURTESY_PHRASES: readonly (readonly string[])[] = [
  ["thank", "you"],
  ["thank", "u"],
  ["so", "much"],
  ["very", "much"],
  ["right", "now"],
  ["at", "once"],
];

function english(intent: ReplyIntent, keyword: string, reason: ReplyReason): ReplyClass {
  return { intent, keyword, language: "en", reason };
}

function classifyExact(body: string, tollFree: boolean): ReplyClass | null {
  const word = body.trim();
  // Only ASCII is folded here: "ſtart" becomes "START" in upper case, and nobody is opted in by a look-alike.
  if (word.length > LONGEST_KEYWORD || !/^[A-Za-z]+$/u.test(word)) return null;
  const keyword = word.toUpperCase();
  if (STOP.has(keyword)) return english("stop", keyword, "exact_keyword");
  if (HELP.has(keyword)) return english("help", keyword, "exact_keyword");
  if (!START.has(keyword)) return null;
  return tollFree && !TOLL_FREE_START.has(keyword)
    ? english("none", keyword, "keyword_not_on_toll_free")
    : english("start", keyword, "exact_keyword");
}

interface Found {
  readonly keyword: string;
  readonly length: number;
  readonly isPhrase: boolean;
}

function keywordAt(words: readonly string[], at: number): Found | null {
  const phrase = OPT_OUT_PHRASES.find((candidate) => hasWordsAt(words, candidate.words, at));
  if (phrase !== undefined) return { keyword: phrase.keyword, length: phrase.words.length, isPhrase: true };
  const keyword = words[at]?.toUpperCase() ?? "";
  return STOP.has(keyword) ? { keyword, length: 1, isPhrase: false } : null;
}

function courtesyLengthAt(words: readonly string[], at: number): number {
  const phrase = COURTESY_PHRASES.find((candidate) => hasWordsAt(words, candidate, at));
  if (phrase !== undefined) return phrase.length;
  return COURTESIES.has(words[at] ?? "") ? 1 : 0;
}

/** A message made of nothing but opt-out keywords and courtesies. */
function classifyWholeMessage(words: readonly string[]): ReplyClass | null {
  let first: Found | null = null;
  let onlyEveryday = true;
  let isPolite = false;
  for (let at = 0; at < words.length;) {
    const found = keywordAt(words, at);
    const courtesyLength = found === null ? courtesyLengthAt(words, at) : 0;
    if (found === null && courtesyLength === 0) return null;
    if (found === null) isPolite = true;
    else onlyEveryday &&= EVERYDAY.has(found.keyword);
    first ??= found;
    at += found?.length ?? courtesyLength;
  }
  if (first === null) return null;
  if (isPolite) {
    return english(onlyEveryday ? "maybe-stop" : "stop", first.keyword, "keyword_with_courtesy");
  }
  return english("stop", first.keyword, first.isPhrase ? "opt_out_phrase" : "decorated_keyword");
}

/** "S T O P", "s.t.o.p": one keyword, letter by letter. */
function classifySpelledOut(words: readonly string[]): ReplyClass | null {
  if (words.length > LONGEST_KEYWORD || words.some((word) => word.length !== 1)) return null;
  const keyword = words.join("").toUpperCase();
  return STOP.has(keyword) ? english("stop", keyword, "decorated_keyword") : null;
}

/** "STOP 12345" may end one subscription or answer something else: a person decides. */
function classifyWithArgument(words: readonly string[]): ReplyClass | null {
  const [head, argument] = words;
  if (words.length !== 2 || head === undefined || !/^\d+$/u.test(argument ?? "")) return null;
  const keyword = head.toUpperCase();
  return STOP.has(keyword) && !EVERYDAY.has(keyword)
    ? english("maybe-stop", keyword, "keyword_with_argument")
    : null;
}

/**
 * Says what a reply asks for.
 *
 * Opting out is read leniently: case, accents, compatibility forms, invisible characters, punctuation, quotes, emoji,
 * repetition, a courtesy, a mail signature and "opt out" in two words all still mean STOP, although Twilio itself
 * acts on the bare word only. Opting in and HELP must be exactly the keyword (case and outer white space aside):
 * misreading a STOP costs a text to someone who said no, misreading a START costs nothing.
 * `maybe-stop` is a request in everyday words, or a keyword that may mean something else; a person should decide.
 *
 * Pure, never throws on any string, linear in its length.
 *
 * Source: Twilio help 223134027, "SMS STOP filtering" (read 2026-11); 47 CFR 64.1200(a)(10), under which any
 * reasonable wording counts.
 *
 * @example
 * ```ts
 * classifyReply("Stop. Thank you"); // { intent: "stop", keyword: "STOP", language: "en", reason: "keyword_with_courtesy" }
 * classifyReply("stop by at 5?");   // { intent: "none", reason: "no_keyword" }
 * ```
 */
export function classifyReply(body: string, options: ClassifyOptions = {}): ReplyClass {
  const exact = classifyExact(body, options.tollFree ?? false);
  if (exact !== null) return exact;
  const { words, clauses, blank } = readReplyWords(body);
  if (blank) return { intent: "none", reason: "empty" };
  const keyword = classifyWholeMessage(words) ?? classifySpelledOut(words) ?? classifyWithArgument(words);
  if (keyword !== null) return keyword;
  if (hasInformalRequest(clauses))
    return { intent: "maybe-stop", language: "en", reason: "informal_request" };
  return { intent: "none", reason: "no_keyword" };
}
