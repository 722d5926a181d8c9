import { createHash, createHmac } from "node:crypto";
import type { WebhookBody, WebhookRequest } from "../../src/flows/webhook-request";
import { FIXTURE_ACCOUNT_SID, FIXTURE_AUTH_TOKEN, inboundSms } from "../fixtures/twilio/payloads";

/** A request with the answers that it may get. */
export interface GeneratedRequest {
  readonly kind: "genuine" | "signed-nonsense" | "malformed";
  readonly request: WebhookRequest;
}

/** A generator that repeats itself for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FORM = "application/x-www-form-urlencoded";
const encoder = new TextEncoder();

const METHODS = [
  "POST",
  "POST",
  "POST",
  "POST",
  "GET",
  "GET",
  "HEAD",
  "PUT",
  "post",
  "DELETE",
  "",
  "\0",
  "TRACE",
];
const TYPES = [
  FORM,
  FORM,
  FORM,
  `${FORM}; charset=UTF-8`,
  ` ${FORM.toUpperCase()} ;;;charset`,
  "application/json",
  "application/json; charset=utf-16",
  "multipart/form-data; boundary=x",
  "text/plain",
  "",
  ";",
  "\ud83d",
  "a".repeat(5_000),
];
const SIGNATURES = [
  null,
  "",
  "x",
  "xlzM50xO5ejHZo4xDmLBZ0JFCo8=",
  "xlzM50xO5ejHZo4xDmLBZ0JFCo8=",
  "xlzM50xO5ejHZo4xDmLBZ0JFCo8=, xlzM50xO5ejHZo4xDmLBZ0JFCo8=",
  "=".repeat(10_000),
  "\0",
  "\ud83d\ude00",
];
const PIECES = [
  "Body", "From", "To", "MessageSid", "AccountSid", "SmsStatus", "MessageStatus", "__proto__", "constructor", "toString",
  "hasOwnProperty", "a[b][c]", "[]", "MediaUrl0", "NumMedia", FIXTURE_ACCOUNT_SID, "%", "%zz", "%E0%A4%A", "%00", "%ud83d", "+", "&",
  "=", ";", "?", "#", "\0", "\ud83d", "😀", "é", "\r\n", "STOP", "-1", "1e999", "javascript:alert(1)", "&amp;", "../..", "{", "[", '"',
]; // prettier-ignore
const HEADERS = [
  "host",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-original-uri",
];
const HEADER_VALUES = [
  "",
  "https",
  "evil.example",
  "a b",
  "[::1",
  "\0",
  "/",
  "//",
  "https://u:p@h/",
  "x".repeat(3_000),
  ",,,",
  "é",
];
const URLS = [
  "",
  "/",
  "//",
  "*",
  "?",
  "#",
  "http://",
  "https://[::1/",
  "/\0",
  "/%",
  "https://u:p@h:99999/",
  "\ud83d",
  "data:,x",
];
const JSONS = [
  "",
  "{",
  "null",
  "1",
  '"x"',
  "[]",
  "{}",
  '{"a":',
  '{"__proto__":{"a":1}}',
  '{"AccountSid":["x"]}',
  "\ufeff{}",
  "NaN",
  "[1,,2]",
];

/** Requests that no server should choke on, one after the other, the same for the same seed. `webhookUrl` is what is configured. */
export function requestGenerator(seed: number, webhookUrl: string): () => GeneratedRequest {
  const random = seededRandom(seed);
  let genuine = 0;
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(values: readonly [T, ...T[]] | readonly T[]): T => values[upTo(values.length)] as T; // never empty
  const text = (most: number): string => Array.from({ length: upTo(most) + 1 }, () => one(PIECES)).join("");

  const sign = (url: string, fields: readonly (readonly [string, string])[]): string => {
    const sorted = [...new Map(fields.map((pair) => [pair.join("\0"), pair])).values()].sort(byNameAndValue);
    const signed = url + sorted.map(([name, value]) => name + value).join("");
    return createHmac("sha1", FIXTURE_AUTH_TOKEN).update(signed).digest("base64");
  };

  const post = (
    type: string,
    signature: string | null,
    body: WebhookBody,
    url = webhookUrl,
  ): WebhookRequest =>
    withHeaders("POST", url, { "content-type": type, "x-twilio-signature": signature }, body);

  const genuineForm = (): URLSearchParams => {
    genuine += 1;
    const sid = `SM${String(genuine).padStart(32, "0")}`;
    return new URLSearchParams(inboundSms({ MessageSid: sid, Body: `Message ${genuine}` }));
  };

  const bytesOf = (content: string): WebhookBody => ({ kind: "bytes", bytes: encoder.encode(content) });

  const randomForm = (): string => {
    const pairs = Array.from({ length: upTo(12) }, () => `${text(2)}=${text(4)}`).join("&");
    switch (upTo(8)) {
      case 0:
        return `${new URLSearchParams(inboundSms()).toString()}&${pairs}`;
      case 1:
        return new URLSearchParams(inboundSms()).toString().slice(0, upTo(300));
      case 2:
        return `Body=${"x".repeat(upTo(2_000))}&${pairs}`;
      case 3:
        return `${"a".concat("[b]".repeat(upTo(200)))}=${pairs}`;
      case 4:
        return `${pairs}&`.repeat(upTo(6));
      default:
        return pairs;
    }
  };

  const randomJson = (): string => {
    switch (upTo(5)) {
      case 0:
        return '{"a":'.repeat(upTo(40)) + "1" + "}".repeat(upTo(40));
      case 1:
        return JSON.stringify({ ...inboundSms(), [text(2)]: text(4) }).slice(0, upTo(900));
      default:
        return one(JSONS);
    }
  };

  const randomBody = (type: string): WebhookBody => {
    switch (upTo(16)) {
      case 0:
        return { kind: "cut-off" };
      case 1:
        return { kind: "too-large" };
      case 2:
        return { kind: "bytes", bytes: Uint8Array.from({ length: upTo(300) }, () => upTo(256)) };
      case 3:
        return { kind: "bytes", bytes: new Uint8Array() };
      default:
        return bytesOf(type.includes("json") ? randomJson() : randomForm());
    }
  };

  /** Rare, since they cost as much as thousands of others: bodies at the limit, and nesting as deep as fits. */
  const heavy = (): WebhookRequest => {
    const signature = one(SIGNATURES);
    switch (upTo(5)) {
      case 0:
        return post(FORM, signature, bytesOf("a=1&".repeat(32_000)));
      case 1:
        return post(FORM, signature, bytesOf("%E0%A4%A&".repeat(14_000)));
      case 2:
        return post(
          "application/json",
          signature,
          bytesOf(`{"a":${"[".repeat(60_000)}${"]".repeat(60_000)}}`),
        );
      case 3:
        return post(FORM, signature, bytesOf(`Body=${"%F0%9F%98%80".repeat(10_000)}`));
      default:
        return withHeaders(
          "GET",
          `/?${"a=%zz&".repeat(20_000)}`,
          { "x-twilio-signature": signature },
          bytesOf(""),
        );
    }
  };

  const malformed = (): WebhookRequest => {
    const method = one(METHODS);
    const type = one(TYPES);
    const headers: Record<string, string | null> = {
      "content-type": type,
      "x-twilio-signature": one(SIGNATURES),
    };
    for (let count = upTo(3); count > 0; count -= 1) headers[one(HEADERS)] = one(HEADER_VALUES);
    const url = upTo(3) === 0 ? one(URLS) : `${one(["", webhookUrl, "/hook", "/"])}?${text(4)}`;
    return withHeaders(method, url, headers, randomBody(type));
  };

  /** A genuine request with one thing changed that its signature covers. */
  const tampered = (): WebhookRequest => {
    const form = genuineForm();
    const signature = sign(webhookUrl, [...form]);
    const sent = form.toString();
    switch (upTo(5)) {
      case 0:
        return post(FORM, signature, bytesOf(sent.slice(0, sent.length - 1 - upTo(200))));
      case 1:
        return post(
          FORM,
          signature,
          bytesOf(`${sent}&${new URLSearchParams([[`${one(PIECES)}x`, "1"]]).toString()}`),
        );
      case 2:
        return post(FORM, signature, bytesOf(sent.replace("Message+", `Message+${upTo(10)}`)));
      case 3:
        return post(FORM, signature, bytesOf(sent), `${webhookUrl}?${upTo(100)}`);
      default:
        return post("application/json", signature, bytesOf(JSON.stringify(Object.fromEntries(form))));
    }
  };

  /** Signed with the right token, and neither a message nor a report on one. */
  const signedNonsense = (): WebhookRequest => {
    const form = new URLSearchParams();
    for (let count = upTo(8); count > 0; count -= 1) form.append(text(2), text(3));
    for (const name of ["Body", "MessageStatus", "SmsStatus", "NumMedia", "MediaUrl0"]) form.delete(name);
    if (upTo(2) === 0) form.set("AccountSid", one([FIXTURE_ACCOUNT_SID, "AC1", "__proto__", ""]));
    if (upTo(2) === 0) return post(FORM, sign(webhookUrl, [...form]), bytesOf(form.toString()));
    const json = JSON.stringify({ a: text(3), b: [text(2)], constructor: 1 });
    const url = `${webhookUrl}?bodySHA256=${createHash("sha256").update(json).digest("hex")}`;
    return post("application/json", sign(url, []), bytesOf(json), url);
  };

  return () => {
    const dice = random();
    if (dice < 0.002) {
      const form = genuineForm();
      return { kind: "genuine", request: post(FORM, sign(webhookUrl, [...form]), bytesOf(form.toString())) };
    }
    if (dice < 0.003) return { kind: "malformed", request: heavy() };
    if (dice < 0.1) return { kind: "signed-nonsense", request: signedNonsense() };
    if (dice < 0.3) return { kind: "malformed", request: tampered() };
    return { kind: "malformed", request: malformed() };
  };
}

function withHeaders(
  method: string,
  url: string,
  headers: Readonly<Record<string, string | null>>,
  body: WebhookBody,
): WebhookRequest {
  return { method, url, header: (name) => headers[name] ?? null, body: () => Promise.resolve(body) };
}

function byNameAndValue(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
