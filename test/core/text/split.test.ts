import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { splitText } from "../../../src/core/text/split";

const repeat = (text: string, times: number): string => text.repeat(times);

describe("splitText", () => {
  it.each<[string, string, number, readonly string[]]>([
    ["what fits", "It is ready.", 20, ["It is ready."]],
    ["nothing", "", 20, []],
    ["nothing but white space", " \n ", 20, []],
    ["sentences", "It is ready. Come by at five.", 20, ["It is ready. ", "Come by at five."]],
    ["a shout and a question", "Now! Really? Yes, do come in.", 16, ["Now! Really? ", "Yes, do come in."]],
    [
      "words after an early full stop",
      "Hi. One two three four five",
      20,
      ["Hi. One two three ", "four five"],
    ],
    ["lines", "First line\nsecond line", 16, ["First line\n", "second line"]],
    ["no abbreviation", "See e.g. the other one here", 18, ["See e.g. the ", "other one here"]],
    ["words", "aaaa bbbb cccc dddd", 9, ["aaaa ", "bbbb ", "cccc dddd"]],
    ["a short word before one that fits alone", "a bbbbbbbbbb", 10, ["a ", "bbbbbbbbbb"]],
    ["a word that fills a part", "aaaaaaaaa bb", 9, ["aaaaaaaaa", " bb"]],
    ["a word longer than a part", "ab cccccccccccc", 5, ["ab cc", "ccccc", "ccccc"]],
    ["Chinese between sentences", "我喜欢吃苹果。你呢", 8, ["我喜欢吃苹果。", "你呢"]],
    ["Chinese between words", "我喜欢吃苹果和香蕉", 8, ["我喜欢吃苹果和", "香蕉"]],
    ["emoji of several code points", repeat("👩‍👩‍👧", 2), 10, ["👩‍👩‍👧", "👩‍👩‍👧"]],
    ["flags", repeat("🇩🇪", 3), 9, ["🇩🇪🇩🇪", "🇩🇪"]],
    ["CR LF that nobody can send alone", "aaa\r\nbbb", 4, ["aaa", "bbb"]],
    [
      "a grapheme longer than a part",
      `e${repeat("\u0301", 5)}`,
      4,
      [`e${repeat("\u0301", 3)}`, "\u0301\u0301"],
    ],
    ["surrogate pairs in odd rooms", "😀😀", 3, ["😀", "😀"]],
    ["a link that fits", "see https://example.com/a now", 21, ["see ", "https://example.com/a", " now"]],
    ["a link behind Chinese", "看看看看https://example.com/a", 22, ["看看看看", "https://example.com/a"]],
    ["more white space than a part", `a${repeat(" ", 30)}b`, 10, [`a${repeat(" ", 9)}`, " b"]],
  ])("splits %s", (_, body, maxUnits, parts) => {
    expect(splitText(body, maxUnits)).toEqual(parts);
  });

  it.each([1, 0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses a part of %d units", (maxUnits) => {
    expect(() => splitText("a", maxUnits)).toThrow(TypeError);
  });

  const piece = fc.constantFrom(
    "a",
    "word ",
    "End. ",
    " ",
    "\n",
    "中",
    "。",
    "😀",
    "🇩🇪",
    "👩‍👩‍👧",
    "\u0301",
    "e\u0301",
    "https://x.io/a",
    "\r\n",
  );

  it("loses nothing but parts of white space, and exceeds no room", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 120 }),
        fc.integer({ min: 2, max: 60 }),
        (pieces, maxUnits) => {
          const body = pieces.join("");
          const parts = splitText(body, maxUnits);
          expect(parts.every((part) => part.length <= maxUnits && part.trim() !== "")).toBe(true);
          let at = 0;
          for (const part of parts) {
            const found = body.indexOf(part, at);
            expect(body.slice(at, found).trim()).toBe("");
            at = found + part.length;
          }
          expect(body.slice(at).trim()).toBe("");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("cuts no grapheme that fits into a part, and no code point ever", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 80 }),
        fc.integer({ min: 12, max: 60 }),
        (pieces, maxUnits) => {
          const body = pieces.join("");
          const graphemes = [...new Intl.Segmenter().segment(body)];
          fc.pre(graphemes.every(({ segment }) => segment.length <= maxUnits));
          const starts = new Set(graphemes.map(({ index }) => index));
          let at = 0;
          for (const part of splitText(body, maxUnits)) {
            at = body.indexOf(part, at);
            expect(starts.has(at)).toBe(true);
            at += part.length;
            expect(at === body.length || starts.has(at)).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("cuts no word that fits into a part", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "ñ"), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 10, max: 40 }),
        (list, maxUnits) => {
          const parts = splitText(list.join(" "), maxUnits);
          expect(parts.flatMap((part) => part.trim().split(" "))).toEqual(list);
          expect(parts.join("")).toBe(list.join(" "));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("takes a long body of any kind", () => {
    for (const one of ["a", "a ", ". ", "e\u0301", "🇩🇪", "中", " ", "https://x.y/", "\ud83d", "\u0301"]) {
      const body = repeat(one, Math.ceil(100_000 / one.length));
      for (const maxUnits of [160, 1_600]) {
        const parts = splitText(body, maxUnits);
        expect(parts.join("") === (body.trim() === "" ? "" : body)).toBe(true);
      }
    }
  });
});

describe("splitText without Intl.Segmenter", () => {
  const { Segmenter } = Intl;
  afterEach(() => {
    Object.assign(Intl, { Segmenter });
    vi.resetModules();
  });

  it("still breaks no surrogate pair", async () => {
    Object.assign(Intl, { Segmenter: undefined });
    // A fresh copy of the module, because the segmenter is looked up once.
    vi.resetModules();
    const fresh = await import("../../../src/core/text/split");
    expect(fresh.splitText("中😀😀😀", 4)).toEqual(["中😀", "😀😀"]);
  });
});
