import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMediaFetcher } from "../../src/flows/media";
import { resolveOptions } from "../../src/flows/options";
import { FIXTURE_ACCOUNT_SID, FIXTURE_AUTH_TOKEN, inboundPhoto } from "../fixtures/twilio/payloads";
import { ACCOUNT, harness, WEBHOOK_URL } from "../support/harness";

const seen: { readonly host: string; readonly authorization: string | null }[] = [];
const note = (request: Request): void => {
  seen.push({ host: new URL(request.url).host, authorization: request.headers.get("authorization") });
};

const server = setupServer(
  http.get(
    "https://api.twilio.com/2010-04-01/Accounts/:account/Messages/:message/Media/:media",
    ({ request }) => {
      note(request);
      return new HttpResponse(null, {
        status: 307,
        headers: { location: "https://mms.twiliocdn.com/AC/photo?Expires=1&Signature=s" },
      });
    },
  ),
  http.get("https://mms.twiliocdn.com/AC/photo", ({ request }) => {
    note(request);
    return HttpResponse.arrayBuffer(new TextEncoder().encode("photo").buffer, {
      headers: { "content-type": "image/jpeg" },
    });
  }),
);

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
});
afterAll(() => {
  server.close();
});

describe("a photo that came by webhook", () => {
  it("is fetched with the account's credentials at Twilio and without them at its content network", async () => {
    const { sms, events, post, runtime } = harness();
    expect((await post(inboundPhoto())).status).toBe(200);
    const received = events.flatMap((event) =>
      event.name === "message.received" ? [event.data.message] : [],
    );
    expect(received).toHaveLength(1);
    const fetchMedia = createMediaFetcher({
      settings: resolveOptions({ account: ACCOUNT, webhookUrl: WEBHOOK_URL }),
      runtime,
      fetch: globalThis.fetch,
    });
    for (const message of received) {
      const fetched = await fetchMedia(message, 0);
      expect(fetched).toMatchObject({ kind: "ok", contentType: "image/jpeg" });
      expect(await new Response(fetched.kind === "ok" ? fetched.body : null).text()).toBe("photo");
    }
    const basic = Buffer.from(`${FIXTURE_ACCOUNT_SID}:${FIXTURE_AUTH_TOKEN}`).toString("base64");
    expect(seen).toEqual([
      { host: "api.twilio.com", authorization: `Basic ${basic}` },
      { host: "mms.twiliocdn.com", authorization: null },
    ]);
    await sms.stop();
  });
});
