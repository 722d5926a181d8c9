import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consentIdOf, personOf } from "../../../src/core/model/consent";
import { modeInForce, previewOf } from "../../../src/core/model/conversation";
import type { AssistantMode } from "../../../src/core/model/conversation";
import { isSmsError, SmsError } from "../../../src/core/model/errors";
import { later, timestampOf } from "../../../src/core/model/timestamp";

const FAR_MS = Date.parse("9999-12-31T23:59:59.999Z");
const moments = fc.integer({ min: 0, max: FAR_MS });

describe("timestamps", () => {
  it("are ISO 8601 in UTC with milliseconds", () => {
    expect(timestampOf(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(timestampOf(Date.UTC(2026, 10, 23, 9, 0, 0, 7))).toBe("2026-11-23T09:00:00.007Z");
  });

  it("sort as text as their moments do, and tell them again", () => {
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        expect(timestampOf(a) < timestampOf(b)).toBe(a < b);
        expect(Date.parse(timestampOf(a))).toBe(a);
        expect(later(timestampOf(a), timestampOf(b))).toBe(timestampOf(Math.max(a, b)));
      }),
    );
  });
});

describe("a preview", () => {
  it.each<[string, number, string]>([
    ["Hello", 0, "Hello"],
    ["", 0, ""],
    ["", 1, "Attachment"],
    ["", 3, "3 attachments"],
    ["Look", 2, "Look"],
    ["x".repeat(120), 0, "x".repeat(120)],
    ["x".repeat(121), 0, "x".repeat(120)],
    [`${"x".repeat(118)}👋`, 0, `${"x".repeat(118)}👋`],
    [`${"x".repeat(119)}👋`, 0, "x".repeat(119)],
    [`${"x".repeat(120)}👋`, 0, "x".repeat(120)],
  ])("of %j with %i media is %j", (body, mediaCount, preview) => {
    expect(previewOf(body, mediaCount)).toBe(preview);
  });

  it("is the beginning of any text, at most 120 units, never with half a pair", () => {
    const bodies = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 100, maxLength: 140 }),
      fc.string({ unit: fc.constantFrom("a", "👋", "é"), minLength: 100, maxLength: 140 }),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const preview = previewOf(body, 0);
        expect(preview.isWellFormed()).toBe(true);
        expect(body.startsWith(preview)).toBe(true);
        expect(preview.length).toBeLessThanOrEqual(120);
        expect(preview.length).toBeGreaterThanOrEqual(Math.min(body.length, 119));
      }),
    );
  });
});

describe("the mode in force", () => {
  it.each<[AssistantMode | null, AssistantMode | null, AssistantMode]>([
    [null, null, "off"],
    ["auto", null, "off"],
    [null, "draft", "draft"],
    [null, "off", "off"],
    ["auto", "off", "auto"],
    ["off", "auto", "off"],
    ["draft", "auto", "draft"],
  ])("of a conversation on %s in an instance on %s is %s", (own, instance, mode) => {
    expect(modeInForce(own, instance)).toBe(mode);
  });
});

describe("the id of a consent record", () => {
  it("is another one for every account and contact", () => {
    const accounts = fc.stringMatching(/^AC[0-9a-f]{32}$/);
    const contacts = fc.stringMatching(/^(whatsapp:)?\+[1-9][0-9]{6,14}$/);
    fc.assert(
      fc.property(accounts, contacts, accounts, contacts, (a, x, b, y) => {
        expect(consentIdOf(a, x, null) === consentIdOf(b, y, null)).toBe(
          a === b && personOf(x) === personOf(y),
        );
      }),
    );
  });
});

describe("errors", () => {
  it("carry code, cause, details, and whether to try again", () => {
    const cause = new Error("disk full");
    const error = new SmsError("storage_failed", "It failed.", {
      cause,
      retryable: true,
      details: { verb: "read" },
    });
    expect(error).toMatchObject({
      name: "SmsError",
      code: "storage_failed",
      message: "It failed.",
      retryable: true,
      details: { verb: "read" },
    });
    expect(error.cause).toBe(cause);
    expect(error.stack).toContain("values.test");
    const bare = new SmsError("body_empty", "Nothing to send.");
    expect([bare.retryable, bare.details, "cause" in bare]).toEqual([false, {}, false]);
  });

  it("of another copy of the library are recognised, and nothing else is", () => {
    const ofAnotherCopy = Object.assign(new Error("x"), {
      [Symbol.for("@mailtrixy/sms/error")]: true,
      code: "body_empty",
    });
    expect(isSmsError(new SmsError("body_empty", "x"))).toBe(true);
    expect(isSmsError(ofAnotherCopy)).toBe(true);
    const lookAlike = Object.assign(new Error("x"), { name: "SmsError", code: "body_empty" });
    for (const other of [lookAlike, new Error("x"), null, undefined, "SmsError", 5, {}, []])
      expect(isSmsError(other)).toBe(false);
  });
});
