import { HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Message } from "../../src/core/model/message";
import type { SmsOptions, SyncOptions } from "../../src/flows/sms-options";
import type { Storage } from "../../src/ports/storage";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
  inboundSms,
} from "../fixtures/twilio/payloads";
import { ACCOUNT, harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { manualRuntime } from "../support/manual-runtime";
import { loggedMessage, logPage, sidOf, twilioEdge } from "../support/twilio-edge";
import type { LogEntry } from "../support/twilio-edge";
import { logDate, loggedText, refuseLog, tellLog } from "./sync-log";

const edge = twilioEdge();
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const contact = FIXTURE_CONTACT;
const TASK = { kind: "task", id: `sync:${FIXTURE_ACCOUNT_SID}` } as const;

const NEVER = new Promise<never>(() => {
  // Nothing ever comes of it.
});

/** An instance that began to read its log at the harness's first moment. */
async function begun(options: Partial<SmsOptions> = {}, storage?: Storage): Promise<Harness> {
  const h = harness({ sync: {}, ...options, ...(storage === undefined ? {} : { storage }) });
  await h.sms.runDue();
  return h;
}

async function messagesOf(h: Harness): Promise<readonly Message[]> {
  const { items } = await h.sms.conversations.list();
  const all: Message[] = [];
  for (const { id } of items) {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof h.sms.conversations.messages>> =
        await h.sms.conversations.messages(id, { limit: 1_000, cursor });
      all.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return all.sort((a, b) => a.seq - b.seq);
}

async function bodiesOf(h: Harness): Promise<readonly string[]> {
  return (await messagesOf(h)).map(({ body }) => body);
}

function errorsOf(h: Harness): readonly string[] {
  return h.events.flatMap((event) => (event.name === "error" ? [event.data.error.code] : []));
}

async function pointsOf(h: Harness): Promise<readonly number[] | undefined> {
  const [task] = await h.storage.read([TASK]);
  const value = task?.value;
  return value !== undefined && "detail" in value && value.detail?.kind === "sync"
    ? value.detail.pointsMs
    : undefined;
}

function options(sync: SyncOptions): Partial<SmsOptions> {
  return { sync };
}

describe("what was missed while the endpoint was down", () => {
  it("is stored in the order in which it was said, dated by Twilio", async () => {
    const h = await begun();
    const from = h.runtime.now();
    tellLog(edge, () => [
      loggedText(2, from + 2 * MINUTE_MS),
      loggedText(1, from + MINUTE_MS),
      loggedText(3, from + 2 * HOUR_MS),
    ]);
    await h.runtime.advance(5 * HOUR_MS);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 3, statuses: 0 });
    expect(await messagesOf(h)).toMatchObject([
      {
        id: sidOf(1),
        body: "text 1",
        createdAt: new Date(from + MINUTE_MS).toISOString(),
        status: "received",
      },
      { id: sidOf(2), body: "text 2" },
      { id: sidOf(3), body: "text 3" },
    ]);
    const { items } = await h.sms.conversations.list();
    expect(items).toMatchObject([
      { unreadCount: 3, preview: "text 3", lastMessageAt: new Date(from + 2 * HOUR_MS).toISOString() },
    ]);
    expect(h.eventNames().filter((name) => name === "message.received")).toHaveLength(3);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 0 });
  });

  it("keeps Twilio's order within a second", async () => {
    const h = await begun();
    const at = h.runtime.now() + MINUTE_MS;
    tellLog(edge, () => [5, 4, 9, 1].map((count) => loggedText(count, at)));
    await h.runtime.advance(HOUR_MS);
    await h.sms.sync();
    expect(await bodiesOf(h)).toEqual(["text 5", "text 4", "text 9", "text 1"]);
  });

  it("is 10,000 messages, in order, over many pages and windows", async () => {
    const h = await begun(options({ lagsMs: [0] }));
    const from = h.runtime.now();
    const entries = Array.from({ length: 10_000 }, (_, index) => loggedText(index, from + index * 1_000));
    tellLog(edge, () => entries);
    await h.runtime.advance(3 * HOUR_MS);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 10_000, statuses: 0 });
    expect(await bodiesOf(h)).toEqual(entries.map((_, index) => `text ${index}`));
    // 3,600 in an hour are too many to hold, so it went on in half hours.
    const widths = edge.asked.map(({ searchParams: query }) =>
      query.has("DateSent<")
        ? Date.parse(query.get("DateSent<") ?? "") - Date.parse(query.get("DateSent>") ?? "")
        : 0,
    );
    expect(widths.filter((width) => width > HOUR_MS / 2).length).toBe(3);
    expect(widths.filter((width) => width === HOUR_MS / 2).length).toBeGreaterThan(8);
  }, 60_000);

  it("is taken in turns by a worker, so that others have theirs, and all of it is there in the end", async () => {
    const h = await begun(options({ lagsMs: [0] }));
    const from = h.runtime.now();
    const logged = Array.from({ length: 12_000 }, (_, index) =>
      loggedMessage({ sid: sidOf(index), date_sent: logDate(from + index * 1_000) }),
    );
    const texts = [loggedText(20_000, from), loggedText(20_001, from + 12_000_000)];
    tellLog(edge, () => [...logged, ...texts]);
    await h.runtime.advance(4 * HOUR_MS);
    const before = (await h.storage.read([TASK]))[0]?.value;
    await h.sms.runDue();
    const after = (await h.storage.read([TASK]))[0]?.value;
    expect(await bodiesOf(h)).toEqual(["text 20000", "text 20001"]);
    expect(before).toMatchObject({ attempts: 0 });
    expect(after).toMatchObject({ attempts: 2 });
  });

  it("is read from there once more where somebody asks for that meanwhile", async () => {
    const storage = memoryStorage();
    const a = await begun(options({ lagsMs: [0] }), storage);
    const b = harness({ ...options({ lagsMs: [0] }), storage, manual: a.runtime });
    const from = a.runtime.now();
    const asks: unknown[] = [];
    edge.tellWith(async (_, index) => {
      if (index === 0) asks.push(await b.sms.sync({ since: new Date(from - HOUR_MS) }));
      return logPage([loggedText(1, from - MINUTE_MS), loggedText(2, from)]);
    });
    await a.runtime.advance(MINUTE_MS);
    expect(await a.sms.sync()).toEqual({ kind: "done", inbound: 2, statuses: 0 });
    expect(asks).toEqual([{ kind: "busy" }]);
    expect([...(await bodiesOf(a))].sort()).toEqual(["text 1", "text 2"]);
  });

  it("is found by the worker too, as often as everyMs says", async () => {
    const h = await begun(options({ everyMs: 10 * MINUTE_MS }));
    const from = h.runtime.now();
    tellLog(edge, () => [loggedText(1, from + MINUTE_MS)]);
    await h.runtime.advance(10 * MINUTE_MS - 1);
    await h.sms.runDue();
    expect(edge.asked).toHaveLength(0);
    await h.runtime.advance(1);
    await h.sms.runDue();
    expect(await bodiesOf(h)).toEqual(["text 1"]);
    edge.tellWith(() => logPage([loggedText(2, h.runtime.now())]));
    await h.runtime.advance(10 * MINUTE_MS);
    await h.sms.runDue();
    expect(await bodiesOf(h)).toEqual(["text 1", "text 2"]);
  });

  it("is left to whoever ran before the first start", async () => {
    const h = await begun();
    const from = h.runtime.now();
    tellLog(edge, () => [loggedText(1, from - 1_000), loggedText(2, from)]);
    await h.runtime.advance(MINUTE_MS);
    await h.sms.sync();
    expect(await bodiesOf(h)).toEqual(["text 2"]);
  });

  it("and what is older comes with `since`", async () => {
    const h = await begun();
    const from = h.runtime.now();
    tellLog(edge, () => [
      loggedText(0, from - 4 * DAY_MS),
      loggedText(1, from - 2 * DAY_MS),
      loggedText(2, from),
    ]);
    await h.runtime.advance(MINUTE_MS);
    const report = await h.sms.sync({ since: new Date(from - 3 * DAY_MS) });
    expect(report).toEqual({ kind: "done", inbound: 2, statuses: 0 });
    expect(await bodiesOf(h)).toEqual(["text 1", "text 2"]);
  });

  it.each([["soon"], [new Date(Number.NaN)]])("refuses the `since` %s", async (since) => {
    await expect(harness().sms.sync({ since })).rejects.toMatchObject({ code: "config_invalid" });
  });

  it.each([
    ["40 s ahead", 40_000],
    ["40 s behind", -40_000],
  ])("is all found where Twilio's clock is %s", async (_, skewMs) => {
    const h = await begun();
    const entries: LogEntry[] = [];
    tellLog(edge, () => entries);
    for (let count = 1; count <= 12; count += 1) {
      await h.runtime.advance(50_000);
      entries.push(loggedText(count, h.runtime.now() + skewMs));
      await h.sms.sync();
    }
    expect((await bodiesOf(h)).length).toBe(12);
  });

  it("is found where Twilio's time filter counts whole days, and pages end anywhere", async () => {
    const h = await begun();
    const from = h.runtime.now();
    const entries = Array.from({ length: 60 }, (_, index) => loggedText(index, from + index * HOUR_MS));
    tellLog(edge, () => entries, { wholeDays: true, pageSize: 7 });
    await h.runtime.advance(3 * DAY_MS);
    expect(await h.sms.sync()).toMatchObject({ inbound: 60 });
    expect(await bodiesOf(h)).toEqual(entries.map((_, index) => `text ${index}`));
  });

  it("comes with its media", async () => {
    const h = await begun({
      fetch: (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        if (!url.pathname.includes("/Media")) return globalThis.fetch(input, init);
        const media_list = [
          { sid: "ME1", content_type: "image/png" },
          { sid: "ME2", content_type: null },
        ];
        return Promise.resolve(HttpResponse.json({ media_list }));
      },
    });
    tellLog(edge, () => [loggedText(1, h.runtime.now(), { body: "", num_media: "2" })]);
    await h.sms.sync();
    const base = `https://api.twilio.com/2010-04-01/Accounts/${FIXTURE_ACCOUNT_SID}/Messages/${sidOf(1)}/Media`;
    expect((await messagesOf(h))[0]?.media).toEqual([
      { url: `${base}/ME1`, contentType: "image/png" },
      { url: `${base}/ME2`, contentType: "application/octet-stream" },
    ]);
  });

  it.each([
    [404, "done"],
    [503, "failed"],
  ])("with media that Twilio answers %i for is %s", async (status, kind) => {
    const h = await begun({
      fetch: (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        if (!url.pathname.includes("/Media")) return globalThis.fetch(input, init);
        return Promise.resolve(new Response("", { status }));
      },
    });
    tellLog(edge, () => [loggedText(1, h.runtime.now(), { num_media: "1" }), loggedText(2, h.runtime.now())]);
    expect(await h.sms.sync()).toMatchObject({ kind });
    expect(await bodiesOf(h)).toEqual(kind === "done" ? ["text 1", "text 2"] : []);
  });

  it.each([
    ["what Twilio refused", { status: "failed", error_code: 30_039 }],
    ["what is still being received", { status: "receiving" }],
    ["what has no sender", { from: null }],
    ["what has no usable sid", { sid: "../../x" }],
  ])("is not %s", async (_, changes) => {
    const h = await begun();
    tellLog(edge, () => [loggedText(1, h.runtime.now(), changes)]);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 0 });
  });

  it("joins the thread of the Messaging Service where the log does not name it", async () => {
    const { from: _, ...account } = ACCOUNT;
    const h = await begun({ account: { ...account, messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID } });
    await h.post(inboundSms({ MessageSid: sidOf(90), MessagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID }));
    tellLog(edge, () => [loggedText(1, h.runtime.now() + 1_000)]);
    await h.runtime.advance(MINUTE_MS);
    await h.sms.sync();
    expect((await h.sms.conversations.list()).items).toMatchObject([
      { ours: FIXTURE_MESSAGING_SERVICE_SID, lastSeq: 2 },
    ]);
  });
});

