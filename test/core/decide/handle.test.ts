import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  eventId,
  handlersOf,
  laneOf,
  laneRecordId,
  placeOfEvent,
  queueId,
  queueOf,
} from "../../../src/core/decide/handle";
import type { Lane, QueueTask } from "../../../src/core/decide/handle";
import { decideQueueing, idsForQueueing } from "../../../src/core/decide/handle-queue";
import type { WantedEvent } from "../../../src/core/decide/handle-queue";
import {
  decideEventRemoval,
  decideLaneRemoval,
  decideParked,
  eventIds,
  placesAhead,
} from "../../../src/core/decide/handle-removal";
import {
  decideHandleClaim,
  decideHandled,
  decideHandleFailed,
  decideHandlePostponed,
} from "../../../src/core/decide/handle-run";
import type { HandledEvent } from "../../../src/core/model/events";
import type { Versioned, Write } from "../../../src/core/model/record";
import type { QueueDetail, Task } from "../../../src/core/model/task";
import { sampleMessage } from "../../../src/testing/storage/sample-records";

const NOW = 1_000_000;
const LEASE = { leaseMs: 60_000, maxTries: 20 };
const MOMENT = { nowMs: NOW, bornDueAtMs: NOW + 5_000 };
const LANE: Lane = { id: "c1", kind: "conversation", accountSid: "AC1", conversationId: "c1" };
const ENDED: Lane = { id: "ended-c1", kind: "ended", accountSid: "AC1", conversationId: "c1" };
const REMOVED: HandledEvent = {
  name: "conversation.removed",
  data: { conversationId: "c1", accountSid: "AC1" },
};

function said(place: number): HandledEvent {
  return { name: "message.sent", data: { message: sampleMessage(place, { conversationId: "c1" }) } };
}

function wanted(place: number, more: Partial<WantedEvent> = {}): WantedEvent {
  return { handler: "crm", lane: LANE, event: said(place), ...more };
}

type Records = ReadonlyMap<string, Versioned<Task>>;

/** What a storage holds after a commit, where every condition of it holds. */
function committed(records: Records, writes: readonly Write[]): Records {
  const next = new Map(records);
  for (const write of writes) {
    if (write.kind !== "task") throw new Error("not a task");
    const id = "put" in write ? write.put.id : "remove" in write ? write.remove : write.check;
    const here = records.get(id);
    expect(write.expect).toBe(here?.version ?? "absent");
    if ("put" in write) next.set(id, { version: (here?.version ?? 0) + 1, value: write.put });
    if ("remove" in write) next.delete(id);
  }
  return next;
}

const NOTHING: Records = new Map();

/** A queue with events at these many places. */
function filled(count: number, lane = LANE, event = said): Records {
  const events = Array.from({ length: count }, (_, index) =>
    wanted(index + 1, { lane, event: event(index + 1) }),
  );
  return committed(NOTHING, decideQueueing(events, NOTHING, MOMENT).writes);
}

function queueIn(records: Records, lane = "c1"): Versioned<QueueTask> {
  const queue = queueOf(records.get(queueId("crm", lane)));
  if (queue === null) throw new Error("There is no queue.");
  return queue;
}

function changed(records: Records, change: Partial<Task>, detail: Partial<QueueDetail> = {}): Records {
  const { version, value } = queueIn(records);
  const queue: QueueTask = { ...value, ...change, detail: { ...value.detail, ...detail } };
  return new Map(records).set(value.id, { version, value: queue });
}

/** The records of a queue and of the events at its next two places. */
function front(records: Records, lane = "c1") {
  const queue = queueIn(records, lane);
  const { detail } = queue.value;
  return {
    queue,
    event: records.get(eventId(detail, detail.nextPlace)) ?? null,
    nextEvent: records.get(eventId(detail, detail.nextPlace + 1)) ?? null,
  };
}

