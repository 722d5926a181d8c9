import type { RetryPlan } from "../delivery/retry";
import { deliveryState, observeTwilioStatus } from "../delivery/status";
import type { SmsEvent } from "../model/events";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { changeConsent, hasSpokenSince, NO_EVIDENCE, optOutSignal } from "./consent-change";
import { recordsOfGate, restingOn } from "./consent-gate";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { callOf } from "./dispatch";
import type { DispatchRecords } from "./dispatch";
import { changeMessage } from "./message-change";
import { giveUp, goOn } from "./parts";
import type { NextStep } from "./parts";

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
  /** The message that was called for: should it have been erased meanwhile, its contact may still have opted out. */
  readonly called: Message;
  /** The attempts of the claim that made the call. */
  readonly attempts: number;
  /** When that claim was made. */
  readonly claimedAtMs: number;
  /** Before when nobody may conclude from Twilio's log that the message is not there. */
  readonly absentFromMs: number;
  /** Twilio's error codes that count as an opt-out. */
  readonly optOutErrors: readonly number[];
  readonly newEntryId: string;
  readonly nowMs: number;
}

/** The message as it is now, and the task where there is more to do for it at once. */
export interface SettleAnswer {
  readonly message: Message | null;
  readonly next: Task | null;
}

/**
 * Writes down what a call came to. The message always learns the truth; the task is only touched by the claim that holds it,
 * since a worker that overslept its lease no longer does. An unknown outcome keeps the task, which looks the message up later.
 */
export function decideSettle(records: DispatchRecords, settlement: Settlement): Decision<SettleAnswer> {
  const { message } = records;
  const { result, nowMs } = settlement;
  if (message === null) return decideErased(records, settlement);
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
  const consent = optOutOf(records.consent, settlement);
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

/** The message was erased while it was called for. What Twilio knows of an opt-out still counts, where a gate is left to close. */
function decideErased(records: DispatchRecords, settlement: Settlement): Decision<SettleAnswer> {
  const answer = { message: null, next: null };
  if (records.consent.record === null) return unchanged(answer);
  const { writes, events } = optOutOf(records.consent, settlement);
  return { writes, events, answer };
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
  { result, nowMs, absentFromMs }: Settlement,
): NextStep {
  switch (result.kind) {
    case "accepted":
      return goOn(task, nowMs);
    case "unknown": {
      const waiting: Task = {
        ...task.value,
        dueAtMs: absentFromMs,
        detail: { ...callOf(task.value), unknownSinceMs: nowMs },
      };
      return { writes: [{ kind: "task", put: waiting, expect: task.version }], events: [], next: null };
    }
    case "rejected":
    case "retry":
      return giveUp(task, rest);
  }
}

function acceptedEvents(before: Message, message: Message, result: CallResult): readonly SmsEvent[] {
  return result.kind === "accepted" ? sentEvents(before, message) : [];
}

/** What listeners hear when Twilio is known to have a message. */
export function sentEvents(before: Message, message: Message): readonly SmsEvent[] {
  if (before.sid !== null) return [];
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

interface Change {
  readonly writes: readonly Write[];
  readonly events: readonly SmsEvent[];
}

/** Twilio's own list knows opt-outs that we never heard of: error 21610 closes our gate as well. */
function optOutOf(gate: ConsentGate, settlement: Settlement): Change {
  const { result, called, claimedAtMs, optOutErrors, newEntryId, nowMs } = settlement;
  const code = result.kind === "rejected" || result.kind === "accepted" ? codeOf(result) : null;
  if (code === null || !optOutErrors.includes(code)) return { writes: [], events: [] };
  return closeGate({ gate, message: called, code, refusedSinceMs: claimedAtMs, newEntryId, nowMs });
}

function codeOf(result: Extract<CallResult, { kind: "accepted" | "rejected" }>): number | null {
  return result.kind === "rejected" ? result.code : result.errorCode;
}

/**
 * Closes the gate of a contact of whom Twilio says by an error that they opted out; unless they have said START themselves since the
 * call, which lifts Twilio's block as well. Should it be there still, the next text is refused like this one.
 */
export function closeGate(closing: {
  readonly gate: ConsentGate;
  readonly message: Message;
  readonly code: number;
  /** When the message that was refused was called for. */
  readonly refusedSinceMs: number;
  readonly newEntryId: string;
  readonly nowMs: number;
}): Change {
  const { gate, message, code } = closing;
  if (gate.record?.value.state === "opted-in" && hasSpokenSince(gate, closing.refusedSinceMs)) {
    return { writes: restingOn(recordsOfGate(gate)), events: [] };
  }
  return changeConsent({
    gate,
    accountSid: message.accountSid,
    contact: message.to,
    sender: gate.record?.value.sender ?? null,
    signal: optOutSignal(code),
    evidence: { ...NO_EVIDENCE, messageSid: message.sid, note: `Twilio error ${code}` },
    entryId: closing.newEntryId,
    nowMs: closing.nowMs,
  });
}
