import { describe, expect, it } from "vitest";
import type { Outcome, SimulatorOptions } from "../../src/simulator";
import { ACCOUNT_SID, OURS, PHONE, SERVICE_SID, startRig } from "./rig";
import type { Rig } from "./rig";

/** The statuses that the host was told, one a step, so that none overtakes another. */
function statuses(rig: Rig): readonly (string | undefined)[] {
  return rig.host.requests.map((request) => request.fields["MessageStatus"]);
}

function service(hostUrl: string): SimulatorOptions {
  return { services: [{ sid: SERVICE_SID, senders: [OURS], statusCallback: `${hostUrl}/service` }] };
}

describe("status callbacks", () => {
  it("tell of every step but the first, complete and signed", async () => {
    const rig = await startRig();
    const statusCallback = `${rig.host.url}/status?message=1`;
    const message = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi", statusCallback });
    expect(message.status).toBe("queued");
    await rig.settle();
    const common = {
      MessageSid: message.sid,
      SmsSid: message.sid,
      AccountSid: ACCOUNT_SID,
      ApiVersion: "2010-04-01",
      From: OURS,
      To: PHONE,
    };
    expect(rig.host.requests.map((request) => request.fields)).toStrictEqual([
      { ...common, MessageStatus: "sent", SmsStatus: "sent" },
      { ...common, MessageStatus: "delivered", SmsStatus: "delivered", RawDlrDoneDate: "2611201200" },
    ]);
    for (const request of rig.host.requests) {
      expect(request.isGenuine).toBe(true);
      expect(request.method).toBe("POST");
      expect(request.path).toBe("/status?message=1");
      expect(request.headers).toMatchObject({
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": "TwilioProxy/1.1",
        "i-twilio-idempotency-token": expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
  });

  it("come one step at a time", async () => {
    const rig = await startRig();
    const statusCallback = `${rig.host.url}/status`;
    const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi", statusCallback });
    rig.clock.advance(299);
    await rig.simulator.idle();
    expect(statuses(rig)).toStrictEqual([]);
    rig.clock.advance(1);
    await rig.simulator.idle();
    expect(statuses(rig)).toStrictEqual(["sent"]);
    const sent = await rig.client.messages(sid).fetch();
    expect(sent.dateSent).toStrictEqual(new Date("2026-11-20T12:00:00Z"));
    expect(rig.simulator.phone(PHONE).messages()).toStrictEqual([]);
    rig.clock.advance(300);
    await rig.simulator.idle();
    expect(statuses(rig)).toStrictEqual(["sent", "delivered"]);
    expect(rig.clock.pending()).toBe(0);
  });

  it("add queued for a Messaging Service, whose address is used unless the message names one", async () => {
    const rig = await startRig(service);
    const order = { to: PHONE, messagingServiceSid: SERVICE_SID, body: "Hi" };
    await rig.client.messages.create(order);
    await rig.settle();
    expect(statuses(rig)).toStrictEqual(["queued", "sent", "delivered"]);
    expect(rig.host.requests[0]).toMatchObject({
      path: "/service",
      isGenuine: true,
      fields: { From: OURS, MessagingServiceSid: SERVICE_SID, MessageStatus: "queued" },
    });
    await rig.client.messages.create({ ...order, statusCallback: `${rig.host.url}/own` });
    await rig.settle();
    const paths = rig.host.requests.map((request) => request.path);
    expect(paths).toStrictEqual(["/service", "/service", "/service", "/own", "/own", "/own"]);
  });

  it("are not made where nobody asked for them", async () => {
    const rig = await startRig();
    await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await rig.settle();
    expect(rig.simulator.webhooks()).toStrictEqual([]);
    expect(rig.simulator.phone(PHONE).messages()).toHaveLength(1);
  });

  it("tell of a cancelled message", async () => {
    const rig = await startRig(service);
    const { sid } = await rig.client.messages.create({
      to: PHONE,
      messagingServiceSid: SERVICE_SID,
      body: "Hi",
      scheduleType: "fixed",
      sendAt: new Date(rig.clock.now() + 600_000),
    });
    await rig.client.messages(sid).update({ status: "canceled" });
    await rig.simulator.idle();
    expect(statuses(rig)).toStrictEqual(["canceled"]);
    expect(rig.host.requests[0]?.fields).not.toHaveProperty("From");
    expect(rig.host.requests[0]?.isGenuine).toBe(true);
  });

  it.each<readonly [outcome: Outcome, told: readonly string[], code: string | undefined, isOnPhone: boolean]>(
    [
      ["delivered", ["sent", "delivered"], undefined, true],
      ["sent", ["sent"], undefined, true],
      [{ undelivered: 30005 }, ["sent", "undelivered"], "30005", false],
      [{ failed: 30007 }, ["failed"], "30007", false],
    ],
  )("follow the outcome %j", async (outcome, told, code, isOnPhone) => {
    const rig = await startRig();
    rig.simulator.setOutcome(PHONE, outcome);
    const statusCallback = `${rig.host.url}/status`;
    const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi", statusCallback });
    await rig.settle();
    expect(statuses(rig)).toStrictEqual(told);
    expect(rig.host.requests.every((request) => request.isGenuine)).toBe(true);
    expect(rig.host.requests.at(-1)?.fields["ErrorCode"]).toBe(code);
    expect(rig.simulator.phone(PHONE).messages().length > 0).toBe(isOnPhone);
    const message = await rig.client.messages(sid).fetch();
    expect(message.status).toBe(told.at(-1));
    expect(String(message.errorCode ?? undefined)).toBe(String(code));
    expect(message.errorMessage === null).toBe(code === undefined);
  });

  it("let the option decide the outcome per message, and a number's own outcome win until it is taken back", async () => {
    const rig = await startRig(() => ({
      delivery: {
        stepMs: 300,
        finalStatus: (message) => (message.body === "bad" ? { undelivered: 30003 } : "delivered"),
      },
    }));
    const finalStatus = async (body: string) => {
      const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body });
      await rig.settle();
      return (await rig.client.messages(sid).fetch()).status;
    };
    expect(await finalStatus("bad")).toBe("undelivered");
    expect(await finalStatus("good")).toBe("delivered");
    rig.simulator.setOutcome(PHONE, { failed: 30001 });
    expect(await finalStatus("good")).toBe("failed");
    rig.simulator.setOutcome(PHONE, null);
    expect(await finalStatus("good")).toBe("delivered");
  });

  it.each([
    ["#rc=5&rp=ct,rt,5xx", 6],
    ["#rc=1&rp=5xx", 2],
    ["#rc=5&rp=ct,rt", 1],
    ["", 1],
  ])(
    "that are answered with 5xx are made again as often as the fragment %j says",
    async (fragment, calls) => {
      const rig = await startRig();
      rig.host.answer(() => ({ status: 503 }));
      rig.simulator.setOutcome(PHONE, "sent");
      const statusCallback = `${rig.host.url}/status${fragment}`;
      await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi", statusCallback });
      await rig.settle();
      expect(statuses(rig)).toStrictEqual(Array.from({ length: calls }, () => "sent"));
      expect(rig.host.requests.every((request) => request.isGenuine && request.path === "/status")).toBe(
        true,
      );
      expect(rig.simulator.webhooks().map((webhook) => webhook.attempt)).toStrictEqual(
        Array.from({ length: calls }, (_, index) => index + 1),
      );
      const tokens = rig.host.requests.map((request) => request.headers["i-twilio-idempotency-token"]);
      expect(new Set(tokens).size).toBe(1);
    },
  );

  it("that fail are in the debugger, are not repeated, and have no fallback", async () => {
    const rig = await startRig();
    rig.host.answer(() => ({ status: 500 }));
    const statusCallback = `${rig.host.url}/status`;
    const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi", statusCallback });
    await rig.settle();
    expect(statuses(rig)).toStrictEqual(["sent", "delivered"]);
    expect(rig.simulator.debugger().map((entry) => entry.code)).toStrictEqual([11200, 11200]);
    expect((await rig.client.messages(sid).fetch()).status).toBe("delivered");
  });
});
