import { describe, expect, it } from "vitest";
import { nodeDigests, webDigests } from "../../../src/core/webhook/digests";
import type { Digests } from "../../../src/core/webhook/digests";
import { explainSignature } from "../../../src/core/webhook/explain-signature";
import { signedUrlCandidates } from "../../../src/core/webhook/public-url";
import { seenUrls } from "../../../src/core/webhook/seen-urls";
import { diagnoseSignature, diagnoseSignatureWith, signRequest } from "../../../src/core/webhook/signature";
import type {
  SignatureCheck,
  SignatureReason,
  SignatureToDiagnose,
} from "../../../src/core/webhook/signature";
import { MOST_HMACS } from "../../../src/core/webhook/signature-trial";
import {
  FIXTURE_AUTH_TOKEN as TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_OURS,
  inboundSms,
} from "../../fixtures/twilio/payloads";
import { HOOK, SPOILT } from "./spoilt-requests";
import type { SpoiltRequest } from "./spoilt-requests";

const bothDigests: readonly (readonly [name: string, digests: Digests])[] = [
  ["Node's crypto", nodeDigests() ?? webDigests()],
  ["WebCrypto", webDigests()],
];

const FORGED = "xlzM50xO5ejHZo4xDmLBZ0JFCo8=";

/** A request as it is left after it was spoilt, ready to be diagnosed. */
async function spoil(spoilt: SpoiltRequest): Promise<SignatureToDiagnose> {
  const { webhookUrl = HOOK, calledUrl = HOOK, sent = inboundSms() } = spoilt;
  const signed = await signRequest(
    typeof sent === "string"
      ? { authToken: TOKEN, url: calledUrl, body: sent }
      : { authToken: TOKEN, url: calledUrl, params: sent },
  );
  const query = /\?.*$/.exec(signed.url)?.[0] ?? "";
  const requestUrl = spoilt.reachedUrl ?? webhookUrl + query;
  const header = (name: string): string | null => spoilt.headers?.[name] ?? null;
  const entries = typeof sent === "string" ? [] : Object.entries(sent);
  const content: Pick<SignatureCheck, "params"> | { readonly body: string } =
    typeof sent === "string"
      ? { body: spoilt.leftText?.(sent) ?? sent }
      : { params: spoilt.left?.(entries) ?? entries };
  return {
    authToken: TOKEN,
    signature: signed.signature,
    url: signedUrlCandidates({ webhookUrl, requestUrl }),
    webhookUrl,
    seenUrls: seenUrls(header, requestUrl),
    ...content,
  };
}

function counting(digests: Digests): { readonly digests: Digests; readonly count: () => number } {
  let hmacs = 0;
  return {
    count: () => hmacs,
    digests: {
      sha256Hex: (data) => digests.sha256Hex(data),
      hmacSha1Base64(key, text) {
        hmacs += 1;
        return digests.hmacSha1Base64(key, text);
      },
    },
  };
}

