import type { ConsentReason, ConsentState } from "../consent/machine";
import type { Timestamp } from "./timestamp";

/** Whether a contact may be texted: the gate that every send passes twice. */
export interface Consent {
  /** Made of account and contact; never shown outside. */
  readonly id: string;
  readonly accountSid: string;
  readonly contact: string;
  readonly state: ConsentState;
  /** When the state became what it is. */
  readonly since: Timestamp;
  /** What made it so. */
  readonly reason: ConsentReason;
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
  readonly contact: string;
  readonly from: ConsentState;
  readonly to: ConsentState;
  readonly reason: ConsentReason;
  readonly evidence: ConsentEvidence;
  readonly at: Timestamp;
}

/** The id of the consent record of a contact. One record covers the whole account. */
export function consentIdOf(accountSid: string, contact: string): string {
  return `${accountSid}:${contact}`;
}
