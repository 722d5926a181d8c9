import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import twilio from "twilio";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { twilioMessagesApi } from "../../../src/adapters/twilio/messages-api";
import type { CreateMessageOutcome, CreateMessageRequest } from "../../../src/ports/messages-api";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_AUTH_TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
} from "../../fixtures/twilio/payloads";
import { createdMessage, sidOf, twilioError } from "../../support/twilio-edge";

const NOW_MS = Date.parse("2026-11-23T09:00:00.000Z");
const STATUS_CALLBACK = "https://example.com/api/webhooks/twilio-sms?mid=m1";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

let seen: Seen[] = [];
let answer: (form: URLSearchParams) => Response | Promise<Response> = (form) =>
  createdMessage(form, sidOf(0));
const server = setupServer(
  http.all("*", async ({ request }) => {
    const body = await request.text();
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    return answer(new URLSearchParams(body));
  }),
);

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
});
afterEach(() => {
  seen = [];
  answer = (form) => createdMessage(form, sidOf(0));
});
afterAll(() => {
  server.close();
});

const api = twilioMessagesApi({ fetch: (...args) => globalThis.fetch(...args), now: () => NOW_MS });

function requestOf(
  changes: Partial<CreateMessageRequest> & { readonly username?: string; readonly password?: string } = {},
): CreateMessageRequest {
  const { username = FIXTURE_ACCOUNT_SID, password = FIXTURE_AUTH_TOKEN, ...rest } = changes;
  return {
    account: { accountSid: FIXTURE_ACCOUNT_SID, username, password, apiBaseUrl: "https://api.twilio.com" },
    to: FIXTURE_CONTACT,
    from: FIXTURE_OURS,
    body: "Hi",
    mediaUrls: [],
    statusCallback: STATUS_CALLBACK,
    ...rest,
  };
}

function create(
  changes: Parameters<typeof requestOf>[0] = {},
  signal = new AbortController().signal,
): Promise<CreateMessageOutcome> {
  return api.create(requestOf(changes), { signal });
}

describe("the request", () => {
  it.each<[string, NonNullable<Parameters<typeof requestOf>[0]>]>([
    ["a plain text", {}],
    ["characters that forms must escape", { body: "Grüße 👋 a+b=c & 100 % ~*'()!\r\n\t—" }],
    ["a Messaging Service", { from: FIXTURE_MESSAGING_SERVICE_SID }],
    ["a sender id", { from: "ACME" }],
    ["a sender id that begins like a Messaging Service", { from: "MGMotors" }],
    ["a short code", { from: "12345" }],
    ["a channel", { from: `whatsapp:${FIXTURE_OURS}`, to: `whatsapp:${FIXTURE_CONTACT}` }],
    [
      "media without text",
      { body: "", mediaUrls: ["https://example.com/a.png?x=1&y=2", "https://example.com/b.png"] },
    ],
    ["media with text", { mediaUrls: ["https://example.com/a.png"] }],
    ["an API key", { username: "SK0123456789abcdef0123456789abcdef", password: "secret: with colon" }],
    ["credentials beyond Latin-1", { password: "geheim–日本" }],
  ])("equals the one of Twilio's own library for %s", async (_, changes) => {
    const request = requestOf(changes);
    expect((await create(changes)).kind).toBe("accepted");
    const { username, password, accountSid } = request.account;
    const service = request.from.length === 34;
    await twilio(username, password, { accountSid }).messages.create({
      to: request.to,
      ...(service ? { messagingServiceSid: request.from } : { from: request.from }),
      ...(request.body === "" ? {} : { body: request.body }),
      ...(request.mediaUrls.length === 0 ? {} : { mediaUrl: [...request.mediaUrls] }),
      statusCallback: request.statusCallback,
    });
    const [ours, theirs] = seen.map(({ method, url, headers, body }) => ({
      method,
      url,
      authorization: headers.get("authorization"),
      contentType: headers.get("content-type"),
      accept: headers.get("accept"),
      fields: [...new URLSearchParams(body)].sort(byText),
    }));
    expect(ours).toEqual(theirs);
    expect(seen).toHaveLength(2);
  });

  it("goes to the configured base, with the account in its path", async () => {
    await create({
      account: { ...requestOf().account, apiBaseUrl: "http://127.0.0.1:4010", accountSid: "AC/../x" },
    });
    expect(seen[0]?.url).toBe("http://127.0.0.1:4010/2010-04-01/Accounts/AC%2F..%2Fx/Messages.json");
  });
});

function byText(a: readonly string[], b: readonly string[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

const created = (changes: Readonly<Record<string, unknown>>, status = 201): Response =>
  HttpResponse.json(
    { sid: sidOf(0), status: "queued", from: FIXTURE_OURS, error_code: null, num_segments: "1", ...changes },
    { status },
  );

const accepted = (
  changes: Partial<Extract<CreateMessageOutcome, { kind: "accepted" }>> = {},
): CreateMessageOutcome => ({
  kind: "accepted",
  sid: sidOf(0),
  status: "queued",
  from: FIXTURE_OURS,
  errorCode: null,
  billedSegments: 1,
  ...changes,
});

/** Sends its headers, and breaks off within the body. */
const brokenOff = (status: number): Response =>
  new HttpResponse(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"sid":"SM'));
        controller.error(new Error("connection lost"));
      },
    }),
    { status, headers: { "content-type": "application/json" } },
  );

