import * as z from "zod";
import type { RequestRecord } from "../../../src/simulator/journal";
import { MESSAGE_STATUSES } from "../../../src/core/delivery/status";
import { conversationsOf } from "./inbox-client";
import type { InboxClient } from "./inbox-client";

const LoggedMessage = z.object({
  sid: z.string(),
  direction: z.enum(["inbound", "outbound-api"]),
  from: z.string(),
  to: z.string(),
  body: z.string(),
  status: z.string(),
});

/** A message as Twilio's log has it. */
export type LoggedMessage = z.infer<typeof LoggedMessage>;

const LogPage = z.object({ messages: z.array(LoggedMessage), next_page_uri: z.string().nullable() });

/** Twilio's whole log, over its API. */
export async function readLog(
  twilioUrl: string,
  account: { readonly accountSid: string; readonly authToken: string },
): Promise<readonly LoggedMessage[]> {
  const key = Buffer.from(`${account.accountSid}:${account.authToken}`).toString("base64");
  const found: LoggedMessage[] = [];
  let path: string | null = `/2010-04-01/Accounts/${account.accountSid}/Messages.json?PageSize=1000`;
  while (path !== null) {
    const response: Response = await fetch(`${twilioUrl}${path}`, {
      headers: { authorization: `Basic ${key}` },
    });
    const page = LogPage.parse(await response.json());
    found.push(...page.messages);
    path = page.next_page_uri;
  }
  return found;
}

/** A call that asked Twilio to send something. */
export interface SendCall {
  readonly to: string;
  readonly body: string;
  readonly receivedAtMs: number;
}

/** Calls that asked Twilio to send, as Twilio has noted them, refused ones too. */
export function sendCallsOf(requests: readonly RequestRecord[]): readonly SendCall[] {
  return requests
    .filter(({ method, path }) => method === "POST" && path.endsWith("/Messages.json"))
    .map(({ fields, receivedAtMs }) => {
      const named = new Map(fields);
      return { to: named.get("To") ?? "", body: named.get("Body") ?? "", receivedAtMs };
    });
}

const StoredMessage = z.object({
  id: z.string(),
  seq: z.number(),
  direction: z.enum(["inbound", "outbound"]),
  from: z.string(),
  body: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  sid: z.string().nullable(),
});

/** A message as the inbox shows it. */
export type StoredMessage = z.infer<typeof StoredMessage>;

/** A conversation as the inbox shows it, its messages oldest first. */
export interface StoredConversation {
  readonly id: string;
  readonly contact: string;
  readonly isOptedOut: boolean;
  readonly messages: readonly StoredMessage[];
}

const Thread = z.object({
  messages: z.array(StoredMessage),
  nextCursor: z.string().nullable(),
  consent: z.object({ state: z.string() }),
});
const MessagePage = z.object({ items: z.array(StoredMessage), nextCursor: z.string().nullable() });

/** All that the inbox keeps, over its API. */
export async function readInbox(client: InboxClient): Promise<readonly StoredConversation[]> {
  const found: StoredConversation[] = [];
  for (const [contact, id] of await conversationsOf(client)) {
    const thread = Thread.parse((await client.get(`/api/conversations/${id}`)).json);
    const messages = [...thread.messages];
    for (let cursor = thread.nextCursor; cursor !== null;) {
      const path = `/api/conversations/${id}/messages?cursor=${encodeURIComponent(cursor)}`;
      const page = MessagePage.parse((await client.get(path)).json);
      messages.push(...page.items);
      cursor = page.nextCursor;
    }
    const isOptedOut = thread.consent.state === "opted-out";
    found.push({ id, contact, isOptedOut, messages: messages.reverse() });
  }
  return found;
}
