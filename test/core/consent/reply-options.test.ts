import { describe, expect, test } from "vitest";
import { classifyReply } from "../../../src/core/consent/classify-reply";
import {
  ARABIC,
  CHINESE,
  FRENCH,
  GERMAN,
  HINDI,
  JAPANESE,
  KOREAN,
  SPANISH,
  SWEDISH,
  TURKISH,
} from "../../../src/core/consent/languages";
import { LANGUAGES } from "./reply-tables";

describe("languages", () => {
  test("each language has its own tag", () => {
    expect(new Set(LANGUAGES.map(({ tag }) => tag)).size).toBe(LANGUAGES.length);
  });

  test.each(
    LANGUAGES.flatMap((language) => language.stop.map((word) => [language.tag, word, language] as const)),
  )("%s: %s alone opts out, in any decoration", (_tag, word, language) => {
    for (const body of [word, word.toLowerCase(), ` ${word}!! `, `“${word}”`]) {
      expect(classifyReply(body, { languages: [language] }).intent).toBe("stop");
    }
  });

  test.each(
    LANGUAGES.flatMap((language) =>
      (language.maybeStop ?? []).map((word) => [language.tag, word, language] as const),
    ),
  )("%s: %s alone leaves the matter open", (_tag, word, language) => {
    expect(classifyReply(word, { languages: [language] })).toMatchObject({
      intent: "maybe-stop",
      reason: "ambiguous_keyword",
      language: language.tag,
    });
  });

  test.each(
    LANGUAGES.flatMap((language) =>
      (language.help ?? []).map((word) => [language.tag, word, language] as const),
    ),
  )("%s: %s alone asks for help", (_tag, word, language) => {
    expect(classifyReply(word, { languages: [language] })).toEqual({
      intent: "help",
      keyword: word,
      language: language.tag,
      reason: "extra_keyword",
    });
    expect(classifyReply(`${word}!`, { languages: [language] }).intent).toBe("none");
  });

  test("words of a language are not read unless it is asked for", () => {
    expect(classifyReply("Abmelden").intent).toBe("none");
    expect(classifyReply("Abmelden", { languages: [FRENCH] }).intent).toBe("none");
    expect(classifyReply("Abmelden", { languages: [FRENCH, GERMAN] })).toEqual({
      intent: "stop",
      keyword: "ABMELDEN",
      language: "de",
      reason: "extra_keyword",
    });
  });

  test("ARRET is read without French, since a Canadian may write to any number", () => {
    expect(classifyReply("Arrêt")).toMatchObject({ intent: "stop", keyword: "ARRET", language: "fr" });
  });

  test("English stays in force beside other languages, courtesies included", () => {
    expect(classifyReply("STOP, merci", { languages: [FRENCH] })).toMatchObject({
      intent: "stop",
      keyword: "STOP",
      reason: "keyword_with_courtesy",
    });
    expect(classifyReply("please stop texting me", { languages: [FRENCH] }).language).toBe("en");
  });

  test("a word that is a slip in English and a keyword elsewhere is the keyword", () => {
    expect(classifyReply("stopp").reason).toBe("misspelled_keyword");
    expect(classifyReply("stopp tack", { languages: [SWEDISH] })).toMatchObject({
      intent: "stop",
      language: "sv",
    });
  });

  test.each([
    ["no quiero recibir más mensajes", SPANISH],
    ["لا ترسل لي رسائل", ARABIC],
    ["请停止发送短信", CHINESE],
    ["配信を止めてください", JAPANESE],
    ["더 이상 문자 보내지 마세요", KOREAN],
    ["मुझे मैसेज नहीं चाहिए", HINDI],
  ])("%s is a request", (body, language) => {
    const expected = { intent: "maybe-stop", language: language.tag, reason: "informal_request" };
    expect(classifyReply(body, { languages: [language] })).toEqual(expected);
    expect(classifyReply(body).intent).toBe("none");
  });

  test("vowel signs keep Hindi words apart", () => {
    expect(classifyReply("रोको", { languages: [HINDI] }).intent).toBe("stop");
    expect(classifyReply("रुको", { languages: [HINDI] }).intent).toBe("none");
  });
});

describe("country", () => {
  test.each([
    ["REMOVE", "US"],
    ["REMOVE", "CA"],
    ["remove", "us"],
  ])("%s opts out in %s, and elsewhere leaves the matter open", (body, country) => {
    expect(classifyReply(body, { country }).intent).toBe("stop");
    expect(classifyReply(body).intent).toBe("maybe-stop");
    expect(classifyReply(body, { country: "GB" }).intent).toBe("maybe-stop");
  });

  test("AIDE asks for help in Canada", () => {
    expect(classifyReply("aide", { country: "CA" })).toMatchObject({ intent: "help", keyword: "AIDE" });
    expect(classifyReply("aide").intent).toBe("none");
  });

  test("RET opts out in Turkey only", () => {
    expect(classifyReply("RET", { languages: [TURKISH], country: "TR" }).intent).toBe("stop");
    expect(classifyReply("RET", { languages: [TURKISH], country: "DE" }).intent).toBe("maybe-stop");
    expect(classifyReply("RET", { country: "TR" }).intent).toBe("none");
  });

  test.each(["__proto__", "constructor", ""])("%j is a country without words of its own", (country) => {
    expect(classifyReply("aide", { country }).intent).toBe("none");
    expect(classifyReply("STOP", { country }).intent).toBe("stop");
  });
});

describe("keywords of the host", () => {
  const keywords = { stop: ["No mas", "🚫x"], start: ["JOIN"], help: ["menu"] };

  test.each([
    ["NO MÁS", "stop", "NO MAS"],
    ["no mas, please", "stop", "NO MAS"],
    ["x", "stop", "🚫X"],
    ["join", "start", "JOIN"],
    [" MENU ", "help", "MENU"],
  ] as const)("%j means %s", (body, intent, keyword) => {
    expect(classifyReply(body, { keywords })).toMatchObject({ intent, keyword });
    expect(classifyReply(body, { keywords })).not.toHaveProperty("language");
    expect(classifyReply(body).intent).toBe("none");
  });

  test("opting in and help stay exact", () => {
    expect(classifyReply("join!", { keywords }).intent).toBe("none");
    expect(classifyReply("the menu", { keywords }).intent).toBe("none");
  });

  test("none of them opts in on a toll-free number, where the carrier would keep its block", () => {
    expect(classifyReply("join", { keywords, tollFree: true })).toEqual({
      intent: "none",
      keyword: "JOIN",
      reason: "keyword_not_on_toll_free",
    });
  });

  test("Twilio's own keywords cannot be given another meaning", () => {
    expect(classifyReply("stop", { keywords: { start: ["STOP"], help: ["STOP"] } }).intent).toBe("stop");
    expect(classifyReply("HELP", { keywords: { stop: ["HELP"] } }).intent).toBe("help");
  });

  test.each([{ stop: [""] }, { stop: ["!!"] }, { start: ["JA!"] }, { start: [""] }, { help: ["помощь"] }])(
    "%j is refused",
    (wrong) => {
      expect(() => classifyReply("hello", { keywords: wrong })).toThrow(TypeError);
    },
  );
});
