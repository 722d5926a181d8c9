import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGsm7 } from "../../../src/core/text/gsm7";
import { smartEncode } from "../../../src/core/text/smart-encode";

// The calculator does not export its table; a file path inside the installed package is the only way to compare all of it.
const require = createRequire(import.meta.url);
const calculatorTable: Readonly<Record<string, string>> = (
  require("sms-segments-calculator/dist/libs/SmartEncodingMap.js") as { default: Record<string, string> }
).default;

describe("smartEncode", () => {
  it("replaces look-alikes and says where", () => {
    expect(smartEncode("“Don’t” – 5 ½ …")).toEqual({
      text: '"Don\'t" - 5 1/2 ...',
      changes: [
        { index: 0, from: "“", to: '"' },
        { index: 4, from: "’", to: "'" },
        { index: 6, from: "”", to: '"' },
        { index: 8, from: "–", to: "-" },
        { index: 12, from: "½", to: "1/2" },
        { index: 14, from: "…", to: "..." },
      ],
    });
  });

  it("gives back the same text when there is nothing to replace", () => {
    expect(smartEncode("Grüße, 5€ [ok]\r\n")).toEqual({ text: "Grüße, 5€ [ok]\r\n", changes: [] });
  });

  it("composes a letter and its accent where GSM-7 has the letter", () => {
    expect(smartEncode("cafe\u0301 man\u0303ana A\u030angstrom C\u0327a")).toMatchObject({
      text: "café mañana Ångstrom Ça",
    });
    expect(smartEncode("e\u0301").changes).toEqual([{ index: 0, from: "e\u0301", to: "é" }]);
  });

  it("never tears an accent off a letter that GSM-7 lacks", () => {
    const words = "fore\u0302t α\u0313";
    expect(smartEncode(words)).toEqual({ text: words, changes: [] });
  });

  it("writes one space for every wide space and for a tab", () => {
    expect(smartEncode("a\u00a0b\u2003c\u3000d\te").text).toBe("a b c d e");
  });

  it("removes what cannot be seen", () => {
    expect(smartEncode("a\u200bb\ufeffc\0d").text).toBe("abcd");
  });

  it("leaves emoji, other scripts and lone surrogates alone", () => {
    const body = "中 😀 ж ç \ud83d";
    expect(smartEncode(body)).toEqual({ text: body, changes: [] });
  });

  it("makes GSM-7 of every character in its table", () => {
    let replaced = 0;
    for (let point = 0; point <= 0xffff; point += 1) {
      const character = String.fromCharCode(point);
      const { text, changes } = smartEncode(character);
      if (changes.length === 0) continue;
      replaced += 1;
      expect(isGsm7(character)).toBe(false);
      expect(isGsm7(text)).toBe(true);
    }
    expect(replaced).toBe(271 + 4);
  });

  it("replaces every character whose canonical form is GSM-7, and every decomposed one that GSM-7 has", () => {
    const characters = Array.from({ length: 0xff80 }, (_, offset) => String.fromCharCode(0x80 + offset));
    const singletons = characters.filter(
      (character) => !isGsm7(character) && isGsm7(character.normalize("NFC")),
    );
    const composed = characters.filter(
      (character) => isGsm7(character) && character.normalize("NFD") !== character,
    );
    expect(singletons).toHaveLength(4);
    expect(composed).toHaveLength(18);
    expect(singletons.map((character) => smartEncode(character).text)).toEqual(
      singletons.map((c) => c.normalize("NFC")),
    );
    expect(composed.map((character) => smartEncode(character.normalize("NFD")).text)).toEqual(composed);
  });

  it("holds the calculator's whole table, apart from the width of white space", () => {
    expect(Object.keys(calculatorTable)).toHaveLength(271);
    for (const [from, to] of Object.entries(calculatorTable)) {
      const expected = /^ +$/.test(to) ? " " : to;
      expect([from, smartEncode(from).text]).toEqual([from, expected]);
    }
  });

  it("replays: its changes turn the body into its text", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("a", "e", "\u0301", "\u0302", "’", "…", "\u200b", "😀", "\ud83d", "中"),
        }),
        (body) => {
          const { text, changes } = smartEncode(body);
          let rebuilt = "";
          let copied = 0;
          for (const { index, from, to } of changes) {
            expect(body.startsWith(from, index)).toBe(true);
            expect(index).toBeGreaterThanOrEqual(copied);
            rebuilt += body.slice(copied, index) + to;
            copied = index + from.length;
          }
          expect(rebuilt + body.slice(copied)).toBe(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
