import { defaultDigests } from "./digests";
import type { Digests } from "./digests";
import type { Params } from "./params";
import { signedFields } from "./signed-string";
import { isHttpUrl, reencodedUrls, requestedUrl, similarUrls } from "./url-candidates";

/** The header that carries Twilio's signature. Header names are case-insensitive; this is the form that every runtime accepts. */
export const SIGNATURE_HEADER = "x-twilio-signature";

/** Twenty bytes in standard Base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/** Why a request was refused. */
export type SignatureFailure =
  /** There was no signature, or an empty one. */
  | "header_missing"
  /** What came as a signature cannot be one: it is not the 28 characters of a SHA-1 in Base64. */
  | "header_malformed"
  /** There is no auth token to check with: none for this account. */
  | "token_unknown"
  /** No given token and no form of the given URL makes this signature. */
  | "mismatch"
  /** The URL is genuine but the body is not the one whose hash stands in it, or no hash stands in it. */
  | "body_hash_mismatch"
  /** No given URL is an absolute http(s) URL, so nothing can have been signed for it. */
  | "url_invalid";

/** The outcome of {@link verifySignature}. `token` is the position of the auth token that matched; 0 when only one was given. */
export type Verification =
  | { readonly valid: true; readonly token: number }
  | { readonly valid: false; readonly reason: SignatureFailure };

/** What was in the request: form fields, or a raw body (JSON) whose hash Twilio put into the URL, or neither for GET. */
export type SignedContent =
  | { readonly params?: Params | undefined; readonly body?: undefined }
  | { readonly params?: undefined; readonly body: string | Uint8Array };

/** What {@link verifySignature} needs to know. */
export type SignatureCheck = SignedContent & {
  /** The account's primary auth token, or several while tokens are rotated. API keys never sign webhooks. */
  readonly authToken: string | readonly string[];
  /** The value of `X-Twilio-Signature`, untouched. */
  readonly signature: string | null | undefined;
  /** The URL that Twilio requested, query included, as configured at Twilio; or several that it may have been. */
  readonly url: string | readonly string[];
};

/** One or several, as several. */
export const asList = (value: string | readonly string[]): readonly string[] =>
  typeof value === "string" ? [value] : value;

/** Compares without stopping at the first difference. The length is no secret: it follows from the algorithm. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

/** The body's hash that stands in a URL; empty where none does. */
export function bodyHashIn(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : (new URLSearchParams(requestedUrl(url).slice(start)).get("bodySHA256") ?? "");
}

const refuse = (reason: SignatureFailure): Verification => ({ valid: false, reason });

/** What stays the same while URLs and tokens are tried. */
interface Trial {
  readonly digests: Digests;
  readonly tokens: readonly string[];
  readonly signature: string;
  /** What the form fields add to the signed string. */
  readonly fields: string;
}

/** The position of the token that signed one of the URLs, or -1. */
async function findToken(trial: Trial, urls: readonly string[]): Promise<number> {
  const { digests, tokens, signature, fields } = trial;
  for (const url of urls) {
    for (let position = 0; position < tokens.length; position += 1) {
      const token = tokens[position] ?? "";
      if (token === "") continue;
      const made = digests.hmacSha1Base64(token, url + fields);
      // Awaiting a value that is already there would cost as much as computing it.
      if (equalInConstantTime(typeof made === "string" ? made : await made, signature)) return position;
    }
  }
  return -1;
}

/** As {@link verifySignature}, with digests of the caller's choice. */
export async function verifySignatureWith(digests: Digests, check: SignatureCheck): Promise<Verification> {
  const { params, body, signature } = check;
  if (params !== undefined && body !== undefined) {
    throw new TypeError("verifySignature takes form fields (params) or a raw body, not both");
  }
  const tokens = asList(check.authToken);
  if (!tokens.some((token) => token !== "")) return refuse("token_unknown");
  if (signature === null || signature === undefined || signature === "") return refuse("header_missing");
  if (!SIGNATURE.test(signature)) return refuse("header_malformed");
  const urls = asList(check.url).filter(isHttpUrl);
  if (urls.length === 0) return refuse("url_invalid");
  const trial = { digests, tokens, signature, fields: params === undefined ? "" : signedFields(params) };
  let failure: SignatureFailure = "mismatch";
  for (const url of urls) {
    // A genuine request nearly always matches the first, so the others are not even made then.
    let token = await findToken(trial, [requestedUrl(url)]);
    if (token === -1) token = await findToken(trial, similarUrls(url));
    if (token === -1) token = await findToken(trial, reencodedUrls(url));
    if (token === -1) continue;
    if (body === undefined) return { valid: true, token };
    if (equalInConstantTime(await digests.sha256Hex(body), bodyHashIn(url))) return { valid: true, token };
    failure = "body_hash_mismatch";
  }
  return refuse(failure);
}

/**
 * Checks that a webhook comes from Twilio: `{ valid: true }`, or the reason why not. Wrong input of any kind from outside
 * is refused, never thrown.
 *
 * The URL is tried as given and in the few forms that Twilio's back ends are known to sign: without user, password and
 * fragment; with and without the default port; normalised; with its query re-encoded. `http` is never tried for `https`: a
 * proxy that ends TLS must be told to the library by configuring the public URL.
 * For form posts give every field that came, empty ones too; for JSON give the raw body, which is checked against the
 * `bodySHA256` that Twilio adds to the URL; for GET give neither.
 *
 * A valid signature does not expire. Whoever must not act twice on a repeated request remembers its `MessageSid`.
 *
 * Source: Twilio docs, "Webhooks security" (read 2026-11); URL forms of twilio-node 6.2 `validateRequest`.
 *
 * @throws TypeError (as a rejection) when both `params` and `body` are given.
 * @example
 * const check = await verifySignature({
 *   authToken,
 *   signature: request.headers.get("x-twilio-signature"),
 *   url: "https://example.com/webhooks/sms",
 *   params: new URLSearchParams(await request.text()),
 * });
 * if (!check.valid) return new Response(check.reason, { status: 403 });
 */
export async function verifySignature(check: SignatureCheck): Promise<Verification> {
  return verifySignatureWith(defaultDigests(), check);
}