describe("putting events into queues", () => {
  it("makes the queue due when tasks of now are due, each event at a place of its own, and lists the handler", () => {
    const records = filled(2);
    expect([...records.keys()].toSorted()).toEqual([
      "event:crm:c1:1",
      "event:crm:c1:2",
      "handle:crm:c1",
      "handlers:c1",
    ]);
    expect(queueIn(records).value).toMatchObject({
      class: "patient",
      dueAtMs: NOW + 5_000,
      attempts: 0,
      purpose: "handle",
      accountSid: "AC1",
      conversationId: "c1",
      detail: { nextPlace: 1, lastPlace: 2, tries: 0, waitingSinceMs: NOW, parkedAtMs: null },
    });
    expect(records.get("event:crm:c1:2")?.value).toMatchObject({ class: "idle", detail: { event: said(2) } });
    expect(handlersOf(records.get("handlers:c1"))).toEqual(["crm"]);
  });

  it.each<readonly [string, Partial<Task>, Partial<QueueDetail>, boolean]>([
    ["an empty one", { class: "idle", dueAtMs: 1 }, { nextPlace: 3, waitingSinceMs: null }, true],
    ["one that waits for its next try", { dueAtMs: NOW + 99 }, { tries: 2 }, false],
    ["one that is run now", { dueAtMs: NOW + 60_000, attempts: 1 }, { tries: 1 }, false],
    ["a parked one", { class: "parked", dueAtMs: 7 }, { parkedAtMs: 7 }, false],
  ])("wakes %s only where nothing waited in it", (_, change, detail, isWoken) => {
    const records = changed(filled(2), change, detail);
    const { writes, woken } = decideQueueing([wanted(3)], records, MOMENT);
    const before = queueIn(records).value;
    expect([...woken]).toEqual(isWoken ? ["handle:crm:c1"] : []);
    const after = queueIn(committed(records, writes)).value;
    expect(after.detail.lastPlace).toBe(3);
    expect(after).toMatchObject(
      isWoken
        ? { class: "patient", dueAtMs: NOW + 5_000, attempts: before.attempts }
        : { class: before.class, dueAtMs: before.dueAtMs, attempts: before.attempts },
    );
  });

  it("names each record once, whatever the events", () => {
    const handler = fc.constantFrom("crm", "billing");
    const lane = fc.constantFrom(LANE, { ...LANE, id: "c2", conversationId: "c2" }, ENDED);
    const one = fc.record({ handler, lane, event: fc.integer({ min: 1, max: 9 }).map(said) });
    fc.assert(
      fc.property(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 4 }), (commits) => {
        let records = NOTHING;
        let events = 0;
        for (const commit of commits) {
          const ids = idsForQueueing(commit);
          expect(new Set(ids).size).toBe(ids.length);
          const found = new Map([...records].filter(([id]) => ids.includes(id)));
          const { writes } = decideQueueing(commit, found, MOMENT);
          const names = writes.map((write) => ("put" in write ? write.put.id : ""));
          expect(new Set(names).size).toBe(names.length);
          records = committed(records, writes);
          events += commit.length;
        }
        expect([...records.keys()].filter((id) => id.startsWith("event:"))).toHaveLength(events);
      }),
    );
  });

  it("lists no handler of a lane that ends", () => {
    expect([...filled(1, ENDED, () => REMOVED).keys()].toSorted()).toEqual([
      "event:crm:ended-c1:1",
      "handle:crm:ended-c1",
    ]);
  });
});

