import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ERROR_CATALOGUE } from "../../../src/core/delivery/error-catalogue";
import { explainError } from "../../../src/core/delivery/explain-error";

/** Every code of Twilio's that concerns messages, webhooks, numbers and registration, as its documentation lists them. */
const DOCUMENTED_CODES: readonly number[] = [
  10001, 10002, 11200, 11205, 11210, 11215, 11220, 11235, 11237, 11240, 11241, 11242, 11243, 11321, 11750,
  11751, 12100, 12200, 12300, 14107, 14109, 20001, 20002, 20003, 20005, 20007, 20008, 20009, 20404, 20422,
  20429, 20500, 20503, 21211, 21212, 21214, 21401, 21404, 21408, 21421, 21422, 21452, 21601, 21602, 21603,
  21604, 21605, 21606, 21607, 21608, 21609, 21610, 21611, 21612, 21614, 21617, 21618, 21619, 21620, 21621,
  21622, 21623, 21624, 21627, 21635, 21654, 21655, 21656, 21701, 21703, 21704, 21705, 21710, 21712, 21714,
  21717, 21719, 21720, 21724, 21725, 21729, 21730, 30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008,
  30009, 30010, 30011, 30012, 30013, 30014, 30015, 30016, 30017, 30018, 30019, 30020, 30021, 30022, 30023,
  30024, 30025, 30026, 30027, 30028, 30029, 30030, 30031, 30032, 30033, 30034, 30035, 30036, 30037, 30038,
  30039, 30040, 30041, 30042, 30043, 30044, 30109, 30110, 30111, 30400, 30404, 30409, 30410, 30440, 30441,
  30442, 30443, 30444, 30445, 30446, 30447, 30448, 30449, 30450, 30453, 30454, 30464, 30485, 30500, 30532,
  30533, 30534, 30535, 30536, 30537, 30538, 30539, 30540, 30541, 30542, 30543, 30544, 30610, 30640, 30879,
  30890, 30891, 30892, 30893, 30894, 30895, 30896, 30897, 30898, 30899, 35111, 35114, 35115, 35117, 35118,
  35125, 35126, 57012, 63001, 63003, 63005, 63007, 63009, 63010, 63012, 63013, 63014, 63015, 63016, 63017,
  63018, 63019, 63021, 63024, 63026, 63027, 63028, 63030, 63032, 63033, 63035, 63036, 63038, 63040, 63041,
  63042, 63049, 63051, 80901,
];
const OPT_OUT_CODES: readonly number[] = [21610, 63014, 63033];

describe("explaining an error", () => {
  test.each(DOCUMENTED_CODES)("%i is explained in full", (code) => {
    const explanation = explainError(code);
    expect(explanation).toMatchObject({ code, known: true, optOut: OPT_OUT_CODES.includes(code) });
    for (const text of [explanation.title, explanation.meaning, explanation.advice]) {
      expect(text.trim()).toBe(text);
      expect(text.length).toBeGreaterThan(3);
      expect(text.length).toBeLessThanOrEqual(110);
      expect(text).not.toMatch(/\d{6,}|\+\d/u);
    }
    expect(explanation.title.length).toBeLessThanOrEqual(45);
    expect(explanation.meaning).toMatch(/\.$/u);
    expect(explanation.advice).toMatch(/\.$/u);
  });

  test("no code stands in two rows", () => {
    const codes = Object.values(ERROR_CATALOGUE).flatMap((rows) => rows.flatMap(([rowCodes]) => rowCodes));
    expect(new Set(codes).size).toBe(codes.length);
  });

  test.each([
    [21610, "opted-out", "never"],
    [63014, "opted-out", "never"],
    [30005, "permanent", "never"],
    [30004, "permanent", "never"],
    [21612, "permanent", "after-fix"],
    [30003, "transient", "later"],
    [20429, "transient", "later"],
    [30036, "transient", "later"],
    [30007, "compliance", "after-fix"],
    [30034, "compliance", "after-fix"],
    [30032, "compliance", "after-fix"],
    [30640, "compliance", "never"],
    [20003, "config", "after-fix"],
    [21408, "config", "after-fix"],
    [11200, "config", "after-fix"],
    [21608, "account", "after-fix"],
    [63038, "account", "later"],
    [30453, "unknown", "never"],
  ])("%i is %s and may be repeated: %s", (code, kind, retry) => {
    expect(explainError(code)).toMatchObject({ kind, retry });
  });

  test.each([20500, 20503, 30410])("%i does not advise a repetition that may arrive twice", (code) => {
    expect(explainError(code)).toMatchObject({ kind: "transient", retry: "never" });
  });

  test("nothing but an opt-out code tells of an opt-out", () => {
    const optOuts = DOCUMENTED_CODES.filter((code) => explainError(code).optOut);
    expect(optOuts).toEqual(OPT_OUT_CODES);
  });

  test("only what surely did not arrive is advised to be repeated later", () => {
    const later = DOCUMENTED_CODES.filter((code) => explainError(code).retry === "later");
    const kinds = new Set(later.map((code) => explainError(code).kind));
    expect(kinds).toEqual(new Set(["transient", "account"]));
  });

  test("any other number gets an explanation that promises nothing", () => {
    const documented: ReadonlySet<number> = new Set(DOCUMENTED_CODES);
    const others = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -21610, 21610.5, Number.NaN));
    fc.assert(
      fc.property(
        others.filter((code) => !documented.has(code)),
        (code) => {
          const explanation = explainError(code);
          expect(explanation).toMatchObject({ kind: "unknown", retry: "never", known: false });
          expect(Object.is(explanation.code, code)).toBe(true);
          expect(explanation.optOut).toBe(false);
        },
      ),
    );
  });
});
