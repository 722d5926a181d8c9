import { describe, expect, it } from "vitest";
import { SPANISH } from "../../src/core/consent/languages";
import { isSmsError } from "../../src/core/model/errors";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import type { ConsentPolicyOptions } from "../../src/flows/sms-options";
import {
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
  inboundSms,
  statusCallback,
} from "../fixtures/twilio/payloads";
import { ACCOUNT, harness, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { sidOf, twilioEdge, twilioError } from "../support/twilio-edge";

const edge = twilioEdge();
const OTHER_NUMBER = "+15005550007";
const SHORT_CODE = "24273";
const ANSWERS = { programme: "Blue Door", contact: "bluedoor.example" };
const BLOCKED = { kind: "blocked", reason: "opted_out" };
const { from: _from, ...WITHOUT_SENDER } = ACCOUNT;

function withConsent(consent: ConsentPolicyOptions, more: Parameters<typeof harness>[0] = {}): Harness {
  return harness({ consent, ...more });
}

let count = 0;
/** Posts a text from the contact; each has a sid of its own. */
async function text(h: Harness, body: string, more: Record<string, string> = {}): Promise<void> {
  count += 1;
  const response = await h.post(inboundSms({ Body: body, MessageSid: sidOf(1_000 + count), ...more }));
  expect(response.status).toBe(200);
}

function bodies(): readonly (string | null)[] {
  return edge.reached.map(({ form }) => form.get("Body"));
}

describe("the scope of an opt-out", () => {
  it("is the whole account by default", async () => {
    const h = harness();
    await text(h, "STOP", { To: OTHER_NUMBER });
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", from: FIXTURE_OURS })).toMatchObject(BLOCKED);
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({
      state: "opted-out",
      sender: null,
    });
  });

  it("is one number with scope sender, at the door and at dispatch", async () => {
    const h = withConsent({ scope: "sender" });
    const waiting = await h.sms.send({ to: FIXTURE_CONTACT, body: "From the other", from: OTHER_NUMBER });
    await text(h, "STOP", { To: OTHER_NUMBER });
    expect((await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).kind).toBe("queued");
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", from: OTHER_NUMBER })).toMatchObject(BLOCKED);
    await h.sms.runDue();
    expect(waiting.kind).toBe("queued");
    expect(bodies()).toEqual(["Hi"]);
    const asked = { contact: FIXTURE_CONTACT, sender: OTHER_NUMBER };
    expect(await h.sms.consent.get(asked)).toMatchObject({ state: "opted-out", sender: OTHER_NUMBER });
    expect((await h.sms.consent.history(asked)).items).toHaveLength(1);
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({
      state: "unknown",
      sender: FIXTURE_OURS,
    });
  });

  it("is the service with all its senders where a Messaging Service sends", async () => {
    const h = withConsent(
      { scope: "messaging-service" },
      { account: { ...WITHOUT_SENDER, messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID } },
    );
    await text(h, "STOP", { To: OTHER_NUMBER, MessagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID });
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).toMatchObject(BLOCKED);
    expect((await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", from: FIXTURE_OURS })).kind).toBe("queued");
  });

  it("of messaging-service is shared by the senders outside of one", async () => {
    const h = withConsent({ scope: "messaging-service" });
    await text(h, "STOP", { To: OTHER_NUMBER });
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", from: FIXTURE_OURS })).toMatchObject(BLOCKED);
    const service = { to: FIXTURE_CONTACT, body: "Hi", from: FIXTURE_MESSAGING_SERVICE_SID };
    expect((await h.sms.send(service)).kind).toBe("queued");
  });

  it("of a 21610 is that of the refused message", async () => {
    edge.answerWith(() => twilioError(400, 21610));
    const h = withConsent({ scope: "sender" });
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", from: OTHER_NUMBER });
    await h.sms.runDue();
    const state = async (sender: string): Promise<string> =>
      (await h.sms.consent.get({ contact: FIXTURE_CONTACT, sender })).state;
    expect(await state(OTHER_NUMBER)).toBe("opted-out");
    expect(await state(FIXTURE_OURS)).toBe("unknown");
  });
});

describe("a STOP on one channel", () => {
  it.each(["rcs", "whatsapp"])(
    "%s holds for the same person's SMS, and the other way round",
    async (channel) => {
      const h = harness();
      const elsewhere = { From: `${channel}:${FIXTURE_CONTACT}`, To: `${channel}:${FIXTURE_OURS}` };
      await text(h, "STOP", elsewhere);
      expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).toMatchObject(BLOCKED);
      expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
      await text(h, "START");
      const there = { to: elsewhere.From, from: elsewhere.To, body: "Hi" };
      expect((await h.sms.send(there)).kind).toBe("queued");
      await text(h, "STOP");
      expect(await h.sms.send(there)).toMatchObject(BLOCKED);
      await h.sms.runDue();
      expect(bodies()).toEqual([]);
    },
  );
});

describe("consent entered by hand", () => {
  it("is lifted and set by an operator, and an imported list never lifts an opt-out", async () => {
    const h = harness();
    const contact = FIXTURE_CONTACT;
    expect(await h.sms.consent.optIn({ contact, source: "import" })).toMatchObject({
      reason: "import_opt_in",
    });
    await text(h, "STOP");
    expect(await h.sms.consent.optIn({ contact, source: "import" })).toMatchObject({ state: "opted-out" });
    expect(await h.sms.consent.optIn({ contact, by: "ann" })).toMatchObject({ reason: "operator_opt_in" });
    expect(await h.sms.consent.optOut({ contact, source: "import" })).toMatchObject({
      reason: "import_opt_out",
    });
    const { items } = await h.sms.consent.history({ contact });
    expect(items.map(({ to }) => to)).toEqual(["opted-in", "opted-out", "opted-in", "opted-out"]);
  });
});

describe("words that may mean stop", () => {
  const WISH = "please stop texting me";
  const auto = { use: ruleAssistant({ rules: [], otherwise: "Hi!" }), mode: "auto" } as const;

  it("ask, the default: a person is asked, assistant and marketing are held, other texts are not", async () => {
    const h = harness({ assistant: auto });
    await text(h, WISH);
    await text(h, "Hello?");
    expect(await h.sms.runDue()).toEqual({ ran: 0 });
    expect(bodies()).toEqual([]);
    expect((await h.sms.conversations.list()).items).toMatchObject([{ attention: "maybe-stop" }]);
    const marketing = { to: FIXTURE_CONTACT, body: "Sale!", messageClass: "marketing" } as const;
    expect(await h.sms.send(marketing)).toMatchObject({ kind: "blocked", reason: "maybe_opted_out" });
    expect((await h.sms.send({ to: FIXTURE_CONTACT, body: "Your order has left" })).kind).toBe("queued");
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "unknown" });
  });

  it("ask: marketing goes on when somebody decides that it may", async () => {
    const h = harness();
    await text(h, WISH);
    expect((await h.sms.consent.get({ contact: FIXTURE_CONTACT })).maybeStopSince).not.toBeNull();
    await h.sms.consent.optIn({ contact: FIXTURE_CONTACT, by: "ann", note: "meant the other list" });
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ maybeStopSince: null });
    const outcome = await h.sms.send({ to: FIXTURE_CONTACT, body: "Sale!", messageClass: "marketing" });
    expect(outcome.kind).toBe("queued");
  });

  it("opt-out: they count as STOP, with the words as evidence", async () => {
    const h = withConsent({ maybeStop: "opt-out" });
    await text(h, WISH);
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).toMatchObject(BLOCKED);
    const { items } = await h.sms.consent.history({ contact: FIXTURE_CONTACT });
    expect(items).toMatchObject([{ to: "opted-out", reason: "informal_stop", evidence: { text: WISH } }]);
  });

  it("ignore: they mean nothing, and the assistant answers", async () => {
    const h = withConsent({ maybeStop: "ignore" }, { assistant: auto });
    await text(h, WISH);
    await h.sms.runDue();
    expect(bodies()).toEqual(["Hi!"]);
    expect((await h.sms.conversations.list()).items).toMatchObject([{ attention: null }]);
  });
});

