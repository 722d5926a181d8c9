import type { Encoding } from "../text/segments";
import type { Timestamp } from "./timestamp";

/** An answer that the assistant proposes and a person decides on. */
export interface Draft {
  readonly id: string;
  readonly accountSid: string;
  readonly conversationId: string;
  readonly body: string;
  /** `stale`: a newer message of the contact arrived before anyone decided. */
  readonly status: "proposed" | "sent" | "discarded" | "stale";
  /** The inbound message that it answers. */
  readonly answersMessageId: string;
  readonly segments: number;
  readonly encoding: Encoding;
  /** Who approved or discarded it, in the host's own terms. */
  readonly decidedBy: string | null;
  /** The message it became. */
  readonly messageId: string | null;
  readonly createdAt: Timestamp;
}
