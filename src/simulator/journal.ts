import type { FaultName } from "./faults/fault-options";

/** A REST call that the simulator answered, or was kept from answering by a fault. Credentials are left out. */
export interface RequestRecord {
  /** "RQ" and 32 hexadecimal digits, as in the `Twilio-Request-Id` header of the answer. */
  readonly id: string;
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
  readonly method: string;
  /** Path and query, as received. */
  readonly path: string;
  /** The form fields, in the order received; a repeated field appears repeatedly. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** 0 when a fault let no answer out. */
  readonly status: number;
  /** Twilio's error code, if the answer was one. */
  readonly code: number | null;
  /** The faults that were injected into this call, in order. */
  readonly faults: readonly FaultName[];
}

/** Why the simulator called: a text, a status, or a step of the TwiML that answered a text. */
export type WebhookKind = "inbound" | "inbound-fallback" | "status" | "redirect" | "action";

/** What came back. The body is cut after 64 kB. */
export interface WebhookAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** One HTTP request of the simulator to the host. A retry is a record of its own. */
export interface WebhookRecord {
  readonly kind: WebhookKind;
  readonly messageSid: string;
  readonly method: "GET" | "POST";
  /** As requested: no credentials, no fragment. */
  readonly url: string;
  /** The fields that were sent, in the body of a POST or the query of a GET. */
  readonly fields: Readonly<Record<string, string>>;
  readonly signature: string;
  readonly idempotencyToken: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly sentAtMs: number;
  /** Null while it is under way. */
  readonly endedAtMs: number | null;
  /** Null when nothing came back. */
  readonly answer: WebhookAnswer | null;
}

/** An entry of the account's debugger: what Twilio's console shows under errors. */
export interface DebuggerEntry {
  readonly atMs: number;
  readonly level: "error" | "warning";
  /** Twilio's error code. */
  readonly code: number;
  readonly accountSid: string;
  readonly messageSid: string;
  /** What was called, if the entry concerns a webhook. */
  readonly url: string | null;
}

/** What happened, oldest first. Each list keeps the latest ten thousand entries. */
export interface Journal {
  addRequest(record: RequestRecord): void;
  /** Adds a webhook; the answer replaces it by itself with `change`. */
  addWebhook(record: WebhookRecord): (change: Partial<WebhookRecord>) => void;
  addDebuggerEntry(entry: DebuggerEntry): void;
  requests(): readonly RequestRecord[];
  webhooks(): readonly WebhookRecord[];
  debuggerEntries(): readonly DebuggerEntry[];
}

const KEPT_ENTRIES = 10_000;

/** A list that forgets its oldest entries, a tenth at a time so that adding stays cheap. */
function append<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > KEPT_ENTRIES * 1.1) list.splice(0, list.length - KEPT_ENTRIES);
}

/** An empty journal. */
export function createJournal(): Journal {
  const requests: RequestRecord[] = [];
  const webhooks: { record: WebhookRecord }[] = [];
  const debuggerEntries: DebuggerEntry[] = [];
  return {
    addRequest: (record) => append(requests, record),
    addWebhook: (record) => {
      const slot = { record };
      append(webhooks, slot);
      return (change) => {
        slot.record = { ...slot.record, ...change };
      };
    },
    addDebuggerEntry: (entry) => append(debuggerEntries, entry),
    requests: () => requests.slice(-KEPT_ENTRIES),
    webhooks: () => webhooks.slice(-KEPT_ENTRIES).map((slot) => slot.record),
    debuggerEntries: () => debuggerEntries.slice(-KEPT_ENTRIES),
  };
}
