import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import express from "express";
import { describe, expect, it, onTestFinished } from "vitest";
import { inProcessBus } from "../../src/adapters/events/in-process-bus";
import type { SmsEvent } from "../../src/core/model/events";
import { createStream } from "../../src/flows/stream";
import { toExpressHandler } from "../../src/http/express";
import { toNodeHandler } from "../../src/http/node";
import type { FetchHandler } from "../../src/http/node";
import type { EventBus } from "../../src/ports/event-bus";
import { inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import { manualRuntime, settled } from "../support/manual-runtime";
import { exchange, openWire, serve } from "./served";
import type { Listener } from "./served";

const LISTENERS: readonly (readonly [string, (handler: FetchHandler) => Listener])[] = [
  ["node:http", (handler) => toNodeHandler(handler)],
  ["Express", (handler) => express().use("/stream", toExpressHandler(handler))],
];

/** A bus that knows how many listen. */
function countingBus(): EventBus & { readonly listening: () => number } {
  const inner = inProcessBus((cause) => {
    throw cause;
  });
  let count = 0;
  return {
    publish: inner.publish,
    subscribe(listener) {
      const end = inner.subscribe(listener);
      count += 1;
      let hears = true;
      return () => {
        if (hears) count -= 1;
        hears = false;
        end();
      };
    },
    listening: () => count,
  };
}

interface OpenStream {
  readonly response: IncomingMessage;
  readonly heard: () => string;
  readonly hangUp: () => void;
}

async function openStream(port: number): Promise<OpenStream> {
  const request = httpRequest({ host: "127.0.0.1", port, path: "/stream", agent: new Agent() });
  request.on("error", () => undefined);
  request.end();
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("no response");
  let heard = "";
  response.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
  });
  response.on("error", () => undefined);
  const hangUp = (): void => {
    request.destroy();
  };
  onTestFinished(hangUp);
  return { response, heard: () => heard, hangUp };
}

const received = (filler = ""): SmsEvent => {
  // Only its name and that it is JSON matter here.
  return { name: "conversation.updated", data: { conversation: { preview: filler } } } as unknown as SmsEvent;
};

