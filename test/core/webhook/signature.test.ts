import { describe, expect, it } from "vitest";
import { nodeDigests, webDigests } from "../../../src/core/webhook/digests";
import type { Params } from "../../../src/core/webhook/params";
import { parseForm } from "../../../src/core/webhook/form";
import { signRequest, verifySignature, verifySignatureWith } from "../../../src/core/webhook/signature";
import type { SignatureCheck } from "../../../src/core/webhook/signature";
import { FIXTURE_AUTH_TOKEN as TOKEN, inboundSms } from "../../fixtures/twilio/payloads";

const VALID = { valid: true, token: 0 };
const MISMATCH = { valid: false, reason: "mismatch" };

const V1_URL = "https://example.com/webhooks/twilio/sms";
const V1_FORM =
  "ToCountry=US&ToState=CA&SmsMessageSid=SM0123456789abcdef0123456789abcdef&NumMedia=0&ToCity=&FromZip=" +
  "&SmsSid=SM0123456789abcdef0123456789abcdef&FromState=CA&SmsStatus=received&FromCity=" +
  "&Body=H%C3%A9llo+%2B+%22world%22+%F0%9F%91%8D%0D%0Aline+2+&FromCountry=US&To=%2B15005550006&ToZip=&NumSegments=1" +
  "&MessageSid=SM0123456789abcdef0123456789abcdef&AccountSid=AC0123456789abcdef0123456789abcdef&From=%2B14155550100" +
  "&ApiVersion=2010-04-01";
const V1_SIGNATURE = "xlzM50xO5ejHZo4xDmLBZ0JFCo8=";

const V4_BODY = '{"a":1}';
const V4_HASH = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
const V4_URL = `https://example.com/j?bodySHA256=${V4_HASH}`;
const V4_SIGNATURE = "4IA2N0UUsh3SZuows+5ozl9Bh4M=";

const call = { CallSid: "CA1234567890ABCDE", Digits: "1234", To: "+18005551212" };
const V6 = { Body: "STOP", From: "+14155550100", To: "+15005550006" };

const vectors: readonly (readonly [name: string, check: SignatureCheck])[] = [
  [
    "D0, the example in Twilio's documentation",
    {
      authToken: "12345",
      url: "https://example.com/myapp.php?foo=1&bar=2",
      params: { ...call, Caller: "+14158675310", From: "+14158675310" },
      signature: "L/OH5YylLD5NRKLltdqwSvS0BnU=",
    },
  ],
  [
    "D1, the older example of Twilio's libraries",
    {
      authToken: "12345",
      url: "https://mycompany.com/myapp.php?foo=1&bar=2",
      params: { ...call, Caller: "+14158675309", From: "+14158675309" },
      signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    },
  ],
  [
    "V1, an inbound SMS with empty fields, CR LF and a trailing space",
    { authToken: TOKEN, url: V1_URL, params: parseForm(V1_FORM), signature: V1_SIGNATURE },
  ],
  [
    "V2, a status callback with an odd query",
    {
      authToken: TOKEN,
      url: "https://example.com/cb?tenant=acme%20inc&q=it's&empty=",
      params: { MessageSid: "SM1", MessageStatus: "delivered", ErrorCode: "" },
      signature: "LssuOsaygO4sDlYPNH829YWFm8E=",
    },
  ],
  [
    "V3, a repeated name as a list of entries",
    {
      authToken: TOKEN,
      url: "https://example.com/sms",
      params: [
        ["K", "b"],
        ["K", "a"],
        ["K", "b"],
      ],
      signature: "Be3hZG2US2XDb5i5LfjdTP2Oh+U=",
    },
  ],
  [
    "V3, a repeated name as an array",
    {
      authToken: TOKEN,
      url: "https://example.com/sms",
      params: { K: ["b", "a", "b"] },
      signature: "Be3hZG2US2XDb5i5LfjdTP2Oh+U=",
    },
  ],
  ["V4, JSON", { authToken: TOKEN, url: V4_URL, body: V4_BODY, signature: V4_SIGNATURE }],
  [
    "V4, JSON as bytes",
    { authToken: TOKEN, url: V4_URL, body: new TextEncoder().encode(V4_BODY), signature: V4_SIGNATURE },
  ],
  [
    "V5, GET",
    {
      authToken: TOKEN,
      url: "https://example.com/sms?Body=STOP&From=%2B14155550100",
      signature: "12SF27WE+lW9nyr692HiC34suhI=",
    },
  ],
  [
    "V6, a minimal message",
    {
      authToken: TOKEN,
      url: "https://example.com/sms",
      params: V6,
      signature: "srXl4XKO+zWliUNj3AnJCmO27Gg=",
    },
  ],
  [
    "V6 with a trailing space in the body",
    {
      authToken: TOKEN,
      url: "https://example.com/sms",
      params: { ...V6, Body: "STOP " },
      signature: "y/+xO8RchmIfrT+adLMfXP+Muc8=",
    },
  ],
  [
    "V6 signed with the default port",
    {
      authToken: TOKEN,
      url: "https://example.com/sms",
      params: V6,
      signature: "/3CULIu5vPxji2RwcB8S4su67gQ=",
    },
  ],
  [
    "V7, an empty form",
    {
      authToken: TOKEN,
      url: "https://example.com/sms",
      params: {},
      signature: "6rNn9SpBzD+wds7w39mDxxNwCYY=",
    },
  ],
];

