import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Timers } from "../clock";

/** One HTTP request to the host. */
export interface WebhookRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** For connecting and answering together. */
  readonly totalTimeoutMs: number;
}

/** How one request ended. */
export type WebhookResponse =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly contentType: string | null;
      readonly location: string | null;
      readonly body: string;
      /** Whether the body was longer than Twilio reads; it is cut. */
      readonly isTooLong: boolean;
    }
  /** No connection: refused, unknown host, failed handshake, or not in time. `reason` is the system's code. */
  | { readonly kind: "not-connected"; readonly reason: string }
  /** Connected, but no complete answer in time, or the connection broke. */
  | { readonly kind: "no-answer" };

/** Twilio reads 64 kB of an answer. Source: Twilio docs, error 11750 (read 2026-11). */
const LONGEST_ANSWER_BYTES = 64 * 1024;

const NOT_CONNECTED_IN_TIME: WebhookResponse = { kind: "not-connected", reason: "ETIMEDOUT" };

function readAnswer(response: IncomingMessage, finish: (outcome: WebhookResponse) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const answered = (isTooLong: boolean): void => {
    finish({
      kind: "answered",
      status: response.statusCode ?? 0,
      contentType: response.headers["content-type"] ?? null,
      location: response.headers.location ?? null,
      body: Buffer.concat(chunks).subarray(0, LONGEST_ANSWER_BYTES).toString("utf8"),
      isTooLong,
    });
  };
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER_BYTES) answered(true);
  });
  response.on("end", () => answered(false));
  response.on("error", () => finish({ kind: "no-answer" }));
  response.on("aborted", () => finish({ kind: "no-answer" }));
}

function open(webhook: WebhookRequest): ClientRequest {
  const { protocol, hostname, port } = new URL(webhook.url);
  const target = webhook.url.replace(/^https?:\/\/[^/?#]*/i, "");
  const path = target.startsWith("/") ? target : `/${target}`;
  const options = {
    // The brackets around an IPv6 address belong to the URL, not to the host name.
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? undefined : Number(port),
    path,
    method: webhook.method,
    headers: webhook.headers,
    // A connection of its own: one kept alive may be closed by the other side just as it is used again.
    agent: false as const,
  };
  return protocol === "https:" ? httpsRequest(options) : httpRequest(options);
}

/**
 * Sends one request. Connecting and answering have a limit each, both run by the simulator's timers.
 * @returns the outcome, and a way to end it early as `no-answer`.
 */
export function sendWebhookRequest(
  webhook: WebhookRequest,
  timers: Timers,
): { readonly outcome: Promise<WebhookResponse>; readonly abort: () => void } {
  let abort = (): void => undefined;
  const outcome = new Promise<WebhookResponse>((resolve) => {
    const request = open(webhook);
    let isConnected = false;
    let isFinished = false;
    let cancelTimer = (): void => undefined;
    let cancelDeadline = (): void => undefined;
    const finish = (result: WebhookResponse): void => {
      isFinished = true;
      cancelTimer();
      cancelDeadline();
      request.destroy();
      resolve(result);
    };
    abort = () => finish({ kind: "no-answer" });
    const timedOut = (): void => finish(isConnected ? { kind: "no-answer" } : NOT_CONNECTED_IN_TIME);
    cancelTimer = timers.after(webhook.connectTimeoutMs, timedOut);
    cancelDeadline = timers.after(webhook.totalTimeoutMs, timedOut);
    const connected = (): void => {
      if (isFinished) return;
      isConnected = true;
      cancelTimer();
      cancelTimer = timers.after(webhook.readTimeoutMs, timedOut);
    };
    const connectEvent = webhook.url.toLowerCase().startsWith("https:") ? "secureConnect" : "connect";
    request.on("socket", (socket) => socket.once(connectEvent, connected));
    request.on("response", (response) => readAnswer(response, finish));
    request.on("error", (error: NodeJS.ErrnoException) => {
      finish(
        isConnected ? { kind: "no-answer" } : { kind: "not-connected", reason: error.code ?? "unknown" },
      );
    });
    request.end(webhook.body);
  });
  return { outcome, abort };
}
