import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import twilio from "twilio";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { twilioMessagesApi } from "../../../src/adapters/twilio/messages-api";
import type { LogPage, LogQuery, MediaList, ReadFailure } from "../../../src/ports/messages-api";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_AUTH_TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
} from "../../fixtures/twilio/payloads";
import { loggedMessage, logPage, sidOf } from "../../support/twilio-edge";

const NOW_MS = Date.parse("2026-11-23T09:00:00.000Z");
const LIST = `/2010-04-01/Accounts/${FIXTURE_ACCOUNT_SID}/Messages.json`;
const ACCOUNT = {
  accountSid: FIXTURE_ACCOUNT_SID,
  username: FIXTURE_ACCOUNT_SID,
  password: FIXTURE_AUTH_TOKEN,
  apiBaseUrl: "https://api.twilio.com",
};

let seen: Request[] = [];
let answer: () => Response | Promise<Response> = () => logPage([]);
const server = setupServer(
  http.all("*", ({ request }) => {
    seen.push(request);
    return answer();
  }),
);

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
});
afterEach(() => {
  seen = [];
  answer = () => logPage([]);
});
afterAll(() => {
  server.close();
});

const api = twilioMessagesApi({ fetch: (...args) => globalThis.fetch(...args), now: () => NOW_MS });

function list(
  query: Partial<LogQuery> = {},
  signal = new AbortController().signal,
): Promise<LogPage | ReadFailure> {
  const all = {
    account: ACCOUNT,
    to: null,
    sentFromMs: null,
    sentUntilMs: null,
    pageSize: 1_000,
    nextPage: null,
  };
  return api.list({ ...all, ...query }, { signal });
}

function listMedia(): Promise<MediaList | ReadFailure> {
  return api.listMedia({ account: ACCOUNT, messageSid: sidOf(1) }, { signal: new AbortController().signal });
}

function asked(request: Request | undefined): unknown {
  const url = new URL(request?.url ?? "");
  return {
    method: request?.method,
    at: url.origin + url.pathname,
    query: Object.fromEntries(url.searchParams),
    authorization: request?.headers.get("authorization"),
    accept: request?.headers.get("accept"),
  };
}

describe("the question about Twilio's log", () => {
  it("is the one that Twilio's own client asks", async () => {
    const fromMs = Date.parse("2026-11-22T10:00:00.000Z");
    const untilMs = Date.parse("2026-11-23T08:30:00.000Z");
    const client = twilio(FIXTURE_ACCOUNT_SID, FIXTURE_AUTH_TOKEN);
    await client.messages.page({
      to: FIXTURE_CONTACT,
      dateSentAfter: new Date(fromMs),
      dateSentBefore: new Date(untilMs),
      pageSize: 200,
    });
    await list({ to: FIXTURE_CONTACT, sentFromMs: fromMs, sentUntilMs: untilMs, pageSize: 200 });
    expect(asked(seen[1])).toEqual(asked(seen[0]));
  });

  it("about media is the one that Twilio's own client asks", async () => {
    answer = () => HttpResponse.json({ media_list: [] });
    await twilio(FIXTURE_ACCOUNT_SID, FIXTURE_AUTH_TOKEN).messages(sidOf(1)).media.page({ pageSize: 50 });
    await listMedia();
    expect(asked(seen[1])).toEqual(asked(seen[0]));
  });

  it("without filters has none, and its last second is in it", async () => {
    await list();
    expect([...new URL(seen[0]?.url ?? "").searchParams]).toEqual([["PageSize", "1000"]]);
    await list({ sentFromMs: NOW_MS + 1, sentUntilMs: NOW_MS + 1 });
    expect([...new URL(seen[1]?.url ?? "").searchParams]).toEqual([
      ["DateSent<", "2026-11-23T09:00:01Z"],
      ["DateSent>", "2026-11-23T09:00:00Z"],
      ["PageSize", "1000"],
    ]);
  });

  it("does not follow a redirect", async () => {
    answer = () =>
      new HttpResponse(null, { status: 302, headers: { location: "https://elsewhere.example" } });
    expect(await list()).toMatchObject({ kind: "failed" });
    expect(seen).toHaveLength(1);
  });
});

describe("the next page", () => {
  it.each([`${LIST}?Page=1&PageToken=PA1`, `https://api.twilio.com${LIST}?Page=1&PageToken=PA1`])(
    "is followed: %s",
    async (nextPage) => {
      expect(await list({ nextPage })).toMatchObject({ kind: "page" });
      expect(seen[0]?.url).toBe(`https://api.twilio.com${LIST}?Page=1&PageToken=PA1`);
    },
  );

  it.each([
    `https://evil.example${LIST}?Page=1`,
    `//evil.example${LIST}?Page=1`,
    `http://api.twilio.com${LIST}?Page=1`,
    `https://api.twilio.com:8443${LIST}?Page=1`,
    `https://api.twilio.com.evil.example${LIST}`,
    `https://api.twilio.com@evil.example${LIST}`,
    "/2010-04-01/Accounts/AC99999999999999999999999999999999/Messages.json",
    `${LIST}/../../Keys.json`,
    "javascript:alert(1)",
    "https://",
  ])("elsewhere is refused unasked: %s", async (nextPage) => {
    expect(await list({ nextPage })).toEqual({
      kind: "failed",
      httpStatus: null,
      retryable: false,
      afterMs: null,
    });
    expect(seen).toEqual([]);
  });
});

