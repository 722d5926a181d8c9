/**
 * The pure rules: text, webhooks, consent, delivery. They run wherever JavaScript runs, a browser included.
 * @packageDocumentation
 */
export { countSegments, measureText } from "./text/segments";
export type { Encoding, OffendingCharacter, SegmentCount, TextMeasure } from "./text/segments";
export type { MeasureOptions } from "./text/limits";
export { smartEncode } from "./text/smart-encode";
export type { SmartChange, SmartEncoded } from "./text/smart-encode";
export { DEFAULT_CONNECTION_OVERRIDES, withConnectionOverrides } from "./webhook/connection-overrides";
export { diagnoseSignature, signRequest, verifySignature } from "./webhook/signature";
export type {
  RequestToSign,
  SignatureCheck,
  SignatureDiagnosis,
  SignatureFailure,
  SignatureReason,
  SignatureToDiagnose,
  SignedContent,
  SignedRequest,
  Verification,
} from "./webhook/signature";
export type { FormDamage } from "./webhook/form-suspects";
export type { UrlDifference } from "./webhook/url-suspects";
export type { ParamEntry, Params } from "./webhook/params";
export { parseWebhook } from "./webhook/payload";
export type {
  InboundMedia,
  InboundPayload,
  OptOutType,
  StatusPayload,
  UnrecognisedPayload,
  WebhookEvent,
} from "./webhook/payload";
export { classifyReply } from "./consent/classify-reply";
export type { ClassifyOptions, HostKeywords, ReplyClass, ReplyReason } from "./consent/classify-reply";
export type { CountryWords, Language } from "./consent/language";
export type { RequestRules } from "./consent/informal-requests";
export type { ReplyIntent } from "./consent/keywords";
export {
  deliveryState,
  isConflicted,
  isFinalStatus,
  mergeStatus,
  observeTwilioStatus,
} from "./delivery/status";
export type { DeliveryDetails, DeliveryState, MessageStatus, StatusError } from "./delivery/status";
export { explainError } from "./delivery/explain-error";
export type { ErrorExplanation, ErrorKind, RetryAdvice } from "./delivery/explain-error";
export { parseAddress } from "./model/address";
export type { Address, Channel } from "./model/address";
export { isSmsError, SmsError } from "./model/errors";
export type { SmsErrorCode, SmsErrorDetails } from "./model/errors";
