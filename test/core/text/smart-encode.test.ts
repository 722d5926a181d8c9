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

  it.each([
    ["a Vietnamese letter with two marks", "Vie\u0323\u0302t", "Vie\u0323\u0302t"],
    ["the same with its marks the other way round", "Vie\u0302\u0323t", "Vie\u0302\u0323t"],
    ["é under a circumflex, as for composed é", "e\u0301\u0302", "é^"],
    ["a letter that has no composed form", "q\u0303", "q~"],
    ["a mark on a look-alike", "\uff25\u0301", "\uff25\u0301"],
    ["a mark on another script", "ж\u0302", "ж\u0302"],
    ["a mark on an emoji", "😀\u0303", "😀\u0303"],
    ["a mark on nothing", "\u0303a", "~a"],
    ["more marks than a letter can have", `e${"\u0303".repeat(9)}`, `e${"\u0303".repeat(9)}`],
    ["not equal, which is another character", "=\u0338", "=\u0338"],
  ])("replaces a letter with its marks as one or not at all: %s", (_, body, text) => {
    expect(smartEncode(body).text).toBe(text);
  });

  it("means the same for composed and decomposed text", () => {
    const letter = fc.constantFrom(..."eaoEnNcCuUsqAO=жα");
    const mark = fc.constantFrom(
      "\u0300",
      "\u0301",
      "\u0302",
      "\u0303",
      "\u0308",
      "\u0323",
      "\u0327",
      "\u030a",
    );
    const cluster = fc
      .tuple(letter, fc.array(mark, { maxLength: 3 }))
      .map(([base, marks]) => base + marks.join(""));
    fc.assert(
      fc.property(fc.array(cluster, { maxLength: 8 }), (clusters) => {
        const text = clusters.join("");
        const composed = smartEncode(text.normalize("NFC")).text;
        expect(smartEncode(text.normalize("NFD")).text.normalize("NFC")).toBe(composed);
        expect(smartEncode(text).text.normalize("NFC")).toBe(composed);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes a megabyte of marks in any order", () => {
    for (const piece of ["\u0301", "\u0323\u0301", "e\u0301", "c\u0301", "e\u0323\u0302", "q\u0303"]) {
      const body = piece.repeat(Math.ceil(1_000_000 / piece.length));
      expect(smartEncode(body).text.length).toBeLessThanOrEqual(body.length);
    }
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
