import { COURTESY_WORDS } from "./keywords";
import { hasWordsAt } from "./reply-words";

/**
 * Requests to be left in peace, in English, each as the slots a clause must fill from its start:
 * `a|b` one of these words, `a|b?` optionally one, `a|b*` any number, `$` the end of the clause (courtesies aside).
 * Words are lower case, without apostrophes, after the short forms below are spelled out.
 */
const REQUESTS: readonly string[] = [
  "stop|stopall|unsubscribe|optout|revoke $",
  "opt out $",
  "stop it|this|that|these|them already? $",
  "stop|quit|cease texting|messaging|contacting|bothering|harassing|spamming|calling me|us|my|this|$",
  "stop|quit|cease sending me|us|these|those|this|them|text|texts|messages|sms|spam|stuff|anything|your|$",
  "stop all|of|the|these|those|your|this|any|more|future|text|sms|marketing|promotional|spam* texts|messages|texting|messaging|sms|spam|alerts|notifications|reminders|updates|promos|ads",
  "end|cancel|cease the|these|those|your|all|any|future|text|sms|marketing* texts|messages|texting|messaging|sms|spam|alerts|notifications",
  "stop|quit receiving|getting all|the|these|those|your|this|any|more|text|sms|marketing* texts|messages|sms|spam|alerts|notifications|them|these|this",
  "take|remove|get|pull|scrub|delete|keep me|us|my|this number|phone|name|cell|info? off|from|out of? your|the|this|all|any|these|text|texting|message|messaging|sms|mailing|contact|call|calling|marketing|distribution|subscriber* list|lists|system|database|records|contacts|texts|messages",
  "take|remove|get me|us off|from this|these|here|it? $",
  "remove|delete me|us $",
  "remove|delete|erase|lose|scrub my|this|our phone|cell|mobile|contact* number|numbers|digits|info|contact",
  "take my|this phone|cell|mobile* number|name off|out",
  "no|zero more of|text|sms|these|those|your|marketing|promotional* text|texts|messages|sms|spam|texting|messaging",
  "leave me|us alone",
  "unsubscribe me|us|from|this|my",
  "un subscribe me|us|from|this|my|$",
  "opt me|us out",
  "opt my|this number|phone out",
  "opt out of|from all|the|these|those|your|this|any|receiving|getting|text|sms|marketing* texts|messages|messaging|sms|alerts|notifications|list|this",
  "i|we already|have|did? already? unsubscribed|opted out? $",
  "dont|never|not ever? text|message|contact|sms|bother|spam me|us|my|this|$",
  "dont|never|not ever? send me|us? any|more|anymore|these|those|this|your|text|sms|spam* texts|messages|sms|anything|spam|stuff",
  "i|we? dont want|need|wish to? get|receive|be? any|more|these|those|this|your|the|further|text|sms|marketing* texts|messages|texting|messaging|sms|spam|texted|contacted|messaged",
  "i|we? revoke|withdraw my|all|any* consent|permission|authorization",
];

/** What people put in front of a request; none of them turns its meaning round. */
const LEAD_IN_PHRASES =
  "no,yes,just,again,seriously,sorry,well,so,and,but,guys,also,then,thank you," +
  "can you,could you,would you,will you,you can,you need to,you must,you should,you have to," +
  "i want you to,i need you to,id like you to,i would like you to,i am asking you to,im asking you to," +
  "i told you to,i asked you to,i told you,i said,i said to,i say,i already said,i keep saying," +
  "i want to,i wanna,i need to,i have to,id like to,i would like to,i wish to,i am trying to,im trying to," +
  "we want to,we need to,wed like to,we would like to,want to,would like to,like to,i," +
  "how do i,how can i,how do we,how to,can i,could i,may i,let me,is there a way to";

/** The longest first, so that "i want you to" is not taken for "i". */
function splitLeadIns(): readonly (readonly string[])[] {
  const phrases = [...COURTESY_WORDS, ...LEAD_IN_PHRASES.split(",")].map((phrase) => phrase.split(" "));
  return phrases.sort((a, b) => b.length - a.length);
}

const LEAD_INS = /* @__PURE__ */ splitLeadIns();

const SHORT_FORMS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ["u", "you"],
  ["ya", "you"],
  ["ur", "your"],
  ["pls", "please"],
  ["plz", "please"],
  ["plse", "please"],
  ["txt", "text"],
  ["txts", "texts"],
  ["txting", "texting"],
  ["textin", "texting"],
  ["msg", "message"],
  ["msgs", "messages"],
  ["msging", "messaging"],
  ["donot", "dont"],
  ["dnt", "dont"],
]);

