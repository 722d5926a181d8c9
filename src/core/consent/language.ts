import { parseRequests } from "./informal-requests";
import type { RequestRules } from "./informal-requests";
import { foldText, readReplyWords } from "./reply-words";

/** Words of one country, added to a language's own for contacts there. Same shape and folding as in {@link Language}. */
export interface CountryWords {
  /** Words that opt out in this country although elsewhere they are too ambiguous. */
  readonly stop?: readonly string[];
  /** Words that ask for help in this country. */
  readonly help?: readonly string[];
}

/**
 * How people of one language answer a text: plain data, so that only the languages a host imports are in its bundle.
 * Words are compared without case, accents and apostrophes. Every list may be absent except `stop`.
 */
export interface Language {
  /** BCP 47 tag, reported in `ReplyClass.language`. */
  readonly tag: string;
  /** Words and phrases that opt out as a whole message and mean nothing else there. */
  readonly stop: readonly string[];
  /** Words that opt out alone because Twilio's own list has them, but leave the matter open beside a courtesy. */
  readonly everyday?: readonly string[];
  /** Words that alone probably opt out, but have an everyday meaning: `maybe-stop`. */
  readonly maybeStop?: readonly string[];
  /** How the words of `stop` are often mistyped: `maybe-stop`. */
  readonly misspelled?: readonly string[];
  /** What else opts out or asks for help in one country, by ISO 3166-1 code, upper case. */
  readonly countries?: Readonly<Record<string, CountryWords>>;
  /** Words that opt in when they are the whole message: ASCII letters and digits. */
  readonly start?: readonly string[];
  /** Words that ask for help when they are the whole message: ASCII letters and digits. */
  readonly help?: readonly string[];
  /** Words and phrases that may stand beside an opt-out without changing what it asks. */
  readonly courtesies?: readonly string[];
  /** How people ask in everyday words to be left alone; the notation is that of {@link RequestRules}. */
  readonly requests?: RequestRules;
}

/** What a word or phrase does to a message made of nothing else. */
export type WordRole = "stop" | "everyday" | "maybeStop" | "misspelled" | "courtesy";

/** A word or phrase of a vocabulary. */
export interface Entry {
  readonly words: readonly string[];
  readonly role: WordRole;
  /** The name under which it is reported. */
  readonly keyword: string;
  readonly language: string | undefined;
  /** Set when it counts for contacts of this country only. */
  readonly country: string | undefined;
}

/** A language made ready for look-up. */
export interface Vocabulary {
  readonly language: string | undefined;
  /** By first word, the longest first. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  /** START and HELP words, upper case. */
  readonly exact: ReadonlyMap<string, "start" | "help">;
  /** HELP words by country, upper case. */
  readonly helpIn: ReadonlyMap<string, ReadonlySet<string>>;
  readonly requests: ReturnType<typeof parseRequests>;
}

function readKeyword(keyword: string): readonly string[] {
  const { words } = readReplyWords(keyword);
  if (words.length === 0) throw new TypeError("A keyword must contain a letter or a digit.");
  return words;
}

function readExactKeyword(keyword: string): string {
  // Opting in and HELP are never read from look-alikes, so a word outside ASCII could never match.
  if (!/^[\dA-Za-z]+$/u.test(keyword))
    throw new TypeError("START and HELP keywords are ASCII letters and digits.");
  return keyword.toUpperCase();
}

interface EntryDetails {
  readonly role: WordRole;
  readonly language: string | undefined;
  readonly country?: string;
}

function readEntries(keywords: readonly string[] | undefined, details: EntryDetails): readonly Entry[] {
  return (keywords ?? []).map((keyword) => ({
    words: readKeyword(keyword),
    keyword: keyword.toUpperCase(),
    role: details.role,
    language: details.language,
    country: details.country,
  }));
}

function byFirstWord(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const index = new Map<string, Entry[]>();
  for (const entry of entries.toSorted((a, b) => b.words.length - a.words.length)) {
    const first = entry.words[0] ?? "";
    const others = index.get(first);
    if (others === undefined) index.set(first, [entry]);
    else others.push(entry);
  }
  return index;
}

/** What a vocabulary is read from: a {@link Language}, or a host's words, which have no language. */
export type VocabularySource = Omit<Language, "tag" | "stop"> & Partial<Pick<Language, "tag" | "stop">>;

/**
 * Makes a language ready for look-up.
 * @throws TypeError when a keyword is empty, or a START or HELP word is not ASCII letters and digits.
 */
export function readVocabulary(source: VocabularySource): Vocabulary {
  const language = source.tag;
  const countries = Object.entries(source.countries ?? {});
  const courtesies = source.courtesies ?? [];
  const exact = new Map<string, "start" | "help">();
  for (const word of source.help ?? []) exact.set(readExactKeyword(word), "help");
  for (const word of source.start ?? []) exact.set(readExactKeyword(word), "start");
  return {
    language,
    entries: byFirstWord([
      ...readEntries(source.stop, { role: "stop", language }),
      ...countries.flatMap(([country, words]) =>
        readEntries(words.stop, { role: "stop", language, country }),
      ),
      ...readEntries(source.everyday, { role: "everyday", language }),
      ...readEntries(source.maybeStop, { role: "maybeStop", language }),
      ...readEntries(source.misspelled, { role: "misspelled", language }),
      ...readEntries(courtesies, { role: "courtesy", language }),
    ]),
    exact,
    helpIn: new Map(
      countries.map(([country, words]) => [country, new Set((words.help ?? []).map(readExactKeyword))]),
    ),
    requests: parseRequests(source.requests ?? { patterns: [] }, courtesies.map(foldText)),
  };
}
