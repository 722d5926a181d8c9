import { mayReceive } from "../consent/machine";
import { deliveryState } from "../delivery/status";
import type { Consent } from "../model/consent";
import type { SmsEvent } from "../model/events";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { CallDetail, Task } from "../model/task";
import { recordsOfGate, restingOn } from "./consent-gate";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { changeMessage } from "./message-change";
import { giveUp, goOn } from "./parts";
import type { NextStep } from "./parts";

/** What handing a message over concerns. */
export interface DispatchRecords {
  readonly task: Versioned<Task> | null;
  readonly message: Versioned<Message> | null;
  readonly consent: ConsentGate;
  /** The further parts of a split text. */
  readonly rest: readonly Versioned<Message>[];
}

/** A worker that wants the task. */
export interface Claimant {
  /** The attempts it saw. Every claim counts them up, so if they have moved another worker has the task. */
  readonly attempts: number;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** A worker that wants to hand a message over. */
export interface DispatchClaimant extends Claimant {
  /** The message that the task was about when the worker saw it. */
  readonly messageId: string;
  readonly absenceMs: number;
}

/**
 * `call`: the message is this worker's to hand over, now. `look-up`: it is this worker's to look for at Twilio, since nobody knows
 * what a call came to. `leave`: there is nothing to do for it.
 */
export type ClaimAnswer =
  | { readonly kind: "call" | "look-up"; readonly message: Message; readonly task: Task }
  | { readonly kind: "leave" };

/**
 * Claims a message for handing over. Lease and consent gate are the same commit: the claim holds only if the contact had not
 * opted out when it was committed (guarantee G3).
 * A task that was claimed before and never settled may have reached Twilio: it is not repeated, but looked for at Twilio when
 * `absenceMs` has passed since (guarantee G4).
 */
export function decideClaim(records: DispatchRecords, claimant: DispatchClaimant): Decision<ClaimAnswer> {
  const { task, message, consent } = records;
  const { nowMs } = claimant;
  if (task === null || task.value.attempts !== claimant.attempts) return unchanged({ kind: "leave" });
  // It was listed before it went on to the next part of its text: what was read is about another message.
  if (task.value.messageId !== claimant.messageId) return unchanged({ kind: "leave" });
  if (message === null) return leaving(giveUp(task, records.rest));
  if (isSettled(message.value)) return leaving(goOn(task, nowMs));
  if (task.value.calling) return claimUnsettled(task, message, claimant);
  if (consent.record === null || !mayPass(message.value, consent.record.value, nowMs)) {
    const change = changeMessage(message, { observed: deliveryState("blocked") });
    const blocked: SmsEvent = {
      name: "send.blocked",
      data: { contact: message.value.to, reason: "opted_out", message: change.message },
    };
    // Also a refusal rests on the consent that was read, which may come from a seed.
    const writes = [...restingOn(recordsOfGate(consent)), ...change.writes];
    return leaving(giveUp(task, records.rest), { writes, events: [...change.events, blocked] });
  }
  const before = callOf(task.value);
  const claimed: Task = {
    ...task.value,
    calling: true,
    attempts: task.value.attempts + 1,
    dueAtMs: nowMs + claimant.leaseMs,
    detail: {
      ...before,
      calledAtMs: before.calls === 0 ? nowMs : before.calledAtMs,
      calls: before.calls + 1,
      unknownSinceMs: null,
    },
  };
  return {
    writes: [
      ...restingOn(recordsOfGate(consent)),
      { kind: "message", check: message.value.id, expect: message.version },
      { kind: "task", put: claimed, expect: task.version },
    ],
    events: [],
    answer: { kind: "call", message: message.value, task: claimed },
  };
}

/** Whether nothing is left to be handed over: Twilio has it, or it was refused, blocked or canceled. */
export function isSettled({ sid, status }: Message): boolean {
  return sid !== null || (status !== "pending" && status !== "unknown");
}

/** What a dispatch task knows of its calls. */
export function callOf(task: Task): CallDetail {
  if (task.detail?.kind === "call") return task.detail;
  return {
    kind: "call",
    calledAtMs: task.createdAtMs,
    calls: task.calling ? 1 : 0,
    unknownSinceMs: null,
    lookUps: 0,
  };
}

/**
 * The worker of the last call ended without a word, or the outcome is known to be unknown. The lease of the call has passed; only
 * after the further wait may anybody conclude from Twilio's log that the message is not there.
 */
function claimUnsettled(
  task: Versioned<Task>,
  message: Versioned<Message>,
  { nowMs, leaseMs, absenceMs }: DispatchClaimant,
): Decision<ClaimAnswer> {
  const call = callOf(task.value);
  if (call.unknownSinceMs === null) {
    const change = changeMessage(message, { observed: deliveryState("unknown") });
    // The attempts stay: should the worker wake up after all, what it knows is still the truth about this call.
    const waiting: Task = {
      ...task.value,
      dueAtMs: nowMs + absenceMs,
      detail: { ...call, unknownSinceMs: nowMs },
    };
    return {
      writes: [...change.writes, { kind: "task", put: waiting, expect: task.version }],
      events: change.events,
      answer: { kind: "leave" },
    };
  }
  const claimed: Task = {
    ...task.value,
    attempts: task.value.attempts + 1,
    dueAtMs: nowMs + leaseMs,
    detail: { ...call, lookUps: call.lookUps + 1 },
  };
  return {
    writes: [{ kind: "task", put: claimed, expect: task.version }],
    events: [],
    answer: { kind: "look-up", message: message.value, task: claimed },
  };
}

/** Nothing to call for: how the task goes on, after what became known of the message. */
function leaving(
  step: NextStep,
  change: { readonly writes: readonly Write[]; readonly events: readonly SmsEvent[] } = {
    writes: [],
    events: [],
  },
): Decision<ClaimAnswer> {
  return {
    writes: [...change.writes, ...step.writes],
    events: [...change.events, ...step.events],
    answer: { kind: "leave" },
  };
}

/** How long after a STOP its confirmation may leave. Source: 47 CFR 64.1200(a)(12) (read 2026-11). */
const CONFIRMATION_MS = 5 * 60_000;

/**
 * The gate. The one text that passes it after an opt-out is the confirmation that was made in the very commit of that opt-out,
 * while it is fresh (guarantee G3).
 */
function mayPass(message: Message, consent: Consent, nowMs: number): boolean {
  if (mayReceive(consent.state)) return true;
  if (message.answersKeyword !== "stop" || message.createdAt !== consent.since) return false;
  return nowMs - Date.parse(consent.since) < CONFIRMATION_MS;
}
