import { describe, expect, it } from "vitest";
import { ACCOUNT_SID, AUTH_TOKEN, OURS, PHONE, SERVICE_SID, numberAt, startRig } from "./rig";

const AUTHORIZATION = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`;

describe("creating a message", () => {
  it("answers 201 with the complete resource, numbers as strings and dates in RFC 2822", async () => {
    const { simulator } = await startRig();
    const response = await fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
      method: "POST",
      headers: { authorization: AUTHORIZATION },
      body: new URLSearchParams({ To: PHONE, From: OURS, Body: "Hello" }),
    });
    expect(response.status).toBe(201);
    const resource = await response.json();
    const path = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${resource.sid}`;
    expect(resource.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(resource).toStrictEqual({
      account_sid: ACCOUNT_SID,
      api_version: "2010-04-01",
      body: "Hello",
      date_created: "Fri, 20 Nov 2026 12:00:00 +0000",
      date_sent: null,
      date_updated: "Fri, 20 Nov 2026 12:00:00 +0000",
      direction: "outbound-api",
      error_code: null,
      error_message: null,
      from: OURS,
      messaging_service_sid: null,
      num_media: "0",
      num_segments: "1",
      price: null,
      price_unit: "USD",
      sid: resource.sid,
      status: "queued",
      subresource_uris: { media: `${path}/Media.json` },
      to: PHONE,
      uri: `${path}.json`,
    });
  });

  it("puts Twilio's headers on every answer, errors included", async () => {
    const { simulator } = await startRig();
    for (const path of [`/2010-04-01/Accounts/${ACCOUNT_SID}.json`, "/2010-04-01/nothing.json"]) {
      const { headers } = await fetch(simulator.url + path, { headers: { authorization: AUTHORIZATION } });
      expect(headers.get("twilio-request-id")).toMatch(/^RQ[0-9a-f]{32}$/);
      expect(headers.get("twilio-request-duration")).toBe("0.000");
      expect(headers.get("twilio-concurrent-requests")).toBe("1");
      expect(headers.get("x-home-region")).toBe("us1");
      expect(headers.get("x-api-domain")).toBe("api.twilio.com");
      expect(headers.get("x-shenanigans")).toBe("none");
      expect(headers.get("x-powered-by")).toBe("AT-5000");
    }
  });

  it("counts segments, and makes an MM of one segment out of a message with media", async () => {
    const { client } = await startRig();
    const long = await client.messages.create({ to: PHONE, from: OURS, body: "a".repeat(161) });
    expect(long.numSegments).toBe("2");
    const mediaUrl = ["https://example.com/a.png", "https://example.com/b"];
    const picture = await client.messages.create({ to: PHONE, from: OURS, body: "a".repeat(161), mediaUrl });
    expect(picture.sid).toMatch(/^MM[0-9a-f]{32}$/);
    expect(picture.numSegments).toBe("1");
    expect(picture.numMedia).toBe("2");
    const media = await client.messages(picture.sid).media.list();
    expect(media.map((item) => item.contentType)).toStrictEqual(["image/png", "image/jpeg"]);
  });

  it("replaces typographic characters when SmartEncoded is asked for, and not otherwise", async () => {
    const { client } = await startRig();
    const body = "“Hi”";
    expect((await client.messages.create({ to: PHONE, from: OURS, body, smartEncoded: true })).body).toBe(
      '"Hi"',
    );
    expect((await client.messages.create({ to: PHONE, from: OURS, body })).body).toBe(body);
  });

  it("leaves sender and segments open until a Messaging Service has picked, then keeps to the sender", async () => {
    const { client, settle } = await startRig(() => ({
      numbers: [{ phoneNumber: OURS }, { phoneNumber: "+15551230000" }],
      services: [{ sid: SERVICE_SID, senders: [OURS, "+15551230000"] }],
    }));
    const order = { to: PHONE, messagingServiceSid: SERVICE_SID, body: "Hello" };
    const first = await client.messages.create(order);
    expect(first).toMatchObject({
      status: "accepted",
      from: null,
      numSegments: "0",
      messagingServiceSid: SERVICE_SID,
    });
    await settle();
    expect(await client.messages(first.sid).fetch()).toMatchObject({
      status: "delivered",
      from: OURS,
      numSegments: "1",
    });
    const again = await client.messages.create(order);
    const other = await client.messages.create({ ...order, to: "+15557650000" });
    await settle();
    expect((await client.messages(other.sid).fetch()).from).toBe("+15551230000");
    expect((await client.messages(again.sid).fetch()).from).toBe(OURS);
  });

  it("takes a Messaging Service's SID as From, and a sender beside the service", async () => {
    const { client } = await startRig(() => ({ services: [{ sid: SERVICE_SID, senders: [OURS] }] }));
    const asFrom = await client.messages.create({ to: PHONE, from: SERVICE_SID, body: "Hello" });
    expect(asFrom).toMatchObject({ status: "accepted", from: null, messagingServiceSid: SERVICE_SID });
    const both = await client.messages.create({
      to: PHONE,
      from: OURS,
      messagingServiceSid: SERVICE_SID,
      body: "Hi",
    });
    expect(both).toMatchObject({ status: "accepted", from: OURS, messagingServiceSid: SERVICE_SID });
  });
});

