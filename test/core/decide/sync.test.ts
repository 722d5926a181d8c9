import { describe, expect, it } from "vitest";
import {
  decideSyncClaim,
  decideSyncDelay,
  decideSyncFloor,
  decideSyncProgress,
  decideSyncRelease,
  decideSyncStart,
  syncTaskId,
} from "../../../src/core/decide/sync";
import type { SyncClaimant, SyncPlan } from "../../../src/core/decide/sync";
import type { Decision } from "../../../src/core/decide/decision";
import type { Versioned } from "../../../src/core/model/record";
import type { SyncDetail, Task } from "../../../src/core/model/task";

const NOW_MS = Date.parse("2026-11-23T09:00:00.250Z");
const SECOND_MS = Date.parse("2026-11-23T09:00:00.000Z");
const PLAN: SyncPlan = { accountSid: "AC1", readings: 3, everyMs: 300_000, nowMs: NOW_MS };
const CLAIMANT: SyncClaimant = { ...PLAN, leaseMs: 60_000, foundAttempts: null, sinceMs: null };

/** The task as a decision leaves it. */
function putBy(decision: Decision<unknown>): Versioned<Task> {
  const [write] = decision.writes;
  if (write?.kind !== "task" || !("put" in write)) throw new Error("No task was put.");
  return { version: write.expect === "absent" ? 1 : write.expect + 1, value: write.put };
}

function detailOf({ value }: Versioned<Task>): SyncDetail {
  if (value.detail?.kind !== "sync") throw new Error("The task has no such detail.");
  return value.detail;
}

const made = putBy(decideSyncStart(null, PLAN));
const claimed = putBy(decideSyncClaim(made, CLAIMANT));

describe("the task that reads a log", () => {
  it("is made once, begins at the whole second, and is due after the interval", () => {
    expect(made.value).toMatchObject({
      id: syncTaskId("AC1"),
      purpose: "sync",
      class: "bulk",
      dueAtMs: NOW_MS + 300_000,
      attempts: 0,
      detail: { pointsMs: [SECOND_MS, SECOND_MS, SECOND_MS], beginMs: SECOND_MS, floorMs: null },
    });
    expect(decideSyncStart(made, PLAN).writes).toEqual([]);
  });

  it("only keeps its place where nobody reads from time to time, until somebody does", () => {
    const idle = putBy(decideSyncStart(null, { ...PLAN, everyMs: null }));
    expect(idle.value.class).toBe("idle");
    expect(decideSyncStart(idle, { ...PLAN, everyMs: null }).writes).toEqual([]);
    const taken = putBy(decideSyncStart(idle, { ...PLAN, nowMs: NOW_MS + 5_000 }));
    expect(taken.value).toMatchObject({
      class: "bulk",
      dueAtMs: NOW_MS + 5_000,
      detail: { beginMs: SECOND_MS },
    });
  });
});

describe("the claim", () => {
  it("counts the attempts, and holds the log for a lease", () => {
    expect(claimed.value).toMatchObject({
      attempts: 1,
      dueAtMs: NOW_MS + 60_000,
      detail: { leasedUntilMs: NOW_MS + 60_000 },
    });
  });

  it.each<[string, Versioned<Task> | null, Partial<SyncClaimant>, string]>([
    ["of what is not there is made by sync()", null, {}, "claimed"],
    ["of what is not due yet is made by sync()", made, {}, "claimed"],
    ["of what is not due yet is not made by a worker", made, { foundAttempts: 0 }, "leave"],
    ["of what is due is made by a worker", made, { foundAttempts: 0, nowMs: NOW_MS + 300_000 }, "claimed"],
    [
      "of what others have had since is not made by a worker",
      claimed,
      { foundAttempts: 0, nowMs: NOW_MS + 300_000 },
      "leave",
    ],
    ["of what is gone is not made by a worker", null, { foundAttempts: 0 }, "leave"],
    ["of what somebody is at is not made", claimed, { nowMs: NOW_MS + 59_999 }, "busy"],
    [
      "of what somebody was at is made when the lease has ended",
      claimed,
      { nowMs: NOW_MS + 60_000 },
      "claimed",
    ],
  ])("%s", (_, record, changes, kind) => {
    expect(decideSyncClaim(record, { ...CLAIMANT, ...changes }).answer.kind).toBe(kind);
  });

  it("takes back the first reading only, and never forward", () => {
    const back = putBy(decideSyncClaim(made, { ...CLAIMANT, sinceMs: SECOND_MS - 5_000 }));
    expect(detailOf(back)).toMatchObject({
      beginMs: SECOND_MS - 5_000,
      pointsMs: [SECOND_MS - 5_000, SECOND_MS, SECOND_MS],
    });
    const forth = putBy(decideSyncClaim(made, { ...CLAIMANT, sinceMs: SECOND_MS + 5_000 }));
    expect(detailOf(forth)).toMatchObject({
      beginMs: SECOND_MS,
      pointsMs: [SECOND_MS, SECOND_MS, SECOND_MS],
    });
  });

  it("notes for whoever is at it how far back to go", () => {
    const busy = decideSyncClaim(claimed, { ...CLAIMANT, sinceMs: SECOND_MS - 5_000 });
    expect(busy.answer).toEqual({ kind: "busy" });
    expect(putBy(busy).value).toMatchObject({ attempts: 1, detail: { beginMs: SECOND_MS - 5_000 } });
  });

  it.each([
    [1, [SECOND_MS]],
    [5, [SECOND_MS, SECOND_MS, SECOND_MS, SECOND_MS, SECOND_MS]],
  ])("adapts to %i readings", (readings, pointsMs) => {
    expect(detailOf(putBy(decideSyncClaim(made, { ...CLAIMANT, readings })))).toMatchObject({ pointsMs });
  });
});

