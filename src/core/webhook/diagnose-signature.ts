import { defaultDigests } from "./digests";
import type { Digests } from "./digests";
import { SIGNATURE_TOOLS } from "./signature-tools";
import type { SignatureDiagnosis, SignatureToDiagnose } from "./signature-diagnosis";

/** As {@link diagnoseSignature}, with digests of the caller's choice. */
export async function diagnoseSignatureWith(
  digests: Digests,
  request: SignatureToDiagnose,
): Promise<SignatureDiagnosis> {
  // Loaded when something is wrong for the first time: nobody else should have to carry it.
  const { tryToExplain } = await import("./signature-trial");
  return tryToExplain({ ...SIGNATURE_TOOLS, digests }, request);
}

/**
 * Finds out by trial why a signature does not fit: it changes one thing after the other (scheme, port, slash, host, path, query,
 * token, fields) until the signature fits, and names what it had to change. Accepts nothing: only `valid: true`, which comes
 * from the same check as that of `verifySignature`, is acceptance.
 *
 * The work is bounded: 200 HMACs and 8 million characters at most, beside the check itself. A forged request costs all of it, so a
 * server that diagnoses every refusal must limit how many it diagnoses; `createSms` does.
 *
 * @throws TypeError (as a rejection) when both `params` and `body` are given.
 * @example
 * const diagnosis = await diagnoseSignature({ authToken, signature, url: "http://10.0.0.7:3000/sms", params,
 *   seenUrls: ["https://example.com/sms"] });
 * // { valid: false, reason: "other_host", also: ["signed_as_https", "signed_without_port"], signedUrl: "https://example.com/sms", … }
 */
export async function diagnoseSignature(request: SignatureToDiagnose): Promise<SignatureDiagnosis> {
  return diagnoseSignatureWith(defaultDigests(), request);
}
