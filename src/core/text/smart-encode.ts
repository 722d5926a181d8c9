import { charactersOf, GSM7_BASIC, gsm7Cost } from "./gsm7";

/** One replacement made by {@link smartEncode}. */
export interface SmartChange {
  /** Where `from` starts in the original body, in UTF-16 code units. */
  readonly index: number;
  /** The text that was replaced: one character, or a letter with its combining mark. */
  readonly from: string;
  /** What stands there now. Empty where an invisible character was removed. */
  readonly to: string;
}

/** What {@link smartEncode} made of a body. */
export interface SmartEncoded {
  /** The body with every replaceable character replaced. May still need UCS-2 (emoji, other scripts). */
  readonly text: string;
  /** The replacements, in order of `index`. Empty when nothing was replaced, and then `text` is the body. */
  readonly changes: readonly SmartChange[];
}

/**
 * Look-alikes in GSM-7 for characters it lacks: the replacement, then the code points (hex, `first-last` for a run).
 *
 * Twilio's list shows two spaces for the wide spaces and seven for the tab. We take both for artefacts of how that page is
 * rendered and write one space.
 *
 * Source: Twilio docs, "Smart Encoding character list" (read 2026-11); the same table is in Twilio's own segment calculator 1.3.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '"': "ab bb 2ba 2ee 201c-201f 275d 275e 301d 301e",
  "'": "60 b4 2b9 2bb-2bd 2c8 2ca 2cb 313 314 2018 2019 201b 275b 275c fe10 fe11",
  "/": "f7 337 338 2044 2215 29f8",
  "\\": "20e5 29f5 29f9",
  _: "332 2017",
  "|": "20d2 20d3 2223 239c 239f 23b8 23b9 23d0",
  "-": "2010 2013-2015 2022 2043 23bc 23bd",
  "!": "1c3",
  ",": "326 201a 3001 fe51 ff64",
  "(": "2768 276a 27ee 2985",
  ")": "2769 276b 27ef 2986",
  "*": "204e 2217 229b 2722-2725 2731-2733 273a-273d 2743 2749-274b 29c6",
  "+": "2d6",
  ".": "3002 ff61",
  ":": "2d0 2f8 2982 a789",
  ";": "204f",
  "<": "2039",
  "=": "347 a78a",
  ">": "203a",
  "^": "2c6 302 1dcd",
  "~": "2dc 2f7 303 330 334 223c",
  "{": "2774",
  "}": "2775",
  "1/4": "bc",
  "1/2": "bd",
  "3/4": "be",
  " ": "9 80 8d 90 9b 9f 2028 2029",
  "": "0 3 4 10-14 17 19 200b 200c 2060 feff",
};

/**
 * The rest of Twilio's list: wide spaces, the ellipsis, small, vertical and full-width forms. Their replacement is what Unicode
 * calls their compatibility form (NFKC). Four characters are not in Twilio's list: the Greek question mark and the ohm, kelvin
 * and angstrom signs are canonically the same as theirs, so that nothing is lost. Full-width a–z is not in the list, so it stays.
 *
 * Source: as above; Unicode 16, decompositions.
 */
const COMPATIBLE =
  "a0 37e 2000-200a 2026 202f 203c 205f 2126 212a 212b 3000 fe13-fe16 fe50 fe52 fe54 fe56 fe57 fe59-fe5c fe5f-fe66 " +
  "fe68-fe6b ff01-ff3f ff5b-ff5e";

/** Small capitals, in the order of {@link SMALL_CAPITAL_LETTERS}. Unicode has none for Q and X. Source: as above. */
const SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
const SMALL_CAPITAL_LETTERS = "ABCDEFGHIJKLMNOPRSTUVWYZ";

function buildTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const [to, from] of Object.entries(LOOK_ALIKES)) {
    for (const character of charactersOf(from)) table.set(character, to);
  }
  for (const character of charactersOf(COMPATIBLE)) table.set(character, character.normalize("NFKC"));
  for (let index = 0; index < SMALL_CAPITALS.length; index += 1) {
    table.set(SMALL_CAPITALS.charAt(index), SMALL_CAPITAL_LETTERS.charAt(index));
  }
  // The letters of GSM-7 that have a decomposed form, by that form: most of what there is to compose, and without normalising.
  for (const letter of GSM7_BASIC) table.set(letter.normalize("NFD"), letter);
  return table;
}

/** What GSM-7 has instead, by character. */
const TABLE = /* @__PURE__ */ buildTable();

const isCombiningMark = (unit: number): boolean => unit >= 0x0300 && unit <= 0x036f;

/** More marks than any language puts on one letter. Beyond it, normalising could take longer than linear time. */
const MOST_MARKS = 8;

/**
 * What GSM-7 has for a letter with its combining marks. It is read in its composed form, in which it means the same: decomposed é
 * is é, and a letter that GSM-7 lacks keeps its marks, although Twilio's list alone would make `e^` of a decomposed ê.
 */
function replaceCluster(cluster: string): string | undefined {
  const known = TABLE.get(cluster);
  if (known !== undefined || cluster.length > MOST_MARKS + 2) return known;
  let replaced = "";
  for (const character of cluster.normalize("NFC")) {
    const replacement = gsm7Cost(character.charCodeAt(0)) > 0 ? character : TABLE.get(character);
    if (replacement === undefined) return undefined;
    replaced += replacement;
  }
  return replaced;
}

/** The place of one character that GSM-7 lacks: the range of the body it covers, and its replacement where there is one. */
export interface SmartMatch {
  /** Start of the range in UTF-16 code units. */
  readonly start: number;
  /** End of the range, exclusive. */
  readonly end: number;
  /** What GSM-7 has instead; `undefined` when it has nothing. */
  readonly replacement: string | undefined;
}

/**
 * The next character at or after `from` that GSM-7 cannot carry, or `undefined` when the rest is GSM-7.
 * A letter and the combining marks after it are one character, and replaced as one or not at all.
 */
export function nextNonGsm7(body: string, from: number): SmartMatch | undefined {
  for (let index = from; index < body.length; index += 1) {
    const unit = body.charCodeAt(index);
    if (gsm7Cost(unit) !== 0) continue;
    const start = isCombiningMark(unit) && index > from ? index - 1 : index;
    let end = (body.codePointAt(index) ?? 0) > 0xffff ? index + 2 : index + 1;
    const single = end;
    while (isCombiningMark(body.charCodeAt(end))) end += 1;
    const character = body.slice(start, end);
    const isCluster = start < index || end > single;
    return { start, end, replacement: isCluster ? replaceCluster(character) : TABLE.get(character) };
  }
  return undefined;
}

/**
 * Replaces characters that GSM-7 lacks by ones that it has, where a fair look-alike exists: curly quotes, dashes, wide spaces,
 * full-width forms, small capitals, decomposed accents. Invisible characters are removed. Emoji and other scripts stay.
 *
 * It replaces everything it can, also when the rest of the text needs UCS-2 anyway; measure the result to see whether it paid.
 * Linear in the length of the body.
 *
 * Source: Twilio docs, "Smart Encoding character list" (read 2026-11).
 */
export function smartEncode(body: string): SmartEncoded {
  const changes: SmartChange[] = [];
  let text = "";
  let copied = 0;
  for (let match = nextNonGsm7(body, 0); match !== undefined; match = nextNonGsm7(body, match.end)) {
    const { start, end, replacement } = match;
    if (replacement === undefined) continue;
    changes.push({ index: start, from: body.slice(start, end), to: replacement });
    text += body.slice(copied, start) + replacement;
    copied = end;
  }
  return changes.length === 0 ? { text: body, changes } : { text: text + body.slice(copied), changes };
}
