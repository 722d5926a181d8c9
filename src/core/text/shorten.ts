import { brokenLink, endsSentence, isSpace, lastWhere } from "./cut-places";
import { graphemeStart } from "./graphemes";
import { gsm7Cost } from "./gsm7";
import { SINGLE_SEGMENT, STANDARD_LIMITS } from "./limits";
import type { Encoding } from "./limits";
import { segmentEnd, splitsPair } from "./packing";
import { countSegments } from "./segments";

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
  const single = SINGLE_SEGMENT[encoding];
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

/** Moves a cut back to the start of the grapheme it would break; a "grapheme" longer than a segment is not kept whole. */
function graphemeCut(body: string, end: number): number {
  const start = graphemeStart(body.slice(0, end + 2), end);
  return start === 0 || end - start > STANDARD_LIMITS["UCS-2"] ? end : start;
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
