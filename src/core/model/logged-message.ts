/** A message as Twilio's log has it. Times are in ms since 1970, whole seconds as Twilio tells them. */
export interface LoggedMessage {
  readonly sid: string;
  /** `inbound`, `outbound-api`, `outbound-reply`, `outbound-call`, or what Twilio adds. */
  readonly direction: string;
  /** Null while a Messaging Service has not picked a number. */
  readonly from: string | null;
  readonly to: string;
  /** `""` for media alone, and where the account has Twilio keep no texts. */
  readonly body: string;
  readonly messagingServiceSid: string | null;
  readonly status: string;
  readonly errorCode: number | null;
  readonly mediaCount: number;
  /** The segments that Twilio charges for; null while it has not counted. */
  readonly billedSegments: number | null;
  readonly createdAtMs: number;
  /** Null while it has not left. */
  readonly sentAtMs: number | null;
}
