import { describe, expect, it } from "vitest";
import { OURS, PHONE, numberAt, startRig } from "../rig";
import type { Rig } from "../rig";

function received(rig: Rig): readonly (string | undefined)[] {
  return rig.host.requests.map((request) => request.fields["MessageSid"]);
}

describe("a text to one of our numbers", () => {
  it("may be delivered several times at once, and each answer is carried out", async () => {
    const rig = await startRig((hostUrl) => ({
      ...numberAt(hostUrl),
      faults: { duplicateInbound: { times: 5 } },
    }));
    rig.host.answer(() => ({ type: "text/plain", body: "Yes" }));
    const { sid, webhook } = await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(webhook).toStrictEqual({ status: 200, body: "Yes" });
    expect(received(rig)).toStrictEqual([sid, sid, sid, sid, sid]);
    expect(rig.host.requests.every((request) => request.isGenuine)).toBe(true);
    await rig.settle();
    const texts = rig.simulator.phone(PHONE).messages();
    expect(texts.map((text) => text.direction)).toStrictEqual([
      "sent",
      ...Array.from({ length: 5 }, () => "received"),
    ]);
    expect(await rig.client.messages.list({ to: OURS })).toHaveLength(1);
    expect(rig.simulator.faultCounts().duplicateInbound).toBe(1);
  });

  it("is under way in all its copies before the host answers one", async () => {
    const rig = await startRig((hostUrl) => ({ ...numberAt(hostUrl), faults: { duplicateInbound: 1 } }));
    rig.host.answer(() => "never");
    const text = rig.simulator.phone(PHONE).text(OURS, "Hi");
    await rig.host.received(2);
    await rig.simulator.stop();
    expect((await text).webhook).toBeNull();
  });

  it("may be delivered late", async () => {
    const rig = await startRig((hostUrl) => ({
      ...numberAt(hostUrl),
      faults: { delayInbound: { ms: 9_000 } },
    }));
    rig.host.answer(() => ({ type: "text/plain", body: "Yes" }));
    const { sid, webhook } = await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(webhook).toBeNull();
    expect((await rig.client.messages(sid).fetch()).status).toBe("received");
    rig.clock.advance(8_999);
    await rig.simulator.idle();
    expect(received(rig)).toStrictEqual([]);
    rig.clock.advance(1);
    await rig.simulator.idle();
    expect(received(rig)).toStrictEqual([sid]);
    await rig.settle();
    expect(rig.simulator.phone(PHONE).messages()).toHaveLength(2);
    expect(rig.simulator.faultCounts().delayInbound).toBe(1);
  });

  it("may be lost on the way to the host, and is in the log all the same", async () => {
    const rig = await startRig((hostUrl) => ({ ...numberAt(hostUrl), faults: { loseInbound: 1 } }));
    const { sid, webhook } = await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(webhook).toBeNull();
    rig.clock.advance(86_400_000);
    await rig.simulator.idle();
    expect(rig.simulator.webhooks()).toStrictEqual([]);
    expect(rig.simulator.debugger()).toStrictEqual([]);
    expect(await rig.client.messages.list({ to: OURS })).toMatchObject([
      { sid, body: "Hi", status: "received" },
    ]);
    expect(rig.simulator.faultCounts().loseInbound).toBe(1);
  });

  it("may be delivered once more later", async () => {
    const rig = await startRig((hostUrl) => ({
      ...numberAt(hostUrl),
      faults: { repeatInbound: { ms: 3_600_000 } },
    }));
    const { sid, webhook } = await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(webhook?.status).toBe(200);
    expect(received(rig)).toStrictEqual([sid]);
    rig.clock.advance(3_600_000);
    await rig.simulator.idle();
    expect(received(rig)).toStrictEqual([sid, sid]);
    const [first, second] = rig.host.requests;
    expect(second?.fields).toStrictEqual(first?.fields);
    expect(rig.simulator.faultCounts().repeatInbound).toBe(1);
  });

  it("counts its repeat from its first delivery when that is late", async () => {
    const rig = await startRig((hostUrl) => ({
      ...numberAt(hostUrl),
      faults: { delayInbound: { ms: 1_000 }, duplicateInbound: 1, repeatInbound: { ms: 500 } },
    }));
    await rig.simulator.phone(PHONE).text(OURS, "Hi");
    const deliveredBy = async (ms: number) => {
      rig.clock.advance(ms);
      await rig.simulator.idle();
      return rig.host.requests.length;
    };
    expect(await deliveredBy(999)).toBe(0);
    expect(await deliveredBy(1)).toBe(2);
    expect(await deliveredBy(499)).toBe(2);
    expect(await deliveredBy(1)).toBe(3);
  });

  it("opts its sender out at Twilio also when the host never hears of it", async () => {
    const rig = await startRig((hostUrl) => ({ ...numberAt(hostUrl), faults: { loseInbound: 1 } }));
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    await expect(rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" })).rejects.toMatchObject({
      code: 21610,
    });
  });

  it("is no fault's business where nobody is to be called", async () => {
    const rig = await startRig(() => ({ faults: { loseInbound: 1 } }));
    await rig.simulator.phone(PHONE).text(OURS, "Hi");
    expect(rig.simulator.faultCounts().loseInbound).toBe(0);
  });
});