describe("what came by webhook as well", () => {
  it("is one message, whoever comes first", async () => {
    const h = await begun({
      assistant: { use: ruleAssistant({ rules: [], otherwise: "Hi" }), mode: "draft" },
    });
    const at = h.runtime.now() + 1_000;
    tellLog(edge, () => [loggedText(1, at), loggedText(2, at)]);
    await h.runtime.advance(2_000);
    await h.post(inboundSms({ MessageSid: sidOf(1), Body: "text 1" }));
    await h.sms.sync();
    await h.post(inboundSms({ MessageSid: sidOf(2), Body: "text 2" }));
    expect(await bodiesOf(h)).toEqual(["text 1", "text 2"]);
  });

  it("is one message where both come at once, with one answer", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "A person will answer." });
    const h = await begun({ assistant: { use, mode: "auto" } });
    tellLog(edge, () => [loggedText(1, h.runtime.now())]);
    await Promise.all([
      h.sms.sync(),
      ...Array.from({ length: 10 }, () => h.post(inboundSms({ MessageSid: sidOf(1), Body: "text 1" }))),
    ]);
    await h.sms.runDue();
    expect(await bodiesOf(h)).toEqual(["text 1", "A person will answer."]);
    expect(edge.reached).toHaveLength(1);
  });
});

