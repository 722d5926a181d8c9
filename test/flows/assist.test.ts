import { describe, expect, it } from "vitest";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import type { Assistant, AssistantAnswer, AssistantRequest } from "../../src/ports/assistant";
import type { AssistantOptions } from "../../src/flows/sms-options";
import { FIXTURE_CONTACT, inboundSms } from "../fixtures/twilio/payloads";
import { ACCOUNT, harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { sidOf, twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();
const hours = ruleAssistant({ rules: [{ when: ["open", "hours"], reply: "We are open 9 to 5." }] });

function withAssistant(options: Partial<AssistantOptions> = {}): Harness {
  return harness({ assistant: { use: hours, ...options } });
}

async function theConversation({ sms }: Harness): Promise<string> {
  return (await sms.conversations.list()).items[0]?.id ?? "";
}

async function ask(h: Harness, body: string, index = 0): Promise<string> {
  await h.post(inboundSms({ Body: body, MessageSid: sidOf(100 + index) }));
  await h.sms.runDue();
  return theConversation(h);
}

describe("mode draft, the default", () => {
  it("proposes an answer that waits for a person", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    const { items } = await h.sms.drafts.list({ conversationId: id });
    expect(items).toMatchObject([{ body: "We are open 9 to 5.", status: "proposed", segments: 1 }]);
    expect(await h.sms.conversations.get(id)).toMatchObject({
      waitingDraftId: items[0]?.id,
      assistantMode: "draft",
    });
    expect(edge.reached).toHaveLength(0);
    expect(h.eventNames()).toContain("draft.created");
  });

  it("sends an approved draft as it is, once, however often it is approved", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    const draftId = (await h.sms.drafts.list()).items[0]?.id ?? "";
    const outcomes = await Promise.all([1, 2, 3].map(() => h.sms.drafts.approve(draftId, { by: "ann" })));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["duplicate", "duplicate", "queued"]);
    await h.sms.runDue();
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["We are open 9 to 5."]);
    expect((await h.sms.drafts.list()).items).toMatchObject([{ status: "sent", decidedBy: "ann" }]);
    expect(await h.sms.conversations.get(id)).toMatchObject({ waitingDraftId: null });
    const { items } = await h.sms.conversations.messages(id, { order: "newest-first" });
    expect(items[0]?.author).toEqual({ kind: "assistant" });
  });

  it("sends an edited draft as the person's words", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    const draftId = (await h.sms.drafts.list()).items[0]?.id ?? "";
    await h.sms.drafts.approve(draftId, { body: "Nine to five, see you!", by: "ann" });
    await h.sms.runDue();
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["Nine to five, see you!"]);
    const { items } = await h.sms.conversations.messages(id, { order: "newest-first" });
    expect(items[0]?.author).toEqual({ kind: "person", id: "ann" });
  });

  it("a newer message makes the draft stale; approving it then must be explicit", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    const first = (await h.sms.drafts.list()).items[0]?.id ?? "";
    await ask(h, "I mean the hours on Sunday", 1);
    expect(h.eventNames()).toContain("draft.stale");
    const { items } = await h.sms.drafts.list({ conversationId: id, status: "proposed" });
    expect(items).toHaveLength(1);
    expect(await h.sms.conversations.get(id)).toMatchObject({ waitingDraftId: items[0]?.id });
    expect(await h.sms.drafts.approve(first)).toEqual({
      kind: "blocked",
      reason: "draft_stale",
      message: null,
    });
    expect((await h.sms.drafts.approve(first, { evenIfStale: true })).kind).toBe("queued");
    expect(await h.sms.conversations.get(id)).toMatchObject({ waitingDraftId: items[0]?.id });
  });

  it("a person's own answer overtakes the draft", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    await h.sms.conversations.reply(id, { body: "All day." });
    expect((await h.sms.drafts.list()).items).toMatchObject([{ status: "stale" }]);
    expect(await h.sms.conversations.get(id)).toMatchObject({ waitingDraftId: null });
  });

  it("no key of the host's takes a draft's place", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    const draftId = (await h.sms.drafts.list()).items[0]?.id ?? "";
    await h.sms.conversations.reply(id, {
      body: "Hi",
      idempotencyKey: `draft:${draftId}`,
      author: { kind: "app" },
    });
    expect((await h.sms.drafts.approve(draftId)).kind).toBe("queued");
  });

  it("a discarded draft is gone for good", async () => {
    const h = withAssistant();
    const id = await ask(h, "When are you open?");
    const draftId = (await h.sms.drafts.list()).items[0]?.id ?? "";
    expect(await h.sms.drafts.discard(draftId, { by: "ann" })).toMatchObject({
      status: "discarded",
      decidedBy: "ann",
    });
    expect(await h.sms.drafts.approve(draftId)).toEqual({
      kind: "blocked",
      reason: "draft_closed",
      message: null,
    });
    expect(await h.sms.conversations.get(id)).toMatchObject({ waitingDraftId: null });
  });

  it("approval passes the gate again: a STOP since then blocks it", async () => {
    const h = withAssistant();
    await ask(h, "When are you open?");
    const draftId = (await h.sms.drafts.list()).items[0]?.id ?? "";
    await ask(h, "STOP", 1);
    expect(await h.sms.drafts.approve(draftId, { evenIfStale: true })).toMatchObject({
      kind: "blocked",
      reason: "opted_out",
    });
  });
});

