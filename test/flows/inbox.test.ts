import { describe, expect, it } from "vitest";
import { isSmsError } from "../../src/core/model/errors";
import { FIXTURE_CONTACT, inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();

async function conversationWith(h: Harness, from: string, index: number): Promise<string> {
  await h.post(inboundSms({ From: from, MessageSid: sidOf(index), Body: `Hello ${index}` }));
  return (await h.sms.conversations.list({ limit: 1 })).items[0]?.id ?? "";
}

describe("conversations", () => {
  it("are listed by last activity, in pages, by status", async () => {
    const h = harness();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.push(await conversationWith(h, `+1415555010${index}`, index));
      await h.runtime.advance(1_000);
    }
    await h.sms.conversations.close(ids[1] ?? "");
    const first = await h.sms.conversations.list({ limit: 2, status: "open" });
    expect(first.items.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
    const second = await h.sms.conversations.list({ limit: 2, status: "open", cursor: first.nextCursor });
    expect(second.items.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect(second.nextCursor).toBeNull();
    expect((await h.sms.conversations.list({ status: "closed" })).items.map(({ id }) => id)).toEqual([
      ids[1],
    ]);
  });

  it("are marked read, closed, reopened and assigned, with one event for each change and none for none", async () => {
    const h = harness();
    const id = await conversationWith(h, FIXTURE_CONTACT, 0);
    const before = h.events.length;
    expect(await h.sms.conversations.markRead(id)).toMatchObject({ unreadCount: 0 });
    expect(await h.sms.conversations.close(id)).toMatchObject({ status: "closed" });
    expect(await h.sms.conversations.reopen(id)).toMatchObject({ status: "open" });
    expect(await h.sms.conversations.assign(id, "ann")).toMatchObject({ assignee: "ann" });
    expect(h.eventNames().slice(before)).toEqual(Array.from({ length: 4 }, () => "conversation.updated"));
    await h.sms.conversations.assign(id, "ann");
    await h.sms.conversations.markRead(id);
    expect(h.events).toHaveLength(before + 4);
    expect(await h.sms.conversations.assign(id, null)).toMatchObject({ assignee: null });
  });

  it("give their messages oldest first, or newest first", async () => {
    const h = harness();
    const id = await conversationWith(h, FIXTURE_CONTACT, 0);
    await conversationWith(h, FIXTURE_CONTACT, 1);
    const oldest = await h.sms.conversations.messages(id, { limit: 1 });
    expect(oldest.items.map(({ seq }) => seq)).toEqual([1]);
    const newest = await h.sms.conversations.messages(id, { limit: 1, order: "newest-first" });
    expect(newest.items.map(({ seq }) => seq)).toEqual([2]);
    const rest = await h.sms.conversations.messages(id, { cursor: newest.nextCursor, order: "newest-first" });
    expect(rest.items.map(({ seq }) => seq)).toEqual([1]);
  });

  it.each<[string, (h: Harness) => Promise<unknown>, string]>([
    ["reply", (h) => h.sms.conversations.reply("nope", { body: "Hi" }), "conversation_not_found"],
    ["close", (h) => h.sms.conversations.close("nope"), "conversation_not_found"],
    ["approve", (h) => h.sms.drafts.approve("nope"), "draft_not_found"],
    ["discard", (h) => h.sms.drafts.discard("nope"), "draft_not_found"],
    ["consent of no address", (h) => h.sms.consent.get({ contact: "someone" }), "address_invalid"],
  ])("%s of what is not there is %s", async (_, call, code) => {
    await expect(call(harness())).rejects.toSatisfy(
      (error: unknown) => isSmsError(error) && error.code === code,
    );
  });

  it("get of what is not there is null", async () => {
    expect(await harness().sms.conversations.get("nope")).toBeNull();
  });

  it("refuse a limit that is none", async () => {
    await expect(harness().sms.conversations.list({ limit: 0 })).rejects.toThrow(TypeError);
  });
});

describe("a reply", () => {
  it("goes from our end of the thread to the contact, as a person's by default", async () => {
    const h = harness();
    const id = await conversationWith(h, FIXTURE_CONTACT, 0);
    const outcome = await h.sms.conversations.reply(id, {
      body: "Hi",
      author: { kind: "person", id: "ann" },
    });
    expect(outcome).toMatchObject({
      kind: "queued",
      message: { to: FIXTURE_CONTACT, conversationId: id, seq: 2, author: { kind: "person", id: "ann" } },
    });
    expect((await h.sms.conversations.reply(id, { body: "Hi" })).message?.author).toEqual({
      kind: "person",
      id: null,
    });
  });

  it("with a key that was used is a duplicate", async () => {
    const h = harness();
    const id = await conversationWith(h, FIXTURE_CONTACT, 0);
    const request = { body: "Hi", idempotencyKey: "click-1" };
    expect((await h.sms.conversations.reply(id, request)).kind).toBe("queued");
    expect((await h.sms.conversations.reply(id, request)).kind).toBe("duplicate");
  });

  it("to a contact who said stop is blocked", async () => {
    const h = harness();
    const id = await conversationWith(h, FIXTURE_CONTACT, 0);
    await h.post(inboundSms({ Body: "Stop.", MessageSid: sidOf(1) }));
    expect(await h.sms.conversations.reply(id, { body: "Hi" })).toEqual({
      kind: "blocked",
      reason: "opted_out",
      message: null,
    });
  });
});

describe("listeners", () => {
  it("that throw disturb neither the caller nor other listeners", async () => {
    const h = harness();
    const heard: string[] = [];
    h.sms.on("message.received", () => {
      throw new Error("listener is broken");
    });
    h.sms.on("message.received", ({ message }) => {
      heard.push(message.body);
    });
    expect((await h.post(inboundSms({ Body: "Hello" }))).status).toBe(200);
    expect(heard).toEqual(["Hello"]);
    expect(h.events.at(-1)).toMatchObject({ name: "error", data: { error: { code: "listener_failed" } } });
  });

  it("that are async and reject are reported, and end nothing", async () => {
    const h = harness();
    h.sms.on("message.received", () => Promise.reject(new Error("listener is broken")));
    h.sms.once("conversation.created", () => Promise.reject(new Error("listener is broken")));
    expect((await h.post(inboundSms())).status).toBe(200);
    await expect.poll(() => h.eventNames().filter((name) => name === "error").length).toBe(2);
  });

  it("end by off, by the answer of on, and after the first event with once", async () => {
    const h = harness();
    const heard: string[] = [];
    const listen = (): void => {
      heard.push("on");
    };
    h.sms.on("message.received", listen);
    const end = h.sms.on("message.received", () => {
      heard.push("ended");
    });
    h.sms.once("message.received", () => {
      heard.push("once");
    });
    end();
    await h.post(inboundSms({ MessageSid: sidOf(1) }));
    await h.post(inboundSms({ MessageSid: sidOf(2) }));
    h.sms.off("message.received", listen);
    await h.post(inboundSms({ MessageSid: sidOf(3) }));
    expect(heard).toEqual(["on", "once", "on"]);
  });
});