describe("consent out of the log", () => {
  it.each([
    [["STOP"], "opted-out"],
    [["STOP", "START"], "opted-in"],
    [["START", "STOP"], "opted-out"],
    [["STOP", "START", "STOP"], "opted-out"],
  ])("is as if %j had come in time", async (words, state) => {
    const h = await begun();
    const from = h.runtime.now();
    tellLog(edge, () => words.map((body, index) => loggedText(index, from + index * MINUTE_MS, { body })));
    await h.runtime.advance(HOUR_MS);
    await h.sms.sync();
    const view = await h.sms.consent.get({ contact });
    expect(view.state).toBe(state);
    expect(view.since).toBe(new Date(from + (words.length - 1) * MINUTE_MS).toISOString());
    const { items } = await h.sms.consent.history({ contact });
    expect(items.at(-1)).toMatchObject({
      at: new Date(h.runtime.now()).toISOString(),
      evidence: { messageSid: sidOf(words.length - 1), note: expect.stringContaining(view.since ?? "never") },
    });
    const sent = await h.sms.send({ to: contact, body: "Hi" });
    expect(sent.kind).toBe(state === "opted-out" ? "blocked" : "queued");
  });

  it("a missed STOP blocks what was waiting to be sent", async () => {
    const h = await begun();
    await h.sms.send({ to: contact, body: "Hi" });
    tellLog(edge, () => [loggedText(1, h.runtime.now(), { body: "STOP" })]);
    await h.sms.sync();
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(0);
  });

  it("a missed START between two STOPs does not open the gate", async () => {
    const h = await begun();
    await h.post(inboundSms({ MessageSid: sidOf(91), Body: "STOP" }));
    await h.runtime.advance(HOUR_MS);
    const between = h.runtime.now();
    await h.runtime.advance(HOUR_MS);
    await h.post(inboundSms({ MessageSid: sidOf(92), Body: "STOP" }));
    tellLog(edge, () => [loggedText(1, between, { body: "START" })]);
    await h.sms.sync();
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-out" });
  });

  it("answers a keyword within five minutes, and no later", async () => {
    const keywordAnswers = { programme: "Shop", contact: "shop.example", senders: [FIXTURE_OURS] };
    for (const [lateMs, answers] of [
      [300_000, 1],
      [301_000, 0],
    ] as const) {
      const h = await begun({ consent: { keywordAnswers } });
      tellLog(edge, () => [loggedText(1, h.runtime.now() - lateMs, { body: "STOP" })]);
      await h.runtime.advance(lateMs);
      await h.sms.sync();
      expect((await bodiesOf(h)).length).toBe(1 + answers);
    }
  });
});