const page = (status: number, text = "<html>Busy</html>"): Response =>
  new HttpResponse(text, { status, headers: { "content-type": "text/html" } });

const never = (): Promise<never> => new Promise(nothing);

function nothing(): void {
  return undefined;
}

const UNREADABLE: CreateMessageOutcome = { kind: "unknown", why: "unreadable_answer" };
const SERVER_ERROR: CreateMessageOutcome = { kind: "unknown", why: "server_error" };
const TIMEOUT: CreateMessageOutcome = { kind: "unknown", why: "timeout" };
const limited = (afterMs: number | null): CreateMessageOutcome => ({
  kind: "retry",
  why: "rate_limited",
  afterMs,
});
const rejected = (httpStatus: number, code: number | null): CreateMessageOutcome => ({
  kind: "rejected",
  httpStatus,
  code,
});

describe("the outcome", () => {
  it.each<[string, () => Response, CreateMessageOutcome]>([
    ["201", () => created({}), accepted()],
    ["200 as some gateways make of it", () => created({}, 200), accepted()],
    [
      "201 through a service that has not picked a sender",
      () => created({ status: "accepted", from: null, num_segments: "0" }),
      accepted({ status: "accepted", from: null, billedSegments: null }),
    ],
    [
      "201 with an error code",
      () => created({ status: "failed", error_code: 30034 }),
      accepted({ status: "failed", errorCode: 30034 }),
    ],
    [
      "201 with odd values beside the sid",
      () => created({ status: 7, from: 5, error_code: "30034", num_segments: 3 }),
      accepted({ status: "accepted", from: null, billedSegments: null }),
    ],
    [
      "201 with nothing but the sid",
      () => HttpResponse.json({ sid: sidOf(0) }, { status: 201 }),
      accepted({ status: "accepted", from: null, billedSegments: null }),
    ],
    ["201 without a sid", () => created({ sid: undefined }), UNREADABLE],
    ["201 with an empty sid", () => created({ sid: "" }), UNREADABLE],
    ["201 whose sid is null", () => created({ sid: null }), UNREADABLE],
    ["201 that is an array", () => HttpResponse.json([], { status: 201 }), UNREADABLE],
    ["201 that breaks off", () => brokenOff(201), UNREADABLE],
    ["200 that is a web page", () => page(200), UNREADABLE],
    ["204", () => new HttpResponse(null, { status: 204 }), UNREADABLE],
    ["400 with a code", () => twilioError(400, 21211), rejected(400, 21211)],
    ["400 without one", () => page(400), rejected(400, null)],
    [
      "400 whose code is text",
      () => HttpResponse.json({ code: "21211" }, { status: 400 }),
      rejected(400, null),
    ],
    ["400 that breaks off", () => brokenOff(400), rejected(400, null)],
    ["400 that is JSON null", () => HttpResponse.json(null, { status: 400 }), rejected(400, null)],
    ["401", () => twilioError(401, 20003), rejected(401, 20003)],
    ["403", () => twilioError(403, 20005), rejected(403, 20005)],
    ["404", () => twilioError(404, 20404), rejected(404, 20404)],
    ["408", () => page(408), TIMEOUT],
    ["499", () => page(499), TIMEOUT],
    ["429", () => twilioError(429, 20429), limited(null)],
    ["429 without a body", () => new HttpResponse(null, { status: 429 }), limited(null)],
    ["429 with seconds to wait", () => twilioError(429, 20429, { "retry-after": "7" }), limited(7_000)],
    [
      "429 with a date to wait for",
      () => twilioError(429, 20429, { "retry-after": "Mon, 23 Nov 2026 09:00:42 GMT" }),
      limited(42_000),
    ],
    [
      "429 with a date that is past",
      () => twilioError(429, 20429, { "retry-after": "Mon, 23 Nov 2026 08:00:00 GMT" }),
      limited(0),
    ],
    [
      "429 with nonsense to wait for",
      () => twilioError(429, 20429, { "retry-after": "soon" }),
      limited(null),
    ],
    ["400 that means too many requests", () => twilioError(400, 20429), limited(null)],
    ["500", () => twilioError(500, 20500), SERVER_ERROR],
    ["502 of a proxy", () => page(502), SERVER_ERROR],
    ["503", () => twilioError(503, 20503, { "retry-after": "5" }), SERVER_ERROR],
    ["504", () => page(504), SERVER_ERROR],
    ["500 that breaks off", () => brokenOff(500), SERVER_ERROR],
  ])("of %s is as sure as the answer", async (_, respond, outcome) => {
    answer = respond;
    expect(await create()).toEqual(outcome);
    expect(seen).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])("of %i is unknown, and the redirect is not followed", async (status) => {
    answer = () =>
      new HttpResponse(null, { status, headers: { location: "https://elsewhere.example.com/" } });
    expect(await create()).toEqual(UNREADABLE);
    expect(seen.map(({ url }) => new URL(url).host)).toEqual(["api.twilio.com"]);
  });

  it("of a request that was given up before it began is that it never left", async () => {
    const giveUp = new AbortController();
    giveUp.abort();
    expect(await create({}, giveUp.signal)).toEqual({ kind: "retry", why: "not_connected", afterMs: null });
    expect(seen).toEqual([]);
  });

  it("of a request that was given up while it waited is unknown", async () => {
    const giveUp = new AbortController();
    answer = () => {
      giveUp.abort();
      return never();
    };
    expect(await create({}, giveUp.signal)).toEqual(TIMEOUT);
  });

  it.each([201, 400, 429])(
    "of a request that was given up within the answer %i is unknown",
    async (status) => {
      const giveUp = new AbortController();
      answer = () =>
        new HttpResponse(
          new ReadableStream({
            pull() {
              giveUp.abort();
              return never();
            },
          }),
          { status },
        );
      expect(await create({}, giveUp.signal)).toEqual(TIMEOUT);
    },
  );
});

