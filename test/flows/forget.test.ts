import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import type { Write } from "../../src/core/model/record";
import { exportAll } from "../../src/flows/export-records";
import type { Storage } from "../../src/ports/storage";
import { FIXTURE_CONTACT, inboundSms, statusCallback } from "../fixtures/twilio/payloads";
import { harness, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { impatientRuntime } from "../support/impatient-runtime";
import { logPage, sidOf, twilioEdge, twilioError } from "../support/twilio-edge";
import { loggedText } from "./sync-log";

const edge = twilioEdge();
const DAY_MS = 86_400_000;
const contact = FIXTURE_CONTACT;

let count = 0;
async function text(h: Harness, body: string, more: Record<string, string> = {}): Promise<void> {
  count += 1;
  const response = await h.post(inboundSms({ Body: body, MessageSid: sidOf(8_000 + count), ...more }));
  expect(response.status).toBe(200);
}

/** A moment so many days ago. */
function daysAgo(h: Harness, days: number): Date {
  return new Date(h.runtime.now() - days * DAY_MS);
}

async function everything(storage: Storage): Promise<string> {
  let all = "";
  for await (const line of exportAll(storage)) all += line;
  return all;
}

async function bodiesOf(h: Harness): Promise<readonly string[]> {
  const { items } = await h.sms.conversations.list();
  const pages = await Promise.all(items.map(({ id }) => h.sms.conversations.messages(id, { limit: 500 })));
  return pages.flatMap(({ items: messages }) => messages.map(({ body }) => body));
}

const NOTHING = { messages: 0, drafts: 0, conversations: 0 };

describe("forgetting what is older than a date", () => {
  it.each([
    ["now", () => new Date(Date.parse("2026-11-23T09:00:00.000Z"))],
    ["less than a day ago", () => "2026-11-22T09:00:00.001Z"],
    ["in the future", () => "2030-01-01"],
    ["no date", () => "soon"],
    ["nothing", () => undefined as unknown as string],
    ["an invalid Date", () => new Date(Number.NaN)],
  ])("refuses a date that is %s", async (_, date) => {
    await expect(harness().sms.forgetBefore(date())).rejects.toMatchObject({ code: "config_invalid" });
  });

  it("takes a date as text or as Date, to the millisecond", async () => {
    const h = harness();
    await text(h, "Hello");
    const at = h.runtime.now();
    await h.runtime.advance(2 * DAY_MS);
    expect(await h.sms.forgetBefore(new Date(at))).toEqual(NOTHING);
    expect(await h.sms.forgetBefore(new Date(at + 1).toISOString())).toMatchObject({ messages: 1 });
  });

  it("removes messages from before it, with their conversation when nothing else is in it, and no consent", async () => {
    const h = harness();
    await text(h, "Old and over", { From: "+14155550111" });
    await text(h, "STOP", { From: "+14155550111" });
    await text(h, "Old");
    await h.runtime.advance(10 * DAY_MS);
    await text(h, "New");
    const before = h.events.length;
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual({ messages: 3, drafts: 0, conversations: 1 });
    expect(h.eventNames().slice(before)).toContain("conversation.removed");
    expect(await bodiesOf(h)).toEqual(["New"]);
    expect(await everything(h.storage)).not.toMatch(/Old/);
    const consent = { contact: "+14155550111" };
    expect(await h.sms.consent.get(consent)).toMatchObject({ state: "opted-out" });
    expect((await h.sms.consent.history(consent)).items).toMatchObject([{ evidence: { text: "STOP" } }]);
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual(NOTHING);
  });

  it("frees the thread: the next text begins a new one", async () => {
    const h = harness();
    await text(h, "Old");
    const [first] = (await h.sms.conversations.list()).items;
    await h.runtime.advance(10 * DAY_MS);
    await h.sms.forgetBefore(daysAgo(h, 5));
    await text(h, "New");
    const [second] = (await h.sms.conversations.list()).items;
    expect(second?.id).not.toBe(first?.id);
    expect(second).toMatchObject({ contact, lastSeq: 1, preview: "New" });
  });

  it("leaves what Twilio may still have to do, and shows no text of what went", async () => {
    const h = harness();
    edge.answerWith(() => twilioError(429, 20_429, { "retry-after": "864000" }));
    await h.sms.send({ to: contact, body: "Still to be sent" });
    await h.sms.runDue();
    await text(h, "A secret");
    await h.runtime.advance(10 * DAY_MS);
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual({ messages: 1, drafts: 0, conversations: 0 });
    expect(await bodiesOf(h)).toEqual(["Still to be sent"]);
    expect((await h.sms.conversations.list()).items).toMatchObject([{ preview: "", lastSeq: 2 }]);
    expect(h.events.at(-1)).toMatchObject({
      name: "conversation.updated",
      data: { conversation: { preview: "" } },
    });
    expect(await everything(h.storage)).not.toContain("A secret");
  });

  it.each([
    ["queued", 0],
    ["sending", 0],
    ["sent", 1],
    ["delivered", 1],
    ["undelivered", 1],
    ["failed", 1],
  ])("of messages that are %s it removes %i", async (status, messages) => {
    const h = harness();
    const sent = await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    const report = statusCallback({ MessageSid: sidOf(0), MessageStatus: status, To: contact });
    await h.post(report, `${WEBHOOK_URL}?mid=${sent.message?.id ?? ""}`);
    await h.runtime.advance(10 * DAY_MS);
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toMatchObject({ messages, conversations: messages });
  });

  it("removes an old text that came late, behind what is newer", async () => {
    const h = harness();
    const startedAt = h.runtime.now();
    for (let day = 1; day <= 40; day += 1) {
      await h.runtime.advance(DAY_MS);
      await h.post(inboundSms({ MessageSid: sidOf(100 + day), Body: `day ${day}` }));
    }
    edge.tellWith(() => logPage([loggedText(1, startedAt + 2 * DAY_MS)]));
    await h.sms.sync({ since: new Date(startedAt) });
    await h.sms.forgetBefore(new Date(startedAt + 5.5 * DAY_MS));
    const { items } = await h.sms.conversations.list();
    const { items: left } = await h.sms.conversations.messages(items[0]?.id ?? "", { limit: 100 });
    expect(left.map(({ body }) => body)).toEqual(
      Array.from({ length: 35 }, (_, index) => `day ${index + 6}`),
    );
  });

  it("removes one whose outcome stayed unknown", async () => {
    const h = harness();
    edge.answerWith(() => new Response("Bad gateway", { status: 502 }));
    edge.tellWith(() => new Response("Bad gateway", { status: 502 }));
    await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    await h.runtime.advance(10 * DAY_MS);
    // As long as somebody may look for it at Twilio, it stays.
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toMatchObject({ messages: 0, conversations: 0 });
    for (let look = 0; look < 2; look += 1) {
      await h.sms.runDue();
      await h.runtime.advance(DAY_MS);
    }
    await h.sms.runDue();
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toMatchObject({ messages: 1, conversations: 1 });
  });

  it("leaves a text that waits for its answer", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "Hi!" });
    const h = harness({ assistant: { use, mode: "draft" } });
    await text(h, "Hello");
    await h.runtime.advance(10 * DAY_MS);
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual(NOTHING);
    await h.sms.runDue();
    expect((await h.sms.drafts.list()).items).toHaveLength(1);
    // The draft is young, so its conversation stays for it.
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual({ messages: 1, drafts: 0, conversations: 0 });
    await h.runtime.advance(10 * DAY_MS);
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual({ messages: 0, drafts: 1, conversations: 1 });
    expect((await h.sms.conversations.list()).items).toEqual([]);
  });

  it("lets go of a waiting draft where the thread goes on", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "Hi!" });
    const h = harness({ assistant: { use, mode: "draft" } });
    await text(h, "Hello");
    await h.sms.runDue();
    await h.runtime.advance(10 * DAY_MS);
    await h.sms.send({ to: contact, body: "News" });
    await h.sms.runDue();
    expect((await h.sms.conversations.list()).items[0]?.waitingDraftId).not.toBeNull();
    expect(await h.sms.forgetBefore(daysAgo(h, 5))).toEqual({ messages: 1, drafts: 1, conversations: 0 });
    expect((await h.sms.conversations.list()).items).toMatchObject([
      { waitingDraftId: null, preview: "News" },
    ]);
  });

  it("forgets the idempotency key with its message", async () => {
    const h = harness();
    const request = { to: contact, body: "Hi", idempotencyKey: "order-1" };
    await h.sms.send(request);
    await h.sms.runDue();
    await h.post(statusCallback({ MessageSid: sidOf(0), MessageStatus: "delivered", To: contact }));
    await h.runtime.advance(10 * DAY_MS);
    expect((await h.sms.send(request)).kind).toBe("duplicate");
    await h.sms.forgetBefore(daysAgo(h, 5));
    expect((await h.sms.send(request)).kind).toBe("queued");
  });

  it("touches no other account", async () => {
    const h = harness();
    await text(h, "Hello");
    await h.runtime.advance(10 * DAY_MS);
    expect(await h.sms.forgetBefore(daysAgo(h, 5), { accountSid: "AC1" })).toEqual(NOTHING);
    const other = harness({
      storage: h.storage,
      manual: h.runtime,
      account: { accountSid: "AC1", authToken: "token", from: "+15005550009" },
    });
    expect(await other.sms.forgetBefore(daysAgo(h, 5))).toEqual(NOTHING);
    const many = harness({ storage: h.storage, manual: h.runtime, account: () => null });
    expect(await many.sms.forgetBefore(daysAgo(h, 5))).toMatchObject({ messages: 1 });
  });
});

