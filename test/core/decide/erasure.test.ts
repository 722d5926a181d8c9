import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consentGate, recordsOfGate } from "../../../src/core/decide/consent-gate";
import { changeConsent, NO_EVIDENCE } from "../../../src/core/decide/consent-change";
import { decideConsentErasure, decideLedgerErasure } from "../../../src/core/decide/erasure";
import { writtenId, type Versioned, type Write } from "../../../src/core/model/record";
import type { Consent } from "../../../src/core/model/consent";
import { timestampOf } from "../../../src/core/model/timestamp";
import { sampleConsent, sampleConsentEntry } from "../../../src/testing/storage/sample-records";

const IDS = ["plain", "erased:1", "erased:2"] as const;
const [PLAIN, MARK, SECOND] = IDS;
const ABOUT = { accountSid: "AC", sender: null };
const NOW_MS = Date.UTC(2026, 10, 23);
const NOW = timestampOf(NOW_MS);
const BEFORE = "2026-06-01T00:00:00.000Z";
const LONG_BEFORE = "2026-01-01T00:00:00.000Z";

type Found = Partial<Consent> | null;

function gateOf(found: readonly Found[]) {
  return consentGate(
    IDS,
    found.map((changes, at): Versioned<Consent> | null =>
      changes === null
        ? null
        : { version: 1, value: sampleConsent(1, { id: IDS[at] ?? "", since: LONG_BEFORE, ...changes }) },
    ),
  );
}

function erase(found: readonly Found[], texts: "texts" | "no texts" = "no texts") {
  const removesTexts = texts === "texts";
  return decideConsentErasure(gateOf(found), { ids: IDS, about: ABOUT, nowMs: NOW_MS, removesTexts });
}

/** When each mark says that the contact was erased, after the writes. */
function erasedAtOf(found: readonly Found[], writes: readonly Write[]): readonly unknown[] {
  return IDS.slice(1).map((id, at) => {
    const write = writes.find((one) => writtenId(one) === id);
    if (write !== undefined && "put" in write) return Reflect.get(write.put, "erasedAt");
    return found[at + 1]?.erasedAt;
  });
}

