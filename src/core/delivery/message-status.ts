/**
 * Every status, from the least to the most that is known of a message. Merging shows the greatest of two.
 *
 * `pending`, `unknown` and `blocked` are ours; the others are Twilio's. `blocked` stands below all of Twilio's, since
 * any of those proves that the message left after all. Among the final ones, evidence of arrival outranks a negative
 * receipt, and a receipt of either kind outranks Twilio's word that it never sent.
 * Source: Twilio docs, "Message resource", message status values, and Twilio's OpenAPI enum (read 2026-11).
 */
const IN_ORDER = [
  ["pending", 0],
  ["unknown", 1],
  ["blocked", 2],
  ["receiving", 3],
  ["scheduled", 3],
  ["accepted", 3],
  ["queued", 4],
  ["sending", 5],
  ["sent", 6],
  ["canceled", 7],
  ["failed", 7],
  ["undelivered", 7],
  ["received", 7],
  ["partially_delivered", 7],
  ["delivered", 7],
  ["read", 8],
] as const satisfies readonly (readonly [MessageStatus, number])[];

/**
 * Where a message is on its way.
 *
 * Ours: `pending` accepted by `send()`, not yet handed over · `unknown` handed over, outcome not known · `blocked`
 * refused by the consent gate at dispatch.
 * Twilio's, outbound: `accepted` `scheduled` `queued` `sending` `sent` (the carrier has it; often the last that is ever
 * heard) `delivered` `undelivered` `failed` (never sent) `canceled` `read` (WhatsApp and RCS) `partially_delivered`
 * (deprecated). Inbound: `receiving` `received`.
 */
export type MessageStatus =
  | "pending"
  | "unknown"
  | "blocked"
  | "receiving"
  | "scheduled"
  | "accepted"
  | "queued"
  | "sending"
  | "sent"
  | "canceled"
  | "failed"
  | "undelivered"
  | "received"
  | "partially_delivered"
  | "delivered"
  | "read";

/** All statuses, in the order in which merging prefers them, the strongest last. */
export const MESSAGE_STATUSES: readonly MessageStatus[] = /* @__PURE__ */ IN_ORDER.map(([status]) => status);

interface Place {
  readonly status: MessageStatus;
  readonly place: number;
  readonly rank: number;
}

function placesByStatus(): ReadonlyMap<string, Place> {
  return new Map(IN_ORDER.map(([status, rank], place) => [status, { status, place, rank }]));
}

const PLACES = /* @__PURE__ */ placesByStatus();

const FINAL: ReadonlySet<MessageStatus> = /* @__PURE__ */ new Set<MessageStatus>([
  "blocked",
  "canceled",
  "failed",
  "undelivered",
  "received",
  "partially_delivered",
  "delivered",
  "read",
]);

const ARRIVED: ReadonlySet<MessageStatus> = /* @__PURE__ */ new Set<MessageStatus>([
  "partially_delivered",
  "delivered",
  "read",
]);
const OURS: ReadonlySet<MessageStatus> = /* @__PURE__ */ new Set<MessageStatus>([
  "pending",
  "unknown",
  "blocked",
]);

/**
 * How far a status is on its way: 0 (`pending`) to 8 (`read`). Equal ranks are alternatives, such as the final ones.
 * The rank of a merge is never below the rank of either side (guarantee G5).
 */
export function statusRank(status: MessageStatus): number {
  return PLACES.get(status)?.rank ?? 0;
}

/** Orders statuses as merging prefers them: negative when `a` gives way to `b`, 0 only when they are the same. */
export function compareStatus(a: MessageStatus, b: MessageStatus): number {
  return (PLACES.get(a)?.place ?? 0) - (PLACES.get(b)?.place ?? 0);
}

/**
 * Says whether nothing more is expected after this status. `delivered` may still become `read`.
 * `sent` is not final, although many carriers never report more: do not wait for a final status for ever.
 */
export function isFinalStatus(status: MessageStatus): boolean {
  return FINAL.has(status);
}

/** Says whether the message reached the recipient's side, as far as anyone can tell. */
export function isArrival(status: MessageStatus): boolean {
  return ARRIVED.has(status);
}

/**
 * Says whether a status can only come from Twilio, so that having seen it (in a callback or a look-up) proves that
 * Twilio has the message and it must not be handed over again.
 */
export function provesTwilioHasIt(status: MessageStatus): boolean {
  return !OURS.has(status);
}

/**
 * Reads a status as Twilio writes it, case and outer white space aside; `null` for any other value.
 * Never yields one of our own three words, whatever was sent.
 */
export function parseTwilioStatus(raw: string): MessageStatus | null {
  const status = PLACES.get(raw.trim().toLowerCase())?.status;
  return status === undefined || OURS.has(status) ? null : status;
}