describe("claiming a queue", () => {
  const claimant = { attempts: 0, nowMs: NOW, ...LEASE };

  it("gives out the event that is next, and counts the try before it is made", () => {
    const records = filled(2);
    const { writes, answer } = decideHandleClaim(front(records), claimant);
    const claimed = queueIn(committed(records, writes)).value;
    expect(answer).toEqual({ kind: "run", queue: claimed, event: said(1) });
    expect(claimed).toMatchObject({ attempts: 1, dueAtMs: NOW + 60_000, detail: { nextPlace: 1, tries: 1 } });
  });

  it.each<readonly [string, Partial<Task>]>([
    ["somebody else has claimed", { attempts: 1 }],
    ["is empty", { class: "idle" }],
    ["is parked", { class: "parked" }],
    ["is something else", { detail: null }],
  ])("leaves one that %s", (_, change) => {
    const { queue, ...rest } = front(filled(1));
    const value = { ...queue.value, ...change };
    const decision = decideHandleClaim({ ...rest, queue: { ...queue, value } }, claimant);
    expect(decision).toEqual({ writes: [], events: [], answer: { kind: "leave" } });
  });

  it("leaves one that is gone", () => {
    expect(decideHandleClaim({ queue: null, event: null }, claimant).writes).toEqual([]);
  });

  it("parks one whose event was begun as often as it may, and moves its attempts on", () => {
    const records = changed(filled(1), {}, { tries: 20 });
    const { writes, answer } = decideHandleClaim(front(records), claimant);
    expect(answer.kind).toBe("parked");
    expect(queueIn(committed(records, writes)).value).toMatchObject({
      class: "parked",
      attempts: 1,
      detail: { parkedAtMs: NOW, tries: 20 },
    });
  });

  it("goes past an event whose record is gone", () => {
    const { queue } = front(filled(2));
    const { writes, answer } = decideHandleClaim({ queue, event: null }, claimant);
    expect(answer).toEqual({ kind: "leave" });
    expect(writes).toMatchObject([{ put: { class: "patient", dueAtMs: NOW, detail: { nextPlace: 2 } } }]);
  });
});

describe("ending a call", () => {
  const success = { attempts: 1, nowMs: NOW, next: LEASE };
  const running = (count: number, lane = LANE, event = said): Records => {
    const records = filled(count, lane, event);
    const { writes } = decideHandleClaim(front(records, lane.id), { attempts: 0, nowMs: NOW, ...LEASE });
    return committed(records, writes);
  };

  it("well takes the event away and leaves an empty queue idle, so that its version goes on", () => {
    const records = running(1);
    const { writes, answer } = decideHandled(front(records), success);
    expect(answer).toEqual({ kind: "leave" });
    const after = committed(records, writes);
    expect([...after.keys()].toSorted()).toEqual(["handle:crm:c1", "handlers:c1"]);
    expect(queueIn(after).value).toMatchObject({
      class: "idle",
      detail: { nextPlace: 2, lastPlace: 1, tries: 0, waitingSinceMs: null },
    });
  });

  it("well claims the next event in the same commit", () => {
    const records = running(3);
    const { writes, answer } = decideHandled(front(records), success);
    const after = queueIn(committed(records, writes)).value;
    expect(answer).toEqual({ kind: "run", queue: after, event: said(2) });
    expect(after).toMatchObject({
      class: "patient",
      dueAtMs: NOW + 60_000,
      detail: { nextPlace: 2, tries: 1 },
    });
    expect(after.attempts).toBeGreaterThan(1);
  });

  it.each([
    ["others shall have their turn", null],
    ["the next event's record is gone", LEASE],
  ])("well releases the queue where %s", (_, next) => {
    const records = running(2);
    const { writes, answer } = decideHandled({ ...front(records), nextEvent: null }, { ...success, next });
    expect(answer).toEqual({ kind: "leave" });
    expect(queueIn(committed(records, writes)).value).toMatchObject({
      class: "patient",
      dueAtMs: NOW,
      detail: { nextPlace: 2, tries: 0 },
    });
  });

  it("well with the last event there is of a conversation takes the queue along", () => {
    const records = running(1, ENDED, () => REMOVED);
    const { writes } = decideHandled(front(records, ENDED.id), success);
    expect([...committed(records, writes).keys()]).toEqual([]);
  });

  it("badly puts the event off, or parks it, and keeps its place", () => {
    const records = running(2);
    const { queue } = front(records);
    const again = decideHandleFailed(queue, { attempts: 1, plan: { delayMs: 700 }, nowMs: NOW });
    expect(again.answer).toBe("waiting");
    expect(again.writes).toMatchObject([
      { put: { class: "patient", dueAtMs: NOW + 700, detail: { tries: 1 } } },
    ]);
    const end = decideHandleFailed(queue, { attempts: 1, plan: { giveUp: true }, nowMs: NOW });
    expect(end.answer).toBe("parked");
    expect(end.writes).toMatchObject([
      { put: { class: "parked", detail: { nextPlace: 1, parkedAtMs: NOW } } },
    ]);
  });

  it("by somebody whose lease is over changes nothing", () => {
    const records = running(2);
    const { queue } = front(records);
    expect(decideHandled(front(records), { ...success, attempts: 2 }).writes).toEqual([]);
    const late = { attempts: 2, nowMs: NOW };
    expect(decideHandleFailed(queue, { ...late, plan: { giveUp: true } })).toMatchObject({
      writes: [],
      answer: "overslept",
    });
    expect(decideHandlePostponed(queue, { attempts: 2, dueAtMs: NOW, claimed: "uncounted" }).writes).toEqual(
      [],
    );
    expect(decideHandled({ ...front(records), queue: null }, success).writes).toEqual([]);
  });

  it("before it began counts no try", () => {
    const { queue } = front(running(1));
    const postponed = decideHandlePostponed(queue, { attempts: 1, dueAtMs: NOW + 5, claimed: "uncounted" });
    expect(postponed.writes).toMatchObject([{ put: { dueAtMs: NOW + 5, detail: { tries: 0 } } }]);
    const unclaimed = decideHandlePostponed(queue, { attempts: 1, dueAtMs: NOW + 5, claimed: null });
    expect(unclaimed.writes).toMatchObject([{ put: { detail: { tries: 1 } } }]);
  });
});