describe("listing messages", () => {
  it("pages through more than a hundred messages, newest first, each once", async () => {
    const { client } = await startRig();
    const sids: string[] = [];
    for (let count = 0; count < 123; count += 1) {
      sids.push((await client.messages.create({ to: PHONE, from: OURS, body: `${count}` })).sid);
    }
    const listed = await client.messages.list({ pageSize: 50 });
    expect(listed.map((message) => message.sid)).toStrictEqual(sids.toReversed());
  });

  it("neither repeats nor skips a message when others arrive between two pages, and finds the way back", async () => {
    const { client } = await startRig();
    const create = async (body: string) =>
      (await client.messages.create({ to: PHONE, from: OURS, body })).body;
    for (const body of ["1", "2", "3", "4", "5"]) await create(body);
    const first = await client.messages.page({ pageSize: 2 });
    await create("6");
    const second = await first.nextPage();
    const third = await second?.nextPage();
    expect(
      [first, second, third].map((page) => page?.instances.map((message) => message.body)),
    ).toStrictEqual([["5", "4"], ["3", "2"], ["1"]]);
    expect(third?.nextPageUrl).toBeUndefined();
    const back = await third?.previousPage();
    expect(back?.instances.map((message) => message.body)).toStrictEqual(["3", "2"]);
  });

  it("goes on after a message that was the last of a page and has been deleted since", async () => {
    const { client, settle } = await startRig();
    for (const body of ["1", "2", "3", "4"]) await client.messages.create({ to: PHONE, from: OURS, body });
    await settle();
    const first = await client.messages.page({ pageSize: 2 });
    expect(await client.messages(first.instances[1]?.sid ?? "").remove()).toBe(true);
    const second = await first.nextPage();
    expect(second?.instances.map((message) => message.body)).toStrictEqual(["2", "1"]);
  });

  it("filters by both ends and by time, and keeps the filter over pages", async () => {
    const { client, clock, settle, simulator } = await startRig();
    const send = async (to: string, body: string) => {
      await client.messages.create({ to, from: OURS, body });
      await settle();
    };
    await send(PHONE, "friday");
    await send("+15557650000", "somebody else");
    clock.advance(24 * 60 * 60 * 1000);
    await send(PHONE, "saturday");
    await simulator.phone(PHONE).text(OURS, "answer");
    const bodies = async (filter: Parameters<typeof client.messages.list>[0]) =>
      (await client.messages.list(filter)).map((message) => message.body);
    expect(await bodies({ to: PHONE, pageSize: 1 })).toStrictEqual(["saturday", "friday"]);
    expect(await bodies({ from: PHONE })).toStrictEqual(["answer"]);
    expect(await bodies({ to: PHONE, dateSent: new Date("2026-11-20T23:00:00Z") })).toStrictEqual(["friday"]);
    expect(await bodies({ dateSentAfter: new Date("2026-11-21T00:00:00Z") })).toStrictEqual([
      "answer",
      "saturday",
    ]);
    expect(await bodies({ dateSentBefore: new Date("2026-11-21T00:00:00Z"), to: PHONE })).toStrictEqual([
      "friday",
    ]);
  });

  it("finds a message under the time it was made while it is not sent yet", async () => {
    const { client, clock } = await startRig();
    const { sid } = await client.messages.create({ to: PHONE, from: OURS, body: "Hello" });
    const found = await client.messages.list({ to: PHONE, dateSentAfter: new Date(clock.now() - 1000) });
    expect(found.map((message) => message.sid)).toStrictEqual([sid]);
  });

  it("refuses a page size beyond a thousand, and values that are none", async () => {
    const { simulator } = await startRig();
    const codeOf = async (query: string) => {
      const url = `${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json?${query}`;
      const response = await fetch(url, { headers: { authorization: AUTHORIZATION } });
      return (await response.json()).code;
    };
    expect(await codeOf("PageSize=1001")).toBe(20007);
    expect(await codeOf("PageSize=0")).toBe(20001);
    expect(await codeOf("PageSize=x")).toBe(20001);
    expect(await codeOf("Page=-1")).toBe(20001);
    expect(await codeOf("PageToken=PASM1")).toBe(20001);
    expect(await codeOf("DateSent%3E=yesterday")).toBe(20001);
    expect(await codeOf("PageSize=1000")).toBeUndefined();
  });
});

