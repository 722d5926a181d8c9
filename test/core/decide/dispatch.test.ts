import { describe, expect, it } from "vitest";
import { consentGate } from "../../../src/core/decide/consent-gate";
import { decideSettle } from "../../../src/core/decide/settle";
import { decideClaim } from "../../../src/core/decide/dispatch";
import type { DispatchRecords } from "../../../src/core/decide/dispatch";
import type { CallResult, Settlement } from "../../../src/core/decide/settle";
import { deliveryState } from "../../../src/core/delivery/status";
import { sampleConsent, sampleMessage, sampleTask } from "../../../src/testing/storage/sample-records";

const ACCEPTED: CallResult = {
  kind: "accepted",
  sid: "SM1",
  status: "queued",
  from: null,
  errorCode: null,
  billedSegments: 1,
};
const AGAIN: CallResult = { kind: "retry", plan: { delayMs: 10 } };

/** A message under way, by a claim that counted the attempts to 2. */
function underWay(): DispatchRecords {
  const delivery = deliveryState("pending");
  const message = sampleMessage(1, { direction: "outbound", sid: null, delivery, status: delivery.status });
  return {
    task: { version: 3, value: sampleTask(1, { purpose: "dispatch", attempts: 2, calling: true }) },
    message: { version: 1, value: message },
    consent: consentGate([sampleConsent(1).id], [{ version: 1, value: sampleConsent(1) }]),
    rest: [],
  };
}

function settlementOf(result: CallResult, attempts: number): Settlement {
  const called = sampleMessage(1, { direction: "outbound", sid: null });
  return {
    result,
    called,
    attempts,
    claimedAtMs: 0,
    absentFromMs: 9_000,
    optOutErrors: [21610],
    newEntryId: "e1",
    nowMs: 0,
  };
}

function written(result: CallResult, attempts: number): readonly string[] {
  const settlement = settlementOf(result, attempts);
  return decideSettle(underWay(), settlement).writes.map(({ kind }) => kind);
}

describe("claiming a task", () => {
  it("that has gone on to the next part since it was listed leaves it alone", () => {
    const before = underWay();
    const settled = sampleMessage(1, { direction: "outbound", sid: "SM1" });
    const task = sampleTask(1, { purpose: "dispatch", attempts: 2, calling: false, messageId: "next" });
    const records = {
      ...before,
      task: { version: 4, value: task },
      message: { version: 2, value: settled },
    };
    const claimant = { attempts: 2, messageId: settled.id, nowMs: 0, leaseMs: 1, absenceMs: 1 };
    expect(decideClaim(records, claimant)).toEqual({ writes: [], events: [], answer: { kind: "leave" } });
    expect(decideClaim({ ...records, message: null }, claimant).writes).toEqual([]);
  });
});

describe("settling a call", () => {
  it("by the claim that holds the task ends the task", () => {
    expect(written(ACCEPTED, 2)).toEqual(["message", "task"]);
    expect(written(AGAIN, 2)).toEqual(["task"]);
  });

  it("by a claim that overslept its lease tells the message, and leaves the task to whoever has it now", () => {
    expect(written(ACCEPTED, 1)).toEqual(["message"]);
    expect(written(AGAIN, 1)).toEqual([]);
  });

  it("that was settled already, but for the answer, leaves the next part of the text alone", () => {
    const before = underWay();
    const next = sampleMessage(2, { direction: "outbound", sid: null });
    const task = sampleTask(1, { purpose: "dispatch", attempts: 2, calling: false, messageId: next.id });
    const settlement = settlementOf(ACCEPTED, 2);
    const again = decideSettle({ ...before, task: { version: 4, value: task } }, settlement);
    expect(again.writes.filter(({ kind }) => kind === "task")).toEqual([]);
    expect(again.answer.next).toBeNull();
  });
});