describe("a ruling on a parked event", () => {
  const parked = changed(filled(2), { class: "parked", attempts: 9 }, { tries: 20, parkedAtMs: 1 });
  const ruling = { action: "resume", place: 1, nowMs: NOW } as const;

  it("resumes with the same event and the full number of tries", () => {
    const { writes, answer } = decideParked(front(parked), ruling);
    expect(answer).toBe("done");
    expect(queueIn(committed(parked, writes)).value).toMatchObject({
      class: "patient",
      dueAtMs: NOW,
      attempts: 10,
      detail: { nextPlace: 1, tries: 0, parkedAtMs: null },
    });
  });

  it("skips that event alone", () => {
    const { writes } = decideParked(front(parked), { ...ruling, action: "skip" });
    const after = committed(parked, writes);
    expect(after.has("event:crm:c1:1")).toBe(false);
    expect(after.has("event:crm:c1:2")).toBe(true);
    expect(queueIn(after).value).toMatchObject({
      class: "patient",
      detail: { nextPlace: 2, parkedAtMs: null },
    });
  });

  it.each([
    ["not-parked", filled(2), 1],
    ["not-parked", parked, 2],
    ["unknown", parked, 3],
  ] as const)("is %s where there is nothing to decide", (expected, records, place) => {
    const decision = decideParked(front(records), { ...ruling, place });
    expect(decision).toEqual({ writes: [], events: [], answer: expected });
  });
});

