import type { RetryPlan } from "../delivery/retry";
import { mayReceive } from "../consent/machine";
import { deliveryState, observeTwilioStatus } from "../delivery/status";
import type { Consent } from "../model/consent";
import type { SmsEvent } from "../model/events";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { changeConsent, NO_EVIDENCE, optOutSignal } from "./consent-change";
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

/** `call`: the message is this worker's to hand over, now. `leave`: there is nothing to do for it. */
export type ClaimAnswer = { readonly kind: "call"; readonly message: Message } | { readonly kind: "leave" };

/**
 * Claims a message for handing over. Lease and consent gate are the same commit: the claim holds only if the contact had not
 * opted out when it was committed (guarantee G3).
 * A task that was claimed before and never settled may have reached Twilio: it is never repeated (guarantee G4).
 */
export function decideClaim(records: DispatchRecords, claimant: Claimant): Decision<ClaimAnswer> {
  const { task, message, consent } = records;
  const { nowMs } = claimant;
  if (task === null || task.value.attempts !== claimant.attempts) return unchanged({ kind: "leave" });
  if (message === null) return leaving(giveUp(task, records.rest));
  if (message.value.sid !== null || message.value.status !== "pending") {
    return leaving(goOn(task, nowMs));
  }
  if (task.value.calling) {
    const change = changeMessage(message, { observed: deliveryState("unknown") });
    return leaving(goOn(task, nowMs), change);
  }
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
  const claimed: Task = {
    ...task.value,
    calling: true,
    attempts: task.value.attempts + 1,
    dueAtMs: nowMs + claimant.leaseMs,
  };
  return {
    writes: [
      ...restingOn(recordsOfGate(consent)),
      { kind: "message", check: message.value.id, expect: message.version },
      { kind: "task", put: claimed, expect: task.version },
    ],
    events: [],
    answer: { kind: "call", message: message.value },
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

/** What the call came to. `retry` carries the plan that was made for it. */
export type CallResult =
  | {
      readonly kind: "accepted";
      readonly sid: string;
      readonly status: string;
      readonly from: string | null;
      readonly errorCode: number | null;
      /** What Twilio charges for; null while it has not counted. */
      readonly billedSegments: number | null;
    }
  | { readonly kind: "rejected"; readonly code: number | null }
  | { readonly kind: "retry"; readonly plan: RetryPlan }
  | { readonly kind: "unknown" };

/** How a call is settled. */
export interface Settlement {
  readonly result: CallResult;
  /** The attempts of the claim that made the call. */
  readonly attempts: number;
  /** Twilio's error codes that count as an opt-out. */
  readonly optOutErrors: readonly number[];
  readonly newEntryId: string;
  readonly nowMs: number;
}

/** The message as it is now, and the task with the next part of the text, if there is one. */
export interface SettleAnswer {
  readonly message: Message | null;
  readonly next: Task | null;
}

/**
 * Writes down what a call came to. The message always learns the truth; the task is only touched by the claim that holds it,
 * since a worker that overslept its lease no longer does.
 */
export function decideSettle(records: DispatchRecords, settlement: Settlement): Decision<SettleAnswer> {
  const { message } = records;
  const { result, nowMs } = settlement;
  if (message === null) return unchanged({ message: null, next: null });
  const task = taskOfCall(records.task, message.value, settlement.attempts);
  if (result.kind === "retry" && "delayMs" in result.plan) {
    if (task === null) return unchanged({ message: message.value, next: null });
    const again: Task = { ...task.value, calling: false, dueAtMs: nowMs + result.plan.delayMs };
    return {
      writes: [{ kind: "task", put: again, expect: task.version }],
      events: [],
      answer: { message: message.value, next: null },
    };
  }
  const change = changeMessage(message, newsOf(result));
  const consent = optOutOf(records, settlement);
  const step = task === null ? NO_STEP : stepAfter(task, records.rest, settlement);
  return {
    writes: [...consent.writes, ...change.writes, ...step.writes],
    events: [
      ...acceptedEvents(message.value, change.message, result),
      ...change.events,
      ...consent.events,
      ...step.events,
    ],
    answer: { message: change.message, next: step.next },
  };
}

/**
 * The task, if it still is about this very call. It is not when another worker took it, nor when it has gone on to the next part of
 * the text already: the answer to the commit that did so may have been lost, and the result is then settled again.
 */
function taskOfCall(
  task: Versioned<Task> | null,
  message: Message,
  attempts: number,
): Versioned<Task> | null {
  if (task === null || task.value.attempts !== attempts) return null;
  return task.value.calling && task.value.messageId === message.id ? task : null;
}

const NO_STEP: NextStep = { writes: [], events: [], next: null };

function stepAfter(
  task: Versioned<Task>,
  rest: readonly Versioned<Message>[],
  { result, nowMs }: Settlement,
): NextStep {
  const mayBeThere = result.kind === "accepted" || result.kind === "unknown";
  return mayBeThere ? goOn(task, nowMs) : giveUp(task, rest);
}

function acceptedEvents(before: Message, message: Message, result: CallResult): readonly SmsEvent[] {
  if (result.kind !== "accepted" || before.sid !== null) return [];
  const { segments: counted, billedSegments: billed } = message;
  const differs = billed !== null && billed !== counted && message.media.length === 0;
  return [
    { name: "message.sent", data: { message } },
    ...(differs ? [{ name: "message.segments", data: { message, counted, billed } } as const] : []),
  ];
}

function newsOf(result: CallResult): Parameters<typeof changeMessage>[1] {
  switch (result.kind) {
    case "accepted":
      return {
        observed: observeTwilioStatus(result.status, { errorCode: result.errorCode }),
        sid: result.sid,
        from: result.from,
        billedSegments: result.billedSegments,
      };
    case "rejected":
      return { observed: deliveryState("failed", { errorCode: result.code }) };
    case "retry":
      return { observed: deliveryState("failed") };
    case "unknown":
      return { observed: deliveryState("unknown") };
  }
}

/** Twilio's own list knows opt-outs that we never heard of: error 21610 closes our gate as well. */
function optOutOf(
  records: DispatchRecords,
  settlement: Settlement,
): { readonly writes: readonly Write[]; readonly events: readonly SmsEvent[] } {
  const { result } = settlement;
  const { message, consent } = records;
  const code = result.kind === "rejected" ? result.code : null;
  if (message === null || code === null || !settlement.optOutErrors.includes(code))
    return { writes: [], events: [] };
  return changeConsent({
    gate: consent,
    accountSid: message.value.accountSid,
    contact: message.value.to,
    sender: consent.record?.value.sender ?? null,
    signal: optOutSignal(code),
    evidence: { ...NO_EVIDENCE, messageSid: message.value.sid, note: `Twilio error ${code}` },
    entryId: settlement.newEntryId,
    nowMs: settlement.nowMs,
  });
}