describe("a message that is older than what the thread has", () => {
  it("does not replace what the conversation shows, nor answers to it", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "A person will answer." });
    const h = await begun({ assistant: { use, mode: "draft" } });
    const from = h.runtime.now();
    await h.runtime.advance(2 * MINUTE_MS);
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "newer" }));
    await h.sms.runDue();
    tellLog(edge, () => [loggedText(1, from)]);
    await h.sms.sync();
    await h.sms.runDue();
    const { items } = await h.sms.conversations.list();
    expect(items).toMatchObject([
      {
        preview: "newer",
        lastMessageAt: new Date(from + 2 * MINUTE_MS).toISOString(),
        createdAt: new Date(from).toISOString(),
        unreadCount: 2,
        lastSeq: 2,
        lastInboundSeq: 1,
      },
    ]);
    expect(items[0]?.waitingDraftId).not.toBeNull();
    expect((await h.sms.drafts.list()).items).toMatchObject([
      { status: "proposed", answersMessageId: sidOf(90) },
    ]);
  });

  it.each([
    [undefined, 300_000, 1],
    [undefined, 301_000, 0],
    [60_000, 60_000, 1],
    [60_000, 61_000, 0],
    [Number.POSITIVE_INFINITY, DAY_MS, 1],
  ])(
    "is answered by the assistant (assistWithinMs %s) when it is %i ms old: %i",
    async (within, ageMs, answers) => {
      const use = ruleAssistant({ rules: [], otherwise: "A person will answer." });
      const sync = within === undefined ? {} : { assistWithinMs: within };
      const h = await begun({ assistant: { use, mode: "auto" }, sync });
      const from = h.runtime.now();
      tellLog(edge, () => [loggedText(1, from)]);
      await h.runtime.advance(ageMs);
      await h.sms.sync();
      await h.sms.runDue();
      expect(edge.reached).toHaveLength(answers);
    },
  );

  it("is not answered by the assistant when something was sent since", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "A person will answer." });
    const h = await begun({ assistant: { use, mode: "auto" } });
    const from = h.runtime.now();
    await h.runtime.advance(MINUTE_MS);
    await h.sms.send({ to: contact, body: "Our answer" });
    tellLog(edge, () => [loggedText(1, from)]);
    await h.sms.sync();
    await h.sms.runDue();
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["Our answer"]);
  });
});

