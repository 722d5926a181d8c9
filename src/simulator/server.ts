import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ControlApi } from "./control/control-routes";
import { isControlPath } from "./control/control-routes";
import { NO_INTERFERENCE } from "./faults/interference";
import { restError } from "./rest-errors";
import { refusal } from "./rest/rest-exchange";
import type { RestAnswer, RestRequest } from "./rest/rest-exchange";
import type { RestApi } from "./rest/routes";
import type { World } from "./world";

/** The HTTP server of the simulator. */
export interface SimulatorServer {
  /** Listens on 127.0.0.1; 0 takes any free port. Resolves to the port. Rejects with `code` "EADDRINUSE" when it is taken. */
  listen(port: number): Promise<number>;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** What answers the requests. */
export interface ServerParts {
  readonly world: World;
  readonly rest: RestApi;
  readonly control: ControlApi;
}

const LARGEST_BODY_BYTES = 1024 * 1024;

/** The whole body; null when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    // Without an encoding set, a request's chunks are buffers.
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > LARGEST_BODY_BYTES) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toRestRequest(request: IncomingMessage, body: string): RestRequest {
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: request.method ?? "GET",
    target,
    path: mark === -1 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? "" : target.slice(mark + 1)),
    headers,
    body,
  };
}

function write(response: ServerResponse, answer: RestAnswer, extra: Readonly<Record<string, string>>): void {
  const bytes = typeof answer.body === "string" ? Buffer.from(answer.body, "utf8") : answer.body;
  response.writeHead(answer.status, {
    ...extra,
    ...answer.headers,
    ...(answer.status === 204 ? {} : { "Content-Length": String(bytes.byteLength) }),
  });
  response.end(bytes);
}

/** The headers that Twilio puts on every answer. Source: a recorded answer of api.twilio.com. */
function apiHeaders(
  id: string,
  startedAtMs: number,
  about: { readonly nowMs: number; readonly concurrent: number },
) {
  return {
    "Twilio-Request-Id": id,
    "Twilio-Request-Duration": ((about.nowMs - startedAtMs) / 1000).toFixed(3),
    "Twilio-Concurrent-Requests": String(about.concurrent),
    "X-Home-Region": "us1",
    "X-API-Domain": "api.twilio.com",
    "X-Shenanigans": "none",
    "X-Powered-By": "AT-5000",
  };
}

function answerRest({ rest }: ServerParts, request: RestRequest | null): RestAnswer {
  if (request === null) return { ...refusal(restError(20413)), headers: { Connection: "close" } };
  return rest(request);
}

async function handle(
  parts: ServerParts,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  concurrent: number,
): Promise<void> {
  const { world } = parts;
  const startedAtMs = world.clock.now();
  const body = await readBody(exchange.request);
  const request = toRestRequest(exchange.request, body ?? "");
  if (isControlPath(request.path)) {
    const answer = body === null ? refusal(restError(20413)) : await parts.control(request);
    return write(exchange.response, answer, body === null ? { Connection: "close" } : {});
  }
  const id = world.ids.sid("RQ");
  const answer = answerRest(parts, body === null ? null : request);
  const { faults, end, delayMs } = answer.interference ?? NO_INTERFERENCE;
  const finish = (): void => {
    const answeredAtMs = world.clock.now();
    world.journal.addRequest({
      id,
      receivedAtMs: startedAtMs,
      answeredAtMs,
      method: request.method,
      path: request.target,
      fields: [...new URLSearchParams(request.body)],
      status: end === "answer" ? answer.status : 0,
      code: end === "answer" ? answer.code : null,
      faults,
    });
    if (end === "closed") exchange.response.destroy();
    if (end === "answer")
      write(exchange.response, answer, apiHeaders(id, startedAtMs, { nowMs: answeredAtMs, concurrent }));
  };
  if (delayMs === 0) finish();
  else world.timers.after(delayMs, finish);
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** A server that does not listen yet. */
export function createSimulatorServer(parts: ServerParts): SimulatorServer {
  let underWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    handle(parts, { request, response }, underWay)
      // A client that goes away while it sends, or a fault of our own: either way this connection is of no more use.
      .catch(() => response.destroy())
      .finally(() => {
        underWay -= 1;
      });
  });
  return {
    listen: (port) => listenOn(server, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
