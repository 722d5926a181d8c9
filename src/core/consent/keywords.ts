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

/** An opt-out written in several words, which Twilio's one-word rule does not see. */
export interface OptOutPhrase {
  /** The words in order, lower case. */
  readonly words: readonly string[];
  /** The name under which a match is reported. */
  readonly keyword: string;
}

/**
 * Opt-outs of several words, or written as message footers abbreviate them.
 * Source: "opt out" is valid by itself under 47 CFR 64.1200(a)(10) (in force since 2025-04-11, read 2026-11); the
 * others are spellings of keywords above.
 */
export const OPT_OUT_PHRASES: readonly OptOutPhrase[] = [
  { words: ["opt", "out"], keyword: "OPT OUT" },
  { words: ["stop", "all"], keyword: "STOPALL" },
  { words: ["stop2end"], keyword: "STOP" },
  { words: ["stop", "to", "end"], keyword: "STOP" },
  { words: ["stop", "2", "end"], keyword: "STOP" },
  { words: ["un", "subscribe"], keyword: "UNSUBSCRIBE" },
];

/**
 * Keywords that also have an everyday meaning in a customer's answer ("cancel, thanks" may mean the appointment).
 * Alone they opt out, because Twilio opts out too; with any other word beside them a person decides.
 */
export const EVERYDAY_STOP_KEYWORDS = ["CANCEL", "END", "QUIT"] as const;

/** Words that may stand beside an opt-out without changing what it asks, lower case, without apostrophes. */
export const COURTESY_WORDS: readonly string[] = [
  "please",
  "pls",
  "plz",
  "plse",
  "kindly",
  "thanks",
  "thank",
  "thankyou",
  "thx",
  "tks",
  "ty",
  "tyvm",
  "hi",
  "hello",
  "hey",
  "ok",
  "okay",
  "now",
  "immediately",
  "asap",
  "sir",
  "madam",
  "maam",
];
