import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifyHttpAnswer } from "../../../src/core/delivery/outcome";

function answer(status: number, code: number | null = null, retryAfterMs: number | null = null) {
  return classifyHttpAnswer({ status, code, retryAfterMs });
}

describe("what an answer means for the message", () => {
  test.each([200, 201, 202, 204, 299])("%i is acceptance", (status) => {
    expect(answer(status)).toEqual({ kind: "accepted" });
  });

  test.each([
    [400, 21610],
    [400, 21211],
    [400, null],
    [401, 20003],
    [403, 20008],
    [404, 20404],
    [405, null],
    [409, 30409],
    [413, null],
    [422, 20422],
  ])("%i with code %s is a refusal", (status, code) => {
    expect(answer(status, code)).toEqual({ kind: "rejected", code });
  });

  test("too many requests were never processed, so they may be repeated", () => {
    expect(answer(429, 20429, 1_500)).toEqual({ kind: "retry", afterMs: 1_500, why: "rate_limited" });
    expect(answer(429)).toEqual({ kind: "retry", afterMs: null, why: "rate_limited" });
    expect(answer(400, 20429)).toEqual({ kind: "retry", afterMs: null, why: "rate_limited" });
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("a wait of %s is no wait", (retryAfterMs) => {
    expect(answer(429, 20429, retryAfterMs)).toEqual({ kind: "retry", afterMs: null, why: "rate_limited" });
  });

  test.each([
    [500, 20500],
    [502, null],
    [503, 20503],
    [503, 20429],
    [504, null],
    [599, null],
  ])("%i with code %s leaves the outcome unknown", (status, code) => {
    expect(answer(status, code, 1_000)).toEqual({ kind: "unknown", why: "server_error" });
  });

  test.each([408, 460, 499])("%i, by which someone gave up waiting, leaves the outcome unknown", (status) => {
    expect(answer(status, 20429)).toEqual({ kind: "unknown", why: "timeout" });
  });

  test.each([
    0,
    100,
    103,
    199,
    301,
    302,
    303,
    307,
    308,
    425,
    600,
    999,
    -201,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])("%s proves nothing", (status) => {
    expect(answer(status)).toEqual({ kind: "unknown", why: "unreadable_answer" });
  });

  test("only a 4xx may be repeated, and only a 2xx is acceptance", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 100, max: 599 }), fc.double()),
        fc.option(fc.constantFrom(20429, 20500, 21610), { nil: null }),
        (status, code) => {
          const { kind } = answer(status, code);
          expect(kind === "accepted").toBe(status >= 200 && status < 300);
          const isClientError = status >= 400 && status < 500;
          expect(isClientError || (kind !== "retry" && kind !== "rejected")).toBe(true);
        },
      ),
    );
  });
});
