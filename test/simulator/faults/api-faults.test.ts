import { describe, expect, it } from "vitest";
import { OURS, PHONE, numberAt, startRig } from "../rig";
import { logged, postMessage } from "./create-call";

describe("an outage", () => {
  it("closes every connection until its time is over, by the simulator's clock", async () => {
    const rig = await startRig();
    rig.simulator.setFaults({ outage: { ms: 60_000 } });
    await expect(postMessage(rig)).rejects.toThrow(TypeError);
    await expect(fetch(rig.simulator.url)).rejects.toThrow(TypeError);
    rig.clock.advance(59_999);
    await expect(postMessage(rig)).rejects.toThrow(TypeError);
    rig.clock.advance(1);
    expect(await logged(rig)).toBe(0);
    expect(rig.simulator.faultCounts().outage).toBe(3);
    expect(rig.simulator.requests()[0]).toMatchObject({ status: 0, code: null, faults: ["outage"] });
  });

  it("may answer 503 instead, begin later, and last until it is turned off", async () => {
    const rig = await startRig();
    rig.simulator.setFaults({ outage: { as: 503, afterMs: 1_000 } });
    expect((await postMessage(rig)).status).toBe(201);
    rig.clock.advance(1_000);
    const response = await postMessage(rig);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 20503, status: 503 });
    rig.clock.advance(86_400_000);
    expect((await postMessage(rig)).status).toBe(503);
    rig.simulator.setFaults({ outage: null });
    expect(await logged(rig)).toBe(1);
    expect(rig.simulator.faultCounts().outage).toBe(2);
  });

  it("may be there from the start, and again when it is set again", async () => {
    const rig = await startRig(() => ({ faults: { outage: { as: 503, ms: 1_000 } } }));
    expect((await postMessage(rig)).status).toBe(503);
    rig.clock.advance(1_000);
    expect((await postMessage(rig)).status).toBe(201);
    rig.simulator.setFaults({ loseInbound: 0 });
    expect((await postMessage(rig)).status).toBe(201);
    rig.simulator.setFaults({ outage: { as: 503, ms: 1_000 } });
    expect((await postMessage(rig)).status).toBe(503);
  });

  it("may be begun by any call, and takes its time each time", async () => {
    const rig = await startRig(() => ({ faults: { outage: { as: 503, rate: 0.2, ms: 1_000 } } }));
    const answers: string[] = [];
    for (let call = 0; call < 60; call += 1) {
      answers.push((await postMessage(rig)).status === 503 ? "x" : " ");
      rig.clock.advance(250);
    }
    const runs = answers
      .join("")
      .split(/ +/)
      .filter((run) => run !== "");
    expect(runs.length).toBeGreaterThan(2);
    expect(runs.slice(0, -1).every((run) => run.length % 4 === 0)).toBe(true);
  });

  it("touches neither the control surface nor texts", async () => {
    const rig = await startRig((hostUrl) => ({ ...numberAt(hostUrl), faults: { outage: {} } }));
    expect((await fetch(`${rig.simulator.url}/_simulator/state`)).status).toBe(200);
    expect((await rig.simulator.phone(PHONE).text(OURS, "Hi")).webhook?.status).toBe(200);
  });
});

describe("a slow REST API", () => {
  it("carries a call out at once and answers when the time has passed", async () => {
    const rig = await startRig(() => ({ faults: { delayApi: { ms: 20_000 } } }));
    let isAnswered = false;
    const call = postMessage(rig).finally(() => {
      isAnswered = true;
    });
    await expect.poll(() => rig.simulator.faultCounts().delayApi).toBe(1);
    rig.simulator.setFaults({ delayApi: null });
    expect(await logged(rig)).toBe(1);
    rig.clock.advance(19_999);
    expect(await logged(rig)).toBe(1);
    expect(isAnswered).toBe(false);
    rig.clock.advance(1);
    const response = await call;
    expect(response.status).toBe(201);
    expect(response.headers.get("twilio-request-duration")).toBe("20.000");
    const record = rig.simulator.requests().find((request) => request.method === "POST");
    expect(record).toMatchObject({ status: 201, faults: ["delayApi"] });
    expect(record === undefined ? 0 : record.answeredAtMs - record.receivedAtMs).toBe(20_000);
  });

  it("may answer late what another fault did to the answer", async () => {
    const rig = await startRig(() => ({ faults: { delayApi: { ms: 500 }, acceptThen500: 1 } }));
    const call = postMessage(rig);
    await expect.poll(() => rig.simulator.faultCounts().delayApi).toBe(1);
    rig.clock.advance(500);
    expect((await call).status).toBe(500);
    expect(rig.simulator.requests()[0]?.faults).toStrictEqual(["acceptThen500", "delayApi"]);
  });

  it("does not mind a client that has left", async () => {
    const rig = await startRig(() => ({ faults: { delayApi: { ms: 500 } } }));
    const client = new AbortController();
    const call = postMessage(rig, {}, { signal: client.signal });
    await expect.poll(() => rig.simulator.faultCounts().delayApi).toBe(1);
    client.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    rig.simulator.setFaults({ delayApi: null });
    rig.clock.advance(500);
    expect(await logged(rig)).toBe(1);
  });
});
