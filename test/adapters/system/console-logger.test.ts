import { afterEach, describe, expect, it, vi } from "vitest";
import { consoleLogger } from "../../../src/adapters/system/console-logger";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the console logger", () => {
  it("says warnings and errors, and keeps the rest to itself", () => {
    const said: unknown[] = [];
    for (const level of ["debug", "info", "log", "warn", "error"] as const) {
      vi.spyOn(console, level).mockImplementation((...words: unknown[]) => {
        said.push([level, ...words]);
      });
    }
    const logger = consoleLogger();
    logger.debug({ a: 1 }, "one");
    logger.info({ a: 2 }, "two");
    logger.warn({ a: 3 }, "three");
    logger.error({ a: 4 }, "four");
    expect(said).toEqual([
      ["warn", "[sms] three", { a: 3 }],
      ["error", "[sms] four", { a: 4 }],
    ]);
  });
});