describe("verifySignature", () => {
  it.each(vectors)("accepts %s", async (_, check) => {
    expect(await verifySignature(check)).toEqual(VALID);
  });

  it.each(vectors)("accepts, with WebCrypto alone, %s", async (_, check) => {
    expect(await verifySignatureWith(webDigests(), check)).toEqual(VALID);
  });

  it("refuses the signature that Go's library would make of repeated names", async () => {
    const params: Params = { K: ["b", "a", "b"] };
    const signature = "CFHSbVD3lCyBI06eozmplJiTx5g=";
    expect(
      await verifySignature({ authToken: TOKEN, url: "https://example.com/sms", params, signature }),
    ).toEqual(MISMATCH);
  });

  it("takes the fields in any shape", async () => {
    const shapes: readonly Params[] = [
      parseForm(V1_FORM),
      new URLSearchParams(V1_FORM),
      Object.fromEntries(new URLSearchParams(V1_FORM)),
      Object.assign(
        Object.create(null) as Record<string, string>,
        Object.fromEntries(new URLSearchParams(V1_FORM)),
      ),
    ];
    for (const params of shapes) {
      expect(
        await verifySignature({ authToken: TOKEN, url: V1_URL, params, signature: V1_SIGNATURE }),
      ).toEqual(VALID);
    }
  });

  it("does not change or reorder the fields it was given", async () => {
    const params = Object.freeze([Object.freeze(["b", "1"] as const), Object.freeze(["a", "2"] as const)]);
    const { signature } = await signRequest({ authToken: TOKEN, url: V1_URL, params });
    expect(await verifySignature({ authToken: TOKEN, url: V1_URL, params, signature })).toEqual(VALID);
    expect(params).toEqual([
      ["b", "1"],
      ["a", "2"],
    ]);
  });

  it("says which of several tokens matched", async () => {
    const check = { url: V1_URL, params: parseForm(V1_FORM), signature: V1_SIGNATURE };
    expect(await verifySignature({ ...check, authToken: ["old", "", TOKEN] })).toEqual({
      valid: true,
      token: 2,
    });
    expect(await verifySignature({ ...check, authToken: [TOKEN, "new"] })).toEqual({ valid: true, token: 0 });
    expect(await verifySignature({ ...check, authToken: ["old", "new"] })).toEqual(MISMATCH);
  });

  it("takes several URLs that the request may have been sent to", async () => {
    const check = { authToken: TOKEN, params: parseForm(V1_FORM), signature: V1_SIGNATURE };
    expect(await verifySignature({ ...check, url: ["https://other.example/", "/relative", V1_URL] })).toEqual(
      VALID,
    );
    expect(await verifySignature({ ...check, url: ["https://other.example/"] })).toEqual(MISMATCH);
    expect(await verifySignature({ ...check, url: [] })).toEqual({ valid: false, reason: "url_invalid" });
  });

  it.each([null, undefined, ""])("names a missing signature (%j)", async (signature) => {
    const check = { authToken: TOKEN, url: V1_URL, params: {}, signature };
    expect(await verifySignature(check)).toEqual({ valid: false, reason: "header_missing" });
  });

  it.each([[""], [[]], [["", ""]]])("names a missing token (%j)", async (authToken) => {
    const check = { authToken, url: V1_URL, params: {}, signature: V1_SIGNATURE };
    expect(await verifySignature(check)).toEqual({ valid: false, reason: "token_unknown" });
  });

  it("never accepts the signature of an empty key", async () => {
    // HMAC-SHA1 of the V7 text under "": what a misconfigured host would accept from anybody.
    const signature = (await import("node:crypto"))
      .createHmac("sha1", "")
      .update("https://example.com/sms")
      .digest("base64");
    const check = { url: "https://example.com/sms", params: {}, signature };
    expect(await verifySignature({ ...check, authToken: "" })).toEqual({
      valid: false,
      reason: "token_unknown",
    });
    expect(await verifySignature({ ...check, authToken: ["", TOKEN] })).toEqual(MISMATCH);
  });

  it.each([
    "",
    "/sms",
    "example.com/sms",
    "ftp://example.com/",
    "https://",
    "javascript:alert(1)",
    "\0",
    "\ud83d",
  ])("names the URL %j as invalid", async (url) => {
    const check = { authToken: TOKEN, url, params: {}, signature: V1_SIGNATURE };
    expect(await verifySignature(check)).toEqual({ valid: false, reason: "url_invalid" });
  });

  it("rejects a call with both fields and a body", async () => {
    const both = { authToken: TOKEN, url: V4_URL, params: {}, body: "x", signature: V4_SIGNATURE };
    // A caller without types; the types allow one of the two.
    await expect(verifySignature(both as unknown as SignatureCheck)).rejects.toThrow(TypeError);
  });

  it.each([
    ["https://exa mple.com/", {}],
    ["https://[::1/", {}],
    [`https://example.com/${"a".repeat(50_000)}!`, {}],
    [`https://${"a.".repeat(25_000)}1/${"a./".repeat(25_000)}`, {}],
    ["https://example.com/\ud83d?\udc00=%zz&%ff=%", {}],
    [`https://example.com/?${"&".repeat(20_000)}`, {}],
    [`https://example.com/?${"a[b]=%E0%A4%A&+".repeat(5_000)}`, {}],
    [`https://${"u@".repeat(5_000)}example.com:99999/#${"#".repeat(5_000)}`, {}],
    [V1_URL, JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}') as Params],
    [V1_URL, { Body: "\ud83d".repeat(100_000) }],
    [V1_URL, { Body: "x".repeat(3_000_000) }],
    [V1_URL, JSON.parse('{"a":{"b":"nested"},"c":null,"e":5,"f":[{}]}') as Params],
    [V1_URL, Array.from({ length: 20_000 }, (_, index) => [`k${index % 100}`, `v${index}`] as const)],
  ])("refuses hostile input with a value: %.40j", async (url, params) => {
    expect(await verifySignature({ authToken: TOKEN, url, params, signature: V1_SIGNATURE })).toEqual(
      MISMATCH,
    );
  });

  it("refuses hostile signatures with a value", async () => {
    for (const signature of [
      "\ud83d",
      "é".repeat(28),
      "=".repeat(1_000_000),
      "\0",
      V1_SIGNATURE.padEnd(56, V1_SIGNATURE),
    ]) {
      expect(await verifySignature({ authToken: TOKEN, url: V1_URL, params: {}, signature })).toEqual({
        valid: false,
        reason: "header_malformed",
      });
    }
  });
});

