import { describe, expect, it } from "vitest";
import { AUTH_TOKEN, OURS, PHONE, numberAt, startRig } from "./rig";

const HEADERS = { "content-type": "application/json" };

async function post(url: string, value: unknown, headers: Record<string, string> = HEADERS) {
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(value) });
  return { status: response.status, value: await response.json() };
}

describe("the control surface", () => {
  it("texts from a phone and shows what is on it", async () => {
    const { host, settle, simulator } = await startRig(numberAt);
    host.answer(() => ({ type: "text/plain", body: "Hello yourself" }));
    const messages = `${simulator.url}/_simulator/phones/${PHONE}/messages`;
    const sent = await post(messages, {
      to: OURS,
      body: "Hello",
      media: [
        { contentType: "image/png", base64: "AQID" },
        { contentType: "image/gif", url: "https://example.com/a.gif" },
      ],
    });
    expect(sent).toMatchObject({ status: 201, value: { webhook: { status: 200, body: "Hello yourself" } } });
    await settle();
    const shown = await (await fetch(messages)).json();
    expect(shown.messages).toMatchObject([
      {
        direction: "sent",
        body: "Hello",
        sid: sent.value.sid,
        media: [{ contentType: "image/png" }, { contentType: "image/gif" }],
      },
      { direction: "received", body: "Hello yourself", with: OURS },
    ]);
    const picture = await fetch(shown.messages[0].media[0].url);
    expect([...new Uint8Array(await picture.arrayBuffer())]).toStrictEqual([1, 2, 3]);
    const encoded = await fetch(`${simulator.url}/_simulator/phones/${encodeURIComponent(PHONE)}/messages`);
    expect((await encoded.json()).messages).toHaveLength(2);
  });

  it("decides how messages to a phone end", async () => {
    const { client, settle, simulator } = await startRig();
    const outcome = `${simulator.url}/_simulator/phones/${PHONE}/outcome`;
    expect((await post(outcome, { outcome: { undelivered: 30005 } })).status).toBe(200);
    const { sid } = await client.messages.create({ to: PHONE, from: OURS, body: "Hi" });
    await settle();
    expect(await client.messages(sid).fetch()).toMatchObject({ status: "undelivered", errorCode: 30005 });
    for (const bad of ["gone", { failed: "30005" }, { undelivered: -1 }, null]) {
      expect((await post(outcome, { outcome: bad })).status).toBe(400);
    }
  });

  it("shows state and log without the auth token, signed-in or not", async () => {
    const { client, simulator } = await startRig(numberAt);
    await simulator.phone(PHONE).text(OURS, "STOP");
    await client.messages.list();
    const state = await (await fetch(`${simulator.url}/_simulator/state`)).text();
    expect(JSON.parse(state)).toMatchObject({
      accounts: [{ type: "Full" }],
      numbers: [{ phoneNumber: OURS, kind: "long-code" }],
      services: [],
      phones: [PHONE],
      optOuts: [`${OURS} ${PHONE}`],
    });
    const log = await (await fetch(`${simulator.url}/_simulator/log`)).text();
    expect(JSON.parse(log)).toMatchObject({
      requests: [{ method: "GET", status: 200, code: null }],
      webhooks: [{ kind: "inbound", answer: { status: 200, contentType: "text/xml" } }],
      debugger: [],
    });
    expect(state + log).not.toContain(AUTH_TOKEN);
    expect(log).not.toContain("Basic");
  });

  it("answers what it cannot take with 4xx", async () => {
    const { simulator } = await startRig();
    const base = `${simulator.url}/_simulator`;
    const messages = `${base}/phones/${PHONE}/messages`;
    const status = async (url: string, init: RequestInit = {}) => (await fetch(url, init)).status;
    expect(await status(messages, { method: "POST", headers: HEADERS, body: "{" })).toBe(400);
    expect(await status(messages, { method: "POST", headers: HEADERS, body: "[]" })).toBe(400);
    expect(await status(messages, { method: "POST", headers: HEADERS, body: '"x"' })).toBe(400);
    expect(await status(messages, { method: "POST", body: "{}" })).toBe(415);
    expect(await status(messages, { method: "POST", headers: HEADERS, body: "x".repeat(2 ** 21) })).toBe(413);
    expect((await post(messages, {})).status).toBe(400);
    expect((await post(messages, { to: OURS, media: [{}] })).status).toBe(400);
    expect((await post(messages, { to: OURS, media: "picture" })).status).toBe(400);
    expect((await post(messages, { to: OURS, body: "x".repeat(1601) })).status).toBe(400);
    expect((await post(messages, { to: "+15550001111", body: "Hi" })).status).toBe(404);
    expect((await post(`${base}/phones/me/messages`, { to: OURS, body: "Hi" })).status).toBe(404);
    expect(await status(`${base}/phones/me/messages`)).toBe(404);
    expect(await status(`${base}/nothing`)).toBe(404);
    expect(await status(`${base}/state`, { method: "DELETE" })).toBe(405);
  });

  it("lets pages of this machine in, and no others", async () => {
    const { simulator } = await startRig();
    const allowed = async (origin: string) => {
      const response = await fetch(`${simulator.url}/_simulator/state`, { headers: { origin } });
      return response.headers.get("access-control-allow-origin");
    };
    expect(await allowed("http://localhost:3000")).toBe("http://localhost:3000");
    expect(await allowed("http://127.0.0.1")).toBe("http://127.0.0.1");
    expect(await allowed("https://localhost.example.com")).toBeNull();
    expect(await allowed("null")).toBeNull();
    const messages = `${simulator.url}/_simulator/phones/${PHONE}/messages`;
    const preflight = await fetch(messages, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:3000" },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type");
  });
});
