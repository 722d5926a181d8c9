import { deliveryState, observeTwilioStatus } from "../delivery/status";
import type { RetryPlan } from "../delivery/retry";
import { RETRY_POLICY } from "../delivery/retry";
import { parseSender } from "../model/address";
import type { LoggedMessage } from "../model/logged-message";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { TRIAL_PREFIX } from "../text/limits";
import { smartEncode } from "../text/smart-encode";
import type { Decision } from "./decision";
import { unchanged } from "./decision";
import { callOf, isSettled } from "./dispatch";
import type { DispatchRecords } from "./dispatch";
import { changeMessage } from "./message-change";
import { giveUp, goOn } from "./parts";
import type { NextStep } from "./parts";
import { closeGate, sentEvents } from "./settle";

/**
 * How far the host's clock may be from Twilio's. An entry of the log counts from this long before the call: what is taken for the
 * message although another system sent the same words meanwhile is there for the contact all the same, but a message that was
 * taken for absent would be sent twice.
 */
const CLOCK_DIFFERENCE_MS = 15 * 60_000;

/** What from on an entry of the log may be the message of a call, in ms since 1970. */
export function logFromMs(calledAtMs: number): number {
  return calledAtMs - CLOCK_DIFFERENCE_MS;
}

/**
 * Whether an entry of Twilio's log is a message. `maybe`: all that can be compared fits, but its text is not kept there, as an
 * account may ask of Twilio.
 * Source: Twilio docs, "Message resource", `direction`, and "Message redaction" (read 2026-11).
 */
export function matchLogged(
  entry: LoggedMessage,
  message: Message,
  calledAtMs: number,
): "yes" | "maybe" | "no" {
  if (OTHERS.has(entry.direction) || entry.createdAtMs < logFromMs(calledAtMs)) return "no";
  if (entry.to !== message.to || !isFrom(entry, message)) return "no";
  const theirs = comparable(entry.body);
  const ours = comparable(message.body);
  if (theirs === ours) return ours !== "" || entry.mediaCount > 0 ? "yes" : "maybe";
  return theirs === "" ? "maybe" : "no";
}

/** What the REST API did not make. */
const OTHERS: ReadonlySet<string> = new Set(["inbound", "outbound-reply", "outbound-call"]);

function isFrom(entry: LoggedMessage, message: Message): boolean {
  const isService = parseSender(message.from)?.kind === "messaging-service";
  return isService ? entry.messagingServiceSid === message.from : entry.from === message.from;
}

/** A text as Twilio may have changed it: the words of a trial account in front, smart encoding, blanks at the ends. */
function comparable(body: string): string {
  const own = body.startsWith(TRIAL_PREFIX) ? body.slice(TRIAL_PREFIX.length) : body;
  return smartEncode(own).text.trim();
}

/** What reading the log came to. `matches` are the entries that are or may be the message, oldest first. */
export type LookUpResult =
  | { readonly kind: "read"; readonly matches: readonly LoggedMessage[]; readonly doubtful: boolean }
  | { readonly kind: "failed" };

/** How a look-up is settled. */
export interface LookUpSettlement {
  readonly result: LookUpResult;
  /** Of the matches, the sids that belong to a message here. */
  readonly taken: ReadonlySet<string>;
  /** The attempts of the claim that looked. */
  readonly attempts: number;
  /** When to look again, where nothing could be concluded. */
  readonly plan: RetryPlan;
  readonly optOutErrors: readonly number[];
  readonly newEntryId: string;
  readonly nowMs: number;
}

/** What a look-up came to, and the task where there is more to do for it at once. */
export interface LookUpAnswer {
  readonly kind: "found" | "absent" | "given-up" | "again" | "left";
  readonly next: Task | null;
}

/**
 * Concludes from Twilio's log what became of a message (guarantee G4). Found, and not bound to another message of ours: it is bound
 * to this one. Certainly absent: the task may call again, through the same gate. Neither: it is looked for later, and in the end left
 * as unknown, since a text too few can be sent by hand and a text too many cannot be taken back.
 * Of two messages with the same words either may get either entry; there are as many entries as texts that were sent.
 */
