import { cleanText } from "../text/clean";
import { paramEntries } from "./params";
import type { Params } from "./params";

/** A picture or file of an inbound message. */
export interface InboundMedia {
  /** Where Twilio keeps it; fetching it may need the account's credentials. Always http(s). */
  readonly url: string;
  /** Its MIME type as Twilio gives it, `application/octet-stream` when it gives none. */
  readonly contentType: string;
}

/** What Advanced Opt-Out recognised. Twilio has already answered the contact then. */
export type OptOutType = "STOP" | "START" | "HELP";

/** A message that somebody sent to us. Text is clean: well-formed Unicode without NUL. */
export interface InboundPayload {
  readonly kind: "message";
  /** `SM…` or, with media, `MM…`. */
  readonly messageSid: string;
  readonly accountSid: string;
  /** The Messaging Service that the receiving number is in, if any. */
  readonly messagingServiceSid: string | null;
  /** As Twilio gives it: E.164, a short code, or a channel address such as `whatsapp:+15551234567`. */
  readonly from: string;
  /** Our own address, in the same forms. */
  readonly to: string;
  /** The text; `""` for a message that is only media. */
  readonly body: string;
  /** In Twilio's order. */
  readonly media: readonly InboundMedia[];
  /** Segments that the text arrived in; 1 when Twilio does not say. */
  readonly segments: number;
  /** Set only where Advanced Opt-Out is on and matched the text. */
  readonly optOutType: OptOutType | null;
  /** Every other field as it came, by Twilio's name. Has no prototype, so any name is safe to look up. */
  readonly extra: Readonly<Record<string, string>>;
}

