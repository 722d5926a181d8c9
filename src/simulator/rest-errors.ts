/** An answer of the REST API that is an error. */
export interface RestError {
  readonly code: number;
  readonly message: string;
  readonly status: number;
}

/** What the text of an error mentions. */
export interface ErrorContext {
  readonly to?: string;
  readonly from?: string;
  /** Whatever else is named: a path, a SID, a parameter's value. */
  readonly subject?: string;
}

type Describe = (context: ErrorContext) => string;

/** Texts in the manner of Twilio's; the codes and HTTP statuses are what counts. Source: Twilio docs, error pages (read 2026-11). */
const ERRORS: ReadonlyMap<number, readonly [status: number, describe: Describe]> = new Map<
  number,
  readonly [status: number, describe: Describe]
>([
  [20001, [400, ({ subject }) => `Invalid parameter: ${subject ?? ""}`]],
  [20003, [401, () => "Authenticate"]],
  [20004, [405, () => "Method not allowed"]],
  [20007, [400, () => "Page size too large"]],
  [20008, [403, () => "Resource not accessible with Test Account Credentials"]],
  [20009, [409, () => "The message is still being processed and cannot be changed or deleted yet"]],
  [20404, [404, ({ subject }) => `The requested resource ${subject ?? ""} was not found`]],
  [20413, [413, () => "The request is too large"]],
  [20429, [429, () => "Too Many Requests"]],
  [20500, [500, () => "An internal server error has occurred"]],
  [20503, [503, () => "Service unavailable"]],
  [21211, [400, ({ to }) => `The 'To' number ${to ?? ""} is not a valid phone number.`]],
  [
    21212,
    [
      400,
      ({ from }) =>
        `The 'From' number ${from ?? ""} is not a valid phone number, shortcode, or alphanumeric sender ID.`,
    ],
  ],
  [
    21408,
    [
      400,
      ({ to }) =>
        `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${to ?? ""}.`,
    ],
  ],
  [21602, [400, () => "Message body is required."]],
  [21603, [400, () => "A 'From' number or Messaging Service is required."]],
  [21604, [400, () => "A 'To' phone number is required."]],
  [
    21606,
    [400, ({ from }) => `The 'From' number ${from ?? ""} is not an SMS-capable number of this account.`],
  ],
  [
    21608,
    [
      400,
      ({ to }) =>
        `The number ${to ?? ""} is unverified. Trial accounts cannot send messages to unverified numbers; verify ${to ?? ""}, or upgrade the account.`,
    ],
  ],
  [21609, [400, ({ subject }) => `The 'StatusCallback' URL ${subject ?? ""} is not a valid URL.`]],
  [21610, [400, () => "Attempt to send to unsubscribed recipient"]],
  [
    21611,
    [429, ({ from }) => `The 'From' number ${from ?? ""} has exceeded the maximum number of queued messages`],
  ],
  [
    21612,
    [
      400,
      ({ to, from }) =>
        `Message cannot be sent with the current combination of 'To' (${to ?? ""}) and 'From' (${from ?? ""}) via SMS`,
    ],
  ],
  [21614, [400, ({ to }) => `'To' number ${to ?? ""} is not a mobile number`]],
  [21617, [400, () => "The message body exceeds the 1600 character limit."]],
  [21619, [400, () => "A message body, media URL or content SID is required"]],
  [21620, [400, ({ subject }) => `Invalid media URL: ${subject ?? ""}`]],
  [21623, [400, () => "Number of media files exceeds the allowed limit of 10"]],
  [21624, [400, ({ subject }) => `The 'ValidityPeriod' ${subject ?? ""} is not between 1 and 36000 seconds`]],
  [21654, [400, () => "A 'ContentSid' is required with 'ContentVariables'"]],
  [21655, [400, ({ subject }) => `The 'ContentSid' ${subject ?? ""} is invalid`]],
  [21656, [400, () => "The 'ContentVariables' are not valid JSON"]],
  [21701, [404, ({ subject }) => `The Messaging Service ${subject ?? ""} does not exist`]],
  [21704, [400, () => "The Messaging Service contains no phone numbers"]],
  [21705, [400, ({ subject }) => `The Messaging Service SID ${subject ?? ""} is invalid`]],
  [30400, [400, () => "The parameters of the update are invalid"]],
  [30409, [409, () => "The message can no longer be canceled"]],
  [35111, [400, () => "'SendAt' is required to schedule a message"]],
  [
    35114,
    [
      400,
      () => "'SendAt' must be between 300 seconds and 35 days (3024000 seconds) in the future, inclusive",
    ],
  ],
  [35118, [400, () => "'MessagingServiceSid' is required to schedule a message"]],
  [35126, [400, () => "'ScheduleType' must be 'fixed' to schedule a message"]],
  [63007, [400, ({ from }) => `There is no channel with the 'From' address ${from ?? ""}`]],
]);

/** The error of a code. @throws TypeError for a code that the simulator does not answer with. */
export function restError(code: number, context: ErrorContext = {}): RestError {
  const entry = ERRORS.get(code);
  if (entry === undefined) throw new TypeError(`The simulator has no REST error ${code}.`);
  const [status, describe] = entry;
  return { code, message: describe(context), status };
}

/** The body of an error answer. Source: Twilio docs, "Twilio API responses", exceptions (read 2026-11). */
export function restErrorBody(error: RestError): Readonly<Record<string, string | number>> {
  return {
    code: error.code,
    message: error.message,
    more_info: `https://www.twilio.com/docs/errors/${error.code}`,
    status: error.status,
  };
}
