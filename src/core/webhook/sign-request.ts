import { defaultDigests } from "./digests";
import { paramEntries } from "./params";
import { SIGNATURE_HEADER } from "./verify-signature";
import type { SignedContent } from "./verify-signature";
import { signedFields } from "./signed-string";
import { isHttpUrl, requestedUrl } from "./url-candidates";

/** What {@link signRequest} needs to know: form fields, or a raw JSON body, or neither for GET. */
export type RequestToSign = SignedContent & {
  /** The auth token to sign with. */
  readonly authToken: string;
  /** The webhook URL as configured at Twilio. */
  readonly url: string;
};

/** A request as Twilio would make it; pass the parts to `fetch` or to a handler. */
export interface SignedRequest {
  /** Where Twilio would send it: no user, password or fragment; with `bodySHA256` in the query for a raw body. */
  readonly url: string;
  /** The value of `X-Twilio-Signature`. */
  readonly signature: string;
  /** The signature, and the content type where there is content. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The encoded form or the raw body; `null` for GET. */
  readonly body: string | Uint8Array | null;
}

function withBodyHash(url: string, hash: string): string {
  if (!url.includes("?")) return `${url}?bodySHA256=${hash}`;
  return `${url}${url.endsWith("?") || url.endsWith("&") ? "" : "&"}bodySHA256=${hash}`;
}

/**
 * Signs a request as Twilio does, so that a host can test its own route and a simulator can call it.
 *
 * The signed URL has no user, password or fragment but keeps an explicit port, which is what Twilio does for messages.
 * Form fields are signed in full, empty ones too.
 *
 * Source: Twilio docs, "Webhooks security" (read 2026-11).
 *
 * @throws TypeError (as a rejection) when the token is empty, the URL is not an absolute http(s) URL, or both `params` and
 * `body` are given.
 * @example
 * const { url, headers, body } = await signRequest({ authToken, url: webhookUrl, params: { Body: "Hi", … } });
 * const response = await fetch(url, { method: "POST", headers, body });
 */
export async function signRequest(request: RequestToSign): Promise<SignedRequest> {
  const { authToken, params, body } = request;
  if (authToken === "") throw new TypeError("signRequest needs an auth token");
  if (!isHttpUrl(request.url)) throw new TypeError("signRequest needs an absolute http(s) URL");
  if (params !== undefined && body !== undefined) {
    throw new TypeError("signRequest takes form fields (params) or a raw body, not both");
  }
  const digests = defaultDigests();
  const plainUrl = requestedUrl(request.url);
  const url = body === undefined ? plainUrl : withBodyHash(plainUrl, await digests.sha256Hex(body));
  const fields = params === undefined ? "" : signedFields(params);
  const signature = await digests.hmacSha1Base64(authToken, url + fields);
  if (body !== undefined) {
    return {
      url,
      signature,
      body,
      headers: { [SIGNATURE_HEADER]: signature, "content-type": "application/json" },
    };
  }
  if (params === undefined) return { url, signature, body: null, headers: { [SIGNATURE_HEADER]: signature } };
  return {
    url,
    signature,
    body: new URLSearchParams(paramEntries(params).map(([name, value]) => [name, value])).toString(),
    headers: { [SIGNATURE_HEADER]: signature, "content-type": "application/x-www-form-urlencoded" },
  };
}