describe("removing events from a queue", () => {
  function aged(ages: readonly number[]): Records {
    const records = new Map(filled(ages.length));
    for (const [index, createdAtMs] of ages.entries()) {
      const id = `event:crm:c1:${index + 1}`;
      const record = records.get(id);
      if (record !== undefined) records.set(id, { ...record, value: { ...record.value, createdAtMs } });
    }
    return records;
  }

  it.each<readonly [string, readonly number[], number | null, number]>([
    ["all of them", [1, 2, 3], null, 3],
    ["those from before", [1, 2, 30], 10, 2],
    ["none where the first is newer", [30, 1, 2], 10, 0],
    ["none that is exactly as old", [10], 10, 0],
    ["none of none", [], null, 0],
  ])("takes %s, in order", (_, ages, beforeMs, expected) => {
    const records = aged(ages.length === 0 ? [1] : ages);
    const start = ages.length === 0 ? changed(records, { class: "idle" }, { nextPlace: 2 }) : records;
    const queue = queueIn(start);
    const ids = eventIds(queue.value, placesAhead(queue.value.detail, 25));
    expect(ids).toHaveLength(ages.length);
    const events = ids.map((id) => start.get(id) ?? null);
    const { writes, answer } = decideEventRemoval(queue, events, { beforeMs, nowMs: NOW });
    expect(answer).toBe(expected);
    const after = committed(start, writes);
    const left = [...after.keys()].filter((id) => ids.includes(id));
    expect(left).toEqual(ids.slice(expected));
    const moved = {
      class: expected === ages.length ? "idle" : "patient",
      attempts: 1,
      detail: { nextPlace: expected + 1, tries: 0, parkedAtMs: null },
    };
    expect(queueIn(after).value).toMatchObject(expected === 0 ? queueIn(start).value : moved);
  });

  it("waits out the lease of a worker that may be at the first, and wakes what was parked behind it", () => {
    const old = aged([1, 30]);
    for (const [change, dueAtMs] of [
      [{ dueAtMs: NOW + 50_000, attempts: 1 }, NOW + 50_000],
      [{ class: "parked", dueAtMs: 3 }, NOW],
    ] as const) {
      const { queue, event, nextEvent } = front(changed(old, change));
      const { writes } = decideEventRemoval(queue, [event, nextEvent], { beforeMs: 10, nowMs: NOW });
      expect(writes[0]).toMatchObject({ put: { class: "patient", dueAtMs } });
    }
  });

  it("looks at no more places than asked, and none past the last", () => {
    const detail = queueIn(filled(4)).value.detail;
    expect(placesAhead(detail, 3)).toEqual([1, 2, 3]);
    expect(placesAhead(detail, 9)).toEqual([1, 2, 3, 4]);
    expect(placesAhead({ ...detail, nextPlace: 5 }, 9)).toEqual([]);
  });
});

describe("removing a lane", () => {
  it("takes its list and its queues, but none while an event waits", () => {
    const full = filled(1);
    const list = full.get(laneRecordId("c1")) ?? null;
    const waiting = decideLaneRemoval({ list, queues: [queueIn(full)] });
    expect(waiting).toEqual({ writes: [], events: [], answer: false });
    const empty = queueIn(changed(full, { class: "idle" }, { nextPlace: 2 }));
    const { writes } = decideLaneRemoval({ list, queues: [empty, null] });
    expect(writes).toEqual([
      { kind: "task", remove: "handlers:c1", expect: 1 },
      { kind: "task", remove: "handle:crm:c1", expect: 1 },
    ]);
  });
});

describe("ids of events", () => {
  it("lead back to their queue and place, whatever the lane is called", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
    const lane = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(name, lane, fc.integer({ min: 1, max: 10 ** 12 }), (handler, id, place) => {
        const found = placeOfEvent(eventId({ handler, lane: id }, place));
        expect(found).toEqual({ queue: queueId(handler, id), place });
      }),
    );
  });

  it.each([
    "",
    "event:",
    "event:a:1",
    "event::b:1",
    "event:a:b:",
    "event:a:b:01",
    "handle:a:b:1",
    "event:a:b:-1",
  ])("are not %j", (id) => {
    expect(placeOfEvent(id)).toBeNull();
  });
});

describe("the lane of an event", () => {
  it("is its conversation's, its consent's, or its contact's where there is neither", () => {
    const message = sampleMessage(1, { conversationId: "c1" });
    const { accountSid } = message;
    expect(laneOf({ name: "message.sent", data: { message } })).toEqual({
      kind: "conversation",
      conversationId: "c1",
      accountSid,
    });
    const blocked = { contact: "+14155550100", reason: "opted_out" } as const;
    expect(laneOf({ name: "send.blocked", data: { ...blocked, message } }).kind).toBe("conversation");
    expect(laneOf({ name: "send.blocked", data: { ...blocked, message: null } })).toEqual({
      kind: "contact",
      contact: "+14155550100",
    });
    expect(laneOf(REMOVED).kind).toBe("ended");
  });
});
