/** Twilio's webhook signature from both sides: checking what came in, and making what Twilio would send. */
export { signRequest } from "./sign-request";
export type { RequestToSign, SignedRequest } from "./sign-request";
export { SIGNATURE_HEADER, verifySignature, verifySignatureWith } from "./verify-signature";
export type { SignatureCheck, SignatureFailure, SignedContent, Verification } from "./verify-signature";
