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
  const server = setupServer(
    http.post("https://api.twilio.com/2010-04-01/Accounts/:sid/Messages.json", async ({ request }) => {
      const one = { form: new URLSearchParams(await request.text()), headers: request.headers };
      reached.push(one);
      return answer(one, reached.length - 1);
    }),
  );
  beforeAll(() => {
    server.listen({ onUnhandledRequest: "error" });
  });
  afterEach(() => {
    reached.length = 0;
    answer = accept;
  });
  afterAll(() => {
    server.close();
  });
  return {
    reached,
    answerWith(next) {
      answer = next;
    },
  };
}

function accept({ form }: ReachedTwilio, index: number): Response {
  return createdMessage(form, sidOf(index));
}