/** The way in which `fetch` tells of a failed connection. */
function fetchFailure(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}

function systemError(code: string, syscall?: string): Error {
  return Object.assign(new Error(code), { code, ...(syscall === undefined ? {} : { syscall }) });
}

const NOT_CONNECTED: CreateMessageOutcome = { kind: "retry", why: "not_connected", afterMs: null };
const LOST: CreateMessageOutcome = { kind: "unknown", why: "connection_lost" };

describe("a connection that fails", () => {
  it.each<[string, unknown, CreateMessageOutcome]>([
    ["nobody listens", fetchFailure(systemError("ECONNREFUSED", "connect")), NOT_CONNECTED],
    ["no such name", fetchFailure(systemError("ENOTFOUND", "getaddrinfo")), NOT_CONNECTED],
    ["the name server is away", fetchFailure(systemError("EAI_AGAIN", "getaddrinfo")), NOT_CONNECTED],
    ["undici's time-out for connecting", fetchFailure(systemError("UND_ERR_CONNECT_TIMEOUT")), NOT_CONNECTED],
    ["no route when connecting", fetchFailure(systemError("EHOSTUNREACH", "connect")), NOT_CONNECTED],
    ["no network when connecting", fetchFailure(systemError("ENETUNREACH", "connect")), NOT_CONNECTED],
    ["a time-out of connecting", fetchFailure(systemError("ETIMEDOUT", "connect")), NOT_CONNECTED],
    [
      "a certificate that is not trusted",
      fetchFailure(systemError("DEPTH_ZERO_SELF_SIGNED_CERT")),
      NOT_CONNECTED,
    ],
    ["Bun's refusal", systemError("ConnectionRefused"), NOT_CONNECTED],
    [
      "every address refused",
      fetchFailure(
        Object.assign(
          new AggregateError([systemError("ECONNREFUSED", "connect"), systemError("ETIMEDOUT", "connect")]),
          { code: "ETIMEDOUT" },
        ),
      ),
      NOT_CONNECTED,
    ],
    [
      "one address refused and one lost later",
      fetchFailure(
        Object.assign(
          new AggregateError([systemError("ECONNREFUSED", "connect"), systemError("ECONNRESET", "read")]),
          { code: "ECONNREFUSED" },
        ),
      ),
      LOST,
    ],
    ["the route lost on an open connection", fetchFailure(systemError("EHOSTUNREACH", "read")), LOST],
    ["the network lost on an open connection", fetchFailure(systemError("ENETUNREACH", "write")), LOST],
    ["a time-out of an open connection", fetchFailure(systemError("ETIMEDOUT", "read")), LOST],
    ["a reset", fetchFailure(systemError("ECONNRESET", "read")), LOST],
    ["the other side closed", fetchFailure(systemError("UND_ERR_SOCKET")), LOST],
    ["a code that is no text", { code: 5 }, LOST],
    ["something that is no error", null, LOST],
    ["a chain of causes without end", circular(), LOST],
  ])("%s: the request may be repeated only where it never left", async (_, thrown, outcome) => {
    const failing = twilioMessagesApi({
      fetch: () => Promise.reject(asRejection(thrown)),
      now: () => NOW_MS,
    });
    expect(await failing.create(requestOf(), { signal: new AbortController().signal })).toEqual(outcome);
  });
});

/** A reason as a runtime may give it: not all of them are errors. */
function asRejection(thrown: unknown): Error {
  return thrown as Error;
}

function circular(): unknown {
  const error: { cause: unknown } = { cause: null };
  error.cause = error;
  return error;
}
