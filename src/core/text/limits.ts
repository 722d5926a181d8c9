/** How a body travels: 7-bit GSM characters, or UTF-16 as soon as one character is not in GSM-7. */
export type Encoding = "GSM-7" | "UCS-2";

/**
 * What a measurement takes for granted about the sender, the recipient and the account. Everything is off by default.
 * Unknown options are refused, and so are `tollFree` and `usCellular` together: they give different limits.
 */
export interface MeasureOptions {
  /**
   * The sender is a toll-free number of the United States: its segments have a longer header, so that each of several holds 152
   * septets or 66 UTF-16 units. Users of Twilio report it; Twilio's own pages do not say it.
   * Source: message-segment-calculator, issue 51 (read 2026-11).
   */
  readonly tollFree?: boolean;
  /**
   * The recipient is with US Cellular, which cannot join segments: a long text arrives as separate messages of 150 septets.
   * For UCS-2 we take 60 units, which leaves ten units for the number of the part as 150 does: no page gives a figure.
   * Source: Twilio help, article 223181508; message-segment-calculator, issue 24 (read 2026-11).
   */
  readonly usCellular?: boolean;
  /**
   * The account is a trial account: Twilio puts `Sent from your Twilio trial account - ` before the body, so the first segment
   * has 38 units less. `units` and `parts` still tell of the body alone.
   */
  readonly trial?: boolean;
  /**
   * Cut no segment inside a grapheme (an emoji of several code points, a letter with its marks; not CR LF), unless the grapheme
   * is longer than a segment. Twilio's calculator packs like this; the standard knows units only.
   */
  readonly keepGraphemes?: boolean;
}

/** Units in a message of one segment. Source: 3GPP TS 23.040 §9.2.3.24.1; Twilio docs, "SMS character limit" (read 2026-11). */
export const SINGLE_SEGMENT: Readonly<Record<Encoding, number>> = { "GSM-7": 160, "UCS-2": 70 };

/** {@link MeasureOptions} in numbers. */
export interface Limits extends Readonly<Record<Encoding, number>> {
  /** Units that stand before the body and take their place in the first segment. */
  readonly prefix: number;
  readonly keepGraphemes: boolean;
}

/** Units in each of several segments, without options. Source: as above. */
export const STANDARD_LIMITS: Limits = { "GSM-7": 153, "UCS-2": 67, prefix: 0, keepGraphemes: false };

/** What Twilio puts before every text of a trial account, all of it GSM-7. Source: Twilio's answers to trial accounts (2026-11). */
export const TRIAL_PREFIX = "Sent from your Twilio trial account - ";

/**
 * The limits under these options.
 * @throws TypeError for an unknown option, or for options that contradict each other.
 */
export function limitsOf(options: MeasureOptions | undefined): Limits {
  if (options === undefined) return STANDARD_LIMITS;
  const { tollFree, usCellular, trial, keepGraphemes = false, ...unknown } = options;
  if (Object.keys(unknown).length > 0 || (tollFree && usCellular)) {
    throw new TypeError("Unknown or contradicting options of measuring");
  }
  const room = tollFree ? { "GSM-7": 152, "UCS-2": 66 } : usCellular && { "GSM-7": 150, "UCS-2": 60 };
  return { ...STANDARD_LIMITS, ...room, prefix: trial ? TRIAL_PREFIX.length : 0, keepGraphemes };
}
