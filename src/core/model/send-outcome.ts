import type { Message } from "./message";

/**
 * Why a send was refused.
 * - `opted_out`: the contact said stop.
 * - `maybe_opted_out`: the contact said something that may mean stop, and marketing is held until a person decides.
 * - `too_many_segments`: the text needs more segments than `maxSegments` allows; `segments` says how many.
 * - `draft_stale`: a newer message overtook the draft; approve it again with `evenIfStale` if it still fits.
 * - `draft_closed`: the draft was discarded.
 */
export type BlockedReason =
  "opted_out" | "maybe_opted_out" | "too_many_segments" | "draft_stale" | "draft_closed";

/**
 * What became of a request to send. These are expected outcomes, so they are values:
 * - `queued`: committed; it will be handed to Twilio once, or end with a reason. `parts` are all messages of a split text, in
 *   order, `message` being the first;
 * - `duplicate`: this idempotency key was used before; here is the message that it made;
 * - `blocked`: refused, nothing was stored.
 */
export type SendOutcome =
  | { readonly kind: "queued"; readonly message: Message; readonly parts: readonly Message[] }
  | { readonly kind: "duplicate"; readonly message: Message }
  | {
      readonly kind: "blocked";
      readonly reason: BlockedReason;
      readonly message: null;
      /** What the text would take, where it is refused for `too_many_segments`. */
      readonly segments?: number;
    };
