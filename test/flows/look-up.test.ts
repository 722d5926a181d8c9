import { HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/model/message";
import type { SendOutcome } from "../../src/core/model/send-outcome";
import type { SmsOptions } from "../../src/flows/sms-options";
import type { SendRequest } from "../../src/flows/send";
import {
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  inboundSms,
  statusCallback,
} from "../fixtures/twilio/payloads";
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
import type { LogEntry } from "../support/twilio-edge";

const edge = twilioEdge();
/** When a message whose call was claimed at once may be looked for: the lease, and the wait after it. */
const LOOK_UP_AFTER_MS = 60_000 + 45_000;

function queued(outcome: SendOutcome): Message {
  expect(outcome.kind).toBe("queued");
  if (outcome.message === null) throw new Error("blocked");
  return outcome.message;
}

async function messageOf({ sms }: Harness, sent: Message): Promise<Message | undefined> {
  const { items } = await sms.conversations.messages(sent.conversationId);
  return items.find(({ id }) => id === sent.id);
}

async function tasksOf({ storage }: Harness): Promise<number> {
  const { items } = await storage.list({ list: "records", kind: "task", limit: 100, cursor: null });
  return items.filter((task) => "purpose" in task && task.purpose === "dispatch").length;
}

/** Sends, and the answer to the first request is lost. */
async function sentUnknown(
  text: Partial<SendRequest> = {},
  options: Partial<SmsOptions> = {},
): Promise<{ readonly h: Harness; readonly sent: Message }> {
  edge.answerWith((reached, index) =>
    index === 0 ? HttpResponse.error() : createdMessage(reached.form, sidOf(index)),
  );
  const h = harness(options);
  const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", ...text }));
  await h.sms.runDue();
  expect(await messageOf(h, sent)).toMatchObject({ status: "unknown", sid: null });
  return { h, sent };
}

async function later(h: Harness, byMs: number): Promise<void> {
  await h.runtime.advance(byMs);
  await h.sms.runDue();
}

const MINE = loggedMessage({ to: FIXTURE_CONTACT, from: ACCOUNT.from, sid: sidOf(7) });

describe("a message whose outcome is unknown", () => {
  it("is not looked for before the lease and the wait have passed", async () => {
    const { h } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS - 1);
    expect(edge.asked).toHaveLength(0);
    await later(h, 1);
    expect(edge.asked).toHaveLength(1);
    expect(edge.asked[0]?.searchParams.get("To")).toBe(FIXTURE_CONTACT);
  });

  it("absenceMs decides how long after the lease", async () => {
    const { h } = await sentUnknown({}, { timing: { absenceMs: 90_000 } });
    await later(h, 60_000 + 89_999);
    expect(edge.asked).toHaveLength(0);
    await later(h, 1);
    expect(edge.asked).toHaveLength(1);
  });

  it("is bound to its entry in Twilio's log, with status and sid, and not sent again", async () => {
    edge.tellWith(() => logPage([MINE]));
    const { h, sent } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ status: "delivered", sid: sidOf(7), error: null });
    expect(edge.reached).toHaveLength(1);
    expect(await tasksOf(h)).toBe(0);
    expect(h.eventNames()).toContain("message.sent");
  });

  it("that is certainly not there is sent again, once", async () => {
    const { h, sent } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.reached).toHaveLength(2);
    expect(await messageOf(h, sent)).toMatchObject({ status: "queued", sid: sidOf(1) });
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.reached).toHaveLength(2);
    expect(await tasksOf(h)).toBe(0);
  });

  it("that is not there is not sent to somebody who said stop meanwhile", async () => {
    const { h, sent } = await sentUnknown();
    await h.post(inboundSms({ From: FIXTURE_CONTACT, Body: "STOP" }));
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.asked).toHaveLength(1);
    expect(edge.reached).toHaveLength(1);
    expect(await messageOf(h, sent)).toMatchObject({ status: "blocked" });
    expect(await tasksOf(h)).toBe(0);
  });

  it("is settled by a status callback with our id, and needs no look-up then", async () => {
    const { h, sent } = await sentUnknown();
    await h.post(
      statusCallback({ MessageSid: sidOf(5), MessageStatus: "sent", To: FIXTURE_CONTACT }),
      `${WEBHOOK_URL}?mid=${sent.id}`,
    );
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.asked).toHaveLength(0);
    expect(await messageOf(h, sent)).toMatchObject({ status: "sent", sid: sidOf(5) });
    expect(await tasksOf(h)).toBe(0);
  });

  it("that was lost again and again fails in the end, with a reason", async () => {
    edge.answerWith(() => HttpResponse.error());
    const h = harness();
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    for (let round = 0; round < 12; round += 1) await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ status: "failed", error: { title: "Not sent" } });
    expect(edge.reached).toHaveLength(8);
    expect(edge.asked).toHaveLength(8);
    expect(await tasksOf(h)).toBe(0);
  });

  it("is found whatever Twilio says became of it, and an opt-out told there closes the gate", async () => {
    edge.tellWith(() => logPage([{ ...MINE, status: "failed", error_code: 21610 }]));
    const { h, sent } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ status: "failed", error: { code: 21610 } });
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
  });

  it("sends the further parts of a split text in order, when the lost part is settled", async () => {
    const { h, sent } = await sentUnknown({ body: "word ".repeat(400), split: true });
    await later(h, 1_000);
    expect(edge.reached).toHaveLength(1);
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.reached.map(({ form }) => form.get("Body")?.length)).toEqual([
      sent.body.length,
      sent.body.length,
      expect.any(Number),
    ]);
    expect(edge.reached[2]?.form.get("Body")).not.toBe(sent.body);
  });
});

