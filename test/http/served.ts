import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { Agent, IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What serves requests; also an asynchronous one, whose promise is its own affair. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Serves a listener on a free port of this machine until the test ends. */
export async function serve(listener: Listener): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request, response) => {
    // A rejection stays unhandled, as it does under plain Node.
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), "close");
  });
  // A server that listens on a port has an address object.
  return { port: (server.address() as AddressInfo).port, server };
}

/** Makes a request and reads its whole answer. */
export async function exchange(port: number, wire: WireRequest, agent?: Agent): Promise<WireAnswer> {
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    method: wire.method,
    path: wire.path,
    headers: {
      ...wire.headers,
      ...(wire.body === null ? {} : { "content-length": Buffer.byteLength(wire.body) }),
    },
    ...(agent === undefined ? {} : { agent }),
  });
  request.end(wire.body ?? undefined);
  const [response] = await once(request, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

/** A bare connection, and what has come back on it. */
export interface Wire {
  readonly socket: Socket;
  /** All that has come back so far. */
  readonly heard: () => string;
  /** Resolves when the other side has closed; rejects when the connection was reset. */
  readonly closed: Promise<void>;
}

/** Opens a bare connection for as long as the test takes. */
export async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    heard += text;
  });
  const closed = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => {
      resolve();
    });
  });
  closed.catch(() => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return { socket, heard: () => heard, closed };
}
