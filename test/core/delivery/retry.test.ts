import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MAX_RETRY_AFTER_MS,
  nextRetry,
  parseRetryAfter,
  RETRY_POLICY,
} from "../../../src/core/delivery/retry";

const NOW_MS = Date.UTC(2026, 10, 2, 15, 30, 0);

describe("planning a retry", () => {
  test.each([
    [1, 0, 500],
    [1, 1, 1_000],
    [2, 0.5, 1_500],
    [3, 0, 2_000],
    [7, 1, 64_000],
  ])("after %i attempts with jitter %d it waits %i ms", (attempts, jitter, delayMs) => {
    expect(nextRetry({ attempts, retryAfterMs: null, jitter })).toEqual({ delayMs });
  });

  test("it gives up when the attempts are used up, whatever Twilio asks for", () => {
    expect(nextRetry({ attempts: 8, retryAfterMs: 1_000, jitter: 0 })).toEqual({ giveUp: true });
    expect(nextRetry({ attempts: 1_000_000, retryAfterMs: null, jitter: 0 })).toEqual({ giveUp: true });
  });

  test("the policy decides base, cap and limit", () => {
    const policy = { baseDelayMs: 10, maxDelayMs: 25, maxAttempts: 2_000 };
    const wait = (attempts: number) => nextRetry({ attempts, retryAfterMs: null, jitter: 1 }, policy);
    expect([1, 2, 3, 1_999].map(wait)).toEqual([
      { delayMs: 10 },
      { delayMs: 20 },
      { delayMs: 25 },
      { delayMs: 25 },
    ]);
    expect(wait(2_000)).toEqual({ giveUp: true });
  });

  test("it never comes before the moment that Twilio named, and spreads out after it", () => {
    expect(nextRetry({ attempts: 1, retryAfterMs: 30_000, jitter: 0 })).toEqual({ delayMs: 30_000 });
    expect(nextRetry({ attempts: 1, retryAfterMs: 30_000, jitter: 1 })).toEqual({ delayMs: 31_000 });
    expect(nextRetry({ attempts: 6, retryAfterMs: 10, jitter: 0 })).toEqual({ delayMs: 16_000 });
  });

  test.each([0, -5, Number.NaN])("a wait of %s is no wait", (retryAfterMs) => {
    expect(nextRetry({ attempts: 1, retryAfterMs, jitter: 0 })).toEqual({ delayMs: 500 });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%s attempts are a mistake", (attempts) => {
    expect(() => nextRetry({ attempts, retryAfterMs: null, jitter: 0 })).toThrow(TypeError);
  });

  test.each([-0.1, 1.1, Number.NaN])("jitter %s is a mistake", (jitter) => {
    expect(() => nextRetry({ attempts: 1, retryAfterMs: null, jitter })).toThrow(TypeError);
  });

  test("every delay is whole, positive and bounded, and grows with the attempts", () => {
    const jitterOf = fc.double({ min: 0, max: 1, noNaN: true });
    const waitOf = fc.option(fc.double({ noNaN: true }), { nil: null });
    const delayAfter = (attempts: number, retryAfterMs: number | null, jitter: number) => {
      const plan = nextRetry({ attempts, retryAfterMs, jitter });
      return "delayMs" in plan ? plan.delayMs : Number.POSITIVE_INFINITY;
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), waitOf, jitterOf, (attempts, retryAfterMs, jitter) => {
        const delayMs = delayAfter(attempts, retryAfterMs, jitter);
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThan(0);
        expect(delayMs).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS + RETRY_POLICY.baseDelayMs);
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
        expect(delayAfter(attempts + 1, retryAfterMs, jitter)).toBeGreaterThanOrEqual(delayMs);
      }),
    );
  });
});

describe("reading Retry-After", () => {
  test.each<[string | null, number | null]>([
    [null, null],
    ["0", 0],
    ["5", 5_000],
    [" 120 ", 120_000],
    ["+5", 5_000],
    ["-5", 0],
    ["3600", MAX_RETRY_AFTER_MS],
    ["3601", MAX_RETRY_AFTER_MS],
    ["99999999999999999999999999", MAX_RETRY_AFTER_MS],
    ["", null],
    [" ", null],
    ["soon", null],
    ["1.5", null],
    ["1e3", null],
    ["0x10", null],
    ["5 seconds", null],
    ["5, 10", null],
    ["٥", null],
    ["Infinity", null],
    ["NaN", null],
    ["9".repeat(65), null],
    ["Mon, 02 Nov 2026 15:30:07 GMT", 7_000],
    ["mon, 02 nov 2026 15:30:07 gmt", 7_000],
    ["Monday, 02-Nov-26 15:30:07 GMT", 7_000],
    ["Mon Nov  2 15:30:07 2026", 7_000],
    ["Mon, 02 Nov 2026 15:29:59 GMT", 0],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 0],
    ["Wed, 02 Nov 2033 15:30:07 GMT", MAX_RETRY_AFTER_MS],
    ["Mon, 02 Nov 2026 15:30:60 GMT", 59_000],
    ["Sat, 31 Feb 2026 15:30:07 GMT", null],
    ["Mon, 02 Nov 2026 24:00:00 GMT", null],
    ["Mon, 02 Nov 2026 15:60:00 GMT", null],
    ["Mon, 02 Nov 2026 15:30:61 GMT", null],
    ["Mon, 02 Foo 2026 15:30:07 GMT", null],
    ["Mon, 2 Nov 2026 15:30:07 GMT", null],
    ["Mon, 02 Nov 2026 15:30:07 CET", null],
    ["2026-11-02T15:30:07Z", null],
  ])("%j is %s", (header, waitMs) => {
    expect(parseRetryAfter(header, NOW_MS)).toBe(waitMs);
  });

  test("whatever the header says, the wait is null or within bounds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        const waitMs = parseRetryAfter(header, NOW_MS);
        expect(waitMs === null || (waitMs >= 0 && waitMs <= MAX_RETRY_AFTER_MS)).toBe(true);
      }),
    );
  });

  test("whole seconds and the date they lead to mean the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_200 }), (seconds) => {
        const date = new Date(NOW_MS + seconds * 1_000).toUTCString();
        expect(parseRetryAfter(date, NOW_MS)).toBe(parseRetryAfter(String(seconds), NOW_MS));
      }),
    );
  });
});
