/**
 * The segments that Twilio charges for; null while it has not counted. Twilio writes the number as a string, and "0" while a
 * Messaging Service has not picked a sender.
 * Source: Twilio docs, "Message resource", `num_segments` (read 2026-11).
 */
export function billedOf(numSegments: string): number | null {
  return /^[1-9]\d{0,3}$/.test(numSegments) ? Number(numSegments) : null;
}