describe.each(bothDigests)("diagnoseSignature, with %s,", (_, digests) => {
  it.each(SPOILT.map((spoilt) => [spoilt.name, spoilt.reason, spoilt] as const))(
    "finds %s: %s",
    async (_name, reason, spoilt) => {
      expect(await diagnoseSignatureWith(digests, await spoil(spoilt))).toMatchObject({
        valid: false,
        reason,
        also: spoilt.also ?? [],
        signedUrl: spoilt.signedUrl ?? null,
        fields: spoilt.fields ?? [],
      });
    },
  );

  it("says that nothing is wrong where nothing is", async () => {
    const check = await spoil({ name: "nothing", reason: "mismatch" });
    expect(await diagnoseSignatureWith(digests, { ...check, authToken: ["old", TOKEN] })).toEqual({
      valid: true,
      token: 1,
    });
  });

  it("finds another account's token", async () => {
    const check = await spoil({ name: "nothing", reason: "mismatch" });
    const diagnosis = await diagnoseSignatureWith(digests, {
      ...check,
      authToken: "ours",
      otherTokens: ["", "a", TOKEN],
    });
    expect(diagnosis).toMatchObject({ valid: false, reason: "token_of_other_account" });
  });

  it.each<readonly [string, SignatureReason, Partial<SignatureToDiagnose>]>([
    ["no signature", "header_missing", { signature: null }],
    ["half a signature", "header_malformed", { signature: FORGED.slice(0, 14) }],
    ["no token", "token_unknown", { authToken: [] }],
    ["a URL that is none", "url_invalid", { url: "/sms" }],
    ["a forged signature", "mismatch", { signature: FORGED }],
    ["an unknown token", "mismatch", { authToken: "another" }],
  ])("names %s without a trial that could find it: %s", async (_name, reason, change) => {
    const check = await spoil({ name: "nothing", reason: "mismatch" });
    const diagnosis = await diagnoseSignatureWith(digests, {
      ...check,
      ...change,
    } as SignatureToDiagnose); // one of the two kinds of content, unchanged
    expect(diagnosis).toMatchObject({ valid: false, reason, also: [], signedUrl: null, fields: [] });
  });

  it.each([1, 2, 7, 300])("computes at most 200 HMACs beside the check, with %i tokens", async (tokens) => {
    const seen = ["http://10.0.0.7:8080/x?q=1", "https://a.example/y", "https://b.example:1/z/", "http://c/"];
    const body = new URLSearchParams(inboundSms({ Body: "Ã¼ &amp; a+b %20\r\n.\ne\u0301" }));
    for (const name of ["FromCity", "FromZip", "ToCity", "ToZip"]) body.delete(name);
    const check = {
      authToken: Array.from({ length: tokens }, (_value, index) => `token-${index}`),
      signature: FORGED,
      url: [`${HOOK}?a=1&b=%20+&c=3&d=4&e=5&f=6&g=7`],
      webhookUrl: `${HOOK}?z=1`,
      seenUrls: seen,
      otherTokens: Array.from({ length: 500 }, (_value, index) => `other-${index}`),
      params: body,
    };
    const all = counting(digests);
    expect(await diagnoseSignatureWith(all.digests, check)).toMatchObject({ reason: "mismatch" });
    const plain = counting(digests);
    await diagnoseSignatureWith(plain.digests, { ...check, authToken: [] });
    expect(plain.count()).toBe(0);
    // The check itself: each form of the one URL under each token, twenty forms at most.
    expect(all.count()).toBeGreaterThan(60);
    expect(all.count()).toBeLessThanOrEqual(MOST_HMACS + 20 * tokens);
  });
});

