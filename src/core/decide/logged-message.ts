import { consentSignalOf, nextConsent } from "../consent/machine";
import type { ConsentSignal } from "../consent/machine";
import { observeTwilioStatus } from "../delivery/status";
import type { LoggedMessage } from "../model/logged-message";
import type { Message } from "../model/message";
import { writtenId } from "../model/record";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { timestampOf } from "../model/timestamp";
import type { StatusPayload } from "../webhook/payload";
import { changeConsent, hasSpokenSince, NO_EVIDENCE, WITHIN_SECOND_MS } from "./consent-change";
import { recordsOfGate, restingOn } from "./consent-gate";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision, Moment } from "./decision";
import { decideInbound } from "./inbound";
import type { InboundAnswer, InboundEvent, InboundRecords } from "./inbound";
import { changeMessage } from "./message-change";
import { decideStatus, messageOfStatus } from "./status";
import type { StatusEvent } from "./status";
import { syncDetailOf } from "./sync";

/** Which reading of the log a message is stored for, and when it was said. */
export interface LogClaim {
  readonly taskId: string;
  /** The claim of the reading: a later one fences it off. */
  readonly attempts: number;
  /** In ms since 1970. */
  readonly saidAtMs: number;
  /** Whether it was said to an address that is known to be ours. To others only those are heard who have a thread with it here. */
  readonly isToUs: boolean;
}

/**
 * What becomes of a message in the log that is not stored: `left-out`, since it was erased or forgotten on purpose, is older than this
 * library, or was not said to us; or `claim-lost`, since somebody else reads the log by now.
 */
export type LoggedAnswer = { readonly kind: "left-out" } | { readonly kind: "claim-lost" };

/**
 * Stores a message that was found in Twilio's log, as if it had come in time. It rests on the reading's claim, on what was forgotten,
 * and on every consent record of the contact: an erasure or a takeover at the same moment collides with it.
 */
export function decideLoggedInbound(
  records: InboundRecords & { readonly task: Versioned<Task> | null },
  said: { readonly event: InboundEvent; readonly logged: LogClaim },
  moment: Moment,
): Decision<InboundAnswer | LoggedAnswer> {
  const { task, consent } = records;
  const { attempts, saidAtMs } = said.logged;
  if (task?.value.attempts !== attempts) return unchanged({ kind: "claim-lost" });
  if (records.message !== null) return redateWords(records.message, consent, saidAtMs);
  const { beginMs, floorMs } = syncDetailOf(task.value);
  if (saidAtMs < Math.max(beginMs, floorMs ?? beginMs)) return unchanged({ kind: "left-out" });
  if (!said.logged.isToUs && records.conversation === null) return unchanged({ kind: "left-out" });
  if (isErased(consent, saidAtMs)) return stopOfErased(consent, said, { task, nowMs: moment.nowMs });
  const decision = decideInbound(records, said.event, moment);
  if (decision.writes.length === 0) return decision;
  const written = new Set(decision.writes.map((write) => `${write.kind}/${writtenId(write)}`));
  const rested: readonly Write[] = [
    ...restingOn(recordsOfGate(consent)),
    { kind: "task", check: task.value.id, expect: task.version },
  ];
  return {
    ...decision,
    writes: [
      ...decision.writes,
      ...rested.filter((write) => !written.has(`${write.kind}/${writtenId(write)}`)),
    ],
  };
}

/** Whether a message is dated later here than it was said: its webhook came late, or our clock is ahead of Twilio's. */
export function isDatedLate({ createdAt }: Message, entry: LoggedMessage): boolean {
  return createdAt > timestampOf(loggedAtMs(entry) + WITHIN_SECOND_MS);
}

/**
 * A STOP or START that came by webhook is dated by when it came. Where it is what counts, the gate is dated by when it was said: what
 * was said after it, and missed, would otherwise count as older.
 */
function redateWords(
  message: Versioned<Message>,
  gate: ConsentGate,
  saidAtMs: number,
): Decision<InboundAnswer> {
  const answer = { kind: "duplicate" } as const;
  const saidAt = timestampOf(saidAtMs);
  const { record, beside } = gate;
  const isItsWord = record?.value.since === message.value.createdAt;
  if (record === null || !isItsWord || !hasSpokenSince(gate, saidAtMs)) return unchanged(answer);
  return {
    writes: [
      { kind: "consent", put: { ...record.value, since: saidAt }, expect: record.version },
      ...restingOn(beside),
      { kind: "message", put: { ...message.value, createdAt: saidAt }, expect: message.version },
    ],
    events: [],
    answer,
  };
}

