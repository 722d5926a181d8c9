import { describe, expect, it } from "vitest";
import { ACCOUNT_SID, AUTH_TOKEN, OURS, PHONE, SERVICE_SID, startRig } from "../rig";
import { logged, postMessage } from "./create-call";

describe("a create call that is accepted", () => {
  it("may never be answered", async () => {
    const rig = await startRig(() => ({ faults: { acceptThenHang: 1 } }));
    const client = new AbortController();
    let isAnswered = false;
    const call = postMessage(rig, {}, { signal: client.signal }).finally(() => {
      isAnswered = true;
    });
    await expect.poll(() => rig.simulator.requests().length).toBe(1);
    expect(await logged(rig)).toBe(1);
    rig.clock.advance(3_600_000);
    expect(await logged(rig)).toBe(1);
    expect(isAnswered).toBe(false);
    client.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(rig.simulator.phone(PHONE).messages()).toHaveLength(1);
    expect(rig.simulator.requests()[0]).toMatchObject({ status: 0, code: null, faults: ["acceptThenHang"] });
    expect(rig.simulator.faultCounts().acceptThenHang).toBe(1);
  });

  it("does not keep the simulator from stopping when it is never answered", async () => {
    const rig = await startRig(() => ({ faults: { acceptThenHang: 1 } }));
    const call = postMessage(rig).catch((error: unknown) => error);
    await expect.poll(() => rig.simulator.requests().length).toBe(1);
    await rig.simulator.stop();
    expect(await call).toBeInstanceOf(TypeError);
  });

  it("may lose its connection", async () => {
    const rig = await startRig(() => ({ faults: { acceptThenClose: 1 } }));
    await expect(postMessage(rig)).rejects.toThrow(TypeError);
    expect(await logged(rig)).toBe(1);
    expect(rig.simulator.requests()[0]).toMatchObject({ status: 0, faults: ["acceptThenClose"] });
    expect(rig.simulator.faultCounts().acceptThenClose).toBe(1);
  });

  it("may be answered with 500", async () => {
    const rig = await startRig(() => ({ faults: { acceptThen500: 1 } }));
    const call = rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await expect(call).rejects.toMatchObject({ status: 500, code: 20500 });
    expect(await logged(rig)).toBe(1);
    await rig.settle();
    expect(rig.simulator.phone(PHONE).messages()).toHaveLength(1);
    expect(rig.simulator.requests()[0]).toMatchObject({
      status: 500,
      code: 20500,
      faults: ["acceptThen500"],
    });
    expect(rig.simulator.faultCounts().acceptThen500).toBe(1);
  });

  it("may be answered with JSON that breaks off", async () => {
    const rig = await startRig(() => ({ faults: { acceptThenTruncate: 1 } }));
    for (let call = 0; call < 20; call += 1) {
      const response = await postMessage(rig);
      expect(response.status).toBe(201);
      expect(response.headers.get("content-type")).toBe("application/json");
      const body = await response.text();
      expect(body.startsWith("{")).toBe(true);
      expect(() => JSON.parse(body)).toThrow(SyntaxError);
    }
    expect(await logged(rig)).toBe(20);
    expect(rig.simulator.faultCounts().acceptThenTruncate).toBe(20);
  });

  it("has one of these faults at most", async () => {
    const rig = await startRig(() => ({
      faults: { acceptThenClose: 1, acceptThen500: 1, acceptThenTruncate: 1 },
    }));
    await expect(postMessage(rig)).rejects.toThrow(TypeError);
    expect(rig.simulator.faultCounts()).toMatchObject({
      acceptThenClose: 1,
      acceptThen500: 0,
      acceptThenTruncate: 0,
    });
  });
});

describe("a create call that would not be accepted anyway", () => {
  it("is answered as ever, and no fault is counted", async () => {
    const rig = await startRig(() => ({ faults: { acceptThenClose: 1 } }));
    const refused = await postMessage(rig, { To: "nobody" });
    expect(refused.status).toBe(400);
    const stranger = await postMessage(rig, {}, { headers: { authorization: `Basic ${btoa("a:b")}` } });
    expect(stranger.status).toBe(401);
    expect(rig.simulator.faultCounts().acceptThenClose).toBe(0);
  });
});

