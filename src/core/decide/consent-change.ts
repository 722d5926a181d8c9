import { nextConsent } from "../consent/machine";
import type { ConsentSignal } from "../consent/machine";
import { personOf } from "../model/consent";
import type { Consent, ConsentEntry, ConsentEvidence } from "../model/consent";
import type { SmsEvent } from "../model/events";
import { writtenId } from "../model/record";
import type { Write } from "../model/record";
import { timestampOf } from "../model/timestamp";
import { blankMark, restingOn } from "./consent-gate";
import type { ConsentGate } from "./consent-gate";

/** What a change of consent starts from. */
export interface ConsentChange {
  readonly gate: ConsentGate;
  readonly accountSid: string;
  readonly contact: string;
  /** The sender that the record is about; null for the whole account. */
  readonly sender: string | null;
  readonly signal: ConsentSignal;
  readonly evidence: ConsentEvidence;
  /** The id for the ledger entry, if there will be one. */
  readonly entryId: string;
  readonly nowMs: number;
}

/** What comes of it. `changed` is false where the signal says nothing new: then the ledger gets no line. */
export interface ConsentResult {
  readonly consent: Consent;
  readonly changed: boolean;
  readonly writes: readonly Write[];
  readonly events: readonly SmsEvent[];
}

/** Evidence that rests on nothing. */
export const NO_EVIDENCE: ConsentEvidence = { messageSid: null, text: null, by: null, note: null };

/**
 * Applies a signal to the consent of a contact.
 * A contact without a record gets one, whatever the signal: a decision that rests on the absence of an opt-out must leave
 * something behind that a STOP at the same moment collides with (write skew, guarantee G3). The marks that an erasure would use
 * are made with it, so that the absence of those is rested on as well.
 *
 * A contact who was erased keeps their record under a keyed hash for good: what is stored of them never names them again.
 * Listeners are told who it is, since whoever caused the change has just named them.
 */
export function changeConsent(change: ConsentChange): ConsentResult {
  const { gate, accountSid, sender, evidence, nowMs } = change;
  const { record } = gate;
  const contact = personOf(change.contact);
  const from = record?.value.state ?? "unknown";
  const next = nextConsent(from, change.signal);
  const decided = change.signal.kind !== "first-contact";
  if (record !== null && !next.changed && !(decided && record.value.maybeStopSince !== null)) {
    return { consent: record.value, changed: false, writes: [], events: [] };
  }
  const at = timestampOf(nowMs);
  const consent: Consent = {
    ...(record?.value ?? { id: gate.plainId, accountSid, contact, sender }),
    ...(record === null || next.changed
      ? { state: next.state, since: at, reason: next.reason }
      : record.value),
    // Whoever says stop or go on has decided what was only suspected.
    maybeStopSince: decided ? null : (record?.value.maybeStopSince ?? null),
  };
  const marks = record === null ? gate.missingMarks : [];
  const writes: readonly Write[] = [
    { kind: "consent", put: consent, expect: record?.version ?? "absent" },
    ...marks.map((id): Write => ({ kind: "consent", put: blankMark(id, consent, nowMs), expect: "absent" })),
    ...restingOn(gate.beside),
  ];
  if (!next.changed) return { consent, changed: false, writes, events: [] };
  const entry: ConsentEntry = {
    id: change.entryId,
    consentId: consent.id,
    accountSid,
    contact: consent.contact,
    sender: consent.sender,
    from,
    to: next.state,
    reason: next.reason,
    evidence,
    at,
  };
  return {
    consent,
    changed: true,
    writes: [...writes, { kind: "consentEntry", put: entry, expect: "absent" }],
    events: [
      { name: "consent.changed", data: { consent: { ...consent, contact }, entry: { ...entry, contact } } },
    ],
  };
}

/** What an error of Twilio's says of consent: 21610 that the contact opted out there, others whatever the host has them count as. */
export function optOutSignal(errorCode: number): ConsentSignal {
  return { kind: errorCode === 21610 ? "carrier-21610" : "carrier-block" };
}

/** Notes that the contact may want to stop: marketing is held until somebody decides. It is no change of consent. */
export function suspectStop(result: ConsentResult, gate: ConsentGate, nowMs: number): ConsentResult {
  if (result.consent.state === "opted-out" || result.consent.maybeStopSince !== null) return result;
  const consent: Consent = { ...result.consent, maybeStopSince: timestampOf(nowMs) };
  return {
    ...result,
    consent,
    writes: [
      { kind: "consent", put: consent, expect: gate.record?.version ?? "absent" },
      ...result.writes.filter((write) => writtenId(write) !== consent.id),
    ],
  };
}