describe("what is gone on purpose", () => {
  it("stays forgotten", async () => {
    const h = await begun();
    const from = h.runtime.now();
    await h.runtime.advance(4 * DAY_MS);
    const before = from + 2 * DAY_MS;
    tellLog(edge, () => [loggedText(1, before - 1_000), loggedText(2, before)]);
    await h.sms.sync();
    await h.sms.forgetBefore(new Date(before));
    expect(await h.sms.sync({ since: new Date(from) })).toEqual({ kind: "done", inbound: 0, statuses: 0 });
    expect(await bodiesOf(h)).toEqual(["text 2"]);
  });

  it("stays forgotten where nothing was read before", async () => {
    const h = harness({ sync: false });
    const from = h.runtime.now();
    await h.runtime.advance(4 * DAY_MS);
    const before = from + 2 * DAY_MS;
    await h.sms.forgetBefore(new Date(before));
    tellLog(edge, () => [loggedText(1, before - 1_000), loggedText(2, before)]);
    await h.sms.sync({ since: new Date(from) });
    expect(await bodiesOf(h)).toEqual(["text 2"]);
  });

  it("stays erased, and what is said afterwards is new", async () => {
    const h = await begun({ erasure: { key: "a secret of thirty-two characters" } });
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "Hello" }));
    await h.runtime.advance(HOUR_MS);
    const erasedAt = h.runtime.now();
    await h.sms.contacts.erase({ contact });
    tellLog(edge, () => [
      loggedText(89, erasedAt - HOUR_MS),
      loggedText(1, erasedAt - 1_000),
      loggedText(2, erasedAt + 1_000),
    ]);
    await h.runtime.advance(HOUR_MS);
    await h.sms.sync();
    expect(await bodiesOf(h)).toEqual(["text 2"]);
  });

  it("stays erased, but a missed STOP of theirs closes the gate, without their number", async () => {
    const h = await begun({ erasure: { key: "a secret of thirty-two characters" } });
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "Hello" }));
    await h.runtime.advance(HOUR_MS);
    const erasedAt = h.runtime.now();
    await h.sms.contacts.erase({ contact });
    tellLog(edge, () => [loggedText(1, erasedAt - 60_000, { body: "STOP" })]);
    await h.runtime.advance(HOUR_MS);
    await h.sms.sync();
    await h.sms.sync();
    expect((await h.sms.conversations.list()).items).toEqual([]);
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-out" });
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject({ kind: "blocked" });
    const { items } = await h.sms.consent.log();
    expect(items.filter(({ to }) => to === "opted-out")).toHaveLength(1);
    expect(JSON.stringify(items)).not.toContain(contact);
  });
});

describe("a START whose webhook came late", () => {
  it("is dated by when it was said, so that a STOP that was said after it, and missed, counts", async () => {
    const h = await begun();
    const start = h.runtime.now();
    await h.post(inboundSms({ MessageSid: sidOf(80), Body: "STOP" }));
    await h.runtime.advance(180_000);
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "START" }));
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-in" });
    tellLog(edge, () => [
      loggedText(80, start, { body: "STOP" }),
      loggedText(90, start + 60_000, { body: "START" }),
      loggedText(1, start + 120_000, { body: "STOP" }),
    ]);
    await h.runtime.advance(HOUR_MS);
    await h.sms.sync();
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-out" });
    const entries = (await h.sms.consent.history({ contact })).items.map(({ to }) => to);
    expect(entries).toEqual(["opted-out", "opted-in", "opted-out"]);
  });

  it("still counts over a STOP that was said before it, and missed", async () => {
    const h = await begun();
    const start = h.runtime.now();
    await h.runtime.advance(180_000);
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "START" }));
    tellLog(edge, () => [
      loggedText(1, start + 30_000, { body: "STOP" }),
      loggedText(90, start + 60_000, { body: "START" }),
    ]);
    await h.runtime.advance(HOUR_MS);
    await h.sms.sync();
    await h.sms.sync();
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-in" });
  });
});

