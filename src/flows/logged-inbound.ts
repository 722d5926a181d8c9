import { unchanged } from "../core/decide/decision";
import { parseTwilioStatus } from "../core/delivery/status";
import type { LoggedMessage } from "../core/model/logged-message";
import { cleanText } from "../core/text/clean";
import type { InboundMedia, InboundPayload } from "../core/webhook/payload";
import type { Account } from "./settings";
import type { Transact } from "./transact";

/** An inbound entry that a webhook could have told of. */
export interface InboundEntry extends LoggedMessage {
  readonly from: string;
}

const SID = /^[A-Za-z0-9]{1,64}$/;

/** Twilio refused these itself, and called no webhook for them. Source: Twilio docs, error pages 30038 and 30039 (read 2026-11). */
const REFUSED: ReadonlySet<string | null> = new Set(["failed", "undelivered", "canceled"]);

/** How old a message must be for it to be taken although Twilio says that it is still receiving it. */
const RECEIVED_AFTER_MS = 600_000;

/** Whether an entry of the log is a message that somebody sent to us. */
export function isInbound(entry: LoggedMessage, nowMs: number): entry is InboundEntry {
  if (entry.direction !== "inbound" || entry.from === null || entry.from === "" || entry.to === "")
    return false;
  if (!SID.test(entry.sid)) return false;
  const status = parseTwilioStatus(entry.status);
  if (status === "receiving") return entry.createdAtMs <= nowMs - RECEIVED_AFTER_MS;
  return !REFUSED.has(status);
}

/** The entry, as its webhook would have told it. Text is clean: well-formed Unicode without NUL. */
export function payloadOf(
  entry: InboundEntry,
  told: {
    readonly accountSid: string;
    readonly media: readonly { readonly url: string; readonly contentType: string | null }[];
    readonly messagingServiceSid: string | null;
  },
): InboundPayload {
  return {
    kind: "message",
    messageSid: entry.sid,
    accountSid: told.accountSid,
    messagingServiceSid: told.messagingServiceSid,
    from: cleanText(entry.from),
    to: cleanText(entry.to),
    body: cleanText(entry.body),
    media: told.media.map(({ url, contentType }): InboundMedia => ({
      url,
      contentType: contentType ?? "application/octet-stream",
    })),
    segments: entry.billedSegments ?? 1,
    // The log does not tell what Advanced Opt-Out made of it.
    optOutType: null,
    extra: {},
  };
}

/**
 * The Messaging Service that an entry came in through. Where the log does not name one and the account sends through a service, the
 * thread that the contact has decides.
 */
export async function serviceOf(
  transact: Transact,
  entry: InboundEntry,
  { accountSid, sender }: Account,
): Promise<string | null> {
  const { messagingServiceSid, to, from } = entry;
  if (messagingServiceSid !== null || sender === null || !/^MG[0-9a-f]{32}$/.test(sender)) {
    return messagingServiceSid;
  }
  const { answer } = await transact({
    keys: [
      { kind: "conversation", pair: [accountSid, sender, from] },
      { kind: "conversation", pair: [accountSid, to, from] },
    ],
    decide: ([ofService, ofNumber]) => unchanged(ofService !== null && ofNumber === null),
  });
  return answer ? sender : null;
}