describe("diagnoseSignature", () => {
  it("has a spoilt request for every reason that trial can find", () => {
    const reasons = new Set(SPOILT.flatMap(({ reason, also = [] }) => [reason, ...also]));
    expect([...reasons].sort()).toEqual([
      "body_hash_mismatch",
      "body_missing",
      "body_trimmed",
      "empty_fields_dropped",
      "fields_added",
      "form_reencoded",
      "other_host",
      "other_path",
      "other_query",
      "signed_as_http",
      "signed_as_https",
      "signed_with_port",
      "signed_without_port",
      "trailing_slash",
    ]);
  });

  it("finds a form that was made of JSON", async () => {
    const signed = await signRequest({ authToken: TOKEN, url: HOOK, body: '{"a":"1"}' });
    const check = { authToken: TOKEN, signature: signed.signature, url: signed.url, params: { a: "1" } };
    expect(await diagnoseSignature(check)).toMatchObject({ reason: "body_hash_mismatch" });
  });

  it("shows no secret, phone number or text, whatever it finds", async () => {
    const secrets = [TOKEN, FIXTURE_CONTACT, FIXTURE_OURS, "14155550100", "15005550006", "hunter2", "Hello"];
    const withSecrets: readonly SpoiltRequest[] = [
      ...SPOILT,
      {
        name: "an address with a password",
        reason: "signed_as_http",
        webhookUrl: "https://user:hunter2@example.com/sms?key=hunter2#rc=2",
        calledUrl: "http://example.com/sms?key=hunter2",
        reachedUrl: "https://example.com/sms?key=hunter2",
      },
      {
        name: "a number where a name should be",
        reason: "signed_as_http",
        calledUrl: `http://example.com/api/webhooks/twilio-sms?+14155550100&${FIXTURE_CONTACT}=1&a=Hello`,
        reachedUrl: `${HOOK}?+14155550100&${FIXTURE_CONTACT}=1&a=Hello`,
      },
      {
        name: "nothing that can be found",
        reason: "mismatch",
        reachedUrl: `https://example.org/${FIXTURE_CONTACT}?${FIXTURE_CONTACT}`,
        left: (sent) => [...sent, [FIXTURE_CONTACT, "Hello"], ["Z", "1"], ["z", "2"]],
      },
    ];
    for (const spoilt of withSecrets) {
      const diagnosis = await diagnoseSignature(await spoil(spoilt));
      expect(diagnosis).toMatchObject({ valid: false, reason: spoilt.reason });
      const text = JSON.stringify(diagnosis) + (diagnosis.valid ? "" : explainSignature(diagnosis));
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  it("never accepts what the check refuses, and never throws, on hostile input", async () => {
    const long = "a=%E0%A4%A&+".repeat(2_000);
    const hostile: readonly SignatureToDiagnose[] = [
      { authToken: TOKEN, signature: FORGED, url: "https://[::1/", params: {} },
      { authToken: TOKEN, signature: FORGED, url: `https://example.com/?${long}`, params: {} },
      {
        authToken: TOKEN,
        signature: FORGED,
        url: HOOK,
        seenUrls: [`https://x/?${long}`, "\ud83d"],
        params: {},
      },
      {
        authToken: TOKEN,
        signature: FORGED,
        url: HOOK,
        webhookUrl: "\0",
        params: { Body: "\ud83d".repeat(9) },
      },
      { authToken: TOKEN, signature: FORGED, url: HOOK, params: { Body: "x".repeat(3_000_000) } },
      { authToken: TOKEN, signature: FORGED, url: HOOK, params: { Body: "&amp;%41+ ".repeat(50_000) } },
      { authToken: TOKEN, signature: FORGED, url: HOOK, params: new URLSearchParams("a&".repeat(9_000)) },
      {
        authToken: TOKEN,
        signature: FORGED,
        url: HOOK,
        params: JSON.parse('{"__proto__":"x","a":{"b":1},"c":null,"Body":5}') as Record<string, string>,
      },
      {
        authToken: TOKEN,
        signature: FORGED,
        url: HOOK,
        params: JSON.parse('[["Body",5],["b",null]]') as readonly [string, string][],
      },
      { authToken: TOKEN, signature: FORGED, url: HOOK, body: new Uint8Array([0xff, 0xfe]) },
    ];
    for (const check of hostile) expect(await diagnoseSignature(check)).toMatchObject({ valid: false });
  });

  it("rejects a call with both fields and a body", async () => {
    const both = { authToken: TOKEN, url: HOOK, params: {}, body: "x", signature: FORGED };
    // A caller without types; the types allow one of the two.
    await expect(diagnoseSignature(both as unknown as SignatureToDiagnose)).rejects.toThrow(TypeError);
  });
});

describe("seenUrls", () => {
  const headers =
    (values: Readonly<Record<string, string>>) =>
    (name: string): string | null =>
      values[name] ?? null;

  it.each<readonly [string, Readonly<Record<string, string>>, string, readonly string[]]>([
    ["the request's own URL", {}, "http://h:3000/p?q=1", ["http://h:3000/p?q=1"]],
    ["the host of a request that has only a path", { host: "h.com" }, "/p?q=1", ["https://h.com/p?q=1"]],
    ["nothing where nothing tells the host", {}, "/p", []],
    ["nothing where the host is none", { host: "h.com/evil?" }, "/p", []],
    [
      "what the proxy says, then its own",
      { "x-forwarded-proto": "https, http", "x-forwarded-host": "h.com" },
      "http://10.0.0.7:8080/p",
      ["https://h.com/p", "http://10.0.0.7:8080/p"],
    ],
    [
      "paths and ports that proxies keep",
      {
        "x-forwarded-prefix": "/v1/",
        "x-original-uri": "/o?a=1",
        "x-rewrite-url": "x",
        "x-forwarded-port": "81",
      },
      "http://h/p?q=1",
      ["http://h/v1/p?q=1", "http://h/o?a=1", "http://h/p?q=1", "http://h:81/p?q=1"],
    ],
    ["nothing that is too long", {}, `http://h/${"p".repeat(3_000)}`, []],
  ])("gives %s", (_, values, requestUrl, expected) => {
    expect(seenUrls(headers(values), requestUrl)).toEqual(expected);
  });
});
