import { describe, expect, it } from "vitest";
import type { FaultOptions, SimulatorOptions } from "../../../src/simulator";
import { OURS, PHONE, SERVICE_SID, startRig } from "../rig";
import type { Rig } from "../rig";

function statuses(rig: Rig): readonly (string | undefined)[] {
  return rig.host.requests.map((request) => request.fields["MessageStatus"]);
}

/** A rig in which every message goes by queued, sent and delivered, and each step calls back. */
function startFaulty(faults: FaultOptions): Promise<Rig> {
  return startRig((hostUrl): SimulatorOptions => ({
    services: [{ sid: SERVICE_SID, senders: [OURS], statusCallback: `${hostUrl}/status` }],
    faults,
  }));
}

async function send(rig: Rig): Promise<string> {
  return (await rig.client.messages.create({ to: PHONE, messagingServiceSid: SERVICE_SID, body: "Hi" })).sid;
}

describe("status callbacks", () => {
  it("that are lost are never sent, while the message goes its way", async () => {
    const rig = await startFaulty({ loseCallback: 1 });
    const sid = await send(rig);
    await rig.settle();
    rig.clock.advance(86_400_000);
    await rig.simulator.idle();
    expect(rig.host.requests).toStrictEqual([]);
    expect((await rig.client.messages(sid).fetch()).status).toBe("delivered");
    expect(rig.simulator.faultCounts().loseCallback).toBe(3);
  });

  it("that are delayed come when their time has passed, whatever came meanwhile", async () => {
    const rig = await startFaulty({ delayCallback: { ms: 5_000 } });
    await send(rig);
    rig.clock.advance(300);
    rig.simulator.setFaults({ delayCallback: null });
    await rig.settle();
    expect(statuses(rig)).toStrictEqual(["sent", "delivered"]);
    rig.clock.advance(5_000);
    await rig.simulator.idle();
    expect(statuses(rig)).toStrictEqual(["sent", "delivered", "queued"]);
    expect(rig.host.requests.every((request) => request.isGenuine)).toBe(true);
    expect(rig.simulator.faultCounts().delayCallback).toBe(1);
  });

  it("that are duplicated come that many times, each with a token of its own", async () => {
    const rig = await startFaulty({ duplicateCallback: { times: 3 } });
    await send(rig);
    await rig.settle();
    expect(statuses(rig)).toStrictEqual(["queued", "sent", "delivered"].flatMap((one) => [one, one, one]));
    const tokens = rig.host.requests.map((request) => request.headers["i-twilio-idempotency-token"]);
    expect(new Set(tokens).size).toBe(9);
    expect(rig.simulator.faultCounts().duplicateCallback).toBe(3);
  });

  it("that are overtaken come after the last one, in their own order", async () => {
    const rig = await startFaulty({ reorderCallback: 1 });
    await send(rig);
    await rig.settle();
    expect(statuses(rig)[0]).toBe("delivered");
    expect(new Set(statuses(rig))).toStrictEqual(new Set(["delivered", "queued", "sent"]));
    expect(rig.host.requests).toHaveLength(3);
    expect(rig.simulator.faultCounts().reorderCallback).toBe(2);
    expect(rig.clock.pending()).toBe(0);
  });

  it("that wait are not set free by an earlier one that is late itself", async () => {
    const rig = await startFaulty({ delayCallback: { ms: 400 } });
    rig.simulator.setOutcome(PHONE, "sent");
    await send(rig);
    rig.clock.advance(300);
    rig.simulator.setFaults({ delayCallback: null, reorderCallback: { ms: 60_000 } });
    await rig.settle();
    expect(statuses(rig)).toStrictEqual(["queued"]);
    expect(rig.simulator.faultCounts()).toMatchObject({ delayCallback: 1, reorderCallback: 0 });
  });

  it("that wait to be overtaken and never are come in the end, and do not count", async () => {
    const rig = await startFaulty({ reorderCallback: { ms: 60_000 } });
    rig.simulator.setOutcome(PHONE, "sent");
    await send(rig);
    await rig.settle();
    expect(statuses(rig)).toStrictEqual([]);
    rig.clock.advance(60_000);
    await rig.simulator.idle();
    expect(new Set(statuses(rig))).toStrictEqual(new Set(["queued", "sent"]));
    expect(rig.simulator.faultCounts().reorderCallback).toBe(0);
  });

  it("are not overtaken by those of other messages", async () => {
    const rig = await startFaulty({ reorderCallback: 1 });
    rig.simulator.setOutcome(PHONE, "sent");
    await send(rig);
    rig.clock.advance(300);
    rig.simulator.setFaults({ reorderCallback: null });
    await rig.client.messages.create({
      to: "+15557650000",
      from: OURS,
      body: "Hi",
      statusCallback: `${rig.host.url}/other`,
    });
    rig.clock.advance(150);
    await rig.simulator.idle();
    expect(statuses(rig)).toStrictEqual([]);
    await rig.settle();
    const own = rig.host.requests.filter((request) => request.path === "/status");
    expect(own.map((request) => request.fields["MessageStatus"])).toStrictEqual(["sent", "queued"]);
    expect(rig.simulator.faultCounts().reorderCallback).toBe(1);
  });

  it("may be lost by the same draw that would have delayed them: then they are only lost", async () => {
    const rig = await startFaulty({ loseCallback: 1, delayCallback: { ms: 1 }, duplicateCallback: 1 });
    await send(rig);
    await rig.settle();
    expect(rig.host.requests).toStrictEqual([]);
    expect(rig.simulator.faultCounts()).toMatchObject({
      loseCallback: 3,
      delayCallback: 0,
      duplicateCallback: 0,
    });
  });
});