describe("texts to other numbers of the account", () => {
  const OTHER = "+15550002222";
  const texts = (h: Harness): readonly LogEntry[] => [
    loggedText(1, h.runtime.now() - 60_000),
    loggedText(2, h.runtime.now() - 50_000, { to: OTHER }),
  ];

  it.each<[string, Partial<SmsOptions>, readonly string[]]>([
    ["are somebody else's", {}, ["text 1"]],
    ["are ours where they are named", { sync: { numbers: [OTHER] } }, ["text 1", "text 2"]],
    ["are ours where all are", { sync: { numbers: "all" } }, ["text 1", "text 2"]],
    ["are not ours where others are named", { sync: { numbers: ["+15550003333"] } }, ["text 1"]],
  ])("%s", async (_, options, expected) => {
    const h = await begun(options);
    await h.runtime.advance(HOUR_MS);
    tellLog(edge, () => texts(h));
    await h.sms.sync();
    const { items } = await h.sms.conversations.list();
    const threads = await Promise.all(items.map(({ id }) => h.sms.conversations.messages(id)));
    const bodies = threads.flatMap((page) => page.items.map(({ body }) => body));
    expect(new Set(bodies)).toEqual(new Set(expected));
  });

  it("are ours from a contact who has a thread with the number here", async () => {
    const h = await begun();
    await h.post(inboundSms({ MessageSid: sidOf(90), To: OTHER, Body: "Hello" }));
    await h.runtime.advance(HOUR_MS);
    tellLog(edge, () => [loggedText(2, h.runtime.now() - 50_000, { to: OTHER })]);
    await h.sms.sync();
    expect(await bodiesOf(h)).toEqual(["Hello", "text 2"]);
  });
});

describe("statuses that never called back", () => {
  async function sent(h: Harness): Promise<Message> {
    const outcome = await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    const [message] = await messagesOf(h);
    if (message === undefined) throw new Error(`Not sent: ${outcome.kind}.`);
    return message;
  }
  const logged = (h: Harness, changes: LogEntry): LogEntry =>
    loggedMessage({
      sid: sidOf(0),
      from: FIXTURE_OURS,
      to: contact,
      date_created: logDate(h.runtime.now()),
      date_sent: logDate(h.runtime.now()),
      ...changes,
    });

  it("are merged, once, and never backwards", async () => {
    const h = await begun();
    expect(await sent(h)).toMatchObject({ status: "queued", sid: sidOf(0) });
    tellLog(edge, () => [logged(h, { status: "delivered", num_segments: "2" })]);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 1 });
    expect(await messagesOf(h)).toMatchObject([{ status: "delivered", billedSegments: 2 }]);
    tellLog(edge, () => [logged(h, { status: "sent", num_segments: "2" })]);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 0 });
    expect(await messagesOf(h)).toMatchObject([{ status: "delivered" }]);
  });

  it("of others are none of ours", async () => {
    const h = await begun();
    await sent(h);
    tellLog(edge, () => [logged(h, { sid: sidOf(40), status: "delivered" })]);
    expect(await h.sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 0 });
  });

  it("close the gate where Twilio says that the contact opted out, but not again behind a START", async () => {
    const h = await begun();
    await sent(h);
    const entry = logged(h, { status: "failed", error_code: 21_610 });
    tellLog(edge, () => [entry]);
    await h.sms.sync();
    expect(await h.sms.consent.get({ contact })).toMatchObject({
      state: "opted-out",
      reason: "carrier_21610",
    });
    await h.runtime.advance(2_000);
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "START" }));
    await h.sms.sync({ since: new Date(h.runtime.now() - HOUR_MS) });
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-in" });
  });

  it("that are older than a START do not close the gate", async () => {
    const h = await begun();
    await sent(h);
    const entry = logged(h, { status: "failed", error_code: 21_610 });
    await h.runtime.advance(2_000);
    await h.post(inboundSms({ MessageSid: sidOf(90), Body: "START" }));
    tellLog(edge, () => [entry]);
    expect(await h.sms.sync()).toMatchObject({ statuses: 1 });
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "opted-in" });
  });

  it.each<[string, SyncOptions, string]>([
    ["are read after an hour", {}, "delivered"],
    ["are read as late as lagsMs says", { lagsMs: [0, 2 * HOUR_MS] }, "delivered"],
    ["and no later than that", { lagsMs: [0] }, "sent"],
  ])("that come late %s", async (_, sync, status) => {
    const h = await begun(options(sync));
    await sent(h);
    const entry = logged(h, { status: "delivered" });
    tellLog(edge, () => [{ ...entry, status: "sent" }]);
    await h.runtime.advance(30 * MINUTE_MS);
    await h.sms.sync();
    tellLog(edge, () => [entry]);
    await h.runtime.advance(2 * HOUR_MS);
    await h.sms.sync();
    expect((await messagesOf(h))[0]?.status).toBe(status);
  });

  it("and messages that enter the log late, by less than overlapMs, are found", async () => {
    for (const [overlapMs, inbound] of [
      [600_000, 1],
      [0, 0],
    ] as const) {
      const h = await begun(options({ overlapMs, lagsMs: [0] }));
      const from = h.runtime.now();
      await h.runtime.advance(10 * MINUTE_MS);
      tellLog(edge, () => []);
      await h.sms.sync();
      tellLog(edge, () => [loggedText(1, from + 5 * MINUTE_MS)]);
      await h.runtime.advance(MINUTE_MS);
      expect(await h.sms.sync()).toMatchObject({ inbound });
    }
  });
});

