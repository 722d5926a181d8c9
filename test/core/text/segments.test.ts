import fc from "fast-check";
import { SegmentedMessage } from "sms-segments-calculator";
import { describe, expect, it } from "vitest";
import { GSM7_BASIC, GSM7_EXTENSION } from "../../../src/core/text/gsm7";
import { countSegments, measureText } from "../../../src/core/text/segments";
import type { MeasureOptions } from "../../../src/core/text/segments";
import { smartEncode } from "../../../src/core/text/smart-encode";

const repeat = (text: string, times: number): string => text.repeat(times);

/** Text of the kinds that decide about segments: basic, extension, newlines, other scripts, emoji, marks, lone surrogates. */
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...GSM7_BASIC) },
  { weight: 2, arbitrary: fc.constantFrom(...GSM7_EXTENSION) },
  { weight: 1, arbitrary: fc.constantFrom("中", "é", "ж", "\u0301", "’", "\u200b", "`") },
  { weight: 1, arbitrary: fc.constantFrom("😀", "👩‍👩‍👧", "🤟🏻", "🇩🇪", "\ud83d", "\ude00") },
);
const anyText = fc.oneof(
  fc.string({ unit, maxLength: 500 }),
  fc.string({ unit: fc.constantFrom(...GSM7_BASIC, ...GSM7_EXTENSION), maxLength: 700 }),
  fc.string({ unit: "binary", maxLength: 300 }),
);

describe("measureText", () => {
  it.each([
    ["one basic character", "a", "GSM-7", 1, 1, 160, 159],
    ["a full single GSM-7 segment", repeat("a", 160), "GSM-7", 1, 160, 160, 0],
    ["one septet too many", repeat("a", 161), "GSM-7", 2, 161, 153, 145],
    ["two full GSM-7 segments", repeat("a", 306), "GSM-7", 2, 306, 153, 0],
    ["an extension character", "€", "GSM-7", 1, 2, 160, 158],
    ["80 extension characters", repeat("€", 80), "GSM-7", 1, 160, 160, 0],
    ["81 extension characters", repeat("€", 81), "GSM-7", 2, 162, 153, 143],
    ["153 brackets, an odd septet left over in each segment", repeat("]", 153), "GSM-7", 3, 306, 153, 151],
    ["a full UCS-2 segment", repeat("中", 70), "UCS-2", 1, 70, 70, 0],
    ["71 Chinese characters", repeat("中", 71), "UCS-2", 2, 71, 67, 63],
    ["an emoji across the boundary", `${repeat("中", 66)}😀${repeat("中", 66)}`, "UCS-2", 3, 134, 67, 66],
    ["67 emoji", repeat("😀", 67), "UCS-2", 3, 134, 67, 65],
    ["CR LF, which counts two", `${repeat("a", 80)}\r\n${repeat("a", 79)}`, "GSM-7", 2, 161, 153, 145],
    ["LF, which counts one", `${repeat("a", 80)}\n${repeat("a", 79)}`, "GSM-7", 1, 160, 160, 0],
    ["70 precomposed é", repeat("é", 70), "GSM-7", 1, 70, 160, 90],
    ["70 decomposed é", repeat("e\u0301", 70), "UCS-2", 3, 140, 67, 61],
    ["an extension character beside an emoji, where it costs one", "[😀", "UCS-2", 1, 3, 70, 67],
    ["33 emoji with skin tone, by units", repeat("🤟🏻", 33), "UCS-2", 2, 132, 67, 1],
    ["a letter under 200 marks, by units", `e${repeat("\u0301", 200)}`, "UCS-2", 3, 201, 67, 0],
    ["a lone surrogate", "\ud83d", "UCS-2", 1, 1, 70, 69],
    ["Turkish, which no shift table helps", "ç", "UCS-2", 1, 1, 70, 69],
    ["white space only", "   ", "GSM-7", 1, 3, 160, 157],
  ] as const)("measures %s", (_, body, encoding, segments, units, unitsPerSegment, remaining) => {
    expect(measureText(body)).toMatchObject({ encoding, segments, units, unitsPerSegment, remaining });
  });

  it("gives an empty body no segment", () => {
    expect(measureText("")).toEqual({
      encoding: "GSM-7",
      segments: 0,
      units: 0,
      unitsPerSegment: 160,
      remaining: 160,
      parts: [],
      offending: [],
    });
  });

  it("moves an escape pair to the next segment rather than split it", () => {
    expect(measureText(`${repeat("a", 152)}€${repeat("b", 100)}`).parts).toEqual([
      repeat("a", 152),
      `€${repeat("b", 100)}`,
    ]);
  });

  it("lists what forces UCS-2, where, and what could stand there", () => {
    expect(measureText("It’s 20 °C — cafe\u0301 😀…\u200b").offending).toEqual([
      { character: "’", index: 2, replacement: "'" },
      { character: "°", index: 8 },
      { character: "—", index: 11, replacement: "-" },
      { character: "e\u0301", index: 16, replacement: "é" },
      { character: "😀", index: 19 },
      { character: "…", index: 21, replacement: "..." },
      { character: "\u200b", index: 22, replacement: "" },
    ]);
  });

  it("keeps its answer through JSON and spreading", () => {
    const measure = measureText(`${repeat("a", 200)}😀`);
    expect(JSON.parse(JSON.stringify({ ...measure }))).toEqual(measure);
  });

  it("refuses what is not a string", () => {
    expect(() => measureText(undefined as unknown as string)).toThrow(TypeError); // a caller without types
  });

  it("answers about very long bodies completely", () => {
    for (const character of ["a", "€", "中", "😀", "\u0301", "\ud83d"]) {
      const body = repeat(character, 300_000 / character.length);
      const measure = measureText(body);
      expect(measure.parts.join("") === body).toBe(true);
    }
  });
});

