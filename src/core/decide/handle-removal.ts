import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { eventId, queueOf } from "./handle";
import type { QueueTask } from "./handle";
import { afterEvent } from "./handle-run";

/** What a person decides about an event that was given up on: `resume` tries it again, `skip` goes on without it. */
export interface ParkedRuling {
  readonly action: "resume" | "skip";
  /** The place of the event that they saw. Where another is next by now, somebody was faster. */
  readonly place: number;
  readonly nowMs: number;
}

/** `unknown`: there never was such an event. `not-parked`: it is not given up on, or not any more. */
export type RulingAnswer = "done" | "not-parked" | "unknown";

/** Lets a parked queue go on, with the event that is next or after it. */
export function decideParked(
  records: { readonly queue: Versioned<Task> | null; readonly event: Versioned<Task> | null },
  { action, place, nowMs }: ParkedRuling,
): Decision<RulingAnswer> {
  const queue = queueOf(records.queue);
  if (queue === null || place > queue.value.detail.lastPlace) return unchanged("unknown");
  const { detail } = queue.value;
  if (detail.parkedAtMs === null || detail.nextPlace !== place) return unchanged("not-parked");
  const resumed: QueueTask = {
    ...queue.value,
    class: "patient",
    dueAtMs: nowMs,
    attempts: queue.value.attempts + 1,
    detail: { ...detail, tries: 0, parkedAtMs: null },
  };
  const put = action === "skip" ? afterEvent(queue.value, nowMs) : resumed;
  const skipped = action === "skip" && records.event !== null ? [removalOf(records.event)] : [];
  return { writes: [{ kind: "task", put, expect: queue.version }, ...skipped], events: [], answer: "done" };
}

/** Which events of a queue go although nobody handled them. */
export interface EventRemoval {
  /** Only those made before; null for all. Milliseconds since 1970. */
  readonly beforeMs: number | null;
  readonly nowMs: number;
}

/** Places of a queue whose events one commit looks at. */
export function placesAhead({ nextPlace, lastPlace }: QueueTask["detail"], limit: number): readonly number[] {
  const count = Math.max(0, Math.min(limit, lastPlace - nextPlace + 1));
  return Array.from({ length: count }, (_, index) => nextPlace + index);
}

/**
 * Removes events from the front of a queue. `events` are those of the next places, in order. Resolves to how many went; none are
 * left to remove where that is fewer than were given.
 */
export function decideEventRemoval(
  record: Versioned<Task> | null,
  events: readonly (Versioned<Task> | null)[],
  { beforeMs, nowMs }: EventRemoval,
): Decision<number> {
  const queue = queueOf(record);
  if (queue === null) return unchanged(0);
  const kept = events.findIndex((event) => event !== null && !isBefore(event.value, beforeMs));
  const going = kept === -1 ? events : events.slice(0, kept);
  if (going.length === 0) return unchanged(0);
  const before = queue.value.detail;
  const last = { ...before, nextPlace: before.nextPlace + going.length - 1 };
  const after = afterEvent({ ...queue.value, detail: last }, nowMs);
  // A worker may be at the first of them: what comes next waits until its lease has ended.
  const dueAtMs = queue.value.class === "patient" ? queue.value.dueAtMs : nowMs;
  return {
    writes: [
      { kind: "task", put: { ...after, dueAtMs }, expect: queue.version },
      ...going.filter((event) => event !== null).map(removalOf),
    ],
    events: [],
    answer: going.length,
  };
}

function isBefore({ createdAtMs }: Task, beforeMs: number | null): boolean {
  return beforeMs === null || createdAtMs < beforeMs;
}

/** The records that a lane keeps while nothing waits in it. */
export interface LaneRecords {
  /** The list of its handlers. */
  readonly list: Versioned<Task> | null;
  readonly queues: readonly (Versioned<Task> | null)[];
}

/** What removes a lane; null while an event waits in it. */
export function laneRemoval({ list, queues }: LaneRecords): readonly Write[] | null {
  const present = queues.filter((queue) => queue !== null);
  if (present.some((record) => isWaiting(queueOf(record)))) return null;
  return [...(list === null ? [] : [list]), ...present].map(removalOf);
}

/** Removes a lane in which nothing waits; see {@link laneRemoval}. */
export function decideLaneRemoval(records: LaneRecords): Decision<boolean> {
  const writes = laneRemoval(records);
  return writes === null ? unchanged(false) : { writes, events: [], answer: true };
}

function isWaiting(queue: Versioned<QueueTask> | null): boolean {
  return queue !== null && queue.value.detail.nextPlace <= queue.value.detail.lastPlace;
}

function removalOf({ value, version }: Versioned<Task>): Write {
  return { kind: "task", remove: value.id, expect: version };
}

/** The ids of the events at these places. */
export function eventIds(queue: QueueTask, places: readonly number[]): readonly string[] {
  return places.map((place) => eventId(queue.detail, place));
}
