import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConsentSignalKind, ConsentState } from "../../../src/core/consent/machine";
import {
  changeConsent,
  hasSpokenSince,
  NO_EVIDENCE,
  suspectStop,
} from "../../../src/core/decide/consent-change";
import type { ConsentResult } from "../../../src/core/decide/consent-change";
import { consentGate } from "../../../src/core/decide/consent-gate";
import type { Consent } from "../../../src/core/model/consent";
import { timestampOf } from "../../../src/core/model/timestamp";
import type { Versioned } from "../../../src/core/model/record";

const BASE_MS = Date.parse("2026-11-23T09:00:00.000Z");
const ID = "AC1:+14155550100";

/** What somebody says, or what happens, at a minute of the day. */
type Kind = ConsentSignalKind | "maybe-stop";

interface Said {
  readonly kind: Kind;
  readonly atMs: number;
}

const minute = (count: number): number => BASE_MS + count * 60_000;

/** The record after something was said; `late` reads it out of the log at `nowMs`. */
function after(
  record: Versioned<Consent> | null,
  { kind, atMs }: Said,
  late: { readonly nowMs: number } | null = null,
): { readonly record: Versioned<Consent>; readonly result: ConsentResult } {
  const gate = consentGate([ID], [record]);
  const change = changeConsent({
    gate,
    accountSid: "AC1",
    contact: "+14155550100",
    sender: null,
    signal: { kind: kind === "maybe-stop" ? "first-contact" : kind },
    evidence: NO_EVIDENCE,
    entryId: "e1",
    nowMs: late?.nowMs ?? atMs,
    ...(late === null ? {} : { saidAtMs: atMs }),
  });
  const isDecided = late !== null && hasSpokenSince(gate, atMs);
  const result = kind === "maybe-stop" && !isDecided ? suspectStop(change, gate, atMs) : change;
  return { record: { version: (record?.version ?? 0) + 1, value: result.consent }, result };
}

/** The record after all of it as it was said, except what is late, which is read afterwards in order. */
function replay(said: readonly Said[], isLate: (index: number) => boolean): Consent | null {
  const nowMs = minute(1_000);
  let record: Versioned<Consent> | null = null;
  for (const [index, one] of said.entries()) if (!isLate(index)) ({ record } = after(record, one));
  for (const [index, one] of said.entries()) {
    if (isLate(index)) ({ record } = after(record, { ...one, atMs: wholeSecond(one.atMs) }, { nowMs }));
  }
  return record?.value ?? null;
}

/** Twilio tells whole seconds. */
function wholeSecond(atMs: number): number {
  return Math.floor(atMs / 1_000) * 1_000;
}

const OWN: readonly Kind[] = [
  "keyword-stop",
  "keyword-start",
  "informal-stop",
  "first-contact",
  "maybe-stop",
];
const sequenceOf = (kinds: readonly Kind[]): fc.Arbitrary<readonly Said[]> =>
  fc
    .array(fc.record({ kind: fc.constantFrom(...kinds), gapMs: fc.integer({ min: 2_000, max: 90_000 }) }), {
      minLength: 1,
      maxLength: 12,
    })
    .map((steps): readonly Said[] => {
      let atMs = BASE_MS;
      return steps.map(({ kind, gapMs }) => ({ kind, atMs: (atMs += gapMs) }));
    });

