import { describe, expect, it } from "vitest";
import { ACCOUNT_SID, AUTH_TOKEN, OURS, PHONE, SERVICE_SID, numberAt, startRig } from "./rig";
import type { Rig } from "./rig";

const TOLL_FREE = "+18885551234";
const SHORT_CODE = "55555";
const OTHER = "+15551230000";

/** The texts that Twilio or the network wrote to the phone by itself. */
function confirmations(rig: Rig): readonly string[] {
  return rig.simulator
    .phone(PHONE)
    .messages()
    .filter((message) => message.auto)
    .map((message) => message.body);
}

/** Whether the account may text the phone: null when it may, else the code. */
async function refusal(rig: Rig, from: string, to = PHONE): Promise<number | null> {
  const response = await fetch(`${rig.simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` },
    body: new URLSearchParams({ To: to, From: from, Body: "Hi" }),
  });
  const answer: { code?: number } = await response.json();
  return answer.code ?? null;
}

describe("opting out of a long code", () => {
  it.each(["STOP", "stop", " Stop\n", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"])(
    "is what %j does: confirmed once by Twilio, told to the host, and refused with 21610 from then on",
    async (word) => {
      const rig = await startRig(numberAt);
      expect(await refusal(rig, OURS)).toBeNull();
      const { webhook } = await rig.simulator.phone(PHONE).text(OURS, word);
      expect(webhook?.status).toBe(200);
      expect(rig.host.requests).toHaveLength(1);
      expect(rig.host.requests[0]?.fields["Body"]).toBe(word);
      expect(rig.host.requests[0]?.fields).not.toHaveProperty("OptOutType");
      expect(confirmations(rig)).toHaveLength(1);
      expect(confirmations(rig)[0]).toContain("START");
      await expect(rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" })).rejects.toMatchObject({
        code: 21610,
        status: 400,
      });
      await rig.simulator.phone(PHONE).text(OURS, word);
      expect(confirmations(rig)).toHaveLength(1);
    },
  );

  it.each(["STOP.", "STOP PLEASE", "please cancel", "STOP STOP", "S T O P", "ＳＴＯＰ", "ARRET", ""])(
    "is not what %j does",
    async (body) => {
      const rig = await startRig(numberAt);
      await rig.simulator.phone(PHONE).text(OURS, body);
      expect(confirmations(rig)).toStrictEqual([]);
      expect(await refusal(rig, OURS)).toBeNull();
    },
  );

  it.each(["START", "yes", "Unstop"])("is undone by %j, with one confirmation", async (word) => {
    const rig = await startRig(numberAt);
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    await rig.simulator.phone(PHONE).text(OURS, word);
    expect(confirmations(rig)).toHaveLength(2);
    expect(await refusal(rig, OURS)).toBeNull();
    await rig.simulator.phone(PHONE).text(OURS, word);
    expect(confirmations(rig)).toHaveLength(2);
    expect(rig.host.requests).toHaveLength(3);
  });

  it("concerns one number and one person", async () => {
    const rig = await startRig(() => ({ numbers: [{ phoneNumber: OURS }, { phoneNumber: OTHER }] }));
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    expect(await refusal(rig, OTHER)).toBeNull();
    expect(await refusal(rig, OURS, "+15557650000")).toBeNull();
    expect(await refusal(rig, OURS)).toBe(21610);
  });

  it("works where no webhook is configured", async () => {
    const rig = await startRig();
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    expect(await refusal(rig, OURS)).toBe(21610);
  });

  it("fails a message that was accepted just before", async () => {
    const rig = await startRig();
    const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    await rig.settle();
    expect(await rig.client.messages(sid).fetch()).toMatchObject({ status: "failed", errorCode: 21610 });
    expect(
      rig.simulator
        .phone(PHONE)
        .messages()
        .filter((message) => !message.auto),
    ).toHaveLength(1);
  });

  it.each(["HELP", "info"])("is explained to whoever texts %j", async (word) => {
    const rig = await startRig(numberAt);
    await rig.simulator.phone(PHONE).text(OURS, word);
    expect(confirmations(rig)).toHaveLength(1);
    expect(confirmations(rig)[0]).toContain("STOP");
    expect(rig.host.requests[0]?.fields).not.toHaveProperty("OptOutType");
    expect(await refusal(rig, OURS)).toBeNull();
  });
});

describe("opting out of a Messaging Service", () => {
  it("covers every sender of it, and the service itself, and nothing else", async () => {
    const rig = await startRig(() => ({
      numbers: [{ phoneNumber: OURS }, { phoneNumber: OTHER }, { phoneNumber: "+15559990000" }],
      services: [{ sid: SERVICE_SID, senders: [OURS, OTHER] }],
    }));
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    expect(await refusal(rig, OURS)).toBe(21610);
    expect(await refusal(rig, OTHER)).toBe(21610);
    expect(await refusal(rig, SERVICE_SID)).toBe(21610);
    expect(await refusal(rig, "+15559990000")).toBeNull();
    await rig.simulator.phone(PHONE).text(OTHER, "START");
    expect(await refusal(rig, OURS)).toBeNull();
  });
});