describe("changing a message", () => {
  it("redacts the body of a finished message and no other", async () => {
    const { client, settle } = await startRig();
    const message = await client.messages.create({ to: PHONE, from: OURS, body: "secret" });
    await expect(client.messages(message.sid).update({ body: "" })).rejects.toMatchObject({ code: 20009 });
    await settle();
    expect((await client.messages(message.sid).update({ body: "" })).body).toBe("");
    expect(await client.messages(message.sid).fetch()).toMatchObject({ body: "", status: "delivered" });
  });

  it("refuses any other change", async () => {
    const { client, settle } = await startRig();
    const message = await client.messages.create({ to: PHONE, from: OURS, body: "secret" });
    await settle();
    await expect(client.messages(message.sid).update({ body: "changed" })).rejects.toMatchObject({
      code: 30400,
      status: 400,
    });
    await expect(client.messages(message.sid).update({ body: "", status: "canceled" })).rejects.toMatchObject(
      { code: 30400 },
    );
    await expect(client.messages(message.sid).update({})).rejects.toMatchObject({ code: 30400 });
    await expect(client.messages(message.sid).update({ status: "canceled" })).rejects.toMatchObject({
      code: 30409,
    });
  });

  it("deletes a finished message, and answers 20404 for it afterwards", async () => {
    const { client, settle } = await startRig();
    const message = await client.messages.create({ to: PHONE, from: OURS, body: "Hello" });
    await expect(client.messages(message.sid).remove()).rejects.toMatchObject({ code: 20009, status: 409 });
    await settle();
    expect(await client.messages(message.sid).remove()).toBe(true);
    await expect(client.messages(message.sid).fetch()).rejects.toMatchObject({ code: 20404, status: 404 });
    await expect(client.messages(message.sid).remove()).rejects.toMatchObject({ code: 20404 });
    await expect(client.messages(message.sid).update({ body: "" })).rejects.toMatchObject({ code: 20404 });
    expect(await client.messages.list()).toStrictEqual([]);
  });
});

