import { SmsError } from "../core/model/errors";

/**
 * How long things may take, in ms. The defaults are for production; a test sets small ones to run the same machinery in seconds.
 */
export interface Timing {
  /** How long a call to Twilio may take before its outcome counts as unknown. Default 15,000. */
  readonly requestTimeoutMs: number;
  /** How long a claimed task belongs to its worker. Default 60,000. */
  readonly leaseMs: number;
  /** How long after the end of a lease nobody may conclude that Twilio does not have a message. Default 45,000. */
  readonly absenceMs: number;
  /** How long a task belongs to the process that made it, before others look at it. Default 5,000. */
  readonly graceMs: number;
  /** How old a claim may be when the call to Twilio begins; an older one is given back. Default 15,000. */
  readonly fenceMs: number;
}

/** Production timing. */
export const DEFAULT_TIMING: Timing = {
  requestTimeoutMs: 15_000,
  leaseMs: 60_000,
  absenceMs: 45_000,
  graceMs: 5_000,
  fenceMs: 15_000,
};

/**
 * Fills in the defaults and checks the rule between the times. A call that begins at the last allowed moment (`fenceMs` after its
 * claim) and takes as long as it may (`requestTimeoutMs`) must have ended before anybody concludes anything from its silence
 * (`leaseMs + absenceMs` after the claim). What is left over is the difference between two clocks that is tolerated: 75 s by
 * default.
 * @throws SmsError `config_invalid` when the rule does not hold.
 */
export function resolveTiming(given: Partial<Timing>): Timing {
  const timing: Timing = {
    requestTimeoutMs: given.requestTimeoutMs ?? DEFAULT_TIMING.requestTimeoutMs,
    leaseMs: given.leaseMs ?? DEFAULT_TIMING.leaseMs,
    absenceMs: given.absenceMs ?? DEFAULT_TIMING.absenceMs,
    graceMs: given.graceMs ?? DEFAULT_TIMING.graceMs,
    fenceMs: given.fenceMs ?? DEFAULT_TIMING.fenceMs,
  };
  const broken = [
    timing.fenceMs * 4 > timing.leaseMs && "fenceMs must be at most a quarter of leaseMs",
    timing.absenceMs < timing.requestTimeoutMs * 2 && "absenceMs must be at least twice requestTimeoutMs",
  ].filter((rule) => rule !== false);
  if (broken.length > 0) {
    throw new SmsError(
      "config_invalid",
      `The timing could send a message twice: ${broken.join("; ")}. Scale all five times together.`,
      { details: { rules: broken } },
    );
  }
  return timing;
}
