import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareStatus,
  deliveryState,
  isArrival,
  isConflicted,
  isFinalStatus,
  mergeStatus,
  MESSAGE_STATUSES,
  observeTwilioStatus,
  parseTwilioStatus,
  provesTwilioHasIt,
  statusRank,
} from "../../../src/core/delivery/status";
import type { DeliveryState, MessageStatus } from "../../../src/core/delivery/status";

const TWILIO_STATUSES: readonly MessageStatus[] = [
  "queued",
  "sending",
  "sent",
  "failed",
  "delivered",
  "undelivered",
  "receiving",
  "received",
  "accepted",
  "scheduled",
  "read",
  "partially_delivered",
  "canceled",
];
const OUR_STATUSES: readonly MessageStatus[] = ["pending", "unknown", "blocked"];
const FINALS: readonly MessageStatus[] = [
  "blocked",
  "canceled",
  "failed",
  "undelivered",
  "received",
  "partially_delivered",
  "delivered",
  "read",
];

function mergeAll(states: readonly DeliveryState[]): DeliveryState {
  return states.reduce(mergeStatus);
}

describe("the vocabulary", () => {
  test("it is Twilio's thirteen statuses and our three, each once", () => {
    expect([...MESSAGE_STATUSES].sort()).toEqual([...TWILIO_STATUSES, ...OUR_STATUSES].sort());
  });

  test("ranks follow a message on its way", () => {
    const steps: readonly (readonly MessageStatus[])[] = [
      ["pending"],
      ["unknown"],
      ["blocked"],
      ["accepted", "scheduled", "receiving"],
      ["queued"],
      ["sending"],
      ["sent"],
      ["delivered", "undelivered", "failed", "canceled", "partially_delivered", "received"],
      ["read"],
    ];
    for (const [rank, statuses] of steps.entries()) {
      expect(statuses.map(statusRank)).toEqual(statuses.map(() => rank));
    }
    expect(steps.flat()).toHaveLength(MESSAGE_STATUSES.length);
  });

  test("preference among statuses never contradicts their rank", () => {
    const ranks = MESSAGE_STATUSES.map(statusRank);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(compareStatus("delivered", "undelivered")).toBeGreaterThan(0);
    expect(compareStatus("failed", "undelivered")).toBeLessThan(0);
    expect(compareStatus("sent", "sent")).toBe(0);
  });

  test("the final statuses are those after which nothing else is expected", () => {
    expect(MESSAGE_STATUSES.filter(isFinalStatus)).toEqual(expect.arrayContaining([...FINALS]));
    expect(MESSAGE_STATUSES.filter(isFinalStatus)).toHaveLength(FINALS.length);
  });

  test("only a status of Twilio's proves that Twilio has the message", () => {
    expect(TWILIO_STATUSES.filter(provesTwilioHasIt)).toEqual(TWILIO_STATUSES);
    expect(OUR_STATUSES.filter(provesTwilioHasIt)).toEqual([]);
  });

  test("arrival is delivered, partially delivered or read", () => {
    expect(MESSAGE_STATUSES.filter(isArrival)).toEqual(["partially_delivered", "delivered", "read"]);
  });

  test.each(TWILIO_STATUSES)("Twilio's %s is read, in any case", (status) => {
    expect(parseTwilioStatus(status)).toBe(status);
    expect(parseTwilioStatus(` ${status.toUpperCase()} `)).toBe(status);
  });

  test.each([
    ...OUR_STATUSES,
    "",
    " ",
    "deliverd",
    "constructor",
    "__proto__",
    "sent\u0000",
    "sent,delivered",
  ])("%j from outside is no status", (raw) => {
    expect(parseTwilioStatus(raw)).toBeNull();
  });
});

