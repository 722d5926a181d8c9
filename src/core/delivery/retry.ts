/** How often and how patiently a safe retry is made. */
export interface RetryPolicy {
  /** The wait before the second attempt, before jitter; it doubles with each attempt. Milliseconds. */
  readonly baseDelayMs: number;
  /** The longest wait of our own choosing. Milliseconds. */
  readonly maxDelayMs: number;
  /** How many attempts are made in all, the first included. */
  readonly maxAttempts: number;
}

/** Eight attempts over about four minutes: Twilio's limit is on concurrent requests, so it clears in seconds. */
export const RETRY_POLICY: RetryPolicy = { baseDelayMs: 1_000, maxDelayMs: 120_000, maxAttempts: 8 };

/** The longest wait that a Retry-After header can impose: one hour, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** What a retry depends on. */
export interface RetryState {
  /** Attempts made so far, at least 1. */
  readonly attempts: number;
  /** The wait that Twilio asked for, in milliseconds; `null` where it did not. */
  readonly retryAfterMs: number | null;
  /** A number from 0 to 1, drawn by the caller, that spreads retries so that they do not come all at once. */
  readonly jitter: number;
}

/** When to try again, or that enough has been tried. */
export type RetryPlan = { readonly delayMs: number } | { readonly giveUp: true };

/**
 * Plans the next attempt of something that is safe to repeat: exponential, capped, between half and all of the
 * nominal delay by `jitter`, and never before the moment that Twilio named (up to an hour). Whole milliseconds.
 * @throws TypeError when `attempts` is not a positive integer or `jitter` is not from 0 to 1.
 */
export function nextRetry(state: RetryState, policy: RetryPolicy = RETRY_POLICY): RetryPlan {
  const { attempts, retryAfterMs, jitter } = state;
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw new TypeError("attempts must be a positive integer");
  if (!(jitter >= 0 && jitter <= 1)) throw new TypeError("jitter must be a number from 0 to 1");
  if (attempts >= policy.maxAttempts) return { giveUp: true };
  const nominalMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempts - 1));
  const ownMs = (nominalMs / 2) * (1 + jitter);
  if (retryAfterMs === null || !(retryAfterMs > 0)) return { delayMs: Math.ceil(ownMs) };
  const askedMs = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
  // All callers were told the same moment, so the jitter comes on top of it.
  return { delayMs: Math.ceil(Math.max(ownMs, askedMs + jitter * policy.baseDelayMs)) };
}

const MAX_HEADER_LENGTH = 64;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const IMF_DATE = /^[a-z]{3}, (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) gmt$/u;
const RFC_850_DATE = /^[a-z]{6,9}, (\d{2})-([a-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) gmt$/u;
const ASCTIME_DATE = /^[a-z]{3} ([a-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/u;

/**
 * Reads a Retry-After header: whole seconds, or one of the three date forms of HTTP. The result is milliseconds from
 * `nowMs`, from 0 to {@link MAX_RETRY_AFTER_MS}; a moment in the past is 0. Anything else is `null`, so that a
 * nonsensical header falls back to our own back-off.
 * Source: RFC 9110 §10.2.3 and §5.6.7 (read 2026-11).
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null || header.length > MAX_HEADER_LENGTH) return null;
  const text = header.trim().toLowerCase();
  if (/^[+-]?\d+$/u.test(text)) return bounded(Number(text) * 1_000);
  const atMs = parseHttpDate(text, nowMs);
  return atMs === null ? null : bounded(atMs - nowMs);
}

function bounded(waitMs: number): number | null {
  return Number.isNaN(waitMs) ? null : Math.max(0, Math.min(waitMs, MAX_RETRY_AFTER_MS));
}

function parseHttpDate(text: string, nowMs: number): number | null {
  const imf = IMF_DATE.exec(text);
  if (imf !== null) return utcOf({ day: imf[1], month: imf[2], year: imf[3], time: imf.slice(4, 7) });
  const rfc850 = RFC_850_DATE.exec(text);
  if (rfc850 !== null) {
    const year = fullYear(Number(rfc850[3]), nowMs);
    return utcOf({ day: rfc850[1], month: rfc850[2], year: String(year), time: rfc850.slice(4, 7) });
  }
  const asctime = ASCTIME_DATE.exec(text);
  if (asctime === null) return null;
  return utcOf({ day: asctime[2], month: asctime[1], year: asctime[6], time: asctime.slice(3, 6) });
}

/** A two-digit year more than 50 years ahead means the last year in the past with these digits (RFC 9110 §5.6.7). */
function fullYear(digits: number, nowMs: number): number {
  const currentYear = new Date(nowMs).getUTCFullYear();
  const sameCentury = Math.floor(currentYear / 100) * 100 + digits;
  return sameCentury > currentYear + 50 ? sameCentury - 100 : sameCentury;
}

interface DateParts {
  readonly day: string | undefined;
  readonly month: string | undefined;
  readonly year: string | undefined;
  readonly time: readonly string[];
}

function utcOf(parts: DateParts): number | null {
  const month = MONTHS.indexOf(parts.month ?? "");
  const day = Number(parts.day);
  const [hours = NaN, minutes = NaN, seconds = NaN] = parts.time.map(Number);
  if (month === -1 || hours > 23 || minutes > 59 || seconds > 60) return null;
  // A leap second would roll over into the next minute.
  const date = new Date(Date.UTC(Number(parts.year), month, day, hours, minutes, Math.min(seconds, 59)));
  // Date.UTC turns 31 February into 3 March; such a header is nonsense rather than a moment.
  return date.getUTCDate() === day ? date.getTime() : null;
}
