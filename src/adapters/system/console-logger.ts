import type { Logger } from "../../ports/runtime";

/** Warnings and errors to the console, the rest to nobody. Its lines hold no secret, phone number or message text. */
export function consoleLogger(): Logger {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => {
      console.warn(`[sms] ${message}`, fields);
    },
    error: (fields, message) => {
      console.error(`[sms] ${message}`, fields);
    },
  };
}
