import { parseForm } from "../core/webhook/form";
import { forwardedUrl, signedUrlCandidates } from "../core/webhook/public-url";
import { redactUrl } from "../core/webhook/redact-url";
import { diagnoseSignature, SIGNATURE_HEADER, verifySignature } from "../core/webhook/signature";
import type { SignatureCheck, SignatureFailure, SignatureReason } from "../core/webhook/signature";
import type { Logger, Runtime } from "../ports/runtime";
import { createAllowance } from "./allowance";
import { refuseSignature } from "./refusal";
import type { FailedSignature, Refusal } from "./refusal";
import type { Account, Settings } from "./settings";
import type { WebhookBody, WebhookRequest } from "./webhook-request";

type Params = readonly (readonly [name: string, value: string])[];

declare const signedByTwilio: unique symbol;

/** Fields that carried a valid signature. Only {@link createVerifier} makes one, so parsing and storing cannot skip it (G8). */
export interface VerifiedWebhook {
  readonly [signedByTwilio]: true;
  readonly params: Params;
  readonly account: Account;
}

/** What verifying needs. */
export interface VerifyParts {
  readonly settings: Settings;
  readonly runtime: Pick<Runtime, "now">;
  /** Hears once when a token other than the first has signed. */
  readonly logger?: Pick<Logger, "info"> | undefined;
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const ACCOUNT_SID = /^AC[0-9A-Za-z]{1,62}$/;
/** Node's own limit for a request without its body. What Twilio calls is far shorter. */
const MOST_URL_CHARACTERS = 16_384;
/** Refusals that are explained by trial, per minute. A flood of forgeries then costs no more than refusing it. */
const DIAGNOSES_PER_MINUTE = 6;

/** Checks signatures of requests. Nothing of a request is interpreted before, beyond what the signature itself needs. */
export function createVerifier(
  parts: VerifyParts,
): (request: WebhookRequest) => Promise<VerifiedWebhook | Refusal> {
  const { settings, runtime, logger } = parts;
  const mayDiagnose = createAllowance({ now: runtime.now, count: DIAGNOSES_PER_MINUTE, perMs: 60_000 });
  const undiagnosed = createPlainRefusals(settings);
  let hasToldRotation = false;
  return async (request) => {
    const read = await readFields(request, settings.maxBodyBytes);
    if ("http" in read) return read;
    const signature = request.header(SIGNATURE_HEADER);
    // Before anything is looked up for a caller who does not even claim to be Twilio.
    if (signature === null || signature === "") return undiagnosed("header_missing");
    const account = await claimedAccount(read.fields, settings);
    if (account === null) return undiagnosed(unknownAccount(request, read));
    const check = checkOf({ request, read, signature, account, settings });
    const verification = await verifySignature(check);
    const claimed = fieldOf(read.fields, "AccountSid");
    if (!verification.valid) {
      const { reason } = verification;
      if (!isExplainable(reason) || !mayDiagnose()) return undiagnosed(reason);
      return refuseSignature(await diagnose({ request, check, settings, account, claimed }));
    }
    if (claimed !== null && claimed !== account.accountSid) return { http: 403, reason: "other_account" };
    if (verification.token > 0 && !hasToldRotation) {
      hasToldRotation = true;
      tellRotation(logger, verification.token, account);
    }
    // The brand exists for the compiler alone; this is the one place that may give it.
    return { params: read.fields, account } as unknown as VerifiedWebhook;
  };
}

/** A request whose signature is to be checked. */
interface ToCheck {
  readonly request: WebhookRequest;
  readonly read: ReadFields;
  readonly signature: string;
  readonly account: Account;
  readonly settings: Settings;
}

function checkOf({ request, read, signature, account, settings }: ToCheck): SignatureCheck {
  const candidates = signedUrlCandidates({ webhookUrl: settings.webhookUrl, requestUrl: request.url });
  const forwarded = settings.trustForwardedHeaders ? forwardedUrl(request.header, request.url) : null;
  return {
    authToken: account.authTokens,
    signature,
    url: forwarded === null ? candidates : [...candidates, forwarded],
    ...read.signed,
  };
}

/** A request whose signature did not fit. */
interface ToDiagnose {
  readonly request: WebhookRequest;
  readonly check: SignatureCheck;
  readonly settings: Settings;
  readonly account: Account;
  /** The AccountSid in the request; null where there is none. */
  readonly claimed: string | null;
}

async function diagnose(failed: ToDiagnose): Promise<FailedSignature> {
  const { request, check, settings, account, claimed } = failed;
  const { seenUrls } = await import("../core/webhook/seen-urls");
  const diagnosis = await diagnoseSignature({
    ...check,
    webhookUrl: settings.webhookUrl,
    seenUrls: seenUrls(request.header, request.url),
  });
  // Cannot be: the same check has just said otherwise. Nothing is accepted here.
  if (diagnosis.valid) return plainFailure(settings, "mismatch");
  const isOther = diagnosis.reason === "mismatch" && claimed !== null && claimed !== account.accountSid;
  return isOther ? { ...diagnosis, reason: "token_of_other_account" } : diagnosis;
}

/** Reasons behind which another one may be found. */
function isExplainable(reason: SignatureFailure): boolean {
  return reason === "mismatch" || reason === "body_hash_mismatch";
}

/** Refusals without a diagnosis are the same every time, so a flood of them is explained once. */
function createPlainRefusals(settings: Settings): (reason: SignatureReason) => Promise<Refusal> {
  const known = new Map<SignatureReason, Refusal>();
  return async (reason) => {
    const refusal = known.get(reason) ?? (await refuseSignature(plainFailure(settings, reason)));
    known.set(reason, refusal);
    return refusal;
  };
}

function plainFailure({ webhookUrl }: Settings, reason: SignatureReason): FailedSignature {
  return { valid: false, reason, also: [], checkedUrl: redactUrl(webhookUrl), signedUrl: null, fields: [] };
}

function tellRotation(logger: VerifyParts["logger"], token: number, { authTokens }: Account): void {
  const place = token + 1;
  logger?.info(
    { token: place, tokens: authTokens.length },
    `Auth token rotation: a webhook was signed with token ${place} of ${authTokens.length}. Remove the others once Twilio uses ` +
      "the new one alone. This is said once.",
  );
}

/** The fields of a request, and the part of it that the signature covers besides the URL. */
interface ReadFields {
  readonly fields: Params;
  readonly signed: { readonly params?: Params } | { readonly body: Uint8Array };
}

async function readFields(request: WebhookRequest, maxBytes: number): Promise<ReadFields | Refusal> {
  if (request.url.length > MOST_URL_CHARACTERS) return { http: 413, reason: "too_large" };
  if (request.method === "GET") return { fields: queryFields(request.url), signed: {} };
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
  // What is left of a body that somebody else has read is no broken JSON; the signature's check says what it is.
  if (body.bytes.byteLength === 0) return { fields: [], signed: { body: body.bytes } };
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body.bytes));
    if (typeof json !== "object" || json === null) return { http: 400, reason: "json_invalid" };
    const fields = Object.entries(json).map(
      ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
    );
    return { fields, signed: { body: body.bytes } };
  } catch {
    // Broken, or nested so deeply that it cannot be written again.
    return { http: 400, reason: "json_invalid" };
  }
}

function queryFields(url: string): Params {
  const start = url.indexOf("?");
  return start < 0 ? [] : parseForm(url.slice(start + 1));
}

/** The account that the request says it is for. Whether it is true, the signature tells. */
async function claimedAccount(fields: Params, settings: Settings): Promise<Account | null> {
  const claimed = settings.defaultAccountSid ?? fieldOf(fields, "AccountSid");
  // The host's resolver is asked for nothing that cannot be an AccountSid: anybody can send anything.
  return claimed === null || !ACCOUNT_SID.test(claimed) ? null : settings.accountOf(claimed);
}

function unknownAccount({ method }: WebhookRequest, { fields }: ReadFields): SignatureReason {
  return method === "POST" && fields.length === 0 ? "body_missing" : "token_unknown";
}

function fieldOf(fields: Params, name: string): string | null {
  return fields.find(([field]) => field === name)?.[1] ?? null;
}
