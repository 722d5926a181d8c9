import { SmsError } from "../../../core/model/errors";
import { classifyFailure } from "./failure";

/** How long to wait for other connections before giving up, in ms of waiting. */
export const MAX_WAIT_MS = 10_000;

/**
 * How long to wait before trying again. Random, so that processes which met do not meet again at once, and longer with
 * every attempt.
 */
export function backoffMs(attempt: number): number {
  return 1 + Math.random() * Math.min(25, 2 ** attempt);
}

/** Waits without holding up anything else in the process. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** The error after waiting in vain. */
export function stillBusy(cause: unknown): SmsError {
  return new SmsError(
    "storage_failed",
    "Another connection kept the SQLite database locked; nothing was changed. Look for a long transaction on the same file.",
    { cause, retryable: true },
  );
}

/**
 * Runs synchronous work, again and again while the database is busy. Between attempts the event loop is free.
 * @throws SmsError `storage_failed` when it stays busy; whatever else the work throws.
 */
export async function retryWhileBusy<T>(work: () => T, maxWaitMs: number = MAX_WAIT_MS): Promise<T> {
  let waitedMs = 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return work();
    } catch (error) {
      if (classifyFailure(error) !== "busy") throw error;
      if (waitedMs >= maxWaitMs) throw stillBusy(error);
    }
    const pauseMs = backoffMs(attempt);
    waitedMs += pauseMs;
    await wait(pauseMs);
  }
}
