import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseForm } from "../../../src/core/webhook/form";
import { parseWebhook } from "../../../src/core/webhook/payload";
import {
  encodeForm,
  FIXTURE_ACCOUNT_SID,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
  inboundPhoto,
  inboundRcs,
  inboundService,
  inboundSms,
  inboundStop,
  inboundStopAdvanced,
  inboundWhatsApp,
  statusCallback,
  statusDelivered,
  statusFailed,
  statusSent,
  statusUndelivered,
} from "../../fixtures/twilio/payloads";

const SID = "SM0123456789abcdef0123456789abcdef";

describe("parseWebhook on messages", () => {
  it("understands a text message", () => {
    expect(parseWebhook(inboundSms({ Body: "Hello there", NumSegments: "2" }))).toEqual({
      kind: "message",
      messageSid: SID,
      accountSid: FIXTURE_ACCOUNT_SID,
      messagingServiceSid: null,
      from: FIXTURE_CONTACT,
      to: FIXTURE_OURS,
      body: "Hello there",
      media: [],
      segments: 2,
      optOutType: null,
      extra: {
        ToCountry: "US",
        ToState: "CA",
        ToCity: "",
        FromZip: "",
        FromState: "CA",
        FromCity: "",
        FromCountry: "US",
        ToZip: "",
        ReferralNumMedia: "0",
        ApiVersion: "2010-04-01",
      },
    });
  });

  it("understands a photo without a word", () => {
    expect(parseWebhook(inboundPhoto())).toMatchObject({
      kind: "message",
      messageSid: "MM0123456789abcdef0123456789abcdef",
      body: "",
      media: [
        {
          url: expect.stringMatching(/^https:\/\/api\.twilio\.com\/.*\/Media\/ME/),
          contentType: "image/jpeg",
        },
      ],
    });
    expect(parseWebhook(inboundPhoto({ Body: undefined, SmsStatus: undefined }))).toMatchObject({
      kind: "message",
      body: "",
    });
  });

  it.each(["", " ", "\n", "\u200b"])("takes a blank body (%j) for a message", (Body) => {
    expect(parseWebhook(inboundSms({ Body }))).toMatchObject({ kind: "message", body: Body });
  });

  it("tells STOP that Twilio recognised from STOP that it says nothing about", () => {
    expect(parseWebhook(inboundStop())).toMatchObject({ kind: "message", body: "STOP", optOutType: null });
    expect(parseWebhook(inboundStopAdvanced())).toMatchObject({
      kind: "message",
      body: "STOP",
      optOutType: "STOP",
    });
    expect(parseWebhook(inboundStopAdvanced({ OptOutType: "help" }))).toMatchObject({ optOutType: "HELP" });
  });

  it("keeps an OptOutType that it does not know in the extra fields", () => {
    const event = parseWebhook(inboundStopAdvanced({ OptOutType: "PAUSE" }));
    expect(event).toMatchObject({ optOutType: null, extra: { OptOutType: "PAUSE" } });
  });

  it("names the Messaging Service", () => {
    expect(parseWebhook(inboundService())).toMatchObject({
      messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID,
    });
  });

  it("keeps the addresses and fields of other channels", () => {
    expect(parseWebhook(inboundWhatsApp())).toMatchObject({
      kind: "message",
      from: "whatsapp:+14155550100",
      to: "whatsapp:+15005550006",
      extra: { ProfileName: "Alex Doe", WaId: "14155550100", MessageType: "text" },
    });
    expect(parseWebhook(inboundRcs())).toMatchObject({
      kind: "message",
      from: "rcs:+14155550100",
      extra: { ButtonPayload: "confirm-42" },
    });
  });

  it.each<readonly [string, Record<string, string>]>([
    ["both status names say received", inboundSms({ MessageStatus: "received", SmsStatus: "received" })],
    ["the status is receiving", inboundSms({ SmsStatus: "receiving" })],
    ["the status is in upper case", inboundSms({ SmsStatus: "RECEIVED" })],
    ["there is no status but a body", inboundSms({ SmsStatus: undefined })],
    ["there is no status but an empty body", inboundSms({ SmsStatus: undefined, Body: "" })],
    ["there is no status and no body but media", inboundPhoto({ SmsStatus: undefined, Body: undefined })],
    ["the status is empty", inboundSms({ SmsStatus: "", MessageStatus: "" })],
  ])("is positive that it is a message when %s", (_, params) => {
    expect(parseWebhook(params).kind).toBe("message");
  });

  it.each<readonly [string, Record<string, string>, number]>([
    [
      "all ten",
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`MediaUrl${n}`, `https://m/${n}`])),
      10,
    ],
    [
      "more than ten",
      Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`MediaUrl${n}`, `https://m/${n}`])),
      12,
    ],
    ["those after a gap", { MediaUrl0: "https://m/0", MediaUrl2: "https://m/2" }, 2],
    ["none that is empty", { MediaUrl0: "", MediaUrl1: "https://m/1" }, 1],
    ["none that is no link", { MediaUrl0: "javascript:alert(1)", MediaUrl1: "file:///etc/passwd" }, 0],
    [
      "none with an odd number",
      { MediaUrl100: "https://m/", "MediaUrl-1": "https://m/", MediaUrl: "https://m/" },
      0,
    ],
  ])("reads of the media that are there: %s", (_, media, count) => {
    for (const NumMedia of ["0", "1", "99999999999", "-1", "many", ""]) {
      const event = parseWebhook(inboundSms({ NumMedia, ...media }));
      expect(event.kind === "message" ? event.media : null).toHaveLength(count);
    }
  });

  it("keeps media in order and assumes bytes where no type is given", () => {
    const event = parseWebhook(
      inboundSms({ MediaUrl1: "https://m/1", MediaUrl0: "https://m/0", MediaContentType1: "image/png" }),
    );
    expect(event).toMatchObject({
      media: [
        { url: "https://m/0", contentType: "application/octet-stream" },
        { url: "https://m/1", contentType: "image/png" },
      ],
    });
  });

  it.each([
    ["", 1],
    ["x", 1],
    ["-2", 1],
    ["1e9", 1],
    ["99999999", 1],
    ["0", 0],
    ["7", 7],
  ])("reads NumSegments %j as %i", (NumSegments, segments) => {
    expect(parseWebhook(inboundSms({ NumSegments }))).toMatchObject({ segments });
    expect(parseWebhook(inboundSms({ NumSegments: undefined }))).toMatchObject({ segments: 1 });
  });

  it("cleans what enters: NUL and lone surrogates in text, values and names", () => {
    const event = parseWebhook(inboundSms({ Body: "a\0b\ud83d", FromCity: "X\0", "Odd\0Name": "v" }));
    expect(event).toMatchObject({ body: "ab\ufffd", extra: { FromCity: "X", OddName: "v" } });
  });

  it("is not fooled by names that objects inherit or treat specially", () => {
    const params = [
      ...Object.entries(inboundSms()),
      ["__proto__", "polluted"],
      ["constructor", "c"],
      ["toString", "t"],
    ] as const;
    const event = parseWebhook(params);
    const extra = event.kind === "message" ? event.extra : {};
    expect(Object.getPrototypeOf(extra)).toBeNull();
    expect(Object.entries(extra)).toEqual(
      expect.arrayContaining([
        ["__proto__", "polluted"],
        ["constructor", "c"],
        ["toString", "t"],
      ]),
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(parseWebhook({}).kind).toBe("unrecognised");
  });

  it("takes the first of repeated fields", () => {
    const params = [...Object.entries(inboundSms()), ["Body", "second"], ["From", "+19995550000"]] as const;
    expect(parseWebhook(params)).toMatchObject({ body: "Hello there", from: FIXTURE_CONTACT });
  });

  it("falls back to the older names of the sid", () => {
    const sids = { MessageSid: undefined, SmsMessageSid: undefined, SmsSid: undefined };
    expect(parseWebhook(inboundSms({ ...sids, SmsMessageSid: "SM1" }))).toMatchObject({ messageSid: "SM1" });
    expect(parseWebhook(inboundSms({ ...sids, SmsSid: "SM2" }))).toMatchObject({ messageSid: "SM2" });
  });

  it.each<readonly [string, Record<string, string>, readonly string[]]>([
    ["no sid", inboundSms({ MessageSid: "", SmsSid: "", SmsMessageSid: "" }), ["MessageSid"]],
    ["a sid with odd characters", inboundSms({ MessageSid: "SM1/../x" }), ["MessageSid"]],
    ["a sid that is too long", inboundSms({ MessageSid: "S".repeat(65) }), ["MessageSid"]],
    ["no account", inboundSms({ AccountSid: undefined }), ["AccountSid"]],
    ["no sender and no receiver", inboundSms({ From: undefined, To: "" }), ["From", "To"]],
  ])("is not recognised with %s, and says why", (_, params, missing) => {
    expect(parseWebhook(params)).toEqual({ kind: "unrecognised", reason: "field_invalid", missing });
  });
});

