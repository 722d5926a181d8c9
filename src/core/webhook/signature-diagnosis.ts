import type { FormDamage } from "./form-suspects";
import type { UrlDifference } from "./url-suspects";
import type { SignatureCheck, SignatureFailure } from "./verify-signature";

/** Why a signature does not fit, as far as trial can tell. `mismatch` where nothing that was tried fits. */
export type SignatureReason =
  | SignatureFailure
  | UrlDifference
  | FormDamage
  /** There should be a body and there is none: something upstream has read it. */
  | "body_missing"
  /** Another account's token made the signature, or the request speaks of another account. */
  | "token_of_other_account";

/** What `diagnoseSignature` needs to know: the check that failed, and whatever may help to explain it. */
export type SignatureToDiagnose = SignatureCheck & {
  /** The webhook URL as configured at Twilio, for its query, where `url` was put together from it. */
  readonly webhookUrl?: string;
  /** URLs that the request may have been sent to, judged by `Host` and `X-Forwarded-*`. They are guesses: nothing is accepted by them. */
  readonly seenUrls?: readonly string[];
  /** Auth tokens of other accounts whose webhooks may have come here by mistake. The first ten are tried. */
  readonly otherTokens?: readonly string[];
};

/**
 * The outcome of `diagnoseSignature`. It holds no token, phone number or message text, so it may be logged. It is for the
 * operator: a caller that learns it learns how to forge better.
 */
export type SignatureDiagnosis =
  | { readonly valid: true; readonly token: number }
  | {
      readonly valid: false;
      readonly reason: SignatureReason;
      /** What differs besides, lighter than `reason`. */
      readonly also: readonly SignatureReason[];
      /** The URL that was checked, without user, password and the values of its query; `null` where there was none. */
      readonly checkedUrl: string | null;
      /** The URL that was signed, shown in the same way, where it was found and is another one. */
      readonly signedUrl: string | null;
      /** The names of the form fields that were lost, added or changed on the way, where that was found. */
      readonly fields: readonly string[];
    };