describe("words that come late", () => {
  it("leave the gate as if all of them had come in time, whichever of them were late", () => {
    fc.assert(
      fc.property(sequenceOf(OWN), fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (said, late) => {
        const inTime = replay(said, () => false);
        const caughtUp = replay(said, (index) => late[index] ?? false);
        expect(caughtUp?.state).toBe(inTime?.state);
      }),
      { numRuns: 2_000 },
    );
  });

  it("never settle a suspicion that words in time had left", () => {
    const kinds: readonly Kind[] = ["keyword-start", "first-contact", "maybe-stop"];
    fc.assert(
      fc.property(
        sequenceOf(kinds),
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        (said, late) => {
          const inTime = replay(said, () => false);
          const caughtUp = replay(said, (index) => late[index] ?? false);
          expect(caughtUp?.maybeStopSince === null && inTime?.maybeStopSince !== null).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("never leave a gate open that words in time had closed, however close together they were said", () => {
    const close = fc.array(
      fc.record({ kind: fc.constantFrom(...OWN), gapMs: fc.integer({ min: 1, max: 900 }) }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(close, fc.nat({ max: 7 }), (steps, lateIndex) => {
        let atMs = BASE_MS;
        const said = steps.map(({ kind, gapMs }) => ({ kind, atMs: (atMs += gapMs) }));
        const inTime = replay(said, () => false);
        const caughtUp = replay(said, (index) => index === lateIndex);
        expect(caughtUp?.state === "opted-in" && inTime?.state === "opted-out").toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, readonly [Kind, number][], [Kind, number], ConsentState, number]>([
    ["a STOP closes the gate, dated when it was said", [], ["keyword-stop", 5], "opted-out", 5],
    ["a STOP counts over an older START", [["keyword-start", 3]], ["keyword-stop", 5], "opted-out", 5],
    [
      "a STOP gives way to the contact's own later START",
      [["keyword-start", 7]],
      ["keyword-stop", 5],
      "opted-in",
      7,
    ],
    ["and to one that Twilio read", [["opt-out-type-start", 7]], ["keyword-stop", 5], "opted-in", 7],
    [
      "and to one that only repeats an older one",
      [
        ["keyword-start", 3],
        ["keyword-start", 7],
      ],
      ["keyword-stop", 5],
      "opted-in",
      7,
    ],
    [
      "a STOP counts over an operator's later opt-in",
      [["operator-opt-in", 7]],
      ["keyword-stop", 5],
      "opted-out",
      5,
    ],
    ["a STOP counts over a later import", [["import-opt-in", 7]], ["keyword-stop", 5], "opted-out", 5],
    ["a STOP leaves a later STOP as it is", [["keyword-stop", 7]], ["keyword-stop", 5], "opted-out", 7],
    ["a later STOP moves the date", [["keyword-stop", 3]], ["keyword-stop", 5], "opted-out", 5],
    ["a START lifts an older STOP", [["keyword-stop", 3]], ["keyword-start", 5], "opted-in", 5],
    ["a START does not lift a later STOP", [["keyword-stop", 7]], ["keyword-start", 5], "opted-out", 7],
    [
      "nor one that only repeats an older one",
      [
        ["keyword-stop", 3],
        ["keyword-stop", 7],
      ],
      ["keyword-start", 5],
      "opted-out",
      7,
    ],
    [
      "nor one that repeats an operator's",
      [
        ["operator-opt-out", 3],
        ["keyword-stop", 7],
      ],
      ["keyword-start", 5],
      "opted-out",
      7,
    ],
    ["nor a later refusal of Twilio's", [["carrier-21610", 7]], ["keyword-start", 5], "opted-out", 7],
    ["nor an operator's later opt-out", [["operator-opt-out", 7]], ["keyword-start", 5], "opted-out", 7],
    [
      "a START lifts an operator's older opt-out",
      [["operator-opt-out", 3]],
      ["keyword-start", 5],
      "opted-in",
      5,
    ],
    ["a START opts in who was only met", [["first-contact", 7]], ["keyword-start", 5], "opted-in", 5],
    ["ordinary words change nothing", [["keyword-stop", 3]], ["first-contact", 5], "opted-out", 3],
  ])("%s", (_, live, [kind, at], state, since) => {
    let record: Versioned<Consent> | null = null;
    for (const [said, count] of live) ({ record } = after(record, { kind: said, atMs: minute(count) }));
    const { value } = after(record, { kind, atMs: minute(at) }, { nowMs: minute(60) }).record;
    expect({ state: value.state, since: value.since }).toEqual({ state, since: timestampOf(minute(since)) });
  });

  it("enter the ledger where they change the gate, and the record with the time they were said", () => {
    const { result } = after(null, { kind: "keyword-stop", atMs: minute(5) }, { nowMs: minute(60) });
    expect(result.writes).toMatchObject([
      { kind: "consent", put: { state: "opted-out", since: timestampOf(minute(5)) } },
      { kind: "consentEntry", put: { to: "opted-out", at: timestampOf(minute(60)) } },
    ]);
  });

  it("that only repeat what is known are no line in the ledger and no event", () => {
    const { record } = after(null, { kind: "keyword-stop", atMs: minute(3) });
    const { result } = after(record, { kind: "keyword-stop", atMs: minute(5) });
    expect(result).toMatchObject({ changed: false, events: [] });
    expect(result.writes.map(({ kind }) => kind)).toEqual(["consent"]);
  });

  it("leave it to a person to settle what was suspected, unless they close the gate", () => {
    const { record } = after(null, { kind: "maybe-stop", atMs: minute(3) });
    const late = (kind: Kind): Consent =>
      after(record, { kind, atMs: minute(5) }, { nowMs: minute(60) }).record.value;
    expect(late("keyword-start")).toMatchObject({
      state: "opted-in",
      maybeStopSince: timestampOf(minute(3)),
    });
    expect(late("keyword-stop")).toMatchObject({ state: "opted-out", maybeStopSince: null });
  });
});
