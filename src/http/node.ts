import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Sms } from "../create-sms";
import { discardRest, keptBytes, urlOf, webhookRequestOf } from "./node-request";
import type { FrameworkRequest } from "./node-request";

/** A web-standard handler, such as `(request) => sms.stream(request)`. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** A handler for `node:http`. It resolves when the answer has been written, and rejects only where a fetch handler does. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Serves an instance's webhook, or a web-standard handler, under `node:http` and frameworks on top of it.
 * The webhook works behind body parsers too: a raw body (`request.body` or `request.rawBody` as bytes or text) and a parsed
 * form are both verified. A body that was read and not kept is answered 500, with the reason in the log.
 * @example
 * http.createServer(toNodeHandler(sms)).listen(3000);
 */
export function toNodeHandler(target: Pick<Sms, "receive"> | FetchHandler): NodeHandler {
  return typeof target === "function" ? serveFetch(target) : serveWebhook(target);
}

function serveWebhook(sms: Pick<Sms, "receive">): NodeHandler {
  return async (request: FrameworkRequest, response) => {
    const { status, headers, body } = await sms.receive(webhookRequestOf(request));
    await answerText(request, response, { status, headers, body });
  };
}

async function answerText(
  request: IncomingMessage,
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
): Promise<void> {
  // Somebody else has answered, or nobody is left to be answered: a time-out of the host, a client that hung up.
  if (response.headersSent || response.destroyed) return;
  const isUnread = !request.complete && !request.readableEnded;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(isUnread ? { connection: "close" } : {}),
    "content-length": Buffer.byteLength(answer.body),
  });
  const text = request.method === "HEAD" ? "" : answer.body;
  if (isUnread) {
    response.flushHeaders();
    if (text !== "") response.write(text);
    await discardRest(request);
    response.end();
    return;
  }
  response.end(text);
}

function serveFetch(handler: FetchHandler): NodeHandler {
  return async (request: FrameworkRequest, response) => {
    const gone = new AbortController();
    if (response.destroyed) gone.abort();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const webRequest = webRequestOf(request, gone.signal);
    if (webRequest === null) {
      const headers = { "content-type": "text/plain; charset=utf-8" };
      await answerText(request, response, { status: 400, headers, body: "Bad request." });
      return;
    }
    await writeWebResponse(await handler(webRequest), request, response);
  };
}

async function writeWebResponse(
  answer: Response,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { body } = answer;
  if (response.headersSent || response.destroyed) {
    abandon(body);
    return;
  }
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    if (name === "set-cookie") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  if (body === null || request.method === "HEAD") {
    abandon(body);
    response.end();
    return;
  }
  // Headers leave before the first event does, so that the browser knows the stream is open.
  response.flushHeaders();
  await pipe(body, response);
}

async function pipe(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  response.once("close", () => {
    abandon(reader);
  });
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (!response.write(chunk.value) && !response.destroyed) await drained(response);
    }
  } catch (cause) {
    // Many streams fail when their reader hangs up, which is no news. Otherwise the client must see that something is missing.
    if (response.destroyed) return;
    response.destroy();
    throw cause;
  }
  response.end();
}

/** Tells the source of a body that nobody reads it. What it says to that concerns nobody any more. */
function abandon(body: { readonly cancel: () => Promise<void> } | null): void {
  body?.cancel().catch(() => undefined);
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once("drain", done);
    response.once("close", done);
    function done(): void {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    }
  });
}

/** The request in web-standard form; null where its host, target or method cannot be one. */
function webRequestOf(request: FrameworkRequest, signal: AbortSignal): Request | null {
  const method = request.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD";
  try {
    const url = requestUrl(request);
    const headers = headersOf(request);
    if (!hasBody) return new Request(url, { method, headers, signal });
    // The two kinds of stream are the same thing to Node, not to the compiler.
    const body = keptBytes(request) ?? (Readable.toWeb(request) as ReadableStream<Uint8Array>);
    const init: RequestInit & { duplex: "half" } = { method, headers, signal, body, duplex: "half" };
    return new Request(url, init);
  } catch {
    return null;
  }
}

/** The host header is the caller's word: it may name a host, and nothing besides. */
function requestUrl(request: FrameworkRequest): URL {
  const target = urlOf(request);
  const { origin } = new URL(`http://${request.headers.host ?? "localhost"}`);
  // Not resolved as a reference: a path that begins with two slashes would become a host.
  return target.startsWith("/") ? new URL(origin + target) : new URL(target, origin);
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // HTTP/2 gives the parts of its request line as headers; no web-standard request has those.
    if (name.startsWith(":")) continue;
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  }
  return headers;
}
