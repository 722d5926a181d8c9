import { describe, expect, test } from "vitest";
import { keywordAnswerOf } from "../../../src/core/consent/keyword-answer";
import type { AskedKeyword, KeywordAnswers } from "../../../src/core/consent/keyword-answer";

const ANSWERS: KeywordAnswers = {
  programme: "Blue Door",
  contact: "bluedoor.example",
  senders: ["+15005550006"],
  stop: null,
  help: null,
  start: null,
};
const ASKED: AskedKeyword = {
  intent: "stop",
  optOutType: null,
  to: "24273",
  isShortCode: true,
  changed: true,
  mayReceive: false,
};

describe("the answer to a keyword", () => {
  test.each<[string, Partial<AskedKeyword>, "stop" | "help" | "start" | null]>([
    ["a STOP that took effect", {}, "stop"],
    ["a STOP that changed nothing", { changed: false }, null],
    ["a START that took effect", { intent: "start", mayReceive: true }, "start"],
    ["a START that changed nothing", { intent: "start", changed: false, mayReceive: true }, null],
    ["HELP", { intent: "help", changed: false, mayReceive: true }, "help"],
    ["HELP of someone who opted out", { intent: "help", changed: false }, null],
    ["words that may mean stop", { intent: "maybe-stop" }, null],
    ["anything else", { intent: "none" }, null],
    ["a keyword that Twilio has answered", { optOutType: "STOP" }, null],
    ["a keyword to a long code", { to: "+15005550007", isShortCode: false }, null],
    ["a keyword to a sender that the host names", { to: "+15005550006", isShortCode: false }, "stop"],
  ])("to %s", (_, change, answers) => {
    expect(keywordAnswerOf({ ...ASKED, ...change }, ANSWERS)?.answers ?? null).toBe(answers);
    expect(keywordAnswerOf({ ...ASKED, ...change }, null)).toBeNull();
  });

  test.each<["stop" | "help" | "start"]>([["stop"], ["help"], ["start"]])(
    "to %s fits one segment by default, or is the host's own",
    (intent) => {
      const asked = { ...ASKED, intent, mayReceive: true };
      const usual = keywordAnswerOf(asked, ANSWERS)?.body ?? "";
      expect(usual.startsWith("Blue Door: ")).toBe(true);
      expect(usual.length).toBeLessThanOrEqual(160);
      expect(keywordAnswerOf(asked, { ...ANSWERS, [intent]: "Our own." })?.body).toBe("Our own.");
    },
  );
});
