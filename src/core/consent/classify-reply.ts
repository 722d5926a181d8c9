import { hasInformalRequest } from "./informal-requests";
import { HELP_KEYWORDS, START_KEYWORDS, STOP_KEYWORDS, TOLL_FREE_START_KEYWORDS } from "./keywords";
import type { ReplyIntent } from "./keywords";
import { readVocabulary } from "./language";
import type { Entry, Language, Vocabulary, VocabularySource } from "./language";
import { CANADIAN } from "./languages/canadian";
import { ENGLISH } from "./languages/english";
import { hasWordsAt, readReplyWords } from "./reply-words";
import type { ReplyWords } from "./reply-words";

/** A host's own keywords, on top of all others. They count as whole messages, whatever their case. */
export interface HostKeywords {
  /** Words or phrases that opt out; decoration and courtesies are allowed as with STOP. Default none. */
  readonly stop?: readonly string[];
  /** Words that opt in: ASCII letters and digits, matched exactly. Default none. */
  readonly start?: readonly string[];
  /** Words that ask for help: ASCII letters and digits, matched exactly. Default none. */
  readonly help?: readonly string[];
}

/** What the meaning of a reply depends on, besides its text. */
export interface ClassifyOptions {
  /**
   * The message was sent to a US or Canadian toll-free number of ours, where only START and UNSTOP opt in.
   * Default `false`.
   */
  readonly tollFree?: boolean;
  /**
   * Languages to read besides English, such as `[FRENCH, SPANISH]`. Their words are not read by default: what opts
   * out in one language is an answer in another. Default none.
   */
  readonly languages?: readonly Language[];
  /**
   * ISO 3166-1 code of the contact's country, as in Twilio's `FromCountry`. It adds the words that are expected there,
   * such as AIDE in Canada. Default: no country's.
   */
  readonly country?: string;
  /**
   * Keywords of the host. No default keyword can be taken away. Default none. Keep one object and pass it again: it is
   * made ready for look-up at its first use, and changes to it after that are not seen.
   */
  readonly keywords?: HostKeywords;
}

/**
 * Why a reply was classified as it was.
 * `exact_keyword` the keyword as Twilio knows it · `extra_keyword` a word or phrase that Twilio does not act on by
 * default: "opt out", one of another language, country or the host · `decorated_keyword` a keyword of Twilio's with
 * punctuation, emoji, accents, repetition or spelled out · `keyword_with_courtesy` with a please or thank-you ·
 * `keyword_with_argument` with a number behind it ("STOP 12345") · `ambiguous_keyword` a word that also has an
 * everyday meaning · `misspelled_keyword` "STPO" · `informal_request` everyday words · `keyword_not_on_toll_free` YES
 * to a toll-free number · `no_keyword` · `empty` nothing visible.
 */
export type ReplyReason =
  | "exact_keyword"
  | "extra_keyword"
  | "decorated_keyword"
  | "keyword_with_courtesy"
  | "keyword_with_argument"
  | "ambiguous_keyword"
  | "misspelled_keyword"
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
  /** The language of the keyword or request, as a BCP 47 tag; absent when there was none, or the word is the host's. */
  readonly language?: string;
  /** Why. */
  readonly reason: ReplyReason;
}

const LONGEST_EXACT_KEYWORD = 40;
const TWILIO_STOP: ReadonlySet<string> = /* @__PURE__ */ new Set(STOP_KEYWORDS);
const TWILIO_HELP: ReadonlySet<string> = /* @__PURE__ */ new Set(HELP_KEYWORDS);
const TWILIO_START: ReadonlySet<string> = /* @__PURE__ */ new Set(START_KEYWORDS);
const TOLL_FREE_START: ReadonlySet<string> = /* @__PURE__ */ new Set(TOLL_FREE_START_KEYWORDS);
const NO_KEYWORD: ReplyClass = { intent: "none", reason: "no_keyword" };

/** "STOOOP" is a STOP shouted; "stoop" and "stopp" are other words. */
const SHOUTED_STOP = /^s(?:ss+)?t(?:tt+)?o(?:oo+)?p(?:pp+)?$/u;
/** Unsubscribe with letters swapped, doubled or lost. */
const MISSPELLED_UNSUBSCRIBE = /^u[ns]{1,2}u?[bps]{1,4}[ckr]{0,2}[ri]{0,2}[bp]?[er]{0,2}$/u;