describe("an entry of the log", () => {
  it.each<[string, LogEntry]>([
    ["to somebody else", { to: "+14155550199" }],
    ["from another of our numbers", { from: "+15550001111" }],
    ["with other words", { body: "Hi!" }],
    ["that came in", { direction: "inbound" }],
    ["that answered a webhook", { direction: "outbound-reply" }],
    ["of an hour before the call", { date_created: "Mon, 23 Nov 2026 08:00:00 +0000" }],
  ])("%s is not the message, which is sent again", async (_, changes) => {
    edge.tellWith(() => logPage([{ ...MINE, ...changes }]));
    const { h } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.reached).toHaveLength(2);
  });

  it.each<[string, LogEntry, string]>([
    [
      "with the words of a trial account in front",
      { body: "Sent from your Twilio trial account - Hi" },
      "Hi",
    ],
    ["that smart encoding has changed", { body: 'It\'s "on"' }, "It’s “on”"],
    ["without the blanks at the end", { body: "Hi" }, "Hi \n"],
    ["of a clock that is forty seconds behind", { date_created: "Mon, 23 Nov 2026 08:59:20 +0000" }, "Hi"],
    ["that was not sent yet", { status: "queued", date_sent: null }, "Hi"],
    ["with a word for its direction that is new", { direction: "outbound-rcs" }, "Hi"],
  ])("%s is the message", async (_, changes, body) => {
    edge.tellWith(() => logPage([{ ...MINE, ...changes }]));
    const { h, sent } = await sentUnknown({ body });
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.reached).toHaveLength(1);
    expect(await messageOf(h, sent)).toMatchObject({ sid: sidOf(7) });
  });

  it("of the same Messaging Service is the message, whichever number the service picked", async () => {
    const service = FIXTURE_MESSAGING_SERVICE_SID;
    edge.tellWith(() => logPage([{ ...MINE, from: "+15559990000", messaging_service_sid: service }]));
    const { from, ...account } = ACCOUNT;
    expect(from).not.toBe("+15559990000");
    const { h, sent } = await sentUnknown({}, { account: { ...account, messagingServiceSid: service } });
    await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ sid: sidOf(7), from: "+15559990000" });
  });

  it("of media alone is the message of media alone", async () => {
    edge.tellWith(() => logPage([{ ...MINE, body: "", num_media: "1" }]));
    const { h, sent } = await sentUnknown({ body: "", media: ["https://example.com/a.png"] });
    await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ sid: sidOf(7) });
  });

  it("whose text Twilio does not keep proves nothing: the message stays unknown, and ends so after a day", async () => {
    edge.tellWith(() => logPage([{ ...MINE, body: "" }]));
    const { h, sent } = await sentUnknown();
    for (let hour = 0; hour < 26; hour += 1) await later(h, 3_600_000);
    expect(edge.reached).toHaveLength(1);
    expect(await messageOf(h, sent)).toMatchObject({ status: "unknown" });
    expect(await tasksOf(h)).toBe(0);
    expect(h.events).toContainEqual(
      expect.objectContaining({
        data: { error: expect.objectContaining({ code: "outcome_unknown" }) as unknown },
      }),
    );
  });

  it("that is odd proves no absence", async () => {
    edge.tellWith(() => logPage([{ sid: sidOf(7) }]));
    const { h } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.asked).toHaveLength(1);
    expect(edge.reached).toHaveLength(1);
  });

  it("that belongs to another message of ours is not this one's", async () => {
    const { h, sent } = await sentUnknown();
    const other = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    await h.sms.runDue();
    expect(await messageOf(h, other)).toMatchObject({ sid: sidOf(1) });
    edge.tellWith(() => logPage([{ ...MINE, sid: sidOf(1) }]));
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.reached).toHaveLength(3);
    expect(await messageOf(h, sent)).toMatchObject({ sid: sidOf(2) });
  });

  it("is given to one of two messages with the same words, and the other is sent again", async () => {
    edge.answerWith((reached, index) =>
      index < 2 ? HttpResponse.error() : createdMessage(reached.form, sidOf(index)),
    );
    edge.tellWith(() => logPage([MINE]));
    const h = harness();
    const both = [
      queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })),
      queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })),
    ];
    await h.sms.runDue();
    await later(h, LOOK_UP_AFTER_MS);
    await later(h, LOOK_UP_AFTER_MS);
    const sids = await Promise.all(both.map(async (sent) => (await messageOf(h, sent))?.sid));
    expect(new Set(sids)).toEqual(new Set([sidOf(2), sidOf(7)]));
    expect(edge.reached).toHaveLength(3);
  });
});

