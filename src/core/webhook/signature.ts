/** Twilio's webhook signature from all sides: checking what came in, explaining what does not fit, making what Twilio would send. */
export { diagnoseSignature, diagnoseSignatureWith } from "./diagnose-signature";
export type { SignatureDiagnosis, SignatureReason, SignatureToDiagnose } from "./signature-diagnosis";
export { signRequest } from "./sign-request";
export type { RequestToSign, SignedRequest } from "./sign-request";
export { SIGNATURE_HEADER, verifySignature, verifySignatureWith } from "./verify-signature";
export type { SignatureCheck, SignatureFailure, SignedContent, Verification } from "./verify-signature";