/** The words of somebody who was erased are not brought back. But a STOP among them closes the gate, which knows no number. */
function stopOfErased(
  gate: ConsentGate,
  { event, logged }: { readonly event: InboundEvent; readonly logged: LogClaim },
  at: { readonly task: Versioned<Task>; readonly nowMs: number },
): Decision<LoggedAnswer> {
  const answer = { kind: "left-out" } as const;
  const signal = stopSignalOf(event);
  if (signal === null) return unchanged(answer);
  const { writes, events } = changeConsent({
    gate,
    accountSid: event.pair.accountSid,
    contact: event.pair.contact,
    sender: event.consentSender,
    signal,
    evidence: {
      ...NO_EVIDENCE,
      note: `Said at ${timestampOf(logged.saidAtMs)}, read from Twilio's message log`,
    },
    entryId: event.newEntryId,
    nowMs: at.nowMs,
    saidAtMs: Math.min(logged.saidAtMs, at.nowMs),
  });
  if (writes.length === 0) return unchanged(answer);
  const { value, version } = at.task;
  return { writes: [...writes, { kind: "task", check: value.id, expect: version }], events, answer };
}

function stopSignalOf({ reply, payload, maybeStop }: InboundEvent): ConsentSignal | null {
  if (reply.intent === "maybe-stop" && maybeStop === "opt-out") return { kind: "informal-stop" };
  const signal = consentSignalOf({ intent: reply.intent, optOutType: payload.optOutType });
  return signal !== null && nextConsent(null, signal).state === "opted-out" ? signal : null;
}

/** Whether the contact was erased after they said it, or in the same second. */
function isErased(gate: ConsentGate, saidAtMs: number): boolean {
  const saidAt = timestampOf(saidAtMs);
  return recordsOfGate(gate).some(({ value }) => value.erasedAt !== null && value.erasedAt >= saidAt);
}

/** What an entry of the log, about one of our messages, says of it. */
export interface LoggedStatusEvent extends Omit<StatusEvent, "payload"> {
  readonly accountSid: string;
  readonly entry: LoggedMessage;
}

/** Whether an entry of the log says more of one of our messages than is known. */
export function tellsMore(record: Versioned<Message> | null, event: StatusEntry): boolean {
  if (record === null || messageOfStatus({ bySid: record, byId: null }, statusOf(event)) === null)
    return false;
  return mergedWith(record, event.entry).writes.length > 0;
}

/** An entry of an account's log. */
export type StatusEntry = Pick<LoggedStatusEvent, "accountSid" | "entry">;

/**
 * Merges what the log says of one of our messages, as a status callback would. Only what is new counts: the log is read more than once,
 * and an error that was known before must not close the gate again behind a START. Nor does one that is older than the contact's
 * own START. Resolves to whether anything was new.
 */
export function decideLoggedStatus(
  records: { readonly bySid: Versioned<Message> | null; readonly consent: ConsentGate | null },
  event: LoggedStatusEvent,
): Decision<boolean> {
  const { bySid, consent } = records;
  if (bySid === null || !tellsMore(bySid, event)) return unchanged(false);
  const isLifted =
    consent?.record?.value.state === "opted-in" && hasSpokenSince(consent, loggedAtMs(event.entry));
  const merged = decideStatus(
    { bySid, byId: null, consent: isLifted ? null : consent },
    { ...event, payload: statusOf(event) },
  );
  const withBill = mergedWith(bySid, event.entry);
  // The same message once more, with what a callback does not tell: what Twilio charges for. Listeners hear of what is committed.
  return {
    writes: [...merged.writes.filter((write) => write.kind !== "message"), ...withBill.writes],
    events: [...withBill.events, ...merged.events.filter(({ name }) => name !== "message.status")],
    answer: true,
  };
}

function mergedWith(record: Versioned<Message>, entry: LoggedMessage): ReturnType<typeof changeMessage> {
  return changeMessage(record, {
    observed: observeTwilioStatus(entry.status, { errorCode: entry.errorCode }),
    sid: entry.sid,
    from: entry.from,
    billedSegments: entry.billedSegments,
  });
}

/** The entry, as a status callback would have told it. */
export function statusOf({ accountSid, entry }: StatusEntry): StatusPayload {
  return {
    kind: "status",
    messageSid: entry.sid,
    accountSid,
    status: entry.status,
    from: entry.from,
    to: entry.to,
    errorCode: entry.errorCode,
    errorMessage: null,
    messagingServiceSid: entry.messagingServiceSid,
    rawDlrDoneDate: null,
    extra: {},
  };
}

/** When a message of the log was sent, or, before that, made; in ms since 1970. */
export function loggedAtMs({ sentAtMs, createdAtMs }: LoggedMessage): number {
  return sentAtMs ?? createdAtMs;
}