describe("Advanced Opt-Out", () => {
  const advanced = (hostUrl: string) => ({
    numbers: [{ phoneNumber: OURS }, { phoneNumber: SHORT_CODE, kind: "short-code" as const }],
    services: [
      {
        sid: SERVICE_SID,
        senders: [OURS, SHORT_CODE],
        advancedOptOut: true,
        inboundRequestUrl: `${hostUrl}/sms`,
        statusCallback: `${hostUrl}/status`,
      },
    ],
  });

  it.each([OURS, SHORT_CODE])("tells the host what the word to %s was", async (number) => {
    const rig = await startRig(advanced);
    for (const body of ["HELP", "STOP", "START", "Hello"])
      await rig.simulator.phone(PHONE).text(number, body);
    expect(rig.host.requests.map((request) => request.fields["OptOutType"])).toStrictEqual([
      "HELP",
      "STOP",
      "START",
      undefined,
    ]);
    expect(rig.host.requests.every((request) => request.isGenuine)).toBe(true);
    expect(confirmations(rig)).toHaveLength(3);
  });

  it.each([SERVICE_SID, OURS])("makes a message from %s and fails it with 21610 afterwards", async (from) => {
    const rig = await startRig(advanced);
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    const statusCallback = `${rig.host.url}/status`;
    const message = await rig.client.messages.create({ to: PHONE, from, body: "Hi", statusCallback });
    expect(message.status).toBe(from === OURS ? "queued" : "accepted");
    await rig.settle();
    expect(await rig.client.messages(message.sid).fetch()).toMatchObject({
      status: "failed",
      errorCode: 21610,
    });
    const callbacks = rig.host.requests.filter((request) => request.path === "/status");
    expect(callbacks).toMatchObject([
      { isGenuine: true, fields: { MessageStatus: "failed", ErrorCode: "21610" } },
    ]);
    expect(
      rig.simulator
        .phone(PHONE)
        .messages()
        .filter((text) => !text.auto),
    ).toHaveLength(1);
  });

  it("leaves a HELP of somebody who opted out without an answer", async () => {
    const rig = await startRig(advanced);
    await rig.simulator.phone(PHONE).text(OURS, "STOP");
    await rig.simulator.phone(PHONE).text(OURS, "HELP");
    expect(confirmations(rig)).toHaveLength(1);
  });
});

describe("opting out of a toll-free number", () => {
  const tollFree = () => ({ numbers: [{ phoneNumber: TOLL_FREE, kind: "toll-free" as const }] });

  it("is confirmed by the network, and not undone by YES", async () => {
    const rig = await startRig(tollFree);
    const phone = rig.simulator.phone(PHONE);
    await phone.text(TOLL_FREE, "STOP");
    expect(confirmations(rig)).toHaveLength(1);
    expect(confirmations(rig)[0]).toMatch(/^NETWORK MSG: .*UNSTOP/);
    await phone.text(TOLL_FREE, "YES");
    expect(confirmations(rig)).toHaveLength(1);
    expect(await refusal(rig, TOLL_FREE)).toBe(21610);
    await phone.text(TOLL_FREE, "HELP");
    expect(confirmations(rig)).toHaveLength(1);
  });

  it.each(["START", "UNSTOP"])("is undone by %s, which the network repeats", async (word) => {
    const rig = await startRig(tollFree);
    await rig.simulator.phone(PHONE).text(TOLL_FREE, "STOP");
    await rig.simulator.phone(PHONE).text(TOLL_FREE, word.toLowerCase());
    expect(confirmations(rig)).toHaveLength(2);
    expect(confirmations(rig)[1]).toMatch(/^NETWORK MSG: /);
    expect(confirmations(rig)[1]).toContain(word);
    expect(await refusal(rig, TOLL_FREE)).toBeNull();
  });

  it("is confirmed by both on START with Advanced Opt-Out, and by the network alone on STOP", async () => {
    const rig = await startRig(() => ({
      ...tollFree(),
      services: [{ sid: SERVICE_SID, senders: [TOLL_FREE], advancedOptOut: true }],
    }));
    await rig.simulator.phone(PHONE).text(TOLL_FREE, "STOP");
    await rig.simulator.phone(PHONE).text(TOLL_FREE, "START");
    const isNetwork = confirmations(rig).map((body) => body.startsWith("NETWORK MSG:"));
    expect(isNetwork).toStrictEqual([true, true, false]);
  });
});

describe("a short code", () => {
  it("gets no help from Twilio, alone or in a plain service", async () => {
    const rig = await startRig(() => ({
      numbers: [
        { phoneNumber: SHORT_CODE, kind: "short-code" },
        { phoneNumber: "66666", kind: "short-code" },
      ],
      services: [{ sid: SERVICE_SID, senders: ["66666"] }],
    }));
    for (const code of [SHORT_CODE, "66666"]) {
      await rig.simulator.phone(PHONE).text(code, "STOP");
      await rig.simulator.phone(PHONE).text(code, "HELP");
      expect(await refusal(rig, code)).toBeNull();
    }
    expect(confirmations(rig)).toStrictEqual([]);
  });
});
