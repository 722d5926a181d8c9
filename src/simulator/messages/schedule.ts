/** Whether and when a message is to wait. `code` is Twilio's error code. */
export type Schedule =
  | { readonly kind: "now" }
  | { readonly kind: "at"; readonly sendAtMs: number }
  | { readonly kind: "refused"; readonly code: number };

const SOONEST_MS = 300 * 1000;
const LATEST_MS = 35 * 24 * 60 * 60 * 1000;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads the scheduling parameters: a Messaging Service, `ScheduleType=fixed`, and a time 300 seconds to 35 days ahead.
 * Source: Twilio docs, errors 35111, 35114, 35118, 35126 (read 2026-11).
 */
export function readSchedule(
  asked: {
    readonly scheduleType: string | null;
    readonly sendAt: string | null;
    readonly hasService: boolean;
  },
  nowMs: number,
): Schedule {
  if (asked.scheduleType === null && asked.sendAt === null) return { kind: "now" };
  if (asked.scheduleType !== "fixed") return { kind: "refused", code: 35126 };
  if (asked.sendAt === null) return { kind: "refused", code: 35111 };
  if (!asked.hasService) return { kind: "refused", code: 35118 };
  const sendAtMs = ISO_8601.test(asked.sendAt) ? Date.parse(asked.sendAt) : Number.NaN;
  const aheadMs = sendAtMs - nowMs;
  // Written so that a time which is no time is refused as well.
  if (!(aheadMs >= SOONEST_MS && aheadMs <= LATEST_MS)) return { kind: "refused", code: 35114 };
  return { kind: "at", sendAtMs };
}