describe("the words that are read", () => {
  const stateAfter = async (h: Harness, body: string, more: Record<string, string> = {}): Promise<string> => {
    await text(h, body, more);
    return (await h.sms.consent.get({ contact: FIXTURE_CONTACT })).state;
  };

  it("of another language count where it is switched on", async () => {
    expect(await stateAfter(harness(), "PARAR")).toBe("unknown");
    expect(await stateAfter(withConsent({ languages: [SPANISH] }), "PARAR")).toBe("opted-out");
  });

  it("of the host's own count on top of the others", async () => {
    const h = withConsent({ keywords: { stop: ["ENOUGH"], start: ["AGAIN"] } });
    expect(await stateAfter(h, "enough!")).toBe("opted-out");
    expect(await stateAfter(h, "AGAIN")).toBe("opted-in");
    expect(await stateAfter(h, "STOP")).toBe("opted-out");
    expect(await stateAfter(harness(), "enough!")).toBe("unknown");
  });

  it("of the contact's country count", async () => {
    expect(await stateAfter(harness(), "REMOVE", { FromCountry: "US" })).toBe("opted-out");
    expect(await stateAfter(harness(), "REMOVE", { FromCountry: "GB" })).toBe("unknown");
  });

  it("that cannot be read are refused at the door", () => {
    expect(() => withConsent({ keywords: { start: ["two words!"] } })).toThrow(
      expect.toSatisfy((error: unknown) => isSmsError(error) && error.code === "config_invalid"),
    );
  });
});