describe("an erasure of a consent", () => {
  it.each<[string, readonly Found[], "texts" | "no texts", readonly string[]]>([
    ["of a contact who was met", [{}, {}, {}], "no texts", [NOW, NOW]],
    ["of one who was met before there was a key", [{}, null, null], "no texts", [NOW, NOW]],
    [
      "of one whose marks say nothing, as of a release that told no time",
      [null, {}, {}],
      "no texts",
      [NOW, NOW],
    ],
    ["of one who had opted out", [{ state: "opted-out" }, {}, {}], "no texts", [NOW, NOW]],
    ["again, for one mark that knows the time", [null, { erasedAt: BEFORE }, {}], "no texts", [BEFORE, NOW]],
    [
      "again, with a further key",
      [null, { erasedAt: BEFORE, state: "opted-out" }, null],
      "no texts",
      [BEFORE, NOW],
    ],
    [
      "again, when there is a plain record once more",
      [{}, { erasedAt: BEFORE }, { erasedAt: BEFORE }],
      "no texts",
      [NOW, NOW],
    ],
    [
      "again, when texts have come since",
      [null, { erasedAt: BEFORE }, { erasedAt: BEFORE }],
      "texts",
      [NOW, NOW],
    ],
    [
      "again, when they opted in since",
      [null, { erasedAt: BEFORE, state: "opted-in" }, { erasedAt: BEFORE }],
      "no texts",
      [NOW, BEFORE],
    ],
  ])("%s tells the time on every mark", (_, found, texts, times) => {
    const { writes, answer } = erase(found, texts);
    expect(erasedAtOf(found, writes)).toEqual(times);
    expect(answer).toMatchObject({ changed: true });
    // Whatever it does not write, it rests on.
    const there = recordsOfGate(gateOf(found)).map(({ value }) => value.id);
    expect(writes.map(writtenId)).toEqual(expect.arrayContaining(there));
  });

  it.each<[string, readonly Found[], "texts" | "no texts"]>([
    ["nobody was met", [null, null, null], "texts"],
    ["nothing came since", [null, { erasedAt: BEFORE }, { erasedAt: BEFORE }], "no texts"],
    [
      "an opt-out is kept already",
      [null, { erasedAt: BEFORE, state: "opted-out", reason: "keyword_stop" }, { erasedAt: BEFORE }],
      "no texts",
    ],
    ["it is of this very moment", [null, { erasedAt: NOW }, { erasedAt: NOW }], "texts"],
  ])("writes nothing where %s", (_, found, texts) => {
    expect(erase(found, texts)).toMatchObject({ writes: [], events: [], answer: { changed: false } });
  });

  it("never sets the time back, where clocks differ", () => {
    const ahead = timestampOf(NOW_MS + 60_000);
    const found: readonly Found[] = [{}, { erasedAt: ahead }, { state: "opted-in", erasedAt: ahead }];
    expect(erasedAtOf(found, erase(found, "texts").writes)).toEqual([ahead, ahead]);
  });

  it("repeated changes nothing, whatever was there", () => {
    const consent = fc.option(
      fc.record({
        state: fc.constantFrom("unknown" as const, "opted-in" as const, "opted-out" as const),
        since: fc.constantFrom(LONG_BEFORE, BEFORE),
        maybeStopSince: fc.constantFrom(null, BEFORE),
        erasedAt: fc.constantFrom(null, BEFORE, NOW),
      }),
    );
    const records = fc.tuple(consent, consent, consent);
    fc.assert(
      fc.property(records, fc.constantFrom("texts" as const, "no texts" as const), (found, texts) => {
        const { writes, answer } = erase(found, texts);
        const after = IDS.map((id, at): Found => {
          const write = writes.find((one) => writtenId(one) === id);
          if (write === undefined || "check" in write) return found[at] ?? null;
          return "put" in write && write.kind === "consent" ? write.put : null;
        });
        expect(after[0]).toBe(null);
        const again = erase(after, texts);
        expect(again.writes).toEqual([]);
        expect(again.answer).toEqual({ ...answer, changed: false });
      }),
    );
  });

  it("leaves a time that what is decided later keeps", () => {
    const gate = gateOf([null, { erasedAt: BEFORE }, { erasedAt: BEFORE }]);
    const { consent } = changeConsent({
      ...ABOUT,
      gate,
      contact: "+14155550100",
      evidence: NO_EVIDENCE,
      entryId: "e",
      nowMs: NOW_MS,
      signal: { kind: "keyword-stop" },
    });
    expect(consent).toMatchObject({ id: MARK, state: "opted-out", erasedAt: BEFORE });
  });
});

describe("an erasure of lines of the ledger", () => {
  const line = { version: 3, value: sampleConsentEntry(1, { consentId: PLAIN }) };
  const erased = { ...line.value, consentId: MARK, contact: MARK, evidence: NO_EVIDENCE };
  const of = (found: readonly Found[], entry = line) =>
    decideLedgerErasure({ gate: gateOf(found), ids: IDS }, [entry]);

  it("keeps them as proof where the consent is an opt-out by then, and rests on all of it", () => {
    const { writes, answer } = of([null, { state: "opted-out" }, {}]);
    expect(writes).toEqual([
      { kind: "consentEntry", put: erased, expect: 3 },
      { kind: "consent", check: MARK, expect: 1 },
      { kind: "consent", check: SECOND, expect: 1 },
    ]);
    expect(answer).toEqual({ changed: true, keptUnder: MARK });
  });

  it.each<[string, readonly Found[]]>([
    ["there is no consent", [null, null, null]],
    ["nobody opted out", [null, {}, {}]],
    ["they opted in again", [null, { state: "opted-in" }, {}]],
  ])("removes them where %s", (_, found) => {
    const { writes, answer } = of(found);
    expect(writes[0]).toEqual({ kind: "consentEntry", remove: line.value.id, expect: 3 });
    expect(writes.slice(1).map(writtenId)).toEqual(recordsOfGate(gateOf(found)).map(({ value }) => value.id));
    expect(answer).toEqual({ changed: true, keptUnder: null });
  });

  it("writes nothing where they are a proof already", () => {
    const found: readonly Found[] = [null, { state: "opted-out" }, {}];
    expect(of(found, { version: 4, value: erased })).toEqual({
      writes: [],
      events: [],
      answer: { changed: false, keptUnder: MARK },
    });
  });
});
