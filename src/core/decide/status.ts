import { observeTwilioStatus } from "../delivery/status";
import { consentSenderOf } from "../model/consent";
import type { ConsentScope } from "../model/consent";
import type { Message } from "../model/message";
import type { Versioned } from "../model/record";
import type { StatusPayload } from "../webhook/payload";
import { changeConsent, NO_EVIDENCE, optOutSignal } from "./consent-change";
import type { ConsentResult } from "./consent-change";
import type { ConsentGate } from "./consent-gate";
import { unchanged } from "./decision";
import type { Decision } from "./decision";
import { changeMessage } from "./message-change";

/** What a status callback concerns. */
export interface StatusRecords {
  /** The message whose id came back in the callback's URL. */
  readonly byId: Versioned<Message> | null;
  /** The message with the callback's MessageSid. */
  readonly bySid: Versioned<Message> | null;
  /** The consent of its contact; null where the report says nothing of it. */
  readonly consent: ConsentGate | null;
}

/** A status callback. */
export interface StatusEvent {
  readonly payload: StatusPayload;
  /** Twilio's error codes that count as an opt-out. */
  readonly optOutErrors: readonly number[];
  readonly consentScope: ConsentScope;
  readonly newEntryId: string;
  readonly nowMs: number;
}

/** `unknown-message`: it is about none of ours, which is no error: other parts of the account may send too. */
export type StatusAnswer =
  | { readonly kind: "merged" | "nothing-new"; readonly message: Message }
  | { readonly kind: "unknown-message" };

/**
 * The message that a status callback is about. The sid decides where we know it; before that, our own id in the URL does,
 * which is how a callback that beats the API's answer finds its message. An id whose message has another sid proves nothing.
 */
export function messageOfStatus(
  records: Pick<StatusRecords, "byId" | "bySid">,
  payload: StatusPayload,
): Versioned<Message> | null {
  const candidates = [records.bySid, records.byId];
  for (const candidate of candidates) {
    if (candidate === null) continue;
    const { direction, accountSid, sid } = candidate.value;
    if (direction !== "outbound" || accountSid !== payload.accountSid) continue;
    if (sid === null || sid === payload.messageSid) return candidate;
  }
  return null;
}

/** Merges a delivery report into its message. An opt-out told by the report closes the gate in the same commit. */
export function decideStatus(records: StatusRecords, event: StatusEvent): Decision<StatusAnswer> {
  const { payload } = event;
  const record = messageOfStatus(records, payload);
  if (record === null) return unchanged({ kind: "unknown-message" });
  const change = changeMessage(record, {
    observed: observeTwilioStatus(payload.status, {
      errorCode: payload.errorCode,
      rawDlrDoneDate: payload.rawDlrDoneDate,
    }),
    sid: payload.messageSid,
    from: payload.from,
  });
  const consent = optOutOf(records.consent, record.value, event);
  const isNews = change.writes.length > 0 || consent?.changed === true;
  return {
    writes: [...(consent?.writes ?? []), ...change.writes],
    events: [...change.events, ...(consent?.events ?? [])],
    answer: { kind: isNews ? "merged" : "nothing-new", message: change.message },
  };
}

/** Whether a status callback says that the contact opted out. */
export function tellsOptOut(payload: StatusPayload, optOutErrors: readonly number[]): boolean {
  return payload.errorCode !== null && optOutErrors.includes(payload.errorCode);
}

function optOutOf(gate: ConsentGate | null, message: Message, event: StatusEvent): ConsentResult | null {
  const { errorCode, messageSid } = event.payload;
  if (gate === null || errorCode === null || !tellsOptOut(event.payload, event.optOutErrors)) return null;
  return changeConsent({
    gate,
    accountSid: message.accountSid,
    contact: message.to,
    sender: consentSenderOf(event.consentScope, message.ours),
    signal: optOutSignal(errorCode),
    evidence: { ...NO_EVIDENCE, messageSid, note: `Twilio error ${errorCode}` },
    entryId: event.newEntryId,
    nowMs: event.nowMs,
  });
}