export function decideLookUp(records: DispatchRecords, settlement: LookUpSettlement): Decision<LookUpAnswer> {
  const { message } = records;
  const { nowMs, result, taken } = settlement;
  const task = taskOfLookUp(records.task, settlement.attempts);
  if (task === null) return unchanged({ kind: "left", next: null });
  if (message === null) return left(giveUp(task, records.rest));
  if (task.value.messageId !== message.value.id) return unchanged({ kind: "left", next: null });
  if (isSettled(message.value)) return left(goOn(task, nowMs));
  if (result.kind === "failed") return lookAgain(task, message, settlement);
  const { calledAtMs, calls } = callOf(task.value);
  const free = result.matches.filter(({ sid }) => !taken.has(sid));
  const found = free.find((entry) => matchLogged(entry, message.value, calledAtMs) === "yes");
  if (found !== undefined) return bind(records, { task, message, found, settlement });
  if (free.length > 0 || result.doubtful) return lookAgain(task, message, settlement);
  if (calls >= RETRY_POLICY.maxAttempts) {
    const change = changeMessage(message, { observed: deliveryState("failed") });
    const step = giveUp(task, records.rest);
    return {
      writes: [...change.writes, ...step.writes],
      events: [...change.events, ...step.events],
      answer: { kind: "absent", next: null },
    };
  }
  const next: Task = { ...task.value, calling: false, dueAtMs: nowMs };
  const writes: readonly Write[] = [{ kind: "task", put: next, expect: task.version }];
  return { writes, events: [], answer: { kind: "absent", next } };
}

function taskOfLookUp(task: Versioned<Task> | null, attempts: number): Versioned<Task> | null {
  return task?.value.attempts === attempts && task.value.calling ? task : null;
}

function left(step: NextStep): Decision<LookUpAnswer> {
  return { writes: step.writes, events: step.events, answer: { kind: "left", next: step.next } };
}

function bind(
  records: DispatchRecords,
  bound: {
    readonly task: Versioned<Task>;
    readonly message: Versioned<Message>;
    readonly found: LoggedMessage;
    readonly settlement: LookUpSettlement;
  },
): Decision<LookUpAnswer> {
  const { task, message, found, settlement } = bound;
  const { nowMs, newEntryId, optOutErrors } = settlement;
  const { sid, from, billedSegments, errorCode } = found;
  const observed = observeTwilioStatus(found.status, { errorCode });
  const change = changeMessage(message, { observed, sid, from, billedSegments });
  const step = goOn(task, nowMs);
  const isOptOut = errorCode !== null && optOutErrors.includes(errorCode);
  const gate = records.consent;
  const consent = isOptOut
    ? closeGate({
        gate,
        message: change.message,
        code: errorCode,
        refusedSinceMs: found.sentAtMs ?? found.createdAtMs,
        newEntryId,
        nowMs,
      })
    : { writes: [], events: [] };
  return {
    writes: [...consent.writes, ...change.writes, ...step.writes],
    events: [
      ...sentEvents(message.value, change.message),
      ...change.events,
      ...consent.events,
      ...step.events,
    ],
    answer: { kind: "found", next: step.next },
  };
}

function lookAgain(
  task: Versioned<Task>,
  message: Versioned<Message>,
  { plan, nowMs }: LookUpSettlement,
): Decision<LookUpAnswer> {
  if ("giveUp" in plan) {
    const step = goOn(task, nowMs);
    const { writes, events, next } = step;
    // The message keeps its status, `unknown`; its version is rested on, so that a report at the same moment is not overlooked.
    const check: Write = { kind: "message", check: message.value.id, expect: message.version };
    return { writes: [check, ...writes], events, answer: { kind: "given-up", next } };
  }
  const again: Task = { ...task.value, dueAtMs: nowMs + plan.delayMs };
  return {
    writes: [{ kind: "task", put: again, expect: task.version }],
    events: [],
    answer: { kind: "again", next: null },
  };
}
