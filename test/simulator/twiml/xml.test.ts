import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseXml } from "../../../src/simulator/twiml/xml";

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

describe("parseXml", () => {
  it("reads elements, attributes and text, and skips prolog, comments and instructions", () => {
    const document = `\uFEFF<?xml version="1.0"?>
      <!-- a > b --><Response a='1' b = "x &gt; y"><?skip this?><Message><Body>1<!-- 2 -->3</Body></Message></Response>
      <!-- end -->`;
    expect(parseXml(document)).toStrictEqual({
      name: "Response",
      attributes: { a: "1", b: "x > y" },
      text: "",
      children: [
        {
          name: "Message",
          attributes: {},
          text: "",
          children: [{ name: "Body", attributes: {}, text: "13", children: [] }],
        },
      ],
    });
  });

  it.each([
    "",
    "text",
    "<a>",
    "</a>",
    "<a></b>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>text",
    "text<a/>",
    "<a>&nbsp;</a>",
    "<a>a & b</a>",
    "<a>&#0;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a b=1/>",
    "<a b/>",
    '<a b="1" b="2"/>',
    '<a b="<"/>',
    '<a b="1/>',
    "<a",
    "<!-- <a/>",
    "<a><![CDATA[ </a>",
    "<![CDATA[x]]><a/>",
    "<1/>",
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  ])("refuses what is not well-formed: %j", (document) => {
    expect(parseXml(document)).toBeNull();
  });

  it("gives back any text that is escaped into it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        // XML has no way to write most control characters.
        fc.pre([...text].every((character) => character >= " "));
        const element = parseXml(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`);
        expect(element?.text).toBe(text);
        expect(element?.attributes["b"]).toBe(text);
      }),
    );
  });

  it("answers on any input", () => {
    const pieces = fc.constantFrom(
      "<",
      ">",
      "/",
      "a",
      " ",
      '"',
      "'",
      "=",
      "&",
      ";",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<?",
      "?>",
      "&#",
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const element = parseXml(parts.join(""));
        expect(element === null || element.name.startsWith("a")).toBe(true);
      }),
    );
  });

  it("takes no harm from depth", () => {
    const depth = 20_000;
    expect(parseXml("<a>".repeat(depth) + "</a>".repeat(depth))?.name).toBe("a");
  });
});