describe("what the log tells", () => {
  it("is read", async () => {
    const next = `${LIST}?Page=1&PageToken=PA1`;
    answer = () =>
      logPage(
        [
          loggedMessage({
            sid: sidOf(1),
            direction: "inbound",
            body: "Hello",
            from: FIXTURE_CONTACT,
            messaging_service_sid: FIXTURE_MESSAGING_SERVICE_SID,
            status: "received",
            num_media: "2",
            num_segments: "3",
            date_created: "Mon, 23 Nov 2026 08:59:58 +0000",
            date_sent: "Mon, 23 Nov 2026 08:59:59 +0000",
          }),
          loggedMessage({
            sid: sidOf(2),
            from: null,
            status: "failed",
            error_code: 30_007,
            num_segments: "0",
            date_sent: null,
          }),
        ],
        next,
      );
    expect(await list()).toEqual({
      kind: "page",
      messages: [
        {
          sid: sidOf(1),
          direction: "inbound",
          from: FIXTURE_CONTACT,
          to: "+15557654321",
          body: "Hello",
          messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID,
          status: "received",
          errorCode: null,
          mediaCount: 2,
          billedSegments: 3,
          createdAtMs: NOW_MS - 2_000,
          sentAtMs: NOW_MS - 1_000,
        },
        {
          sid: sidOf(2),
          direction: "outbound-api",
          from: null,
          to: "+15557654321",
          body: "Hi",
          messagingServiceSid: null,
          status: "failed",
          errorCode: 30_007,
          mediaCount: 0,
          billedSegments: null,
          createdAtMs: NOW_MS,
          sentAtMs: null,
        },
      ],
      unreadable: 0,
      nextPage: next,
    });
  });

  it.each([
    ["no sid", { sid: null }],
    ["an empty sid", { sid: "" }],
    ["no recipient", { to: null }],
    ["a sender that is a number", { from: 15_551_234_567 }],
    ["no date", { date_created: null }],
    ["a date that is none", { date_created: "yesterday" }],
    ["no direction", { direction: undefined }],
  ])("is counted and left out with %s", async (_, changes) => {
    answer = () => logPage([loggedMessage(changes), loggedMessage({ sid: sidOf(7) })]);
    expect(await list()).toMatchObject({ messages: [{ sid: sidOf(7) }], unreadable: 1 });
  });

  it.each([
    ["body", 7, { body: "" }],
    ["num_media", "many", { mediaCount: 0 }],
    ["num_segments", "-1", { billedSegments: null }],
    ["error_code", "30007", { errorCode: null }],
    ["date_sent", "soon", { sentAtMs: null }],
    ["messaging_service_sid", 1, { messagingServiceSid: null }],
  ])("is read although its %s is odd", async (field, value, expected) => {
    answer = () => logPage([loggedMessage({ [field]: value })]);
    expect(await list()).toMatchObject({ messages: [expected], unreadable: 0 });
  });

  it("of media is read", async () => {
    answer = () =>
      HttpResponse.json({ media_list: [{ sid: "ME1", content_type: "image/png" }, { sid: "ME2" }] });
    const base = `https://api.twilio.com/2010-04-01/Accounts/${FIXTURE_ACCOUNT_SID}/Messages/${sidOf(1)}/Media`;
    expect(await listMedia()).toEqual({
      kind: "media",
      media: [
        { url: `${base}/ME1`, contentType: "image/png" },
        { url: `${base}/ME2`, contentType: null },
      ],
    });
  });
});

describe.each([
  ["the log", () => list()],
  ["a list of media", () => listMedia()],
])("%s that cannot be read", (_, read) => {
  it.each<[string, () => Response, Omit<ReadFailure, "kind">]>([
    ["401", () => new Response("{}", { status: 401 }), { httpStatus: 401, retryable: false, afterMs: null }],
    ["403", () => new Response("{}", { status: 403 }), { httpStatus: 403, retryable: false, afterMs: null }],
    ["404", () => new Response("{}", { status: 404 }), { httpStatus: 404, retryable: false, afterMs: null }],
    ["429", () => new Response("{}", { status: 429 }), { httpStatus: 429, retryable: true, afterMs: null }],
    [
      "429 with Retry-After",
      () => new Response("{}", { status: 429, headers: { "retry-after": "7" } }),
      { httpStatus: 429, retryable: true, afterMs: 7_000 },
    ],
    ["500", () => new Response("oops", { status: 500 }), { httpStatus: 500, retryable: true, afterMs: null }],
    [
      "503 with Retry-After",
      () => new Response("", { status: 503, headers: { "retry-after": "60" } }),
      { httpStatus: 503, retryable: true, afterMs: 60_000 },
    ],
    ["no answer", () => HttpResponse.error(), { httpStatus: null, retryable: true, afterMs: null }],
    [
      "JSON that is cut off",
      () => new Response('{"messages":[{"sid"'),
      { httpStatus: 200, retryable: true, afterMs: null },
    ],
    ["no JSON", () => new Response("<html>"), { httpStatus: 200, retryable: true, afterMs: null }],
    [
      "other JSON",
      () => Response.json({ messages: "none" }),
      { httpStatus: 200, retryable: true, afterMs: null },
    ],
    ["null", () => Response.json(null), { httpStatus: 200, retryable: true, afterMs: null }],
  ])("is a failure as a value: %s", async (_name, response, expected) => {
    answer = response;
    expect(await read()).toEqual({ kind: "failed", ...expected });
  });
});

it("reading the log that is given up on is a failure that may pass", async () => {
  const giveUp = new AbortController();
  answer = () => {
    giveUp.abort();
    return new Promise<Response>(() => {
      // Nothing ever comes of it.
    });
  };
  expect(await list({}, giveUp.signal)).toMatchObject({ kind: "failed", httpStatus: null, retryable: true });
});
