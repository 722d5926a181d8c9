import { gsm7Cost } from "./gsm7";
import { nextNonGsm7 } from "./smart-encode";

/** How a body travels: 7-bit GSM characters, or UTF-16 as soon as one character is not in GSM-7. */
export type Encoding = "GSM-7" | "UCS-2";

/** What {@link countSegments} tells. */
export interface SegmentCount {
  /** The encoding that the whole body needs. */
  readonly encoding: Encoding;
  /** How many SMS segments the body fills, which is what is billed. 0 for `""`. */
  readonly segments: number;
  /** Septets in GSM-7 (extension characters count 2), UTF-16 code units in UCS-2. */
  readonly units: number;
}

/** A character that forces UCS-2, found by {@link measureText}. */
export interface OffendingCharacter {
  /** The character: a code point, or a letter and its combining mark where both together are one GSM-7 letter. */
  readonly character: string;
  /** Where it starts in the body, in UTF-16 code units. */
  readonly index: number;
  /** What GSM-7 could carry instead, as `smartEncode` would write it; `""` where the character can go. Absent when there is nothing. */
  readonly replacement?: string;
}

/** What {@link measureText} tells. */
export interface TextMeasure extends SegmentCount {
  /** Room in one segment: 160 or 70 while there is one (or none), 153 or 67 when there are several and each carries a header. */
  readonly unitsPerSegment: number;
  /** Units still free in the last segment before the next one starts. */
  readonly remaining: number;
  /** The text of each segment, in order. Joined they are the body. Empty for `""`. */
  readonly parts: readonly string[];
  /** Every character that forces UCS-2, in order. Empty in GSM-7. */
  readonly offending: readonly OffendingCharacter[];
}

/** Septets in a GSM-7 message of one segment, and in each segment of several. Source: 3GPP TS 23.040 §9.2.3.24.1. */
const GSM7_LIMIT = { single: 160, multi: 153 } as const;
/** UTF-16 code units in a UCS-2 message of one segment, and in each segment of several. Source: as above. */
const UCS2_LIMIT = { single: 70, multi: 67 } as const;

/** The room in a segment, by encoding and by whether there are several: septets or UTF-16 code units. */
export const SEGMENT_LIMITS = { "GSM-7": GSM7_LIMIT, "UCS-2": UCS2_LIMIT } as const;

/** Septets of the whole body, or -1 when a character is not in GSM-7. */
function gsm7Units(body: string): number {
  let units = 0;
  for (let index = 0; index < body.length; index += 1) {
    const cost = gsm7Cost(body.charCodeAt(index));
    if (cost === 0) return -1;
    units += cost;
  }
  return units;
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/** Whether a cut at `index` would separate the two halves of a surrogate pair. */
export function splitsPair(body: string, index: number): boolean {
  return isLowSurrogate(body.charCodeAt(index)) && isHighSurrogate(body.charCodeAt(index - 1));
}

/**
 * Where the segment of a long body that starts at `start` ends (exclusive). Never inside a surrogate pair or between an
 * escape and its character; the unit that would be left over stays empty.
 */
export function segmentEnd(body: string, start: number, encoding: Encoding): number {
  if (encoding === "UCS-2") {
    const end = start + UCS2_LIMIT.multi;
    if (end >= body.length) return body.length;
    return splitsPair(body, end) ? end - 1 : end;
  }
  let used = 0;
  let index = start;
  while (index < body.length) {
    used += gsm7Cost(body.charCodeAt(index));
    if (used > GSM7_LIMIT.multi) break;
    index += 1;
  }
  return index;
}

function countParts(body: string, encoding: Encoding, units: number): number {
  if (units === 0) return 0;
  if (units <= SEGMENT_LIMITS[encoding].single) return 1;
  // Without extension characters nothing can be left over at the end of a segment, so no walk is needed.
  if (encoding === "GSM-7" && units === body.length) return Math.ceil(units / GSM7_LIMIT.multi);
  let segments = 0;
  for (let index = 0; index < body.length; index = segmentEnd(body, index, encoding)) segments += 1;
  return segments;
}

/**
 * Counts the segments of a body and nothing else: the fast form of {@link measureText}, with the same answers.
 * Linear in the length of the body; allocates nothing but its answer.
 *
 * Source: 3GPP TS 23.038 §6.2.1; Twilio docs, "SMS character limit" (read 2026-11).
 */
export function countSegments(body: string): SegmentCount {
  const septets = gsm7Units(body);
  const encoding = septets === -1 ? "UCS-2" : "GSM-7";
  const units = septets === -1 ? body.length : septets;
  return { encoding, segments: countParts(body, encoding, units), units };
}

function cutParts(body: string, count: SegmentCount): readonly string[] {
  if (count.segments === 0) return [];
  if (count.segments === 1) return [body];
  const parts: string[] = [];
  const isPlain = count.encoding === "GSM-7" && count.units === body.length;
  for (let start = 0; start < body.length;) {
    const end = isPlain ? start + GSM7_LIMIT.multi : segmentEnd(body, start, count.encoding);
    parts.push(body.slice(start, end));
    start = end;
  }
  return parts;
}

function findOffending(body: string): readonly OffendingCharacter[] {
  const offending: OffendingCharacter[] = [];
  for (let match = nextNonGsm7(body, 0); match !== undefined; match = nextNonGsm7(body, match.end)) {
    const { start: index, end, replacement } = match;
    const character = body.slice(index, end);
    offending.push(replacement === undefined ? { character, index } : { character, index, replacement });
  }
  return offending;
}

function unitsIn(part: string, encoding: Encoding): number {
  return encoding === "GSM-7" ? gsm7Units(part) : part.length;
}

/**
 * Measures how a body is cut into SMS segments, what each segment holds, and which characters make it expensive.
 *
 * Lengths are septets for GSM-7 (extension characters such as `€` and `[` count 2) and UTF-16 code units for UCS-2. CR LF counts
 * 2 and nothing is trimmed or normalised, as Twilio does not either. A surrogate pair or an escape pair is never split. Segments
 * are packed by character, not by grapheme: an emoji made of several code points may lie across two segments, which phones join
 * again. What Twilio bills in that rare case is not documented; the standard knows units only, and so do we.
 *
 * `""` has 0 segments (Twilio's own calculator says 1, but Twilio refuses to send it). Carriers may re-encode on the way.
 * Pure and linear; the same body gives the same measure.
 *
 * Source: 3GPP TS 23.038 §6.2.1 and TS 23.040 §9.2.3.24; Twilio docs, "SMS character limit" (read 2026-11).
 *
 * @throws TypeError when `body` is not a string.
 * @example
 * measureText("Fish & chips: 9€").units; // 17
 * measureText("It’s ready").offending; // [{ character: "’", index: 2, replacement: "'" }]
 */
export function measureText(body: string): TextMeasure {
  if (typeof body !== "string") throw new TypeError("measureText needs a string");
  const count = countSegments(body);
  const { encoding, segments, units } = count;
  const unitsPerSegment = segments > 1 ? SEGMENT_LIMITS[encoding].multi : SEGMENT_LIMITS[encoding].single;
  const parts = cutParts(body, count);
  const last = segments > 1 ? unitsIn(parts[parts.length - 1] ?? "", encoding) : units;
  const offending = encoding === "UCS-2" ? findOffending(body) : [];
  return { encoding, segments, units, unitsPerSegment, remaining: unitsPerSegment - last, parts, offending };
}
