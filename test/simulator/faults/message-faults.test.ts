import { describe, expect, it } from "vitest";
import type { SimulatorOptions } from "../../../src/simulator";
import { OURS, PHONE, SERVICE_SID, numberAt, startRig } from "../rig";
import type { Rig } from "../rig";

const OTHER = "+15551230000";
const THIRD = "+15551230001";

function pool(...senders: readonly string[]): SimulatorOptions {
  return {
    numbers: senders.map((phoneNumber) => ({ phoneNumber })),
    services: [{ sid: SERVICE_SID, senders }],
  };
}

describe("somebody who opts out silently", () => {
  it("cannot be texted from that number any more, and the host has heard nothing", async () => {
    const rig = await startRig((hostUrl) => ({
      numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/sms` }, { phoneNumber: OTHER }],
    }));
    rig.simulator.phone(PHONE).optOutSilently(OURS);
    const send = (from: string) => rig.client.messages.create({ to: PHONE, from, body: "Hi" });
    await expect(send(OURS)).rejects.toMatchObject({ status: 400, code: 21610 });
    expect((await send(OTHER)).status).toBe("queued");
    expect(rig.host.requests).toStrictEqual([]);
    expect(rig.simulator.phone(PHONE).messages()).toStrictEqual([]);
    await rig.simulator.phone(PHONE).text(OURS, "START");
    expect((await send(OURS)).status).toBe("queued");
  });

  it("fails a message that was accepted before, and one that a service with Advanced Opt-Out accepts after", async () => {
    const rig = await startRig(() => ({
      numbers: [{ phoneNumber: OURS }, { phoneNumber: OTHER }],
      services: [{ sid: SERVICE_SID, senders: [OTHER], advancedOptOut: true }],
    }));
    const finalStatus = async (
      order: { from: string } | { messagingServiceSid: string },
      ours: string | null,
    ) => {
      const { sid } = await rig.client.messages.create({ to: PHONE, body: "Hi", ...order });
      if (ours !== null) rig.simulator.phone(PHONE).optOutSilently(ours);
      await rig.settle();
      return rig.client.messages(sid).fetch();
    };
    expect(await finalStatus({ from: OURS }, OURS)).toMatchObject({ status: "failed", errorCode: 21610 });
    const service = { messagingServiceSid: SERVICE_SID };
    expect(await finalStatus(service, null)).toMatchObject({ status: "delivered" });
    rig.simulator.phone(PHONE).optOutSilently(OTHER);
    expect(await finalStatus(service, null)).toMatchObject({ status: "failed", errorCode: 21610 });
  });

  it("cannot opt out of what is no number of ours", async () => {
    const { simulator } = await startRig();
    expect(() => simulator.phone(PHONE).optOutSilently("+15550009999")).toThrow(TypeError);
  });

  it("may be anybody who was just sent a message: that one arrives, the next is refused", async () => {
    const rig = await startRig(() => ({ faults: { optOutSilently: 1 } }));
    const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await rig.settle();
    expect((await rig.client.messages(sid).fetch()).status).toBe("delivered");
    await expect(rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" })).rejects.toMatchObject({
      code: 21610,
    });
    expect(rig.simulator.faultCounts().optOutSilently).toBe(1);
  });
});

describe("a Messaging Service", () => {
  const sendersOf = async (rig: Rig, messages: number) => {
    const senders: string[] = [];
    for (let message = 0; message < messages; message += 1) {
      const { sid } = await rig.client.messages.create({
        to: PHONE,
        messagingServiceSid: SERVICE_SID,
        body: "Hi",
      });
      await rig.settle();
      senders.push((await rig.client.messages(sid).fetch()).from);
    }
    return senders;
  };

  it("may move a contact to another of its senders, and leaves it there", async () => {
    const rig = await startRig(() => ({ ...pool(OURS, OTHER, THIRD), faults: { moveSender: 1 } }));
    const senders = await sendersOf(rig, 5);
    expect(senders[0]).toBe(OURS);
    expect(senders.slice(1).every((sender, index) => sender !== senders[index])).toBe(true);
    expect(rig.simulator.faultCounts().moveSender).toBe(4);
    rig.simulator.setFaults({ moveSender: null });
    expect(new Set([senders.at(-1), ...(await sendersOf(rig, 2))]).size).toBe(1);
  });

  it("with one sender moves nobody", async () => {
    const rig = await startRig(() => ({ ...pool(OURS), faults: { moveSender: 1 } }));
    expect(await sendersOf(rig, 3)).toStrictEqual([OURS, OURS, OURS]);
    expect(rig.simulator.faultCounts().moveSender).toBe(0);
  });
});

describe("the list of messages", () => {
  it("may show a new message late, while its own address shows it at once", async () => {
    const rig = await startRig((hostUrl) => ({ ...numberAt(hostUrl), faults: { lagList: { ms: 30_000 } } }));
    const out = await rig.client.messages.create({ to: PHONE, from: OURS, body: "out" });
    await rig.settle();
    const inbound = await rig.simulator.phone(PHONE).text(OURS, "in");
    const listed = async () => (await rig.client.messages.list()).map((message) => message.sid);
    expect(await listed()).toStrictEqual([]);
    expect((await rig.client.messages(out.sid).fetch()).status).toBe("delivered");
    expect((await rig.client.messages(inbound.sid).fetch()).status).toBe("received");
    rig.clock.advance(30_000 - 1_200);
    expect(await listed()).toStrictEqual([out.sid]);
    rig.clock.advance(1_200);
    expect(await listed()).toStrictEqual([inbound.sid, out.sid]);
    expect(rig.simulator.faultCounts().lagList).toBe(2);
  });

  it("shows a message that comes late under the date that it always had, on the page where it belongs", async () => {
    const rig = await startRig(() => ({ faults: { lagList: { ms: 60_000 } } }));
    const late = await rig.client.messages.create({ to: PHONE, from: OURS, body: "late" });
    rig.simulator.setFaults({ lagList: null });
    rig.clock.advance(1_000);
    const prompt = await rig.client.messages.create({ to: PHONE, from: OURS, body: "prompt" });
    expect(await rig.client.messages.list()).toMatchObject([{ sid: prompt.sid }]);
    rig.clock.advance(59_000);
    const [first, second] = await rig.client.messages.list({ pageSize: 1 });
    expect([first?.sid, second?.sid]).toStrictEqual([prompt.sid, late.sid]);
    expect(second?.dateCreated).toStrictEqual(new Date("2026-11-20T12:00:00Z"));
  });
});
