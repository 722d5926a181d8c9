import type { RetryPlan } from "../delivery/retry";
import { explainError } from "../delivery/explain-error";
import { mayReceive } from "../consent/machine";
import { deliveryState, observeTwilioStatus } from "../delivery/status";
import type { Consent } from "../model/consent";
import type { SmsEvent } from "../model/events";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { changeConsent, NO_EVIDENCE } from "./consent-change";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { changeMessage } from "./message-change";

/** What handing a message over concerns. */
export interface DispatchRecords {
  readonly task: Versioned<Task> | null;
  readonly message: Versioned<Message> | null;
  readonly consent: Versioned<Consent> | null;
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
  const removal: Write = { kind: "task", remove: task.value.id, expect: task.version };
  if (message === null || message.value.sid !== null || message.value.status !== "pending") {
    return { writes: [removal], events: [], answer: { kind: "leave" } };
  }
  if (task.value.calling) {
    const change = changeMessage(message, { observed: deliveryState("unknown") });
    return { writes: [...change.writes, removal], events: change.events, answer: { kind: "leave" } };
  }
  if (consent === null || !mayReceive(consent.value.state)) {
    const change = changeMessage(message, { observed: deliveryState("blocked") });
    const blocked: SmsEvent = {
      name: "send.blocked",
      data: { contact: message.value.to, reason: "opted_out", message: change.message },
    };
    return {
      writes: [...change.writes, removal],
      events: [...change.events, blocked],
      answer: { kind: "leave" },
    };
  }
  const claimed: Task = {
    ...task.value,
    calling: true,
    attempts: task.value.attempts + 1,
    dueAtMs: nowMs + claimant.leaseMs,
  };
  return {
    writes: [
      { kind: "consent", check: consent.value.id, expect: consent.version },
      { kind: "message", check: message.value.id, expect: message.version },
      { kind: "task", put: claimed, expect: task.version },
    ],
    events: [],
    answer: { kind: "call", message: message.value },
  };
}

/** What the call came to. `retry` carries the plan that was made for it. */
export type CallResult =
  | {
      readonly kind: "accepted";
      readonly sid: string;
      readonly status: string;
      readonly from: string | null;
      readonly errorCode: number | null;
    }
  | { readonly kind: "rejected"; readonly code: number | null }
  | { readonly kind: "retry"; readonly plan: RetryPlan }
  | { readonly kind: "unknown" };

/** How a call is settled. */
export interface Settlement {
  readonly result: CallResult;
  /** The attempts of the claim that made the call. */
  readonly attempts: number;
  readonly newEntryId: string;
  readonly nowMs: number;
}

/**
 * Writes down what a call came to. The message always learns the truth; the task is only touched by the claim that holds it,
 * since a worker that overslept its lease no longer does.
 */
export function decideSettle(records: DispatchRecords, settlement: Settlement): Decision<Message | null> {
  const { message } = records;
  const { result, nowMs } = settlement;
  if (message === null) return unchanged(null);
  const task = records.task?.value.attempts === settlement.attempts ? records.task : null;
  if (result.kind === "retry" && "delayMs" in result.plan) {
    if (task === null) return unchanged(message.value);
    const again: Task = { ...task.value, calling: false, dueAtMs: nowMs + result.plan.delayMs };
    return {
      writes: [{ kind: "task", put: again, expect: task.version }],
      events: [],
      answer: message.value,
    };
  }
  const change = changeMessage(message, newsOf(result));
  const consent = optOutOf(records, settlement);
  const sent: readonly SmsEvent[] =
    result.kind === "accepted" && message.value.sid === null
      ? [{ name: "message.sent", data: { message: change.message } }]
      : [];
  return {
    writes: [
      ...consent.writes,
      ...change.writes,
      ...(task === null ? [] : [{ kind: "task", remove: task.value.id, expect: task.version } as const]),
    ],
    events: [...sent, ...change.events, ...consent.events],
    answer: change.message,
  };
}

function newsOf(result: CallResult): Parameters<typeof changeMessage>[1] {
  switch (result.kind) {
    case "accepted":
      return {
        observed: observeTwilioStatus(result.status, { errorCode: result.errorCode }),
        sid: result.sid,
        from: result.from,
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
  const optedOut = result.kind === "rejected" && result.code !== null && explainError(result.code).optOut;
  if (!optedOut || message === null) return { writes: [], events: [] };
  return changeConsent({
    record: consent,
    accountSid: message.value.accountSid,
    contact: message.value.to,
    signal: { kind: "carrier-21610" },
    evidence: { ...NO_EVIDENCE, messageSid: message.value.sid, note: `Twilio error ${String(result.code)}` },
    entryId: settlement.newEntryId,
    nowMs: settlement.nowMs,
  });
}
