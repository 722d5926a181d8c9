/** What a reply asks for: leave, come back, get help, perhaps leave (a person should look), or none of these. */
export type ReplyIntent = "stop" | "start" | "help" | "maybe-stop" | "none";

/**
 * The words that opt a contact out when they are the whole message, upper case.
 * Source: Twilio help 223134027, "Twilio support for opt-out keywords (SMS STOP filtering)", and Twilio docs,
 * "Advanced Opt-Out" (both read 2026-11). They contain every single word that 47 CFR 64.1200(a)(10) names.
 */
export const STOP_KEYWORDS = [
  "STOP",
  "STOPALL",
  "UNSUBSCRIBE",
  "CANCEL",
  "END",
  "QUIT",
  "REVOKE",
  "OPTOUT",
] as const;

/**
 * The words that opt a contact back in when they are the whole message, upper case.
 * Source: Twilio help 223134027 and Twilio docs, "Advanced Opt-Out" (both read 2026-11).
 */
export const START_KEYWORDS = ["START", "YES", "UNSTOP"] as const;

/**
 * The opt-in words that a US or Canadian toll-free number obeys: the carrier network ignores YES, so a contact who
 * answered YES would still be blocked.
 * Source: Twilio help 360058144374, "Toll-free opt-out keywords" (read 2026-11).
 */
export const TOLL_FREE_START_KEYWORDS = ["START", "UNSTOP"] as const;

/**
 * The words that ask for help when they are the whole message, upper case.
 * Source: Twilio help 223134027 and Twilio docs, "Advanced Opt-Out" (both read 2026-11).
 */
export const HELP_KEYWORDS = ["HELP", "INFO"] as const;