/** Each language is made ready once, at its first use. */
const vocabularies = /* @__PURE__ */ new WeakMap<VocabularySource, Vocabulary>();

function vocabularyOf(source: VocabularySource): Vocabulary {
  const known = vocabularies.get(source);
  if (known !== undefined) return known;
  const vocabulary = readVocabulary(source);
  vocabularies.set(source, vocabulary);
  return vocabulary;
}

const DEFAULT_SOURCES: readonly VocabularySource[] = [ENGLISH, CANADIAN];

function readSources({ languages, keywords }: ClassifyOptions): readonly VocabularySource[] {
  if (languages === undefined && keywords === undefined) return DEFAULT_SOURCES;
  return [...DEFAULT_SOURCES, ...(languages ?? []), ...(keywords === undefined ? [] : [keywords])];
}

interface Reader {
  readonly vocabularies: readonly Vocabulary[];
  readonly country: string | undefined;
  readonly tollFree: boolean;
}

function classified(
  intent: ReplyIntent,
  reason: ReplyReason,
  found: { keyword?: string; language?: string | undefined },
): ReplyClass {
  return {
    intent,
    ...(found.keyword === undefined ? {} : { keyword: found.keyword }),
    ...(found.language === undefined ? {} : { language: found.language }),
    reason,
  };
}

function classifyStart(keyword: string, language: string | undefined, reader: Reader): ReplyClass {
  if (reader.tollFree && !TOLL_FREE_START.has(keyword)) {
    return classified("none", "keyword_not_on_toll_free", { keyword, language });
  }
  return classified("start", TWILIO_START.has(keyword) ? "exact_keyword" : "extra_keyword", {
    keyword,
    language,
  });
}

function classifyExact(body: string, reader: Reader): ReplyClass | null {
  const word = body.trim();
  // Only ASCII is folded here: "ſtart" becomes "START" in upper case, and nobody is opted in by a look-alike.
  if (word.length > LONGEST_EXACT_KEYWORD || !/^[\dA-Za-z]+$/u.test(word)) return null;
  const keyword = word.toUpperCase();
  if (TWILIO_STOP.has(keyword)) return classified("stop", "exact_keyword", { keyword, language: "en" });
  if (TWILIO_HELP.has(keyword)) return classified("help", "exact_keyword", { keyword, language: "en" });
  if (TWILIO_START.has(keyword)) return classifyStart(keyword, "en", reader);
  for (const { exact, helpIn, language } of reader.vocabularies) {
    const meaning = exact.get(keyword);
    if (meaning === "start") return classifyStart(keyword, language, reader);
    if (meaning === "help" || helpIn.get(reader.country ?? "")?.has(keyword) === true) {
      return classified("help", "extra_keyword", { keyword, language });
    }
  }
  return null;
}

function mistyped(word: string | undefined): Entry | null {
  if (word === undefined || word.length < 5) return null;
  const common = { words: [word], language: "en", country: undefined };
  if (word.startsWith("s") && SHOUTED_STOP.test(word)) return { ...common, role: "stop", keyword: "STOP" };
  return word.startsWith("u") && MISSPELLED_UNSUBSCRIBE.test(word)
    ? { ...common, role: "misspelled", keyword: "UNSUBSCRIBE" }
    : null;
}

function entryAt(words: readonly string[], at: number, reader: Reader): Entry | null {
  const word = words[at] ?? "";
  let longest: Entry | null = null;
  for (const { entries } of reader.vocabularies) {
    const entry = entries
      .get(word)
      ?.find(
        (candidate) =>
          (candidate.country === undefined || candidate.country === reader.country) &&
          hasWordsAt(words, candidate.words, at),
      );
    // "Stopp" is a keyword in German and a slip in English.
    const isClearer = entry?.role === "stop" && entry.words.length === longest?.words.length;
    if (entry !== undefined && (isClearer || entry.words.length > (longest?.words.length ?? 0)))
      longest = entry;
  }
  return longest ?? mistyped(word);
}

/** The entries of a message made of nothing but keywords and courtesies; null for any other message. */
function readWholeMessage({ words, clauses }: ReplyWords, reader: Reader): readonly Entry[] | null {
  const [first] = clauses;
  const startsWithAnswer = clauses.length > 1 && first?.length === 1 && /^(?:yes|no)$/u.test(first[0] ?? "");
  const entries: Entry[] = [];
  for (let at = startsWithAnswer ? 1 : 0; at < words.length;) {
    const entry = entryAt(words, at, reader);
    if (entry === null) return null;
    entries.push(entry);
    at += entry.words.length;
  }
  return entries;
}

