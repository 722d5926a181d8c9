import querystring from "node:querystring";
import fc from "fast-check";
import {
  getExpectedTwilioSignature,
  validateRequest,
  validateRequestWithBody,
} from "twilio/lib/webhooks/webhooks";
import { describe, expect, it } from "vitest";
import { signRequest, verifySignature } from "../../../src/core/webhook/signature";
import { withLegacyQuery } from "../../../src/core/webhook/url-candidates";
import { FIXTURE_AUTH_TOKEN as TOKEN } from "../../fixtures/twilio/payloads";

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 6 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "Body",
      "From",
      "MessageSid",
      "é",
      "a[b]",
      "10",
      "9",
      "__proto__",
      "😀",
      "\uffee",
    ),
  },
);
const value = fc.oneof(
  piece,
  fc.constantFrom("", " ", "+", "Hello\r\n", "100%", "a&b=c"),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const fields = fc.dictionary(piece, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), {
  maxKeys: 8,
});

const queryPiece = fc.stringMatching(
  /^(?:[a-z0-9'!*()~._-]|%20|%27|%2B|%3D|%zz|%|\+|\[|\]|é|=|;|:|@|\/|\?){0,8}$/,
);
const query = fc
  .array(queryPiece, { maxLength: 4 })
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.join("&")}`));
const url = fc
  .tuple(
    fc.constantFrom("https", "http", "HTTPS"),
    fc.constantFrom("h.com", "H.com", "sub.example.org", "[::1]", "10.0.0.1"),
    fc.constantFrom("", ":443", ":80", ":8443"),
    fc.constantFrom("", "/", "/p", "/p/", "/é", "/a%20b", "/a'b", "/../x", "/%7Euser"),
    query,
  )
  .map(([scheme, host, port, path, search]) => `${scheme}://${host}${port}${path}${search}`);

/** How the URL that was signed relates to the one that is seen. */
const distortions: readonly ((seen: string) => string)[] = [
  (seen) => seen,
  (seen) => seen.replace(/:\d+(?=[/?]|$)/, ""),
  (seen) => seen.replace(/^(https:\/\/[^/?:]+)(?=[/?]|$)/, "$1:443"),
  (seen) => seen.replace(/^(http:\/\/[^/?:]+)(?=[/?]|$)/, "$1:80"),
  (seen) => new URL(seen).toString(),
  (seen) => new URL(seen).toString().replace(/:\d+(?=\/)/, ""),
  (seen) => {
    const [base = "", search = ""] = new URL(seen).toString().split(/\?(.*)/s);
    return search === "" ? base : `${base}?${querystring.stringify(querystring.parse(search))}`;
  },
  (seen) => seen.replace(/^https/i, "http"),
  (seen) => `${seen}x`,
  (seen) => seen.toLowerCase(),
];

describe("verifySignature against twilio-node 6", () => {
  it("accepts whatever twilio-node accepts, and nothing that it refuses, over 4,000 random requests", async () => {
    let accepted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(url, fields, fc.constantFrom(...distortions), async (seen, params, distort) => {
        const signature = getExpectedTwilioSignature(TOKEN, distort(seen), params);
        const theirs = validateRequest(TOKEN, signature, seen, params);
        const ours = (await verifySignature({ authToken: TOKEN, url: seen, params, signature })).valid;
        if (theirs) accepted += 1;
        else refused += 1;
        // We try one form more: the query re-encoded on the URL as received, which twilio-node does only after normalising.
        const legacyOfRaw = querystring.stringify(querystring.parse(seen.split(/\?(.*)/s)[1] ?? ""));
        const isOurExtra = distort(seen).endsWith(`?${legacyOfRaw}`);
        expect(ours).toBe(theirs || (ours && isOurExtra));
      }),
      { numRuns: 4_000 },
    );
    expect(accepted).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(400);
  });

  it("signs as twilio-node does, over 2,000 random requests", async () => {
    await fc.assert(
      fc.asyncProperty(url, fields, async (seen, params) => {
        const signed = await signRequest({ authToken: TOKEN, url: seen, params });
        expect(signed.signature).toBe(getExpectedTwilioSignature(TOKEN, seen, params));
        expect(signed.url).toBe(seen);
      }),
      { numRuns: 2_000 },
    );
  });

  it("signs lists of fields as twilio-node signs arrays", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(piece, value), { maxLength: 8 }), async (params) => {
        const grouped: Record<string, string[]> = Object.create(null) as Record<string, string[]>; // typed as any by the library
        for (const [name, item] of params) (grouped[name] ??= []).push(item);
        const { signature } = await signRequest({ authToken: TOKEN, url: "https://h.com/p", params });
        expect(signature).toBe(getExpectedTwilioSignature(TOKEN, "https://h.com/p", grouped));
      }),
      { numRuns: 1_000 },
    );
  });

  it("agrees about JSON bodies", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.boolean(), async (body, isTampered) => {
        const { url: signedUrl, signature } = await signRequest({
          authToken: TOKEN,
          url: "https://h.com/p?x=1",
          body,
        });
        const seenBody = isTampered ? `${body} ` : body;
        const theirs = validateRequestWithBody(TOKEN, signature, signedUrl, seenBody);
        const ours = await verifySignature({ authToken: TOKEN, url: signedUrl, signature, body: seenBody });
        expect(ours.valid).toBe(theirs);
        expect(theirs).toBe(!isTampered);
      }),
      { numRuns: 300 },
    );
  });
});

describe("withLegacyQuery", () => {
  it("writes a query as Node's querystring module does", () => {
    const text = fc.stringMatching(
      /^(?:[a-z0-9'!*()~._-]|%[0-9a-f]{2}|%zz|%|\+|\[|\]|=|&|;|:|@|\/|\?|"|<){0,24}$/,
    );
    fc.assert(
      fc.property(text, (search) => {
        const expected = search === "" ? "" : querystring.stringify(querystring.parse(search));
        expect(withLegacyQuery(`https://h.com/?${search}`)).toBe(`https://h.com/?${expected}`);
      }),
      { numRuns: 5_000 },
    );
  });
});