describe("verifySignature on JSON", () => {
  const check = { authToken: TOKEN, signature: V4_SIGNATURE };

  it.each([
    ["another body", V4_URL, '{"a":2}'],
    ["a trimmed body", V4_URL, '{"a":1'],
    ["an empty body", V4_URL, ""],
  ])("refuses %s", async (_, url, body) => {
    expect(await verifySignature({ ...check, url, body })).toEqual({
      valid: false,
      reason: "body_hash_mismatch",
    });
  });

  it("refuses a genuine URL that says nothing about the body", async () => {
    const { url, signature } = await signRequest({ authToken: TOKEN, url: "https://example.com/j?x=1" });
    const result = await verifySignature({ authToken: TOKEN, url, signature, body: V4_BODY });
    expect(result).toEqual({ valid: false, reason: "body_hash_mismatch" });
  });

  it("refuses a body with a hash that Twilio did not sign", async () => {
    const url = `https://example.com/j?bodySHA256=${"0".repeat(64)}`;
    expect(await verifySignature({ ...check, url, body: V4_BODY })).toEqual(MISMATCH);
  });

  it("refuses the hash in upper case, as Twilio's own library does", async () => {
    const signed = await signRequest({
      authToken: TOKEN,
      url: `https://example.com/j?bodySHA256=${V4_HASH.toUpperCase()}`,
    });
    const result = await verifySignature({ authToken: TOKEN, ...signed, body: V4_BODY });
    expect(result).toEqual({ valid: false, reason: "body_hash_mismatch" });
  });

  it("takes the body hash from the URL that was signed, not from another candidate", async () => {
    const forged = '{"a":2}';
    const { url: forgedUrl } = await signRequest({
      authToken: "attacker",
      url: "https://example.com/j",
      body: forged,
    });
    const result = await verifySignature({ ...check, url: [forgedUrl, V4_URL], body: forged });
    expect(result).toEqual({ valid: false, reason: "body_hash_mismatch" });
  });
});

