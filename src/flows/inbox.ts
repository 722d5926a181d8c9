import type { ConsentSignalKind } from "../core/consent/machine";
import { changeConsent } from "../core/decide/consent-change";
import { decideConversation } from "../core/decide/conversation";
import type { ConversationAction } from "../core/decide/conversation";
import { decideDiscard } from "../core/decide/draft";
import { consentIdOf, consentSenderOf, personOf } from "../core/model/consent";
import type { Consent, ConsentEntry } from "../core/model/consent";
import { viewConversation } from "../core/model/conversation";
import type { AssistantMode, Conversation } from "../core/model/conversation";
import type { Draft } from "../core/model/draft";
import { SmsError } from "../core/model/errors";
import type { Message } from "../core/model/message";
import type { Runtime } from "../ports/runtime";
import type { Page, Paging, Storage } from "../ports/storage";
import { checkContact, checkSender } from "./outbound-text";
import { notFound } from "./send";
import type { Sender } from "./send";
import type { Settings } from "./settings";
import { storageFailed } from "./transact";
import type { Transact } from "./transact";

/** Which page of a list: `limit` records (default 50, at most 1,000), after `cursor`. */
export interface ListOptions {
  readonly limit?: number;
  readonly cursor?: string | null;
}

/** Threads, as an inbox shows them. Every change to one that is not there throws `conversation_not_found`. */
export interface Conversations {
  /** By last activity, newest first. */
  list(
    options?: ListOptions & { readonly status?: "open" | "closed"; readonly accountSid?: string },
  ): Promise<Page<Conversation>>;
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

/** A contact, in an account where a resolver serves many. */
export interface ContactOptions {
  /** An E.164 number, a short code, or a channel address. */
  readonly contact: string;
  /**
   * Our address that it is about, where `consent.scope` is not `account`: a number, or a Messaging Service. Default: what the
   * account sends through.
   */
  readonly sender?: string;
  readonly accountSid?: string;
}

/** Who enters a change of consent by hand, and why: it goes into the ledger. */
export interface ConsentOptions extends ContactOptions {
  readonly by?: string;
  readonly note?: string;
  /**
   * Where it comes from: a person who decides (`operator`, the default), or a list from elsewhere (`import`). An import never lifts
   * an opt-out: a list is older than we know.
   */
  readonly source?: "operator" | "import";
}

/** Consent as it is shown: `unknown` since never for a contact that was never met. */
export type ConsentView = Pick<Consent, "contact" | "sender" | "state" | "maybeStopSince"> & {
  readonly since: Consent["since"] | null;
  readonly reason: Consent["reason"] | null;
};

/** The gate, and the ledger it rests on. */
export interface ConsentDesk {
  /** Whether this contact may be texted. */
  get(options: ContactOptions): Promise<ConsentView>;
  /** From the commit on nothing is claimed for this contact. */
  optOut(options: ConsentOptions): Promise<ConsentView>;
  /** Only for a contact who asked for it: note how you know. Twilio's own block is lifted by the contact's START alone. */
  optIn(options: ConsentOptions): Promise<ConsentView>;
  /** Every change, oldest first. */
  history(options: ContactOptions & ListOptions): Promise<Page<ConsentEntry>>;
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
    async list(options = {}) {
      const query = { list: "conversations", ...pagingOf(options) } as const;
      const page = await listed(
        storage.list({ ...query, accountSid: options.accountSid ?? null, status: options.status ?? null }),
      );
      return { ...page, items: page.items.map((record) => viewConversation(record, instanceMode)) };
    },
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

/** Consent for people. */
export function createConsentDesk(parts: InboxParts): ConsentDesk {
  const { storage, transact, runtime, settings } = parts;
  return {
    async get(options) {
      const { contact, accountSid, sender } = await gateOf(options);
      const { answer } = await transact({
        keys: [{ kind: "consent", id: consentIdOf(accountSid, contact, sender) }],
        decide: ([record]) => ({ writes: [], events: [], answer: record }),
      });
      return answer === null
        ? {
            contact: personOf(contact),
            sender,
            state: "unknown",
            since: null,
            reason: null,
            maybeStopSince: null,
          }
        : viewOf(answer.value);
    },
    optOut: (options) => change(options, `${options.source ?? "operator"}-opt-out`),
    optIn: (options) => change(options, `${options.source ?? "operator"}-opt-in`),
    async history(options) {
      const { contact, accountSid, sender } = await gateOf(options);
      const consentId = consentIdOf(accountSid, contact, sender);
      return listed(storage.list({ list: "consentEntries", ...pagingOf(options), consentId }));
    },
  };

  async function change(
    options: ConsentOptions,
    kind: Extract<ConsentSignalKind, `${"operator" | "import"}-${string}`>,
  ): Promise<ConsentView> {
    const { contact, accountSid, sender } = await gateOf(options);
    const entryId = runtime.newId();
    const evidence = { messageSid: null, text: null, by: options.by ?? null, note: options.note ?? null };
    const { answer } = await transact({
      keys: [{ kind: "consent", id: consentIdOf(accountSid, contact, sender) }],
      decide: ([record], { nowMs }) => {
        const result = changeConsent({
          record,
          accountSid,
          contact,
          sender,
          signal: { kind },
          evidence,
          entryId,
          nowMs,
        });
        return { writes: result.writes, events: result.events, answer: result.consent };
      },
    });
    return viewOf(answer);
  }

  async function gateOf(options: ContactOptions): Promise<{
    readonly contact: string;
    readonly accountSid: string;
    readonly sender: string | null;
  }> {
    const contact = checkContact(options.contact).value;
    const accountSid = options.accountSid ?? settings.defaultAccountSid;
    if (accountSid === null) {
      throw new SmsError(
        "account_unknown",
        "A resolver serves many accounts here, so say which one: give accountSid.",
      );
    }
    if (settings.consent.scope === "account") return { contact, accountSid, sender: null };
    const account = await settings.accountOf(accountSid);
    const ours = checkSender(options.sender ?? account?.sender ?? "").value;
    return { contact, accountSid, sender: consentSenderOf(settings.consent.scope, ours) };
  }
}

function viewOf({ contact, sender, state, since, reason, maybeStopSince }: Consent): ConsentView {
  return { contact, sender, state, since, reason, maybeStopSince };
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

function pagingOf(options: ListOptions): Paging {
  const limit = options.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1)
    throw new TypeError("limit must be a whole number from 1 to 1,000.");
  return { limit: Math.min(limit, MAX_LIMIT), cursor: options.cursor ?? null };
}

async function listed<T>(page: Promise<T>): Promise<T> {
  return page.catch((cause: unknown) => {
    throw storageFailed("list", cause);
  });
}
