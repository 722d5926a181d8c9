import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classifyReply } from "../../../src/core/consent/classify-reply";
import { consentSignalOf, mayReceive, nextConsent } from "../../../src/core/consent/machine";
import type { ConsentSignalKind, ConsentState } from "../../../src/core/consent/machine";

const STATES: readonly (ConsentState | null)[] = [null, "unknown", "opted-in", "opted-out"];
const OPT_OUTS: readonly ConsentSignalKind[] = [
  "keyword-stop",
  "opt-out-type-stop",
  "informal-stop",
  "carrier-21610",
  "carrier-block",
  "operator-opt-out",
  "import-opt-out",
];
const LIFTING: readonly ConsentSignalKind[] = ["keyword-start", "opt-out-type-start", "operator-opt-in"];
const KINDS: readonly ConsentSignalKind[] = [...OPT_OUTS, ...LIFTING, "import-opt-in", "first-contact"];
const kindOf = fc.constantFrom(...KINDS);
const stateOf = fc.constantFrom(...STATES);

describe("the consent machine", () => {
  test.each(OPT_OUTS)("%s opts out from every state", (kind) => {
    for (const state of STATES) {
      expect(nextConsent(state, { kind })).toEqual({
        state: "opted-out",
        changed: state !== "opted-out",
        reason: kind.replaceAll("-", "_"),
      });
    }
  });

  test.each(LIFTING)("%s opts in from every state", (kind) => {
    for (const state of STATES) {
      expect(nextConsent(state, { kind })).toEqual({
        state: "opted-in",
        changed: state !== "opted-in",
        reason: kind.replaceAll("-", "_"),
      });
    }
  });

  test("an import opts in a contact who has not opted out", () => {
    expect(nextConsent(null, { kind: "import-opt-in" })).toEqual({
      state: "opted-in",
      changed: true,
      reason: "import_opt_in",
    });
    expect(nextConsent("unknown", { kind: "import-opt-in" }).state).toBe("opted-in");
    expect(nextConsent("opted-in", { kind: "import-opt-in" }).changed).toBe(false);
  });

  test("an import never lifts an opt-out, and says so", () => {
    expect(nextConsent("opted-out", { kind: "import-opt-in" })).toEqual({
      state: "opted-out",
      changed: false,
      reason: "import_cannot_lift_opt_out",
    });
  });

  test("the first contact leaves the state as it is, and unknown where there was no record", () => {
    for (const state of STATES) {
      expect(nextConsent(state, { kind: "first-contact" })).toEqual({
        state: state ?? "unknown",
        changed: false,
        reason: "first_contact",
      });
    }
  });

  test("a signal given twice changes nothing the second time", () => {
    fc.assert(
      fc.property(stateOf, kindOf, (state, kind) => {
        const once = nextConsent(state, { kind });
        expect(nextConsent(once.state, { kind })).toMatchObject({ state: once.state, changed: false });
      }),
    );
  });

  test("after an opt-out nothing but the contact's START or an operator opens the gate", () => {
    fc.assert(
      fc.property(fc.array(kindOf), fc.constantFrom(...OPT_OUTS), fc.array(kindOf), (before, stop, after) => {
        let state: ConsentState | null = null;
        for (const kind of [...before, stop]) state = nextConsent(state, { kind }).state;
        for (const kind of after) {
          if (!LIFTING.includes(kind)) state = nextConsent(state, { kind }).state;
        }
        expect(state).toBe("opted-out");
        expect(mayReceive(state)).toBe(false);
      }),
    );
  });

  test("changed is true exactly when the state differs, no record counting as unknown", () => {
    fc.assert(
      fc.property(stateOf, kindOf, (state, kind) => {
        const next = nextConsent(state, { kind });
        expect(next.changed).toBe(next.state !== (state ?? "unknown"));
      }),
    );
  });
});

test("only an opt-out closes the gate", () => {
  expect(STATES.map((state) => mayReceive(state))).toEqual([true, true, true, false]);
});

describe("the signal of a reply", () => {
  test.each([
    ["stop", null, "keyword-stop"],
    ["start", null, "keyword-start"],
    ["help", null, undefined],
    ["maybe-stop", null, undefined],
    ["none", null, undefined],
    ["none", "STOP", "opt-out-type-stop"],
    ["stop", "STOP", "opt-out-type-stop"],
    ["start", "STOP", "opt-out-type-stop"],
    ["none", "START", "opt-out-type-start"],
    ["stop", "START", "opt-out-type-start"],
    ["none", "HELP", undefined],
    ["stop", "HELP", undefined],
    ["start", "HELP", undefined],
  ] as const)("intent %s with OptOutType %s gives %s", (intent, optOutType, kind) => {
    expect(consentSignalOf({ intent, optOutType })?.kind).toBe(kind);
  });

  test("a reply of STOP closes the gate, and YES on a toll-free number does not open it again", () => {
    const stop = consentSignalOf({ intent: classifyReply("Stop!").intent, optOutType: null });
    expect(stop).toEqual({ kind: "keyword-stop" });
    expect(
      consentSignalOf({ intent: classifyReply("yes", { tollFree: true }).intent, optOutType: null }),
    ).toBeNull();
  });
});
