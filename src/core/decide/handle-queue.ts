import type { HandledEvent } from "../model/events";
import type { Versioned, Write } from "../model/record";
import type { LaneDetail, QueueDetail, Task } from "../model/task";
import type { Moment } from "./decision";
import { eventId, handlersOf, isListed, laneRecordId, queueId, queueOf } from "./handle";
import type { Lane, QueueTask } from "./handle";

/** An event that a handler is to be given. */
export interface WantedEvent {
  readonly handler: string;
  readonly lane: Lane;
  readonly event: HandledEvent;
}

/** What putting events into their queues comes to. */
export interface Queueing {
  readonly writes: readonly Write[];
  /** Ids of the queues that had nothing to do until now. */
  readonly woken: ReadonlySet<string>;
}

/** The ids of the records that {@link decideQueueing} rests on. Each is named once. */
export function idsForQueueing(wanted: readonly WantedEvent[]): readonly string[] {
  const ids = wanted.flatMap(({ handler, lane }) => [
    queueId(handler, lane.id),
    ...(isListed(lane) ? [laneRecordId(lane.id)] : []),
  ]);
  return [...new Set(ids)];
}

/**
 * Puts events at the end of their queues, in the order given. It becomes part of the commit that the events tell of, so that none
 * is lost and none is told that never happened. `found` holds the records as they are, by id.
 *
 * A queue stays when it is empty: made anew it would begin at version 1 again, and whoever had read the former one could take it
 * for that.
 */
export function decideQueueing(
  wanted: readonly WantedEvent[],
  found: ReadonlyMap<string, Versioned<Task>>,
  moment: Moment,
): Queueing {
  const queues = grouped(wanted, ({ handler, lane }) => queueId(handler, lane.id));
  const queued = [...queues].map(([id, events]) => appended(queueOf(found.get(id)), events, moment));
  return {
    writes: [...queued.flatMap(({ writes }) => writes), ...listings(wanted, found, moment)],
    woken: new Set(queued.flatMap(({ woken }) => [...woken])),
  };
}

type SomeEvents = readonly [WantedEvent, ...WantedEvent[]];

function grouped(
  wanted: readonly WantedEvent[],
  nameOf: (one: WantedEvent) => string,
): ReadonlyMap<string, SomeEvents> {
  const groups = new Map<string, SomeEvents>();
  for (const one of wanted) {
    const name = nameOf(one);
    const before = groups.get(name);
    groups.set(name, before === undefined ? [one] : [...before, one]);
  }
  return groups;
}

function appended(
  queue: Versioned<QueueTask> | null,
  events: SomeEvents,
  { nowMs, bornDueAtMs }: Moment,
): Queueing {
  const [{ handler, lane }] = events;
  const base = blankTask(lane, nowMs);
  const before: QueueDetail = queue?.value.detail ?? {
    kind: "queue",
    handler,
    lane: lane.id,
    nextPlace: 1,
    lastPlace: 0,
    tries: 0,
    waitingSinceMs: null,
    parkedAtMs: null,
  };
  const isWoken = queue === null || queue.value.class === "idle";
  const put: QueueTask = {
    ...(queue?.value ?? { ...base, id: queueId(handler, lane.id) }),
    ...(isWoken ? { class: "patient", dueAtMs: bornDueAtMs } : {}),
    detail: {
      ...before,
      lastPlace: before.lastPlace + events.length,
      waitingSinceMs: before.waitingSinceMs ?? nowMs,
    },
  };
  const records = events.map(({ event }, index): Write => {
    const id = eventId(before, before.lastPlace + 1 + index);
    return {
      kind: "task",
      put: { ...base, id, dueAtMs: nowMs, detail: { kind: "event", event } },
      expect: "absent",
    };
  });
  return {
    writes: [{ kind: "task", put, expect: queue?.version ?? "absent" }, ...records],
    woken: new Set(isWoken ? [put.id] : []),
  };
}

function listings(
  wanted: readonly WantedEvent[],
  found: ReadonlyMap<string, Versioned<Task>>,
  { nowMs }: Moment,
): readonly Write[] {
  const lanes = grouped(
    wanted.filter(({ lane }) => isListed(lane)),
    ({ lane }) => lane.id,
  );
  return [...lanes].flatMap(([id, events]): readonly Write[] => {
    const record = found.get(laneRecordId(id)) ?? null;
    const known = handlersOf(record);
    const handlers = [...new Set([...known, ...events.map(({ handler }) => handler)])];
    if (handlers.length === known.length) return [];
    const detail: LaneDetail = { kind: "lane", handlers };
    const put = { ...blankTask(events[0].lane, nowMs), id: laneRecordId(id), ...record?.value, detail };
    return [{ kind: "task", put, expect: record?.version ?? "absent" }];
  });
}

function blankTask({ accountSid, conversationId }: Lane, nowMs: number): Omit<Task, "id" | "detail"> {
  return {
    purpose: "handle",
    class: "idle",
    dueAtMs: nowMs,
    attempts: 0,
    calling: false,
    accountSid,
    conversationId: conversationId ?? "",
    messageId: "",
    thenMessageIds: [],
    consentId: "",
    createdAtMs: nowMs,
  };
}
