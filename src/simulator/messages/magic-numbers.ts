/**
 * Numbers that nobody owns and that always fail in one way.
 * Source: Twilio docs, "Test credentials" (read 2026-11).
 */
const MAGIC_RECIPIENTS: ReadonlyMap<string, number> = new Map([
  ["+15005550001", 21211],
  ["+15005550002", 21612],
  ["+15005550003", 21408],
  ["+15005550004", 21610],
  ["+15005550009", 21614],
]);

const MAGIC_SENDERS: ReadonlyMap<string, number> = new Map([
  ["+15005550001", 21212],
  ["+15005550007", 21606],
  ["+15005550008", 21611],
]);

/** The only sender that test credentials may use. Source: Twilio docs, "Test credentials" (read 2026-11). */
export const MAGIC_VALID_SENDER = "+15005550006";

/** The error that a recipient stands for; null for an ordinary number. */
export function magicRecipientCode(to: string): number | null {
  return MAGIC_RECIPIENTS.get(to) ?? null;
}

/** The error that a sender stands for; null for an ordinary number. */
export function magicSenderCode(from: string): number | null {
  return MAGIC_SENDERS.get(from) ?? null;
}
