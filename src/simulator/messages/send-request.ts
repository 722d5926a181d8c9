import type { Account, Service } from "../settings";

/** What a client asks for when it creates a message. Null: the parameter is missing. */
export interface SendRequest {
  readonly account: Account;
  readonly to: string | null;
  readonly from: string | null;
  readonly messagingServiceSid: string | null;
  readonly body: string | null;
  readonly mediaUrls: readonly string[];
  readonly contentSid: string | null;
  readonly contentVariables: string | null;
  readonly statusCallback: string | null;
  readonly validityPeriod: string | null;
  readonly scheduleType: string | null;
  readonly sendAt: string | null;
  /** Whether typographic characters are replaced to save segments. */
  readonly isSmartEncoded: boolean;
}

/** A message that passed every check and is to be sent. */
export interface SendOrder {
  readonly account: Account;
  readonly direction: "outbound-api" | "outbound-reply";
  readonly to: string;
  /** Null: the service picks. */
  readonly from: string | null;
  /** The service that was asked for. */
  readonly service: Service | null;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly statusCallback: string | null;
  /** Null: now. */
  readonly sendAtMs: number | null;
}

const SERVICE_SID = /^MG[0-9a-f]{32}$/;

function text(form: URLSearchParams, name: string): string | null {
  const value = form.get(name);
  return value === null || value === "" ? null : value;
}

/** Reads the form of a create request. A Messaging Service's SID is accepted as `From` too. */
export function readSendRequest(account: Account, form: URLSearchParams): SendRequest {
  const from = text(form, "From");
  const isServiceInFrom = from !== null && SERVICE_SID.test(from);
  return {
    account,
    to: text(form, "To"),
    from: isServiceInFrom ? null : from,
    messagingServiceSid: text(form, "MessagingServiceSid") ?? (isServiceInFrom ? from : null),
    body: text(form, "Body"),
    mediaUrls: form.getAll("MediaUrl").filter((url) => url !== ""),
    contentSid: text(form, "ContentSid"),
    contentVariables: text(form, "ContentVariables"),
    statusCallback: text(form, "StatusCallback"),
    validityPeriod: text(form, "ValidityPeriod"),
    scheduleType: text(form, "ScheduleType"),
    sendAt: text(form, "SendAt"),
    isSmartEncoded: form.get("SmartEncoded")?.toLowerCase() === "true",
  };
}

/** Whether a Messaging Service's SID is well-formed. */
export function isServiceSid(value: string): boolean {
  return SERVICE_SID.test(value);
}