describe("a create call that is refused for no reason", () => {
  it("may be answered with 500, and then nothing is sent", async () => {
    const rig = await startRig(() => ({ faults: { answer500: 1 } }));
    const call = rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await expect(call).rejects.toMatchObject({ status: 500, code: 20500 });
    expect(await logged(rig)).toBe(0);
    expect(rig.simulator.faultCounts().answer500).toBe(1);
  });

  it.each([
    [{}, null],
    [{ retryAfterSeconds: 0 }, "0"],
    [{ retryAfterSeconds: 7 }, "7"],
  ])("may be answered with 429, as %j, and then Retry-After is %j", async (answer429, header) => {
    const rig = await startRig(() => ({ faults: { answer429 } }));
    const response = await postMessage(rig);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe(header);
    expect(await response.json()).toMatchObject({ code: 20429, status: 429 });
    expect(await logged(rig)).toBe(0);
    expect(rig.simulator.requests()[0]).toMatchObject({ status: 429, code: 20429, faults: ["answer429"] });
  });

  it("is answered with 429 in bursts of their length", async () => {
    const rig = await startRig(() => ({ faults: { answer429: { rate: 0.1, length: 4 } } }));
    const answers: number[] = [];
    for (let call = 0; call < 120; call += 1) answers.push((await postMessage(rig)).status);
    const runs = answers.map((status) => (status === 429 ? "x" : " ")).join("");
    const lengths = runs.split(/ +/).filter((run) => run !== "");
    expect(lengths.length).toBeGreaterThan(2);
    // A burst may follow the one before at once.
    expect(lengths.slice(0, -1).every((run) => run.length % 4 === 0)).toBe(true);
    expect(answers.filter((status) => status === 201).length).toBe(await logged(rig));
    expect(rig.simulator.faultCounts().answer429).toBe(answers.filter((status) => status === 429).length);
  });

  it("ends its burst when the fault is turned off, or set anew", async () => {
    const rig = await startRig(() => ({ faults: { answer429: { length: 1000 } } }));
    expect((await postMessage(rig)).status).toBe(429);
    rig.simulator.setFaults({ answer429: null });
    expect((await postMessage(rig)).status).toBe(201);
    rig.simulator.setFaults({ answer429: { length: 1000 } });
    expect((await postMessage(rig)).status).toBe(429);
    rig.simulator.setFaults({ answer429: { rate: 0, length: 1000 } });
    expect((await postMessage(rig)).status).toBe(201);
  });

  it("leaves other accounts alone in a burst, and every other call, unless it is for all", async () => {
    const other = `AC${"f".repeat(32)}`;
    const rig = await startRig(() => ({
      accounts: [{}, { accountSid: other, authToken: "other" }],
      services: [{ sid: SERVICE_SID, senders: [OURS] }],
    }));
    const list = async (accountSid: string, token: string) => {
      const url = `${rig.simulator.url}/2010-04-01/Accounts/${accountSid}/Messages.json`;
      return (await fetch(url, { headers: { authorization: `Basic ${btoa(`${accountSid}:${token}`)}` } }))
        .status;
    };
    rig.simulator.setFaults({ answer429: 1, answer500: 1 });
    expect(await list(ACCOUNT_SID, AUTH_TOKEN)).toBe(200);
    rig.simulator.setFaults({ answer429: null, answer500: { on: "all" } });
    expect(await list(ACCOUNT_SID, AUTH_TOKEN)).toBe(500);
    rig.simulator.setFaults({ answer429: { on: "all", rate: 0.1, length: 1000 }, answer500: null });
    const answers: number[] = [];
    while (answers.at(-1) !== 429) answers.push(await list(ACCOUNT_SID, AUTH_TOKEN));
    expect(await list(other, "other")).toBe(200);
    expect(await list(ACCOUNT_SID, AUTH_TOKEN)).toBe(429);
  });
});
