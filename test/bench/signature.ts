import { createHmac } from "node:crypto";
import { getExpectedTwilioSignature, validateRequest } from "twilio/lib/webhooks/webhooks";
import { nodeDigests, webDigests } from "../../src/core/webhook/digests";
import { diagnoseSignature, verifySignature, verifySignatureWith } from "../../src/core/webhook/signature";
import { signedFields } from "../../src/core/webhook/signed-string";
import { FIXTURE_AUTH_TOKEN as TOKEN, inboundSms } from "../fixtures/twilio/payloads";
import { compare, comparisonLine } from "./paired";

// Signatures against `twilio.validateRequest` and a bare HMAC, with the 20 fields of an inbound SMS. Run it with
// `npx tsx test/bench/signature.ts`. Compare the ratios of one run only.

const PLAIN = "https://example.com/api/webhooks/twilio-sms";
const WITH_PORT = "https://example.com:8443/api/webhooks/twilio-sms";
const FORGED = "xlzM50xO5ejHZo4xDmLBZ0JFCo8=";
const params = inboundSms();
const node = nodeDigests() ?? webDigests();
const web = webDigests();

async function repeat(runs: number, work: () => Promise<unknown>): Promise<unknown> {
  let last: unknown;
  for (let run = 0; run < runs; run += 1) last = await work();
  return last;
}

function repeatNow(runs: number, work: () => unknown): unknown {
  let last: unknown;
  for (let run = 0; run < runs; run += 1) last = work();
  return last;
}

function against(name: string, url: string, signature: string): Parameters<typeof compare>[0] {
  const check = { authToken: TOKEN, signature, url, params };
  return {
    name,
    a: (runs) => repeat(runs, () => verifySignature(check)),
    b: (runs) => repeatNow(runs, () => validateRequest(TOKEN, signature, url, params)),
  };
}

const genuine = getExpectedTwilioSignature(TOKEN, PLAIN, params);
const check = { authToken: TOKEN, signature: genuine, url: PLAIN, params };
const forged = { ...check, signature: FORGED };
const text = PLAIN + signedFields(params);

const comparisons: readonly (readonly [pair: Parameters<typeof compare>[0], target?: number])[] = [
  [against("genuine, against twilio", PLAIN, genuine), 1.3],
  [against("genuine, port in the URL", WITH_PORT, getExpectedTwilioSignature(TOKEN, WITH_PORT, params)), 2],
  [against("forged", PLAIN, FORGED), 3],
  [against("forged, port in the URL", WITH_PORT, FORGED)],
  [against("forged, no signature at all but text", PLAIN, "forged")],
  [
    {
      name: "genuine, against a bare HMAC of the ready text",
      a: (runs) => repeat(runs, () => verifySignatureWith(node, check)),
      b: (runs) => repeatNow(runs, () => createHmac("sha1", TOKEN).update(text).digest("base64")),
    },
  ],
  [
    {
      name: "genuine, WebCrypto against Node's crypto",
      a: (runs) => repeat(runs, () => verifySignatureWith(web, check)),
      b: (runs) => repeat(runs, () => verifySignatureWith(node, check)),
    },
  ],
  [
    {
      name: "forged: refusing against diagnosing",
      a: (runs) => repeat(runs, () => verifySignature(forged)),
      b: (runs) => repeat(runs, () => diagnoseSignature(forged)),
    },
  ],
];

for (const [pair, target] of comparisons) {
  process.stdout.write(`${comparisonLine(await compare(pair), target)}\n`);
}
