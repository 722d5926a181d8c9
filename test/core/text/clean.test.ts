import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { cleanText } from "../../../src/core/text/clean";

const native = Object.getOwnPropertyDescriptor(String.prototype, "toWellFormed") ?? {};

afterEach(() => {
  Object.defineProperty(String.prototype, "toWellFormed", native);
});

describe.each([
  ["with the runtime's own toWellFormed", true],
  ["on a runtime without toWellFormed", false],
])("cleanText %s", (_, hasNative) => {
  const clean = (text: string): string => {
    if (!hasNative) Object.defineProperty(String.prototype, "toWellFormed", { ...native, value: undefined });
    return cleanText(text);
  };

  it.each([
    ["keeps ordinary text", "Grüße 😀\r\n\t", "Grüße 😀\r\n\t"],
    ["removes NUL", "a\0b\0", "ab"],
    ["replaces a lone high surrogate", "a\ud83db", "a\ufffdb"],
    ["replaces a lone low surrogate", "\ude00a", "\ufffda"],
    ["replaces a pair in the wrong order", "\ude00\ud83d", "\ufffd\ufffd"],
    ["does not make a pair out of halves that NUL kept apart", "\ud83d\0\ude00", "\ufffd\ufffd"],
    ["leaves an empty text empty", "", ""],
  ])("%s", (_name, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it("gives text that is well-formed, free of NUL, and clean already", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\0", "\ud83d", "\ude00", "😀", "\ufffd") }),
        (text) => {
          const once = clean(text);
          expect(once).not.toMatch(/\0|\p{Surrogate}/u);
          expect(clean(once)).toBe(once);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
