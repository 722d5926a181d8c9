import { describe, expect, it } from "vitest";
import type { SimulatorOptions } from "../../src/simulator";
import { officialClient } from "./official-client";
import { ACCOUNT_SID, AUTH_TOKEN, OURS, PHONE, SERVICE_SID, startRig } from "./rig";

const KEY = { sid: "SK0123456789abcdef0123456789abcdef", secret: "a secret" };
const EMPTY_SERVICE = "MGffffffffffffffffffffffffffffffff";
const OTHER_ACCOUNT = "ACffffffffffffffffffffffffffffffff";

function everything(): SimulatorOptions {
  return {
    accounts: [{ apiKeys: [KEY] }, { accountSid: OTHER_ACCOUNT, authToken: "another token" }],
    numbers: [
      { phoneNumber: OURS },
      { phoneNumber: "+15551119999" },
      { phoneNumber: "+15552220000", accountSid: OTHER_ACCOUNT },
    ],
    services: [
      { sid: SERVICE_SID, senders: [OURS] },
      { sid: EMPTY_SERVICE, senders: [] },
    ],
  };
}

async function post(url: string, form: Readonly<Record<string, string>> | URLSearchParams) {
  const response = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: await response.json() };
}

describe("signing in", () => {
  it("surfaces as a RestException with 20003 when the token is wrong", async () => {
    const { simulator } = await startRig(everything);
    const failure = { status: 401, code: 20003, moreInfo: "https://www.twilio.com/docs/errors/20003" };
    for (const [user, password] of [
      [ACCOUNT_SID, "f1e2d3c4b5a69788796a5b4c3d2e1f01"],
      [ACCOUNT_SID, "f1e2d3c4"],
      [OTHER_ACCOUNT, AUTH_TOKEN],
      [KEY.sid, "another secret"],
    ] as const) {
      const client = officialClient(simulator.url, user, password, ACCOUNT_SID);
      await expect(client.messages.list()).rejects.toMatchObject(failure);
      await expect(client.messages.create({ to: PHONE, from: OURS, body: "Hi" })).rejects.toMatchObject(
        failure,
      );
    }
  });

  it("answers an absent or malformed header with exactly Twilio's body", async () => {
    const { simulator } = await startRig();
    for (const authorization of ["", "Basic", "Basic !!!", "Bearer token", `Basic ${btoa("no colon")}`]) {
      const url = `${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}.json`;
      const response = await fetch(url, { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(await response.json()).toStrictEqual({
        code: 20003,
        message: "Authenticate",
        more_info: "https://www.twilio.com/docs/errors/20003",
        status: 401,
      });
    }
  });

  it("lets an API key send and list, but not read the account", async () => {
    const { simulator } = await startRig(everything);
    const client = officialClient(simulator.url, KEY.sid, KEY.secret, ACCOUNT_SID);
    const { sid } = await client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    expect((await client.messages.list()).map((message) => message.sid)).toStrictEqual([sid]);
    await expect(client.api.v2010.accounts(ACCOUNT_SID).fetch()).rejects.toMatchObject({
      code: 20003,
      status: 401,
    });
  });

  it("keeps accounts apart", async () => {
    const { client, simulator } = await startRig(everything);
    const other = officialClient(simulator.url, OTHER_ACCOUNT, "another token");
    const { sid } = await client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await expect(other.messages(sid).fetch()).rejects.toMatchObject({ code: 20404 });
    expect(await other.messages.list()).toStrictEqual([]);
    const foreign = officialClient(simulator.url, OTHER_ACCOUNT, "another token", ACCOUNT_SID);
    await expect(foreign.messages(sid).fetch()).rejects.toMatchObject({ code: 20003 });
    await expect(other.messages.create({ to: PHONE, from: OURS, body: "Hi" })).rejects.toMatchObject({
      code: 21606,
    });
    const order = { to: PHONE, messagingServiceSid: SERVICE_SID, body: "Hi" };
    await expect(other.messages.create(order)).rejects.toMatchObject({ code: 21701, status: 404 });
  });
});

describe("a create request that Twilio refuses", () => {
  const good = { To: PHONE, From: OURS, Body: "Hi" };
  const later = new Date(Date.UTC(2026, 10, 20, 12, 5, 0)).toISOString();
  const scheduled = { To: PHONE, Body: "Hi", MessagingServiceSid: SERVICE_SID, ScheduleType: "fixed" };
  it.each<readonly [code: number, why: string, form: Readonly<Record<string, string>>]>([
    [21604, "no recipient", { From: OURS, Body: "Hi" }],
    [21604, "an empty recipient, before anything else", { To: "" }],
    [21603, "no sender", { To: PHONE, Body: "Hi" }],
    [21602, "no body", { To: PHONE, From: OURS }],
    [21602, "an empty body", { To: PHONE, From: OURS, Body: "" }],
    [21619, "no body through a service", { To: PHONE, MessagingServiceSid: SERVICE_SID }],
    [
      21655,
      "a content template that is not there",
      { ...good, ContentSid: "HX0123456789abcdef0123456789abcdef" },
    ],
    [21654, "variables without a template", { ...good, ContentVariables: "{}" }],
    [21211, "a recipient that is no number", { ...good, To: "555" }],
    [21211, "a recipient with too few digits", { ...good, To: "+1555765432" }],
    [21211, "a recipient without a plus", { ...good, To: "15557654321" }],
    [21211, "a recipient that is the sender", { ...good, To: OURS }],
    [21211, "the magic invalid recipient", { ...good, To: "+15005550001" }],
    [63007, "another channel", { ...good, To: "whatsapp:+15557654321" }],
    [63007, "a sender on another channel", { ...good, From: "whatsapp:+15557654321" }],
    [21705, "a malformed service", { To: PHONE, Body: "Hi", MessagingServiceSid: "MG12" }],
    [
      21701,
      "an unknown service",
      { To: PHONE, Body: "Hi", MessagingServiceSid: "MG0000000000000000000000000000dead" },
    ],
    [21704, "a service without senders", { To: PHONE, Body: "Hi", MessagingServiceSid: EMPTY_SERVICE }],
    [21212, "a sender that is none", { ...good, From: "not a number!" }],
    [21212, "the magic invalid sender", { ...good, From: "+15005550001" }],
    [21606, "somebody else's number", { ...good, From: "+15550009999" }],
    [21606, "a number of another account", { ...good, From: "+15552220000" }],
    [
      21606,
      "a number outside the service",
      { ...good, From: "+15551119999", MessagingServiceSid: SERVICE_SID },
    ],
    [21606, "the magic incapable sender", { ...good, From: "+15005550007" }],
    [21611, "the magic full queue", { ...good, From: "+15005550008" }],
    [21612, "the magic unroutable recipient", { ...good, To: "+15005550002" }],
    [21408, "the magic forbidden region", { ...good, To: "+15005550003" }],
    [21610, "the magic unsubscribed recipient", { ...good, To: "+15005550004" }],
    [21614, "the magic landline", { ...good, To: "+15005550009" }],
    [21617, "a body of 1601 characters", { ...good, Body: "a".repeat(1601) }],
    [21620, "media that is nowhere", { ...good, MediaUrl: "/a.png" }],
    [21620, "media in a file", { ...good, MediaUrl: "file:///a.png" }],
    [21609, "a callback that is no address", { ...good, StatusCallback: "/status" }],
    [21609, "a callback over another protocol", { ...good, StatusCallback: "ftp://example.com/status" }],
    [
      21609,
      "a callback host with an underscore",
      { ...good, StatusCallback: "https://my_host.example.com/" },
    ],
    [21624, "no validity at all", { ...good, ValidityPeriod: "0" }],
    [21624, "too long a validity", { ...good, ValidityPeriod: "36001" }],
    [21624, "a validity that is no number", { ...good, ValidityPeriod: "1.5" }],
    [35126, "an unknown schedule type", { ...scheduled, ScheduleType: "cron", SendAt: later }],
    [35126, "a time without a schedule type", { ...good, SendAt: later }],
    [35111, "a schedule without a time", scheduled],
    [35118, "a schedule without a service", { ...good, ScheduleType: "fixed", SendAt: later }],
    [35114, "a schedule of 299 seconds", { ...scheduled, SendAt: "2026-11-20T12:04:59Z" }],
    [35114, "a schedule beyond 35 days", { ...scheduled, SendAt: "2026-12-25T12:00:01Z" }],
    [35114, "a time that is none", { ...scheduled, SendAt: "tomorrow" }],
  ])("gets %i for %s", async (code, _why, form) => {
    const { simulator } = await startRig(everything);
    const answer = await post(simulator.url, form);
    expect(answer.body).toStrictEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: answer.status,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(simulator.requests().at(-1)).toMatchObject({ method: "POST", code, status: answer.status });
  });

  it("is not one at the edge of what is allowed", async () => {
    const { simulator } = await startRig(everything);
    for (const form of [
      { ...good, Body: "a".repeat(1600) },
      { ...good, ValidityPeriod: "1" },
      { ...good, ValidityPeriod: "36000" },
      { ...good, StatusCallback: "http://localhost:3000/status" },
      { ...scheduled, SendAt: "2026-11-20T12:05:00Z" },
      { ...scheduled, SendAt: "2026-12-25T12:00:00Z" },
      { To: PHONE, From: OURS, MediaUrl: "https://example.com/a.png" },
    ]) {
      expect((await post(simulator.url, form)).status).toBe(201);
    }
  });

  it("has at most ten media", async () => {
    const { simulator } = await startRig();
    const form = (count: number) =>
      new URLSearchParams([
        ...Object.entries(good),
        ...Array.from({ length: count }, (_, index): [string, string] => [
          "MediaUrl",
          `https://example.com/${index}`,
        ]),
      ]);
    expect((await post(simulator.url, form(10))).body.num_media).toBe("10");
    expect((await post(simulator.url, form(11))).body.code).toBe(21623);
  });

  it("makes no message", async () => {
    const { client, simulator } = await startRig();
    await post(simulator.url, { ...good, Body: "" });
    expect(await client.messages.list()).toStrictEqual([]);
  });
});

describe("a request that is none", () => {
  it("gets 20404 for an unknown path, 20004 for a wrong method, and no harm from a broken one", async () => {
    const { simulator } = await startRig();
    const headers = {
      authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`,
    };
    const account = `${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}`;
    const codeOf = async (url: string, method = "GET") =>
      (await (await fetch(url, { method, headers })).json()).code;
    expect(await codeOf(`${account}/Calls.json`)).toBe(20404);
    expect(await codeOf(`${account}/Messages.xml`)).toBe(20404);
    expect(await codeOf(`${account}/Messages/%zz.json`)).toBe(20404);
    expect(await codeOf(`${account}/Messages/SM${"0".repeat(32)}.json`)).toBe(20404);
    expect(await codeOf(`${account}/Messages.json`, "DELETE")).toBe(20004);
    expect(await codeOf(`${simulator.url}/`)).toBe(20404);
  });

  it("is refused when it is longer than a megabyte", async () => {
    const { simulator } = await startRig();
    const answer = await post(simulator.url, { To: PHONE, From: OURS, Body: "a".repeat(2 ** 21) });
    expect(answer.status).toBe(413);
  });

  it("has no form unless it says that it has one", async () => {
    const { simulator } = await startRig();
    const response = await fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ To: PHONE, From: OURS, Body: "Hi" }),
    });
    expect((await response.json()).code).toBe(21604);
  });
});

describe("a trial account", () => {
  const trial = () => ({
    accounts: [{ type: "Trial" as const, verifiedNumbers: [PHONE], trialSegmentLimit: 1 }],
  });

  it("texts verified numbers only, with its words in front", async () => {
    const { client, settle, simulator } = await startRig(trial);
    const message = await client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    expect(message.body).toBe("Sent from your Twilio trial account - Hi");
    await settle();
    expect(
      simulator
        .phone(PHONE)
        .messages()
        .map((text) => text.body),
    ).toStrictEqual([message.body]);
    const unverified = client.messages.create({ to: "+15557650000", from: OURS, body: "Hi" });
    await expect(unverified).rejects.toMatchObject({ code: 21608, status: 400 });
    expect((await client.api.v2010.accounts(ACCOUNT_SID).fetch()).type).toBe("Trial");
  });

  it("fails with 30044 beyond its segments, its own words counted", async () => {
    const { client, settle } = await startRig(trial);
    const fits = await client.messages.create({ to: PHONE, from: OURS, body: "a".repeat(160 - 38) });
    const long = await client.messages.create({ to: PHONE, from: OURS, body: "a".repeat(160 - 37) });
    await settle();
    expect((await client.messages(fits.sid).fetch()).status).toBe("delivered");
    expect(await client.messages(long.sid).fetch()).toMatchObject({ status: "failed", errorCode: 30044 });
  });
});

describe("test credentials", () => {
  it("send from the magic number only, keep nothing and call nobody", async () => {
    const { client, clock, host, settle, simulator } = await startRig((hostUrl) => ({
      accounts: [{ credentials: "test" }],
      numbers: [{ phoneNumber: OURS, smsUrl: hostUrl }],
    }));
    const statusCallback = `${host.url}/status`;
    const message = await client.messages.create({
      to: PHONE,
      from: "+15005550006",
      body: "Hi",
      statusCallback,
    });
    expect(message.status).toBe("queued");
    expect(clock.pending()).toBe(0);
    await settle();
    expect(host.requests).toStrictEqual([]);
    expect(simulator.phone(PHONE).messages()).toStrictEqual([]);
    await expect(client.messages(message.sid).fetch()).rejects.toMatchObject({ code: 20404 });
    const fromOwn = client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await expect(fromOwn).rejects.toMatchObject({ code: 21606 });
    await expect(client.api.v2010.accounts(ACCOUNT_SID).fetch()).rejects.toMatchObject({
      code: 20008,
      status: 403,
    });
  });
});
