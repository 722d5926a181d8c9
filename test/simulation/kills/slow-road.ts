import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import type { Chance } from "./chance";
import { pause } from "./pacing";

/**
 * A way to Twilio that takes its time in both directions, so that kills fall between a call and its answer, and at whose end some
 * messages are refused for now, so that they wait while their contact may say STOP.
 */
export interface SlowRoad {
  readonly url: string;
  /** From now on it is quick, and nothing is refused. */
  calm(): void;
  stop(): Promise<void>;
}

const LONGEST_MS = 60;
/** Source: Twilio docs, error 20429 (read 2026-11). */
const TOO_MANY = JSON.stringify({ code: 20429, message: "Too Many Requests", more_info: "", status: 429 });

/** How a way behaves. */
export interface RoadOptions {
  readonly chance: Chance;
  /** The share of messages to somebody that is refused for now. */
  readonly refusedShareOf: (contact: string) => number;
}

/** Opens the way to an address. */
export async function openSlowRoad(twilioUrl: string, options: RoadOptions): Promise<SlowRoad> {
  const { chance, refusedShareOf } = options;
  let isCalm = false;

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    // Without an encoding set, a request's chunks are buffers.
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await pause(isCalm ? 0 : chance.between(0, LONGEST_MS));
    if (isGone(request)) {
      response.destroy();
      return;
    }
    const sentTo = new URLSearchParams(Buffer.concat(chunks).toString()).get("To");
    if (!isCalm && sentTo !== null && chance.happens(refusedShareOf(sentTo))) {
      response.writeHead(429, { "content-type": "application/json", "retry-after": "2" }).end(TOO_MANY);
      return;
    }
    const { authorization = "", "content-type": contentType } = request.headers;
    const answer = await fetch(`${twilioUrl}${request.url ?? "/"}`, {
      method: request.method ?? "GET",
      headers: { authorization, ...(contentType === undefined ? {} : { "content-type": contentType }) },
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    await pause(isCalm ? 0 : chance.between(0, LONGEST_MS));
    if (isGone(request)) {
      response.destroy();
      return;
    }
    const type = answer.headers.get("content-type");
    response.writeHead(answer.status, type === null ? {} : { "content-type": type }).end(body);
  }

  const server = createServer((request, response) => {
    carry(request, response).catch(() => {
      // The caller was gone in the middle of the request.
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    calm() {
      isCalm = true;
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A killed process ends its connections; a server may go on answering to one that is half closed, and would notice nothing. */
function isGone({ socket }: IncomingMessage): boolean {
  return socket.readableEnded || socket.destroyed;
}
