import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import twilio from "twilio";

/** A request that the host got. */
export interface Received {
  readonly method: string;
  /** As the client asked for it, with host and query. */
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The form fields of a POST, or the query of a GET. */
  readonly fields: Readonly<Record<string, string>>;
  /** What the official library says about the signature. */
  readonly isGenuine: boolean;
}

/** What the host answers. "never" keeps the connection open; "hang-up" closes it without an answer. */
export type HostReply =
  | { readonly status?: number; readonly type?: string; readonly body?: string; readonly location?: string }
  | "never"
  | "hang-up";

/** A real HTTP server in the place of the application. */
export interface ReceivingHost {
  readonly url: string;
  readonly requests: Received[];
  /** Decides the answers from now on. Default: an empty TwiML document. */
  answer(decide: (request: Received) => HostReply): void;
  /** Resolves when this many requests have arrived in all. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

const NO_REPLY: HostReply = { type: "text/xml", body: "<Response/>" };

async function read(request: IncomingMessage, authToken: string): Promise<Received> {
  const chunks: Buffer[] = [];
  // Without an encoding set, a request's chunks are buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = `http://${request.headers.host}${request.url}`;
  const isForm = request.method === "POST";
  const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
  const signature = String(request.headers["x-twilio-signature"]);
  return {
    method: request.method ?? "",
    url,
    path: request.url ?? "",
    headers: request.headers,
    fields: isForm ? form : Object.fromEntries(new URL(url).searchParams),
    isGenuine: twilio.validateRequest(authToken, signature, url, isForm ? form : {}),
  };
}

function write(response: ServerResponse, reply: HostReply): void {
  if (reply === "never") return;
  if (reply === "hang-up") {
    response.destroy();
    return;
  }
  response.writeHead(reply.status ?? 200, {
    ...(reply.type === undefined ? {} : { "Content-Type": reply.type }),
    ...(reply.location === undefined ? {} : { Location: reply.location }),
  });
  response.end(reply.body ?? "");
}

/** Starts a host that checks signatures with `authToken`. */
export async function startHost(authToken: string): Promise<ReceivingHost> {
  const requests: Received[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  let decide = (_request: Received): HostReply => NO_REPLY;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const received = await read(request, authToken);
    requests.push(received);
    write(response, decide(received));
    for (const waiter of waiting) {
      if (requests.length >= waiter.count) waiter.resolve();
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (next) => {
      decide = next;
    },
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.add({ count, resolve });
      }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
