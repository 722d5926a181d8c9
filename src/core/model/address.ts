/** The channel a message travels on. Text and picture messages share one thread, so both are `sms`. */
export type Channel = "sms" | "whatsapp" | "rcs" | "messenger";

/**
 * An address that Twilio can send to or from.
 * `value` is the address as Twilio writes it: `+15557654321`, `12345`, `whatsapp:+15557654321`, `ACME`, `MG…`.
 */
export interface Address {
  /** What sort of address it is. */
  readonly kind: "phone-number" | "short-code" | "channel-user" | "sender-id" | "messaging-service";
  /** The channel it belongs to. */
  readonly channel: Channel;
  /** The address as Twilio writes it. */
  readonly value: string;
}

const E164 = /^\+[1-9]\d{6,14}$/;
const SHORT_CODE = /^\d{3,8}$/;
const CHANNEL_ADDRESS = /^(whatsapp|rcs|messenger):([A-Za-z0-9_+.@-]{1,128})$/;
const MESSAGING_SERVICE = /^MG[0-9a-f]{32}$/;
const SENDER_ID = /^(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}$/;
const TOLL_FREE = /^\+1(?:800|833|844|855|866|877|888)\d{7}$/;

/**
 * Reads the address of a person: an E.164 number, a short code or a channel address. Null if it is none of these.
 * It does not guess: a number without its `+` and country code is not an address.
 * Source: ITU-T E.164 (at most 15 digits); Twilio docs, "Message resource", parameter `To` (read 2026-11).
 */
export function parseAddress(text: string): Address | null {
  if (E164.test(text)) return { kind: "phone-number", channel: "sms", value: text };
  if (SHORT_CODE.test(text)) return { kind: "short-code", channel: "sms", value: text };
  const channelAddress = CHANNEL_ADDRESS.exec(text);
  const name = channelAddress?.[1];
  if (name === "whatsapp" || name === "rcs" || name === "messenger") {
    return { kind: "channel-user", channel: name, value: text };
  }
  return null;
}

/**
 * Reads the address of a sender: all that {@link parseAddress} reads, a Messaging Service (`MG…`) or an alphanumeric sender id
 * (at most 11 characters with at least one letter). Null if it is none of these.
 * Source: Twilio docs, "Message resource", parameters `From` and `MessagingServiceSid` (read 2026-11).
 */
export function parseSender(text: string): Address | null {
  if (MESSAGING_SERVICE.test(text)) return { kind: "messaging-service", channel: "sms", value: text };
  const address = parseAddress(text);
  if (address !== null) return address;
  return SENDER_ID.test(text) ? { kind: "sender-id", channel: "sms", value: text } : null;
}

/**
 * Whether a number is toll-free in the United States and Canada, where opt-out follows the carriers' rules.
 * Source: North American Numbering Plan, toll-free codes 800, 833, 844, 855, 866, 877, 888 (read 2026-11).
 */
export function isTollFree(value: string): boolean {
  return TOLL_FREE.test(value);
}
