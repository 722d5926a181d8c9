import { describe, expect, it } from "vitest";
import { OURS, PHONE, startRig } from "./rig";
import type { Rig } from "./rig";
import { postMessage } from "./faults/create-call";

async function post(rig: Rig, path: string, value: unknown) {
  const response = await fetch(`${rig.simulator.url}/_simulator${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
  return { status: response.status, value: await response.json() };
}

describe("the control surface", () => {
  it("sets faults and tells how often each was injected", async () => {
    const rig = await startRig(() => ({ faults: { loseInbound: 0.5 } }));
    const set = await post(rig, "/faults", { answer500: 1, outage: { as: 503, afterMs: 1_000 } });
    expect(set.status).toBe(200);
    expect((await postMessage(rig)).status).toBe(500);
    rig.clock.advance(1_000);
    const { faults, counts } = await (await fetch(`${rig.simulator.url}/_simulator/faults`)).json();
    expect(faults).toStrictEqual(rig.simulator.faults());
    expect(faults).toMatchObject({ loseInbound: { rate: 0.5 }, answer500: { rate: 1, on: "create" } });
    expect(counts).toStrictEqual(rig.simulator.faultCounts());
    expect(counts.answer500).toBe(1);
    await post(rig, "/faults", { answer500: null, outage: null });
    expect((await postMessage(rig)).status).toBe(201);
    const log = await (await fetch(`${rig.simulator.url}/_simulator/log`)).json();
    expect(log.requests).toMatchObject([{ faults: ["answer500"] }, { faults: [] }]);
  });

  it("changes nothing when it cannot take what it is given", async () => {
    const rig = await startRig();
    const before = rig.simulator.faults();
    for (const bad of [{ answer500: 2 }, { nothing: 1 }, { answer500: 1, nothing: 1 }, [], null, "x"]) {
      expect((await post(rig, "/faults", bad)).status).toBe(400);
    }
    expect(rig.simulator.faults()).toStrictEqual(before);
  });

  it("opts people out silently", async () => {
    const rig = await startRig();
    expect(await post(rig, `/phones/${PHONE}/opt-out`, { from: OURS })).toStrictEqual({
      status: 200,
      value: { optOuts: [`${OURS} ${PHONE}`] },
    });
    await expect(rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" })).rejects.toMatchObject({
      code: 21610,
    });
    expect((await post(rig, `/phones/${PHONE}/opt-out`, { from: "+15550009999" })).status).toBe(404);
    expect((await post(rig, "/phones/me/opt-out", { from: OURS })).status).toBe(404);
    expect((await post(rig, `/phones/${PHONE}/opt-out`, {})).status).toBe(400);
  });
});