describe("errors that count as an opt-out", () => {
  async function failedWith(h: Harness, code: number): Promise<string> {
    const sent = await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await h.sms.runDue();
    const report = {
      MessageSid: sidOf(0),
      MessageStatus: "undelivered",
      ErrorCode: String(code),
      To: FIXTURE_CONTACT,
    };
    await h.post(statusCallback(report), `${WEBHOOK_URL}?mid=${sent.message?.id ?? ""}`);
    return (await h.sms.consent.get({ contact: FIXTURE_CONTACT })).state;
  }

  it.each<[number, ConsentPolicyOptions, string]>([
    [21610, {}, "opted-out"],
    [63014, {}, "opted-out"],
    [30004, {}, "unknown"],
    [30003, {}, "unknown"],
    [30004, { optOutErrors: [30004] }, "opted-out"],
    [63014, { optOutErrors: [30004] }, "unknown"],
    [21610, { optOutErrors: [] }, "opted-out"],
  ])("%i with %j leaves the contact %s", async (code, consent, state) => {
    expect(await failedWith(withConsent(consent), code)).toBe(state);
  });
});

describe("answers to keywords", () => {
  const toShortCode = { To: SHORT_CODE };

  it("nobody is answered unless it is configured", async () => {
    const h = harness();
    for (const word of ["STOP", "HELP", "START"]) await text(h, word, toShortCode);
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
  });

  it("a short code confirms a STOP once, although the gate is closed from then on", async () => {
    const h = withConsent({ keywordAnswers: ANSWERS });
    await text(h, "STOP", toShortCode);
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", from: SHORT_CODE })).toMatchObject(BLOCKED);
    await text(h, "STOP", toShortCode);
    await h.sms.runDue();
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("Blue Door: You are unsubscribed");
    expect(bodies()[0]).toContain("bluedoor.example");
    expect(edge.reached[0]?.form.get("From")).toBe(SHORT_CODE);
  });

  it("the confirmation is not sent later than five minutes after the STOP", async () => {
    const h = withConsent({ keywordAnswers: ANSWERS });
    await text(h, "STOP", toShortCode);
    await h.runtime.advance(5 * 60_000);
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
    const { items } = await h.sms.conversations.list();
    const messages = await h.sms.conversations.messages(items[0]?.id ?? "");
    expect(messages.items[1]).toMatchObject({ answersKeyword: "stop", status: "blocked" });
  });

  it("a confirmation of an earlier STOP does not pass after a later one by other means", async () => {
    const h = withConsent({ keywordAnswers: ANSWERS });
    await text(h, "STOP", toShortCode);
    await h.runtime.advance(10);
    await text(h, "START", toShortCode);
    await h.runtime.advance(10);
    await h.sms.consent.optOut({ contact: FIXTURE_CONTACT });
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
  });

  it("HELP is answered with programme and contact, but not to someone who opted out", async () => {
    const h = withConsent({ keywordAnswers: ANSWERS });
    const help = (): number =>
      bodies().filter((body) => body?.includes("For help contact bluedoor.example")).length;
    await text(h, "HELP", toShortCode);
    await h.sms.runDue();
    expect(help()).toBe(1);
    await text(h, "STOP", toShortCode);
    await text(h, "HELP", toShortCode);
    await h.sms.runDue();
    expect(help()).toBe(1);
    await text(h, "START", toShortCode);
    await text(h, "HELP", toShortCode);
    await h.sms.runDue();
    expect(help()).toBe(2);
    expect(bodies().filter((body) => body?.includes("subscribed again"))).toHaveLength(1);
  });

  it.each([
    ["a long code", { To: FIXTURE_OURS }],
    ["a toll-free number", { To: "+18885550123" }],
    ["a short code under Advanced Opt-Out", { To: SHORT_CODE, OptOutType: "STOP" }],
  ])("%s is left to Twilio: no confirmation is doubled", async (_, to) => {
    const h = withConsent({ keywordAnswers: ANSWERS });
    await text(h, "STOP", to);
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
  });

  it("further senders and texts of the host's own are used", async () => {
    const keywordAnswers = {
      ...ANSWERS,
      senders: [FIXTURE_OURS],
      stop: "Out.",
      help: "Call us.",
      start: "In.",
    };
    const h = withConsent({ keywordAnswers });
    for (const word of ["HELP", "STOP", "START"]) {
      await text(h, word);
      await h.sms.runDue();
      await h.runtime.advance(1_000);
    }
    expect(bodies()).toEqual(["Call us.", "Out.", "In."]);
  });

  it("the same STOP delivered many times at once is confirmed once", async () => {
    const h = withConsent({ keywordAnswers: ANSWERS });
    const payload = inboundSms({ Body: "STOP", To: SHORT_CODE });
    await Promise.all(Array.from({ length: 20 }, () => h.post(payload)));
    await h.sms.runDue();
    expect(bodies()).toHaveLength(1);
  });
});
