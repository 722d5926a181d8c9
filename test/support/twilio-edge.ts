import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll } from "vitest";

/** A request that reached the stand-in for Twilio. */
export interface ReachedTwilio {
  readonly form: URLSearchParams;
  readonly headers: Headers;
}

/** A stand-in for Twilio's Messages API at the network's edge. */
export interface TwilioEdge {
  /** What reached it in this test, in order. */
  readonly reached: readonly ReachedTwilio[];
  /** How it answers from now on, in this test. `index` counts from 0. */
  answerWith(answer: (reached: ReachedTwilio, index: number) => Response | Promise<Response>): void;
  /** What was asked of the message log in this test, in order. */
  readonly asked: readonly URL[];
  /** How the message log is told from now on, in this test. Without it, the log is empty. `index` counts from 0. */
  tellWith(answer: (asked: URL, index: number) => Response | Promise<Response>): void;
}

/** An entry of the message log as Twilio tells it. Source: Twilio docs, "Message resource" (read 2026-11). */
export type LogEntry = Readonly<Record<string, unknown>>;

/** An outbound message in the log; `changes` by Twilio's names. */
export function loggedMessage(changes: LogEntry): LogEntry {
  return {
    account_sid: "AC0123456789abcdef0123456789abcdef",
    api_version: "2010-04-01",
    body: "Hi",
    date_created: "Mon, 23 Nov 2026 09:00:00 +0000",
    date_sent: "Mon, 23 Nov 2026 09:00:00 +0000",
    date_updated: "Mon, 23 Nov 2026 09:00:00 +0000",
    direction: "outbound-api",
    error_code: null,
    error_message: null,
    from: "+15551234567",
    messaging_service_sid: null,
    num_media: "0",
    num_segments: "1",
    price: null,
    price_unit: "USD",
    sid: sidOf(0),
    status: "delivered",
    subresource_uris: {},
    to: "+15557654321",
    uri: "",
    ...changes,
  };
}

/** A page of the message log. Source: Twilio docs, "Twilio's response", paging (read 2026-11). */
export function logPage(messages: readonly LogEntry[], nextPageUri: string | null = null): Response {
  return HttpResponse.json({
    first_page_uri:
      "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json?PageSize=50&Page=0",
    next_page_uri: nextPageUri,
    previous_page_uri: null,
    start: 0,
    end: Math.max(0, messages.length - 1),
    page: 0,
    page_size: 50,
    uri: "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json?PageSize=50&Page=0",
    messages,
  });
}

/** The message resource as Twilio answers a create with. Source: Twilio docs, "Message resource" (read 2026-11). */
export function createdMessage(form: URLSearchParams, sid: string): Response {
  return HttpResponse.json(
    {
      account_sid: "AC0123456789abcdef0123456789abcdef",
      api_version: "2010-04-01",
      body: form.get("Body") ?? "",
      date_created: "Mon, 23 Nov 2026 09:00:00 +0000",
      date_sent: null,
      date_updated: "Mon, 23 Nov 2026 09:00:00 +0000",
      direction: "outbound-api",
      error_code: null,
      error_message: null,
      from: form.get("From"),
      messaging_service_sid: form.get("MessagingServiceSid"),
      num_media: "0",
      num_segments: "1",
      price: null,
      price_unit: "USD",
      sid,
      status: form.has("MessagingServiceSid") ? "accepted" : "queued",
      subresource_uris: {
        media: `/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/${sid}/Media.json`,
      },
      to: form.get("To"),
      uri: `/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/${sid}.json`,
    },
    { status: 201 },
  );
}

/** An error body as Twilio sends it. */
export function twilioError(status: number, code: number, headers: Record<string, string> = {}): Response {
  return HttpResponse.json(
    { code, message: "Refused", more_info: `https://www.twilio.com/docs/errors/${code}`, status },
    { status, headers },
  );
}

/** The sid of the n-th message that the stand-in takes, counted from 0. */
export function sidOf(index: number): string {
  return `SM${String(index + 1).padStart(32, "0")}`;
}

/** Puts the stand-in up for the tests of one file. A request to anywhere else fails the test. */
export function twilioEdge(): TwilioEdge {
  const reached: ReachedTwilio[] = [];
  let answer: (reached: ReachedTwilio, index: number) => Response | Promise<Response> = accept;
  const asked: URL[] = [];
  let tell: (asked: URL, index: number) => Response | Promise<Response> = () => logPage([]);
  const server = setupServer(
    http.post("https://api.twilio.com/2010-04-01/Accounts/:sid/Messages.json", async ({ request }) => {
      const one = { form: new URLSearchParams(await request.text()), headers: request.headers };
      reached.push(one);
      return answer(one, reached.length - 1);
    }),
    http.get("https://api.twilio.com/2010-04-01/Accounts/:sid/Messages.json", ({ request }) => {
      const url = new URL(request.url);
      asked.push(url);
      return tell(url, asked.length - 1);
    }),
  );
  beforeAll(() => {
    server.listen({ onUnhandledRequest: "error" });
  });
  afterEach(() => {
    reached.length = 0;
    answer = accept;
    asked.length = 0;
    tell = () => logPage([]);
  });
  afterAll(() => {
    server.close();
  });
  return {
    reached,
    asked,
    answerWith(next) {
      answer = next;
    },
    tellWith(next) {
      tell = next;
    },
  };
}

function accept({ form }: ReachedTwilio, index: number): Response {
  return createdMessage(form, sidOf(index));
}
