import type { ParamEntry } from "./params";

/** What can have happened to the fields between Twilio and the check. */
export type FormDamage =
  /** Fields that Twilio sends empty are gone. */
  | "empty_fields_dropped"
  /** Space around the text is gone. */
  | "body_trimmed"
  /** Values were decoded twice or not at all, or rewritten: `+` and space, escapes, line ends, character sets, HTML. */
  | "form_reencoded"
  /** There are fields that Twilio did not sign, such as those of the query or of the host's own. */
  | "fields_added";

/** The fields as they may have been before. */
export interface FormSuspect {
  readonly damage: FormDamage;
  readonly entries: readonly ParamEntry[];
  /** The names of the fields that would have been damaged. */
  readonly fields: readonly string[];
}

/**
 * The fields that are often empty in a message or in a report on one.
 * Source: Twilio docs, "Twilio's request to your incoming message webhook" (read 2026-11).
 */
const PLACES = "FromCity FromState FromZip FromCountry ToCity ToState ToZip ToCountry".split(" ");
const REPORT_FIELDS = ["ErrorCode", "ErrorMessage"];
const PHONE_FIELDS: ReadonlySet<string> = new Set(["From", "To"]);
const AFTER = [" ", "\n", "\r\n", "  ", "\t", " \n", "\u00a0", "\n\n"];
const BEFORE = [" ", "\n", "\r\n", "  "];

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#x27": "'",
  "#x2F": "/",
};

const valueOf = (entries: readonly ParamEntry[], name: string): string | undefined =>
  entries.find(([field]) => field === name)?.[1];

/** Sets of names that may all have been dropped, the likeliest first. */
function* droppedNames(entries: readonly ParamEntry[]): Generator<readonly string[]> {
  const isAbsent = (name: string): boolean => valueOf(entries, name) === undefined;
  const places = PLACES.filter(isAbsent);
  yield places;
  if (isAbsent("Body")) {
    yield [...places, "Body"];
    yield ["Body"];
  }
  const report = REPORT_FIELDS.filter(isAbsent);
  for (const name of report) yield [name];
  yield report;
  yield places.filter((name) => name.startsWith("From"));
  yield places.filter((name) => name.startsWith("To"));
  for (const kept of places) yield places.filter((name) => name !== kept);
  for (const name of places) yield [name];
}

function* withEmptyFields(entries: readonly ParamEntry[]): Generator<FormSuspect> {
  // Whoever drops empty fields drops them all.
  if (entries.some(([, value]) => value === "")) return;
  const tried = new Set<string>();
  for (const fields of droppedNames(entries)) {
    const key = fields.join();
    if (fields.length === 0 || tried.has(key)) continue;
    tried.add(key);
    const dropped = fields.map((name): ParamEntry => [name, ""]);
    yield { damage: "empty_fields_dropped", entries: [...entries, ...dropped], fields };
  }
}

function* withSpaceAround(entries: readonly ParamEntry[]): Generator<FormSuspect> {
  const body = valueOf(entries, "Body");
  // Nobody has trimmed a text that still has space around it.
  if (body === undefined || body !== body.trim()) return;
  const texts = [...AFTER.map((space) => body + space), ...BEFORE.map((space) => space + body), ` ${body} `];
  for (const text of texts) {
    yield {
      damage: "body_trimmed",
      entries: entries.map((entry) => (entry[0] === "Body" ? ["Body", text] : entry)),
      fields: ["Body"],
    };
  }
}

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not something that was escaped as a whole
  }
}

function readAsUtf8(text: string): string {
  // Only text that has been read as Latin-1 consists of bytes alone.
  if (!/[\u0080-\u00ff]/.test(text) || /[^\0-\u00ff]/.test(text)) return text;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return text; // real Latin-1
  }
}

const withPlus = (value: string): string => value.replace(/^((?:[a-z]+:)?) (?=\d)/, "$1+");

type Rewrite = (value: string, name: string) => string;

/** Each undoes one way in which parsers and filters rewrite values. */
const REWRITES: readonly Rewrite[] = [
  withPlus,
  (value, name) => (name === "Body" ? value.replaceAll(" ", "+") : withPlus(value)),
  (value, name) => (PHONE_FIELDS.has(name) && /^\d{7,15}$/.test(value) ? `+${value}` : value),
  (value, name) => (name === "From" && /^\d{7,15}$/.test(value) ? `+${value}` : value),
  (value, name) => (PHONE_FIELDS.has(name) ? value : value.replaceAll("+", " ")),
  (value) => decodeOnce(value.replaceAll("+", " ")),
  decodeOnce,
  (value) =>
    value.replace(
      /&(amp|lt|gt|quot|#39|#x27|#x2F);/gi,
      (whole, name: string) => ENTITIES[name] ?? ENTITIES[name.toLowerCase()] ?? whole,
    ),
  readAsUtf8,
  (value) => value.replace(/\r?\n/g, "\r\n"),
  (value) => value.replaceAll("\r\n", "\n"),
  (value) => value.normalize("NFD"),
  (value) => value.normalize("NFC"),
];

function* rewritten(entries: readonly ParamEntry[]): Generator<FormSuspect> {
  for (const rewrite of REWRITES) {
    const fields = entries.filter(([name, value]) => rewrite(value, name) !== value).map(([name]) => name);
    if (fields.length === 0) continue;
    yield {
      damage: "form_reencoded",
      entries: entries.map(([name, value]) => [name, rewrite(value, name)]),
      fields,
    };
  }
}

function* withoutAdditions(
  entries: readonly ParamEntry[],
  queryNames: ReadonlySet<string>,
): Generator<FormSuspect> {
  const kept: readonly ((entry: ParamEntry) => boolean)[] = [
    ([name]) => !queryNames.has(name),
    // Twilio's names begin with a capital letter, most names that hosts choose do not.
    ([name]) => /^[A-Z]/.test(name),
    ([, value]) => value !== "",
    () => false,
  ];
  for (const isKept of kept) {
    const left = entries.filter((entry) => isKept(entry));
    if (left.length === entries.length) continue;
    const fields = entries.filter((entry) => !isKept(entry)).map(([name]) => name);
    yield { damage: "fields_added", entries: left, fields };
  }
}

/**
 * What the fields may have been before something on the way changed them, likeliest first. Each is one known cause; what left
 * no trace, such as text that was cut, cannot be guessed. About 50 at most.
 */
export function* suspectForms(
  entries: readonly ParamEntry[],
  queryNames: ReadonlySet<string>,
): Generator<FormSuspect> {
  yield* withEmptyFields(entries);
  yield* withSpaceAround(entries);
  yield* rewritten(entries);
  yield* withoutAdditions(entries, queryNames);
}
