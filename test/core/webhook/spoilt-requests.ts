import type { SignatureReason } from "../../../src/core/webhook/signature";
import type { ParamEntry } from "../../../src/core/webhook/params";
import { inboundPhoto, inboundSms, inboundWhatsApp, statusCallback } from "../../fixtures/twilio/payloads";

type Fields = Readonly<Record<string, string>>;

/** A genuine request that one thing on the way, or in the configuration, has spoilt. Where nothing is said, all is right. */
export interface SpoiltRequest {
  readonly name: string;
  readonly reason: SignatureReason;
  readonly also?: readonly SignatureReason[];
  /** What `webhookUrl` says. */
  readonly webhookUrl?: string;
  /** The URL that Twilio called and signed. */
  readonly calledUrl?: string;
  /** The URL under which the request reached the server. */
  readonly reachedUrl?: string;
  /** What proxies have added. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What Twilio sent: a form, or text for JSON. */
  readonly sent?: Fields | string;
  /** What is left of it. */
  readonly left?: (sent: readonly ParamEntry[]) => readonly ParamEntry[];
  readonly leftText?: (sent: string) => string;
  /** What the diagnosis must show besides the reason. */
  readonly signedUrl?: string;
  readonly fields?: readonly string[];
}

export const HOOK = "https://example.com/api/webhooks/twilio-sms";

const changed =
  (name: string, change: (value: string) => string) =>
  (sent: readonly ParamEntry[]): readonly ParamEntry[] =>
    sent.map((entry) => (entry[0] === name ? [name, change(entry[1])] : entry));

const everyValue =
  (change: (value: string) => string) =>
  (sent: readonly ParamEntry[]): readonly ParamEntry[] =>
    sent.map(([name, value]) => [name, change(value)]);

const withoutEmpty = (sent: readonly ParamEntry[]): readonly ParamEntry[] =>
  sent.filter(([, value]) => value !== "");

/** Reads a value as if it were still encoded. */
const decodedAgain = (value: string): string => new URLSearchParams(`v=${value}`).get("v") ?? "";

const signed = (url: string): Pick<SpoiltRequest, "calledUrl" | "signedUrl"> => ({
  calledUrl: url,
  signedUrl: url,
});

