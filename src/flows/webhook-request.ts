/**
 * What is left of a request body: its bytes, the form that something upstream has parsed it into, or why there is none:
 * `consumed` was read by somebody who kept nothing, `cut-off` ended before its end.
 */
export type WebhookBody =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "params"; readonly params: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: "consumed" }
  | { readonly kind: "cut-off" }
  | { readonly kind: "too-large" };

/** A webhook request as an edge hands it over. Edges move bytes; nothing in it has been judged yet. */
export interface WebhookRequest {
  readonly method: string;
  /** As received: absolute, or path and query. */
  readonly url: string;
  /** The value of a header, by its lower-case name; null where there is none. */
  readonly header: (name: string) => string | null;
  /** Reads the body, `maxBytes` at most. It is only asked for when method and content type are right. */
  readonly body: (maxBytes: number) => Promise<WebhookBody>;
}

/** What to answer. */
export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The web-standard request as the flow takes it. */
export function fromWebRequest(request: Request): WebhookRequest {
  return {
    method: request.method,
    url: request.url,
    header: (name) => request.headers.get(name),
    body: async (maxBytes) => {
      if (request.bodyUsed) return { kind: "consumed" };
      if (request.body === null) return { kind: "bytes", bytes: new Uint8Array() };
      return collectBytes(request.body, maxBytes);
    },
  };
}

/** An answer for people who look at what Twilio got. */
export function textAnswer(status: number, body: string): WebhookAnswer {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status, headers: status === 405 ? { ...headers, allow: "POST, GET" } : headers, body };
}

/** The answer as a web-standard response. */
export function toWebResponse(answer: WebhookAnswer): Response {
  return new Response(answer.body === "" ? null : answer.body, {
    status: answer.status,
    headers: answer.headers,
  });
}

async function collectBytes(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<WebhookBody> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      length += chunk.value.byteLength;
      if (length > maxBytes) {
        await reader.cancel();
        return { kind: "too-large" };
      }
      chunks.push(chunk.value);
    }
  } catch {
    return { kind: "cut-off" };
  }
  return { kind: "bytes", bytes: joinBytes(chunks, length) };
}

/** The chunks as one. */
export function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
