import type { RetryPlan } from "../delivery/retry";
import type { HandledEvent } from "../model/events";
import type { Versioned, Write } from "../model/record";
import type { QueueDetail, Task } from "../model/task";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { queueOf } from "./handle";
import type { QueueTask } from "./handle";

/** What running a handler concerns. */
export interface HandleRecords {
  readonly queue: Versioned<Task> | null;
  /** The event that is next. */
  readonly event: Versioned<Task> | null;
}

/** A worker that wants the event that is next. */
export interface HandleClaimant {
  /** The attempts it saw. Whatever gives the queue to somebody else, or moves it on, counts them up. */
  readonly attempts: number;
  readonly nowMs: number;
  readonly leaseMs: number;
  /** How often a handler may be begun for one event. */
  readonly maxTries: number;
}

/** `run`: this worker is to call the handler, now, for the claimed queue's next event. `leave`: nothing to do for it. */
export type HandleClaim =
  | { readonly kind: "run"; readonly queue: QueueTask; readonly event: HandledEvent }
  | { readonly kind: "parked"; readonly queue: QueueTask }
  | { readonly kind: "leave" };

const LEAVE: HandleClaim = { kind: "leave" };

/**
 * Claims a queue for its next event. The try is counted before it is made, so that an event which ends its process is given up on
 * as well.
 */
export function decideHandleClaim(records: HandleRecords, claimant: HandleClaimant): Decision<HandleClaim> {
  const queue = ownQueue(records.queue, claimant.attempts);
  if (queue?.value.class !== "patient") return unchanged(LEAVE);
  const { detail } = queue.value;
  const event = eventOf(records.event);
  if (event === null) {
    // Its record is not there, such as after an import of a part of a file: what comes after it must not wait for ever.
    return putting(queue, afterEvent(queue.value, claimant.nowMs), LEAVE);
  }
  if (detail.tries >= claimant.maxTries) {
    const parked = parkedQueue(queue.value, claimant.nowMs);
    return putting(queue, parked, { kind: "parked", queue: parked });
  }
  const claimed = claimedQueue(queue.value, claimant);
  return putting(queue, claimed, { kind: "run", queue: claimed, event });
}

/** A handler that has ended well. */
export interface HandleSuccess {
  /** The attempts of the claim that called it. */
  readonly attempts: number;
  readonly nowMs: number;
  /** With what to claim the event after it at once; null where others shall have their turn first. */
  readonly next: Pick<HandleClaimant, "leaseMs"> | null;
}

/**
 * Takes the event away that was handled. Where more wait, the next is claimed in the same commit.
 * A worker that overslept its lease changes nothing: the event is somebody else's by now.
 */
export function decideHandled(
  records: HandleRecords & { readonly nextEvent: Versioned<Task> | null },
  success: HandleSuccess,
): Decision<HandleClaim> {
  const queue = ownQueue(records.queue, success.attempts);
  if (queue === null) return unchanged(LEAVE);
  const { nowMs, next } = success;
  const after = afterEvent(queue.value, nowMs);
  const removal: readonly Write[] =
    records.event === null
      ? []
      : [{ kind: "task", remove: records.event.value.id, expect: records.event.version }];
  if (after.class === "idle" && eventOf(records.event)?.name === "conversation.removed") {
    // Nothing ever comes after it.
    const end: Write = { kind: "task", remove: after.id, expect: queue.version };
    return { writes: [end, ...removal], events: [], answer: LEAVE };
  }
  const event = after.class === "idle" || next === null ? null : eventOf(records.nextEvent);
  const left = event === null || next === null ? after : claimedQueue(after, { ...next, nowMs });
  return {
    writes: [{ kind: "task", put: left, expect: queue.version }, ...removal],
    events: [],
    answer: event === null ? LEAVE : { kind: "run", queue: left, event },
  };
}

/** A handler that failed: when it is tried again, or that it was tried enough. */
export interface HandleFailure {
  readonly attempts: number;
  readonly plan: RetryPlan;
  readonly nowMs: number;
}

/** `waiting`: it is tried again. `overslept`: its lease had ended, so somebody else decides. */
export type HandleFailed = "waiting" | "parked" | "overslept";

/** Puts off an event whose handler failed, and with it all that come after it; or gives up until a person decides. */
export function decideHandleFailed(
  record: Versioned<Task> | null,
  { attempts, plan, nowMs }: HandleFailure,
): Decision<HandleFailed> {
  const queue = ownQueue(record, attempts);
  if (queue === null) return unchanged("overslept");
  if ("giveUp" in plan) return putting(queue, parkedQueue(queue.value, nowMs), "parked");
  return putting(queue, { ...queue.value, dueAtMs: nowMs + plan.delayMs }, "waiting");
}

/** Puts off a queue whose handler was not called: for a moment where it was claimed too long ago, or until others had a look. */
export function decideHandlePostponed(
  record: Versioned<Task> | null,
  postponed: {
    readonly attempts: number;
    readonly dueAtMs: number;
    /** The try that the claim counted was none; null where nothing was claimed. */
    readonly claimed: "uncounted" | null;
  },
): Decision<null> {
  const queue = ownQueue(record, postponed.attempts);
  if (queue?.value.class !== "patient") return unchanged(null);
  const { detail } = queue.value;
  const tries = postponed.claimed === null ? detail.tries : Math.max(0, detail.tries - 1);
  const later = { ...queue.value, dueAtMs: postponed.dueAtMs, detail: { ...detail, tries } };
  return putting(queue, later, null);
}

/** The queue once its next event is gone: idle where no other waits, else due at once. */
export function afterEvent(queue: QueueTask, nowMs: number): QueueTask {
  const { detail } = queue;
  const nextPlace = Math.min(detail.nextPlace, detail.lastPlace) + 1;
  const isEmpty = nextPlace > detail.lastPlace;
  return {
    ...queue,
    class: isEmpty ? "idle" : "patient",
    dueAtMs: nowMs,
    // Also whoever saw the queue before must not take the next event for the one it saw.
    attempts: queue.attempts + 1,
    detail: {
      ...detail,
      nextPlace,
      tries: 0,
      parkedAtMs: null,
      waitingSinceMs: isEmpty ? null : nowMs,
    },
  };
}

/** The event that a record holds; null where there is none. */
export function eventOf(record: Versioned<Task> | null | undefined): HandledEvent | null {
  return record?.value.detail?.kind === "event" ? record.value.detail.event : null;
}

/** The queue, if nobody else took it since. */
function ownQueue(record: Versioned<Task> | null, attempts: number): Versioned<QueueTask> | null {
  const queue = queueOf(record);
  return queue?.value.attempts === attempts ? queue : null;
}

function claimedQueue(
  queue: QueueTask,
  { nowMs, leaseMs }: Pick<HandleClaimant, "nowMs" | "leaseMs">,
): QueueTask {
  const { detail } = queue;
  return {
    ...queue,
    attempts: queue.attempts + 1,
    dueAtMs: nowMs + leaseMs,
    detail: { ...detail, tries: detail.tries + 1 },
  };
}

function parkedQueue(queue: QueueTask, nowMs: number): QueueTask {
  const detail: QueueDetail = { ...queue.detail, parkedAtMs: nowMs };
  return { ...queue, class: "parked", dueAtMs: nowMs, attempts: queue.attempts + 1, detail };
}

function putting<Answer>(queue: Versioned<QueueTask>, put: QueueTask, answer: Answer): Decision<Answer> {
  return { writes: [{ kind: "task", put, expect: queue.version }], events: [], answer };
}
