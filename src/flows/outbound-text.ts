import type { Address } from "../core/model/address";
import { parseAddress, parseSender } from "../core/model/address";
import { SmsError } from "../core/model/errors";
import type { Media } from "../core/model/message";
import { cleanText } from "../core/text/clean";
import { countSegments } from "../core/text/segments";
import type { Encoding } from "../core/text/segments";
import { checkMediaUrls, MAX_MEDIA_URLS } from "../core/webhook/media-url";
import { smartEncode } from "../core/text/smart-encode";
import { splitText } from "../core/text/split";

/**
 * The longest body that Twilio takes, in UTF-16 units; beyond it answers error 21617.
 * Source: Twilio docs, "Message resource", parameter `Body` (read 2026-11).
 */
const MAX_BODY_UNITS = 1_600;

/** A text that may be sent. */
export interface CheckedText {
  /** The whole text. */
  readonly body: string;
  /** The messages that it makes, in order: one, or several where it is split. */
  readonly parts: readonly {
    readonly body: string;
    readonly media: readonly Media[];
    readonly segments: number;
    readonly encoding: Encoding;
  }[];
  /** Of all parts together. */
  readonly segments: number;
}

/** A text as callers give it. */
export interface GivenText {
  readonly body?: string;
  readonly media?: readonly string[];
  readonly smartEncode?: boolean;
  readonly maxSegments?: number;
  readonly split?: boolean;
}

/**
 * Cleans, checks, splits and measures a text. Cleaned means: well-formed Unicode without NUL, because databases disagree about
 * both. `trial` counts the words that Twilio puts in front of a trial account's texts.
 * @throws SmsError `body_empty`, `body_too_long` or `media_invalid`.
 */
export function checkText(text: GivenText, account: { readonly trial: boolean }): CheckedText {
  const { maxSegments } = text;
  if (maxSegments !== undefined && !(Number.isInteger(maxSegments) && maxSegments > 0)) {
    throw new TypeError("maxSegments must be a whole number of at least 1.");
  }
  if (text.body !== undefined && typeof text.body !== "string") throw new TypeError("body must be a string.");
  if (typeof text.media === "string") throw new TypeError("media must be a list of URLs.");
  const cleaned = cleanText(text.body ?? "");
  const body = text.smartEncode === true ? smartEncode(cleaned).text : cleaned;
  const media = checkMedia(text.media ?? []);
  if (body.trim() === "" && media.length === 0) {
    throw new SmsError(
      "body_empty",
      "There is nothing to send: the body is empty and there is no media. Give one of them.",
    );
  }
  const parts = bodiesOf(body, text.split ?? false).map((part, index) => {
    const { segments, encoding } = countSegments(part, account);
    return { body: part, media: index === 0 ? media : [], segments, encoding };
  });
  return { body, parts, segments: parts.reduce((sum, { segments }) => sum + segments, 0) };
}

function bodiesOf(body: string, split: boolean): readonly string[] {
  if (body.length <= MAX_BODY_UNITS) return [body];
  if (split) return splitText(body, MAX_BODY_UNITS);
  throw new SmsError(
    "body_too_long",
    `The body has ${body.length} characters, Twilio takes at most ${MAX_BODY_UNITS}. Shorten it, or send it with split: true.`,
    { details: { units: body.length, maxUnits: MAX_BODY_UNITS } },
  );
}

const MEDIA_FAULTS = {
  too_many: `A message carries at most ${MAX_MEDIA_URLS} media.`,
  not_a_url: "A media URL is not an absolute http(s) URL, so Twilio could not fetch it.",
  not_https:
    "A media URL is not https. Serve the file over https, so that nobody reads or changes it on the way to Twilio.",
  has_credentials:
    "A media URL holds a user name or password. Use a URL that is signed or cannot be guessed.",
} as const;

function checkMedia(urls: readonly string[]): readonly Media[] {
  const check = checkMediaUrls(urls);
  if (check.kind === "refused") {
    throw new SmsError("media_invalid", MEDIA_FAULTS[check.reason], {
      details: { reason: check.reason, index: check.index },
    });
  }
  return urls.map((url) => ({ url, contentType: null }));
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

/**
 * Refuses a sender of another channel than the contact's: Twilio cannot cross channels. A Messaging Service may have senders of each.
 * @throws SmsError `address_invalid`.
 * Source: Twilio docs, error pages 63007 and 21606 (read 2026-11).
 */
export function checkSameChannel(contact: Address, sender: Address): void {
  if (contact.channel === sender.channel || sender.kind === "messaging-service") return;
  throw new SmsError(
    "address_invalid",
    `The destination is on ${contact.channel} and the sender on ${sender.channel}. Give a sender of that channel as from ` +
      `(such as ${contact.channel === "sms" ? "" : `${contact.channel}:`}+15551234567), or a Messaging Service.`,
    { details: { destination: contact.channel, sender: sender.channel } },
  );
}
