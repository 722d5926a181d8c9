/** How often a fault happens: from 0, never, to 1, always. */
export type FaultRate = number;

/** Milliseconds: always as many, or drawn evenly between two bounds, both inclusive. */
export type DelayMs = number | readonly [least: number, most: number];

/** A fault that makes something late. */
export interface LateFault {
  /** Default: 1. */
  readonly rate?: FaultRate;
  readonly ms: DelayMs;
}

/** A fault that delivers copies, all at the same moment. */
export interface CopiesFault {
  /** Default: 1. */
  readonly rate?: FaultRate;
  /** Deliveries in all, 2 to 100. Default: 2. */
  readonly times?: number;
}

/** A status callback that is held back until a later one of the same message has been answered. */
export interface ReorderFault {
  /** Default: 1. */
  readonly rate?: FaultRate;
  /** When nothing overtakes it, it goes out after so long. Default: 10,000. */
  readonly ms?: DelayMs;
}

/** Calls that are refused although nothing is wrong with them. */
export interface RefusalFault {
  /** Default: 1. */
  readonly rate?: FaultRate;
  /** Which REST calls: those that create a message, or every one. Default: "create". */
  readonly on?: "create" | "all";
}

/** Too many requests, several in a row. */
export interface TooManyFault extends RefusalFault {
  /** How many calls of an account are refused in a row, 1 to 10,000. Default: 1. */
  readonly length?: number;
  /** The header `Retry-After`. Default: no header. */
  readonly retryAfterSeconds?: number;
}

/** The whole REST API away, the control surface excepted. */
export interface OutageFault {
  /** "closed" closes the connection without a word; 503 answers error 20503. Default: "closed". */
  readonly as?: "closed" | 503;
  /** How long it lasts. Default: until it is turned off. */
  readonly ms?: DelayMs;
  /** How long after being set it begins. Default: 0. */
  readonly afterMs?: number;
  /** With a rate, each call begins an outage with this probability, which lasts `ms`. Default: one outage, beginning when set. */
  readonly rate?: FaultRate;
}

/**
 * How the simulated Twilio misbehaves. Each fault that is left out, or null, never happens.
 * Each draws from a stream of its own: the same seed and the same order of calls, callbacks and texts give the same faults,
 * whatever the other faults are.
 */
export interface FaultOptions {
  /** A status callback that is never sent. */
  readonly loseCallback?: FaultRate | null;
  /** A status callback that is sent late. */
  readonly delayCallback?: LateFault | null;
  /** A status callback that is sent more than once at the same moment. */
  readonly duplicateCallback?: FaultRate | CopiesFault | null;
  /** A status callback that a later one of the same message overtakes. The last status of a message is never held back. */
  readonly reorderCallback?: FaultRate | ReorderFault | null;
  /** The message is accepted, and the create call is never answered. */
  readonly acceptThenHang?: FaultRate | null;
  /** The message is accepted, and the connection is closed without an answer. */
  readonly acceptThenClose?: FaultRate | null;
  /** The message is accepted, and the answer is 500 with error 20500. */
  readonly acceptThen500?: FaultRate | null;
  /** The message is accepted, and the answer is 201 with JSON that breaks off. */
  readonly acceptThenTruncate?: FaultRate | null;
  /** Nothing is done, and the answer is 500 with error 20500. */
  readonly answer500?: FaultRate | RefusalFault | null;
  /** Nothing is done, and the answer is 429 with error 20429. */
  readonly answer429?: FaultRate | TooManyFault | null;
  /** The REST API is away. */
  readonly outage?: OutageFault | null;
  /** A REST call is carried out at once and answered late. */
  readonly delayApi?: LateFault | null;
  /** A text is in the log, but the host never hears of it. */
  readonly loseInbound?: FaultRate | null;
  /** The host hears of a text late. */
  readonly delayInbound?: LateFault | null;
  /** The host hears of one text more than once at the same moment. */
  readonly duplicateInbound?: FaultRate | CopiesFault | null;
  /** The host hears of a text once more, this long after the first time. */
  readonly repeatInbound?: LateFault | null;
  /** The recipient of a message that was just sent opts out at Twilio, and the host does not hear of it. */
  readonly optOutSilently?: FaultRate | null;
  /** A Messaging Service moves a contact, whom it texted before, to another sender of its pool. */
  readonly moveSender?: FaultRate | null;
  /** A new message, of either direction, is missing from lists for a while. Its own address shows it at once. */
  readonly lagList?: LateFault | null;
}

/** The name of a fault. */
export type FaultName = keyof FaultOptions;

/** How often each fault was injected. */
export type FaultCounts = Readonly<Record<FaultName, number>>;