const urls: readonly SpoiltRequest[] = [
  {
    name: "http is configured at Twilio",
    reason: "signed_as_http",
    ...signed(HOOK.replace("https", "http")),
  },
  {
    name: "webhookUrl says http behind a proxy that ends TLS",
    reason: "signed_as_https",
    webhookUrl: HOOK.replace("https", "http"),
    ...signed(HOOK),
  },
  {
    name: "webhookUrl says http and the server's own port",
    reason: "signed_as_https",
    also: ["signed_without_port"],
    webhookUrl: "http://example.com:3000/api/webhooks/twilio-sms",
    ...signed(HOOK),
  },
  {
    name: "another port is configured at Twilio",
    reason: "signed_with_port",
    ...signed("https://example.com:8443/api/webhooks/twilio-sms"),
  },
  {
    name: "an unusual port, which the proxy tells",
    reason: "signed_with_port",
    headers: { "x-forwarded-host": "example.com:9443" },
    ...signed("https://example.com:9443/api/webhooks/twilio-sms"),
  },
  {
    name: "an unusual port, told apart from the host",
    reason: "signed_with_port",
    headers: { "x-forwarded-port": "9443" },
    ...signed("https://example.com:9443/api/webhooks/twilio-sms"),
  },
  {
    name: "the default port of the scheme beside another one here",
    reason: "signed_with_port",
    webhookUrl: "https://example.com:8443/api/webhooks/twilio-sms",
    ...signed("https://example.com:443/api/webhooks/twilio-sms"),
  },
  { name: "a slash at the end at Twilio", reason: "trailing_slash", ...signed(`${HOOK}/`) },
  { name: "a slash at the end here", reason: "trailing_slash", webhookUrl: `${HOOK}/`, ...signed(HOOK) },
  {
    name: "a slash and http at Twilio",
    reason: "signed_as_http",
    also: ["trailing_slash"],
    ...signed(`${HOOK.replace("https", "http")}/`),
  },
  {
    name: "a slash where the port is left out",
    reason: "signed_without_port",
    also: ["trailing_slash"],
    webhookUrl: "https://example.com:8443/api/webhooks/twilio-sms",
    ...signed(`${HOOK}/`),
  },
  {
    name: "another host, as the request itself says",
    reason: "other_host",
    reachedUrl: "https://sms.example.org/api/webhooks/twilio-sms",
    ...signed("https://sms.example.org/api/webhooks/twilio-sms"),
  },
  {
    name: "another host, as the proxy says",
    reason: "other_host",
    reachedUrl: "http://10.0.0.7:8080/api/webhooks/twilio-sms",
    headers: { "x-forwarded-host": "sms.example.org", "x-forwarded-proto": "https" },
    ...signed("https://sms.example.org/api/webhooks/twilio-sms"),
  },
  {
    name: "a proxy that says the host and not that it ends TLS",
    reason: "other_host",
    reachedUrl: "http://10.0.0.7:8080/api/webhooks/twilio-sms",
    headers: { "x-forwarded-host": "sms.example.org" },
    ...signed("https://sms.example.org/api/webhooks/twilio-sms"),
  },
  { name: "www", reason: "other_host", ...signed(HOOK.replace("example.com", "www.example.com")) },
  {
    name: "another path",
    reason: "other_path",
    reachedUrl: "https://example.com/webhooks/sms",
    ...signed("https://example.com/webhooks/sms"),
  },
  {
    name: "another path behind a proxy that keeps it in a header",
    reason: "other_path",
    reachedUrl: "http://10.0.0.7:8080/sms",
    headers: { "x-original-uri": "/v2/hooks/sms", host: "example.com" },
    ...signed("https://example.com/v2/hooks/sms"),
  },
  {
    name: "a prefix that the proxy cuts off",
    reason: "other_path",
    reachedUrl: "http://example.com/sms",
    headers: { "x-forwarded-prefix": "/tenants/7/", "x-forwarded-proto": "https" },
    ...signed("https://example.com/tenants/7/sms"),
  },
  {
    name: "a proxy that adds to the query",
    reason: "other_query",
    reachedUrl: `${HOOK}?mid=m1&utm_source=proxy`,
    calledUrl: `${HOOK}?mid=m1`,
    signedUrl: `${HOOK}?mid=…`,
  },
  {
    name: "a proxy that drops the query",
    reason: "other_query",
    webhookUrl: `${HOOK}?tenant=acme`,
    reachedUrl: HOOK,
    calledUrl: `${HOOK}?tenant=acme`,
    signedUrl: `${HOOK}?tenant=…`,
  },
  {
    name: "a proxy that sorts the query",
    reason: "other_query",
    webhookUrl: `${HOOK}?tenant=acme&channel=sms`,
    reachedUrl: `${HOOK}?channel=sms&mid=m1&tenant=acme`,
    calledUrl: `${HOOK}?tenant=acme&channel=sms&mid=m1`,
    signedUrl: `${HOOK}?tenant=…&channel=…&mid=…`,
  },
  {
    name: "a proxy that writes spaces in another way",
    reason: "other_query",
    reachedUrl: `${HOOK}?q=a%20b`,
    calledUrl: `${HOOK}?q=a+b`,
    signedUrl: `${HOOK}?q=…`,
  },
];

