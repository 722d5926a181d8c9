import type { ConsentReason, ConsentState } from "../consent/machine";
import { parseSender } from "./address";
import type { Timestamp } from "./timestamp";

/** Whether a contact may be texted: the gate that every send passes twice. */
export interface Consent {
  /** Made of account and contact; never shown outside. */
  readonly id: string;
  readonly accountSid: string;
  /**
   * The contact's phone number, without a channel in front: a STOP holds on every channel. Else the address as it is. Of a contact
   * who was erased, `erased:` and a keyed hash; it stays that for good.
   */
  readonly contact: string;
  /** The sender or Messaging Service it is about; null where it covers the whole account. */
  readonly sender: string | null;
  readonly state: ConsentState;
  /** When the state became what it is. */
  readonly since: Timestamp;
  /** What made it so. */
  readonly reason: ConsentReason;
  /** When the contact said something that may mean stop, and nobody has decided on it yet; marketing is held meanwhile. */
  readonly maybeStopSince: Timestamp | null;
  /** When the contact was erased, on the marks of an erasure; null on all others. What is older than this never comes back. */
  readonly erasedAt: Timestamp | null;
}

/**
 * What one opt-out covers.
 * - `account`: everything that this account sends. The default, and the safest.
 * - `sender`: what comes from the address that the contact wrote to: one number, or one Messaging Service with all its senders.
 *   It is what Twilio itself does.
 * - `messaging-service`: what comes from that Messaging Service; senders outside of one share a common record.
 * Source: Twilio help, "opt-out keywords" (read 2026-11).
 */
export type ConsentScope = "account" | "sender" | "messaging-service";

/** The sender that a consent record is about, for a thread whose end on our side is `ours`. */
export function consentSenderOf(scope: ConsentScope, ours: string): string | null {
  switch (scope) {
    case "account":
      return null;
    case "sender":
      return ours;
    case "messaging-service":
      return parseSender(ours)?.kind === "messaging-service" ? ours : null;
  }
}

/** What a change of consent rests on. */
export interface ConsentEvidence {
  /** The message that said it; null when no message did. */
  readonly messageSid: string | null;
  /** The words that said it. */
  readonly text: string | null;
  /** Who entered it, in the host's own terms. */
  readonly by: string | null;
  /** The host's own remark. */
  readonly note: string | null;
}

/** One line of the consent ledger. Lines are only ever added. */
export interface ConsentEntry {
  readonly id: string;
  readonly consentId: string;
  readonly accountSid: string;
  /** As in {@link Consent}. */
  readonly contact: string;
  readonly sender: string | null;
  readonly from: ConsentState;
  readonly to: ConsentState;
  readonly reason: ConsentReason;
  readonly evidence: ConsentEvidence;
  readonly at: Timestamp;
}

const NUMBER_ON_A_CHANNEL = /^(?:whatsapp|rcs):(\+[1-9]\d{6,14})$/;

/**
 * Who an address belongs to: the phone number, without the channel it is reached on. Someone who says stop over RCS must not be
 * texted over SMS instead.
 * Source: Twilio help, "opt-out keywords": opt-outs are unified across SMS, MMS and RCS since 2026-03-16 (read 2026-11).
 */
export function personOf(contact: string): string {
  return NUMBER_ON_A_CHANNEL.exec(contact)?.[1] ?? contact;
}

/** The id of the consent record of a contact, for one sender, or (`null`) for the whole account. */
export function consentIdOf(accountSid: string, contact: string, sender: string | null): string {
  const person = personOf(contact);
  return sender === null ? `${accountSid}:${person}` : `${accountSid}:${person}:${sender}`;
}