describe("mode auto and off", () => {
  it("auto sends the answer by itself", async () => {
    const h = withAssistant({ mode: "auto" });
    const id = await ask(h, "When are you open?");
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["We are open 9 to 5."]);
    const { items } = await h.sms.conversations.messages(id);
    expect(items).toMatchObject([
      { direction: "inbound" },
      { direction: "outbound", author: { kind: "assistant" } },
    ]);
  });

  it("off keeps silent, and a conversation's own mode wins over the instance's", async () => {
    const h = withAssistant({ mode: "off" });
    const id = await ask(h, "When are you open?");
    expect((await h.sms.drafts.list()).items).toEqual([]);
    expect(await h.sms.conversations.setAssistantMode(id, "auto")).toMatchObject({ assistantMode: "auto" });
    await ask(h, "hours?", 1);
    expect(edge.reached).toHaveLength(1);
    expect(await h.sms.conversations.setAssistantMode(id, null)).toMatchObject({ assistantMode: "off" });
  });

  it("without an assistant no mode asks for one", async () => {
    const h = harness();
    const id = await ask(h, "Hello");
    expect(await h.sms.conversations.setAssistantMode(id, "auto")).toMatchObject({ assistantMode: "off" });
    await ask(h, "Hello again", 1);
    expect((await h.sms.conversations.get(id))?.attention).toBeNull();
    expect((await h.sms.runDue()).ran).toBe(0);
  });

  it("an answer longer than maxSegments is cut to fit", async () => {
    const rambling = ruleAssistant({ rules: [], otherwise: "This is a sentence of the answer. ".repeat(40) });
    const long = withAssistant({ use: rambling, mode: "auto", maxSegments: 1 });
    await ask(long, "Hello?");
    const body = edge.reached[0]?.form.get("Body") ?? "";
    expect(body.length).toBeLessThanOrEqual(160);
    expect(body.endsWith(".")).toBe(true);
  });
});

it("a trial account's words count towards maxSegments", async () => {
  const rambling = ruleAssistant({ rules: [], otherwise: "This is a sentence of the answer. ".repeat(40) });
  const assistant = { use: rambling, mode: "auto", maxSegments: 1 } as const;
  const h = harness({ assistant, account: { ...ACCOUNT, trial: true } });
  await ask(h, "Hello?");
  const body = edge.reached[0]?.form.get("Body") ?? "";
  expect(body.length).toBeGreaterThan(60);
  expect(body.length).toBeLessThanOrEqual(160 - 38);
  expect(body.startsWith("This is")).toBe(true);
});

