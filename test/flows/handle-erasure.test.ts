import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import type { Entity } from "../../src/core/model/record";
import { exportAll } from "../../src/flows/export-records";
import type { SmsOptions } from "../../src/flows/sms-options";
import type { Storage } from "../../src/ports/storage";
import { FIXTURE_CONTACT, inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { manualRuntime } from "../support/manual-runtime";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();
const KEY = "a secret of thirty-two characters";
const contact = FIXTURE_CONTACT;
const DIGITS = contact.slice(1);
const OTHER = "+14155550199";
const DAY_MS = 86_400_000;

let count = 0;
async function text(h: Harness, body: string, more: Record<string, string> = {}): Promise<void> {
  count += 1;
  const response = await h.post(inboundSms({ Body: body, MessageSid: sidOf(4_000 + count), ...more }));
  expect(response.status).toBe(200);
}

async function everything(storage: Storage): Promise<string> {
  let all = "";
  for await (const line of exportAll(storage)) all += line;
  return all;
}

/** The ids of all that is kept for handlers. */
async function taskIds(storage: Storage): Promise<readonly string[]> {
  const { items } = await storage.list({ list: "records", kind: "task", limit: 1_000, cursor: null });
  return items.map(({ id }: Entity) => id).filter((id) => /^(?:handle|handlers|event):/.test(id));
}

/** An instance in which every event waits for two handlers that fail. */
function failing(options: Partial<SmsOptions> & { readonly storage: Storage }): Harness {
  const h = harness({ erasure: { key: KEY }, handlers: { maxAttempts: 2 }, ...options });
  const fail = (): never => {
    throw new Error("down");
  };
  for (const name of [
    "message.received",
    "message.status",
    "conversation.updated",
    "consent.changed",
    "send.blocked",
  ] as const) {
    h.sms.handle(name, fail, { name: `first-${name}` });
    h.sms.handle(name, fail, { name: `second-${name}` });
  }
  return h;
}

const STORAGES: readonly (readonly [string, () => Storage])[] = [
  ["memory", memoryStorage],
  ["SQLite", () => sqliteStorage({ path: ":memory:" })],
];

describe.each(STORAGES)("erasing a contact, on %s", (_, open) => {
  it("removes what waits for handlers of any process, and leaves nothing that names them", async () => {
    const storage = open();
    const manual = manualRuntime();
    const h = failing({ storage });
    for (let index = 0; index < 60; index += 1) await text(h, `Secret ${index}`);
    await text(h, "STOP");
    await h.sms.send({ to: contact, body: "refused at the door" });
    await text(h, "Mine stays", { From: OTHER });
    await h.sms.runDue();
    expect(await everything(storage)).toContain("Secret 1");
    // The process that erases has none of these handlers.
    const eraser = harness({ storage, manual, erasure: { key: KEY } });
    expect(await eraser.sms.contacts.erase({ contact })).toMatchObject({ kind: "erased", messages: 61 });
    const left = await everything(storage);
    expect(left).not.toContain(DIGITS);
    expect(left).not.toMatch(/Secret|refused at the door/);
    expect(left).toContain("Mine stays");
    const events = (await taskIds(storage)).filter((id) => id.startsWith("event:"));
    expect(events.length).toBeGreaterThan(0);
    expect(await eraser.sms.contacts.erase({ contact })).toEqual({ kind: "nothing-found" });
  });

  it("is told to handlers of conversation.removed, which leave nothing behind when they have run", async () => {
    const storage = open();
    const h = harness({ storage, erasure: { key: KEY } });
    const removed: string[] = [];
    let isDown = true;
    h.sms.handle("conversation.removed", ({ conversationId }) => {
      if (isDown) throw new Error("down");
      removed.push(conversationId);
    });
    await text(h, "Hello");
    const [conversation] = (await h.sms.conversations.list()).items;
    await h.sms.contacts.erase({ contact });
    await h.sms.runDue();
    isDown = false;
    await h.runtime.advance(2_000);
    await h.sms.runDue();
    expect(removed).toEqual([conversation?.id]);
    expect(await taskIds(storage)).toEqual([]);
  });

  it("also removes what came before there was a key", async () => {
    const storage = open();
    const { erasure: _none, ...without } = { erasure: undefined, storage };
    const before = harness(without);
    before.sms.handle("consent.changed", () => {
      throw new Error("down");
    });
    before.sms.handle("send.blocked", () => undefined);
    await before.sms.consent.optOut({ contact, note: "by phone" });
    await before.sms.send({ to: contact, body: "no" });
    await before.sms.runDue();
    const h = harness({ storage, erasure: { key: KEY } });
    await h.sms.contacts.erase({ contact });
    expect(await everything(storage)).not.toMatch(/by phone/);
    expect(await everything(storage)).not.toContain(DIGITS);
    expect(await taskIds(storage)).toEqual([]);
  });

  it("lets handlers hear of what they do afterwards, in order, and forgets that when they are erased again", async () => {
    const storage = open();
    const h = harness({ storage, erasure: { key: KEY } });
    const heard: string[] = [];
    h.sms.handle("consent.changed", ({ consent }) => heard.push(`${consent.contact} ${consent.state}`));
    await text(h, "STOP");
    await h.sms.runDue();
    await h.sms.contacts.erase({ contact });
    await text(h, "START");
    await text(h, "STOP");
    await h.sms.runDue();
    expect(heard).toEqual([`${contact} opted-out`, `${contact} opted-in`, `${contact} opted-out`]);
    await text(h, "START");
    expect(await everything(storage)).toContain(DIGITS);
    await h.sms.contacts.erase({ contact });
    expect(await everything(storage)).not.toContain(DIGITS);
    await h.sms.runDue();
    expect(heard).toHaveLength(3);
  });
});

describe("erasing a contact while a handler runs", () => {
  it("takes its event away for good, although the handler ends afterwards", async () => {
    const storage = memoryStorage();
    const h = harness({ storage, erasure: { key: KEY } });
    let calls = 0;
    let finish = (): void => undefined;
    h.sms.handle("message.received", () => {
      calls += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await text(h, "Hello");
    await text(h, "Again");
    const run = h.sms.runDue();
    await expect.poll(() => calls).toBe(1);
    await h.sms.contacts.erase({ contact });
    finish();
    await run;
    await h.runtime.advance(DAY_MS);
    await h.sms.runDue();
    expect(calls).toBe(1);
    expect(await taskIds(storage)).toEqual([]);
  });
});

describe.each(STORAGES)("forgetting what is old, on %s", (_, open) => {
  it("also forgets old events that wait, and parked ones, and goes on with newer ones", async () => {
    const storage = open();
    const h = harness({ storage, handlers: { maxAttempts: 1 } });
    const noted: string[] = [];
    let isDown = true;
    h.sms.handle("message.received", ({ message }) => {
      if (isDown) throw new Error("down");
      noted.push(message.body);
    });
    await text(h, "Old one");
    await text(h, "Old two");
    await h.sms.runDue();
    await h.runtime.advance(10 * DAY_MS);
    await text(h, "New");
    isDown = false;
    expect(await h.sms.forgetBefore(new Date(h.runtime.now() - 5 * DAY_MS))).toEqual({
      messages: 2,
      drafts: 0,
      conversations: 0,
    });
    expect(await everything(storage)).not.toMatch(/Old/);
    expect((await h.sms.handlers.parked()).items).toEqual([]);
    await h.sms.runDue();
    expect(noted).toEqual(["New"]);
  });

  it("takes the queues of a conversation along, and keeps one for which a newer event waits", async () => {
    const storage = open();
    const h = harness({ storage });
    let isDown = false;
    h.sms.handle("conversation.updated", () => {
      if (isDown) throw new Error("down");
    });
    h.sms.handle("message.received", () => undefined);
    await text(h, "Old");
    await text(h, "Old too");
    await text(h, "Old elsewhere", { From: OTHER });
    await h.sms.runDue();
    await h.runtime.advance(10 * DAY_MS);
    isDown = true;
    const [thread] = (await h.sms.conversations.withContact({ contact })).items;
    await h.sms.conversations.markRead(thread?.id ?? "");
    const fiveDaysAgo = new Date(h.runtime.now() - 5 * DAY_MS);
    expect(await h.sms.forgetBefore(fiveDaysAgo)).toMatchObject({ messages: 3, conversations: 0 });
    isDown = false;
    await h.runtime.advance(1_000);
    await h.sms.runDue();
    expect(await h.sms.forgetBefore(fiveDaysAgo)).toMatchObject({ messages: 0, conversations: 2 });
    expect(await taskIds(storage)).toEqual([]);
  });
});
