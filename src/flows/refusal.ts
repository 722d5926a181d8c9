import { SmsError } from "../core/model/errors";
import type { SignatureDiagnosis, SignatureReason } from "../core/webhook/signature";

/** What a signature that does not fit was found to be. */
export type FailedSignature = Exclude<SignatureDiagnosis, { valid: true }>;

/** Why a request is not taken. `http` is all that the caller learns; the rest goes to the log. */
export type Refusal =
  | {
      readonly http: 400 | 403 | 405 | 413 | 415 | 500;
      readonly reason:
        | "method"
        | "content_type"
        | "too_large"
        | "body_cut_off"
        | "body_consumed"
        | "json_invalid"
        | "other_account";
      readonly signature?: undefined;
    }
  | {
      readonly http: 403;
      readonly reason: SignatureReason;
      readonly signature: FailedSignature;
      readonly why: string;
    };

/** What the caller is told, by status. It is the same for every reason. */
export const REFUSALS: Readonly<Record<Refusal["http"], string>> = {
  400: "Bad request.",
  403: "Forbidden.",
  405: "Method not allowed.",
  413: "Too large.",
  415: "Unsupported content type.",
  500: "Not stored, try again.",
};

/** The refusal of a signature, with its explanation. */
export async function refuseSignature(signature: FailedSignature): Promise<Refusal> {
  // Loaded with the first refusal: where all is well nobody needs the texts.
  const { explainSignature } = await import("../core/webhook/explain-signature");
  return { http: 403, reason: signature.reason, signature, why: explainSignature(signature) };
}

/** A refusal as the host hears of it: what happened, the likely cause, what to do. Nothing secret or personal is in it. */
export function refusalError(refusal: Refusal): SmsError {
  const { reason, http, signature } = refusal;
  if (reason === "body_consumed") {
    return new SmsError(
      "webhook_body_consumed",
      "The webhook's body was read before it came here, so its signature cannot be checked. Mount the webhook before body " +
        "parsers, or let them keep the form (express.urlencoded) or the raw body (request.rawBody).",
      { details: { reason } },
    );
  }
  const why = signature === undefined ? hintFor(http) : refusal.why;
  const found =
    signature === undefined
      ? {}
      : {
          also: signature.also,
          checkedUrl: signature.checkedUrl,
          signedUrl: signature.signedUrl,
          fields: signature.fields,
        };
  return new SmsError("webhook_rejected", `A webhook was refused with ${http} (${reason}). ${why}`, {
    details: { reason, http, ...found },
  });
}

function hintFor(http: Refusal["http"]): string {
  return http === 403
    ? "Its signature is ours, but it names another account than the one that is configured. Use an account resolver for several."
    : "Twilio sends POST forms; something else may be calling this URL.";
}
