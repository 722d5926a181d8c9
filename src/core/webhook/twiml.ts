import { cleanText } from "../text/clean";

/** The content type that makes Twilio read an answer as TwiML. With `text/plain` it would send the answer as a message. */
export const TWIML_CONTENT_TYPE = "text/xml; charset=utf-8";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  // A parser turns a bare CR LF or CR into LF; CR counts in the price of a message, so it is kept as what it is.
  "\r": "&#13;",
};

/** Everything that XML 1.0 cannot hold, not even escaped. Source: W3C XML 1.0, production 2 (Char). */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function escapeXml(text: string): string {
  return cleanText(text)
    .replace(NOT_XML, "")
    .replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}

/**
 * The answer that tells Twilio to send nothing.
 *
 * Source: Twilio docs, "TwiML for Programmable Messaging" (read 2026-11).
 */
export function emptyTwiml(): string {
  return `${DECLARATION}<Response/>`;
}

/**
 * The answer that lets Twilio send `body` back to the one who texted. An empty body gives {@link emptyTwiml}.
 * Characters that XML cannot carry (control characters, U+FFFE) are left out; lone surrogates become U+FFFD.
 * A message sent this way passes none of the library's checks and has no status in it; for tests and simple hosts.
 *
 * Source: Twilio docs, "TwiML for Programmable Messaging" (read 2026-11).
 */
export function twimlMessage(body: string): string {
  const text = escapeXml(body);
  return text === "" ? emptyTwiml() : `${DECLARATION}<Response><Message>${text}</Message></Response>`;
}
