import type { Versioned, Write } from "../model/record";
import type { SyncDetail, Task } from "../model/task";
import { unchanged } from "./decision";
import type { Decision } from "./decision";

/** The id of the task that reads the log of an account. There is one, for good. */
export function syncTaskId(accountSid: string): string {
  return `sync:${accountSid}`;
}

/** What the making of such a task needs. */
export interface SyncPlan {
  readonly accountSid: string;
  /** How many times the log is read. */
  readonly readings: number;
  /** Between two passes in ms; null where only `sync()` reads. */
  readonly everyMs: number | null;
  readonly nowMs: number;
}

/** How far the log was read. */
export function syncDetailOf({ detail, createdAtMs }: Task): SyncDetail {
  return detail?.kind === "sync" ? detail : newDetail(1, createdAtMs);
}

/** What is older than the first start belongs to whoever ran before. Twilio dates by whole seconds. */
function newDetail(readings: number, nowMs: number): SyncDetail {
  const beginMs = Math.floor(nowMs / 1_000) * 1_000;
  return {
    kind: "sync",
    pointsMs: Array.from({ length: readings }, () => beginMs),
    beginMs,
    floorMs: null,
    leasedUntilMs: null,
    failures: 0,
  };
}

function newTask({ accountSid, readings, everyMs, nowMs }: SyncPlan): Task {
  return {
    id: syncTaskId(accountSid),
    purpose: "sync",
    class: everyMs === null ? "idle" : "bulk",
    // There is nothing to catch up with yet.
    dueAtMs: nowMs + (everyMs ?? 0),
    attempts: 0,
    calling: false,
    accountSid,
    conversationId: "",
    messageId: "",
    thenMessageIds: [],
    consentId: "",
    createdAtMs: nowMs,
    detail: newDetail(readings, nowMs),
  };
}

function put(record: Versioned<Task> | null, task: Task): readonly Write[] {
  return [{ kind: "task", put: task, expect: record?.version ?? "absent" }];
}

function saved<A>(record: Versioned<Task> | null, task: Task, answer: A): Decision<A> {
  return { writes: put(record, task), events: [], answer };
}

/** Makes the task that reads an account's log from now on, or takes one up again that only kept its place. */
export function decideSyncStart(record: Versioned<Task> | null, plan: SyncPlan): Decision<null> {
  if (record === null) return saved(null, newTask(plan), null);
  if (plan.everyMs === null || record.value.class !== "idle") return unchanged(null);
  return saved(record, { ...record.value, class: "bulk", dueAtMs: plan.nowMs }, null);
}

/** Who wants to read. */
export interface SyncClaimant extends SyncPlan {
  readonly leaseMs: number;
  /** The attempts of the due task that a worker found; null for a call of `sync()`, which does not wait for it to fall due. */
  readonly foundAttempts: number | null;
  /** From when on to read once more; null to go on. */
  readonly sinceMs: number | null;
}

/** `claimed`: the log is this one's to read. `busy`: somebody else is at it. `leave`: there is nothing to do. */
export type SyncClaim =
  | { readonly kind: "claimed"; readonly attempts: number; readonly detail: SyncDetail }
  | { readonly kind: "busy" }
  | { readonly kind: "leave" };

/** Claims the reading of an account's log. Where somebody else is at it, what is asked for is noted for them. */
export function decideSyncClaim(record: Versioned<Task> | null, claimant: SyncClaimant): Decision<SyncClaim> {
  const { foundAttempts, nowMs } = claimant;
  const isStale = record === null || record.value.attempts !== foundAttempts || record.value.dueAtMs > nowMs;
  if (foundAttempts !== null && isStale) return unchanged({ kind: "leave" });
  const task = record?.value ?? newTask(claimant);
  const detail = since(padded(syncDetailOf(task), claimant.readings), claimant.sinceMs);
  if (detail.leasedUntilMs !== null && detail.leasedUntilMs > nowMs) {
    const busy: SyncClaim = { kind: "busy" };
    return claimant.sinceMs === null ? unchanged(busy) : saved(record, { ...task, detail }, busy);
  }
  const leasedUntilMs = nowMs + claimant.leaseMs;
  const attempts = task.attempts + 1;
  const claimed: Task = { ...task, attempts, dueAtMs: leasedUntilMs, detail: { ...detail, leasedUntilMs } };
  return saved(record, claimed, { kind: "claimed", attempts, detail });
}

