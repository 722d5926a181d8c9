import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { measureText } from "../../../src/core/text/segments";
import { fitSegments } from "../../../src/core/text/shorten";

const repeat = (text: string, times: number): string => text.repeat(times);

describe("fitSegments", () => {
  it("gives back a body that fits, untouched", () => {
    expect(fitSegments(` ${repeat("a", 158)} `, 1)).toEqual({ text: ` ${repeat("a", 158)} `, cut: false });
    expect(fitSegments("", 1)).toEqual({ text: "", cut: false });
  });

  it("cuts at the end of a sentence that keeps at least half", () => {
    const first = `${repeat("word ", 20)}end.`;
    expect(fitSegments(`${first} ${repeat("More ", 40)}`, 1)).toEqual({ text: first, cut: true });
    const trailing = "This has been said to so many people…";
    expect(fitSegments(`${trailing} ${repeat("More ", 40)}`, 1)).toEqual({ text: trailing, cut: true });
  });

  it("takes a shout or a question for a sentence whatever follows", () => {
    const first = `${repeat("w ", 45)}really?`;
    expect(fitSegments(`${first} ${repeat("more ", 40)}`, 1).text).toBe(first);
  });

  it.each(["!", "?", ".", '."', ".)", "?!"])("knows a sentence that ends with %s", (ending) => {
    const first = `${repeat("w ", 45)}end${ending}`;
    expect(fitSegments(`${first} ${repeat("More ", 60)}`, 1).text).toBe(first);
  });

  it("does not take an abbreviation before a lower-case word for a sentence", () => {
    const body = `${repeat("word ", 20)}e.g. ${repeat("more ", 40)}`;
    expect(fitSegments(body, 1).text).toBe(`${repeat("word ", 20)}e.g. ${repeat("more ", 11)}`.trimEnd());
  });

  it("does not throw most of the text away for an early full stop", () => {
    expect(fitSegments(`Hi. ${repeat("word ", 60)}`, 1).text).toBe(`Hi. ${repeat("word ", 31)}`.trimEnd());
  });

  it("cuts Chinese at its own full stop", () => {
    expect(fitSegments(`${repeat("中", 50)}。${repeat("文", 50)}`, 1).text).toBe(`${repeat("中", 50)}。`);
  });

  it("cuts between words and drops the white space", () => {
    const { text } = fitSegments(repeat("abcdefghi ", 30), 1);
    expect(text).toBe(repeat("abcdefghi ", 16).trimEnd());
  });

  it("cuts a single long word at the limit", () => {
    expect(fitSegments(repeat("a", 200), 1)).toEqual({ text: repeat("a", 160), cut: true });
    expect(fitSegments(repeat("a", 1000), 2)).toEqual({ text: repeat("a", 306), cut: true });
  });

  it("keeps an emoji of several code points whole", () => {
    const family = "👩‍👩‍👧";
    const { text } = fitSegments(repeat(family, 20), 1);
    expect(text).toBe(repeat(family, 8));
  });

  it("keeps flags whole", () => {
    expect(fitSegments(repeat("🇩🇪", 200), 3).text).toBe(repeat("🇩🇪", Math.floor((3 * 66) / 4)));
    expect(fitSegments(`x${repeat("🇩🇪", 200)}`, 1).text).toBe(`x${repeat("🇩🇪", 17)}`);
  });

  it("cuts a cluster longer than a segment by code point", () => {
    const { text } = fitSegments(`e${repeat("\u0301", 500)}`, 1);
    expect(text).toBe(`e${repeat("\u0301", 69)}`);
  });

  it("leaves a link out rather than break it", () => {
    const link = `https://example.com/${repeat("x", 80)}`;
    const body = `${repeat("word ", 18)}see ${link} for more`;
    expect(fitSegments(body, 1).text).toBe(`${repeat("word ", 18)}see`);
  });

  it.each([
    "https://example.com/abcdefghijklmnop",
    "www.example.com/abcdefghijklmnop",
    "bit.ly/abcdefghijklmnopqrstu",
  ])("finds %s wherever the cut falls in it", (link) => {
    for (let inside = 1; inside < link.length; inside += 1) {
      const before = `${repeat("x", 160 - inside - 1)} `;
      expect(fitSegments(`${before}${link} ${repeat("y", 50)}`, 1).text).toBe(before.trimEnd());
    }
  });

  it("finds a link that follows text without a space", () => {
    const body = `${repeat("看", 60)}https://example.com/abcdef`;
    expect(fitSegments(body, 1).text).toBe(repeat("看", 60));
  });

  it("breaks a link when the text is nothing else", () => {
    const link = `https://example.com/${repeat("x", 300)}`;
    expect(fitSegments(link, 1).text).toBe(link.slice(0, 160));
  });

  it("stays in GSM-7 where the first emoji no longer fits", () => {
    const body = `${repeat("a", 150)}😀`;
    expect(fitSegments(body, 1)).toEqual({ text: repeat("a", 150), cut: true });
  });

  it("keeps the emoji where there is room in UCS-2", () => {
    expect(fitSegments(`😀${repeat("a", 150)}`, 1).text).toBe(`😀${repeat("a", 68)}`);
  });

  it("keeps something of a body of white space", () => {
    expect(fitSegments(repeat(" ", 400), 1)).toEqual({ text: repeat(" ", 160), cut: true });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d segments", (maxSegments) => {
    expect(() => fitSegments("a", maxSegments)).toThrow(TypeError);
  });

  it("gives a beginning of the body that fits and breaks no pair, whatever the text", () => {
    const unit = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom("a", "b ", ". ", "]", "€", "\n") },
      {
        weight: 1,
        arbitrary: fc.constantFrom("中", "😀", "🇩🇪", "\u0301", "👩‍👩‍👧", "https://x.com/a", "\ud83d", "。"),
      },
    );
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 500 }),
        fc.integer({ min: 1, max: 4 }),
        (body, maxSegments) => {
          const { text, cut } = fitSegments(body, maxSegments);
          expect(body.startsWith(text)).toBe(true);
          expect(cut).toBe(text !== body);
          expect(measureText(text).segments).toBeLessThanOrEqual(maxSegments);
          expect(text.length > 0 || body.length === 0).toBe(true);
          expect(/[\ud800-\udbff]$/.test(text) && /^[\udc00-\udfff]/.test(body.slice(text.length))).toBe(
            false,
          );
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("keeps at least half of what would have fitted, unless a link or a cluster is in the way", () => {
    const words = fc.array(fc.constantFrom("one ", "twelve ", "mañana. ", "ok! ", "12:30 "), {
      minLength: 60,
      maxLength: 200,
    });
    fc.assert(
      fc.property(words, (parts) => {
        expect(fitSegments(parts.join(""), 1).text.length).toBeGreaterThanOrEqual(79);
      }),
    );
  });

  it("takes a megabyte of any kind", () => {
    for (const piece of [
      "a",
      "a ",
      ".",
      "https://",
      "e\u0301",
      "\u0301",
      "🇩🇪",
      "w.w.",
      "://",
      "\ud83d",
      " ",
    ]) {
      const body = repeat(piece, Math.ceil(1_000_000 / piece.length));
      expect(measureText(fitSegments(body, 10).text).segments).toBeLessThanOrEqual(10);
      expect(measureText(fitSegments(body, 1_000).text).segments).toBeLessThanOrEqual(1_000);
    }
  });
});

describe("fitSegments without Intl.Segmenter", () => {
  const { Segmenter } = Intl;
  afterEach(() => {
    Object.assign(Intl, { Segmenter });
    vi.resetModules();
  });

  it("still breaks no surrogate pair", async () => {
    Object.assign(Intl, { Segmenter: undefined });
    // A fresh copy of the module, because the segmenter is looked up once.
    vi.resetModules();
    const fresh = await import("../../../src/core/text/shorten");
    expect(fresh.fitSegments(`中${repeat("😀", 60)}`, 1).text).toBe(`中${repeat("😀", 34)}`);
  });
});
