import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifyReply } from "../../../src/core/consent/classify-reply";
import type { ReplyReason } from "../../../src/core/consent/classify-reply";
import { HELP_KEYWORDS, START_KEYWORDS, STOP_KEYWORDS } from "../../../src/core/consent/keywords";

const ZERO_WIDTH_SPACE = "\u200B";
const SOFT_HYPHEN = "\u00AD";
const RIGHT_TO_LEFT_MARK = "\u200F";

describe("exact keywords", () => {
  test.each([...STOP_KEYWORDS])("%s alone opts out", (keyword) => {
    const expected = { intent: "stop", keyword, language: "en", reason: "exact_keyword" };
    expect(classifyReply(keyword)).toEqual(expected);
    expect(classifyReply(` ${keyword.toLowerCase()}\r\n`)).toEqual(expected);
  });

  test.each([...START_KEYWORDS])("%s alone opts in", (keyword) => {
    const expected = { intent: "start", keyword, language: "en", reason: "exact_keyword" };
    expect(classifyReply(keyword)).toEqual(expected);
    expect(classifyReply(`\t${keyword.toLowerCase()} `)).toEqual(expected);
  });

  test.each([...HELP_KEYWORDS])("%s alone asks for help", (keyword) => {
    expect(classifyReply(` ${keyword.toLowerCase()} `)).toEqual({
      intent: "help",
      keyword,
      language: "en",
      reason: "exact_keyword",
    });
  });

  test("YES does not opt in on a toll-free number, where the carrier ignores it", () => {
    expect(classifyReply("yes", { tollFree: true })).toEqual({
      intent: "none",
      keyword: "YES",
      language: "en",
      reason: "keyword_not_on_toll_free",
    });
    expect(classifyReply("yes", { tollFree: false }).intent).toBe("start");
    expect(classifyReply("START", { tollFree: true }).intent).toBe("start");
    expect(classifyReply("unstop", { tollFree: true }).intent).toBe("start");
    expect(classifyReply("STOP", { tollFree: true }).intent).toBe("stop");
    expect(classifyReply("HELP", { tollFree: true }).intent).toBe("help");
  });
});