describe("the log", () => {
  it("is read page by page, back to the call", async () => {
    const other = { ...MINE, sid: sidOf(8), body: "Something else" };
    const next =
      "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json?PageSize=200&Page=1&PageToken=PA1";
    edge.tellWith((_, index) => (index === 0 ? logPage([other], next) : logPage([MINE])));
    const { h, sent } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.asked[1]?.searchParams.get("PageToken")).toBe("PA1");
    expect(await messageOf(h, sent)).toMatchObject({ sid: sidOf(7) });
  });

  it("is not read on beyond the call", async () => {
    const old = { ...MINE, sid: sidOf(8), date_created: "Mon, 23 Nov 2026 08:00:00 +0000" };
    edge.tellWith(() =>
      logPage([old], "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json?Page=1"),
    );
    const { h } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.asked).toHaveLength(1);
    expect(edge.reached).toHaveLength(2);
  });

  it("that never ends proves no absence", async () => {
    const other = { ...MINE, sid: sidOf(8), body: "Something else" };
    edge.tellWith(() =>
      logPage([other], "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json?Page=1"),
    );
    const { h } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(edge.asked.length).toBeLessThan(20);
    expect(edge.reached).toHaveLength(1);
  });

  it.each<[string, () => Response]>([
    ["answers 503", () => twilioError(503, 20503)],
    ["answers 429", () => twilioError(429, 20429)],
    ["answers 401", () => twilioError(401, 20003)],
    ["breaks off", () => HttpResponse.error()],
    ["is cut", () => new HttpResponse('{"messages":[', { status: 200 })],
    ["names a next page elsewhere", () => logPage([], "https://evil.example/Messages.json")],
  ])("that %s proves nothing; it is read again later", async (_, answer) => {
    edge.tellWith((_url, index) => (index === 0 ? answer() : logPage([MINE])));
    const { h, sent } = await sentUnknown();
    await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ status: "unknown" });
    expect(edge.reached).toHaveLength(1);
    await later(h, LOOK_UP_AFTER_MS);
    expect(await messageOf(h, sent)).toMatchObject({ status: "delivered", sid: sidOf(7) });
  });
});
