import * as z from "zod/mini";
import type { Channel } from "../core/model/address";
import type { ConversationRecord } from "../core/model/conversation";
import { SmsError } from "../core/model/errors";
import type { Page, Storage } from "../ports/storage";
import { checkContact } from "./outbound-text";
import { listed, pagingOf } from "./paging";
import type { ListOptions } from "./paging";
import type { Settings } from "./settings";

/** Which conversations to list. Filters that are left out let everything through. */
export interface ConversationListOptions extends ListOptions {
  readonly status?: "open" | "closed";
  /** Only those on this channel. */
  readonly channel?: Channel;
  /** Only those that this person looks after, in the host's own terms; null: nobody. */
  readonly assignee?: string | null;
  /** Only those with messages that nobody has read. */
  readonly unread?: true;
  /** Only those that a person should look at: see `attention`. */
  readonly needsAttention?: true;
  /** Whose conversations. Default: those of the one account there is; of all where a resolver serves many. */
  readonly accountSid?: string;
}

/** Whose threads to list. */
export interface ContactThreadOptions extends ListOptions {
  /** An E.164 number, a short code, or a channel address: each address has threads of its own. */
  readonly contact: string;
  readonly accountSid?: string;
}

/** What listing needs. */
export interface ListParts {
  readonly storage: Storage;
  readonly settings: Settings;
}

const FilterShape = z.strictObject({
  limit: z.optional(z.number()),
  cursor: z.optional(z.nullable(z.string())),
  status: z.optional(z.enum(["open", "closed"])),
  channel: z.optional(z.enum(["sms", "whatsapp", "rcs", "messenger"])),
  assignee: z.optional(z.nullable(z.string())),
  unread: z.optional(z.literal(true)),
  needsAttention: z.optional(z.literal(true)),
  accountSid: z.optional(z.string()),
});

/**
 * A page of conversations.
 * @throws SmsError `config_invalid` for a filter that is misspelt or of the wrong type: it would show what was not asked for.
 */
export async function listConversations(
  { storage, settings }: ListParts,
  options: ConversationListOptions,
): Promise<Page<ConversationRecord>> {
  const checked = FilterShape.safeParse(options);
  if (!checked.success) {
    const names = checked.error.issues.map(({ path, code }) => `${path.join(".")} (${code})`);
    throw new SmsError(
      "config_invalid",
      "conversations.list takes limit, cursor, status, channel, assignee, unread: true, needsAttention: true and accountSid.",
      { details: { options: names } },
    );
  }
  const { status, channel, assignee, unread, needsAttention } = options;
  return listed(
    storage.list({
      list: "conversations",
      ...pagingOf(options),
      accountSid: options.accountSid ?? settings.defaultAccountSid,
      status: status ?? null,
      channel: channel ?? null,
      assignee: assignee === undefined ? null : { id: assignee },
      unread: unread ?? false,
      needsAttention: needsAttention ?? false,
    }),
  );
}

/**
 * A page of the threads with one address of a contact.
 * @throws SmsError `address_invalid`; `account_unknown` where a resolver serves many accounts and none is given.
 */
export async function listConversationsOfContact(
  { storage, settings }: ListParts,
  options: ContactThreadOptions,
): Promise<Page<ConversationRecord>> {
  const contact = checkContact(options.contact).value;
  const accountSid = options.accountSid ?? settings.defaultAccountSid;
  if (accountSid === null) {
    throw new SmsError(
      "account_unknown",
      "A resolver serves many accounts here, so say which one: give accountSid.",
    );
  }
  return listed(storage.list({ list: "conversationsOfContact", ...pagingOf(options), accountSid, contact }));
}