function classifyWholeMessage(reply: ReplyWords, reader: Reader): ReplyClass | null {
  const entries = readWholeMessage(reply, reader);
  if (entries === null) return null;
  const keywords = entries.filter(({ role }) => role !== "courtesy");
  const isPolite = keywords.length < entries.length;
  const clear = keywords.find(({ role }) => role === "stop");
  const first = clear ?? keywords[0];
  if (first === undefined) return null;
  const unclear = keywords.find(({ role }) => role === "maybeStop" || role === "misspelled");
  if (clear === undefined && unclear !== undefined) {
    const reason = unclear.role === "misspelled" ? "misspelled_keyword" : "ambiguous_keyword";
    return classified("maybe-stop", reason, unclear);
  }
  if (isPolite) {
    return classified(clear === undefined ? "maybe-stop" : "stop", "keyword_with_courtesy", first);
  }
  return classified("stop", TWILIO_STOP.has(first.keyword) ? "decorated_keyword" : "extra_keyword", first);
}

/** "S T O P", "s.t.o.p": one keyword, letter by letter. */
function classifySpelledOut(words: readonly string[]): ReplyClass | null {
  if (words.length > LONGEST_EXACT_KEYWORD || words.some((word) => word.length !== 1)) return null;
  const keyword = words.join("").toUpperCase();
  return TWILIO_STOP.has(keyword)
    ? classified("stop", "decorated_keyword", { keyword, language: "en" })
    : null;
}

/** "STOP 12345" may end one subscription or answer something else: a person decides. */
function classifyWithArgument(words: readonly string[], reader: Reader): ReplyClass | null {
  if (words.length !== 2 || !/^\d+$/u.test(words[1] ?? "")) return null;
  const entry = entryAt(words, 0, reader);
  return entry?.role === "stop" ? classified("maybe-stop", "keyword_with_argument", entry) : null;
}

/**
 * Says what a reply asks for.
 *
 * Opting out is read leniently: case, accents, compatibility forms, invisible characters, punctuation, quotes, emoji,
 * repetition, a courtesy, a mail signature and "opt out" in two words all still mean STOP, although Twilio itself
 * acts on the bare word only. Opting in and HELP must be exactly the keyword (case and outer white space aside):
 * misreading a STOP costs a text to someone who said no, misreading a START costs nothing.
 * `maybe-stop` is a request in everyday words, or a keyword that may mean something else; a person should decide.
 * How often it errs is measured in docs/replies.md.
 *
 * Pure and linear in the length of the body, on any string.
 * @throws TypeError when a keyword of the host is empty, or one for START or HELP is not ASCII letters and digits.
 *
 * Source: Twilio help 223134027, "SMS STOP filtering" (read 2026-11); 47 CFR 64.1200(a)(10), under which any
 * reasonable wording counts.
 *
 * @example
 * ```ts
 * classifyReply("Stop. Thank you"); // { intent: "stop", keyword: "STOP", language: "en", reason: "keyword_with_courtesy" }
 * classifyReply("stop by at 5?");   // { intent: "none", reason: "no_keyword" }
 * classifyReply("Abmelden", { languages: [GERMAN] }).intent; // "stop"
 * ```
 */
export function classifyReply(body: string, options: ClassifyOptions = {}): ReplyClass {
  const reader: Reader = {
    vocabularies: readSources(options).map(vocabularyOf),
    country: options.country?.toUpperCase(),
    tollFree: options.tollFree ?? false,
  };
  const exact = classifyExact(body, reader);
  if (exact !== null) return exact;
  const reply = readReplyWords(body);
  const { words, clauses, blank } = reply;
  if (blank) return { intent: "none", reason: "empty" };
  const keyword =
    classifyWholeMessage(reply, reader) ?? classifySpelledOut(words) ?? classifyWithArgument(words, reader);
  if (keyword !== null) return keyword;
  for (const { requests, language } of reader.vocabularies) {
    if (hasInformalRequest(clauses, requests))
      return classified("maybe-stop", "informal_request", { language });
  }
  return NO_KEYWORD;
}
