import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseForm } from "../../../src/core/webhook/form";
import { encodeForm, inboundSms } from "../../fixtures/twilio/payloads";

describe("parseForm", () => {
  it("reads a complete payload back", () => {
    const payload = inboundSms({ Body: "a & b = ü+😀\r\n " });
    expect(Object.fromEntries(parseForm(encodeForm(payload)))).toEqual(payload);
  });

  it.each([
    ["", []],
    ["a", [["a", ""]]],
    ["a=", [["a", ""]]],
    ["=b", [["", "b"]]],
    ["&&a=1&&", [["a", "1"]]],
    ["a=b=c", [["a", "b=c"]]],
    ["a+b=c+d", [["a b", "c d"]]],
    ["a=%2B", [["a", "+"]]],
    ["a=%zz%", [["a", "%zz%"]]],
    ["a=%ff", [["a", "\ufffd"]]],
    [
      "?a=1&?b=2&?c=%",
      [
        ["a", "1"],
        ["?b", "2"],
        ["?c", "%"],
      ],
    ],
    [
      "b=1&?a=%ff",
      [
        ["b", "1"],
        ["?a", "\ufffd"],
      ],
    ],
    ["a=\ud83d", [["a", "\ufffd"]]],
    ["a=😀", [["a", "😀"]]],
    [
      "a=1&a=2",
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    ["a=%EF%BB%BF", [["a", "\ufeff"]]],
    ["a[b]=c", [["a[b]", "c"]]],
  ])("reads %j", (body, expected) => {
    expect(parseForm(body)).toEqual(expected);
  });

  it("equals URLSearchParams for any body", () => {
    const unit = fc.constantFrom(
      "a",
      "B",
      "é",
      "😀",
      "\ud83d",
      "\0",
      "=",
      "&",
      "+",
      "?",
      "%",
      "%4",
      "%41",
      "%c3%a9",
      "%ff",
      "%zz",
      "#",
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 30 }), fc.string({ unit: "binary" })), (body) => {
        expect(parseForm(body)).toEqual([...new URLSearchParams(body)]);
      }),
      { numRuns: 5_000 },
    );
  });

  it("takes very long bodies", () => {
    expect(parseForm("&".repeat(1_000_000))).toEqual([]);
    expect(parseForm("%".repeat(1_000_000))).toEqual([["%".repeat(1_000_000), ""]]);
    expect(parseForm("a=1&".repeat(100_000))).toHaveLength(100_000);
  });
});
