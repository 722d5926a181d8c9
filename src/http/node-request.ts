import type { IncomingMessage } from "node:http";
import { joinBytes } from "../flows/webhook-request";
import type { WebhookBody, WebhookRequest } from "../flows/webhook-request";

/** Node's request with what frameworks add to it. */
export type FrameworkRequest = IncomingMessage & {
  /** Express: the URL before routers cut their mount path off. */
  readonly originalUrl?: unknown;
  /** A parsed or raw body. */
  readonly body?: unknown;
  /** Nest and others: the raw body beside the parsed one. */
  readonly rawBody?: unknown;
};

/** The path and query as the client sent them. */
export function urlOf(request: FrameworkRequest): string {
  return typeof request.originalUrl === "string" ? request.originalUrl : (request.url ?? "/");
}

/** Node's request as the webhook flow takes it. */
export function webhookRequestOf(request: FrameworkRequest): WebhookRequest {
  return {
    method: request.method ?? "GET",
    url: urlOf(request),
    header: (name) => {
      const value = request.headers[name];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    },
    body: async (maxBytes) => keptBody(request, maxBytes) ?? readBody(request, maxBytes),
  };
}

/** The body as bytes that something upstream has kept; null where nobody has. */
export function keptBytes(request: FrameworkRequest): Uint8Array<ArrayBuffer> | null {
  for (const kept of [request.rawBody, request.body]) {
    if (typeof kept === "string") return new TextEncoder().encode(kept);
    // Not `instanceof`: a test runner's realm has a Uint8Array of its own. Copied, since it may be part of a shared pool.
    if (ArrayBuffer.isView(kept)) {
      return new Uint8Array(new Uint8Array(kept.buffer, kept.byteOffset, kept.byteLength));
    }
  }
  return null;
}

/** The body as something upstream has kept it; null where nobody has. */
function keptBody(request: FrameworkRequest, maxBytes: number): WebhookBody | null {
  const bytes = keptBytes(request);
  if (bytes !== null) return bytes.byteLength > maxBytes ? { kind: "too-large" } : { kind: "bytes", bytes };
  const { body } = request;
  if (typeof body !== "object" || body === null) return null;
  // Express 4 puts an empty object where no parser has run: the stream tells whether there was something to parse.
  if (Object.keys(body).length === 0) return null;
  return { kind: "params", params: flatFields(body) };
}

/** A parsed form as name-value pairs, a repeated name once per value. */
function flatFields(form: object): readonly (readonly [string, string])[] {
  return Object.entries(form).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, asText(one)] as const),
  );
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : String(JSON.stringify(value));
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<WebhookBody> {
  if (request.readableDidRead) return { kind: "consumed" };
  if (request.readableEnded) return { kind: "bytes", bytes: new Uint8Array() };
  // A request that is gone says nothing more, not even that it is.
  if (request.destroyed) return { kind: "cut-off" };
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return { kind: "too-large" };
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const end = (body: WebhookBody): void => {
      // The listener for errors stays: one that nobody hears ends the process.
      request.off("data", take).off("end", complete).off("close", cutOff);
      resolve(body);
    };
    const take = (chunk: Uint8Array | string): void => {
      // Text comes where something upstream has set an encoding.
      const bytes =
        typeof chunk === "string" ? Buffer.from(chunk, request.readableEncoding ?? "utf8") : chunk;
      length += bytes.byteLength;
      chunks.push(bytes);
      // Only paused, not destroyed: the refusal still has to go out on this connection.
      if (length <= maxBytes) return;
      request.pause();
      end({ kind: "too-large" });
    };
    const complete = (): void => {
      end({ kind: "bytes", bytes: joinBytes(chunks, length) });
    };
    const cutOff = (): void => {
      end({ kind: "cut-off" });
    };
    request.on("data", take).on("end", complete).on("close", cutOff).on("error", cutOff);
    // Something upstream may have paused it.
    request.resume();
  });
}

/** How long the rest of a refused body is read and thrown away, in ms. */
const LINGER_MS = 5_000;
/** How much of it, in bytes. */
const LINGER_BYTES = 8 * 1_048_576;

/**
 * Reads what is left of a body and throws it away, within limits. Closing a connection on which the client still talks resets
 * it, and a client that is reset loses the answer that it has not read yet.
 * Source: RFC 9112, section 9.6, "Tear-down" (read 2026-11).
 */
export async function discardRest(request: IncomingMessage): Promise<void> {
  if (request.destroyed) return;
  await new Promise<void>((resolve) => {
    let leftBytes = LINGER_BYTES;
    const timer = setTimeout(done, LINGER_MS);
    request.on("data", drop).once("end", done).once("close", done).resume();

    function drop(chunk: Uint8Array | string): void {
      leftBytes -= chunk.length;
      if (leftBytes < 0) done();
    }

    function done(): void {
      clearTimeout(timer);
      request.off("data", drop).off("end", done).off("close", done);
      resolve();
    }
  });
}