describe("forgetting beside everything else", () => {
  it("goes in small commits, and goes on after a crash at any of them", async () => {
    const sizes: number[] = [];
    const base = memoryStorage();
    let commitsLeft = Number.POSITIVE_INFINITY;
    const storage: Storage = {
      ...base,
      async commit(writes: readonly Write[]) {
        sizes.push(writes.length);
        commitsLeft -= 1;
        if (commitsLeft < 0) throw new Error("The process is dead.");
        return base.commit(writes);
      },
    };
    const h = harness({ storage });
    for (let index = 0; index < 130; index += 1) await text(h, `Text ${index}`);
    await h.runtime.advance(10 * DAY_MS);
    sizes.length = 0;
    let crashes = 0;
    for (let isDone = false; !isDone; crashes += 1) {
      commitsLeft = 1;
      isDone = await h.sms.forgetBefore(daysAgo(h, 5)).then(
        () => true,
        () => false,
      );
    }
    expect(crashes).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60);
    expect((await h.sms.conversations.list()).items).toEqual([]);
  });

  it("several processes forget each message once, and a text that comes meanwhile stays", async () => {
    const storage = sqliteStorage({ path: ":memory:" });
    const first = harness({ storage, manual: impatientRuntime() });
    for (let index = 0; index < 60; index += 1)
      await text(first, `Text ${index}`, { From: `+1415555010${index % 3}` });
    await first.runtime.advance(10 * DAY_MS);
    const others = [
      first,
      harness({ storage, manual: first.runtime }),
      harness({ storage, manual: first.runtime }),
    ];
    const work = others.map((h) => h.sms.forgetBefore(daysAgo(first, 5)));
    await text(first, "Just now", { From: "+14155550100" });
    const reports = await Promise.all(work);
    expect(reports.reduce((sum, { messages }) => sum + messages, 0)).toBe(60);
    expect(reports.reduce((sum, { conversations }) => sum + conversations, 0)).toBeGreaterThanOrEqual(2);
    expect(await bodiesOf(first)).toEqual(["Just now"]);
    expect((await first.sms.conversations.list()).items).toMatchObject([{ preview: "Just now" }]);
    await storage.close();
  });
});
