import type { HandledEvent } from "./events";

/**
 * What a task does: hand a message to Twilio, ask the assistant for an answer, read Twilio's log for what was missed, or run a
 * handler of the host's.
 */
export type TaskPurpose = "dispatch" | "assist" | "sync" | "handle";

/**
 * Which tasks are run before which, and listed apart, so that none waits behind those of another class. `urgent`: replies to be handed
 * over. `patient`: work that waits for code or models of the host's. `bulk`: campaigns, and catching up. Nobody runs the others:
 * `idle` ones only keep a place, and `parked` ones wait for a person.
 */
export type TaskClass = "urgent" | "patient" | "bulk" | "idle" | "parked";

/** Dispatch: the call that is under way, or was when its worker ended. */
export interface CallDetail {
  readonly kind: "call";
  /** When the first call of this message was claimed, by the clock of its worker: Twilio cannot have it from before. */
  readonly calledAtMs: number;
  /** How often it was called for. */
  readonly calls: number;
  /** Since when the outcome of the last call is known to be unknown; null while the call may be under way. */
  readonly unknownSinceMs: number | null;
  /** How often the message was looked for at Twilio. */
  readonly lookUps: number;
}

/** Sync: how far Twilio's log was read. */
export interface SyncDetail {
  readonly kind: "sync";
  /** For each reading of the log (at once, and again later), up to when it has read, in ms since 1970. */
  readonly pointsMs: readonly number[];
  /** What is older than this was there before this library was, and is not fetched; in ms since 1970. */
  readonly beginMs: number;
  /** What is older than this was forgotten on purpose and is not fetched again; null where nothing was. */
  readonly floorMs: number | null;
  /** Until when the log is being read by whoever claimed the task; null while nobody reads. */
  readonly leasedUntilMs: number | null;
  /** How often reading has failed since it last went well. */
  readonly failures: number;
}

/** Handle: the events of one conversation that wait for one handler. Each is a task of its own, named by its place. */
export interface QueueDetail {
  readonly kind: "queue";
  readonly handler: string;
  /** The conversation, or else what else it is, whose events stay in order. It never holds an address. */
  readonly lane: string;
  /** The place of the event that is next; one more than `lastPlace` where none waits. */
  readonly nextPlace: number;
  readonly lastPlace: number;
  /** How often the handler was begun for the event that is next: one that ended its process counts too. */
  readonly tries: number;
  /** Since when the event that is next has been next, in ms since 1970; null while none waits. */
  readonly waitingSinceMs: number | null;
  /** When the event that is next was given up on, until somebody decides; null while it is not. */
  readonly parkedAtMs: number | null;
}

/** Handle: one event, as it was when it was committed. */
export interface EventDetail {
  readonly kind: "event";
  readonly event: HandledEvent;
}

/** Handle: every handler that a lane has a queue of, in whichever process it is registered: what goes with the conversation. */
export interface LaneDetail {
  readonly kind: "lane";
  readonly handlers: readonly string[];
}

/** What a task knows besides which records it is about. */
export type TaskDetail = CallDetail | SyncDetail | QueueDetail | EventDetail | LaneDetail;

/**
 * Work that must happen after a commit, stored in that same commit so that a crash cannot lose it.
 * Everything the work needs to find its records is in it, so that each step reads once. Ids of records that it is not about are `""`.
 */
export interface Task {
  /** `purpose:cause`, so that one cause makes one task. */
  readonly id: string;
  readonly purpose: TaskPurpose;
  readonly class: TaskClass;
  /** When it may run, in ms since 1970. Claiming moves it to the end of the lease: there is no other lock. */
  readonly dueAtMs: number;
  /** How often it was claimed. It fences: only the last claimer may finish the task. */
  readonly attempts: number;
  /** Dispatch only: a request to Twilio may be under way, so a crash now leaves the outcome unknown. */
  readonly calling: boolean;
  readonly accountSid: string;
  readonly conversationId: string;
  readonly messageId: string;
  /** Dispatch only: the further parts of a split text, in order. Each is handed over when the one before it has been. */
  readonly thenMessageIds: readonly string[];
  readonly consentId: string;
  readonly createdAtMs: number;
  /** What the purpose needs besides; null where it needs nothing. */
  readonly detail: TaskDetail | null;
}
