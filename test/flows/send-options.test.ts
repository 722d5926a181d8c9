import { HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { isSmsError } from "../../src/core/model/errors";
import type { SmsOptions } from "../../src/flows/sms-options";
import { FIXTURE_CONTACT, inboundSms, statusCallback } from "../fixtures/twilio/payloads";
import { ACCOUNT, harness, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import {
  createdMessage,
  loggedMessage,
  logPage,
  sidOf,
  twilioEdge,
  twilioError,
} from "../support/twilio-edge";

const edge = twilioEdge();
const LONG = Array.from({ length: 90 }, (_, n) => `This is sentence number ${n} of a long text. `)
  .join("")
  .trim();

function bodies(): readonly (string | null)[] {
  return edge.reached.map(({ form }) => form.get("Body"));
}

async function statuses(h: Harness): Promise<readonly string[]> {
  const { items } = await h.sms.conversations.list();
  const messages = await h.sms.conversations.messages(items[0]?.id ?? "");
  return messages.items.map(({ status }) => status);
}

describe("smartEncode", () => {
  it("writes what GSM-7 lacks with what it has, where it is asked for", async () => {
    const h = harness();
    const body = "It’s “done” – 5 € …";
    const plain = await h.sms.send({ to: FIXTURE_CONTACT, body });
    const encoded = await h.sms.send({ to: FIXTURE_CONTACT, body, smartEncode: true });
    expect(plain.message).toMatchObject({ encoding: "UCS-2", body });
    expect(encoded.message).toMatchObject({ encoding: "GSM-7", body: 'It\'s "done" - 5 € ...' });
  });
});

describe("maxSegments", () => {
  it("is an outcome, not a surprise: nothing is stored, and it says how many it would take", async () => {
    const h = harness();
    const outcome = await h.sms.send({ to: FIXTURE_CONTACT, body: "x".repeat(161), maxSegments: 1 });
    expect(outcome).toEqual({ kind: "blocked", reason: "too_many_segments", message: null, segments: 2 });
    expect((await h.sms.conversations.list()).items).toEqual([]);
    expect((await h.sms.send({ to: FIXTURE_CONTACT, body: "x".repeat(161), maxSegments: 2 })).kind).toBe(
      "queued",
    );
  });

  it("counts after smart encoding, over all parts, and the words of a trial", async () => {
    const trial = harness({ account: { ...ACCOUNT, trial: true } });
    const body = "x".repeat(130);
    expect(await trial.sms.send({ to: FIXTURE_CONTACT, body, maxSegments: 1 })).toMatchObject({
      segments: 2,
    });
    expect((await harness().sms.send({ to: FIXTURE_CONTACT, body, maxSegments: 1 })).kind).toBe("queued");
    const split = await harness().sms.send({ to: FIXTURE_CONTACT, body: LONG, split: true, maxSegments: 20 });
    expect(split).toMatchObject({ kind: "blocked", reason: "too_many_segments" });
    const curly = { to: FIXTURE_CONTACT, body: "’".repeat(150), maxSegments: 1 };
    expect((await harness().sms.send(curly)).kind).toBe("blocked");
    expect((await harness().sms.send({ ...curly, smartEncode: true })).kind).toBe("queued");
  });

  it("holds for replies too, and must be a number of segments", async () => {
    const h = harness();
    await h.post(inboundSms());
    const id = (await h.sms.conversations.list()).items[0]?.id ?? "";
    expect(await h.sms.conversations.reply(id, { body: "😀".repeat(40), maxSegments: 1 })).toMatchObject({
      segments: 2,
    });
    await expect(h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", maxSegments: 0 })).rejects.toThrow(TypeError);
  });
});

describe("split", () => {
  it("sends a long text as several messages in order, cut where sentences end", async () => {
    const h = harness();
    await expect(h.sms.send({ to: FIXTURE_CONTACT, body: LONG })).rejects.toSatisfy(
      (error: unknown) => isSmsError(error) && error.code === "body_too_long",
    );
    const outcome = await h.sms.send({
      to: FIXTURE_CONTACT,
      body: LONG,
      split: true,
      media: ["https://example.com/a.png"],
    });
    const parts = outcome.kind === "queued" ? outcome.parts : [];
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ seq }) => seq)).toEqual(parts.map((_, index) => index + 1));
    expect(parts[0]?.id).toBe(outcome.message?.id);
    await h.sms.runDue();
    expect(bodies()).toEqual(parts.map(({ body }) => body));
    expect(edge.reached.map(({ form }) => form.has("MediaUrl"))).toEqual(
      parts.map((_, index) => index === 0),
    );
    expect(bodies().every((body) => (body ?? "").length <= 1_600)).toBe(true);
    expect(parts.every(({ body }) => body.trimEnd().endsWith("."))).toBe(true);
    expect(
      parts
        .map(({ body }) => body)
        .join("")
        .replace(/\s/g, ""),
    ).toBe(LONG.replace(/\s/g, ""));
    expect(await statuses(h)).toEqual(parts.map(() => "queued"));
  });

  it("with an idempotency key is one text, however often", async () => {
    const h = harness();
    const request = { to: FIXTURE_CONTACT, body: LONG, split: true, idempotencyKey: "letter-1" };
    await h.sms.send(request);
    expect((await h.sms.send(request)).kind).toBe("duplicate");
    await h.sms.runDue();
    expect(new Set(bodies()).size).toBe(edge.reached.length);
  });

  it("a part that is refused ends it: what follows is canceled, not sent without its beginning", async () => {
    edge.answerWith(({ form }, index) =>
      index === 1 ? twilioError(400, 21614) : createdMessage(form, sidOf(index)),
    );
    const h = harness();
    await h.sms.send({ to: FIXTURE_CONTACT, body: LONG, split: true });
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(2);
    const [first, second, ...rest] = await statuses(h);
    expect([first, second]).toEqual(["queued", "failed"]);
    expect(new Set(rest)).toEqual(new Set(["canceled"]));
  });

  it("a STOP between two parts blocks the next one and cancels the rest", async () => {
    const h = harness();
    edge.answerWith(async ({ form }, index) => {
      if (index === 0) await h.post(inboundSms({ Body: "STOP", MessageSid: sidOf(500) }));
      return createdMessage(form, sidOf(index));
    });
    await h.sms.send({ to: FIXTURE_CONTACT, body: LONG, split: true });
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(1);
    expect(await statuses(h)).toEqual(["queued", "blocked", "canceled", "received"]);
  });

  it("a crash between two parts loses none and repeats none", async () => {
    const first = harness();
    edge.answerWith(({ form }, index) =>
      index === 1 ? Promise.race<never>([]) : createdMessage(form, sidOf(index)),
    );
    await first.sms.send({ to: FIXTURE_CONTACT, body: LONG, split: true });
    const dead = first.sms.runDue();
    dead.catch(() => undefined);
    await expect.poll(() => edge.reached.length).toBe(2);
    const second = harness({ storage: first.storage, manual: first.runtime });
    await second.sms.runDue();
    expect(edge.reached).toHaveLength(2);
    await first.runtime.advance(60_000);
    edge.answerWith(({ form }, index) => createdMessage(form, sidOf(index)));
    await second.sms.runDue();
    expect(await statuses(second)).toEqual(["queued", "unknown", "pending"]);
    const [, lost] = bodies();
    edge.tellWith(() =>
      logPage([loggedMessage({ to: FIXTURE_CONTACT, from: ACCOUNT.from, body: lost, sid: sidOf(90) })]),
    );
    await first.runtime.advance(45_000);
    await second.sms.runDue();
    expect(bodies()).toHaveLength(3);
    expect(new Set(bodies()).size).toBe(3);
    expect(await statuses(second)).toEqual(["queued", "delivered", "queued"]);
  });
});