/** What a forger may change in a genuine V1 request. Every row must be refused. */
describe("a genuine V1 request with one thing changed", () => {
  const genuine = { authToken: TOKEN, url: V1_URL, params: parseForm(V1_FORM), signature: V1_SIGNATURE };
  const entries = parseForm(V1_FORM);
  const without = (name: string): Params => entries.filter(([field]) => field !== name);
  const replaced = (
    name: string,
    change: (entry: readonly [string, string]) => readonly [string, string],
  ): Params => entries.map((entry) => (entry[0] === name ? change(entry) : entry));

  const perField = entries.flatMap(([name, value]): readonly (readonly [string, Params])[] => [
    [`${name} removed`, without(name)],
    [`${name} changed`, replaced(name, () => [name, `${value}x`])],
    [`${name} in another case`, replaced(name, () => [name.toLowerCase(), value])],
    [`${name} renamed`, replaced(name, () => [`${name}X`, value])],
    [`${name} repeated with another value`, [...entries, [name, `${value}2`]]],
    [`${name} shadowed by an earlier value`, [[name, "evil"], ...entries]],
    ...(value === "" ? [] : ([[`${name} emptied`, replaced(name, () => [name, ""])]] as const)),
  ]);

  it.each<readonly [string, Params]>([
    ...perField,
    ["a field added", [...entries, ["OptOutType", "START"]]],
    ["an empty field added", [...entries, ["Extra", ""]]],
    ["the body trimmed", replaced("Body", ([name, value]) => [name, value.trimEnd()])],
    ["line ends changed", replaced("Body", ([name, value]) => [name, value.replace("\r\n", "\n")])],
    ["the body decomposed", replaced("Body", ([name, value]) => [name, value.normalize("NFD")])],
    ["the plus lost from a number", replaced("From", ([name, value]) => [name, value.replace("+", " ")])],
    ["empty fields dropped", entries.filter(([, value]) => value !== "")],
    ["all fields dropped", []],
  ])("is refused: %s", async (_, params) => {
    expect(await verifySignature({ ...genuine, params })).toEqual(MISMATCH);
  });

  it.each([
    "http://example.com/webhooks/twilio/sms",
    "https://example.org/webhooks/twilio/sms",
    "https://www.example.com/webhooks/twilio/sms",
    "https://example.com/webhooks/twilio/sms/",
    "https://example.com/webhooks/twilio/SMS",
    "https://example.com/webhooks/twilio",
    "https://example.com/webhooks/twilio/sms?mid=1",
    "https://example.com/webhooks/twilio/sms?",
    "https://example.com//webhooks/twilio/sms",
    "https://example.com/webhooks%2Ftwilio/sms",
    "https://example.com.evil.example/webhooks/twilio/sms",
    "https://evil.example/https://example.com/webhooks/twilio/sms",
  ])("is refused at %s", async (url) => {
    expect(await verifySignature({ ...genuine, url })).toEqual(MISMATCH);
  });

  it.each([
    ["truncated", V1_SIGNATURE.slice(0, -1)],
    ["without padding", V1_SIGNATURE.replace("=", "")],
    ["extended", `${V1_SIGNATURE}=`],
    ["with white space", ` ${V1_SIGNATURE}`],
    ["in lower case", V1_SIGNATURE.toLowerCase()],
    ["with one letter in another case", `X${V1_SIGNATURE.slice(1)}`],
    ["with its spare bits set, the same bytes to a decoder", V1_SIGNATURE.replace("8=", "9=")],
    ["in URL-safe Base64", V1_SIGNATURE.replaceAll("/", "_").replaceAll("+", "-").replace("=", "")],
    ["in hexadecimal", Buffer.from(V1_SIGNATURE, "base64").toString("hex")],
    ["of another request", V4_SIGNATURE],
  ])("is refused with its signature %s", async (_, signature) => {
    expect((await verifySignature({ ...genuine, signature })).valid).toBe(false);
  });

  it.each([
    ["another Base64 text of its length", V1_SIGNATURE.replace("x", "y"), "mismatch"],
    ["half of it", V1_SIGNATURE.slice(0, 14), "header_malformed"],
    ["it twice, as two header lines are joined", `${V1_SIGNATURE}, ${V1_SIGNATURE}`, "header_malformed"],
    ["it in quotes", `"${V1_SIGNATURE}"`, "header_malformed"],
    ["it with a space", `${V1_SIGNATURE} `, "header_malformed"],
    ["it with a line end", `${V1_SIGNATURE}\n`, "header_malformed"],
  ])("is told apart in its header: %s", async (_, signature, reason) => {
    expect(await verifySignature({ ...genuine, signature })).toEqual({ valid: false, reason });
  });

  it.each([
    ["another token", "f1e2d3c4b5a69788796a5b4c3d2e1f01"],
    ["the token in upper case", TOKEN.toUpperCase()],
    ["the token with white space", `${TOKEN} `],
    ["half the token", TOKEN.slice(0, 16)],
  ])("is refused under %s", async (_, authToken) => {
    expect(await verifySignature({ ...genuine, authToken })).toEqual(MISMATCH);
  });

  it("is accepted with nothing changed, so that the rows above mean something", async () => {
    expect(await verifySignature(genuine)).toEqual(VALID);
    expect(await verifySignature({ ...genuine, params: entries.toReversed() })).toEqual(VALID);
  });
});

