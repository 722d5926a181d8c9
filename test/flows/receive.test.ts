import twilio from "twilio";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_AUTH_TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
  inboundPhoto,
  inboundSms,
  statusCallback,
} from "../fixtures/twilio/payloads";
import { ACCOUNT, harness, signedPost, WEBHOOK_URL } from "../support/harness";
import { sidOf, twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();

describe("receiving a text", () => {
  it("stores it in a new conversation and answers empty TwiML", async () => {
    const { sms, post, eventNames } = harness();
    const response = await post(inboundSms({ Body: "Hello there" }));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/xml; charset=utf-8");
    expect(await response.text()).toContain("<Response");
    const { items } = await sms.conversations.list();
    expect(items).toMatchObject([
      {
        contact: FIXTURE_CONTACT,
        ours: FIXTURE_OURS,
        unreadCount: 1,
        status: "open",
        preview: "Hello there",
        channel: "sms",
      },
    ]);
    const messages = await sms.conversations.messages(items[0]?.id ?? "");
    expect(messages.items).toMatchObject([
      {
        body: "Hello there",
        direction: "inbound",
        status: "received",
        from: FIXTURE_CONTACT,
        to: FIXTURE_OURS,
      },
    ]);
    expect(eventNames()).toEqual(["conversation.created", "message.received"]);
  });

  it("keeps a message of a photo alone as a message", async () => {
    const { sms, post } = harness();
    await post(inboundPhoto());
    const { items } = await sms.conversations.list();
    const messages = await sms.conversations.messages(items[0]?.id ?? "");
    expect(messages.items[0]?.media).toHaveLength(1);
    expect(messages.items[0]?.status).toBe("received");
    expect(items[0]?.preview).toBe("Attachment");
  });

  it("keeps fields that it does not know", async () => {
    const { sms, post } = harness();
    await post(inboundSms({ SomethingNew: "kept" }));
    const { items } = await sms.conversations.list();
    const messages = await sms.conversations.messages(items[0]?.id ?? "");
    expect(messages.items[0]?.extra["SomethingNew"]).toBe("kept");
  });

  it("continues and reopens the conversation of the same pair", async () => {
    const { sms, post } = harness();
    await post(inboundSms({ MessageSid: sidOf(1) }));
    const first = (await sms.conversations.list()).items[0]?.id ?? "";
    await sms.conversations.close(first);
    await post(inboundSms({ MessageSid: sidOf(2), Body: "Again" }));
    const { items } = await sms.conversations.list();
    expect(items).toMatchObject([{ id: first, status: "open", unreadCount: 2, lastSeq: 2 }]);
  });

  it("shares one thread among the senders of the Messaging Service that sends", async () => {
    const { from: _, ...account } = ACCOUNT;
    const { sms, post } = harness({
      account: { ...account, messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID },
    });
    const service = { MessagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID };
    await post(inboundSms({ ...service, MessageSid: sidOf(1), To: "+15005550006" }));
    await post(inboundSms({ ...service, MessageSid: sidOf(2), To: "+15005550007" }));
    const { items } = await sms.conversations.list();
    expect(items).toMatchObject([{ ours: FIXTURE_MESSAGING_SERVICE_SID, lastSeq: 2 }]);
  });

  it("is one message, one consent change and one reply when the same one comes 50 times at once", async () => {
    const assistant = { use: ruleAssistant({ rules: [], otherwise: "Hi!" }), mode: "auto" } as const;
    const { sms, post, eventNames } = harness({ assistant });
    const payload = inboundSms({ Body: "Hello?" });
    const responses = await Promise.all(Array.from({ length: 50 }, () => post(payload)));
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    await sms.runDue();
    const { items } = await sms.conversations.list();
    const messages = await sms.conversations.messages(items[0]?.id ?? "");
    expect(messages.items.map(({ direction }) => direction)).toEqual(["inbound", "outbound"]);
    expect(edge.reached).toHaveLength(1);
    expect(eventNames().filter((name) => name === "message.received")).toHaveLength(1);
  });

  it("is one consent change when the same STOP comes 50 times at once", async () => {
    const { sms, post, eventNames } = harness();
    const payload = inboundSms({ Body: "STOP" });
    await Promise.all(Array.from({ length: 50 }, () => post(payload)));
    const history = await sms.consent.history({ contact: FIXTURE_CONTACT });
    expect(history.items).toMatchObject([{ from: "unknown", to: "opted-out" }]);
    expect(eventNames().filter((name) => name === "consent.changed")).toHaveLength(1);
  });

  it("is stored once when two processes take the same one at once", async () => {
    const storage = memoryStorage();
    const [one, two] = [harness({ storage }), harness({ storage })];
    const payload = inboundSms();
    const answers = await Promise.all([
      one.post(payload),
      two.post(payload),
      one.post(payload),
      two.post(payload),
    ]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const { items } = await one.sms.conversations.list();
    expect(items).toMatchObject([{ lastSeq: 1, unreadCount: 1 }]);
  });
});

describe("keywords", () => {
  it("STOP closes the gate in the same commit and asks no assistant", async () => {
    const assistant = { use: ruleAssistant({ rules: [], otherwise: "Hi!" }), mode: "auto" } as const;
    const { sms, post } = harness({ assistant });
    await post(inboundSms({ Body: " stop " }));
    await sms.runDue();
    expect(await sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
    expect(await sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).toEqual({
      kind: "blocked",
      reason: "opted_out",
      message: null,
    });
    expect(edge.reached).toHaveLength(0);
  });

  it("START opens it again, and a second STOP or START changes nothing", async () => {
    const { sms, post } = harness();
    for (const [index, word] of ["STOP", "STOP", "START", "START"].entries()) {
      await post(inboundSms({ Body: word, MessageSid: sidOf(index) }));
    }
    const { items } = await sms.consent.history({ contact: FIXTURE_CONTACT });
    expect(items.map(({ to }) => to)).toEqual(["opted-out", "opted-in"]);
    expect(items[0]?.evidence).toMatchObject({ messageSid: sidOf(0), text: "STOP" });
  });

  it("YES to a toll-free number does not restore, START does", async () => {
    const { sms, post } = harness();
    const tollFree = { To: "+18885550123" };
    await post(inboundSms({ ...tollFree, Body: "STOP", MessageSid: sidOf(1) }));
    await post(inboundSms({ ...tollFree, Body: "YES", MessageSid: sidOf(2) }));
    expect(await sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
    await post(inboundSms({ ...tollFree, Body: "START", MessageSid: sidOf(3) }));
    expect(await sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-in" });
  });

  it("Twilio's own OptOutType counts where the text is no keyword of ours", async () => {
    const { sms, post } = harness();
    await post(inboundSms({ Body: "ALTO", OptOutType: "STOP" }));
    expect(await sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
  });

  it("a wish to stop in other words asks for a person and keeps the assistant quiet", async () => {
    const assistant = { use: ruleAssistant({ rules: [], otherwise: "Hi!" }), mode: "auto" } as const;
    const { sms, post } = harness({ assistant });
    await post(inboundSms({ Body: "please stop texting me" }));
    await sms.runDue();
    const { items } = await sms.conversations.list();
    expect(items).toMatchObject([{ attention: "maybe-stop", lastSeq: 1 }]);
  });
});

describe("what is refused", () => {
  const genuine = inboundSms();

  it.each<[string, number, string, (request: Request) => Promise<Request> | Request]>([
    ["no signature", 403, "header_missing", (request) => edited(request, { "x-twilio-signature": null })],
    [
      "a wrong signature",
      403,
      "mismatch",
      (request) => edited(request, { "x-twilio-signature": "xlzM50xO5ejHZo4xDmLBZ0JFCo8=" }),
    ],
    ["a changed body", 403, "mismatch", (request) => edited(request, {}, "Body=Changed")],
    [
      "a wrong content type",
      415,
      "content_type",
      (request) => edited(request, { "content-type": "text/plain" }),
    ],
    [
      "no content type",
      415,
      "content_type",
      (request) => edited(request, { "content-type": null }, new Blob(["Body=x"])),
    ],
    [
      "a body over the limit",
      413,
      "too_large",
      (request) => edited(request, {}, `Body=${"x".repeat(200_000)}`),
    ],
    ["another method", 405, "method", (request) => new Request(request.url, { method: "PUT", body: "x" })],
    ["HEAD", 405, "method", (request) => new Request(request.url, { method: "HEAD" })],
    ["an unsigned GET", 403, "header_missing", (request) => new Request(request.url)],
    ["another account's token", 403, "mismatch", () => signedPost(genuine, WEBHOOK_URL, "another-token")],
    [
      "another account under our token",
      403,
      "other_account",
      () => signedPost({ ...genuine, AccountSid: "ACffffffffffffffffffffffffffffffff" }),
    ],
    [
      "a signature for another URL",
      403,
      "mismatch",
      async (request) => {
        const other = await signedPost(genuine, "https://example.com/elsewhere");
        return edited(request, { "x-twilio-signature": other.headers.get("x-twilio-signature") });
      },
    ],
    [
      "a payload that is no message",
      400,
      "no_evidence",
      () => signedPost({ AccountSid: FIXTURE_ACCOUNT_SID, CallSid: "CA1", CallStatus: "ringing" }),
    ],
    [
      "missing fields",
      400,
      "field_invalid",
      () => {
        const { From: _, ...rest } = genuine;
        return signedPost(rest);
      },
    ],
    [
      "broken JSON",
      400,
      "json_invalid",
      (request) => edited(request, { "content-type": "application/json" }, "{"),
    ],
  ])("%s is answered %i, tells the log why, and changes nothing", async (_, status, reason, spoil) => {
    const { sms, events } = harness();
    const response = await sms.webhook(await spoil(await signedPost(genuine)));
    expect(response.status).toBe(status);
    const body = await response.text();
    expect(body).not.toContain(reason);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ name: "error" });
    const details = events[0]?.name === "error" ? events[0].data.error.details : {};
    expect(details["reason"]).toBe(reason);
    expect((await sms.conversations.list()).items).toEqual([]);
    expect(await sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({
      state: "unknown",
      since: null,
    });
  });

  it("a request whose body was read before is answered 500 with the reason in the log", async () => {
    const { sms, events } = harness();
    const request = await signedPost(genuine);
    await request.text();
    const response = await sms.webhook(request);
    expect(response.status).toBe(500);
    expect(events[0]).toMatchObject({ name: "error", data: { error: { code: "webhook_body_consumed" } } });
  });

  it("no error or log line holds a phone number, a text or a token", async () => {
    const lines: unknown[] = [];
    const log = (fields: unknown, message: string): void => {
      lines.push(fields, message);
    };
    const { sms } = harness({ logger: { debug: log, info: log, warn: log, error: log } });
    await sms.webhook(
      await edited(
        await signedPost(genuine),
        {},
        new URLSearchParams({ ...genuine, Body: "other" }).toString(),
      ),
    );
    await sms.webhook(await signedPost(statusCallback({ MessageSid: sidOf(7) })));
    expect(lines.length).toBeGreaterThan(0);
    const text = JSON.stringify(lines);
    for (const secret of [FIXTURE_CONTACT, FIXTURE_OURS, FIXTURE_AUTH_TOKEN, "Hello"])
      expect(text).not.toContain(secret);
  });
});

describe("what else is accepted", () => {
  it("a webhook signed by Twilio's own helper", async () => {
    const { sms } = harness();
    const payload = inboundSms();
    const signature = twilio.getExpectedTwilioSignature(FIXTURE_AUTH_TOKEN, WEBHOOK_URL, payload);
    const request = new Request(WEBHOOK_URL, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": signature,
      },
      body: new URLSearchParams(payload).toString(),
    });
    expect((await sms.webhook(request)).status).toBe(200);
  });

  it("a GET webhook, whose fields are in its URL", async () => {
    const { sms } = harness();
    const url = `${WEBHOOK_URL}?${new URLSearchParams(inboundSms()).toString()}`;
    const signature = twilio.getExpectedTwilioSignature(FIXTURE_AUTH_TOKEN, url, {});
    const response = await sms.webhook(new Request(url, { headers: { "x-twilio-signature": signature } }));
    expect(response.status).toBe(200);
    expect((await sms.conversations.list()).items).toHaveLength(1);
  });

  it("either token of a rotation", async () => {
    const { sms } = harness({ account: { ...ACCOUNT, authToken: ["new-token", FIXTURE_AUTH_TOKEN] } });
    expect(
      (await sms.webhook(await signedPost(inboundSms({ MessageSid: sidOf(1) }), WEBHOOK_URL, "new-token")))
        .status,
    ).toBe(200);
    expect((await sms.webhook(await signedPost(inboundSms({ MessageSid: sidOf(2) })))).status).toBe(200);
  });

  it("a webhook seen at an inner address behind a proxy, since webhookUrl says what was signed", async () => {
    const { sms } = harness();
    const signed = await signedPost(inboundSms());
    const inner = new Request("http://10.0.0.7:8080/api/webhooks/twilio-sms", {
      method: "POST",
      headers: signed.headers,
      body: await signed.text(),
    });
    expect((await sms.webhook(inner)).status).toBe(200);
  });

  it("the forwarded address only where the host opted in", async () => {
    const signed = await signedPost(inboundSms(), "https://other.example.com/hook");
    const behindProxy = async (): Promise<Request> =>
      new Request("http://10.0.0.7:8080/hook", {
        method: "POST",
        headers: {
          ...Object.fromEntries(signed.headers),
          "x-forwarded-proto": "https",
          "x-forwarded-host": "other.example.com",
        },
        body: await signed.clone().text(),
      });
    expect((await harness().sms.webhook(await behindProxy())).status).toBe(403);
    expect((await harness({ trustForwardedHeaders: true }).sms.webhook(await behindProxy())).status).toBe(
      200,
    );
  });

  it("a body within maxBodyBytes, and nothing larger", async () => {
    const payload = inboundSms();
    const size = new URLSearchParams(payload).toString().length;
    expect((await harness({ maxBodyBytes: size }).post(payload)).status).toBe(200);
    expect((await harness({ maxBodyBytes: size - 1 }).post(payload)).status).toBe(413);
  });

  it("webhooks of many accounts, each by its own token", async () => {
    const other = {
      accountSid: "ACffffffffffffffffffffffffffffffff",
      authToken: "other-token",
      from: "+15005550009",
    };
    const { sms } = harness({
      account: (sid) => [ACCOUNT, other].find(({ accountSid }) => accountSid === sid) ?? null,
    });
    const theirs = inboundSms({ AccountSid: other.accountSid, MessageSid: sidOf(1) });
    expect((await sms.webhook(await signedPost(theirs, WEBHOOK_URL, "other-token"))).status).toBe(200);
    expect((await sms.webhook(await signedPost(theirs, WEBHOOK_URL, FIXTURE_AUTH_TOKEN))).status).toBe(403);
    expect(
      (await sms.webhook(await signedPost(inboundSms({ AccountSid: "AC00000000000000000000000000000000" }))))
        .status,
    ).toBe(403);
  });
});

describe("a storage that fails", () => {
  it("is answered 5xx, so that Twilio tries again, and the repetition is stored", async () => {
    const inner = memoryStorage();
    let broken = true;
    const storage = {
      ...inner,
      commit: (writes: Parameters<typeof inner.commit>[0]) =>
        broken ? Promise.reject(new Error("disk full")) : inner.commit(writes),
    };
    const { sms, post, events } = harness({ storage });
    const payload = inboundSms();
    expect((await post(payload)).status).toBe(503);
    expect(events).toMatchObject([
      { name: "error", data: { error: { code: "storage_failed", retryable: true } } },
    ]);
    expect((await sms.conversations.list()).items).toEqual([]);
    broken = false;
    expect((await post(payload)).status).toBe(200);
    expect((await sms.conversations.list()).items).toHaveLength(1);
  });
});

async function edited(
  request: Request,
  headers: Readonly<Record<string, string | null>>,
  body?: BodyInit,
): Promise<Request> {
  const merged = new Headers(request.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return new Request(request.url, {
    method: request.method,
    headers: merged,
    body: body ?? (await request.text()),
  });
}
