import { readFileSync } from "node:fs";
import querystring from "node:querystring";
import fc from "fast-check";
import {
  getExpectedTwilioSignature,
  validateIncomingRequest,
  validateRequest,
  validateRequestWithBody,
} from "twilio/lib/webhooks/webhooks";
import { describe, expect, it } from "vitest";
import { diagnoseSignature, signRequest, verifySignature } from "../../../src/core/webhook/signature";
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
  it(
    "accepts whatever twilio-node accepts, and nothing that it refuses, over 10,000 random requests",
    {
      timeout: 30_000,
    },
    async () => {
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
        { numRuns: 10_000 },
      );
      expect(accepted).toBeGreaterThan(2_500);
      expect(refused).toBeGreaterThan(1_000);
    },
  );

  it("signs as twilio-node does, over 10,000 random requests", async () => {
    await fc.assert(
      fc.asyncProperty(url, fields, async (seen, params) => {
        const signed = await signRequest({ authToken: TOKEN, url: seen, params });
        expect(signed.signature).toBe(getExpectedTwilioSignature(TOKEN, seen, params));
        expect(signed.url).toBe(seen);
      }),
      { numRuns: 10_000 },
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

interface Disagreement {
  readonly name: string;
  /** What was signed: a URL, and the key where it is not the usual one. */
  readonly signed: string;
  readonly key?: string;
  /** What was checked. */
  readonly seen: string;
  readonly params?: Readonly<Record<string, string>> | null;
  readonly theirs: boolean | "throws";
  readonly ours: boolean;
  /** Who is right and why. The same table is in docs/signatures.md. */
  readonly why: string;
}

/** Every case in which twilio-node 6.2 `validateRequest` and we are known to differ. We are right in all of them. */
const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: "user and password in the URL",
    signed: "https://h.com/p",
    seen: "https://user:secret@h.com/p",
    theirs: false,
    ours: true,
    why: "Twilio sends user and password as a header and signs the URL without them.",
  },
  {
    name: "connection overrides in the URL",
    signed: "https://h.com/p",
    seen: "https://h.com/p#rc=2&rp=5xx",
    theirs: false,
    ours: true,
    why: "A fragment is never sent and not signed.",
  },
  {
    name: "a query re-encoded by a back end on a URL that normalising changes",
    signed: "https://H.com/p?q=a%20b",
    seen: "https://H.com/p?q=a+b",
    theirs: false,
    ours: true,
    why: "They re-encode the query of the normalised URL only; the host's case does not matter to who called.",
  },
  {
    name: "an empty auth token",
    signed: "https://h.com/p",
    key: "",
    seen: "https://h.com/p",
    theirs: true,
    ours: false,
    why: "Anybody can sign with the empty key, so a missing setting would open the door.",
  },
  {
    name: "a path without scheme and host",
    signed: "/p",
    seen: "/p",
    theirs: true,
    ours: false,
    why: "Twilio signs absolute URLs only.",
  },
  {
    name: "a path that was not signed",
    signed: "https://h.com/p",
    seen: "/p",
    theirs: "throws",
    ours: false,
    why: "A mistake in the set-up is an answer (url_invalid), not a crash.",
  },
  {
    name: "a host that is none",
    signed: "https://h.com/p",
    seen: "https://[::1/p",
    theirs: "throws",
    ours: false,
    why: "As above: a forged Host header must not crash the route.",
  },
  {
    name: "another scheme than http(s)",
    signed: "ftp://h.com/p",
    seen: "ftp://h.com/p",
    theirs: true,
    ours: false,
    why: "Twilio calls no such URL.",
  },
  {
    name: "a GET webhook, which has no fields",
    signed: "https://h.com/p?Body=STOP",
    seen: "https://h.com/p?Body=STOP",
    params: null,
    theirs: "throws",
    ours: true,
    why: "The URL alone is signed; they want an empty object to be given.",
  },
];

describe("what twilio-node and we are known to disagree about", () => {
  it.each(DISAGREEMENTS.map((row) => [row.name, row] as const))("%s", async (_, row) => {
    const { signed, key = TOKEN, seen, params = {}, theirs, ours } = row;
    const signature = getExpectedTwilioSignature(key, signed, params ?? {});
    const validate = new Promise<boolean>((resolve) => {
      // A host without types would pass null on; theirs asks for an object.
      resolve(validateRequest(key, signature, seen, params as Record<string, string>));
    });
    expect(await validate.catch(() => "throws")).toBe(theirs);
    const check = { authToken: key, signature, url: seen, params: params ?? undefined };
    expect((await verifySignature(check)).valid).toBe(ours);
  });

  it("stands in the documentation, row by row", () => {
    const page = readFileSync(new URL("../../../docs/signatures.md", import.meta.url), "utf8");
    for (const { name, why } of DISAGREEMENTS) {
      const row = page.split("\n").find((line) => line.includes(`| ${name} `));
      expect(row).toContain(why);
    }
  });

  it("their middleware's own URL corrupts an escaped question mark, and cannot see a proxy", async () => {
    const through = (path: string, host: string, protocol: string): boolean => {
      const signature = getExpectedTwilioSignature(TOKEN, `https://h.com${path}`, { A: "1" });
      const request = {
        protocol,
        headers: { host },
        originalUrl: path,
        body: { A: "1" },
        header: () => signature,
      };
      return validateIncomingRequest(request, TOKEN);
    };
    expect(through("/p?u=a+b", "h.com", "https")).toBe(true);
    expect(through("/p?u=a+b%3Fc", "h.com", "https")).toBe(false);
    expect(through("/p?u=a+b", "10.0.0.7:3000", "http")).toBe(false);
    const url = "https://h.com/p?u=a+b%3Fc";
    const signature = getExpectedTwilioSignature(TOKEN, url, { A: "1" });
    const { valid } = await verifySignature({ authToken: TOKEN, signature, url, params: { A: "1" } });
    expect(valid).toBe(true);
  });
});

describe("diagnoseSignature against twilio-node 6", () => {
  it("accepts exactly what verifySignature accepts, over 1,000 random requests", async () => {
    await fc.assert(
      fc.asyncProperty(url, fields, fc.constantFrom(...distortions), async (seen, params, distort) => {
        const signature = getExpectedTwilioSignature(TOKEN, distort(seen), params);
        const check = { authToken: TOKEN, url: seen, params, signature };
        expect((await diagnoseSignature(check)).valid).toBe((await verifySignature(check)).valid);
      }),
      { numRuns: 1_000 },
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
