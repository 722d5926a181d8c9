import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createSimulator } from "../../src/simulator";
import type { SimulatorOptions } from "../../src/simulator";
import { manualClock } from "./manual-clock";
import { ACCOUNT_SID, OURS, PHONE, SERVICE_SID, numberAt, startRig } from "./rig";

describe("starting and stopping", () => {
  it("has an address once it is started, and rejects with EADDRINUSE when the port is taken", async () => {
    const { simulator } = await startRig();
    const other = createSimulator();
    expect(() => other.url).toThrow(TypeError);
    const port = Number(new URL(simulator.url).port);
    await expect(other.start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await other.start();
    expect(other.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(other.start()).rejects.toThrow(TypeError);
    await other.stop();
    await other.stop();
  });

  it("may be started again where it was, with everything it had", async () => {
    const { client, simulator } = await startRig();
    const { sid } = await client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    const { url } = simulator;
    await simulator.stop();
    await expect(client.messages(sid).fetch()).rejects.toMatchObject({ isAxiosError: true });
    await simulator.start({ port: Number(new URL(url).port) });
    expect((await client.messages(sid).fetch()).sid).toBe(sid);
  });

  it("ends webhooks and timers when it stops, and turns to no retry or fallback", async () => {
    const { client, clock, host, simulator } = await startRig((hostUrl) => ({
      numbers: [
        { phoneNumber: OURS, smsUrl: `${hostUrl}/sms#rc=5&rp=all`, smsFallbackUrl: `${hostUrl}/fallback` },
      ],
    }));
    host.answer(() => "never");
    await client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    const text = simulator.phone(PHONE).text(OURS, "Hi");
    await host.received(1);
    expect(clock.pending()).toBeGreaterThan(0);
    await simulator.stop();
    expect((await text).webhook).toBeNull();
    expect(clock.pending()).toBe(0);
    clock.advance(60_000);
    expect(host.requests).toHaveLength(1);
    expect(simulator.debugger()).toStrictEqual([]);
    await simulator.start();
    host.answer(() => ({ type: "text/xml", body: "<Response/>" }));
    expect((await simulator.phone(PHONE).text(OURS, "Hi")).webhook?.status).toBe(200);
  });

  it("does not wait for a client that never finishes its request", async () => {
    const { simulator } = await startRig();
    const socket = connect(Number(new URL(simulator.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => undefined);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1");
    const closed = once(socket, "close");
    await fetch(simulator.url);
    await simulator.stop();
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it("leaves nothing behind that keeps a process alive", async () => {
    const script = fileURLToPath(new URL("stopped-process.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
      timeout: 60_000,
    });
    expect(stdout).toBe("stopped\n");
  }, 65_000);
});

describe("options", () => {
  const MG = SERVICE_SID;
  it.each<readonly [what: string, options: object]>([
    ["an unknown option", { port: 1 }],
    ["an unknown option of delivery", { delivery: { speed: 1 } }],
    ["an unknown option of an account", { accounts: [{ sid: ACCOUNT_SID }] }],
    ["an unknown option of a key", { accounts: [{ apiKeys: [{ sid: "SK", secret: "s", name: "x" }] }] }],
    ["an unknown option of a number", { numbers: [{ phoneNumber: OURS, url: "x" }] }],
    ["an unknown option of a service", { services: [{ sid: MG, senders: [OURS], url: "x" }] }],
    ["no account", { accounts: [] }],
    ["a malformed account", { accounts: [{ accountSid: "AC1" }] }],
    ["an empty token", { accounts: [{ authToken: "" }] }],
    ["a malformed key", { accounts: [{ apiKeys: [{ sid: "SK1", secret: "s" }] }] }],
    ["a malformed number", { numbers: [{ phoneNumber: "5551234567" }] }],
    ["a short code that is none", { numbers: [{ phoneNumber: OURS, kind: "short-code" }] }],
    ["a malformed service", { services: [{ sid: "MG1", senders: [] }] }],
    ["the same account twice", { accounts: [{}, {}] }],
    ["the same number twice", { numbers: [{ phoneNumber: OURS }, { phoneNumber: OURS }] }],
    [
      "a number in two services",
      {
        services: [
          { sid: MG, senders: [OURS] },
          { sid: `MG${"f".repeat(32)}`, senders: [OURS] },
        ],
      },
    ],
    ["a number of no account", { numbers: [{ phoneNumber: OURS, accountSid: `AC${"f".repeat(32)}` }] }],
    ["a sender that is no number", { services: [{ sid: MG, senders: ["+15550009999"] }] }],
    ["a pace that is none", { delivery: { stepMs: -1 } }],
  ])("are refused: %s", (_what, options) => {
    // The point is what happens to values that the types forbid.
    expect(() => createSimulator(options as SimulatorOptions)).toThrow(TypeError);
  });

  it("change one thing at a time", async () => {
    const { host, simulator } = await startRig((hostUrl) => ({
      numbers: [{ phoneNumber: OURS, smsUrl: `${hostUrl}/sms`, smsMethod: "GET" }],
    }));
    simulator.configureNumber(OURS, { smsUrl: `${host.url}/other` });
    await simulator.phone(PHONE).text(OURS, "Hi");
    simulator.configureNumber(OURS, { smsMethod: "POST" });
    await simulator.phone(PHONE).text(OURS, "Hi");
    simulator.configureNumber(OURS, { smsUrl: null });
    await simulator.phone(PHONE).text(OURS, "Hi");
    expect(host.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`)).toStrictEqual([
      "GET /other",
      "POST /other",
    ]);
  });

  it("are refused later too: an unknown number, service or key", async () => {
    const { simulator } = await startRig();
    expect(() => simulator.configureNumber("+15550009999", { smsUrl: null })).toThrow(TypeError);
    expect(() => simulator.configureService(SERVICE_SID, {})).toThrow(TypeError);
    // The point is what happens to values that the types forbid.
    expect(() => simulator.configureNumber(OURS, { url: "x" } as object)).toThrow(TypeError);
  });

  it("decide every SID by the seed alone", async () => {
    const firstSid = async (options: SimulatorOptions) => {
      const clock = manualClock();
      const simulator = createSimulator({ ...options, now: clock.now, setTimer: clock.setTimer });
      await simulator.start();
      const { sid } = await simulator.phone(PHONE).text("+15551234567", "Hi");
      await simulator.stop();
      return { sid, seed: simulator.seed };
    };
    const [one, same, other, free] = [
      await firstSid({ seed: "a" }),
      await firstSid({ seed: "a" }),
      await firstSid({ seed: "b" }),
      await firstSid({}),
    ];
    expect(same.sid).toBe(one.sid);
    expect(other.sid).not.toBe(one.sid);
    expect((await firstSid({ seed: free.seed })).sid).toBe(free.sid);
    expect(free.seed).not.toBe((await firstSid({})).seed);
  });

  it("decide the pace of messages", async () => {
    const rig = await startRig(() => ({ delivery: { stepMs: 5 } }));
    const { sid } = await rig.client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    rig.clock.advance(10);
    expect((await rig.client.messages(sid).fetch()).status).toBe("delivered");
  });
});

describe("a phone", () => {
  it("tells its listeners about both directions until they leave", async () => {
    const { client, host, settle, simulator } = await startRig(numberAt);
    host.answer(() => ({ type: "text/plain", body: "reply" }));
    const heard: string[] = [];
    const leave = simulator
      .phone(PHONE)
      .onMessage((message) => heard.push(`${message.direction} ${message.body}`));
    await simulator.phone(PHONE).text(OURS, "Hi");
    await settle();
    leave();
    await client.messages.create({ to: PHONE, from: OURS, body: "unheard" });
    await settle();
    expect(heard).toStrictEqual(["sent Hi", "received reply"]);
    expect(simulator.phone(PHONE)).toBe(simulator.phone(PHONE));
    expect(simulator.phone(PHONE).messages()).toHaveLength(3);
  });
});

describe("the logs", () => {
  it("tell when each thing happened and what was answered, oldest first", async () => {
    const { client, clock, host, simulator } = await startRig(numberAt);
    await client.messages.create({
      to: PHONE,
      from: OURS,
      body: "Hi",
      mediaUrl: ["https://e.com/1", "https://e.com/2"],
    });
    clock.advance(1000);
    await simulator.phone(PHONE).text(OURS, "Hello");
    const startMs = Date.UTC(2026, 10, 20, 12, 0, 0);
    expect(simulator.requests()).toMatchObject([
      {
        receivedAtMs: startMs,
        answeredAtMs: startMs,
        method: "POST",
        path: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
        status: 201,
        code: null,
      },
    ]);
    expect(simulator.requests()[0]?.fields).toContainEqual(["MediaUrl", "https://e.com/2"]);
    expect(simulator.webhooks()).toMatchObject([
      {
        kind: "inbound",
        method: "POST",
        url: `${host.url}/sms`,
        attempt: 1,
        sentAtMs: startMs + 1000,
        endedAtMs: startMs + 1000,
        answer: { status: 200, contentType: "text/xml", body: "<Response/>" },
        fields: { Body: "Hello" },
      },
    ]);
    expect(simulator.webhooks()[0]?.signature).toBe(host.requests[0]?.headers["x-twilio-signature"]);
  });
});
