import { brokenLink, endsSentence, isSpace, lastWhere } from "./cut-places";
import { graphemeStart } from "./graphemes";
import { splitsPair } from "./packing";

let words: Intl.Segmenter | null | undefined;

/**
 * Where the word starts that a cut at `cut` would break, in scripts that put no space between words too; `cut` itself where it
 * breaks none, or one that is too long for any part.
 */
function wordStart(text: string, cut: number, room: number): number {
  words ??= typeof Intl.Segmenter === "function" ? new Intl.Segmenter("und", { granularity: "word" }) : null;
  const word = words?.segment(text).containing(cut);
  return word === undefined || word.segment.length > room ? cut : word.index;
}

/** Where white space begins again, or the text ends. */
function wordEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isSpace(text.charAt(end))) end += 1;
  return end;
}

/** Where the white space from `from` ends, at `limit` at the latest. */
function spaceEnd(text: string, from: number, limit: number): number {
  let end = from;
  while (end < limit && isSpace(text.charAt(end))) end += 1;
  return end;
}

/** The last sentence end with all of the white space after it, where that keeps at least half of the room; else -1. */
function sentenceCut(text: string, room: number): number {
  const startsAnew = (index: number): boolean => {
    if (isSpace(text.charAt(index))) return false;
    let end = index;
    while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
    return end > 0 && (endsSentence(text, end) || text.slice(end, index).includes("\n"));
  };
  return lastWhere(room, Math.ceil(room / 2), startsAnew);
}

/**
 * The last place between words; -1 where there is none, or where the next word is too long for any part. A part begins with a word
 * where it can: white space at its start would be seen, at the end of the one before it is not.
 */
function spaceCut(text: string, room: number): number {
  const isSpaceAt = (index: number): boolean => isSpace(text.charAt(index));
  const start = lastWhere(room, 1, (index) => isSpaceAt(index - 1) && !isSpaceAt(index));
  if (text.slice(0, start).trim() === "" || start === -1) {
    const end = lastWhere(room, 1, (index) => !isSpaceAt(index - 1) && isSpaceAt(index));
    if (end !== -1) return spaceEnd(text, end, room);
    if (start === -1) return isSpaceAt(room) ? room : -1;
  }
  return wordEnd(text, start) - start > room ? -1 : start;
}

/** Where a reader would cut, at `edge` at the latest. */
function bestCut(text: string, room: number, edge: number): number {
  const sentence = sentenceCut(text, room);
  if (sentence !== -1) return sentence;
  const space = spaceCut(text, room);
  if (space !== -1) return space;
  const link = brokenLink(text, room, room);
  return link > 0 ? link : wordStart(text, edge, room);
}

/** Where the next part ends. `text` begins with it and reaches far enough to see what a cut at `room` would break. */
function partEnd(text: string, room: number): number {
  const edge = splitsPair(text, room) ? room - 1 : room;
  for (const cut of [bestCut(text, room, edge), edge]) {
    const whole = cut > 0 ? graphemeStart(text, cut) : 0;
    if (whole > 0) return whole;
  }
  return edge;
}

/**
 * Splits a text into parts of at most `maxUnits` UTF-16 code units each, to be sent as separate messages in this order.
 *
 * Cut at the end of a sentence where that keeps at least half of the room, else between words, else (in a word that is longer than
 * a part) before a link, between the words of a script without spaces, or between graphemes. A grapheme is only cut, between code
 * points, where it is longer than a part. Joined, the parts are the body: white space at a cut stays at the end of the part before
 * it. The one exception is white space that would be a part of its own: nobody can send it, so it is left out. `""` has no
 * parts. Linear in the length of the body.
 *
 * @throws TypeError when `maxUnits` is not a whole number of at least 2, the size of an emoji.
 * @example
 * splitText("It is ready. Come by at five.", 20); // ["It is ready. ", "Come by at five."]
 */
export function splitText(body: string, maxUnits: number): readonly string[] {
  if (!Number.isSafeInteger(maxUnits) || maxUnits < 2) {
    throw new TypeError("maxUnits must be a whole number of at least 2");
  }
  const parts: string[] = [];
  for (let start = 0; start < body.length;) {
    const isRest = body.length - start <= maxUnits;
    const end = isRest ? body.length : start + partEnd(body.slice(start, start + 2 * maxUnits + 2), maxUnits);
    const part = body.slice(start, end);
    if (part.trim() !== "") parts.push(part);
    start = end;
  }
  return parts;
}
