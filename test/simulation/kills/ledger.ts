/** A text that a phone sent. */
export interface SentText {
  readonly contact: string;
  readonly body: string;
  readonly word: "stop" | "start" | null;
  /** Twilio's sid. */
  readonly sid: string;
  readonly beganAtMs: number;
  /** When the host answered 2xx; null where it never did. */
  readonly answeredAtMs: number | null;
}

/** A reply, or the approval of a draft, that was asked for until it was answered. Each has a body of its own. */
export interface AskedReply {
  readonly contact: string;
  readonly body: string;
  readonly beganAtMs: number;
  readonly answeredAtMs: number;
  readonly outcome: "queued" | "duplicate" | "blocked";
  /** Why it was blocked. */
  readonly reason: string | null;
  /** How often it was asked for. */
  readonly tries: number;
}

/** What the outside did and was answered: the side of the comparison that no kill can touch. */
export interface Ledger {
  readonly texts: SentText[];
  readonly replies: AskedReply[];
  /** Answers that should not have come, such as a 4xx. */
  readonly oddities: string[];
}
