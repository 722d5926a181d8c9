import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/model/message";
import { FIXTURE_CONTACT, FIXTURE_OURS, inboundSms, statusCallback } from "../fixtures/twilio/payloads";
import { ACCOUNT, harness, signedPost, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { sidOf, twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();

async function sentMessage(h: Harness): Promise<Message> {
  const outcome = await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
  await h.sms.runDue();
  if (outcome.message === null) throw new Error("blocked");
  return outcome.message;
}

async function now(h: Harness, { conversationId, id }: Message): Promise<Message | undefined> {
  return (await h.sms.conversations.messages(conversationId)).items.find((message) => message.id === id);
}

function report(status: string, more: Record<string, string> = {}): Record<string, string> {
  return statusCallback({ MessageSid: sidOf(0), MessageStatus: status, To: FIXTURE_CONTACT, ...more });
}

describe("status callbacks", () => {
  it("move the message forward, with an event each time", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    for (const status of ["sent", "delivered"]) await h.post(report(status), `${WEBHOOK_URL}?mid=${sent.id}`);
    expect(await now(h, sent)).toMatchObject({ status: "delivered" });
    const moves = h.events.flatMap((event) => (event.name === "message.status" ? [event.data] : []));
    expect(moves.map(({ previous, message }) => [previous, message.status])).toEqual([
      [null, "pending"],
      ["pending", "queued"],
      ["queued", "sent"],
      ["sent", "delivered"],
    ]);
  });

  it("never move it backwards, in whatever order they come, and a repetition is no event", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    await h.post(report("delivered"));
    const events = h.events.length;
    const late = ["sent", "queued", "delivered"];
    for (const status of late) expect((await h.post(report(status))).status).toBe(200);
    expect(await now(h, sent)).toMatchObject({ status: "delivered" });
    expect(h.events).toHaveLength(events);
  });

  it("that contradict each other are both kept", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    await h.post(report("undelivered", { ErrorCode: "30003" }));
    await h.post(report("delivered"));
    const message = await now(h, sent);
    expect(message?.status).toBe("delivered");
    expect([...(message?.delivery.finals ?? [])].sort()).toEqual(["delivered", "undelivered"]);
  });

  it("carry the explanation of a failure", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    await h.post(report("undelivered", { ErrorCode: "30003", RawDlrDoneDate: "2611230905" }));
    const message = await now(h, sent);
    expect(message).toMatchObject({ status: "undelivered", error: { code: 30003 } });
    expect(message?.delivery.rawDlrDoneDate).toBe("2611230905");
    expect(message?.error?.advice).not.toBe("");
  });

  it("with a status that this version does not know are kept, and crash nothing", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    expect((await h.post(report("teleported"))).status).toBe(200);
    const message = await now(h, sent);
    expect(message?.status).toBe("queued");
    expect(message?.delivery.rawStatuses).toEqual(["teleported"]);
  });

  it("that come before the API's answer find their message by the id in the URL", async () => {
    const h = harness();
    const outcome = await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    const id = outcome.message?.id ?? "";
    edge.answerWith(async ({ form }) => {
      await h.post(report("delivered"), form.get("StatusCallback") ?? "");
      return Response.json(
        { sid: sidOf(0), status: "queued", from: form.get("From"), error_code: null },
        { status: 201 },
      );
    });
    await h.sms.runDue();
    const { items } = await h.sms.conversations.messages(outcome.message?.conversationId ?? "");
    expect(items).toMatchObject([{ id, sid: sidOf(0), status: "delivered" }]);
    await h.runtime.advance(600_000);
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(1);
  });

  it("about a message that we do not know are answered 200, noted, and change nothing", async () => {
    const h = harness();
    expect((await h.post(report("delivered"))).status).toBe(200);
    expect(h.events).toMatchObject([{ name: "error", data: { error: { code: "message_not_found" } } }]);
    expect((await h.sms.conversations.list()).items).toEqual([]);
  });

  it("with the id of one message and the sid of another believe the sid", async () => {
    const h = harness();
    const first = await sentMessage(h);
    const second = await sentMessage(h);
    await h.post(report("delivered"), `${WEBHOOK_URL}?mid=${second.id}`);
    expect(await now(h, first)).toMatchObject({ status: "delivered", sid: sidOf(0) });
    expect(await now(h, second)).toMatchObject({ status: "queued", sid: sidOf(1) });
  });

  it("with the id of a message that has another sid, and a sid that is nobody's, change nothing", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    await h.post(report("delivered", { MessageSid: sidOf(9) }), `${WEBHOOK_URL}?mid=${sent.id}`);
    expect(await now(h, sent)).toMatchObject({ status: "queued", sid: sidOf(0) });
  });

  it("of one account never touch a message of another", async () => {
    const other = {
      accountSid: "ACffffffffffffffffffffffffffffffff",
      authToken: "other-token",
      from: FIXTURE_OURS,
    };
    const h = harness({
      account: (sid) => [ACCOUNT, other].find(({ accountSid }) => accountSid === sid) ?? null,
    });
    const outcome = await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", accountSid: ACCOUNT.accountSid });
    const sent = outcome.message;
    const url = `${WEBHOOK_URL}?mid=${sent?.id ?? ""}`;
    const forged = report("delivered", { AccountSid: other.accountSid, MessageSid: sidOf(9) });
    expect((await h.sms.webhook(await signedPost(forged, url, "other-token"))).status).toBe(200);
    const { items } = await h.sms.conversations.messages(sent?.conversationId ?? "");
    expect(items).toMatchObject([{ status: "pending", sid: null }]);
  });

  it("never touch an inbound message", async () => {
    const h = harness();
    await h.post(inboundSms({ MessageSid: sidOf(0) }));
    await h.post(report("failed"), `${WEBHOOK_URL}?mid=${sidOf(0)}`);
    const { items } = await h.sms.conversations.list();
    const { items: messages } = await h.sms.conversations.messages(items[0]?.id ?? "");
    expect(messages).toMatchObject([{ status: "received", delivery: { finals: ["received"], errors: [] } }]);
  });

  it("with 21610 close the gate", async () => {
    const h = harness();
    const sent = await sentMessage(h);
    await h.post(report("failed", { ErrorCode: "21610" }));
    expect(await now(h, sent)).toMatchObject({ status: "failed", error: { code: 21610 } });
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
  });
});