/** Another number of readings than when the task was made: new ones begin where the first one is. */
function padded(detail: SyncDetail, readings: number): SyncDetail {
  const first = detail.pointsMs[0] ?? detail.beginMs;
  return {
    ...detail,
    pointsMs: Array.from({ length: readings }, (_, index) => detail.pointsMs[index] ?? first),
  };
}

/** One reading goes back: it finds all there is. */
function since(detail: SyncDetail, sinceMs: number | null): SyncDetail {
  if (sinceMs === null) return detail;
  return {
    ...detail,
    beginMs: Math.min(detail.beginMs, sinceMs),
    pointsMs: detail.pointsMs.map((point, index) => (index === 0 ? Math.min(point, sinceMs) : point)),
  };
}

/** How far a reading has come. */
export interface SyncProgress {
  readonly attempts: number;
  readonly nowMs: number;
  readonly leaseMs: number;
  /** The reading that got further, from where to where; null to hold the claim only. */
  readonly moved: { readonly reading: number; readonly fromMs: number; readonly toMs: number } | null;
}

/** The state of the reading after a step; null where the claim is lost. */
export type SyncHeld = SyncDetail | null;

/**
 * Notes how far a reading has come, and holds the claim for another lease. Where it was set back meanwhile, it stays set back: the
 * detail in the answer then says another point than the one that was to be noted.
 */
export function decideSyncProgress(
  record: Versioned<Task> | null,
  { attempts, nowMs, leaseMs, moved }: SyncProgress,
): Decision<SyncHeld> {
  if (record?.value.attempts !== attempts) return unchanged(null);
  const detail = syncDetailOf(record.value);
  const pointsMs = detail.pointsMs.map((point, index) =>
    index === moved?.reading && point === moved.fromMs ? moved.toMs : point,
  );
  const leasedUntilMs = nowMs + leaseMs;
  const held: SyncDetail = { ...detail, pointsMs, leasedUntilMs };
  return saved(record, { ...record.value, dueAtMs: leasedUntilMs, detail: held }, held);
}

/** How a pass ended. */
export interface SyncRelease {
  readonly attempts: number;
  readonly dueAtMs: number;
  readonly failures: number;
  /** Whether workers of this instance read the log from time to time. */
  readonly isPeriodic: boolean;
}

/** Gives the claim back. */
export function decideSyncRelease(record: Versioned<Task> | null, release: SyncRelease): Decision<null> {
  if (record?.value.attempts !== release.attempts) return unchanged(null);
  const detail: SyncDetail = {
    ...syncDetailOf(record.value),
    leasedUntilMs: null,
    failures: release.failures,
  };
  const taskClass = release.isPeriodic ? "bulk" : record.value.class;
  return saved(record, { ...record.value, class: taskClass, dueAtMs: release.dueAtMs, detail }, null);
}

/** Puts off a task that this instance does not work on, since others may. */
export function decideSyncDelay(
  record: Versioned<Task> | null,
  delay: { readonly attempts: number; readonly dueAtMs: number },
): Decision<null> {
  if (record?.value.attempts !== delay.attempts) return unchanged(null);
  return saved(record, { ...record.value, dueAtMs: delay.dueAtMs }, null);
}

/** Notes that what is older than a moment was forgotten on purpose: it is not fetched again. The note never goes back. */
export function decideSyncFloor(
  record: Versioned<Task> | null,
  { floorMs, ...plan }: SyncPlan & { readonly floorMs: number },
): Decision<null> {
  // Noting it does not begin to read.
  const task: Task = record?.value ?? { ...newTask(plan), class: "idle" };
  const detail = syncDetailOf(task);
  if (record !== null && detail.floorMs !== null && detail.floorMs >= floorMs) return unchanged(null);
  return saved(
    record,
    { ...task, detail: { ...detail, floorMs: Math.max(floorMs, detail.floorMs ?? floorMs) } },
    null,
  );
}
