import { describe, expect, it } from "vitest";
import { consentGate, recordsOfGate } from "../../../src/core/decide/consent-gate";
import { changeConsent, NO_EVIDENCE, suspectStop } from "../../../src/core/decide/consent-change";
import { writtenId } from "../../../src/core/model/record";
import type { Consent } from "../../../src/core/model/consent";
import type { Versioned } from "../../../src/core/model/record";
import { sampleConsent } from "../../../src/testing/storage/sample-records";

const EARLY = "2026-01-01T00:00:00.000Z";
const LATE = "2026-06-01T00:00:00.000Z";
const IDS = ["plain", "erased:1", "erased:2"] as const;

function found(id: string, changes: Partial<Consent> = {}): Versioned<Consent> {
  return { version: 1, value: sampleConsent(1, { id, since: EARLY, ...changes }) };
}

describe("of several consent records of one person", () => {
  it.each<[string, readonly (Partial<Consent> | null)[], string | null]>([
    ["none counts where there is none", [null, null, null], null],
    ["the plain one counts where nothing was decided", [{}, {}, {}], "plain"],
    ["a mark counts where it is alone", [null, null, {}], "erased:2"],
    ["an opt-out counts more than nothing known", [{}, { state: "opted-out" }, null], "erased:1"],
    [
      "of two marks the later decision counts",
      [null, { state: "opted-out" }, { state: "opted-in", since: LATE }],
      "erased:2",
    ],
    [
      "a plain opt-in, however late, lifts no opt-out of a mark",
      [{ state: "opted-in", since: LATE }, { state: "opted-out" }, null],
      "erased:1",
    ],
    ["also a later opt-out", [{ state: "opted-in" }, null, { state: "opted-out", since: LATE }], "erased:2"],
    ["of one moment the opt-out counts", [{ state: "opted-in" }, { state: "opted-out" }, null], "erased:1"],
    ["words that may mean stop count more than none", [{}, { maybeStopSince: LATE }, null], "erased:1"],
  ])("%s", (_, records, id) => {
    const given = records.map((changes, index) =>
      changes === null ? null : found(IDS[index] ?? "", changes),
    );
    const gate = consentGate(IDS, given);
    expect(gate.record?.value.id ?? null).toBe(id);
    expect(recordsOfGate(gate)).toHaveLength(records.filter((one) => one !== null).length);
    expect(gate.missingMarks).toEqual(IDS.filter((_id, index) => index > 0 && records[index] === null));
  });
});

describe("a change of consent", () => {
  const change = {
    accountSid: "AC",
    contact: "+14155550100",
    sender: null,
    evidence: NO_EVIDENCE,
    entryId: "e",
    nowMs: 0,
  };

  it("of somebody never met makes their marks with the record, also where they may have meant stop", () => {
    const gate = consentGate(IDS, [null, null, null]);
    const result = changeConsent({ ...change, gate, signal: { kind: "first-contact" } });
    expect(result.writes.map(writtenId)).toEqual([...IDS]);
    const suspected = suspectStop(result, gate, 0);
    expect(suspected.writes.map(writtenId)).toEqual([...IDS]);
    expect(suspected.writes[0]).toMatchObject({ put: { maybeStopSince: "1970-01-01T00:00:00.000Z" } });
  });

  it("rests on every other record of the person", () => {
    const gate = consentGate(IDS, [found("plain"), found("erased:1"), null]);
    const { writes } = changeConsent({ ...change, gate, signal: { kind: "keyword-stop" } });
    expect(writes).toMatchObject([
      { kind: "consent", put: { id: "plain", state: "opted-out" }, expect: 1 },
      { kind: "consent", check: "erased:1", expect: 1 },
      { kind: "consentEntry", put: { consentId: "plain" } },
    ]);
  });
});
