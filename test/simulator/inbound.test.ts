import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { ACCOUNT_SID, OURS, PHONE, SERVICE_SID, numberAt, startRig } from "./rig";

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("a text to one of our numbers", () => {
  it("reaches the host as a complete and genuine webhook", async () => {
    const { host, simulator } = await startRig(numberAt);
    host.answer(() => ({ type: "text/xml", body: "<Response/>" }));
    const body = 'Héllo + "world" 👍\r\nline 2 ';
    const { sid, webhook } = await simulator.phone(PHONE).text(OURS, body);
    expect(webhook).toStrictEqual({ status: 200, body: "<Response/>" });
    const [request] = host.requests;
    expect(request?.isGenuine).toBe(true);
    expect(request?.fields).toStrictEqual({
      ToCountry: "US",
      ToState: "",
      SmsMessageSid: sid,
      NumMedia: "0",
      ToCity: "",
      FromZip: "",
      SmsSid: sid,
      FromState: "",
      SmsStatus: "received",
      FromCity: "",
      Body: body,
      FromCountry: "US",
      To: OURS,
      ToZip: "",
      NumSegments: "1",
      ReferralNumMedia: "0",
      MessageSid: sid,
      AccountSid: ACCOUNT_SID,
      From: PHONE,
      ApiVersion: "2010-04-01",
    });
  });

  it.each(["", " ", "\u0000", "a\ud800b", "a=b&c=d+%20", "é".repeat(400), "x".repeat(1600)])(
    "is genuine whatever it says: %j",
    async (body) => {
      const { host, simulator } = await startRig(numberAt);
      await simulator.phone(PHONE).text(OURS, body);
      expect(host.requests[0]?.isGenuine).toBe(true);
      expect(host.requests[0]?.fields["Body"]).toBe(body.toWellFormed());
    },
  );

  it("is an MM with the address of each picture when it has media", async () => {
    const { client, host, simulator } = await startRig(numberAt);
    const media = [{ contentType: "image/jpeg" }, { contentType: "image/gif" }];
    const { sid } = await simulator.phone(PHONE).text(OURS, "", { media });
    expect(sid).toMatch(/^MM[0-9a-f]{32}$/);
    expect(host.requests[0]?.isGenuine).toBe(true);
    expect(host.requests[0]?.fields).toMatchObject({
      Body: "",
      NumMedia: "2",
      NumSegments: "1",
      MediaContentType0: "image/jpeg",
      MediaContentType1: "image/gif",
    });
    const address = `${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${sid}/Media/ME`;
    expect(host.requests[0]?.fields["MediaUrl0"]).toContain(address);
    expect(host.requests[0]?.fields["MediaUrl1"]).toContain(address);
    expect(await client.messages(sid).fetch()).toMatchObject({
      status: "received",
      direction: "inbound",
      numMedia: "2",
    });
  });

  it("comes as a GET with the fields in the query where the number says so", async () => {
    const { host, simulator } = await startRig((hostUrl) => ({
      numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/sms?tenant=a%20b`, smsMethod: "GET" }],
    }));
    await simulator.phone(PHONE).text(OURS, "it's + me");
    expect(host.requests[0]).toMatchObject({ method: "GET", isGenuine: true });
    expect(host.requests[0]?.fields).toMatchObject({ tenant: "a b", Body: "it's + me", FromZip: "" });
  });

  it("is signed for the address as it is written, with what is not part of a request taken out", async () => {
    const { host, simulator } = await startRig();
    const port = new URL(host.url).port;
    simulator.configureNumber(OURS, {
      smsUrl: `http://user:p%40ss@127.0.0.1:${port}/a/../sms?q=it's&list[]=1&empty=#rc=0&rp=all`,
    });
    await simulator.phone(PHONE).text(OURS, "Hi");
    expect(host.requests[0]?.path).toBe("/a/../sms?q=it's&list[]=1&empty=");
    expect(host.requests[0]?.isGenuine).toBe(true);
    expect(host.requests[0]?.headers.authorization).toBe(`Basic ${btoa("user:p@ss")}`);
    expect(simulator.webhooks()[0]?.url).toBe(`${host.url}/a/../sms?q=it's&list[]=1&empty=`);
  });

  it("is in the log also when nobody is to be called", async () => {
    const { client, simulator } = await startRig();
    const result = await simulator.phone(PHONE).text(OURS, "Hi");
    expect(result.webhook).toBeNull();
    expect(await client.messages(result.sid).fetch()).toMatchObject({
      body: "Hi",
      from: PHONE,
      status: "received",
    });
    expect(simulator.phone(PHONE).messages()).toMatchObject([
      { direction: "sent", with: OURS, body: "Hi", auto: false },
    ]);
  });

  it("is refused when no phone could send it", async () => {
    const { simulator } = await startRig();
    const phone = simulator.phone(PHONE);
    await expect(phone.text("+15550001111", "Hi")).rejects.toThrow(TypeError);
    await expect(phone.text(OURS, "x".repeat(1601))).rejects.toThrow(TypeError);
    await expect(phone.text(OURS, "", { media: [{ contentType: "picture" }] })).rejects.toThrow(TypeError);
    await expect(
      phone.text(OURS, "", { media: [{ contentType: "image/png", url: "a.png" }] }),
    ).rejects.toThrow(TypeError);
    expect(() => simulator.phone("5557654321")).toThrow(TypeError);
  });
});

describe("a number in a Messaging Service", () => {
  const inService = (hostUrl: string) => ({
    numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/number` }],
    services: [{ sid: SERVICE_SID, senders: [OURS], inboundRequestUrl: `${hostUrl}/service` }],
  });

  it("leaves its texts to the service", async () => {
    const { host, simulator } = await startRig(inService);
    await simulator.phone(PHONE).text(OURS, "Hi");
    expect(host.requests).toMatchObject([
      { path: "/service", isGenuine: true, fields: { MessagingServiceSid: SERVICE_SID, To: OURS } },
    ]);
  });

  it("is called itself where the service says so", async () => {
    const { host, simulator } = await startRig(inService);
    simulator.configureService(SERVICE_SID, { useInboundWebhookOnNumber: true });
    await simulator.phone(PHONE).text(OURS, "Hi");
    expect(host.requests.map((request) => request.path)).toStrictEqual(["/number"]);
  });

  it("loses its texts without a trace where the service has no address for them", async () => {
    const { client, host, simulator } = await startRig(inService);
    simulator.configureService(SERVICE_SID, { inboundRequestUrl: null });
    const result = await simulator.phone(PHONE).text(OURS, "Hi");
    expect(result.webhook).toBeNull();
    expect(host.requests).toStrictEqual([]);
    await expect(client.messages(result.sid).fetch()).rejects.toMatchObject({ code: 20404 });
  });
});

describe("a host that does not answer well", () => {
  it("is called once more, with the same token, when it could not be connected to; then the fallback is", async () => {
    const port = await closedPort();
    const { host, simulator } = await startRig((hostUrl) => ({
      numbers: [
        { phoneNumber: OURS, smsUrl: `http://127.0.0.1:${port}/sms`, smsFallbackUrl: `${hostUrl}/fallback` },
      ],
    }));
    const { webhook } = await simulator.phone(PHONE).text(OURS, "Hi");
    expect(webhook).toStrictEqual({ status: 200, body: "<Response/>" });
    const [first, second, third] = simulator.webhooks();
    expect([first?.attempt, second?.attempt, third?.attempt]).toStrictEqual([1, 2, 1]);
    expect(second?.idempotencyToken).toBe(first?.idempotencyToken);
    expect(third?.idempotencyToken).not.toBe(first?.idempotencyToken);
    expect(third).toMatchObject({ kind: "inbound-fallback" });
    expect(host.requests).toMatchObject([
      {
        path: "/fallback",
        isGenuine: true,
        fields: { Body: "Hi", ErrorCode: "11205", ErrorUrl: `http://127.0.0.1:${port}/sms` },
      },
    ]);
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11205]);
  });

  it.each([
    [400, "not called again on its own account", "", 1],
    [500, "not called again on its own account", "", 1],
    [503, "called again as often as the address allows", "#rc=3&rp=5xx", 4],
    [404, "called again for 4xx where the address says so", "#rc=2&rp=4xx,ct", 3],
    [404, "not called again for another reason than the address gives", "#rc=2&rp=5xx,rt", 1],
    [500, "called again for everything", "#rp=all", 2],
    [503, "called again five times where the address asks for all there is", "#rc=5&rp=ct,rt,5xx", 6],
    [404, "not called again by the same address", "#rc=5&rp=ct,rt,5xx", 1],
    [500, "not called again when the address forbids it", "#rc=0&rp=all", 1],
  ])("answering %i is %s (%s)", async (status, _what, fragment, calls) => {
    const { host, simulator } = await startRig();
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/sms${fragment}`, smsFallbackUrl: null });
    host.answer(() => ({ status, body: "no" }));
    const { webhook } = await simulator.phone(PHONE).text(OURS, "Hi");
    expect(webhook).toStrictEqual({ status, body: "no" });
    expect(host.requests).toHaveLength(calls);
    expect(host.requests.every((request) => request.isGenuine && request.path === "/sms")).toBe(true);
    expect(new Set(host.requests.map((request) => request.headers["i-twilio-idempotency-token"])).size).toBe(
      1,
    );
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11200]);
  });

  it("gets another chance within the same text", async () => {
    const { host, simulator } = await startRig();
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/sms#rc=1&rp=5xx` });
    host.answer(() => (host.requests.length === 1 ? { status: 500 } : { type: "text/plain", body: "Back" }));
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook).toStrictEqual({
      status: 200,
      body: "Back",
    });
    expect(simulator.debugger()).toStrictEqual([]);
  });

  it("has fifteen seconds, and the fallback fifteen of its own", async () => {
    const { clock, host, simulator } = await startRig((hostUrl) => ({
      numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/sms`, smsFallbackUrl: `${hostUrl}/fallback` }],
    }));
    host.answer((request) => (request.path === "/sms" ? "never" : { type: "text/xml", body: "<Response/>" }));
    const text = simulator.phone(PHONE).text(OURS, "Hi");
    await host.received(1);
    clock.advance(14_999);
    expect(simulator.debugger()).toStrictEqual([]);
    clock.advance(1);
    expect((await text).webhook?.status).toBe(200);
    expect(host.requests.map((request) => request.path)).toStrictEqual(["/sms", "/fallback"]);
    expect(host.requests[1]?.fields["ErrorCode"]).toBe("11200");
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11200]);
  });

  it("is not called again after a read timeout by default, but is where the address says so and time is left", async () => {
    const { clock, host, simulator } = await startRig();
    host.answer(() => "never");
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/sms#rt=2000&rc=1&rp=rt` });
    const text = simulator.phone(PHONE).text(OURS, "Hi");
    await host.received(1);
    clock.advance(2_000);
    await host.received(2);
    clock.advance(2_000);
    expect((await text).webhook).toBeNull();
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/sms#rt=2000&rc=1` });
    const other = simulator.phone(PHONE).text(OURS, "Hi");
    await host.received(3);
    clock.advance(2_000);
    expect((await other).webhook).toBeNull();
    expect(host.requests).toHaveLength(3);
  });

  it("has the total time of its address for all tries together", async () => {
    const { clock, host, simulator } = await startRig();
    host.answer(() => "never");
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/sms#rt=2000&tt=3000&rc=5&rp=rt` });
    const text = simulator.phone(PHONE).text(OURS, "Hi");
    await host.received(1);
    clock.advance(2_000);
    await host.received(2);
    clock.advance(1_000);
    expect((await text).webhook).toBeNull();
    expect(host.requests).toHaveLength(2);
  });

  it("that hangs up has not answered", async () => {
    const { host, simulator } = await startRig(numberAt);
    host.answer(() => "hang-up");
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook).toBeNull();
    expect(host.requests).toHaveLength(1);
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11200]);
  });

  it("has five seconds to connect, twice", async () => {
    const { clock, simulator } = await startRig();
    const sockets: Socket[] = [];
    let arrived = (): void => undefined;
    // It accepts connections, and never says a word of TLS.
    const silent = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      arrived();
    });
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const connection = () =>
      new Promise<void>((resolve) => {
        arrived = resolve;
      });
    // A server that listens on TCP has an address with a port.
    const { port } = silent.address() as AddressInfo;
    simulator.configureNumber(OURS, { smsUrl: `https://127.0.0.1:${port}/sms` });
    const first = connection();
    const text = simulator.phone(PHONE).text(OURS, "Hi");
    await first;
    const second = connection();
    clock.advance(5_000);
    await second;
    clock.advance(5_000);
    expect((await text).webhook).toBeNull();
    expect(sockets).toHaveLength(2);
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11205]);
  });

  it("is not called at all at an address that is none", async () => {
    const { simulator } = await startRig(() => ({
      numbers: [{ phoneNumber: OURS, smsUrl: "example.com/sms" }],
    }));
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook).toBeNull();
    expect(simulator.webhooks()).toStrictEqual([]);
    expect(simulator.debugger()).toMatchObject([{ level: "error", code: 11321, accountSid: ACCOUNT_SID }]);
  });

  it("is called under the default policy, with a complaint, when the address asks for one that is none", async () => {
    const { host, simulator } = await startRig();
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/sms#rp=sometimes` });
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook?.status).toBe(200);
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11243]);
  });
});

