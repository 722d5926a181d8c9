import type { Conversation, ConversationRecord } from "../core/model/conversation";
import { viewConversation } from "../core/model/conversation";
import { SmsError } from "../core/model/errors";
import type { Message } from "../core/model/message";
import type { Page, Searches, Storage } from "../ports/storage";
import { listed, pagingOf } from "./paging";
import type { ListOptions } from "./paging";
import type { Settings } from "./settings";

/** Where and how much to search. */
export interface SearchOptions extends ListOptions {
  /** Default: the one account there is; all where a resolver serves many. */
  readonly accountSid?: string;
}

/** Something that a search found. */
export interface SearchHit {
  readonly conversation: Conversation;
  /** The message that has the words; null where the contact's address was found. */
  readonly message: Message | null;
}

/** What searching needs. */
export interface SearchParts {
  readonly storage: Storage;
  readonly settings: Settings;
}

// Contacts come before messages; the cursor says in which of the two it is.
const PHASES = ["contacts", "messages"] as const;
type Phase = (typeof PHASES)[number];

interface Place {
  readonly phase: Phase;
  readonly cursor: string | null;
}

/**
 * A page of contacts, then messages, that fit what a person typed.
 * @throws SmsError `capability_missing` where the storage cannot search, `config_invalid` for a foreign cursor.
 */
export async function searchConversations(
  { storage, settings }: SearchParts,
  text: string,
  options: SearchOptions,
): Promise<Page<SearchHit>> {
  if (typeof text !== "string") throw new SmsError("config_invalid", "conversations.search takes a text.");
  const { limit, cursor } = pagingOf(options);
  const accountSid = options.accountSid ?? settings.defaultAccountSid;
  const hits: SearchHit[] = [];
  let place: Place | null = placeOf(cursor);
  while (place !== null && hits.length < limit) {
    const wanted = { text, accountSid, limit: limit - hits.length, cursor: place.cursor };
    const page: Page<SearchHit> =
      place.phase === "contacts"
        ? await contactHits(await search(storage, { in: "contacts", ...wanted }))
        : await messageHits(await search(storage, { in: "messages", ...wanted }));
    hits.push(...page.items);
    place = placeAfter(place.phase, page.nextCursor);
  }
  return { items: hits, nextCursor: place === null ? null : `${place.phase}:${place.cursor ?? ""}` };

  async function contactHits(page: Page<ConversationRecord>): Promise<Page<SearchHit>> {
    const items = page.items.map((record) => ({ conversation: shown(record), message: null }));
    return { items, nextCursor: page.nextCursor };
  }

  async function messageHits(page: Page<Message>): Promise<Page<SearchHit>> {
    const ids = [...new Set(page.items.map(({ conversationId }) => conversationId))];
    const found =
      ids.length === 0 ? [] : await listed(storage.read(ids.map((id) => ({ kind: "conversation", id }))));
    const conversations = new Map(found.map((one, at) => [ids[at], one?.value]));
    const items = page.items.flatMap((message): readonly SearchHit[] => {
      const record = conversations.get(message.conversationId);
      // Gone between the two reads: there is nothing left to open.
      if (record === undefined || !("preview" in record)) return [];
      return [{ conversation: shown(record), message }];
    });
    return { items, nextCursor: page.nextCursor };
  }

  function shown(record: ConversationRecord): Conversation {
    return viewConversation(record, settings.instanceMode);
  }
}

async function search<In extends keyof Searches>(
  storage: Storage,
  query: Parameters<NonNullable<Storage["search"]>>[0] & { readonly in: In },
): Promise<Page<Searches[In]>> {
  if (storage.search === undefined) {
    throw new SmsError(
      "capability_missing",
      "This storage cannot search. Those of this library can, unless they were made with search: false.",
    );
  }
  return listed(storage.search<In>(query));
}

function placeOf(cursor: string | null): Place {
  if (cursor === null) return { phase: "contacts", cursor: null };
  const phase = PHASES.find((name) => cursor.startsWith(`${name}:`));
  if (phase === undefined) {
    throw new SmsError(
      "config_invalid",
      "This cursor does not come from this list; pass the nextCursor of the page before.",
    );
  }
  const inner = cursor.slice(phase.length + 1);
  return { phase, cursor: inner === "" ? null : inner };
}

function placeAfter(phase: Phase, nextCursor: string | null): Place | null {
  if (nextCursor !== null) return { phase, cursor: nextCursor };
  return phase === "contacts" ? { phase: "messages", cursor: null } : null;
}
