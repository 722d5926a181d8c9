import { describe, expect, it } from "vitest";
import type { FaultOptions } from "../../../src/simulator";
import { OURS, PHONE, SERVICE_SID, startRig } from "../rig";
import { postMessage } from "./create-call";

const OTHER = "+15551230000";

/** A little of everything that can be had without waiting for an answer that never comes. */
const SOME_OF_EACH: FaultOptions = {
  loseCallback: 0.2,
  delayCallback: { rate: 0.2, ms: [10, 900] },
  duplicateCallback: 0.2,
  reorderCallback: 0.3,
  acceptThenClose: 0.1,
  acceptThen500: 0.1,
  acceptThenTruncate: 0.1,
  answer500: 0.1,
  answer429: { rate: 0.1, length: 2 },
  outage: { rate: 0.05, as: 503, ms: [100, 500] },
  loseInbound: 0.2,
  delayInbound: { rate: 0.2, ms: [10, 900] },
  duplicateInbound: { rate: 0.2, times: 3 },
  repeatInbound: { rate: 0.2, ms: [10, 900] },
  optOutSilently: 0.02,
  moveSender: 0.3,
  lagList: { rate: 0.3, ms: [10, 900] },
};

/** Plays the same story and tells everything that can be seen of it, one line each. */
async function play(seed: string, faults?: FaultOptions) {
  const rig = await startRig((hostUrl) => ({
    seed,
    numbers: [{ phoneNumber: OURS }, { phoneNumber: OTHER }],
    services: [
      {
        sid: SERVICE_SID,
        senders: [OURS, OTHER],
        inboundRequestUrl: `${hostUrl}/sms`,
        statusCallback: `${hostUrl}/status`,
      },
    ],
    ...(faults === undefined ? {} : { faults }),
  }));
  rig.host.answer(({ path }) => (path === "/sms" ? { type: "text/plain", body: "Yes" } : {}));
  for (let round = 0; round < 40; round += 1) {
    const order = { To: `+155576540${String(round % 10).padStart(2, "0")}`, From: SERVICE_SID };
    await postMessage(rig, order).catch(() => null);
    await rig.simulator.phone(PHONE).text(OURS, `text ${round}`);
    await rig.settle();
  }
  rig.simulator.setFaults({ outage: null });
  const listed = await rig.client.messages.list();
  // Callbacks that go out in one moment may arrive in any order; what was done to them may not differ.
  const webhooks = rig.simulator
    .webhooks()
    .map(({ kind, messageSid, attempt, sentAtMs, fields, answer }) =>
      JSON.stringify([sentAtMs, kind, messageSid, attempt, fields["MessageStatus"], answer]),
    )
    .toSorted();
  return {
    counts: rig.simulator.faultCounts(),
    story: {
      requests: rig.simulator
        .requests()
        .map(({ method, status, code, faults: struck, answeredAtMs }) =>
          JSON.stringify([answeredAtMs, method, status, code, struck]),
        ),
      webhooks,
      listed: listed.map(({ sid, from, to, status, body }) => [sid, from, to, status, body].join(" ")),
      debugger: rig.simulator.debugger().map(({ code, messageSid }) => `${code} ${messageSid}`),
    },
  };
}

describe("faults", () => {
  it("are the same for the same seed and the same order of calls, and others for another seed", async () => {
    const one = await play("a", SOME_OF_EACH);
    expect(Object.entries(one.counts).filter(([, count]) => count > 0).length).toBeGreaterThan(14);
    expect(await play("a", SOME_OF_EACH)).toStrictEqual(one);
    expect((await play("b", SOME_OF_EACH)).counts).not.toStrictEqual(one.counts);
  });

  it("leave everything as it is while they are off, or never happen", async () => {
    const plain = await play("a");
    expect(new Set(Object.values(plain.counts))).toStrictEqual(new Set([0]));
    expect(plain.story.requests.some((request) => !request.includes("201") && !request.includes("200"))).toBe(
      false,
    );
    const never = Object.fromEntries(
      Object.entries(SOME_OF_EACH).map(([name, value]) => [
        name,
        typeof value === "number" ? 0 : { ...value, rate: 0 },
      ]),
    );
    expect(await play("a", never)).toStrictEqual(plain);
    expect(await play("a", {})).toStrictEqual(plain);
  });

  it("do not move one another: the same occasions are struck whatever else goes wrong", async () => {
    const struckOf = async (faults: FaultOptions) => {
      const rig = await startRig(() => ({ seed: "a", faults }));
      const struck: number[] = [];
      for (let call = 0; call < 60; call += 1) {
        if ((await postMessage(rig)).status === 500) struck.push(call);
        await rig.settle();
      }
      return struck;
    };
    const alone = await struckOf({ acceptThen500: 0.2 });
    expect(alone.length).toBeGreaterThan(4);
    expect(await struckOf({ acceptThen500: 0.2, lagList: { ms: [1, 9] }, loseCallback: 0.5 })).toStrictEqual(
      alone,
    );
    const more = await struckOf({ acceptThen500: 0.5 });
    expect(more.length).toBeGreaterThan(alone.length);
    expect(more).toEqual(expect.arrayContaining([...alone]));
  });

  it("strike the same occasions whether or not they were on before", async () => {
    const struckOf = async (isOnFrom: number) => {
      const rig = await startRig(() => ({ seed: "a" }));
      const struck: number[] = [];
      for (let call = 0; call < 60; call += 1) {
        if (call === isOnFrom) rig.simulator.setFaults({ answer500: 0.3 });
        if ((await postMessage(rig)).status === 500) struck.push(call);
      }
      return struck;
    };
    const always = await struckOf(0);
    expect(await struckOf(21)).toStrictEqual(always.filter((call) => call >= 21));
  });

  it("strike about as often as their rate says", async () => {
    const rig = await startRig(() => ({ seed: "rates", faults: { answer500: 0.25 } }));
    for (let call = 0; call < 400; call += 1) await postMessage(rig);
    expect(rig.simulator.faultCounts().answer500).toBeGreaterThan(70);
    expect(rig.simulator.faultCounts().answer500).toBeLessThan(130);
  });
});
