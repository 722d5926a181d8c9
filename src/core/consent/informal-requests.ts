import { foldText } from "./reply-words";

/**
 * How a language asks in everyday words to be left alone.
 *
 * A pattern is the row of slots that a clause must fill, from its start or after a lead-in: `a|b` one of these words,
 * `a|b?` optionally one, `a|b*` any number, `#` a word that begins with a digit, `$` the end of the clause (courtesies
 * aside). What follows a `!` must not come next; there may be several. So `dont text me ! until ! before #` is no
 * request where it is about the hour.
 */
export interface RequestRules {
  /** The requests. */
  readonly patterns: readonly string[];
  /** Patterns of what people put in front of a request without turning its meaning round, separated by commas. */
  readonly leadIns?: string;
  /** Words after which a request may begin in the middle of a clause, separated by commas. */
  readonly openers?: string;
  /** Short forms and misspellings and what they stand for, `u you,ur your`; a word alone is left out. */
  readonly shortForms?: string;
  /** Where words are not separated by spaces: what a clause must contain, separated by commas. */
  readonly fragments?: string;
  /** What turns a fragment round when it comes right before it, separated by commas. */
  readonly negations?: string;
}

interface Slot {
  readonly words: ReadonlySet<string>;
  readonly repeats: "once" | "optional" | "any";
  readonly endsClause: boolean;
  readonly isNumber: boolean;
}

interface Pattern {
  readonly slots: readonly Slot[];
  readonly exceptions: readonly (readonly Slot[])[];
}

/** {@link RequestRules} made ready for matching. */
export interface ParsedRequests {
  /** By each word that a match can begin with. */
  readonly patterns: ReadonlyMap<string, readonly Pattern[]>;
  readonly leadIns: ReadonlyMap<string, readonly Pattern[]>;
  readonly openers: ReadonlySet<string>;
  readonly shortForms: ReadonlyMap<string, string>;
  readonly courtesies: ReadonlySet<string>;
  readonly fragments: readonly string[];
  readonly negations: readonly string[];
}

const MAX_LEAD_INS = 8;
/** No request repeats a kind of word more often; without the bound a hostile body could make the work grow. */
const MAX_REPEATS = 8;

function parseSlot(text: string): Slot {
  const repeats = text.endsWith("?") ? "optional" : text.endsWith("*") ? "any" : "once";
  const words = (repeats === "once" ? text : text.slice(0, -1)).split("|");
  return { words: new Set(words), repeats, endsClause: words.includes("$"), isNumber: words.includes("#") };
}

function parsePattern(text: string): Pattern {
  const [slots = [], ...exceptions] = foldText(text)
    .split("!")
    .map((part) => part.trim().split(" ").map(parseSlot));
  return { slots, exceptions };
}

function split(list: string | undefined): readonly string[] {
  return list === undefined ? [] : foldText(list).split(",");
}

function add<Value>(index: Map<string, Value[]>, key: string, value: Value): void {
  const others = index.get(key);
  if (others === undefined) index.set(key, [value]);
  else others.push(value);
}

function indexPatterns(texts: readonly string[]): ReadonlyMap<string, readonly Pattern[]> {
  const index = new Map<string, Pattern[]>();
  for (const pattern of texts.map(parsePattern)) {
    const openSlots = pattern.slots.findIndex((slot) => slot.repeats === "once") + 1;
    const firstWords = new Set(pattern.slots.slice(0, openSlots).flatMap((slot) => [...slot.words]));
    for (const word of firstWords) add(index, word, pattern);
  }
  return index;
}

/** Makes the rules ready for matching. `courtesies` are the folded words of politeness of the language. */
export function parseRequests(rules: RequestRules, courtesies: readonly string[]): ParsedRequests {
  return {
    patterns: indexPatterns(rules.patterns),
    leadIns: indexPatterns([...courtesies, ...split(rules.leadIns)]),
    openers: new Set(split(rules.openers)),
    shortForms: new Map(
      split(rules.shortForms).map((pair): [string, string] => {
        const [short = "", ...full] = pair.split(" ");
        return [short, full.join(" ")];
      }),
    ),
    courtesies: new Set(courtesies.flatMap((phrase) => phrase.split(" "))),
    fragments: split(rules.fragments),
    negations: split(rules.negations),
  };
}

