import { nextConsent } from "../consent/machine";
import type { ConsentReason, ConsentSignal, ConsentStep } from "../consent/machine";
import { personOf } from "../model/consent";
import type { Consent, ConsentEntry, ConsentEvidence } from "../model/consent";
import type { SmsEvent } from "../model/events";
import { writtenId } from "../model/record";
import type { Write } from "../model/record";
import { timestampOf } from "../model/timestamp";
import { blankMark, recordsOfGate, restingOn } from "./consent-gate";
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
  /** When the contact said it, for words that come late: whole seconds by Twilio's clock, in ms since 1970. Default: now. */
  readonly saidAtMs?: number;
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

/** Reasons that are the contact's own words: by these it counts who spoke last. */
const OWN_WORDS: ReadonlySet<ConsentReason> = /* @__PURE__ */ new Set<ConsentReason>([
  "keyword_stop",
  "keyword_start",
  "opt_out_type_stop",
  "opt_out_type_start",
  "informal_stop",
]);

/** Twilio's log tells whole seconds: what it dates may have been said up to this much later. */
export const WITHIN_SECOND_MS = 999;

/**
 * Applies a signal to the consent of a contact.
 * A contact without a record gets one, whatever the signal: a decision that rests on the absence of an opt-out must leave
 * something behind that a STOP at the same moment collides with (write skew, guarantee G3). The marks that an erasure would use
 * are made with it, so that the absence of those is rested on as well.
 *
 * Words that come late (`saidAtMs`) take effect as if they had come in time: a STOP unless the contact's own later word has opted
 * them in since, and a START only over what was said before it. Where that cannot be told, the gate is closed. For this a contact's
 * own word, said again, moves the date of their record, although it is no change.
 *
 * A contact who was erased keeps their record under a keyed hash for good: what is stored of them never names them again.
 * Listeners are told who it is, since whoever caused the change has just named them.
 */
export function changeConsent(change: ConsentChange): ConsentResult {
  const { gate, accountSid, sender, evidence, nowMs } = change;
  const { record } = gate;
  const contact = personOf(change.contact);
  const from = record?.value.state ?? "unknown";
  const said = nextConsent(from, change.signal);
  const saidAtMs = change.saidAtMs ?? nowMs;
  const at = timestampOf(saidAtMs);
  const isOverruled =
    record !== null && change.saidAtMs !== undefined && overrules(record.value, said, saidAtMs);
  const next: ConsentStep = isOverruled ? { ...said, state: from, changed: false } : said;
  const isSaidAgain = record !== null && !isOverruled && !next.changed && saysAgain(record.value, next, at);
  const decided = change.signal.kind !== "first-contact" && !isOverruled;
  const suspectedSince = record?.value.maybeStopSince ?? null;
  // A suspicion may have come up again since late words, which do not settle it then.
  const isSettled = decided && (change.saidAtMs === undefined || next.state === "opted-out");
  const maybeStopSince = isSettled ? null : suspectedSince;
  if (record !== null && !next.changed && !isSaidAgain && maybeStopSince === suspectedSince) {
    // That it is no news rests on what was read, which somebody else may be changing at this moment.
    const writes = change.signal.kind === "first-contact" ? [] : restingOn(recordsOfGate(gate));
    return { consent: record.value, changed: false, writes, events: [] };
  }
  const consent: Consent = {
    ...(record?.value ?? { id: gate.plainId, accountSid, contact, sender, erasedAt: null }),
    ...(record === null || next.changed || isSaidAgain
      ? { state: next.state, since: at, reason: next.reason }
      : record.value),
    // Whoever says stop or go on has decided what was only suspected.
    maybeStopSince,
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
    // The ledger is in the order of the changes, so late words stand where they changed something.
    at: timestampOf(nowMs),
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

/** Whether what counts already is newer than late words that say otherwise. */
function overrules(here: Consent, said: ConsentStep, saidAtMs: number): boolean {
  if (said.state === "opted-out") {
    return here.state === "opted-in" && saidSince(here, saidAtMs);
  }
  // An older START does not lift what is newer than it, whoever closed the gate.
  return said.changed && here.state === "opted-out" && here.since > timestampOf(saidAtMs);
}

/** Whether the contact's own words, which are no change, are the last ones of theirs. */
function saysAgain(here: Consent, said: ConsentStep, at: string): boolean {
  return OWN_WORDS.has(said.reason) && here.since < at;
}

/** Whether it is the contact's own word, and surely later than `atMs`, that counts. */
function saidSince(here: Consent, atMs: number): boolean {
  return OWN_WORDS.has(here.reason) && here.since > timestampOf(atMs + WITHIN_SECOND_MS);
}

/** Whether the contact has opted in or out by their own words since then. */
export function hasSpokenSince(gate: ConsentGate, atMs: number): boolean {
  return gate.record !== null && saidSince(gate.record.value, atMs);
}