describe("an observation", () => {
  test("it carries the status, its error and the carrier's date", () => {
    expect(deliveryState("undelivered", { errorCode: 30003, rawDlrDoneDate: "2611021530" })).toEqual({
      status: "undelivered",
      errorCode: 30003,
      finals: ["undelivered"],
      errors: [{ status: "undelivered", code: 30003 }],
      rawStatuses: [],
      rawDlrDoneDate: "2611021530",
    });
    expect(deliveryState("pending")).toEqual({
      status: "pending",
      errorCode: null,
      finals: [],
      errors: [],
      rawStatuses: [],
      rawDlrDoneDate: null,
    });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null])(
    "error code %s counts as none",
    (errorCode) => {
      expect(deliveryState("failed", { errorCode })).toEqual(deliveryState("failed"));
    },
  );

  test.each(["", "2026-11-02", "26110215301", "abcdefghij", null])(
    "carrier date %j counts as none",
    (date) => {
      expect(deliveryState("delivered", { rawDlrDoneDate: date }).rawDlrDoneDate).toBeNull();
    },
  );

  test("a value of Twilio's that we do not know proves acceptance and is kept", () => {
    const state = observeTwilioStatus("in_orbit", { errorCode: 30008 });
    expect(state).toEqual({ ...deliveryState("accepted", { errorCode: 30008 }), rawStatuses: ["in_orbit"] });
    expect(mergeStatus(deliveryState("unknown"), state).status).toBe("accepted");
    expect(mergeStatus(deliveryState("delivered"), state).status).toBe("delivered");
  });

  test("our own words from outside are kept as unknown values and block nothing", () => {
    expect(observeTwilioStatus("blocked")).toEqual({
      ...deliveryState("accepted"),
      rawStatuses: ["blocked"],
    });
    expect(observeTwilioStatus("delivered", { rawDlrDoneDate: "2611021530" })).toEqual(
      deliveryState("delivered", { rawDlrDoneDate: "2611021530" }),
    );
  });

  test("hostile values are cleaned and bounded", () => {
    expect(observeTwilioStatus("\u0000\uD83D\n").rawStatuses).toEqual([]);
    expect(observeTwilioStatus("x".repeat(100_000)).rawStatuses).toEqual(["x".repeat(32)]);
    const many = mergeAll(
      Array.from({ length: 100 }, (_, index) => observeTwilioStatus(`new-${String(index)}`)),
    );
    expect(many.rawStatuses).toHaveLength(8);
  });
});

