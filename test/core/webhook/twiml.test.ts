import fc from "fast-check";
import MessagingResponse from "twilio/lib/twiml/MessagingResponse";
import { describe, expect, it } from "vitest";
import { emptyTwiml, TWIML_CONTENT_TYPE, twimlMessage } from "../../../src/core/webhook/twiml";

const unescape = (xml: string): string =>
  xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#13;", "\r").replaceAll("&amp;", "&");

/** The text between the tags, read as an XML parser would; `null` when the document has another shape. */
function messageOf(xml: string): string | null {
  const match =
    /^<\?xml version="1\.0" encoding="UTF-8"\?><Response><Message>([^<>\r]*)<\/Message><\/Response>$/.exec(
      xml,
    );
  return match?.[1] === undefined ? null : unescape(match[1]);
}

describe("TwiML", () => {
  it("has the content type that Twilio does not send back as a text", () => {
    expect(TWIML_CONTENT_TYPE).toBe("text/xml; charset=utf-8");
  });

  it("says nothing as Twilio's own library does", () => {
    expect(emptyTwiml()).toBe(new MessagingResponse().toString());
    expect(twimlMessage("")).toBe(emptyTwiml());
    expect(twimlMessage("\0\u0007")).toBe(emptyTwiml());
  });

  it.each([
    "Hi there",
    "<Redirect>https://evil.example</Redirect>",
    "a & b",
    "]]>",
    "&amp;",
    'it\'s "so"',
    "😀 é\n\ttab",
  ])("says %j as Twilio's own library does", (body) => {
    const theirs = new MessagingResponse();
    theirs.message(body);
    expect(twimlMessage(body)).toBe(theirs.toString());
  });

  it("carries any text that XML can hold, and no markup of its own", () => {
    const unit = fc.constantFrom(
      "a",
      "<",
      ">",
      "&",
      "\r",
      "\n",
      "\t",
      "\0",
      "\u0008",
      "\u001b",
      "\ufffe",
      "\uffff",
      "\ud83d",
      "😀",
      "]]>",
    );
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1 }), (body) => {
        const allowed = body
          .toWellFormed()
          // eslint-disable-next-line no-control-regex -- the characters that XML forbids
          .replaceAll(/[\0\u0008\u001b\ufffe\uffff]/g, "");
        const xml = twimlMessage(body);
        expect(xml === emptyTwiml() ? "" : messageOf(xml)).toBe(allowed);
      }),
      { numRuns: 2_000 },
    );
  });
});