describe("progress", () => {
  const at = { attempts: 1, nowMs: NOW_MS + 20_000, leaseMs: 60_000 };
  const moved = { reading: 1, fromMs: SECOND_MS, toMs: SECOND_MS + 7_000 };

  it("moves one reading on, and the lease", () => {
    expect(putBy(decideSyncProgress(claimed, { ...at, moved })).value).toMatchObject({
      attempts: 1,
      dueAtMs: NOW_MS + 80_000,
      detail: {
        leasedUntilMs: NOW_MS + 80_000,
        pointsMs: [SECOND_MS, SECOND_MS + 7_000, SECOND_MS],
      },
    });
  });

  it("without a move only holds the claim", () => {
    expect(decideSyncProgress(claimed, { ...at, moved: null }).answer).toMatchObject({
      pointsMs: [SECOND_MS, SECOND_MS, SECOND_MS],
    });
  });

  it("leaves a reading where somebody has set it back to", () => {
    const { value } = claimed;
    const detail: SyncDetail = { ...detailOf(claimed), pointsMs: [SECOND_MS, SECOND_MS - 9_000, SECOND_MS] };
    const setBack = { version: 9, value: { ...value, detail } };
    expect(decideSyncProgress(setBack, { ...at, moved }).answer?.pointsMs[1]).toBe(SECOND_MS - 9_000);
  });

  it.each([
    ["gone", null],
    ["another's", { ...claimed, value: { ...claimed.value, attempts: 2 } }],
  ])("is none where the claim is %s", (_, record) => {
    expect(decideSyncProgress(record, { ...at, moved })).toEqual({ writes: [], events: [], answer: null });
    const release = { attempts: 1, dueAtMs: 1, failures: 0, isPeriodic: true };
    expect(decideSyncRelease(record, release).writes).toEqual([]);
    expect(decideSyncDelay(record, { attempts: 1, dueAtMs: 1 }).writes).toEqual([]);
  });
});

describe("the end of a pass", () => {
  it("gives the claim back, and says when the next one is due", () => {
    const release = { attempts: 1, dueAtMs: NOW_MS + 300_000, failures: 2, isPeriodic: true };
    expect(putBy(decideSyncRelease(claimed, release)).value).toMatchObject({
      class: "bulk",
      attempts: 1,
      dueAtMs: NOW_MS + 300_000,
      detail: { leasedUntilMs: null, failures: 2 },
    });
  });

  it("by an instance that does not read from time to time leaves that to others", () => {
    const release = { attempts: 1, dueAtMs: NOW_MS, failures: 0, isPeriodic: false };
    expect(putBy(decideSyncRelease(claimed, release)).value.class).toBe("bulk");
  });
});

describe("the floor", () => {
  it("is noted, and never goes back", () => {
    const noted = putBy(decideSyncFloor(made, { ...PLAN, floorMs: 5_000 }));
    expect(detailOf(noted).floorMs).toBe(5_000);
    expect(decideSyncFloor(noted, { ...PLAN, floorMs: 4_000 }).writes).toEqual([]);
    expect(detailOf(putBy(decideSyncFloor(noted, { ...PLAN, floorMs: 6_000 }))).floorMs).toBe(6_000);
  });

  it("is noted where nothing is read, and does not begin to", () => {
    const noted = putBy(decideSyncFloor(null, { ...PLAN, floorMs: 5_000 }));
    expect(noted.value).toMatchObject({ class: "idle", detail: { floorMs: 5_000 } });
  });
});