describe("lenient opt-out", () => {
  test.each<[string, string, ReplyReason]>([
    ["STOP.", "STOP", "decorated_keyword"],
    ["STOP!!!", "STOP", "decorated_keyword"],
    ["stop?", "STOP", "decorated_keyword"],
    ['"STOP"', "STOP", "decorated_keyword"],
    ["“Stop”", "STOP", "decorated_keyword"],
    ["'stop'", "STOP", "decorated_keyword"],
    ["(stop)", "STOP", "decorated_keyword"],
    ["*STOP*", "STOP", "decorated_keyword"],
    ["#stop", "STOP", "decorated_keyword"],
    ["🛑 STOP 🛑", "STOP", "decorated_keyword"],
    ["stop👍🏽", "STOP", "decorated_keyword"],
    ["stop❤️", "STOP", "decorated_keyword"],
    ["stop 👩‍👩‍👧", "STOP", "decorated_keyword"],
    ["STOP STOP STOP", "STOP", "decorated_keyword"],
    ["stop,stop", "STOP", "decorated_keyword"],
    ["Stop\nStop", "STOP", "decorated_keyword"],
    ["STOP UNSUBSCRIBE", "STOP", "decorated_keyword"],
    ["cancel, end, quit", "CANCEL", "decorated_keyword"],
    ["Unsubscribe.", "UNSUBSCRIBE", "decorated_keyword"],
    ["Cancel!", "CANCEL", "decorated_keyword"],
    ["s t o p", "STOP", "decorated_keyword"],
    ["S.T.O.P.", "STOP", "decorated_keyword"],
    [`ST${ZERO_WIDTH_SPACE}OP`, "STOP", "decorated_keyword"],
    [`S${SOFT_HYPHEN}T${RIGHT_TO_LEFT_MARK}OP`, "STOP", "decorated_keyword"],
    ["\uFEFFstop\u0000", "STOP", "decorated_keyword"],
    ["stóp", "STOP", "decorated_keyword"],
    ["STO\u0301P", "STOP", "decorated_keyword"],
    ["ＳＴＯＰ", "STOP", "decorated_keyword"],
    ["𝐒𝐓𝐎𝐏", "STOP", "decorated_keyword"],
    ["ⓈⓉⓄⓅ", "STOP", "decorated_keyword"],
    ["ſtop", "STOP", "decorated_keyword"],
    ["Stop. Thank you", "STOP", "keyword_with_courtesy"],
    ["Stop thank you so much", "STOP", "keyword_with_courtesy"],
    ["STOP PLEASE", "STOP", "keyword_with_courtesy"],
    ["please stop", "STOP", "keyword_with_courtesy"],
    ["Pls stop now!", "STOP", "keyword_with_courtesy"],
    ["ok stop thx", "STOP", "keyword_with_courtesy"],
    ["Hi, unsubscribe please. Thank u", "UNSUBSCRIBE", "keyword_with_courtesy"],
    ["opt out", "OPT OUT", "extra_keyword"],
    ["OPT-OUT", "OPT OUT", "extra_keyword"],
    ["Opt Out!", "OPT OUT", "extra_keyword"],
    ["opt‑out", "OPT OUT", "extra_keyword"],
    ["opt-out please", "OPT OUT", "keyword_with_courtesy"],
    ["Opt\u00A0out", "OPT OUT", "extra_keyword"],
    ["stop all", "STOP ALL", "extra_keyword"],
    ["STOP2END", "STOP2END", "extra_keyword"],
    ["Un-subscribe", "UN SUBSCRIBE", "extra_keyword"],
    ["Stooop!!", "STOP", "decorated_keyword"],
    ["No. Stop.", "STOP", "decorated_keyword"],
    ["STOP - thank you", "STOP", "keyword_with_courtesy"],
    ["STOP\n\nSent from my iPhone", "STOP", "decorated_keyword"],
    ["Stop Sent from my Galaxy", "STOP", "decorated_keyword"],
    ["stop\n\nGet Outlook for iOS", "STOP", "decorated_keyword"],
  ])("%j opts out", (body, keyword, reason) => {
    expect(classifyReply(body)).toEqual({ intent: "stop", keyword, language: "en", reason });
  });
});

describe("strict opt-in and help", () => {
  test.each([
    "YES please",
    "yes!",
    "Start.",
    "START START",
    "start again",
    "UNSTOP!",
    "ＳＴＡＲＴ",
    "ſtart",
    "y\u200Bes",
    '"YES"',
    "help me",
    "HELP!",
    "info?",
    "ınfo",
    "h e l p",
  ])("%j is not taken for an opt-in or a call for help", (body) => {
    expect(classifyReply(body)).toEqual({ intent: "none", reason: "no_keyword" });
  });
});

describe("sentences that contain a keyword", () => {
  test.each([
    "stop by at 5?",
    "Can you stop by tomorrow?",
    "I'll stop at the store",
    "we have got to STOP this bill",
    "the bus stop on Main St",
    "full stop.",
    "nonstop flight",
    "cancel my appointment",
    "I need to cancel",
    "can I cancel for Tuesday",
    "I can't make it. Cancel.",
    "when does the sale end",
    "end of the month works",
    "the end",
    "I quit my job",
    "quit it",
    "don't quit on me",
    "did you stop the machine?",
    "stopped",
    "Stop the car at the corner please",
    "how to opt out of the insurance",
    "revoke the old key",
    "stop or start?",
    "Reply STOP to unsubscribe",
    "yes, see you then",
  ])("%j does not opt out", (body) => {
    expect(classifyReply(body)).toEqual({ intent: "none", reason: "no_keyword" });
  });
});

