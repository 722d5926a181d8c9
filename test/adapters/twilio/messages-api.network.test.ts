import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { twilioMessagesApi } from "../../../src/adapters/twilio/messages-api";
import type { CreateMessageOutcome } from "../../../src/ports/messages-api";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_AUTH_TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_OURS,
} from "../../fixtures/twilio/payloads";

// Real sockets: what a stand-in for `fetch` says about a broken connection proves nothing about `fetch`.
const api = twilioMessagesApi({ fetch: globalThis.fetch, now: () => 0 });

function create(apiBaseUrl: string, signal = new AbortController().signal): Promise<CreateMessageOutcome> {
  return api.create(
    {
      account: {
        accountSid: FIXTURE_ACCOUNT_SID,
        username: FIXTURE_ACCOUNT_SID,
        password: FIXTURE_AUTH_TOKEN,
        apiBaseUrl,
      },
      to: FIXTURE_CONTACT,
      from: FIXTURE_OURS,
      body: "Hi",
      mediaUrls: [],
      statusCallback: "https://example.com/hook",
    },
    { signal },
  );
}

/** A server that does this with a connection once a request has begun to arrive on it. */
async function listening(
  onRequest: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      onRequest(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server.close(), "close");
  };
  onTestFinished(close);
  // A server that listens on a port has an address object.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

const LOST: CreateMessageOutcome = { kind: "unknown", why: "connection_lost" };
const NOT_CONNECTED: CreateMessageOutcome = { kind: "retry", why: "not_connected", afterMs: null };

describe("over a real network", () => {
  it("a port where nobody listens was never reached", async () => {
    const { url, close } = await listening(() => undefined);
    await close();
    expect(await create(url)).toEqual(NOT_CONNECTED);
    expect(await create(url.replace("127.0.0.1", "localhost"))).toEqual(NOT_CONNECTED);
  });

  it("a name that does not exist was never reached", async () => {
    expect(await create("http://twilio.invalid")).toEqual(NOT_CONNECTED);
  });

  it.each<[string, (socket: Socket) => void]>([
    ["hangs up without an answer", (socket) => socket.end()],
    ["resets without an answer", (socket) => socket.resetAndDestroy()],
    ["hangs up within the head of the answer", (socket) => socket.end("HTTP/1.1 201 Crea")],
    ["answers what is not HTTP", (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")],
  ])("a server that %s may have the message", async (_, behave) => {
    const { url } = await listening(behave);
    expect(await create(url)).toEqual(LOST);
  });

  it.each<[string, string, CreateMessageOutcome]>([
    ["accepting", "201 Created", { kind: "unknown", why: "unreadable_answer" }],
    ["refusing", "400 Bad Request", { kind: "rejected", httpStatus: 400, code: null }],
    ["failing", "500 Oops", { kind: "unknown", why: "server_error" }],
  ])("a server that hangs up within an %s answer is judged by its status", async (_, status, outcome) => {
    const { url } = await listening((socket) =>
      socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 100\r\n\r\n{"sid":`),
    );
    expect(await create(url)).toEqual(outcome);
  });

  it.each<[string, string]>([
    ["never answers", ""],
    ["never finishes its answer", "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"],
  ])("a server that %s is given up on, and may have the message", async (_, said) => {
    const giveUp = new AbortController();
    const { url } = await listening((socket) => {
      socket.write(said, () => {
        giveUp.abort();
      });
    });
    expect(await create(url, giveUp.signal)).toEqual({ kind: "unknown", why: "timeout" });
  });
});
