import { mayReceive } from "../consent/machine";
import type { Consent, ConsentEntry } from "../model/consent";
import { writtenId } from "../model/record";
import type { Versioned, Write } from "../model/record";
import { later, timestampOf } from "../model/timestamp";
import type { Timestamp } from "../model/timestamp";
import { NO_EVIDENCE } from "./consent-change";
import { blankMark, recordsOfGate, restingOn } from "./consent-gate";
import type { ConsentGate, ConsentIds } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision } from "./decision";

/** Whose consent is erased. */
export interface ConsentErasure {
  readonly ids: ConsentIds;
  readonly about: Pick<Consent, "accountSid" | "sender">;
  readonly nowMs: number;
  /** Whether texts of theirs go as well: then the time of the erasure moves on, so that none of those comes back. */
  readonly removesTexts: boolean;
}

/** `keptUnder` is the id of the mark that proves an opt-out; null where there was none to prove. */
export interface ErasedConsent {
  readonly changed: boolean;
  readonly keptUnder: string | null;
}

/**
 * Takes the contact out of their consent. The plain record goes in the very commit that closes the gate under the mark, so that
 * whatever rested on it conflicts and reads again.
 *
 * A mark stays behind for everybody, blank for those who had not opted out. Were it to go, a record made anew could be taken for
 * the one that a send had read before the erasure, although a STOP came in between (guarantee G3). Every mark tells when the
 * contact was erased. Again, where nothing came since, nothing is written.
 */
export function decideConsentErasure(gate: ConsentGate, erasure: ConsentErasure): Decision<ErasedConsent> {
  const { ids, about, nowMs, removesTexts } = erasure;
  const [plainId, ...markIds] = ids;
  const records = recordsOfGate(gate);
  if (gate.record === null) return unchanged({ changed: false, keptUnder: null });
  const found = new Map(records.map((record) => [record.value.id, record]));
  const target = markToKeep(records, ids);
  const blank = blankMark(plainId, about, nowMs);
  const remains = whatRemains(gate.record.value);
  const plain = found.get(plainId);
  const erased = { at: timestampOf(nowMs), hasNews: removesTexts || plain !== undefined };
  const writes: readonly Write[] = [
    ...(plain === undefined ? [] : [{ kind: "consent", remove: plainId, expect: plain.version } as const]),
    ...markIds.flatMap((id) =>
      erasedMark(found.get(id), { ...blank, ...(id === target ? remains : {}), id, contact: id }, erased),
    ),
  ];
  const answer = { changed: writes.length > 0, keptUnder: keptUnder(gate, ids) };
  if (!answer.changed) return unchanged(answer);
  return { writes: [...writes, ...restingOn(unwritten(records, writes))], events: [], answer };
}

/** The write that makes a mark what it must be; none where it says that already, and there is no news that it must be later than. */
function erasedMark(
  found: Versioned<Consent> | undefined,
  mark: Consent,
  { at, hasNews }: { readonly at: Timestamp; readonly hasNews: boolean },
): readonly Write[] {
  if (found === undefined) return [{ kind: "consent", put: { ...mark, erasedAt: at }, expect: "absent" }];
  const { state, reason, since, maybeStopSince, erasedAt } = found.value;
  const knowsWhen = erasedAt !== null && !(hasNews && erasedAt < at);
  // Since when nothing is known says nothing.
  const saysTheSame =
    state === mark.state &&
    maybeStopSince === mark.maybeStopSince &&
    (state === "unknown" || (reason === mark.reason && since === mark.since));
  if (knowsWhen && saysTheSame) return [];
  // Another process may have a faster clock: what has been told to be gone stays so.
  const put = { ...mark, erasedAt: later(at, erasedAt ?? at) };
  return [{ kind: "consent", put, expect: found.version }];
}

/** A mark that is there stays the one, whatever the current key is: it is where others look. */
function markToKeep(records: readonly Versioned<Consent>[], ids: ConsentIds): string | undefined {
  const [plainId, newest] = ids;
  return records.find(({ value }) => value.id !== plainId)?.value.id ?? newest;
}

function keptUnder(gate: ConsentGate, ids: ConsentIds): string | null {
  if (gate.record === null || mayReceive(gate.record.value.state)) return null;
  return markToKeep(recordsOfGate(gate), ids) ?? null;
}

function unwritten(
  records: readonly Versioned<Consent>[],
  writes: readonly Write[],
): readonly Versioned<Consent>[] {
  const written = new Set(writes.map(writtenId));
  return records.filter(({ value }) => !written.has(value.id));
}

/** What outlives an erasure: an opt-out, or words that may have meant one. That somebody opted in does not. */
function whatRemains(consent: Consent): Partial<Consent> {
  const { state, since, reason, maybeStopSince } = consent;
  return mayReceive(state) ? { maybeStopSince } : { state, since, reason };
}

/**
 * Takes the contact out of lines of the ledger. They stay as proof where the consent is an opt-out by now, or else go. It rests on the
 * consent: a STOP at the same moment keeps its line.
 */
export function decideLedgerErasure(
  { gate, ids }: { readonly gate: ConsentGate; readonly ids: ConsentIds },
  entries: readonly Versioned<ConsentEntry>[],
): Decision<ErasedConsent> {
  const kept = keptUnder(gate, ids);
  const writes = entries.flatMap(({ value, version }): readonly Write[] => {
    if (kept === null) return [{ kind: "consentEntry", remove: value.id, expect: version }];
    const { evidence } = value;
    const isClean = Object.values(evidence).every((told) => told === null);
    if (isClean && value.consentId === kept && value.contact === kept) return [];
    const put: ConsentEntry = { ...value, consentId: kept, contact: kept, evidence: NO_EVIDENCE };
    return [{ kind: "consentEntry", put, expect: version }];
  });
  const answer = { changed: writes.length > 0, keptUnder: kept };
  if (!answer.changed) return unchanged(answer);
  return { writes: [...writes, ...restingOn(recordsOfGate(gate))], events: [], answer };
}