describe("the status callback that Twilio is asked for", () => {
  it.each<[string, Partial<SmsOptions>, string]>([
    ["has Twilio repeat it", {}, "#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000"],
    ["carries connectionOverrides", { connectionOverrides: "rc=2&rp=all" }, "#rc=2&rp=all"],
    ["carries none where there are none", { connectionOverrides: "" }, ""],
    ["carries those of the webhookUrl", { webhookUrl: `${WEBHOOK_URL}#rc=1` }, "#rc=1"],
  ])("%s", async (_, options, fragment) => {
    const h = harness(options);
    const { message } = await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await h.sms.runDue();
    const url = edge.reached[0]?.form.get("StatusCallback");
    expect(url).toBe(`${WEBHOOK_URL}?mid=${message?.id ?? ""}${fragment}`);
    // Twilio signs and calls the URL without its fragment.
    const report = statusCallback({ MessageSid: sidOf(0), MessageStatus: "delivered", To: FIXTURE_CONTACT });
    expect((await h.post(report, `${WEBHOOK_URL}?mid=${message?.id ?? ""}`)).status).toBe(200);
  });

  it("is refused at the door with overrides that Twilio would not understand", () => {
    expect(() => harness({ connectionOverrides: "rc=9" })).toThrow(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });
});

describe("what Twilio charges for", () => {
  function billing(numSegments: string): void {
    edge.answerWith(({ form }, index) =>
      HttpResponse.json(
        {
          sid: sidOf(index),
          status: "queued",
          from: form.get("From"),
          error_code: null,
          num_segments: numSegments,
        },
        { status: 201 },
      ),
    );
  }

  it.each([
    ["2", [{ counted: 1, billed: 2 }]],
    ["1", []],
    ["0", []],
  ])("%s segments for a text that was counted as one", async (numSegments, told) => {
    billing(numSegments);
    const h = harness();
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await h.sms.runDue();
    const events = h.events.flatMap((event) => (event.name === "message.segments" ? [event.data] : []));
    expect(events).toMatchObject(told);
    const { items } = await h.sms.conversations.list();
    const { items: messages } = await h.sms.conversations.messages(items[0]?.id ?? "");
    expect(messages[0]?.billedSegments).toBe(numSegments === "0" ? null : Number(numSegments));
  });
});
