import { describe, expect, it } from "vitest";
import { createSimulator } from "../../../src/simulator";
import type { FaultOptions } from "../../../src/simulator";

/** The point of most tests here is what happens to values that the types forbid. */
function forbidden(faults: unknown): FaultOptions {
  return faults as FaultOptions;
}

const MALFORMED: readonly (readonly [what: string, faults: unknown])[] = [
  ["an unknown fault", { looseCallback: 1 }],
  ["a name that every object has", { toString: 1 }],
  ["a name that changes prototypes", JSON.parse('{"__proto__": 1}')],
  ["a list", []],
  ["a text", "loseCallback"],
  ["a rate below 0", { loseCallback: -0.1 }],
  ["a rate above 1", { loseCallback: 1.1 }],
  ["a rate that is no number", { loseCallback: "1" }],
  ["a rate that is NaN", { acceptThenHang: Number.NaN }],
  ["a switch in place of a rate", { loseInbound: true }],
  ["members where only a rate fits", { loseCallback: { rate: 1 } }],
  ["a bare rate where a time is needed", { delayCallback: 0.5 }],
  ["no time", { delayApi: { rate: 1 } }],
  ["a negative time", { delayApi: { ms: -1 } }],
  ["an endless time", { delayInbound: { ms: Number.POSITIVE_INFINITY } }],
  ["a time beyond a day", { lagList: { ms: 86_400_001 } }],
  ["bounds the wrong way round", { delayInbound: { ms: [2, 1] } }],
  ["three bounds", { repeatInbound: { ms: [1, 2, 3] } }],
  ["a malformed rate beside a time", { repeatInbound: { rate: 2, ms: 1 } }],
  ["an unknown member", { delayCallback: { ms: 1, rates: 1 } }],
  ["one copy", { duplicateInbound: { times: 1 } }],
  ["half a copy", { duplicateCallback: { times: 2.5 } }],
  ["no burst", { answer429: { length: 0 } }],
  ["a negative Retry-After", { answer429: { retryAfterSeconds: -1 } }],
  ["calls that there are not", { answer500: { on: "list" } }],
  ["an outage of another kind", { outage: { as: 502 } }],
  ["a random outage without an end", { outage: { rate: 0.5 } }],
  ["a random outage with a beginning", { outage: { rate: 0.5, ms: 1, afterMs: 1 } }],
  ["a bare rate of outages", { outage: 0.5 }],
];

describe("faults", () => {
  it.each(MALFORMED)("are refused at the door: %s", (_what, faults) => {
    expect(() => createSimulator({ faults: forbidden(faults) })).toThrow(TypeError);
    const simulator = createSimulator({ faults: { loseInbound: 0.5 } });
    const before = simulator.faults();
    expect(() => simulator.setFaults(forbidden(faults))).toThrow(TypeError);
    expect(simulator.faults()).toStrictEqual(before);
  });

  it("are all off, and none is counted, where nobody asked for any", () => {
    const simulator = createSimulator();
    expect(new Set(Object.values(simulator.faults()))).toStrictEqual(new Set([null]));
    expect(new Set(Object.values(simulator.faultCounts()))).toStrictEqual(new Set([0]));
    expect(Object.keys(simulator.faultCounts())).toStrictEqual(Object.keys(simulator.faults()));
    expect(Object.keys(simulator.faults())).toHaveLength(19);
  });

  it("are shown with every default filled in", () => {
    const simulator = createSimulator({
      faults: {
        loseCallback: 0,
        delayCallback: { ms: [1, 2] },
        duplicateCallback: 0.5,
        reorderCallback: 1,
        answer500: 0.25,
        answer429: {},
        outage: { ms: 5 },
        delayApi: { rate: 0.5, ms: 0 },
      },
    });
    expect(simulator.faults()).toMatchObject({
      loseCallback: { rate: 0 },
      delayCallback: { rate: 1, ms: [1, 2] },
      duplicateCallback: { rate: 0.5, times: 2 },
      reorderCallback: { rate: 1, ms: [10_000, 10_000] },
      acceptThenHang: null,
      answer500: { rate: 0.25, on: "create" },
      answer429: { rate: 1, on: "create", length: 1, retryAfterSeconds: null },
      outage: { rate: null, as: "closed", ms: [5, 5], afterMs: 0 },
      delayApi: { rate: 0.5, ms: [0, 0] },
    });
  });

  it("are changed one by one: each as a whole, null turns it off, what is not named stays", () => {
    const simulator = createSimulator({ faults: { answer429: { rate: 0.5, length: 3 }, loseInbound: 1 } });
    simulator.setFaults({ answer429: { rate: 0.25 }, moveSender: 1 });
    expect(simulator.faults()).toMatchObject({
      answer429: { rate: 0.25, length: 1 },
      loseInbound: { rate: 1 },
      moveSender: { rate: 1 },
    });
    simulator.setFaults({ answer429: null });
    expect(simulator.faults().answer429).toBeNull();
    expect(simulator.faults().loseInbound).toStrictEqual({ rate: 1 });
  });
});