describe.each(LISTENERS)("live events over %s", (_, listen) => {
  it("reach every listener as they happen", async () => {
    const h = harness();
    const { port } = await serve(listen((request) => h.sms.stream(request)));
    const streams = await Promise.all([openStream(port), openStream(port)]);
    await h.post(inboundSms({ Body: "Grüße\nzwei Zeilen" }));
    for (const { response, heard } of streams) {
      expect(response.statusCode).toBe(200);
      expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
      expect(response.headers["cache-control"]).toBe("no-cache, no-transform");
      expect(response.headers["content-length"]).toBeUndefined();
      await expect.poll(heard).toContain("event: message.received");
      const blocks = heard()
        .split("\n\n")
        .filter((block) => block.startsWith("event: "));
      expect(blocks.map((block) => block.split("\n").length)).toEqual([2, 2]);
      expect(blocks.map((block) => /^event: (.*)$/m.exec(block)?.[1])).toEqual([
        "conversation.created",
        "message.received",
      ]);
      const data: unknown = JSON.parse(/^data: (.*)$/m.exec(blocks[1] ?? "")?.[1] ?? "null");
      expect(data).toMatchObject({
        message: { body: "Grüße\nzwei Zeilen" },
        conversation: { unreadCount: 1 },
      });
    }
  });

  it("open before the first event, and the listener leaves with its client", async () => {
    const bus = countingBus();
    const runtime = manualRuntime();
    const { port } = await serve(listen(createStream({ bus, runtime })));
    const [first, second] = await Promise.all([openStream(port), openStream(port)]);
    expect(bus.listening()).toBe(2);
    first.hangUp();
    await expect.poll(bus.listening).toBe(1);
    bus.publish([received("still here")]);
    await expect.poll(second.heard).toContain("still here");
    second.hangUp();
    await expect.poll(bus.listening).toBe(0);
    await expect.poll(runtime.pending).toBe(0);
  });

  it("say that they are alive while nothing happens", async () => {
    const runtime = manualRuntime();
    const { port } = await serve(listen(createStream({ bus: countingBus(), runtime })));
    const { heard } = await openStream(port);
    await runtime.advance(45_000);
    await expect.poll(() => heard().match(/: alive/g)?.length).toBe(3);
  });

  it("are closed for a client that does not read, instead of being kept for it", async () => {
    const bus = countingBus();
    const { port } = await serve(listen(createStream({ bus, runtime: manualRuntime() })));
    const wire = await openWire(port);
    wire.socket.pause();
    wire.socket.write("GET /stream HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await expect.poll(bus.listening).toBe(1);
    const filler = "x".repeat(10_000);
    let published = 0;
    while (bus.listening() > 0 && published < 20_000) {
      for (let index = 0; index < 100; index += 1) bus.publish([received(filler)]);
      published += 100;
      await settled(1);
    }
    expect(bus.listening()).toBe(0);
    expect(published).toBeLessThan(5_000);
  });

  it("end with the server", async () => {
    const bus = countingBus();
    const { port, server } = await serve(listen(createStream({ bus, runtime: manualRuntime() })));
    const { response } = await openStream(port);
    const ended = new Promise<void>((resolve) => {
      response.once("close", () => {
        resolve();
      });
    });
    const closed = once(server.close(), "close");
    server.closeAllConnections();
    await Promise.all([ended, closed]);
    await expect.poll(bus.listening).toBe(0);
  });

  it("answer HEAD with headers alone, and nobody stays listening", async () => {
    const bus = countingBus();
    const { port } = await serve(listen(createStream({ bus, runtime: manualRuntime() })));
    const answer = await exchange(port, { method: "HEAD", path: "/stream", headers: {}, body: null });
    expect([answer.status, answer.body.byteLength]).toEqual([200, 0]);
    expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(bus.listening()).toBe(0);
  });

  it("nobody stays listening whose client left while the host was still thinking", async () => {
    const bus = countingBus();
    const stream = createStream({ bus, runtime: manualRuntime() });
    let allow = (): void => undefined;
    const allowed = new Promise<void>((resolve) => {
      allow = resolve;
    });
    const gone: string[] = [];
    const { port } = await serve(
      listen(async (request) => {
        request.signal.addEventListener("abort", () => gone.push("gone"));
        await allowed;
        return stream(request);
      }),
    );
    const wire = await openWire(port);
    wire.socket.write("GET /stream HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await settled();
    wire.socket.destroy();
    await expect.poll(() => gone).toEqual(["gone"]);
    allow();
    await settled();
    expect(bus.listening()).toBe(0);
  });
});

describe.each(LISTENERS)("a fetch handler over %s", (_, listen) => {
  it("gets method, address, headers and body, and its answer arrives whole", async () => {
    const seen: unknown[] = [];
    const { port } = await serve(
      listen(async (request) => {
        seen.push(request.method, request.url, request.headers.get("x-one"), await request.text());
        const headers = new Headers({ "content-type": "text/plain" });
        headers.append("set-cookie", "a=1");
        headers.append("set-cookie", "b=2");
        return new Response("Grüße", { status: 201, headers });
      }),
    );
    const answer = await exchange(port, {
      method: "POST",
      path: "/stream/sub?q=%20x",
      headers: { host: "example.com", "x-one": "1" },
      body: "Body=é",
    });
    expect(seen).toEqual(["POST", "http://example.com/stream/sub?q=%20x", "1", "Body=é"]);
    expect([answer.status, answer.body.toString()]).toEqual([201, "Grüße"]);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  it.each<[string, string]>([
    ["a host that is none", "GET /stream HTTP/1.1\r\nhost: a b\r\n\r\n"],
    ["an absolute address that is none", "GET http://[ HTTP/1.1\r\nhost: localhost\r\n\r\n"],
    ["a method that no web request has", "TRACE /stream HTTP/1.1\r\nhost: localhost\r\n\r\n"],
  ])("does not see %s, which is answered 400", async (__, sent) => {
    let calls = 0;
    const handle = toNodeHandler(() => {
      calls += 1;
      return new Response(null);
    });
    const { port } = await serve(handle);
    const wire = await openWire(port);
    wire.socket.write(sent);
    await expect.poll(wire.heard).toContain("Bad request.");
    expect(wire.heard()).toMatch(/^HTTP\/1\.1 400 /);
    expect(calls).toBe(0);
  });

  it.each<[string, string, string]>([
    ["//evil.example/stream", "localhost", "http://localhost//evil.example/stream"],
    ["/stream", "localhost/admin?x=", "http://localhost/stream"],
    ["/stream", "user:secret@localhost", "http://localhost/stream"],
  ])("sees the path %s of host %s as %s", async (path, host, url) => {
    const seen: string[] = [];
    const { port } = await serve(
      toNodeHandler((request) => {
        seen.push(request.url);
        return new Response(null, { status: 204 });
      }),
    );
    const answer = await exchange(port, { method: "GET", path, headers: { host }, body: null });
    expect([answer.status, seen]).toEqual([204, [url]]);
  });

  it("cuts the connection where the body fails midway, so that the client sees it", async () => {
    const failures: unknown[] = [];
    const handle = toNodeHandler(() => {
      let pulls = 0;
      return new Response(
        new ReadableStream({
          pull(controller) {
            pulls += 1;
            if (pulls > 1) controller.error(new Error("source failed"));
            else controller.enqueue(new TextEncoder().encode("half"));
          },
        }),
      );
    });
    const { port } = await serve((request, response) => {
      handle(request, response).catch((cause: unknown) => failures.push(cause));
    });
    await expect(exchange(port, { method: "GET", path: "/", headers: {}, body: null })).rejects.toMatchObject(
      { code: "ECONNRESET" },
    );
    expect(failures).toMatchObject([{ message: "source failed" }]);
  });

  it("hands a failure of the handler to Express", async () => {
    const failures: unknown[] = [];
    const made = express();
    made.use(toExpressHandler(() => Promise.reject(new Error("no"))));
    made.use((error: unknown, __: express.Request, response: express.Response, ___: express.NextFunction) => {
      failures.push(error);
      response.status(500).end("handled");
    });
    const { port } = await serve(made);
    const answer = await exchange(port, { method: "GET", path: "/", headers: {}, body: null });
    expect([answer.status, answer.body.toString()]).toEqual([500, "handled"]);
    expect(failures).toMatchObject([{ message: "no" }]);
  });

  it("gets a raw body that a parser has read before", async () => {
    const made = express();
    made.use(express.raw({ type: "*/*" }));
    made.use(toExpressHandler(async (request) => new Response(await request.text())));
    const { port } = await serve(made);
    const answer = await exchange(port, {
      method: "POST",
      path: "/",
      headers: { "content-type": "text/plain" },
      body: "kept é",
    });
    expect(answer.body.toString()).toBe("kept é");
  });
});
