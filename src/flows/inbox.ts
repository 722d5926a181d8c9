import { decideConversation } from "../core/decide/conversation";
import type { ConversationAction } from "../core/decide/conversation";
import { decideDiscard } from "../core/decide/draft";
import type { AssistantMode, Conversation, ConversationRecord } from "../core/model/conversation";
import { viewConversation } from "../core/model/conversation";
import type { Draft } from "../core/model/draft";
import type { Message } from "../core/model/message";
import type { Runtime } from "../ports/runtime";
import type { Page, Storage } from "../ports/storage";
import { listConversations, listConversationsOfContact } from "./conversation-list";
import type { ContactThreadOptions, ConversationListOptions } from "./conversation-list";
import { listed, pagingOf } from "./paging";
import type { ListOptions } from "./paging";
import { searchConversations } from "./search";
import type { SearchHit, SearchOptions } from "./search";
import { notFound } from "./send";
import type { Sender } from "./send";
import type { Settings } from "./settings";
import type { Transact } from "./transact";

/** Threads, as an inbox shows them. Every change to one that is not there throws `conversation_not_found`. */
export interface Conversations {
  /** By last activity, newest first; only those that fit every filter given. */
  list(options?: ConversationListOptions): Promise<Page<Conversation>>;
  /** Every thread with one address of a contact, one for each address of ours that it has written with. */
  withContact(options: ContactThreadOptions): Promise<Page<Conversation>>;
  /**
   * What a person types into a search field: contacts whose address has these digits, last activity first, then messages that have
   * all of these words (in any order, the last may be unfinished), newest first.
   * @throws SmsError `capability_missing` where the storage cannot search.
   */
  search(text: string, options?: SearchOptions): Promise<Page<SearchHit>>;
  /** Null where there is none. */
  get(id: string): Promise<Conversation | null>;
  /** In the order in which they were stored; `newest-first` for the last page of a thread. Default `oldest-first`. */
  messages(
    id: string,
    options?: ListOptions & { readonly order?: "oldest-first" | "newest-first" },
  ): Promise<Page<Message>>;
  /** Sends a text to the contact of a conversation. It overtakes a waiting draft when a person wrote it (the default). */
  reply: Sender["reply"];
  /** Sets `unreadCount` to 0. */
  markRead(id: string): Promise<Conversation>;
  /** Puts it away; the next message in it opens it again. */
  close(id: string): Promise<Conversation>;
  /** Opens it again. */
  reopen(id: string): Promise<Conversation>;
  /** Says who looks after it, in the host's own terms; null for nobody. */
  assign(id: string, assignee: string | null): Promise<Conversation>;
  /** Sets what the assistant does here; null follows the instance again. */
  setAssistantMode(id: string, mode: AssistantMode | null): Promise<Conversation>;
}

/** Answers that wait for a person. */
export interface Drafts {
  /** Newest first. */
  list(
    options?: ListOptions & {
      readonly conversationId?: string;
      readonly status?: Draft["status"];
      readonly accountSid?: string;
    },
  ): Promise<Page<Draft>>;
  /** Sends a draft, as it is or edited. Approving twice sends once. */
  approve: Sender["approve"];
  /** Throws a draft away, unless it was sent. */
  discard(id: string, options?: { readonly by?: string }): Promise<Draft>;
}

/** What the inbox needs. */
export interface InboxParts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly transact: Transact;
  readonly runtime: Runtime;
  readonly sender: Sender;
}

/** Threads for people. */
export function createConversations(parts: InboxParts): Conversations {
  const { storage, transact, sender } = parts;
  const { instanceMode } = parts.settings;
  return {
    list: async (options = {}) => shown(await listConversations(parts, options)),
    withContact: async (options) => shown(await listConversationsOfContact(parts, options)),
    search: (text, options = {}) => searchConversations(parts, text, options),
    async get(id) {
      const { answer } = await transact({
        keys: [{ kind: "conversation", id }],
        decide: ([record]) => ({ writes: [], events: [], answer: record }),
      });
      return answer === null ? null : viewConversation(answer.value, instanceMode);
    },
    async messages(id, options = {}) {
      const order = options.order ?? "oldest-first";
      return listed(storage.list({ list: "messages", ...pagingOf(options), conversationId: id, order }));
    },
    reply: sender.reply,
    markRead: (id) => act(id, { kind: "mark-read" }),
    close: (id) => act(id, { kind: "close" }),
    reopen: (id) => act(id, { kind: "reopen" }),
    assign: (id, assignee) => act(id, { kind: "assign", assignee }),
    setAssistantMode: (id, mode) => act(id, { kind: "set-assistant-mode", mode }),
  };

  function shown(page: Page<ConversationRecord>): Page<Conversation> {
    return { ...page, items: page.items.map((record) => viewConversation(record, instanceMode)) };
  }

  async function act(id: string, action: ConversationAction): Promise<Conversation> {
    const { answer } = await transact({
      keys: [{ kind: "conversation", id }],
      decide: ([record]) => {
        if (record === null) throw notFound("conversation");
        return decideConversation(record, action, instanceMode);
      },
    });
    return answer;
  }
}

/** Drafts for people. */
export function createDrafts(parts: InboxParts): Drafts {
  const { storage, transact, sender } = parts;
  return {
    async list(options = {}) {
      return listed(
        storage.list({
          list: "drafts",
          ...pagingOf(options),
          accountSid: options.accountSid ?? null,
          conversationId: options.conversationId ?? null,
          status: options.status ?? null,
        }),
      );
    },
    approve: sender.approve,
    async discard(id, options = {}) {
      const found = await transact({
        keys: [{ kind: "draft", id }],
        decide: ([record]) => ({ writes: [], events: [], answer: record }),
      });
      if (found.answer === null) throw notFound("draft");
      const { answer } = await transact({
        keys: [
          { kind: "draft", id },
          { kind: "conversation", id: found.answer.value.conversationId },
        ],
        decide: ([draft, conversation]) => {
          if (draft === null || conversation === null) throw notFound("draft");
          return decideDiscard({ draft, conversation }, options.by ?? null, parts.settings.instanceMode);
        },
      });
      return answer;
    },
  };
}
