import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTollFree, parseAddress, parseSender } from "../../../src/core/model/address";
import type { Address } from "../../../src/core/model/address";

type Kind = Address["kind"] | null;
type Row = readonly [string, Kind, Address["channel"]?];

const PERSONS: readonly Row[] = [
  ["+1234567", "phone-number", "sms"],
  ["+123456", null],
  ["+123456789012345", "phone-number", "sms"],
  ["+1234567890123456", null],
  ["+15557654321", "phone-number", "sms"],
  ["+05557654321", null],
  ["15557654321", null],
  ["+1 555 765 4321", null],
  ["+1-555-765-4321", null],
  ["+1555765432a", null],
  ["+15557654321\n", null],
  [" +15557654321", null],
  ["+15557654321 ", null],
  ["+١٥٥٥٧٦٥٤٣٢١", null],
  ["+", null],
  ["", null],
  ["12", null],
  ["123", "short-code", "sms"],
  ["12345678", "short-code", "sms"],
  ["123456789", null],
  ["whatsapp:+15557654321", "channel-user", "whatsapp"],
  ["rcs:acme_agent", "channel-user", "rcs"],
  ["messenger:1234567890", "channel-user", "messenger"],
  [`messenger:${"1".repeat(128)}`, "channel-user", "messenger"],
  [`messenger:${"1".repeat(129)}`, null],
  ["WhatsApp:+15557654321", null],
  ["telegram:123", null],
  ["whatsapp:", null],
  ["whatsapp:+1555 765", null],
  ["whatsapp:+15557654321\n", null],
  ["sip:a@b.c", null],
  ["client:ann", null],
];

const SENDER_ONLY: readonly Row[] = [
  ["ACME", "sender-id", "sms"],
  ["A", "sender-id", "sms"],
  ["Acme & Co", "sender-id", "sms"],
  ["ABCDEFGHIJK", "sender-id", "sms"],
  ["ABCDEFGHIJKL", null],
  ["3M", "sender-id", "sms"],
  ["12 34", null],
  ["Bücher", null],
  ["A\n", null],
  ["MGMotors", "sender-id", "sms"],
  [`MG${"0123456789abcdef".repeat(2)}`, "messaging-service", "sms"],
  [`MG${"0123456789ABCDEF".repeat(2)}`, null],
  [`MG${"0".repeat(31)}`, null],
  [`MG${"0".repeat(33)}`, null],
];

const named = (rows: readonly Row[]) =>
  rows.map((row) => ({ text: row[0], kind: row[1], expected: addressOf(row) }));

const addressOf = ([text, kind, channel]: Row): Address | null =>
  kind === null || channel === undefined ? null : { kind, channel, value: text };

describe("addresses", () => {
  it.each(named(PERSONS))("of a person: $text is $kind", ({ text, expected }) => {
    expect(parseAddress(text)).toEqual(expected);
  });

  it.each(named(PERSONS.filter(([, kind]) => kind !== null)))(
    "of a person are addresses of senders too: $text",
    ({ text, expected }) => {
      expect(parseSender(text)).toEqual(expected);
    },
  );

  it.each(named(SENDER_ONLY))(
    "of a sender: $text is $kind, and no address of a person",
    ({ text, expected }) => {
      expect(parseSender(text)).toEqual(expected);
      expect(parseAddress(text)).toBeNull();
    },
  );

  it("are read as they stand or not at all", () => {
    const nearly = fc.stringMatching(/^[+A-Z0-9: a-z]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), nearly), (text) => {
        expect(parseAddress(text)?.value ?? text).toBe(text);
        expect(parseSender(text)?.value ?? text).toBe(text);
      }),
    );
  });
});

describe("toll-free numbers", () => {
  it.each<[string, boolean]>([
    ["+18005550123", true],
    ["+18335550123", true],
    ["+18445550123", true],
    ["+18555550123", true],
    ["+18665550123", true],
    ["+18775550123", true],
    ["+18885550123", true],
    ["+18225550123", false],
    ["+18015550123", false],
    ["+1800555012", false],
    ["+180055501234", false],
    ["+4980055501234", false],
    ["18005550123", false],
    ["whatsapp:+18005550123", false],
  ])("%s: %s", (value, expected) => {
    expect(isTollFree(value)).toBe(expected);
  });
});