describe("merging", () => {
  const details = {
    errorCode: fc.option(fc.constantFrom(30003, 30005, 30008, 21610), { nil: null }),
    rawDlrDoneDate: fc.option(fc.constantFrom("2611021530", "2611021531", "2512312359"), { nil: null }),
  };
  const observation = fc.oneof(
    fc
      .tuple(fc.constantFrom(...MESSAGE_STATUSES), fc.record(details))
      .map(([status, more]) => deliveryState(status, more)),
    fc
      .tuple(fc.string({ maxLength: 40 }), fc.record(details))
      .map(([raw, more]) => observeTwilioStatus(raw, more)),
  );
  const knowledge = fc.array(observation, { minLength: 1, maxLength: 12 }).map(mergeAll);

  test("it is commutative", () => {
    fc.assert(
      fc.property(knowledge, knowledge, (a, b) => {
        expect(mergeStatus(a, b)).toEqual(mergeStatus(b, a));
      }),
    );
  });

  test("it is associative", () => {
    fc.assert(
      fc.property(knowledge, knowledge, knowledge, (a, b, c) => {
        expect(mergeStatus(mergeStatus(a, b), c)).toEqual(mergeStatus(a, mergeStatus(b, c)));
      }),
    );
  });

  test("it is idempotent, and a single observation is already in canonical form", () => {
    fc.assert(
      fc.property(fc.oneof(observation, knowledge), (a) => {
        expect(JSON.stringify(mergeStatus(a, a))).toBe(JSON.stringify(a));
      }),
    );
  });

  test("reports in any order, with repetitions, give the same JSON", () => {
    const shuffledTwice = fc
      .array(observation, { minLength: 1, maxLength: 8 })
      .chain((states) =>
        fc.tuple(
          fc.constant(states),
          fc.shuffledSubarray([...states, ...states], { minLength: states.length * 2 }),
        ),
      );
    fc.assert(
      fc.property(shuffledTwice, ([inOrder, mixed]) => {
        expect(JSON.stringify(mergeAll(mixed))).toBe(JSON.stringify(mergeAll(inOrder)));
      }),
    );
  });

  test("the rank never goes down, and no final status, error or date is forgotten", () => {
    fc.assert(
      fc.property(knowledge, knowledge, (a, b) => {
        const merged = mergeStatus(a, b);
        expect(statusRank(merged.status)).toBe(Math.max(statusRank(a.status), statusRank(b.status)));
        expect(new Set(merged.finals)).toEqual(new Set([...a.finals, ...b.finals]));
        expect(new Set(merged.errors.map(({ status }) => status))).toEqual(
          new Set([...a.errors, ...b.errors].map(({ status }) => status)),
        );
        expect(merged.rawDlrDoneDate === null).toBe(a.rawDlrDoneDate === null && b.rawDlrDoneDate === null);
      }),
    );
  });

  test("it changes neither argument", () => {
    fc.assert(
      fc.property(knowledge, knowledge, (a, b) => {
        const before = JSON.stringify([a, b]);
        mergeStatus(a, b);
        expect(JSON.stringify([a, b])).toBe(before);
      }),
    );
  });

  test("every pair of statuses shows the one of higher rank", () => {
    for (const a of MESSAGE_STATUSES) {
      for (const b of MESSAGE_STATUSES) {
        const { status } = mergeStatus(deliveryState(a), deliveryState(b));
        expect([a, b]).toContain(status);
        expect(statusRank(status)).toBe(Math.max(statusRank(a), statusRank(b)));
      }
    }
  });

  test.each<[MessageStatus, MessageStatus, MessageStatus]>([
    ["delivered", "undelivered", "delivered"],
    ["delivered", "failed", "delivered"],
    ["undelivered", "failed", "undelivered"],
    ["failed", "canceled", "failed"],
    ["blocked", "canceled", "canceled"],
    ["blocked", "delivered", "delivered"],
    ["blocked", "sent", "sent"],
    ["blocked", "queued", "queued"],
    ["undelivered", "read", "read"],
  ])("%s and %s are both kept as a conflict, showing %s", (a, b, shown) => {
    const merged = mergeStatus(deliveryState(a), deliveryState(b));
    expect(merged.status).toBe(shown);
    expect(merged.finals).toEqual(MESSAGE_STATUSES.filter((s) => FINALS.includes(s) && (s === a || s === b)));
    expect(isConflicted(merged)).toBe(true);
  });

  test.each<readonly MessageStatus[]>([
    ["queued", "sent", "delivered"],
    ["sent", "delivered", "read"],
    ["delivered", "delivered"],
    ["partially_delivered", "delivered"],
    ["unknown", "blocked"],
    ["receiving", "received"],
    ["sent", "undelivered"],
  ])("%s then %s is no conflict", (...statuses) => {
    expect(isConflicted(mergeAll(statuses.map((status) => deliveryState(status))))).toBe(false);
  });

  test("a late sent does not undo delivered, and a repeated callback changes nothing", () => {
    const delivered = mergeAll([deliveryState("queued"), deliveryState("delivered")]);
    expect(mergeStatus(delivered, deliveryState("sent"))).toEqual(delivered);
    expect(mergeStatus(delivered, deliveryState("delivered"))).toEqual(delivered);
  });

  test("a later report fills in a missing error code", () => {
    const bare = deliveryState("undelivered");
    expect(mergeStatus(bare, deliveryState("undelivered", { errorCode: 30005 })).errorCode).toBe(30005);
    expect(mergeStatus(bare, deliveryState("failed", { errorCode: 30008 })).errorCode).toBe(30008);
  });

  test("the code shown is the one that came with the status shown", () => {
    const undelivered = deliveryState("undelivered", { errorCode: 30003 });
    const failed = deliveryState("failed", { errorCode: 30008 });
    expect(mergeStatus(undelivered, failed).errorCode).toBe(30003);
    expect(mergeStatus(undelivered, failed).errors).toEqual([
      { status: "failed", code: 30008 },
      { status: "undelivered", code: 30003 },
    ]);
  });

  test("of two codes for the same status the greater is shown, whichever came first", () => {
    const a = deliveryState("failed", { errorCode: 30001 });
    const b = deliveryState("failed", { errorCode: 30008 });
    expect(mergeStatus(a, b).errorCode).toBe(30008);
    expect(mergeStatus(b, a).errorCode).toBe(30008);
  });

  test("a message that arrived shows no error of a report it contradicts, but keeps it", () => {
    const merged = mergeStatus(
      deliveryState("undelivered", { errorCode: 30003 }),
      deliveryState("delivered"),
    );
    expect(merged.errorCode).toBeNull();
    expect(merged.errors).toEqual([{ status: "undelivered", code: 30003 }]);
    expect(isConflicted(merged)).toBe(true);
  });

  test("the latest carrier date is kept", () => {
    const early = deliveryState("delivered", { rawDlrDoneDate: "2611021530" });
    const late = deliveryState("delivered", { rawDlrDoneDate: "2611021545" });
    expect(mergeStatus(late, early).rawDlrDoneDate).toBe("2611021545");
    expect(mergeStatus(early, deliveryState("delivered")).rawDlrDoneDate).toBe("2611021530");
  });
});
