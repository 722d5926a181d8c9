import type { Consent } from "../model/consent";
import type { Versioned, Write } from "../model/record";
import { timestampOf } from "../model/timestamp";

/**
 * The ids of the consent records that bear on one contact: the plain one, then the marks of erased contacts, one per key of the
 * host, the current key first. Without such a key there is the plain one alone.
 */
export type ConsentIds = readonly [plain: string, ...marks: string[]];

/** What was found of the consent of a contact, under every id that it may have. */
export interface ConsentGate {
  /** The id of a first record. */
  readonly plainId: string;
  /** The record that counts; null for a contact who was never met. */
  readonly record: Versioned<Consent> | null;
  /** Further records of the same person. A decision rests on them as well. */
  readonly beside: readonly Versioned<Consent>[];
  /** Marks that there are not yet. They are made together with a first record. */
  readonly missingMarks: readonly string[];
}

/**
 * The gate of a contact, from the records found under `ids`, in their order. Of several records the last decision counts, and of
 * two at the same moment the opt-out. But a plain record never lifts an opt-out that is kept as a mark: whoever opts in here changes
 * the mark, so such a plain record was brought in from elsewhere.
 */
export function consentGate(
  ids: ConsentIds,
  found: readonly (Versioned<Consent> | null | undefined)[],
): ConsentGate {
  const records = found.filter((record) => record != null);
  const isKeptOptOut = records.some(({ value }) => value.id !== ids[0] && value.state === "opted-out");
  const decided = records
    .filter(({ value }) => value.state !== "unknown")
    .filter(({ value }) => !(isKeptOptOut && value.id === ids[0] && value.state === "opted-in"))
    .sort(byDecision);
  const suspected = records.find(({ value }) => value.maybeStopSince !== null);
  const record = decided[0] ?? suspected ?? records[0] ?? null;
  return {
    plainId: ids[0],
    record,
    beside: records.filter((one) => one !== record),
    missingMarks: ids.filter((_, index) => index > 0 && found[index] == null),
  };
}

function byDecision({ value: a }: Versioned<Consent>, { value: b }: Versioned<Consent>): number {
  if (a.since !== b.since) return a.since > b.since ? -1 : 1;
  return Number(b.state === "opted-out") - Number(a.state === "opted-out");
}

/** Every record of a gate, the one that counts first. */
export function recordsOfGate({ record, beside }: ConsentGate): readonly Versioned<Consent>[] {
  return record === null ? beside : [record, ...beside];
}

/** Makes a commit rest on these records without writing them. */
export function restingOn(records: readonly Versioned<Consent>[]): readonly Write[] {
  return records.map(({ value, version }) => ({ kind: "consent", check: value.id, expect: version }));
}

/** A consent record that says nothing of anybody: neither who it is about, nor a decision. */
export function blankMark(id: string, about: Pick<Consent, "accountSid" | "sender">, nowMs: number): Consent {
  return {
    id,
    accountSid: about.accountSid,
    contact: id,
    sender: about.sender,
    state: "unknown",
    since: timestampOf(nowMs),
    reason: "first_contact",
    maybeStopSince: null,
    erasedAt: null,
  };
}

/**
 * Whether a consent that is brought in from elsewhere takes the place of the one that is here: an opt-out does, unless the contact
 * has opted in since. That nothing was ever decided here, however lately, weighs nothing against it.
 */
export function overrulesConsent(imported: Consent, here: Consent): boolean {
  if (imported.state !== "opted-out" || here.state === "opted-out") return false;
  return here.state === "unknown" || here.since <= imported.since;
}
