import { isRecipient } from "../messages/addressing";
import type { MediaItem, Message } from "../messages/message";
import { segmentCount } from "../messages/segment-count";
import { tinyMedia } from "../messages/tiny-media";
import type { Sender } from "../settings";
import type { World } from "../world";

/** A picture that a person sends. Without bytes or an address it is a tiny picture of its own. */
export interface TextMedia {
  readonly contentType: string;
  readonly bytes?: Uint8Array;
  /** Where the picture is instead; it is not fetched. */
  readonly url?: string;
}

/** A text from a phone. */
export interface Text {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly media: readonly TextMedia[];
}

const LONGEST_BODY = 1600;
const MOST_MEDIA = 10;

function toMediaItem(world: World, media: TextMedia): MediaItem {
  const { contentType, bytes, url } = media;
  return {
    sid: world.ids.sid("ME"),
    contentType,
    content:
      url === undefined
        ? { kind: "bytes", bytes: bytes ?? tinyMedia(contentType) }
        : { kind: "elsewhere", url },
    createdAtMs: world.clock.now(),
  };
}

/** @throws TypeError when no phone could send this. */
export function checkText(text: Text): void {
  if (!isRecipient(text.from)) throw new TypeError("A phone's number is E.164, as +15557654321.");
  if (text.body.length > LONGEST_BODY) throw new TypeError("A text has at most 1600 characters.");
  if (text.media.length > MOST_MEDIA) throw new TypeError("A text has at most 10 media.");
  for (const { contentType, url } of text.media) {
    if (!/^[\w.+-]+\/[\w.+-]+$/.test(contentType))
      throw new TypeError("A media's contentType is like image/jpeg.");
    if (url !== undefined && !URL.canParse(url)) throw new TypeError("A media's url is absolute.");
  }
}

/** The message that a text becomes in the log. Malformed Unicode is repaired, since no form can carry it. */
export function toInboundMessage(world: World, text: Text, to: Sender): Message {
  const nowMs = world.clock.now();
  const body = text.body.toWellFormed();
  const media = text.media.map((item) => toMediaItem(world, item));
  return {
    sid: world.ids.sid(media.length > 0 ? "MM" : "SM"),
    accountSid: to.accountSid,
    direction: "inbound",
    from: text.from,
    to: text.to,
    body,
    messagingServiceSid: world.directory.serviceOf(to.phoneNumber)?.sid ?? null,
    status: "received",
    errorCode: null,
    numSegments: segmentCount(body, media.length),
    media,
    statusCallback: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    sentAtMs: nowMs,
  };
}