describe("measureText on any text", () => {
  it("gives parts that join to the body, are full, fit, and break no pair", () => {
    fc.assert(
      fc.property(anyText, (body) => {
        const { parts, segments, units, unitsPerSegment, remaining, encoding } = measureText(body);
        expect(parts.join("")).toBe(body);
        expect(parts).toHaveLength(segments);
        const sizes = parts.map((part) =>
          encoding === "UCS-2"
            ? part.length
            : [...part].reduce((sum, c) => sum + (GSM7_EXTENSION.includes(c) ? 2 : 1), 0),
        );
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(units);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(unitsPerSegment);
        expect(unitsPerSegment - (sizes.at(-1) ?? 0)).toBe(remaining);
        // Greedy: a segment is left early only for a pair that would not fit, so at most one unit stays empty.
        expect(sizes.slice(0, -1).every((size) => size >= unitsPerSegment - 1)).toBe(true);
        for (const [index, part] of parts.entries()) {
          const next = parts[index + 1] ?? "";
          expect(/[\ud800-\udbff]$/.test(part) && /^[\udc00-\udfff]/.test(next)).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("counts the same in its fast form", () => {
    fc.assert(
      fc.property(anyText, (body) => {
        const { encoding, segments, units } = measureText(body);
        expect(countSegments(body)).toEqual({ encoding, segments, units });
      }),
      { numRuns: 2_000 },
    );
  });

  it("never needs fewer segments for more text", () => {
    fc.assert(
      fc.property(anyText, anyText, (body, more) => {
        fc.pre(!/[\ud800-\udbff]$/.test(body) || !/^[\udc00-\udfff]/.test(more));
        expect(countSegments(body + more).segments).toBeGreaterThanOrEqual(countSegments(body).segments);
      }),
    );
  });

  it("offends exactly what smart encoding replaces or must leave", () => {
    fc.assert(
      fc.property(anyText, (body) => {
        const { offending } = measureText(body);
        let text = "";
        let copied = 0;
        for (const { character, index, replacement } of offending) {
          expect(body.slice(index, index + character.length)).toBe(character);
          text += body.slice(copied, index) + (replacement ?? character);
          copied = index + character.length;
        }
        expect(text + body.slice(copied)).toBe(smartEncode(body).text);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The units of a text in segments that are packed as tightly as units allow. */
function sizesOf(parts: readonly string[], encoding: "GSM-7" | "UCS-2"): readonly number[] {
  return parts.map(
    (part) =>
      countSegments(part).units + (encoding === "UCS-2" ? part.length - countSegments(part).units : 0),
  );
}

describe("measureText with options", () => {
  const gsm = repeat("a", 305);
  const ucs = repeat("中", 133);

  it.each<[string, string, MeasureOptions, number, number, number]>([
    ["toll-free GSM-7", gsm, { tollFree: true }, 3, 152, 151],
    ["toll-free UCS-2", ucs, { tollFree: true }, 3, 66, 65],
    ["toll-free, one segment", repeat("a", 160), { tollFree: true }, 1, 160, 0],
    ["toll-free extension characters", repeat("]", 152), { tollFree: true }, 2, 152, 0],
    ["US Cellular GSM-7", gsm, { usCellular: true }, 3, 150, 145],
    ["US Cellular UCS-2", ucs, { usCellular: true }, 3, 60, 47],
    ["US Cellular, one message", repeat("中", 70), { usCellular: true }, 1, 70, 0],
    ["a trial account, one segment", repeat("a", 122), { trial: true }, 1, 160, 0],
    ["a trial account, one septet too many", repeat("a", 123), { trial: true }, 2, 153, 145],
    ["a trial account, one segment of UCS-2", repeat("中", 32), { trial: true }, 1, 70, 0],
    ["a trial account, one unit too many", repeat("中", 33), { trial: true }, 2, 67, 63],
    ["a trial account, nothing", "", { trial: true }, 0, 160, 122],
    ["a trial account on a toll-free number", gsm, { trial: true, tollFree: true }, 3, 152, 113],
    ["a trial account to US Cellular", gsm, { trial: true, usCellular: true }, 3, 150, 107],
    ["whole emoji", repeat("🤟🏻", 33), { keepGraphemes: true }, 3, 67, 63],
    [
      "CR LF on the boundary, which counts as two",
      `${repeat("a", 152)}\r\n${repeat("a", 152)}`,
      { keepGraphemes: true },
      2,
      153,
      0,
    ],
    ["a letter under too many marks", `e${repeat("\u0301", 200)}`, { keepGraphemes: true }, 3, 67, 0],
    [
      "options that are off",
      gsm,
      { tollFree: false, usCellular: false, trial: false, keepGraphemes: false },
      2,
      153,
      1,
    ],
    ["no options", gsm, {}, 2, 153, 1],
  ])("measures %s", (_, body, options, segments, unitsPerSegment, remaining) => {
    expect(measureText(body, options)).toMatchObject({ segments, unitsPerSegment, remaining });
    expect(measureText(body, options).units).toBe(measureText(body).units);
    expect(countSegments(body, options).segments).toBe(segments);
  });

  it("gives the first part of a trial account's message what the prefix leaves", () => {
    const { parts } = measureText(repeat("a", 300), { trial: true });
    expect(parts.map((part) => part.length)).toEqual([153 - 38, 153, 32]);
  });

  it("counts a trial account's prefix like the text itself", () => {
    const prefix = "Sent from your Twilio trial account - ";
    fc.assert(
      fc.property(anyText, (body) => {
        fc.pre(body !== "");
        const { segments, remaining, encoding } = measureText(prefix + body);
        expect(measureText(body, { trial: true })).toMatchObject({ segments, remaining, encoding });
      }),
      { numRuns: 1_000 },
    );
  });

  it("with keepGraphemes cuts no grapheme that fits into a segment", () => {
    const emoji = ["👩‍👩‍👧", "🤟🏻", "🇩🇪", "e\u0301", "中", "\n", "a"];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...emoji), { maxLength: 120 }),
        fc.boolean(),
        (clusters, trial) => {
          const body = clusters.join("");
          const { parts } = measureText(body, { keepGraphemes: true, trial });
          const starts = new Set([...new Intl.Segmenter().segment(body)].map(({ index }) => index));
          let start = 0;
          for (const part of parts) {
            expect(starts.has(start)).toBe(true);
            start += part.length;
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("never makes a segment that cannot be, whatever the options", () => {
    const options = fc
      .record({
        sender: fc.constantFrom("tollFree", "usCellular", "standard"),
        trial: fc.boolean(),
        keepGraphemes: fc.boolean(),
      })
      .map(({ sender, ...rest }) => (sender === "standard" ? rest : { ...rest, [sender]: true }));
    fc.assert(
      fc.property(anyText, options, (body, given) => {
        const { parts, segments, units, unitsPerSegment, remaining, encoding } = measureText(body, given);
        expect(parts.join("")).toBe(body);
        expect(parts).toHaveLength(segments);
        expect(parts.every((part) => part !== "")).toBe(true);
        const sizes = sizesOf(parts, encoding).map(
          (size, index) => size + (index === 0 && given.trial ? 38 : 0),
        );
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(unitsPerSegment);
        expect(remaining).toBe(unitsPerSegment - (sizes.at(-1) ?? (given.trial ? 38 : 0)));
        expect(remaining).toBeGreaterThanOrEqual(0);
        expect(countSegments(body, given)).toEqual({ encoding, segments, units });
        const breaksPair = parts.some(
          (part, index) => /[\ud800-\udbff]$/.test(part) && /^[\udc00-\udfff]/.test(parts[index + 1] ?? ""),
        );
        expect(breaksPair).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["two senders at once", { tollFree: true, usCellular: true }],
    ["a misspelt option", { tollfree: true }],
    ["an inherited name", { toString: true }],
  ])("refuses %s", (_, options) => {
    expect(() => measureText("a", options as MeasureOptions)).toThrow(TypeError);
    expect(() => countSegments("a", options as MeasureOptions)).toThrow(TypeError);
  });

  it("takes very long bodies with graphemes", () => {
    for (const piece of ["👩‍👩‍👧", "\u0301", "\r\n", "€\r\n", "🇩🇪", "中"]) {
      const body = repeat(piece, Math.ceil(300_000 / piece.length));
      expect(measureText(body, { keepGraphemes: true }).parts.join("") === body).toBe(true);
    }
  });
});

describe("measureText against Twilio's own calculator", () => {
  // The calculator splits no grapheme and is told so here; the table below holds every case in which it differs.
  const graphemes = { keepGraphemes: true } as const;
  const gsm7 = [...GSM7_BASIC, ...GSM7_EXTENSION];
  const text = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.string({
        unit: fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...gsm7) },
          { weight: 1, arbitrary: fc.constantFrom("\r\n", "\n", "[", "€") },
          {
            weight: 1,
            arbitrary: fc.constantFrom("中", "ж", "’", "`", "ç", "😀", "𝒳", "e\u0301", "👩‍👩‍👧", "🤟🏻", "🇩🇪"),
          },
        ),
        minLength: 1,
        maxLength: 90,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.string({ unit: fc.constantFrom(...gsm7), minLength: 1, maxLength: 330 }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom("€", "]", "a", "\r\n", "中", "😀", "🤟🏻"),
          fc.integer({ min: 60, max: 170 }),
          fc.constantFrom("", "x", "€", "é"),
        )
        .map(([piece, times, tail]) => piece.repeat(times) + tail),
    },
  );

  it("agrees about encoding, segments and size of 10,000 random texts", () => {
    fc.assert(
      fc.property(text, (body) => {
        const theirs = new SegmentedMessage(body, "auto", false);
        const ours = measureText(body, graphemes);
        const unitBits = ours.encoding === "GSM-7" ? 7 : 16;
        expect([ours.encoding, ours.segments, ours.units * unitBits]).toEqual([
          theirs.encodingName,
          theirs.segmentsCount,
          theirs.messageSize,
        ]);
      }),
      { numRuns: 10_000 },
    );
  });

  it("agrees by default too, apart from graphemes of several units", () => {
    const simple = fc.string({
      unit: fc.constantFrom(...GSM7_BASIC.replace("\r", ""), "€", "]", "中", "😀"),
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(simple, (body) => {
        expect(measureText(body).segments).toBe(new SegmentedMessage(body, "auto", false).segmentsCount);
      }),
      { numRuns: 500 },
    );
  });

  /** Every known disagreement; `docs/text.md` says who is right, and why. */
  it.each([
    ["33 emoji with skin tone, which it will not split", repeat("🤟🏻", 33), 3, 2, 3],
    [
      "a grapheme longer than a segment, for which it makes an impossible one",
      `e${repeat("\u0301", 200)}`,
      2,
      3,
      3,
    ],
    ["an empty body, which Twilio refuses", "", 1, 0, 0],
  ])("differs, as documented, about %s", (_, body, theirs, byUnits, byGraphemes) => {
    expect(new SegmentedMessage(body, "auto", false).segmentsCount).toBe(theirs);
    expect(measureText(body).segments).toBe(byUnits);
    expect(measureText(body, graphemes).segments).toBe(byGraphemes);
  });

  it("counts units where the calculator counts graphemes", () => {
    expect(new SegmentedMessage("😀", "auto", false).numberOfCharacters).toBe(1);
    expect(measureText("😀").units).toBe(2);
  });

  it.each([
    ["NO-BREAK SPACE", "\u00a0", "  ", " "],
    ["TAB", "\t", "       ", " "],
    ["decomposed ñ", "n\u0303", "n~", "ñ"],
    ["decomposed ê", "e\u0302", "e^", "e\u0302"],
    ["the Greek question mark", "\u037e", "\u037e", ";"],
  ])("encodes %s otherwise, as documented", (_, body, theirs, ours) => {
    expect(new SegmentedMessage(body, "auto", true).graphemes.join("")).toBe(theirs);
    expect(smartEncode(body).text).toBe(ours);
  });
});
