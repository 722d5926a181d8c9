import { errorMessageOf } from "../messages/error-message";
import type { MediaItem, Message } from "../messages/message";
import type { Account } from "../settings";

const API_VERSION = "2010-04-01";

/** The address of an account, without an extension. */
export function accountPath(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}`;
}

/** RFC 2822, as in `Thu, 24 Aug 2023 05:01:45 +0000`. */
function rfc2822(atMs: number): string {
  return new Date(atMs).toUTCString().replace("GMT", "+0000");
}

/**
 * A message as the API shows it. Numbers are strings, except the error code.
 * Source: Twilio docs, "Message resource" (read 2026-11).
 */
export function messageResource(message: Message): Readonly<Record<string, unknown>> {
  const path = `${accountPath(message.accountSid)}/Messages/${message.sid}`;
  return {
    account_sid: message.accountSid,
    api_version: API_VERSION,
    body: message.body,
    date_created: rfc2822(message.createdAtMs),
    date_sent: message.sentAtMs === null ? null : rfc2822(message.sentAtMs),
    date_updated: rfc2822(message.updatedAtMs),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : errorMessageOf(message.errorCode),
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(message.media.length),
    num_segments: String(message.numSegments),
    price: null,
    price_unit: "USD",
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${path}/Media.json` },
    to: message.to,
    uri: `${path}.json`,
  };
}

/** A picture as the API shows it. Source: Twilio docs, "Media resource" (read 2026-11). */
export function mediaResource(message: Message, item: MediaItem): Readonly<Record<string, unknown>> {
  return {
    account_sid: message.accountSid,
    content_type: item.contentType,
    date_created: rfc2822(item.createdAtMs),
    date_updated: rfc2822(item.createdAtMs),
    parent_sid: message.sid,
    sid: item.sid,
    uri: `${accountPath(message.accountSid)}/Messages/${message.sid}/Media/${item.sid}.json`,
  };
}

/** An account as the API shows it. Source: Twilio docs, "Account resource" (read 2026-11). */
export function accountResource(account: Account, createdAtMs: number): Readonly<Record<string, unknown>> {
  const path = accountPath(account.accountSid);
  return {
    auth_token: account.authToken,
    date_created: rfc2822(createdAtMs),
    date_updated: rfc2822(createdAtMs),
    friendly_name: account.friendlyName,
    owner_account_sid: account.accountSid,
    sid: account.accountSid,
    status: "active",
    subresource_uris: { messages: `${path}/Messages.json` },
    type: account.type,
    uri: `${path}.json`,
  };
}

/** The paging fields that go around every list. `null` addresses: there is no such page. */
export function pageEnvelope(page: {
  readonly path: string;
  readonly number: number;
  readonly pageSize: number;
  readonly count: number;
  readonly query: (position: Readonly<Record<string, string>>) => string;
  readonly next: Readonly<Record<string, string>> | null;
  readonly previous: Readonly<Record<string, string>> | null;
}): Readonly<Record<string, unknown>> {
  const at = (position: Readonly<Record<string, string>>): string => `${page.path}?${page.query(position)}`;
  const start = page.number * page.pageSize;
  return {
    first_page_uri: at({ Page: "0" }),
    next_page_uri: page.next === null ? null : at(page.next),
    previous_page_uri: page.previous === null ? null : at(page.previous),
    start,
    end: start + Math.max(0, page.count - 1),
    page: page.number,
    page_size: page.pageSize,
    uri: at({ Page: String(page.number) }),
  };
}
