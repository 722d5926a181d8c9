import { gsm7Cost } from "./gsm7";
import { countSegments, segmentEnd, SEGMENT_LIMITS, splitsPair } from "./segments";
import type { Encoding } from "./segments";

/** What {@link fitSegments} made of a body. */
export interface FittedText {
  /** The body, or its beginning. */
  readonly text: string;
  /** Whether something was left out. */
  readonly cut: boolean;
}

/** The longest beginning of `body` that fits when it is written in `encoding`, as an index (exclusive). */
function reach(body: string, maxSegments: number, encoding: Encoding): number {
  if (maxSegments > 1) {
    let end = 0;
    for (let segment = 0; segment < maxSegments && end < body.length; segment += 1) {
      end = segmentEnd(body, end, encoding);
    }
    return end;
  }
  const { single } = SEGMENT_LIMITS[encoding];
  if (encoding === "UCS-2") return splitsPair(body, single) ? single - 1 : Math.min(single, body.length);
  let used = 0;
  let end = 0;
  while (end < body.length && (used += gsm7Cost(body.charCodeAt(end))) <= single) end += 1;
  return end;
}

/**
 * The longest beginning that fits. Every shorter beginning fits too, as long as it ends between characters: a segment of
 * GSM-7 holds at least 76 characters and one of UCS-2 at most 70, so leaving something out never costs a segment more.
 */
function longestFit(body: string, maxSegments: number): number {
  let firstOffender = 0;
  while (firstOffender < body.length && gsm7Cost(body.charCodeAt(firstOffender)) !== 0) firstOffender += 1;
  const inGsm7 = reach(body.slice(0, firstOffender), maxSegments, "GSM-7");
  if (inGsm7 < firstOffender) return inGsm7;
  return Math.max(inGsm7, reach(body, maxSegments, "UCS-2"));
}

const isSpace = (character: string): boolean => character.length > 0 && character.trim() === "";

/** A link longer than this is cut like any other text; it also bounds the work. */
const LONGEST_LINK = 2048;
/** Starts a link: a scheme, `www.`, or a bare domain followed by a path (`bit.ly/x`). Tried at the start of a word only. */
const LINK_START = /^[("'<[]?(?:www\.|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\/)/i;

/** Where the link begins that a cut at `end` would break, or -1. */
function brokenLink(body: string, end: number): number {
  const floor = Math.max(0, end - LONGEST_LINK);
  let word = end;
  while (word > floor && !isSpace(body.charAt(word - 1))) word -= 1;
  let wordEnd = end;
  while (wordEnd < body.length && wordEnd < end + LONGEST_LINK && !isSpace(body.charAt(wordEnd)))
    wordEnd += 1;
  if (word === end || wordEnd === end) return -1;
  const text = body.slice(word, wordEnd);
  if (LINK_START.test(text)) return word;
  // The scheme may follow other text without a space ("看https://…"), and the cut may fall inside the scheme itself.
  for (
    let mark = text.lastIndexOf("://");
    mark !== -1;
    mark = mark === 0 ? -1 : text.lastIndexOf("://", mark - 1)
  ) {
    let start = mark;
    while (start > 0 && /[a-z0-9+.-]/i.test(text.charAt(start - 1))) start -= 1;
    if (start < mark && word + start < end) return word + start;
  }
  return -1;
}

const CLOSERS = "\"'”’)]»";

/** Whether a sentence ends right before `end`. A full stop needs white space after it that no lower-case letter follows (e.g. here). */
function endsSentence(body: string, end: number): boolean {
  let last = end - 1;
  while (last > 0 && end - last <= 3 && CLOSERS.includes(body.charAt(last))) last -= 1;
  const mark = body.charAt(last);
  if ("。！？\n".includes(mark)) return true;
  if (!".!?…".includes(mark) || !isSpace(body.charAt(end))) return false;
  return mark !== "." || !/\p{Ll}/u.test(body.charAt(end + 1));
}

function lastWhere(from: number, downTo: number, holds: (index: number) => boolean): number {
  for (let index = from; index >= downTo; index -= 1) if (holds(index)) return index;
  return -1;
}

let graphemes: Intl.Segmenter | null | undefined;

/** Moves a cut back to the start of the grapheme it would break; a "grapheme" longer than a segment is not kept whole. */
function graphemeCut(body: string, end: number): number {
  graphemes ??= typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;
  const start = graphemes?.segment(body.slice(0, end + 2)).containing(end)?.index;
  if (start === undefined || start === 0 || end - start > SEGMENT_LIMITS["UCS-2"].multi) return end;
  return start;
}

/** Where to cut `body`, at `end` at the latest. */
function bestCut(body: string, end: number): number {
  const link = brokenLink(body, end);
  const limit = link > 0 && body.slice(0, link).trim() !== "" ? link : end;
  // A sentence or a word that would throw away more than half of the room is no good place to stop.
  const floor = Math.max(1, Math.ceil(limit / 2));
  const sentence = lastWhere(limit, floor, (index) => endsSentence(body, index));
  if (sentence !== -1) return sentence;
  if (limit < end) return limit;
  const word = lastWhere(limit, floor, (index) => isSpace(body.charAt(index)));
  return word === -1 ? graphemeCut(body, limit) : word;
}

/**
 * Shortens a body until it fits into `maxSegments` segments, measured as `measureText` does.
 *
 * Cuts at the end of a sentence, else between words, else between graphemes; a sentence or word end counts only where it keeps
 * at least half of the room. A link is left out whole rather than broken, unless the text begins with it. White space before
 * the cut goes too. Never splits a surrogate pair. Nothing is added, no ellipsis either: whoever wants one knows from `cut`.
 * Linear in the length of the body.
 *
 * @throws TypeError when `maxSegments` is not a whole number of at least 1.
 */
export function fitSegments(body: string, maxSegments: number): FittedText {
  if (!Number.isSafeInteger(maxSegments) || maxSegments < 1) {
    throw new TypeError("maxSegments must be a whole number of at least 1");
  }
  if (countSegments(body).segments <= maxSegments) return { text: body, cut: false };
  const end = longestFit(body, maxSegments);
  const text = body.slice(0, bestCut(body, end)).trimEnd();
  return { text: text === "" ? body.slice(0, end) : text, cut: true };
}
