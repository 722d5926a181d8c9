import { once } from "node:events";
import { Agent } from "node:http";
import express from "express";
import { describe, expect, it, onTestFinished } from "vitest";
import { toExpressHandler } from "../../src/http/express";
import { toNodeHandler } from "../../src/http/node";
import type { Sms } from "../../src/create-sms";
import { encodeForm, inboundSms } from "../fixtures/twilio/payloads";
import { harness, signedPost, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { settled } from "../support/manual-runtime";
import { exchange, openWire, serve } from "./served";
import type { Listener, WireRequest } from "./served";

const PATH = new URL(WEBHOOK_URL).pathname;
const LISTENERS: readonly (readonly [string, (sms: Sms) => Listener])[] = [
  ["node:http", (sms) => toNodeHandler(sms)],
  ["Express", (sms) => express().use(PATH, toExpressHandler(sms))],
];

async function genuine(sid: string): Promise<WireRequest> {
  const request = await signedPost(inboundSms({ MessageSid: sid }));
  return {
    method: "POST",
    path: PATH,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  };
}

const SIDS = ["1", "2", "3"].map((digit) => `SM${digit.repeat(32)}`);

async function storedCount({ sms }: Harness): Promise<number> {
  const { items } = await sms.conversations.list();
  return items.reduce((count, { lastSeq }) => count + lastSeq, 0);
}

function head(headers: Readonly<Record<string, string>>, method = "POST"): string {
  const lines = Object.entries({
    host: "localhost",
    "content-type": "application/x-www-form-urlencoded",
    ...headers,
  });
  return `${method} ${PATH} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** What must never be seen while a request fails. */
function unhandled(): readonly unknown[] {
  const seen: unknown[] = [];
  const note = (cause: unknown): void => {
    seen.push(cause);
  };
  process.on("unhandledRejection", note).on("uncaughtException", note);
  onTestFinished(() => {
    process.off("unhandledRejection", note).off("uncaughtException", note);
  });
  return seen;
}

describe.each(LISTENERS)("connections of %s", (_, listen) => {
  it("stay usable after an acceptance and after a refusal", async () => {
    const h = harness();
    const { port, server } = await serve(listen(h.sms));
    let connections = 0;
    server.on("connection", () => {
      connections += 1;
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => {
      agent.destroy();
    });
    const [first, second, third] = await Promise.all(SIDS.map(genuine));
    if (first === undefined || second === undefined || third === undefined) throw new Error("three are made");
    const steps: readonly (readonly [WireRequest, number])[] = [
      [first, 200],
      [{ ...second, body: "Body=tampered" }, 403],
      [second, 200],
      [{ method: "GET", path: PATH, headers: {}, body: null }, 403],
      [{ method: "HEAD", path: PATH, headers: {}, body: null }, 405],
      [third, 200],
    ];
    for (const [wire, status] of steps) {
      const answer = await exchange(port, wire, agent);
      expect(answer.status).toBe(status);
      expect(answer.headers.connection).toBe("keep-alive");
    }
    expect(connections).toBe(1);
    expect(await storedCount(h)).toBe(3);
  });

  it.each<[string, Readonly<Record<string, string>>, (index: number) => string]>([
    ["a length over the limit", { "content-length": "6000000" }, () => "x".repeat(100_000)],
    [
      "chunks that go over the limit",
      { "transfer-encoding": "chunked" },
      (index) => (index < 59 ? `186a0\r\n${"x".repeat(100_000)}\r\n` : "0\r\n\r\n"),
    ],
  ])(
    "with %s get their 413 although they still talk, and are closed without a reset",
    async (__, headers, piece) => {
      const h = harness();
      const { port } = await serve(listen(h.sms));
      const wire = await openWire(port);
      wire.socket.write(head(headers));
      for (let index = 0; index < 60; index += 1) {
        if (!wire.socket.write(piece(index))) await once(wire.socket, "drain");
      }
      await wire.closed;
      const [top = "", body] = wire.heard().split("\r\n\r\n");
      expect(top).toMatch(/^HTTP\/1\.1 413 /);
      expect(top.toLowerCase()).toContain("\r\nconnection: close");
      expect(top.toLowerCase()).toContain("\r\ncontent-length: 10");
      expect(body).toBe("Too large.");
      expect(h.events).toMatchObject([
        { name: "error", data: { error: { details: { reason: "too_large", http: 413 } } } },
      ]);
      expect(await storedCount(h)).toBe(0);
    },
  );

  it("get their 413 before they have sent the rest", async () => {
    const h = harness();
    const { port } = await serve(listen(h.sms));
    const wire = await openWire(port);
    wire.socket.write(head({ "content-length": "2000000" }));
    await expect.poll(wire.heard).toContain("Too large.");
    wire.socket.destroy();
  });

  it("that never stop talking are closed, and what they say is not kept", async () => {
    const h = harness();
    const { port } = await serve(listen(h.sms));
    const wire = await openWire(port);
    wire.socket.write(head({ "transfer-encoding": "chunked" }));
    const megabyte = `100000\r\n${"x".repeat(1_048_576)}\r\n`;
    let sent = 0;
    let isOpen = true;
    wire.socket.once("close", () => {
      isOpen = false;
    });
    while (isOpen && sent < 200) {
      sent += 1;
      if (!wire.socket.write(megabyte))
        await Promise.race([once(wire.socket, "drain"), once(wire.socket, "close")]).catch(() => undefined);
    }
    expect(isOpen).toBe(false);
    expect(wire.heard()).toContain("HTTP/1.1 413 ");
    expect(sent).toBeLessThan(60);
    expect(await storedCount(h)).toBe(0);
  });

  it.each<[string, string]>([
    ["before the body", head({ "content-length": "400", "x-twilio-signature": "x" })],
    [
      "within the body",
      `${head({ "content-length": "400", "x-twilio-signature": "x" })}${encodeForm(inboundSms()).slice(0, 100)}`,
    ],
    ["within a chunk", `${head({ "transfer-encoding": "chunked" })}100\r\nBody=Hel`],
    ["while a refused body is thrown away", `${head({ "content-length": "2000000" })}Body=Hel`],
  ])("that end %s leave nothing behind", async (__, sent) => {
    const seen = unhandled();
    const h = harness();
    const { port, server } = await serve(listen(h.sms));
    const arrived = once(server, "request");
    const wire = await openWire(port);
    wire.socket.write(sent);
    await arrived;
    await settled();
    wire.socket.resetAndDestroy();
    await expect.poll(() => h.events.length).toBe(1);
    await settled();
    expect(h.events[0]?.name).toBe("error");
    expect(seen).toEqual([]);
    expect(await storedCount(h)).toBe(0);
    expect((await exchange(port, await genuine(SIDS[0] ?? ""))).status).toBe(200);
  });
});

describe("a client that is gone before the handler runs", () => {
  it("is not waited for", async () => {
    const h = harness();
    const handle = toNodeHandler(h.sms);
    const finished: string[] = [];
    const { port } = await serve((request, response) => {
      request.once("close", () => {
        handle(request, response).then(
          () => finished.push("finished"),
          (cause: unknown) => finished.push(String(cause)),
        );
      });
      request.destroy();
    });
    const wire = await openWire(port);
    wire.socket.write(head({ "content-length": "400" }));
    await expect.poll(() => finished).toEqual(["finished"]);
    expect(h.events).toMatchObject([{ data: { error: { details: { reason: "body_cut_off" } } } }]);
  });
});

describe("a request that the host has answered already", () => {
  it("is stored, and its answer left alone", async () => {
    const seen = unhandled();
    const h = harness();
    const handle = toNodeHandler(h.sms);
    const done: string[] = [];
    const { port } = await serve((request, response) => {
      response.writeHead(504).end("late");
      handle(request, response).then(
        () => done.push("done"),
        (cause: unknown) => done.push(String(cause)),
      );
    });
    const answer = await exchange(port, await genuine(SIDS[0] ?? ""));
    expect([answer.status, answer.body.toString()]).toEqual([504, "late"]);
    await expect.poll(() => done).toEqual(["done"]);
    expect(await storedCount(h)).toBe(1);
    expect(seen).toEqual([]);
  });
});
