import { parseForm } from "../core/webhook/form";
import { forwardedUrl, signedUrlCandidates } from "../core/webhook/public-url";
import { verifySignature } from "../core/webhook/signature";
import type { Account, Settings } from "./settings";
import type { WebhookBody, WebhookRequest } from "./webhook-request";

type Params = readonly (readonly [name: string, value: string])[];

declare const signedByTwilio: unique symbol;

/** Fields that carried a valid signature. Only {@link verifyWebhook} makes one, so parsing and storing cannot skip it (G8). */
export interface VerifiedWebhook {
  readonly [signedByTwilio]: true;
  readonly params: Params;
  readonly account: Account;
}

/** Why a request is not taken. `http` is all that the caller learns; `reason` goes to the log. */
export interface Refusal {
  readonly http: 400 | 403 | 405 | 413 | 415 | 500;
  readonly reason: string;
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** Checks a request's signature. Nothing of the request is interpreted before, beyond what the signature itself needs. */
export async function verifyWebhook(
  request: WebhookRequest,
  settings: Settings,
): Promise<VerifiedWebhook | Refusal> {
  const read = await readFields(request, settings.maxBodyBytes);
  if ("http" in read) return read;
  const signature = request.header("x-twilio-signature");
  if (signature === null || signature === "") return { http: 403, reason: "header_missing" };
  const account = await claimedAccount(read.fields, settings);
  if (account === null) return { http: 403, reason: "account_unknown" };
  const candidates = signedUrlCandidates({ webhookUrl: settings.webhookUrl, requestUrl: request.url });
  const forwarded = settings.trustForwardedHeaders ? forwardedUrl(request.header, request.url) : null;
  const verification = await verifySignature({
    authToken: account.authTokens,
    signature,
    url: forwarded === null ? candidates : [...candidates, forwarded],
    ...read.signed,
  });
  if (!verification.valid) return { http: 403, reason: verification.reason };
  const claimed = fieldOf(read.fields, "AccountSid");
  if (claimed !== null && claimed !== account.accountSid) return { http: 403, reason: "other_account" };
  // The brand exists for the compiler alone; this is the one place that may give it.
  return { params: read.fields, account } as unknown as VerifiedWebhook;
}

/** The fields of a request, and the part of it that the signature covers besides the URL. */
interface ReadFields {
  readonly fields: Params;
  readonly signed: { readonly params: Params } | { readonly body: Uint8Array };
}

async function readFields(request: WebhookRequest, maxBytes: number): Promise<ReadFields | Refusal> {
  if (request.method === "GET") return { fields: queryFields(request.url), signed: { params: [] } };
  if (request.method !== "POST") return { http: 405, reason: "method" };
  const contentType = (request.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (contentType !== FORM && contentType !== JSON_TYPE) return { http: 415, reason: "content_type" };
  const body = await request.body(maxBytes);
  switch (body.kind) {
    case "too-large":
      return { http: 413, reason: "too_large" };
    case "cut-off":
      return { http: 400, reason: "body_cut_off" };
    case "consumed":
      return { http: 500, reason: "body_consumed" };
    case "params":
      // Parsed JSON cannot be verified: its hash covers the bytes that are gone.
      if (contentType === JSON_TYPE) return { http: 500, reason: "body_consumed" };
      return { fields: body.params, signed: { params: body.params } };
    case "bytes":
      return contentType === FORM ? formFields(body) : jsonFields(body);
  }
}

function formFields(body: Extract<WebhookBody, { kind: "bytes" }>): ReadFields {
  const fields = parseForm(new TextDecoder().decode(body.bytes));
  return { fields, signed: { params: fields } };
}

function jsonFields(body: Extract<WebhookBody, { kind: "bytes" }>): ReadFields | Refusal {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body.bytes));
  } catch {
    return { http: 400, reason: "json_invalid" };
  }
  if (typeof json !== "object" || json === null) return { http: 400, reason: "json_invalid" };
  const fields = Object.entries(json).map(
    ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return { fields, signed: { body: body.bytes } };
}

function queryFields(url: string): Params {
  const start = url.indexOf("?");
  return start < 0 ? [] : parseForm(url.slice(start + 1));
}

/** The account that the request says it is for. Whether it is true, the signature tells. */
async function claimedAccount(fields: Params, settings: Settings): Promise<Account | null> {
  const claimed = settings.defaultAccountSid ?? fieldOf(fields, "AccountSid");
  return claimed === null ? null : settings.accountOf(claimed);
}

function fieldOf(fields: Params, name: string): string | null {
  return fields.find(([field]) => field === name)?.[1] ?? null;
}
