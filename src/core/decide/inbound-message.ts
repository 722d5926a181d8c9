import { deliveryState } from "../delivery/status";
import type { ConversationRecord } from "../model/conversation";
import type { Message } from "../model/message";
import { timestampOf } from "../model/timestamp";
import { countSegments } from "../text/segments";
import type { InboundPayload } from "../webhook/payload";

/** A message that somebody sent to us, as the last one of its conversation. `atMs` is when it was said. */
export function inboundMessage(
  payload: InboundPayload,
  conversation: ConversationRecord,
  atMs: number,
): Message {
  const delivery = deliveryState("received");
  return {
    id: payload.messageSid,
    accountSid: conversation.accountSid,
    conversationId: conversation.id,
    seq: conversation.lastSeq,
    direction: "inbound",
    from: payload.from,
    to: payload.to,
    ours: conversation.ours,
    body: payload.body,
    media: payload.media,
    status: delivery.status,
    delivery,
    sid: payload.messageSid,
    error: null,
    segments: payload.segments,
    encoding: countSegments(payload.body).encoding,
    billedSegments: null,
    answersKeyword: null,
    author: { kind: "contact" },
    extra: payload.extra,
    createdAt: timestampOf(atMs),
  };
}
