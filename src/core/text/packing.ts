import { graphemeStart } from "./graphemes";
import { gsm7Cost } from "./gsm7";
import { SINGLE_SEGMENT, STANDARD_LIMITS } from "./limits";
import type { Encoding, Limits } from "./limits";

/** A body, laid into segments. */
export interface Packed {
  readonly encoding: Encoding;
  /** Septets or UTF-16 code units of the body, without a prefix. */
  readonly units: number;
  /** Where each segment but the first begins, in UTF-16 code units. */
  readonly cuts: readonly number[];
  /** Units in the last segment, with the prefix where that is the first one. */
  readonly last: number;
}

/** Whether a cut at `index` would separate the two halves of a surrogate pair. */
export function splitsPair(body: string, index: number): boolean {
  return (body.charCodeAt(index) & 0xfc00) === 0xdc00 && (body.charCodeAt(index - 1) & 0xfc00) === 0xd800;
}

/**
 * One walk for encoding, size and cuts; `null` when a character is not in GSM-7. An escape and its character stay together: the
 * septet that would be left over stays empty. No two characters of GSM-7 make a grapheme, but for CR LF, which counts as two.
 */
function packGsm7(body: string, limits: Limits): Packed | null {
  const { "GSM-7": room, prefix } = limits;
  const cuts: number[] = [];
  let earlier = 0;
  let used = prefix;
  for (let index = 0; index < body.length; index += 1) {
    const cost = gsm7Cost(body.charCodeAt(index));
    if (cost === 0) return null;
    used += cost;
    if (used <= room) continue;
    cuts.push(index);
    earlier += used - cost;
    used = cost;
  }
  const all = earlier + used;
  const isSingle = all <= SINGLE_SEGMENT["GSM-7"];
  return { encoding: "GSM-7", units: all - prefix, cuts: isSingle ? [] : cuts, last: isSingle ? all : used };
}

/** Never cuts a surrogate pair: the unit that would be left over stays empty. */
function packUcs2(body: string, limits: Limits): Packed {
  const { "UCS-2": room, prefix, keepGraphemes } = limits;
  const units = body.length;
  const cuts: number[] = [];
  let last = prefix + units;
  if (last > SINGLE_SEGMENT["UCS-2"]) {
    for (let start = 0; last > room; last = units - start) {
      let end = start + room - (start > 0 ? 0 : prefix);
      if (splitsPair(body, end)) end -= 1;
      // CR LF counts as two, so that a text is cut alike in both encodings.
      if (keepGraphemes && body.charAt(end) !== "\n") {
        const whole = graphemeStart(body.slice(start, end + 2), end - start);
        // A grapheme that fills a segment alone has to be cut.
        if (whole > 0) end = start + whole;
      }
      cuts.push(end);
      start = end;
    }
  }
  return { encoding: "UCS-2", units, cuts, last };
}

/** Lays a body into segments. Linear. */
export function pack(body: string, limits: Limits): Packed {
  return packGsm7(body, limits) ?? packUcs2(body, limits);
}

/**
 * Where the segment of a long body that starts at `start` ends (exclusive), under the standard limits. Never inside a surrogate
 * pair or between an escape and its character.
 */
export function segmentEnd(body: string, start: number, encoding: Encoding): number {
  const room = STANDARD_LIMITS[encoding];
  if (encoding === "UCS-2") {
    const end = start + room;
    if (end >= body.length) return body.length;
    return splitsPair(body, end) ? end - 1 : end;
  }
  let used = 0;
  let index = start;
  while (index < body.length) {
    used += gsm7Cost(body.charCodeAt(index));
    if (used > room) break;
    index += 1;
  }
  return index;
}