function endsAt(clause: readonly string[], at: number, courtesies: ReadonlySet<string>): boolean {
  for (let index = at; index < clause.length; index += 1) {
    if (!courtesies.has(clause[index] ?? "")) return false;
  }
  return true;
}

interface Place {
  readonly clause: readonly string[];
  readonly at: number;
  readonly rules: ParsedRequests;
}

function fills(slot: Slot, word: string | undefined): boolean {
  return word !== undefined && (slot.words.has(word) || (slot.isNumber && /^\p{N}/u.test(word)));
}

/** All places where the slots may end; keeping a set of places instead of backtracking bounds the work. */
function endsOfMatch({ clause, at: start, rules }: Place, slots: readonly Slot[]): ReadonlySet<number> {
  let places = new Set([start]);
  for (const slot of slots) {
    const next = new Set<number>();
    for (const place of places) {
      if (slot.repeats !== "once") next.add(place);
      if (slot.endsClause && endsAt(clause, place, rules.courtesies)) next.add(clause.length);
      const most = slot.repeats === "any" ? MAX_REPEATS : 1;
      for (let at = place; at < place + most && fills(slot, clause[at]); at += 1) next.add(at + 1);
    }
    if (next.size === 0) return next;
    places = next;
  }
  return places;
}

function requestsAt(place: Place): boolean {
  const patterns = place.rules.patterns.get(place.clause[place.at] ?? "");
  if (patterns === undefined) return false;
  return patterns.some(({ slots, exceptions }) => {
    for (const at of endsOfMatch(place, slots)) {
      if (!exceptions.some((exception) => endsOfMatch({ ...place, at }, exception).size > 0)) return true;
    }
    return false;
  });
}

/** Where the longest lead-in ends, so that "i want you to" is not taken for "i". */
function endOfLeadIn(place: Place): number {
  let end = place.at;
  for (const { slots } of place.rules.leadIns.get(place.clause[place.at] ?? "") ?? []) {
    end = Math.max(end, ...endsOfMatch(place, slots));
  }
  return end;
}

function requestsFrom(start: Place): boolean {
  const { clause, rules } = start;
  let at = start.at;
  for (let step = 0; step <= MAX_LEAD_INS && at < clause.length; step += 1) {
    if (requestsAt({ clause, at, rules })) return true;
    const end = endOfLeadIn({ clause, at, rules });
    if (end === at) return false;
    at = end;
  }
  return false;
}

function spellOut(clause: readonly string[], shortForms: ReadonlyMap<string, string>): readonly string[] {
  if (shortForms.size === 0) return clause;
  const spelled: string[] = [];
  for (const word of clause) {
    const full = shortForms.get(word) ?? word;
    if (full === "") continue;
    if (full === "not" && spelled.at(-1) === "do") spelled[spelled.length - 1] = "dont";
    else spelled.push(full);
  }
  return spelled;
}

function containsFragment(clause: readonly string[], rules: ParsedRequests): boolean {
  const text = clause.join("");
  return rules.fragments.some((fragment) => {
    const at = text.indexOf(fragment);
    return at !== -1 && !rules.negations.some((negation) => text.slice(0, at).endsWith(negation));
  });
}

/**
 * Says whether one of the clauses asks in everyday words not to be texted any more.
 * A request counts only at the start of a clause, after words of politeness: so "don't stop texting me" and "why did
 * you stop texting me?" are no requests. Linear in the number of words.
 */
export function hasInformalRequest(clauses: readonly (readonly string[])[], rules: ParsedRequests): boolean {
  if (rules.patterns.size === 0 && rules.fragments.length === 0) return false;
  return clauses.some((raw) => {
    if (rules.fragments.length > 0 && containsFragment(raw, rules)) return true;
    const clause = spellOut(raw, rules.shortForms);
    for (let at = 0; at < clause.length; at += 1) {
      if (at > 0 && !rules.openers.has(clause[at - 1] ?? "")) continue;
      if (requestsFrom({ clause, at, rules })) return true;
    }
    return false;
  });
}