describe("scheduling a message", () => {
  const inService = () => ({ services: [{ sid: SERVICE_SID, senders: [OURS] }] });
  const order = {
    to: PHONE,
    messagingServiceSid: SERVICE_SID,
    body: "Later",
    scheduleType: "fixed" as const,
  };

  it("waits until the time has come, then goes the usual way", async () => {
    const { client, clock, settle, simulator } = await startRig(inService);
    const message = await client.messages.create({ ...order, sendAt: new Date(clock.now() + 300_000) });
    expect(message.status).toBe("scheduled");
    clock.advance(299_000);
    expect((await client.messages(message.sid).fetch()).status).toBe("scheduled");
    clock.advance(1_000);
    expect((await client.messages(message.sid).fetch()).status).toBe("queued");
    await settle();
    expect((await client.messages(message.sid).fetch()).status).toBe("delivered");
    expect(simulator.phone(PHONE).messages()).toHaveLength(1);
  });

  it("can be cancelled before, and only before", async () => {
    const { client, clock, settle, simulator } = await startRig(inService);
    const message = await client.messages.create({ ...order, sendAt: new Date(clock.now() + 300_000) });
    expect((await client.messages(message.sid).update({ status: "canceled" })).status).toBe("canceled");
    await expect(client.messages(message.sid).update({ status: "canceled" })).rejects.toMatchObject({
      code: 30409,
      status: 409,
    });
    clock.advance(300_000);
    await settle();
    expect((await client.messages(message.sid).fetch()).status).toBe("canceled");
    expect(simulator.phone(PHONE).messages()).toStrictEqual([]);
  });

  it("fails with 21610 when its recipient opted out meanwhile", async () => {
    const { client, clock, settle, simulator } = await startRig(inService);
    const message = await client.messages.create({ ...order, sendAt: new Date(clock.now() + 300_000) });
    await simulator.phone(PHONE).text(OURS, "STOP");
    expect((await client.messages(message.sid).fetch()).status).toBe("scheduled");
    clock.advance(300_000);
    await settle();
    expect(await client.messages(message.sid).fetch()).toMatchObject({ status: "failed", errorCode: 21610 });
  });
});

describe("reading media and the account", () => {
  it("serves the picture that a phone sent, and its resource, until it is deleted", async () => {
    const { client, host, simulator } = await startRig(numberAt);
    const bytes = new Uint8Array([1, 2, 3]);
    const { sid } = await simulator
      .phone(PHONE)
      .text(OURS, "", { media: [{ contentType: "image/png" }, { contentType: "application/pdf", bytes }] });
    const { MediaUrl0 = "", MediaUrl1 = "" } = host.requests[0]?.fields ?? {};
    const picture = await fetch(MediaUrl0);
    expect(picture.headers.get("content-type")).toBe("image/png");
    const signature = Buffer.from(await picture.arrayBuffer()).subarray(0, 8);
    expect([...signature]).toStrictEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(new Uint8Array(await (await fetch(MediaUrl1)).arrayBuffer())).toStrictEqual(bytes);
    const [first] = await client.messages(sid).media.list();
    expect(first).toMatchObject({ contentType: "image/png", parentSid: sid, accountSid: ACCOUNT_SID });
    const item = client.messages(sid).media(first?.sid ?? "");
    expect(await item.fetch()).toMatchObject({ sid: first?.sid });
    expect(await item.remove()).toBe(true);
    await expect(item.fetch()).rejects.toMatchObject({ code: 20404 });
    expect((await fetch(MediaUrl1.replace(ACCOUNT_SID, `AC${"f".repeat(32)}`))).status).toBe(404);
    expect((await fetch(MediaUrl1.replace(sid, `MM${"f".repeat(32)}`))).status).toBe(404);
    expect((await fetch(MediaUrl0)).status).toBe(404);
  });

  it("sends a client on to media that the host named by address", async () => {
    const { client, simulator } = await startRig();
    const address = "https://example.com/a.png";
    const { sid } = await client.messages.create({ to: PHONE, from: OURS, mediaUrl: [address] });
    const [item] = await client.messages(sid).media.list();
    const path = item?.uri.replace(".json", "") ?? "";
    const response = await fetch(simulator.url + path, { redirect: "manual" });
    expect(response.status).toBe(307);
    expect(response.headers.get("location")).toBe(address);
  });

  it("tells an account that signs in with its token what it is", async () => {
    const { client } = await startRig(() => ({ accounts: [{ friendlyName: "Ours" }] }));
    const account = await client.api.v2010.accounts(ACCOUNT_SID).fetch();
    expect(account).toMatchObject({ sid: ACCOUNT_SID, friendlyName: "Ours", status: "active", type: "Full" });
    expect(account.authToken).toBe(AUTH_TOKEN);
  });
});
