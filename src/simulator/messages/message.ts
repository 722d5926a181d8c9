/** What Twilio calls the state of a message. Source: Twilio docs, "Message resource", status values (read 2026-11). */
export type MessageStatus =
  | "accepted"
  | "scheduled"
  | "canceled"
  | "queued"
  | "sent"
  | "delivered"
  | "undelivered"
  | "failed"
  | "received";

/** Who made the message: the person at the phone, the REST API, or TwiML that answered a webhook. */
export type MessageDirection = "inbound" | "outbound-api" | "outbound-reply";

/** Where the bytes of a picture are: kept here, or at the address that the sender gave. */
export type MediaContent =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "elsewhere"; readonly url: string };

/** A picture or file of a message. */
export interface MediaItem {
  /** "ME" and 32 hexadecimal digits. */
  readonly sid: string;
  readonly contentType: string;
  readonly content: MediaContent;
  readonly createdAtMs: number;
}

/** A message as Twilio's log has it. Never changed in place: each step stores a new one. */
export interface Message {
  /** "SM", or "MM" with media, and 32 hexadecimal digits. */
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: MessageDirection;
  /** Null until a Messaging Service has picked the sender. */
  readonly from: string | null;
  readonly to: string;
  readonly body: string;
  readonly messagingServiceSid: string | null;
  readonly status: MessageStatus;
  readonly errorCode: number | null;
  /** Zero until a Messaging Service has picked the sender. */
  readonly numSegments: number;
  readonly media: readonly MediaItem[];
  /** The address for status callbacks, if there is one. */
  readonly statusCallback: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly sentAtMs: number | null;
}

/** Whether nothing more will happen to a message by itself. A message that stays at `sent` is not finished. */
export function isFinished(status: MessageStatus): boolean {
  switch (status) {
    case "delivered":
    case "undelivered":
    case "failed":
    case "canceled":
    case "received":
      return true;
    case "accepted":
    case "scheduled":
    case "queued":
    case "sent":
      return false;
  }
}
