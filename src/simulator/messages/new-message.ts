import { TRIAL_PREFIX } from "../../core/text/limits";
import type { IdSource } from "../random";
import type { MediaItem, Message } from "./message";
import { mediaTypeOf } from "./media-type";
import { segmentCount } from "./segment-count";
import type { SendOrder } from "./send-request";

/** A reply has its sender from the start, even from a Messaging Service. */
function isSenderOpen(order: SendOrder): boolean {
  return order.service !== null && order.direction === "outbound-api";
}

function initialStatus(order: SendOrder): "queued" | "accepted" | "scheduled" {
  if (order.sendAtMs !== null) return "scheduled";
  return isSenderOpen(order) ? "accepted" : "queued";
}

/** Media that the host named by address: it stays where it is. */
function toMedia(url: string, ids: IdSource, createdAtMs: number): MediaItem {
  return {
    sid: ids.sid("ME"),
    contentType: mediaTypeOf(url),
    content: { kind: "elsewhere", url },
    createdAtMs,
  };
}

/**
 * The message that an order makes, in its first status.
 * Source: Twilio docs, "Message resource": `queued`, `accepted` with a Messaging Service, `scheduled` (read 2026-11).
 */
export function newOutboundMessage(order: SendOrder, ids: IdSource, nowMs: number): Message {
  const body = order.account.type === "Trial" ? TRIAL_PREFIX + order.body : order.body;
  const media = order.mediaUrls.map((url) => toMedia(url, ids, nowMs));
  return {
    sid: ids.sid(media.length > 0 ? "MM" : "SM"),
    accountSid: order.account.accountSid,
    direction: order.direction,
    from: order.from,
    to: order.to,
    body,
    messagingServiceSid: order.service?.sid ?? null,
    status: initialStatus(order),
    errorCode: null,
    numSegments: isSenderOpen(order) ? 0 : segmentCount(body, media.length),
    media,
    statusCallback: order.statusCallback ?? order.service?.statusCallback ?? null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    sentAtMs: null,
  };
}
