import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { partOf, REPLIES } from "../../fixtures/replies/corpus";
import { intentOf, LANGUAGES, measuredLines, scoreOf, wordLines } from "./reply-tables";

/** The page without the padding that the formatter puts into tables. */
function readPage(): readonly string[] {
  const page = readFileSync(new URL("../../../docs/replies.md", import.meta.url), "utf8");
  return page.split("\n").map((line) => line.replaceAll(/ +/gu, " ").trim());
}

describe("the labelled corpus", () => {
  test("it has at least 600 different replies in English and sixteen other languages", () => {
    const keys = new Set(REPLIES.map(({ language, text }) => `${language}:${text}`));
    expect(keys.size).toBe(REPLIES.length);
    expect(REPLIES.length).toBeGreaterThanOrEqual(600);
    expect(new Set(REPLIES.map(({ language }) => language)).size).toBe(17);
  });

  test("every row is in English or in a language of the library", () => {
    const known = new Set(["en", ...LANGUAGES.map(({ tag }) => tag)]);
    expect(REPLIES.filter(({ language }) => !known.has(language))).toEqual([]);
  });

  test("about a third of what was not assigned by hand is held out", () => {
    const split = REPLIES.filter(({ part }) => part === undefined);
    const share = split.filter((row) => partOf(row) === "held-out").length / split.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.37);
  });
});

describe("the classifier on the corpus", () => {
  test.each(["tuning", "held-out", "fresh"] as const)(
    "it takes no ordinary %s message for an opt-out",
    (part) => {
      const silenced = REPLIES.filter(
        (row) => partOf(row) === part && row.intent === "none" && intentOf(row) === "stop",
      );
      expect(silenced).toEqual([]);
    },
  );

  test.each([
    ["tuning", "stop", 0.98, 0.95],
    ["held-out", "stop", 0.98, 0.95],
    ["tuning", "maybe-stop", 0.95, 0.95],
    ["held-out", "maybe-stop", 0.95, 0.95],
    ["fresh", "maybe-stop", 0.9, 0.65],
    ["tuning", "none", 0.95, 0.98],
    ["held-out", "none", 0.95, 0.98],
    ["tuning", "start", 1, 1],
    ["held-out", "start", 1, 1],
    ["tuning", "help", 1, 1],
    ["held-out", "help", 1, 1],
  ] as const)("%s %s has precision ≥ %d and recall ≥ %d", (part, intent, precision, recall) => {
    const score = scoreOf(part, intent);
    expect(score.precision).toBeGreaterThanOrEqual(precision);
    expect(score.recall).toBeGreaterThanOrEqual(recall);
  });
});

describe("docs/replies.md", () => {
  test("its measurements are those of this corpus", () => {
    const page = readPage();
    expect(page.filter((line) => /^\| (?:tuning|held-out|fresh) /u.test(line))).toEqual(measuredLines());
  });

  test("its words are those of the library", () => {
    const page = readPage();
    expect(page.filter((line) => /^\| `[A-Z]+` \(/u.test(line))).toEqual(
      wordLines().map((line) => line.replaceAll(/ +/gu, " ")),
    );
  });
});