describe("parseWebhook on statuses", () => {
  it("understands a delivery", () => {
    expect(parseWebhook(statusDelivered())).toEqual({
      kind: "status",
      messageSid: "SMfedcba9876543210fedcba9876543210",
      accountSid: FIXTURE_ACCOUNT_SID,
      status: "delivered",
      from: FIXTURE_OURS,
      to: FIXTURE_CONTACT,
      errorCode: null,
      errorMessage: null,
      messagingServiceSid: null,
      rawDlrDoneDate: "2611231408",
      extra: { ApiVersion: "2010-04-01" },
    });
  });

  it("understands the other callbacks", () => {
    expect(parseWebhook(statusSent())).toMatchObject({
      kind: "status",
      status: "sent",
      rawDlrDoneDate: null,
    });
    expect(parseWebhook(statusUndelivered())).toMatchObject({ status: "undelivered", errorCode: 30006 });
    expect(parseWebhook(statusFailed())).toMatchObject({
      status: "failed",
      errorCode: 21610,
      errorMessage: "Attempt to send to unsubscribed recipient",
      messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID,
    });
  });

  it.each(["queued", "read", "canceled", "partially_delivered", "teleported", "Delivered", " ", "💥"])(
    "takes the status %j for a status, and keeps it as it is",
    (MessageStatus) => {
      expect(parseWebhook(statusCallback({ MessageStatus }))).toMatchObject({
        kind: "status",
        status: MessageStatus,
      });
    },
  );

  it("takes a status for a status even where a body came with it", () => {
    expect(parseWebhook(statusCallback({ Body: "Hi", NumMedia: "1" }))).toMatchObject({
      kind: "status",
      extra: { Body: "Hi" },
    });
    expect(parseWebhook(statusCallback({ MessageStatus: undefined, Body: "Hi" }))).toMatchObject({
      kind: "status",
      status: "delivered",
    });
    expect(parseWebhook(inboundSms({ MessageStatus: "delivered" }))).toMatchObject({ kind: "status" });
  });

  it.each([
    ["30006", 30006, undefined],
    ["0", null, undefined],
    ["", null, undefined],
    ["E42", null, "E42"],
    ["-1", null, "-1"],
    ["99999999999999999999", null, "99999999999999999999"],
  ])("reads the error code %j", (ErrorCode, errorCode, kept) => {
    const event = parseWebhook(statusCallback({ ErrorCode }));
    expect(event).toMatchObject({ kind: "status", errorCode });
    expect(event.kind === "status" ? event.extra["ErrorCode"] : null).toBe(kept);
  });

  it("does without addresses, which other channels may leave out", () => {
    expect(parseWebhook(statusCallback({ From: undefined, To: "" }))).toMatchObject({
      kind: "status",
      from: null,
      to: null,
    });
  });

  it.each<readonly [string, Record<string, string>, readonly string[]]>([
    ["no sid", statusCallback({ MessageSid: undefined, SmsSid: undefined }), ["MessageSid"]],
    ["nothing but a status", { MessageStatus: "sent" }, ["MessageSid", "AccountSid"]],
  ])("is not recognised with %s", (_, params, missing) => {
    expect(parseWebhook(params)).toEqual({ kind: "unrecognised", reason: "field_invalid", missing });
  });
});