describe("a host that redirects", () => {
  it.each([
    [301, "GET", false],
    [302, "GET", false],
    [307, "POST", true],
    [308, "POST", true],
  ])("with %i is called there with %s", async (status, method, hasFields) => {
    const { host, simulator } = await startRig(numberAt);
    host.answer((request) =>
      request.path === "/sms"
        ? { status, location: "/moved?a=1" }
        : { type: "text/xml", body: "<Response/>" },
    );
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook?.status).toBe(200);
    expect(host.requests[1]).toMatchObject({ path: "/moved?a=1", method, isGenuine: true });
    expect("Body" in (host.requests[1]?.fields ?? {})).toBe(hasFields);
  });

  it("for ever is given up", async () => {
    const { host, simulator } = await startRig(numberAt);
    host.answer(() => ({ status: 302, location: "/sms" }));
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook).toBeNull();
    expect(host.requests).toHaveLength(11);
    expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11215]);
  });

  it.each(["mailto:a@example.com", "http://", "ftp://example.com/"])(
    "to %s has not answered",
    async (location) => {
      const { host, simulator } = await startRig(numberAt);
      host.answer(() => ({ status: 302, location }));
      expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook?.status).toBe(302);
      expect(simulator.debugger().map((entry) => entry.code)).toStrictEqual([11200]);
    },
  );

  it("with credentials and a fragment is called without them", async () => {
    const { host, simulator } = await startRig(numberAt);
    const location = `${host.url.replace("//", "//user:secret@")}/moved#part`;
    host.answer((request) => (request.path === "/sms" ? { status: 307, location } : { status: 204 }));
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook?.status).toBe(204);
    expect(host.requests[1]).toMatchObject({ path: "/moved", isGenuine: true });
    expect(host.requests[1]?.headers.authorization).toBeUndefined();
  });

  it("to another host does not get the credentials of the first", async () => {
    const { host, simulator } = await startRig();
    const { host: other } = await startRig();
    simulator.configureNumber(OURS, { smsUrl: host.url.replace("//", "//user:secret@") });
    host.answer(() => ({ status: 307, location: `${other.url}/there` }));
    await simulator.phone(PHONE).text(OURS, "Hi");
    expect(host.requests[0]?.headers.authorization).toBeDefined();
    expect(other.requests[0]).toMatchObject({ path: "/there", isGenuine: true });
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });
});
