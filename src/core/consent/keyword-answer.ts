import type { ReplyIntent } from "./keywords";

/** What is said to keywords where Twilio says nothing. */
export interface KeywordAnswers {
  /** The programme's name; every answer begins with it. */
  readonly programme: string;
  /** How people reach the sender: a phone number, an address, a page. */
  readonly contact: string;
  /**
   * Our addresses at which Twilio answers no keywords, besides short codes: numbers whose STOP filtering Twilio's support has
   * switched off, or channel senders.
   */
  readonly senders: readonly string[];
  /** The whole text of an answer, instead of the usual one. */
  readonly stop: string | null;
  readonly help: string | null;
  readonly start: string | null;
}

/** A keyword that somebody texted, and what it did. */
export interface AskedKeyword {
  readonly intent: ReplyIntent;
  /** Twilio's OptOutType: there, Twilio has answered. */
  readonly optOutType: "STOP" | "START" | "HELP" | null;
  /** Our address that was texted. */
  readonly to: string;
  readonly isShortCode: boolean;
  /** Whether the keyword changed the contact's consent. */
  readonly changed: boolean;
  /** Whether the contact may be texted after it. */
  readonly mayReceive: boolean;
}

/** An answer to a keyword. */
export interface KeywordAnswer {
  readonly answers: "stop" | "help" | "start";
  readonly body: string;
}

/**
 * The answer that is ours to give, or null: long codes and toll-free numbers are answered by Twilio and the network, and so is
 * every sender of a service with Advanced Opt-Out; a second answer there would be a text after STOP.
 * A STOP is confirmed once, when it takes effect. Someone who has opted out gets no answer to HELP.
 * Source: Twilio help, "opt-out keywords" and "short code keywords"; 47 CFR 64.1200(a)(12): one confirmation, without
 * marketing, within five minutes; CTIA handbook: programme name, contact (read 2026-11).
 */
export function keywordAnswerOf(asked: AskedKeyword, answers: KeywordAnswers | null): KeywordAnswer | null {
  if (answers === null || asked.optOutType !== null) return null;
  if (!asked.isShortCode && !answers.senders.includes(asked.to)) return null;
  const { programme, contact } = answers;
  switch (asked.intent) {
    case "stop":
      if (!asked.changed) return null;
      return {
        answers: "stop",
        body:
          answers.stop ??
          `${programme}: You are unsubscribed and will get no more messages. Reply START to resubscribe. Help: ${contact}`,
      };
    case "start":
      if (!asked.changed) return null;
      return {
        answers: "start",
        body:
          answers.start ??
          `${programme}: You are subscribed again. Msg & data rates may apply. Reply HELP for help, STOP to cancel.`,
      };
    case "help":
      if (!asked.mayReceive) return null;
      return {
        answers: "help",
        body:
          answers.help ??
          `${programme}: For help contact ${contact}. Msg & data rates may apply. Reply STOP to cancel.`,
      };
    case "maybe-stop":
    case "none":
      return null;
  }
}