describe("a log that cannot be read", () => {
  it.each([
    [503, true],
    [429, true],
    [401, false],
    [403, false],
    [404, false],
  ])("(HTTP %i) leaves everything as it was; worth another try: %s", async (status, retryable) => {
    const h = await begun();
    refuseLog(edge, status);
    await h.runtime.advance(HOUR_MS);
    const points = await pointsOf(h);
    expect(await h.sms.sync()).toEqual({ kind: "failed", retryable });
    expect(await pointsOf(h)).toEqual(points);
    expect(errorsOf(h)).toEqual(retryable ? [] : ["sync_failed"]);
    tellLog(edge, () => [loggedText(1, h.runtime.now() - 30 * MINUTE_MS)]);
    expect(await h.sms.sync()).toMatchObject({ kind: "done", inbound: 1 });
  });

  it("is read again no sooner than Twilio asks", async () => {
    const h = await begun();
    refuseLog(edge, 429, { "retry-after": "90" });
    await h.runtime.advance(5 * MINUTE_MS);
    await h.sms.runDue();
    expect(edge.asked).toHaveLength(1);
    await h.runtime.advance(89_000);
    await h.sms.runDue();
    expect(edge.asked).toHaveLength(1);
    await h.runtime.advance(5_000);
    await h.sms.runDue();
    expect(edge.asked).toHaveLength(2);
  });

  it("is told of when it goes on", async () => {
    const h = await begun();
    refuseLog(edge, 500);
    for (let pass = 0; pass < 5; pass += 1) await h.sms.sync();
    expect(errorsOf(h)).toEqual(["sync_failed"]);
  });

  it("is given up on after requestTimeoutMs, also where fetch ignores that", async () => {
    let asked = 0;
    const h = await begun({
      timing: { requestTimeoutMs: 7_000 },
      fetch: () => {
        asked += 1;
        return NEVER;
      },
    });
    let report: unknown = null;
    const ended = h.sms.sync().then((one) => (report = one));
    await expect.poll(() => asked).toBe(1);
    await h.runtime.advance(6_999);
    expect(report).toBeNull();
    await h.runtime.advance(1);
    await ended;
    expect(report).toEqual({ kind: "failed", retryable: true });
  });

  it("that never ends is no endless pass", async () => {
    const h = await begun();
    edge.tellWith((asked) => logPage([], `${asked.pathname}?Page=1`));
    expect(await h.sms.sync()).toEqual({ kind: "failed", retryable: true });
    expect(edge.asked.length).toBeLessThan(5);
  });

  it("in part is told of, and the rest is read", async () => {
    const h = await begun(options({ lagsMs: [0] }));
    tellLog(edge, () => [{ ...loggedText(1, h.runtime.now()), to: null }, loggedText(2, h.runtime.now())]);
    expect(await h.sms.sync()).toMatchObject({ inbound: 1 });
    expect(errorsOf(h)).toEqual(["sync_failed"]);
  });
});