describe("while the assistant is thinking", () => {
  /** An assistant whose answers come when the test says so. */
  function slow(): {
    use: Assistant;
    asked: AssistantRequest[];
    signals: AbortSignal[];
    say: (index: number, body: string) => void;
  } {
    const asked: AssistantRequest[] = [];
    const signals: AbortSignal[] = [];
    const answers: ((answer: AssistantAnswer) => void)[] = [];
    const use: Assistant = {
      answer: (request, { signal }) => {
        asked.push(request);
        signals.push(signal);
        return new Promise((resolve) => {
          answers.push(resolve);
        });
      },
    };
    return { use, asked, signals, say: (index, body) => answers[index]?.({ kind: "reply", body }) };
  }

  it.each([
    ["STOP", (h: Harness) => h.post(inboundSms({ Body: "STOP", MessageSid: sidOf(200) }))],
    [
      "a person's answer",
      async (h: Harness) => h.sms.conversations.reply(await theConversation(h), { body: "Me!" }),
    ],
    [
      "switching it off",
      async (h: Harness) => h.sms.conversations.setAssistantMode(await theConversation(h), "off"),
    ],
  ])("%s makes its answer void", async (_, meanwhile) => {
    const thinker = slow();
    const h = withAssistant({ use: thinker.use, mode: "auto" });
    await h.post(inboundSms({ Body: "Hello?", MessageSid: sidOf(100) }));
    const run = h.sms.runDue();
    await expect.poll(() => thinker.asked.length).toBe(1);
    await meanwhile(h);
    thinker.say(0, "Too late");
    await run;
    expect(edge.reached.map(({ form }) => form.get("Body"))).not.toContain("Too late");
    expect(thinker.asked).toHaveLength(1);
  });

  it("a newer message makes its answer void, and is answered itself", async () => {
    const thinker = slow();
    const h = withAssistant({ use: thinker.use, mode: "auto" });
    await h.post(inboundSms({ Body: "Are you open", MessageSid: sidOf(100) }));
    const run = h.sms.runDue();
    await expect.poll(() => thinker.asked.length).toBe(1);
    await h.post(inboundSms({ Body: "on Sunday?", MessageSid: sidOf(101) }));
    thinker.say(0, "Too late");
    await expect.poll(() => thinker.asked.length).toBe(2);
    thinker.say(1, "On Sunday we are closed.");
    await run;
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["On Sunday we are closed."]);
  });

  it("the assistant is given the last messages in order, historyMessages at most", async () => {
    const thinker = slow();
    const h = withAssistant({ use: thinker.use, historyMessages: 2, mode: "off" });
    const id = await ask(h, "one", 1);
    await ask(h, "two", 2);
    await h.sms.conversations.setAssistantMode(id, "draft");
    await h.post(inboundSms({ Body: "three", MessageSid: sidOf(103) }));
    const run = h.sms.runDue();
    await expect.poll(() => thinker.asked.length).toBe(1);
    expect(thinker.asked[0]?.messages.map(({ body }) => body)).toEqual(["two", "three"]);
    thinker.say(0, "ok");
    await run;
  });

  it("an answer later than timeoutMs is not waited for, and its signal aborts", async () => {
    const thinker = slow();
    const h = withAssistant({ use: thinker.use, timeoutMs: 5_000 });
    await h.post(inboundSms({ Body: "Hello?" }));
    const run = h.sms.runDue();
    await expect.poll(() => thinker.asked.length).toBe(1);
    await h.runtime.advance(5_000);
    await run;
    expect(thinker.signals[0]?.aborted).toBe(true);
    expect(h.events.at(-1)).toMatchObject({ name: "error", data: { error: { code: "assistant_failed" } } });
  });
});

it("proposes nothing to a contact who was opted out while it was thinking", async () => {
  const answers: ((answer: AssistantAnswer) => void)[] = [];
  const use: Assistant = {
    answer: () =>
      new Promise((resolve) => {
        answers.push(resolve);
      }),
  };
  const h = withAssistant({ use });
  await h.post(inboundSms({ Body: "Hello?" }));
  const run = h.sms.runDue();
  await expect.poll(() => answers.length).toBe(1);
  await h.sms.consent.optOut({ contact: FIXTURE_CONTACT });
  answers[0]?.({ kind: "reply", body: "Hi!" });
  await run;
  expect((await h.sms.drafts.list()).items).toEqual([]);
});

describe("an assistant that fails", () => {
  it.each<[string, Assistant]>([
    ["throws", { answer: () => Promise.reject(new Error("model is down")) }],
    ["answers nonsense", { answer: () => Promise.resolve({ kind: "shrug" } as never) }],
    ["answers a reply without text", { answer: () => Promise.resolve({ kind: "reply" } as never) }],
  ])("and %s is asked three times, then a person is", async (_, use) => {
    const h = withAssistant({ use, mode: "auto" });
    const id = await ask(h, "Hello?");
    for (let round = 0; round < 6; round += 1) {
      await h.runtime.advance(300_000);
      await h.sms.runDue();
    }
    expect(await h.sms.conversations.get(id)).toMatchObject({ attention: "handoff" });
    expect(h.eventNames().filter((name) => name === "error")).toHaveLength(3);
    expect(edge.reached).toHaveLength(0);
  });

  it("handing over flags the conversation, and a person's reply clears the flag", async () => {
    const h = withAssistant();
    const id = await ask(h, "Something no rule knows");
    expect(await h.sms.conversations.get(id)).toMatchObject({ attention: "handoff" });
    await h.sms.conversations.reply(id, { body: "Let me look." });
    expect(await h.sms.conversations.get(id)).toMatchObject({ attention: null });
  });

  it("silence leaves no trace", async () => {
    const silent: Assistant = { answer: () => Promise.resolve({ kind: "silence" }) };
    const h = withAssistant({ use: silent, mode: "auto" });
    const id = await ask(h, "ok thanks");
    expect(await h.sms.conversations.get(id)).toMatchObject({ attention: null, lastSeq: 1 });
    expect((await h.sms.runDue()).ran).toBe(0);
  });
});

it("never texts a contact that opted out by hand", async () => {
  const h = withAssistant({ mode: "auto" });
  await h.sms.consent.optOut({ contact: FIXTURE_CONTACT, by: "ann", note: "called us" });
  await ask(h, "When are you open?");
  expect(edge.reached).toHaveLength(0);
  expect((await h.sms.consent.history({ contact: FIXTURE_CONTACT })).items).toMatchObject([
    { to: "opted-out", evidence: { by: "ann", note: "called us" } },
  ]);
});