describe("parseWebhook on anything", () => {
  it.each<readonly [string, Record<string, string>]>([
    ["an empty request", {}],
    [
      "a voice call",
      { CallSid: "CA1", AccountSid: FIXTURE_ACCOUNT_SID, From: "+1", To: "+2", CallStatus: "ringing" },
    ],
    [
      "addresses alone",
      { MessageSid: "SM1", AccountSid: FIXTURE_ACCOUNT_SID, From: "+1", To: "+2", NumMedia: "0" },
    ],
  ])("does not recognise %s", (_, params) => {
    expect(parseWebhook(params)).toMatchObject({ kind: "unrecognised", reason: "no_evidence" });
  });

  it("understands a form body as it came over the wire", () => {
    const payload = inboundSms({ Body: "a+b & ü\r\n" });
    expect(parseWebhook(parseForm(encodeForm(payload)))).toEqual(parseWebhook(payload));
    expect(parseWebhook(new URLSearchParams(encodeForm(payload)))).toEqual(parseWebhook(payload));
  });

  it("never throws, and gives only clean text", () => {
    const name = fc.oneof(
      fc.constantFrom(...Object.keys(inboundPhoto()), ...Object.keys(statusFailed()), "__proto__"),
      fc.string({ unit: "binary" }),
    );
    const value = fc.string({
      unit: fc.constantFrom("a", "1", "\0", "\ud83d", "received", "SM1", "https://m/"),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 30 }), (params) => {
        const event = parseWebhook(params);
        expect(["message", "status", "unrecognised"]).toContain(event.kind);
        expect(JSON.stringify(event)).not.toMatch(/\\u0000|\\ud83d/);
      }),
      { numRuns: 2_000 },
    );
  });
});
