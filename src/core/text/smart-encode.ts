import { gsm7Cost } from "./gsm7";

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
const LOOK_ALIKES: readonly (readonly [to: string, from: string])[] = [
  ['"', "ab bb 201c-201f 2ba 2ee 275d 275e 301d 301e"],
  ["'", "2018 2019 201b 2b9 2bb-2bd 2c8 2ca 2cb b4 60 313 314 275b 275c fe10 fe11"],
  ["/", "f7 337 338 2044 2215 29f8"],
  ["\\", "20e5 29f5 29f9 fe68"],
  ["_", "332 2017"],
  ["|", "20d2 20d3 2223 239c 239f 23b8 23b9 23d0"],
  ["-", "2010 2013-2015 2022 2043 23bc 23bd fe63"],
  ["!", "1c3 fe15 fe57"],
  ["!!", "203c"],
  ["@", "fe6b"],
  ["$", "fe69"],
  ["#", "fe5f"],
  ["%", "fe6a"],
  ["&", "fe60"],
  [",", "326 201a 3001 fe50 fe51 ff64"],
  ["(", "2768 276a 27ee 2985 fe59"],
  [")", "2769 276b 27ef 2986 fe5a"],
  ["*", "204e 2217 229b 2722-2725 2731-2733 273a-273d 2743 2749-274b 29c6 fe61"],
  ["+", "2d6 fe62"],
  [".", "3002 fe52 ff61"],
  [":", "2d0 2f8 2982 a789 fe13"],
  [";", "204f fe14 fe54"],
  ["<", "2039 fe64"],
  ["=", "347 a78a fe66"],
  [">", "203a fe65"],
  ["?", "fe16 fe56"],
  ["^", "2c6 302 1dcd"],
  ["~", "2dc 2f7 303 330 334 223c"],
  ["{", "2774 fe5b"],
  ["}", "2775 fe5c"],
  ["1/4", "bc"],
  ["1/2", "bd"],
  ["3/4", "be"],
  ["...", "2026"],
  [" ", "9 80 8d 90 9b 9f a0 2000-200a 2028 2029 202f 205f 3000"],
  ["", "0 3 4 10-14 17 19 200b 200c 2060 feff"],
];

/** Small capitals, in the order of {@link SMALL_CAPITAL_LETTERS}. Unicode has none for Q and X. Source: as above. */
const SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
const SMALL_CAPITAL_LETTERS = "ABCDEFGHIJKLMNOPRSTUVWYZ";

/**
 * Characters that are canonically the same as a GSM-7 character, so that replacing them loses nothing:
 * the Greek question mark, the ohm sign, the kelvin sign and the angstrom sign.
 *
 * Source: Unicode 16, singleton decompositions.
 */
const CANONICAL: readonly (readonly [to: string, from: string])[] = [
  [";", "37e"],
  ["Ω", "2126"],
  ["K", "212a"],
  ["Å", "212b"],
];

/** Full-width forms, in runs: each is its ASCII character at a fixed distance. Those of a–z and ` are not in Twilio's list. */
const FULL_WIDTH: readonly (readonly [first: number, last: number])[] = [
  [0xff01, 0xff3f],
  [0xff5b, 0xff5e],
];
const FULL_WIDTH_OFFSET = 0xfee0;

function addRuns(table: Map<number, string>, to: string, from: string): void {
  for (const run of from.split(" ")) {
    const [first = run, last = first] = run.split("-");
    for (let unit = Number.parseInt(first, 16); unit <= Number.parseInt(last, 16); unit += 1)
      table.set(unit, to);
  }
}

function buildTable(): ReadonlyMap<number, string> {
  const table = new Map<number, string>();
  for (const [to, from] of [...LOOK_ALIKES, ...CANONICAL]) addRuns(table, to, from);
  for (let index = 0; index < SMALL_CAPITALS.length; index += 1) {
    table.set(SMALL_CAPITALS.charCodeAt(index), SMALL_CAPITAL_LETTERS.charAt(index));
  }
  for (const [first, last] of FULL_WIDTH) {
    for (let unit = first; unit <= last; unit += 1)
      table.set(unit, String.fromCharCode(unit - FULL_WIDTH_OFFSET));
  }
  return table;
}

const TABLE = /* @__PURE__ */ buildTable();

const isCombiningMark = (unit: number): boolean => unit >= 0x0300 && unit <= 0x036f;

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
 * A letter followed by a combining mark counts as one character when both together are a GSM-7 letter (decomposed é is é).
 * A mark that makes another letter (ê, č) stays with it: `e^` is not ê, although Twilio's list would write it so.
 */
export function nextNonGsm7(body: string, from: number): SmartMatch | undefined {
  for (let index = from; index < body.length; index += 1) {
    const unit = body.charCodeAt(index);
    if (gsm7Cost(unit) !== 0) continue;
    if (isCombiningMark(unit) && index > 0) {
      const composed = body.slice(index - 1, index + 1).normalize("NFC");
      if (composed.length === 1) {
        const replacement = gsm7Cost(composed.charCodeAt(0)) === 0 ? undefined : composed;
        return { start: replacement === undefined ? index : index - 1, end: index + 1, replacement };
      }
    }
    const isPair = (body.codePointAt(index) ?? 0) > 0xffff;
    return { start: index, end: isPair ? index + 2 : index + 1, replacement: TABLE.get(unit) };
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
