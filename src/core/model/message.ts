import type { DeliveryState, MessageStatus } from "../delivery/status";
import type { Encoding } from "../text/segments";
import type { Timestamp } from "./timestamp";

/** A picture, sound or file that travels with a message. */
export interface Media {
  /** Inbound: Twilio's media resource, which may need the account's credentials. Outbound: what Twilio fetches. */
  readonly url: string;
  /** The MIME type as Twilio told it; null for outbound media, whose type Twilio finds out itself. */
  readonly contentType: string | null;
}

/** Who wrote a message: the contact, a person at the inbox, the assistant, or the host's own code. */
export type Author =
  | { readonly kind: "contact" }
  | { readonly kind: "person"; readonly id: string | null }
  | { readonly kind: "assistant" }
  | { readonly kind: "app" };

/** Why a message did not arrive, for people. */
export interface MessageError {
  /** Twilio's error code; null where the reason is ours. */
  readonly code: number | null;
  /** What happened, in a few words. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
}

/** One text message, in or out. Times are {@link Timestamp}s. */
export interface Message {
  /** Inbound: Twilio's MessageSid. Outbound: ours, derived from the idempotency key where there is one. */
  readonly id: string;
  readonly accountSid: string;
  readonly conversationId: string;
  /** Place in its conversation: 1, 2, 3, … in the order in which messages were committed. */
  readonly seq: number;
  readonly direction: "inbound" | "outbound";
  /** The sender's address. Outbound through a Messaging Service: its `MG…` until Twilio has picked a number. */
  readonly from: string;
  readonly to: string;
  /** Our end of the thread: a number, a short code, or the Messaging Service whose senders share it. */
  readonly ours: string;
  /** The text, well-formed Unicode without NUL; `""` for a message of media alone. */
  readonly body: string;
  readonly media: readonly Media[];
  /** Where the message is on its way. It never goes backwards. */
  readonly status: MessageStatus;
  /** All that is known of the delivery, also what contradicts itself. */
  readonly delivery: DeliveryState;
  /** Twilio's MessageSid; null until Twilio is known to have the message. */
  readonly sid: string | null;
  /** Why it did not arrive; null while there is nothing wrong. */
  readonly error: MessageError | null;
  /** SMS segments: as Twilio told for inbound, as we count for outbound. */
  readonly segments: number;
  readonly encoding: Encoding;
  /** The segments that Twilio charges for; null while it has not told. */
  readonly billedSegments: number | null;
  /** The keyword that this message answers where Twilio does not; null for every other message. */
  readonly answersKeyword: "stop" | "start" | "help" | null;
  readonly author: Author;
  /** Fields of the webhook that this version does not model, as Twilio sent them. Empty for outbound. */
  readonly extra: Readonly<Record<string, string>>;
  readonly createdAt: Timestamp;
}