/** A report on a message that we sent. */
export interface StatusPayload {
  readonly kind: "status";
  readonly messageSid: string;
  readonly accountSid: string;
  /** Twilio's word as it came, also when it is one that we do not know. */
  readonly status: string;
  /** The sender; `null` where Twilio does not say. */
  readonly from: string | null;
  /** The contact; `null` where Twilio does not say. */
  readonly to: string | null;
  /** Twilio's error number; `null` when there is none. */
  readonly errorCode: number | null;
  readonly errorMessage: string | null;
  readonly messagingServiceSid: string | null;
  /** The carrier's own date, `YYMMDDhhmm` without a time zone: not to be converted. */
  readonly rawDlrDoneDate: string | null;
  /** Every other field as it came, by Twilio's name. Has no prototype, so any name is safe to look up. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Fields that are neither a message nor a report on one. */
export interface UnrecognisedPayload {
  readonly kind: "unrecognised";
  /** Nothing in it speaks for a message or a status; or it is one of them and lacks something essential. */
  readonly reason: "no_evidence" | "field_invalid";
  /** The names of the fields that are missing or unusable, as Twilio writes them. */
  readonly missing: readonly string[];
}

/** What a webhook is about. */
export type WebhookEvent = InboundPayload | StatusPayload | UnrecognisedPayload;

/** Statuses that only inbound messages have. Source: Twilio docs, "Message resource", status values (read 2026-11). */
const INBOUND_STATUSES: ReadonlySet<string> = new Set(["received", "receiving"]);

const SID = /^[A-Za-z0-9]{1,64}$/;
/** Twilio sends at most ten; two digits of index are read so that a change on their side loses nothing. */
const MEDIA_FIELD = /^Media(?:Url|ContentType)\d{1,2}$/;
const MEDIA_URL = "MediaUrl";
const DEFAULT_CONTENT_TYPE = "application/octet-stream";

type Fields = ReadonlyMap<string, string>;

/** The first value of each name, cleaned. Twilio repeats none; an edge that does must not override what came first. */
function readFields(params: Params): Fields {
  const fields = new Map<string, string>();
  for (const [rawName, value] of paramEntries(params)) {
    const name = cleanText(rawName);
    if (!fields.has(name)) fields.set(name, cleanText(value));
  }
  return fields;
}

/** The value of a field, or `null` where it is absent or empty: Twilio sends fields that it has nothing for empty or not at all. */
function filled(fields: Fields, name: string): string | null {
  const value = fields.get(name);
  return value === undefined || value === "" ? null : value;
}

const asSid = (value: string | null): string | null => (value !== null && SID.test(value) ? value : null);

/** The message's sid. `SmsMessageSid` and `SmsSid` are older names of the same value. */
function messageSidOf(fields: Fields): string | null {
  return asSid(filled(fields, "MessageSid") ?? filled(fields, "SmsMessageSid") ?? filled(fields, "SmsSid"));
}

function wholeNumber(text: string | null, maxDigits: number): number | null {
  return text !== null && text.length <= maxDigits && /^\d+$/.test(text) ? Number(text) : null;
}

function extraOf(
  fields: Fields,
  modelled: (name: string, value: string) => boolean,
): Readonly<Record<string, string>> {
  const extra = Object.create(null) as Record<string, string>; // typed as any by the library
  for (const [name, value] of fields) if (!modelled(name, value)) extra[name] = value;
  return extra;
}

/**
 * Positive evidence decides. A status that is not of the inbound kind makes a report, whatever else is there; an inbound status,
 * or content without any status, makes a message.
 */
function kindOf(fields: Fields): "message" | "status" | undefined {
  const status = (filled(fields, "MessageStatus") ?? filled(fields, "SmsStatus"))?.toLowerCase();
  if (status !== undefined) return INBOUND_STATUSES.has(status) ? "message" : "status";
  const hasMedia =
    (wholeNumber(filled(fields, "NumMedia"), 4) ?? 0) > 0 || filled(fields, "MediaUrl0") !== null;
  return fields.has("Body") || hasMedia ? "message" : undefined;
}

function isLink(value: string | null): value is string {
  return value !== null && /^https?:\/\//i.test(value);
}

/** Reads the media that are there, whatever `NumMedia` claims. */
function mediaOf(fields: Fields): readonly InboundMedia[] {
  const slots: number[] = [];
  for (const name of fields.keys()) {
    const slot = name.startsWith(MEDIA_URL) ? wholeNumber(name.slice(MEDIA_URL.length), 2) : null;
    if (slot !== null) slots.push(slot);
  }
  const ordered = [...new Set(slots)].sort((a, b) => a - b);
  return ordered.flatMap((slot) => {
    const url = filled(fields, `${MEDIA_URL}${slot}`);
    const contentType = filled(fields, `MediaContentType${slot}`) ?? DEFAULT_CONTENT_TYPE;
    return isLink(url) ? [{ url, contentType }] : [];
  });
}

function optOutTypeOf(fields: Fields): OptOutType | null {
  const value = filled(fields, "OptOutType")?.toUpperCase();
  return value === "STOP" || value === "START" || value === "HELP" ? value : null;
}

const invalid = (missing: readonly string[]): UnrecognisedPayload => ({
  kind: "unrecognised",
  reason: "field_invalid",
  missing,
});

const MESSAGE_FIELDS: ReadonlySet<string> = new Set(
  (
    "MessageSid SmsSid SmsMessageSid AccountSid MessagingServiceSid From To Body NumMedia NumSegments SmsStatus " +
    "MessageStatus"
  ).split(" "),
);

function toMessage(fields: Fields): InboundPayload | UnrecognisedPayload {
  const messageSid = messageSidOf(fields);
  const accountSid = asSid(filled(fields, "AccountSid"));
  const from = filled(fields, "From");
  const to = filled(fields, "To");
  if (messageSid === null || accountSid === null || from === null || to === null) {
    const needed = { MessageSid: messageSid, AccountSid: accountSid, From: from, To: to };
    return invalid(Object.entries(needed).flatMap(([name, value]) => (value === null ? [name] : [])));
  }
  const optOutType = optOutTypeOf(fields);
  return {
    kind: "message",
    messageSid,
    accountSid,
    messagingServiceSid: asSid(filled(fields, "MessagingServiceSid")),
    from,
    to,
    body: fields.get("Body") ?? "",
    media: mediaOf(fields),
    segments: wholeNumber(filled(fields, "NumSegments"), 4) ?? 1,
    optOutType,
    extra: extraOf(
      fields,
      (name) =>
        MESSAGE_FIELDS.has(name) || MEDIA_FIELD.test(name) || (name === "OptOutType" && optOutType !== null),
    ),
  };
}

const STATUS_FIELDS: ReadonlySet<string> = new Set(
  (
    "MessageSid SmsSid SmsMessageSid AccountSid MessagingServiceSid From To SmsStatus MessageStatus ErrorMessage " +
    "RawDlrDoneDate"
  ).split(" "),
);

function toStatus(fields: Fields): StatusPayload | UnrecognisedPayload {
  const messageSid = messageSidOf(fields);
  const accountSid = asSid(filled(fields, "AccountSid"));
  const status = filled(fields, "MessageStatus") ?? filled(fields, "SmsStatus");
  if (messageSid === null || accountSid === null || status === null) {
    const needed = { MessageSid: messageSid, AccountSid: accountSid, MessageStatus: status };
    return invalid(Object.entries(needed).flatMap(([name, value]) => (value === null ? [name] : [])));
  }
  const errorText = filled(fields, "ErrorCode");
  const errorCode = wholeNumber(errorText, 9);
  return {
    kind: "status",
    messageSid,
    accountSid,
    status,
    from: filled(fields, "From"),
    to: filled(fields, "To"),
    errorCode: errorCode === 0 ? null : errorCode,
    errorMessage: filled(fields, "ErrorMessage"),
    messagingServiceSid: asSid(filled(fields, "MessagingServiceSid")),
    rawDlrDoneDate: filled(fields, "RawDlrDoneDate"),
    // An error code that is no number is kept where it can be seen.
    extra: extraOf(
      fields,
      (name, value) =>
        STATUS_FIELDS.has(name) || (name === "ErrorCode" && (value === "" || errorCode !== null)),
    ),
  };
}

/**
 * Understands the fields of a webhook whose signature was checked: an inbound message, a report on an outbound one, or neither.
 *
 * A message with media and no text is a message, and so is one whose text is blank. A status that we do not know is still a
 * status. Fields that we do not model are kept in `extra`, because Twilio adds fields without notice. Never throws.
 *
 * Source: Twilio docs, "Twilio's request to your incoming message webhook" and "Track outbound message status" (read 2026-11).
 */
export function parseWebhook(params: Params): WebhookEvent {
  const fields = readFields(params);
  switch (kindOf(fields)) {
    case "message":
      return toMessage(fields);
    case "status":
      return toStatus(fields);
    case undefined:
      return { kind: "unrecognised", reason: "no_evidence", missing: ["Body", "MessageStatus"] };
  }
}