/** After one of these a new request may begin without any mark between ("my number changed please remove me"). */
const OPENERS: ReadonlySet<string> = /* @__PURE__ */ new Set(["please", "and", "but", "so"]);

const MAX_LEAD_INS = 6;
const COURTESIES: ReadonlySet<string> = /* @__PURE__ */ new Set(COURTESY_WORDS);
const PROHIBITIONS: ReadonlySet<string> = /* @__PURE__ */ new Set(["dont", "never", "not"]);
const UNTIL_WORDS: ReadonlySet<string> = /* @__PURE__ */ new Set(["until", "till", "til", "yet", "back"]);
const TIME_PREPOSITIONS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "before",
  "after",
  "at",
  "by",
  "past",
]);
const TIMES: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "noon",
  "midnight",
  "work",
  "school",
  "dark",
  "dinner",
  "lunch",
  "bedtime",
  "night",
]);

interface Slot {
  readonly words: ReadonlySet<string>;
  readonly repeats: "once" | "optional" | "any";
  readonly endsClause: boolean;
}

function parseSlot(text: string): Slot {
  const repeats = text.endsWith("?") ? "optional" : text.endsWith("*") ? "any" : "once";
  const words = (repeats === "once" ? text : text.slice(0, -1)).split("|");
  return { words: new Set(words), repeats, endsClause: words.includes("$") };
}

function parseRequests(): readonly (readonly Slot[])[] {
  return REQUESTS.map((request) => request.split(" ").map(parseSlot));
}

const SLOTS_OF_REQUESTS = /* @__PURE__ */ parseRequests();

function endsAt(clause: readonly string[], at: number): boolean {
  for (let index = at; index < clause.length; index += 1) {
    if (!COURTESIES.has(clause[index] ?? "")) return false;
  }
  return true;
}

/** All places where the request may end; keeping a set of places instead of backtracking bounds the work. */
function endsOfMatch(clause: readonly string[], start: number, slots: readonly Slot[]): ReadonlySet<number> {
  let places = new Set([start]);
  for (const slot of slots) {
    const next = new Set<number>();
    for (const place of places) {
      if (slot.repeats !== "once") next.add(place);
      if (slot.endsClause && endsAt(clause, place)) next.add(clause.length);
      let at = place;
      while (slot.words.has(clause[at] ?? "")) {
        next.add((at += 1));
        if (slot.repeats !== "any") break;
      }
    }
    places = next;
  }
  return places;
}

/**
 * "Don't text me before 9" is about the hour, not about leaving. With "stop" it is taken for a request all the same:
 * whoever says "stop texting me till Monday" has had enough.
 */
function isAboutTime(clause: readonly string[], start: number, at: number): boolean {
  if (!PROHIBITIONS.has(clause[start] ?? "")) return false;
  const next = clause[at] ?? "";
  if (UNTIL_WORDS.has(next)) return true;
  const following = clause[at + 1] ?? "";
  return TIME_PREPOSITIONS.has(next) && (/^\d/u.test(following) || TIMES.has(following));
}

function requestsAt(clause: readonly string[], start: number): boolean {
  return SLOTS_OF_REQUESTS.some((slots) => {
    for (const end of endsOfMatch(clause, start, slots)) if (!isAboutTime(clause, start, end)) return true;
    return false;
  });
}

function requestsFrom(clause: readonly string[], start: number): boolean {
  let at = start;
  for (let step = 0; step <= MAX_LEAD_INS && at < clause.length; step += 1) {
    if (requestsAt(clause, at)) return true;
    const leadIn = LEAD_INS.find((words) => hasWordsAt(clause, words, at));
    if (leadIn === undefined) return false;
    at += leadIn.length;
  }
  return false;
}

function spellOut(clause: readonly string[]): readonly string[] {
  const spelled: string[] = [];
  for (const word of clause) {
    const full = SHORT_FORMS.get(word) ?? word;
    if (full === "not" && spelled.at(-1) === "do") spelled[spelled.length - 1] = "dont";
    else spelled.push(full);
  }
  return spelled;
}

/**
 * Says whether one of the clauses asks in everyday English not to be texted any more.
 * A request counts only at the start of a clause, after words of politeness: so "don't stop texting me" and "why did
 * you stop texting me?" are no requests. Linear in the number of words.
 */
export function hasInformalRequest(clauses: readonly (readonly string[])[]): boolean {
  return clauses.some((raw) => {
    const clause = spellOut(raw);
    return clause.some(
      (_, at) => (at === 0 || OPENERS.has(clause[at - 1] ?? "")) && requestsFrom(clause, at),
    );
  });
}