/** What each back end of Twilio may have signed, and what the host sees. `true` where twilio-node 6 accepts, or where it should. */
describe("the URL that was signed against the URL that was seen", () => {
  it.each([
    ["https://h.com:443/p", "https://h.com/p", true],
    ["https://h.com/p", "https://h.com:443/p", true],
    ["https://h.com/p", "https://h.com:8443/p", true],
    ["https://h.com:8443/p", "https://h.com:8443/p", true],
    ["https://h.com:8443/p", "https://h.com/p", false],
    ["http://h.com/p", "https://h.com/p", false],
    ["https://h.com/p?q=it%27s", "https://h.com/p?q=it's", true],
    ["https://h.com/p?q=it's", "https://h.com/p?q=it%27s", true],
    ["https://h.com/p?q=a%20b", "https://h.com/p?q=a+b", true],
    ["https://h.com/p?q=a+b", "https://h.com/p?q=a%20b", false],
    ["https://h.com/p?a%5B%5D=1", "https://h.com/p?a[]=1", true],
    ["https://h.com/p?a=1&b=2", "https://h.com/p?b=2&a=1", false],
    ["https://h.com/p?a=", "https://h.com/p?a", true],
    ["https://h.com/p", "https://u:p@h.com/p", true],
    ["https://h.com/p/", "https://h.com/p", false],
    ["https://h.com", "https://h.com", true],
    ["https://H.com/p", "https://H.com/p", true],
    ["https://h.com/é", "https://h.com/é", true],
    ["https://h.com/%C3%A9", "https://h.com/é", true],
    ["https://h.com/p", "https://h.com/p#rc=2", true],
    // Beyond the table: combinations, and what must stay refused.
    ["https://h.com:443/p", "https://u:p@h.com/p#rc=2", true],
    ["https://h.com/", "https://h.com", true],
    ["https://h.com/p", "https://H.COM/p", true],
    ["http://h.com:80/p", "http://h.com/p", true],
    ["http://h.com:443/p", "http://h.com/p", false],
    ["https://h.com:80/p", "https://h.com/p", false],
    ["https://[::1]:443/p", "https://[::1]/p", true],
    ["https://[::1]/p", "https://[::1]:8443/p", true],
    ["https://u:p@h.com:8443/p", "https://u:p@h.com:8443/p", true],
    ["https://h.com/p?x=1", "https://h.com/p#?x=1", false],
    ["https://evil.com/p", "https://evil.com@h.com/p", false],
    ["https://h.com/p?q=%zz", "https://h.com/p?q=%zz", true],
  ])("signed %s, seen %s: %j", async (signedUrl, url, accepted) => {
    const params = { A: "1" };
    const digests = nodeDigests();
    const signature = (await digests?.hmacSha1Base64(TOKEN, `${signedUrl}A1`)) ?? "";
    const result = await verifySignature({ authToken: TOKEN, url, params, signature });
    expect(result).toEqual(accepted ? VALID : MISMATCH);
  });
});

