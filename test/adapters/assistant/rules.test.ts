import { describe, expect, it } from "vitest";
import { ruleAssistant } from "../../../src/adapters/assistant/rules";
import type { Rule } from "../../../src/adapters/assistant/rules";
import type { AssistantAnswer, AssistantRequest } from "../../../src/ports/assistant";

function ask(
  bodies: readonly string[],
  rules: readonly Rule[],
  otherwise?: string,
): Promise<AssistantAnswer> {
  const assistant = ruleAssistant({ rules, ...(otherwise === undefined ? {} : { otherwise }) });
  // Rules look at nothing but the texts.
  const request = {
    messages: bodies.map((body) => ({ body })),
    maxSegments: 2,
  } as unknown as AssistantRequest;
  return assistant.answer(request, { signal: new AbortController().signal });
}

const HANDOFF: AssistantAnswer = { kind: "handoff", why: "No rule fits." };
const YES: AssistantAnswer = { kind: "reply", body: "yes" };

describe("rules", () => {
  it.each<[string, readonly string[] | RegExp, string, boolean]>([
    ["a word", ["hours"], "What are your hours?", true],
    ["a word in another case", ["HOURS"], "Hours", true],
    ["one word of several", ["open", "hours"], "are you OPEN", true],
    ["a part of a word", ["our"], "hours", false],
    ["a phrase", ["opening hours"], "Your Opening   Hours, please", true],
    ["a phrase whose words are apart", ["opening hours"], "opening at what hours", false],
    ["a phrase within longer words", ["pen hours"], "open hours", false],
    ["a word with an apostrophe", ["don't"], "I DON'T know", true],
    ["a word with accents in another form", ["café"], "the cafe\u0301?", true],
    ["a word with vowel signs", ["नमस्ते"], "नमस्ते!", true],
    ["a part of a word with vowel signs", ["नमस"], "नमस्ते", false],
    ["a word in Cyrillic", ["часы"], "Какие ЧАСЫ?", true],
    ["no words", [], "anything", false],
    ["an empty word", [""], "", false],
    ["a word of nothing but signs", ["?!"], "what?!", false],
    ["a pattern", /order\s+\d+/i, "About Order 42", true],
    ["a pattern that does not fit", /order\s+\d+/i, "order", false],
  ])("%s", async (_, when, body, fits) => {
    expect(await ask([body], [{ when, reply: "yes" }])).toEqual(fits ? YES : HANDOFF);
  });

  it("a pattern with state answers the same every time", async () => {
    const rules = [{ when: /open/gy, reply: "yes" }];
    const assistant = ruleAssistant({ rules });
    // Rules look at nothing but the texts.
    const request = { messages: [{ body: "open" }], maxSegments: 2 } as unknown as AssistantRequest;
    const signal = new AbortController().signal;
    for (let time = 0; time < 3; time += 1) expect(await assistant.answer(request, { signal })).toEqual(YES);
  });

  it("the first that fits answers, and only the last message counts", async () => {
    const rules = [
      { when: ["price"], reply: "first" },
      { when: ["price", "hours"], reply: "second" },
    ];
    expect(await ask(["hours", "price and hours"], rules)).toEqual({ kind: "reply", body: "first" });
    expect(await ask(["price", "hours"], rules)).toEqual({ kind: "reply", body: "second" });
    expect(await ask(["price", "thanks"], rules)).toEqual(HANDOFF);
  });

  it("otherwise says what it was told to say, also to nothing at all", async () => {
    expect(await ask(["hm"], [], "Back soon.")).toEqual({ kind: "reply", body: "Back soon." });
    expect(await ask([], [{ when: ["x"], reply: "y" }])).toEqual(HANDOFF);
  });

  it("answers a very long message in no time", async () => {
    expect(await ask(["a ".repeat(200_000)], [{ when: ["b", "a b"], reply: "yes" }])).toEqual(HANDOFF);
  });
});
