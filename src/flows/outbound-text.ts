import type { Address } from "../core/model/address";
import { parseAddress, parseSender } from "../core/model/address";
import { SmsError } from "../core/model/errors";
import type { Media } from "../core/model/message";
import { cleanText } from "../core/text/clean";
import { countSegments } from "../core/text/segments";
import type { Encoding } from "../core/text/segments";

/**
 * The longest body that Twilio takes, in UTF-16 units; beyond it answers error 21617.
 * Source: Twilio docs, "Message resource", parameter `Body` (read 2026-11).
 */
const MAX_BODY_UNITS = 1_600;

/** The most attachments of one message. Source: Twilio docs, "Message resource", parameter `MediaUrl` (read 2026-11). */
const MAX_MEDIA = 10;

/** A text that may be sent. */
export interface CheckedText {
  readonly body: string;
  readonly media: readonly Media[];
  readonly segments: number;
  readonly encoding: Encoding;
}

/**
 * Cleans, checks and measures a text. Cleaned means: well-formed Unicode without NUL, because databases disagree about both.
 * @throws SmsError `body_empty`, `body_too_long` or `media_invalid`.
 */
export function checkText(text: { readonly body?: string; readonly media?: readonly string[] }): CheckedText {
  const body = cleanText(text.body ?? "");
  const media = (text.media ?? []).map(checkMediaUrl);
  if (body.trim() === "" && media.length === 0) {
    throw new SmsError(
      "body_empty",
      "There is nothing to send: the body is empty and there is no media. Give one of them.",
    );
  }
  if (body.length > MAX_BODY_UNITS) {
    throw new SmsError(
      "body_too_long",
      `The body has ${body.length} characters, Twilio takes at most ${MAX_BODY_UNITS}. Shorten it, or send it in parts.`,
      { details: { units: body.length, maxUnits: MAX_BODY_UNITS } },
    );
  }
  if (media.length > MAX_MEDIA) {
    throw new SmsError("media_invalid", `A message carries at most ${MAX_MEDIA} media, not ${media.length}.`);
  }
  const { segments, encoding } = countSegments(body);
  return { body, media, segments, encoding };
}

function checkMediaUrl(url: string): Media {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new SmsError(
      "media_invalid",
      "A media URL is not an absolute http(s) URL, so Twilio could not fetch it.",
    );
  }
  return { url, contentType: null };
}

/**
 * The address of a contact.
 * @throws SmsError `address_invalid`. The address itself is not repeated: errors carry no phone numbers.
 */
export function checkContact(to: string): Address {
  const address = typeof to === "string" ? parseAddress(to) : null;
  if (address !== null) return address;
  throw new SmsError(
    "address_invalid",
    "The destination is no address. Write a number with + and country code (+15557654321), a short code, " +
      "or a channel address (whatsapp:+15557654321).",
  );
}

/**
 * The address of a sender.
 * @throws SmsError `address_invalid`.
 */
export function checkSender(from: string): Address {
  const address = parseSender(from);
  if (address !== null) return address;
  throw new SmsError(
    "address_invalid",
    "The sender is no address. Write one of your numbers with + and country code, a short code, a sender id, or a Messaging Service (MG…).",
  );
}