describe("signRequest", () => {
  it("makes the signature of the vectors", async () => {
    const params = parseForm(V1_FORM);
    expect(await signRequest({ authToken: TOKEN, url: V1_URL, params })).toMatchObject({
      url: V1_URL,
      signature: V1_SIGNATURE,
      headers: { "x-twilio-signature": V1_SIGNATURE, "content-type": "application/x-www-form-urlencoded" },
    });
    expect(await signRequest({ authToken: TOKEN, url: "https://example.com/j", body: V4_BODY })).toEqual({
      url: V4_URL,
      signature: V4_SIGNATURE,
      body: V4_BODY,
      headers: { "x-twilio-signature": V4_SIGNATURE, "content-type": "application/json" },
    });
    expect(
      await signRequest({ authToken: TOKEN, url: "https://example.com/sms?Body=STOP&From=%2B14155550100" }),
    ).toEqual({
      url: "https://example.com/sms?Body=STOP&From=%2B14155550100",
      signature: "12SF27WE+lW9nyr692HiC34suhI=",
      body: null,
      headers: { "x-twilio-signature": "12SF27WE+lW9nyr692HiC34suhI=" },
    });
  });

  it("drops user, password and fragment, keeps the port, and encodes the form it signed", async () => {
    const params = inboundSms({ Body: "a & b = ü+\r\n" });
    const { url, headers, body } = await signRequest({
      authToken: TOKEN,
      url: "https://u:p@h.com:8443/p?x=1#rc=2",
      params,
    });
    expect(url).toBe("https://h.com:8443/p?x=1");
    const received = new Request(url, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : null,
    });
    const check = {
      authToken: TOKEN,
      url: "https://h.com:8443/p?x=1",
      signature: received.headers.get("X-Twilio-Signature"),
      params: parseForm(await received.text()),
    };
    expect(await verifySignature(check)).toEqual(VALID);
  });

  it.each([
    ["https://h.com/p", "https://h.com/p?bodySHA256="],
    ["https://h.com/p?", "https://h.com/p?bodySHA256="],
    ["https://h.com/p?a=1", "https://h.com/p?a=1&bodySHA256="],
    ["https://h.com/p?a=1#rc=2", "https://h.com/p?a=1&bodySHA256="],
  ])("adds the body hash to %s", async (url, start) => {
    const signed = await signRequest({ authToken: TOKEN, url, body: "x" });
    expect(signed.url.startsWith(start)).toBe(true);
    const check = { authToken: TOKEN, url: signed.url, signature: signed.signature };
    expect(await verifySignature({ ...check, body: "x" })).toEqual(VALID);
    expect((await verifySignature({ ...check, body: "y" })).valid).toBe(false);
  });

  it.each([
    ["no token", { authToken: "", url: V1_URL }],
    ["no absolute URL", { authToken: TOKEN, url: "/sms" }],
    ["fields and a body", { authToken: TOKEN, url: V1_URL, params: {}, body: "" }],
  ])("rejects a call with %s", async (_, request) => {
    // A caller without types; the types allow fields or a body.
    await expect(signRequest(request as Parameters<typeof signRequest>[0])).rejects.toThrow(TypeError);
  });
});
