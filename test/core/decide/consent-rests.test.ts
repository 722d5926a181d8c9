import { describe, expect, it } from "vitest";
import type { ConsentSignalKind } from "../../../src/core/consent/machine";
import { changeConsent, NO_EVIDENCE } from "../../../src/core/decide/consent-change";
import { consentGate } from "../../../src/core/decide/consent-gate";
import type { Consent } from "../../../src/core/model/consent";
import type { Write } from "../../../src/core/model/record";
import { sampleConsent } from "../../../src/testing/storage/sample-records";

const NOW_MS = Date.parse("2026-11-23T09:00:00.000Z");

function writesOf(kind: ConsentSignalKind, record: Partial<Consent>): readonly Write[] {
  const value = sampleConsent(1, { maybeStopSince: null, since: "2026-11-23T09:00:00.000Z", ...record });
  return changeConsent({
    gate: consentGate([value.id], [{ version: 7, value }]),
    accountSid: value.accountSid,
    contact: value.contact,
    sender: null,
    signal: { kind },
    evidence: NO_EVIDENCE,
    entryId: "e1",
    nowMs: NOW_MS,
  }).writes;
}

describe("a signal that is no news", () => {
  it.each<[ConsentSignalKind, Consent["state"]]>([
    ["keyword-stop", "opted-out"],
    ["opt-out-type-stop", "opted-out"],
    ["operator-opt-out", "opted-out"],
    ["carrier-21610", "opted-out"],
    ["keyword-start", "opted-in"],
    ["operator-opt-in", "opted-in"],
    ["import-opt-in", "opted-out"],
  ])(
    "%s of somebody who is %s rests on that, so that what changes it at the same moment collides",
    (kind, state) => {
      const { id } = sampleConsent(1);
      expect(writesOf(kind, { state })).toEqual([{ kind: "consent", check: id, expect: 7 }]);
    },
  );

  it("a mere message rests on nothing, whoever sends it", () => {
    expect(writesOf("first-contact", { state: "opted-out" })).toEqual([]);
  });
});
