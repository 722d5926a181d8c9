import { describe, expect, test } from "vitest";
import { hasInformalRequest } from "../../../src/core/consent/informal-requests";
import { readVocabulary } from "../../../src/core/consent/language";
import { ENGLISH } from "../../../src/core/consent/languages/english";
import { MAX_INSPECTED_UNITS, readReplyWords } from "../../../src/core/consent/reply-words";
import { LANGUAGES } from "./reply-tables";

/** How often the matcher looks at a word of a clause of `count` words. */
function countReads(
  unit: readonly string[],
  count: number,
  rules: ReturnType<typeof readVocabulary>["requests"],
) {
  let reads = 0;
  const words = Array.from({ length: count }, (_, at) => unit[at % unit.length] ?? "");
  const clause = new Proxy(words, {
    get: (target, key, receiver) => {
      reads += 1;
      const value: unknown = Reflect.get(target, key, receiver);
      return value;
    },
  });
  hasInformalRequest([clause], { ...rules, shortForms: new Map() });
  return reads;
}

describe("the work done on a hostile reply", () => {
  const vocabularies = [ENGLISH, ...LANGUAGES].map((language) => readVocabulary(language));

  test.each(
    [
      ["stop all the".split(" ")],
      ["please stop all".split(" ")],
      ["and stop the the the the the the".split(" ")],
      ["so i want you guys to".split(" ")],
      ["dont ever call and".split(" ")],
      ["please take my number off of your".split(" ")],
      ["and"],
    ].map((row) => [[...row].flat()]),
  )("grows in proportion to its length for %j", (unit) => {
    for (const { requests } of vocabularies) {
      const once = countReads(unit, 400, requests);
      expect(countReads(unit, 800, requests)).toBeLessThan(once * 2 + 200);
      expect(once).toBeLessThan(400 * 400);
    }
  });

  test("no more is read of a body than Twilio accepts", () => {
    const words = readReplyWords("a ".repeat(500_000));
    expect(words.words.length).toBeLessThanOrEqual(MAX_INSPECTED_UNITS / 2);
  });
});