describe("requests that a person should look at", () => {
  test.each<[string, string, ReplyReason]>([
    ["please cancel", "CANCEL", "keyword_with_courtesy"],
    ["Cancel, thanks", "CANCEL", "keyword_with_courtesy"],
    ["ok end", "END", "keyword_with_courtesy"],
    ["STOP 12345", "STOP", "keyword_with_argument"],
    ["unsubscribe 7", "UNSUBSCRIBE", "keyword_with_argument"],
    ["Remove", "REMOVE", "ambiguous_keyword"],
    ["stpo", "STPO", "misspelled_keyword"],
    ["SOTP please", "SOTP", "misspelled_keyword"],
    ["Unsubcribe", "UNSUBSCRIBE", "misspelled_keyword"],
    ["usnubscribe", "UNSUBSCRIBE", "misspelled_keyword"],
  ])("%j may be an opt-out", (body, keyword, reason) => {
    expect(classifyReply(body)).toEqual({ intent: "maybe-stop", keyword, language: "en", reason });
  });

  test("an everyday keyword with a number behind it is no request", () => {
    expect(classifyReply("cancel 12345").intent).toBe("none");
  });
});

describe("empty replies", () => {
  test.each(["", " ", "\r\n\t", "\u200B\u200D", "\u0000", "\uFE0F", "\u2800", "\u3164"])(
    "%j is empty",
    (body) => {
      expect(classifyReply(body)).toEqual({ intent: "none", reason: "empty" });
    },
  );

  test.each(["👍", "?", "...", "\uD83D"])("%j says something, but no keyword", (body) => {
    expect(classifyReply(body)).toEqual({ intent: "none", reason: "no_keyword" });
  });
});

describe("on any text", () => {
  const decoration = fc.string({
    unit: fc.constantFrom(" ", "!", ".", "?", "\n", "🛑", "\u200B", "*", '"', "…", "-", "👍🏽", "\uFE0F"),
    maxLength: 20,
  });

  test("a STOP keyword in any decoration opts out", () => {
    fc.assert(
      fc.property(decoration, fc.constantFrom(...STOP_KEYWORDS), decoration, (before, keyword, after) => {
        expect(classifyReply(before + keyword + after)).toMatchObject({ intent: "stop", keyword });
      }),
    );
  });

  test("an opt-in or help is only ever read from the bare ASCII keyword", () => {
    const bare: ReadonlySet<string> = new Set([...START_KEYWORDS, ...HELP_KEYWORDS]);
    const wordy = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.tuple(decoration, fc.constantFrom(...bare), decoration).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(wordy, (body) => {
        const { intent } = classifyReply(body);
        expect(intent === "start" || intent === "help").toBe(
          bare.has(body.trim().toUpperCase()) && /^[\x20-\x7E\s\uFEFF]*$/u.test(body),
        );
      }),
    );
  });

  test("it answers with one of the known intents and is stable under outer white space", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (body) => {
        const reply = classifyReply(body);
        expect(["stop", "start", "help", "maybe-stop", "none"]).toContain(reply.intent);
        expect(classifyReply(` \n${body.trim()}\t`)).toEqual(reply);
      }),
    );
  });

  test("what lies beyond the longest body Twilio accepts is not read", () => {
    expect(classifyReply("STOP ".repeat(1_000)).intent).toBe("stop");
    expect(classifyReply(`${"x ".repeat(900)}. stop texting me`).intent).toBe("none");
    expect(classifyReply(`${" ".repeat(10_000)}stop!`).intent).toBe("stop");
  });

  test.each([
    ["please ", "a request never begins"],
    ["stop all ", "a slot that repeats"],
    ["i want you to ", "lead-ins without a request"],
    ["a\u0301\u0323", "marks in the wrong order"],
    ["\uFDFA", "a character that unfolds into eighteen"],
    ["stop and ", "openers"],
  ])("a hostile body of %j is answered like its first part (%s)", (unit) => {
    const first = classifyReply(unit.repeat(Math.floor(3_200 / unit.length)));
    expect(classifyReply(unit.repeat(200_000))).toEqual(first);
  });
});
