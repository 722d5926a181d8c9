import { mayReceive } from "../consent/machine";
import type { Consent, ConsentEntry } from "../model/consent";
import { writtenId } from "../model/record";
import type { Versioned, Write } from "../model/record";
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
 * the one that a send had read before the erasure, although a STOP came in between (guarantee G3).
 */
export function decideConsentErasure(gate: ConsentGate, erasure: ConsentErasure): Decision<ErasedConsent> {
  const { ids, about, nowMs } = erasure;
  const [plainId, ...markIds] = ids;
  const records = recordsOfGate(gate);
  if (gate.record === null) return unchanged({ changed: false, keptUnder: null });
  const found = new Map(records.map((record) => [record.value.id, record]));
  // A mark that is there stays the one, whatever the current key is: it is where others look.
  const target = records.find(({ value }) => value.id !== plainId)?.value.id ?? markIds[0];
  const blank = blankMark(plainId, about, nowMs);
  const remains = whatRemains(gate.record.value);
  const isOptedOut = !mayReceive(gate.record.value.state);
  const plain = found.get(plainId);
  const writes: readonly Write[] = [
    ...(plain === undefined ? [] : [{ kind: "consent", remove: plainId, expect: plain.version } as const]),
    ...markIds.flatMap((id) =>
      erasedMark(found.get(id), { ...blank, ...(id === target ? remains : {}), id, contact: id }),
    ),
  ];
  const answer = {
    changed: writes.length > 0,
    keptUnder: isOptedOut && target !== undefined ? target : null,
  };
  if (!answer.changed) return unchanged(answer);
  const written = new Set(writes.map(writtenId));
  const rest = records.filter(({ value }) => !written.has(value.id));
  return { writes: [...writes, ...restingOn(rest)], events: [], answer };
}

/** The write that makes a mark what it must be; none where it says that already. */
function erasedMark(found: Versioned<Consent> | undefined, mark: Consent): readonly Write[] {
  if (found === undefined) return [{ kind: "consent", put: mark, expect: "absent" }];
  const { state, reason, since, maybeStopSince } = found.value;
  const saysTheSame = state === mark.state && maybeStopSince === mark.maybeStopSince;
  // Since when nothing is known says nothing.
  if (saysTheSame && (state === "unknown" || (reason === mark.reason && since === mark.since))) return [];
  return [{ kind: "consent", put: mark, expect: found.version }];
}

/** What outlives an erasure: an opt-out, or words that may have meant one. That somebody opted in does not. */
function whatRemains(consent: Consent): Partial<Consent> {
  const { state, since, reason, maybeStopSince } = consent;
  return mayReceive(state) ? { maybeStopSince } : { state, since, reason };
}

/** Takes the contact out of lines of the ledger. They stay as proof of an opt-out (`keptUnder`), or else go. */
export function decideLedgerErasure(
  entries: readonly Versioned<ConsentEntry>[],
  keptUnder: string | null,
): Decision<{ readonly changed: boolean }> {
  const writes = entries.flatMap(({ value, version }): readonly Write[] => {
    if (keptUnder === null) return [{ kind: "consentEntry", remove: value.id, expect: version }];
    const { evidence } = value;
    const isClean = Object.values(evidence).every((told) => told === null);
    if (isClean && value.consentId === keptUnder && value.contact === keptUnder) return [];
    const put: ConsentEntry = { ...value, consentId: keptUnder, contact: keptUnder, evidence: NO_EVIDENCE };
    return [{ kind: "consentEntry", put, expect: version }];
  });
  return { writes, events: [], answer: { changed: writes.length > 0 } };
}
