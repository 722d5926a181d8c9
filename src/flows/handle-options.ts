import { SmsError } from "../core/model/errors";
import type { HandlerSettings } from "./settings";
import type { HandlerOptions } from "./sms-options";
import type { Timing } from "./timing";

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ATTEMPTS = 20;

/**
 * Fills in the limits of handlers. A call begins at most `fenceMs` after its claim, and must have ended before its lease does.
 * @throws SmsError `config_invalid` when a handler could outlast its lease.
 */
export function resolveHandlers(given: HandlerOptions, { leaseMs, fenceMs }: Timing): HandlerSettings {
  const mostMs = leaseMs - fenceMs;
  if (given.timeoutMs !== undefined && given.timeoutMs > mostMs) {
    throw new SmsError(
      "config_invalid",
      "handlers.timeoutMs must be at most timing.leaseMs - timing.fenceMs.",
      {
        details: { option: "handlers.timeoutMs" },
      },
    );
  }
  return {
    timeoutMs: given.timeoutMs ?? Math.min(DEFAULT_TIMEOUT_MS, mostMs),
    maxAttempts: given.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
  };
}