const forms: readonly SpoiltRequest[] = [
  { name: "a form that somebody has read", reason: "body_missing", left: () => [] },
  { name: "a JSON body that somebody has read", reason: "body_missing", sent: '{"a":1}', leftText: () => "" },
  {
    name: "a trimmed text",
    reason: "body_trimmed",
    sent: inboundSms({ Body: "Yes " }),
    left: changed("Body", (body) => body.trim()),
    fields: ["Body"],
  },
  {
    name: "a text with its line end trimmed",
    reason: "body_trimmed",
    sent: inboundSms({ Body: "Yes\r\n" }),
    left: changed("Body", (body) => body.trim()),
    fields: ["Body"],
  },
  {
    name: "a text trimmed at its beginning",
    reason: "body_trimmed",
    sent: inboundSms({ Body: "\nYes" }),
    left: changed("Body", (body) => body.trimStart()),
    fields: ["Body"],
  },
  {
    name: "a JSON body without its line end",
    reason: "body_trimmed",
    sent: '{"a":1}\n',
    leftText: (sent) => sent.trim(),
  },
  {
    name: "empty fields dropped",
    reason: "empty_fields_dropped",
    left: withoutEmpty,
    fields: ["FromCity", "FromZip", "ToCity", "ToZip"],
  },
  {
    name: "the empty text of a photo dropped with the other empty fields",
    reason: "empty_fields_dropped",
    sent: inboundPhoto(),
    left: withoutEmpty,
    fields: ["FromCity", "FromZip", "ToCity", "ToZip", "Body"],
  },
  {
    name: "the empty text of a WhatsApp photo dropped",
    reason: "empty_fields_dropped",
    sent: inboundWhatsApp({ Body: "" }),
    left: withoutEmpty,
    fields: ["Body"],
  },
  {
    name: "an empty error code dropped",
    reason: "empty_fields_dropped",
    sent: statusCallback({ ErrorCode: "" }),
    left: withoutEmpty,
    fields: ["ErrorCode"],
  },
  {
    name: "a form that was decoded twice",
    reason: "form_reencoded",
    left: everyValue(decodedAgain),
    fields: ["To", "From"],
  },
  {
    name: "a form that was decoded twice, with a plus in its text",
    reason: "form_reencoded",
    sent: inboundSms({ Body: "1+1=2" }),
    left: everyValue(decodedAgain),
    fields: ["Body", "To", "From"],
  },
  {
    name: "numbers that have lost their plus",
    reason: "form_reencoded",
    left: everyValue((value) => value.replace(/^\+/, "")),
    fields: ["To", "From"],
  },
  {
    name: "WhatsApp addresses that were decoded twice",
    reason: "form_reencoded",
    sent: inboundWhatsApp({ ChannelMetadata: "{}" }),
    left: everyValue(decodedAgain),
    fields: ["To", "From"],
  },
  {
    name: "a plus that was not read as a space",
    reason: "form_reencoded",
    left: changed("Body", (body) => body.replaceAll(" ", "+")),
    fields: ["Body"],
  },
  {
    name: "a form that was not decoded",
    reason: "form_reencoded",
    left: everyValue((value) => new URLSearchParams({ v: value }).toString().slice(2)),
    fields: ["Body", "To", "From"],
  },
  {
    name: "HTML escaped by a sanitiser",
    reason: "form_reencoded",
    sent: inboundSms({ Body: 'Tom & "Jerry" <3 it\'s' }),
    left: changed("Body", (body) =>
      body
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll('"', "&quot;")
        .replaceAll("'", "&#x27;"),
    ),
    fields: ["Body"],
  },
  {
    name: "UTF-8 that was read as Latin-1",
    reason: "form_reencoded",
    sent: inboundSms({ Body: "Grüße 👍" }),
    left: changed("Body", (body) => Buffer.from(body, "utf8").toString("latin1")),
    fields: ["Body"],
  },
  {
    name: "line ends that were made Unix ones",
    reason: "form_reencoded",
    sent: inboundSms({ Body: "one\r\ntwo" }),
    left: changed("Body", (body) => body.replaceAll("\r\n", "\n")),
    fields: ["Body"],
  },
  {
    name: "a decomposed text that was composed",
    reason: "form_reencoded",
    sent: inboundSms({ Body: "Ja\u0308" }),
    left: changed("Body", (body) => body.normalize("NFC")),
    fields: ["Body"],
  },
  {
    name: "the query mixed into the form",
    reason: "fields_added",
    reachedUrl: `${HOOK}?mid=m1`,
    calledUrl: `${HOOK}?mid=m1`,
    left: (sent) => [...sent, ["mid", "m1"]],
    fields: ["mid"],
  },
  {
    name: "values of the host's own in the form",
    reason: "fields_added",
    left: (sent) => [...sent, ["tenantId", "7"]],
    fields: ["tenantId"],
  },
];

const hashes: readonly SpoiltRequest[] = [
  {
    name: "JSON that was parsed and written again",
    reason: "body_hash_mismatch",
    sent: '{ "a": 1 }',
    leftText: (sent) => JSON.stringify(JSON.parse(sent)),
  },
];

/** Every reason that trial can find, each by at least one genuine request that was spoilt in exactly that way. */
export const SPOILT: readonly SpoiltRequest[] = [...urls, ...forms, ...hashes];