describe("several processes", () => {
  it("read the log one at a time", async () => {
    const storage = memoryStorage();
    const manual = manualRuntime();
    const [a, b] = [await begun({}, storage), harness({ sync: {}, storage, manual })];
    tellLog(edge, () => [loggedText(1, a.runtime.now())]);
    const reports = await Promise.all([a.sms.sync(), b.sms.sync()]);
    expect(reports.map(({ kind }) => kind).sort()).toEqual(["busy", "done"]);
    expect(await bodiesOf(a)).toEqual(["text 1"]);
    expect(await b.sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 0 });
  });

  it("in one process wait for each other", async () => {
    const h = await begun();
    tellLog(edge, () => [loggedText(1, h.runtime.now())]);
    const reports = await Promise.all([h.sms.sync(), h.sms.sync()]);
    expect(reports).toEqual([
      { kind: "done", inbound: 1, statuses: 0 },
      { kind: "done", inbound: 0, statuses: 0 },
    ]);
  });

  it("go on where one has died, when its lease has ended", async () => {
    const storage = memoryStorage();
    const a = await begun({}, storage);
    const from = a.runtime.now();
    const entries = Array.from({ length: 40 }, (_, index) =>
      loggedText(index, from + index * 10 * MINUTE_MS),
    );
    tellLog(edge, () => entries);
    await a.runtime.advance(8 * HOUR_MS);
    let commits = 0;
    const dying: Storage = {
      ...storage,
      // From here on the process is gone: nothing of it reaches the storage, and nothing comes back.
      commit: (writes) => ((commits += 1) > 20 ? NEVER : storage.commit(writes)),
    };
    const dead = harness({ sync: {}, storage: dying, manual: a.runtime });
    const ended = dead.sms.sync();
    await expect.poll(() => commits).toBeGreaterThan(20);
    expect(await Promise.race([ended, a.sms.sync()])).toEqual({ kind: "busy" });
    const stored = await bodiesOf(a);
    expect(stored.length).toBeGreaterThan(5);
    await a.runtime.advance(MINUTE_MS);
    await a.sms.runDue();
    expect(await bodiesOf(a)).toEqual(entries.map((_, index) => `text ${index}`));
  });

  it("one that overslept its lease stores nothing any more", async () => {
    const storage = memoryStorage();
    const a = await begun({}, storage);
    const b = harness({ sync: {}, storage, manual: a.runtime });
    let release = (): void => undefined;
    const asleep = new Promise<void>((resolve) => {
      release = resolve;
    });
    const entry = loggedText(1, a.runtime.now());
    edge.tellWith(async (_, index) => {
      if (index === 0) await asleep;
      return logPage(index === 0 ? [entry, loggedText(2, a.runtime.now())] : []);
    });
    // A clock that stands still in the sleeper, so that its own timer does not wake it.
    const sleeper = harness({ sync: {}, storage });
    const slept = sleeper.sms.sync();
    await expect.poll(() => edge.asked.length).toBe(1);
    await a.runtime.advance(61_000);
    expect(await b.sms.sync()).toMatchObject({ kind: "done" });
    release();
    expect(await slept).toEqual({ kind: "busy" });
    expect(await bodiesOf(a)).toEqual([]);
  });
});

describe("with `sync: false`", () => {
  it("nothing is read but when asked for", async () => {
    const h = harness({ sync: false });
    await h.sms.runDue();
    await h.runtime.advance(DAY_MS);
    await h.sms.runDue();
    expect(edge.asked).toHaveLength(0);
    await h.sms.sync();
    const { length } = edge.asked;
    await h.runtime.advance(DAY_MS);
    await h.sms.runDue();
    expect(edge.asked).toHaveLength(length);
    tellLog(edge, () => [loggedText(1, h.runtime.now() - HOUR_MS)]);
    expect(await h.sms.sync()).toMatchObject({ inbound: 1 });
  });

  it("a task of other instances is left to them", async () => {
    const storage = memoryStorage();
    const a = await begun({}, storage);
    await a.runtime.advance(HOUR_MS);
    await harness({ sync: false, storage, manual: a.runtime }).sms.runDue();
    expect(edge.asked).toHaveLength(0);
    await a.runtime.advance(HOUR_MS);
    await a.sms.runDue();
    expect(edge.asked.length).toBeGreaterThan(0);
  });
});

describe("many accounts", () => {
  it("need to be told which one", async () => {
    const h = harness({ sync: {}, account: (sid) => (sid === ACCOUNT.accountSid ? ACCOUNT : null) });
    await expect(h.sms.sync()).rejects.toMatchObject({ code: "account_unknown" });
    await expect(h.sms.sync({ accountSid: "AC9" })).rejects.toMatchObject({ code: "account_unknown" });
    tellLog(edge, () => [loggedText(1, h.runtime.now())]);
    expect(await h.sms.sync({ accountSid: ACCOUNT.accountSid })).toMatchObject({ kind: "done", inbound: 1 });
    tellLog(edge, () => [loggedText(2, h.runtime.now() - MINUTE_MS)]);
    await h.runtime.advance(5 * MINUTE_MS);
    await h.sms.runDue();
    expect(await bodiesOf(h)).toEqual(["text 1", "text 2"]);
  });
});
