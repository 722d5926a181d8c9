import type { Message } from "../messages/message";

const API_VERSION = "2010-04-01";

/** The country that Twilio looks up; only the North American plan is known here. Short codes have none. */
function countryOf(address: string): string {
  return address.startsWith("+1") ? "US" : "";
}

/** What an inbound webhook says besides the message. */
export interface InboundContext {
  /** The simulator's own address, under which media is served. */
  readonly apiBaseUrl: string;
  /** Only Advanced Opt-Out tells the host about keywords. */
  readonly optOutType: "STOP" | "START" | "HELP" | null;
}

/** Where the media of a message can be fetched. */
export function mediaUrl(apiBaseUrl: string, message: Message, mediaSid: string): string {
  return `${apiBaseUrl}/${API_VERSION}/Accounts/${message.accountSid}/Messages/${message.sid}/Media/${mediaSid}`;
}

/**
 * The fields of an inbound webhook, empty ones included: they count in the signature.
 * Source: Twilio docs, "Twilio's request to your incoming message webhook" (read 2026-11); order as in public captures.
 */
export function inboundFields(message: Message, context: InboundContext): Record<string, string> {
  const fields: Record<string, string> = {
    ToCountry: countryOf(message.to),
    ToState: "",
    SmsMessageSid: message.sid,
    NumMedia: String(message.media.length),
    ToCity: "",
    FromZip: "",
    SmsSid: message.sid,
    FromState: "",
    SmsStatus: "received",
    FromCity: "",
    Body: message.body,
    FromCountry: countryOf(message.from ?? ""),
    To: message.to,
  };
  if (message.messagingServiceSid !== null) fields["MessagingServiceSid"] = message.messagingServiceSid;
  if (context.optOutType !== null) fields["OptOutType"] = context.optOutType;
  Object.assign(fields, {
    ToZip: "",
    NumSegments: String(message.numSegments),
    ReferralNumMedia: "0",
    MessageSid: message.sid,
    AccountSid: message.accountSid,
    From: message.from ?? "",
    ApiVersion: API_VERSION,
  });
  message.media.forEach((item, index) => {
    fields[`MediaContentType${index}`] = item.contentType;
    fields[`MediaUrl${index}`] = mediaUrl(context.apiBaseUrl, message, item.sid);
  });
  return fields;
}

/** The fields of a call to the fallback address: the same, and why the first address failed. */
export function fallbackFields(
  fields: Readonly<Record<string, string>>,
  failure: { readonly code: number; readonly url: string },
): Record<string, string> {
  return { ...fields, ErrorCode: String(failure.code), ErrorUrl: failure.url.replace(/#.*$/s, "") };
}

/** The carrier's "done" date: ten digits, YYMMDDhhmm. */
function doneDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\D/g, "").slice(2, 12);
}

/**
 * The fields of a status callback. A sender that is not picked yet is left out.
 * Source: Twilio docs, "Track outbound message status" (read 2026-11).
 */
export function statusFields(message: Message, errorMessage: string | null): Record<string, string> {
  const fields: Record<string, string> = {};
  if (message.errorCode !== null) fields["ErrorCode"] = String(message.errorCode);
  if (errorMessage !== null) fields["ErrorMessage"] = errorMessage;
  if (message.status === "delivered" || message.status === "undelivered") {
    fields["RawDlrDoneDate"] = doneDate(message.updatedAtMs);
  }
  Object.assign(fields, {
    SmsSid: message.sid,
    SmsStatus: message.status,
    MessageStatus: message.status,
    To: message.to,
    MessageSid: message.sid,
    AccountSid: message.accountSid,
  });
  if (message.messagingServiceSid !== null) fields["MessagingServiceSid"] = message.messagingServiceSid;
  if (message.from !== null) fields["From"] = message.from;
  fields["ApiVersion"] = API_VERSION;
  return fields;
}
