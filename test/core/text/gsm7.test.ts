import { describe, expect, it } from "vitest";
import { GSM7_BASIC, GSM7_EXTENSION, gsm7Cost, isGsm7 } from "../../../src/core/text/gsm7";

describe("the GSM-7 tables", () => {
  it("hold 127 basic and 10 extension characters, none twice", () => {
    expect(GSM7_BASIC).toHaveLength(127);
    expect(GSM7_EXTENSION).toHaveLength(10);
    expect(new Set(GSM7_BASIC + GSM7_EXTENSION).size).toBe(137);
  });

  it("are exactly the code points of the standard", () => {
    const expected =
      "A D 20-5A 5F 61-7A A1 A3 A4 A5 A7 BF C4 C5 C6 C7 C9 D1 D6 D8 DC DF E0 E4 E5 E6 E8 E9 EC F1 F2 F6 F8 F9 FC 393 394 398 39B 39E 3A0 3A3 3A6 3A8 3A9"
        .split(" ")
        .flatMap((run) => {
          const [first = 0, last = first] = run.split("-").map((hex) => Number.parseInt(hex, 16));
          return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
        });
    const one: number[] = [];
    const two: number[] = [];
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      if (gsm7Cost(unit) === 1) one.push(unit);
      if (gsm7Cost(unit) === 2) two.push(unit);
    }
    expect(one).toEqual(expected);
    expect(two).toEqual([0x0c, 0x5b, 0x5c, 0x5d, 0x5e, 0x7b, 0x7c, 0x7d, 0x7e, 0x20ac]);
  });

  it.each([..."`çáíóúâêôã\t\0\u001b\u00a0µ₤…–—‘’“”αΑΒ😀"])("do not hold %j", (character) => {
    expect(isGsm7(character)).toBe(false);
  });

  it("call an empty text GSM-7", () => {
    expect(isGsm7("")).toBe(true);
  });
});
