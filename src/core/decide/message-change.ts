import { explainError } from "../delivery/explain-error";
import { mergeStatus } from "../delivery/status";
import type { DeliveryState } from "../delivery/status";
import { parseSender } from "../model/address";
import type { SmsEvent } from "../model/events";
import type { Message, MessageError } from "../model/message";
import type { Versioned, Write } from "../model/record";

/** What became known about an outbound message. */
export interface MessageNews {
  readonly observed: DeliveryState;
  readonly sid?: string | null;
  /** The number that sends, once a Messaging Service has picked one. */
  readonly from?: string | null;
  /** What Twilio charges for, once it has counted. */
  readonly billedSegments?: number | null;
}

/**
 * The message with the news merged in. Merging never goes backwards (guarantee G5), so news may come in any order, and twice.
 * The sid, once known, stays. `writes` and `events` are empty where nothing is new.
 */
export function changeMessage(
  record: Versioned<Message>,
  news: MessageNews,
): { readonly message: Message; readonly writes: readonly Write[]; readonly events: readonly SmsEvent[] } {
  const before = record.value;
  const delivery = mergeStatus(before.delivery, news.observed);
  const sid = before.sid ?? news.sid ?? null;
  const from = parseSender(before.from)?.kind === "messaging-service" && news.from ? news.from : before.from;
  const billedSegments = news.billedSegments ?? before.billedSegments;
  const sameFacts = sid === before.sid && from === before.from && billedSegments === before.billedSegments;
  if (sameFacts && sameDelivery(delivery, before.delivery)) {
    return { message: before, writes: [], events: [] };
  }
  const message: Message = {
    ...before,
    delivery,
    status: delivery.status,
    sid,
    from,
    billedSegments,
    error: errorOf(delivery),
  };
  return {
    message,
    writes: [{ kind: "message", put: message, expect: record.version }],
    events: sameDelivery(delivery, before.delivery)
      ? []
      : [{ name: "message.status", data: { message, previous: before.status } }],
  };
}

const BLOCKED: MessageError = {
  code: null,
  title: "Not sent: the contact opted out",
  advice: "Do not try another way. They can opt in again by texting START.",
};

const UNKNOWN: MessageError = {
  code: null,
  title: "Not known whether Twilio took it",
  advice:
    "Do not send it again by hand: it may be on its way. A delivery report or a look at Twilio's log settles it, and it is sent again " +
    "only if Twilio certainly does not have it.",
};

const NOT_TAKEN: MessageError = {
  code: null,
  title: "Not sent",
  advice:
    "Twilio could not be reached, or refused it without giving an error code. See the log, then send it again.",
};

function errorOf(delivery: DeliveryState): MessageError | null {
  if (delivery.status === "blocked") return BLOCKED;
  if (delivery.status === "unknown") return UNKNOWN;
  if (delivery.errorCode !== null) {
    const { code, title, advice } = explainError(delivery.errorCode);
    return { code, title, advice };
  }
  return delivery.status === "failed" ? NOT_TAKEN : null;
}

function sameDelivery(a: DeliveryState, b: DeliveryState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
