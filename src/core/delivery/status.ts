import {
  compareStatus,
  isArrival,
  isFinalStatus,
  MESSAGE_STATUSES,
  parseTwilioStatus,
} from "./message-status";
import type { MessageStatus } from "./message-status";

export {
  compareStatus,
  isArrival,
  isFinalStatus,
  MESSAGE_STATUSES,
  parseTwilioStatus,
  provesTwilioHasIt,
  statusRank,
} from "./message-status";
export type { MessageStatus } from "./message-status";

/** An error code, and the status it came with. */
export interface StatusError {
  /** The status of the same observation. */
  readonly status: MessageStatus;
  /** Twilio's error code. */
  readonly code: number;
}

/**
 * All that is known of a message's delivery. Make one with `deliveryState` or `observeTwilioStatus`, and let only
 * `mergeStatus` combine them. Plain data, bounded in size, in one canonical form: equal knowledge is equal JSON.
 */
export interface DeliveryState {
  /** The status to show. */
  readonly status: MessageStatus;
  /**
   * The error code that belongs to the status shown; where it came without one and the message did not arrive, the
   * code of the next lower status that had one. Follows from `status` and `errors`.
   */
  readonly errorCode: number | null;
  /** Every final status that was seen, each once, weakest first. More than one may be a conflict: `isConflicted`. */
  readonly finals: readonly MessageStatus[];
  /** The error code of each status that came with one, weakest status first; the greatest where there were several. */
  readonly errors: readonly StatusError[];
  /** Status values of Twilio's that this version does not know, sorted, each once; at most 8 are kept. */
  readonly rawStatuses: readonly string[];
  /**
   * The carrier's own time of its report, as Twilio passes it on, without zone; the latest seen.
   * Source: Twilio docs, "Message resource", RawDlrDoneDate, ten digits YYMMDDhhmm (read 2026-11).
   */
  readonly rawDlrDoneDate: string | null;
}

/** What an observation tells besides the status. */
export interface DeliveryDetails {
  /** Twilio's error code; anything but a positive integer counts as none. */
  readonly errorCode?: number | null;
  /** As Twilio sends it; anything but ten digits counts as none. */
  readonly rawDlrDoneDate?: string | null;
}

const MAX_RAW_STATUSES = 8;
const MAX_RAW_STATUS_LENGTH = 32;

/** One observation of a message: a single status, with what came along. */
export function deliveryState(status: MessageStatus, details: DeliveryDetails = {}): DeliveryState {
  const { errorCode = null, rawDlrDoneDate = null } = details;
  const code = errorCode !== null && Number.isSafeInteger(errorCode) && errorCode > 0 ? errorCode : null;
  return {
    status,
    errorCode: shownErrorCode(status, code === null ? [] : [{ status, code }]),
    finals: isFinalStatus(status) ? [status] : [],
    errors: code === null ? [] : [{ status, code }],
    rawStatuses: [],
    rawDlrDoneDate: rawDlrDoneDate !== null && /^\d{10}$/u.test(rawDlrDoneDate) ? rawDlrDoneDate : null,
  };
}

/**
 * One observation as Twilio reported it, in a callback or in an answer of its API.
 * A value this version does not know counts as `accepted`, since it proves that Twilio has the message, and is kept in
 * `rawStatuses`. Our own words mean nothing here: a callback that says `blocked` blocks nothing.
 */
export function observeTwilioStatus(raw: string, details: DeliveryDetails = {}): DeliveryState {
  const status = parseTwilioStatus(raw);
  if (status !== null) return deliveryState(status, details);
  const kept = raw
    .replace(/[^ -~]/gu, "")
    .trim()
    .slice(0, MAX_RAW_STATUS_LENGTH)
    .trimEnd();
  return { ...deliveryState("accepted", details), rawStatuses: kept === "" ? [] : [kept] };
}

/**
 * Joins two states of knowledge about one message. Commutative, associative and idempotent, so reports may come late,
 * twice and in any order. The rank never goes down, and no final status is forgotten (guarantee G5).
 */
export function mergeStatus(a: DeliveryState, b: DeliveryState): DeliveryState {
  const status = compareStatus(a.status, b.status) >= 0 ? a.status : b.status;
  const errors = mergeErrors(a.errors, b.errors);
  return {
    status,
    errorCode: shownErrorCode(status, errors),
    finals: MESSAGE_STATUSES.filter((final) => a.finals.includes(final) || b.finals.includes(final)),
    errors,
    rawStatuses: [...new Set([...a.rawStatuses, ...b.rawStatuses])].sort().slice(0, MAX_RAW_STATUSES),
    rawDlrDoneDate: latest(a.rawDlrDoneDate, b.rawDlrDoneDate),
  };
}

/**
 * Says whether reports contradict each other: two different outcomes, or a message that Twilio has although it was
 * blocked here. `delivered` followed by `read` is no contradiction.
 */
export function isConflicted(state: DeliveryState): boolean {
  return state.finals.some(
    (final) => final !== state.status && !(isArrival(final) && isArrival(state.status)),
  );
}

function mergeErrors(a: readonly StatusError[], b: readonly StatusError[]): readonly StatusError[] {
  const greatest = new Map<MessageStatus, number>();
  for (const { status, code } of [...a, ...b])
    greatest.set(status, Math.max(code, greatest.get(status) ?? 0));
  return MESSAGE_STATUSES.flatMap((status) => {
    const code = greatest.get(status);
    return code === undefined ? [] : [{ status, code }];
  });
}

function shownErrorCode(status: MessageStatus, errors: readonly StatusError[]): number | null {
  const strongest = errors.at(-1);
  if (strongest === undefined) return null;
  return strongest.status === status || !isArrival(status) ? strongest.code : null;
}

function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
