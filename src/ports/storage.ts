import type { Channel } from "../core/model/address";
import type { ConsentEntry } from "../core/model/consent";
import type { ConversationRecord } from "../core/model/conversation";
import type { Draft } from "../core/model/draft";
import type { Message } from "../core/model/message";
import type { Entity, Key, Kind, Versioned, Write } from "../core/model/record";
import type { Task, TaskClass } from "../core/model/task";

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last page. Opaque, and valid while records are added. */
  readonly nextCursor: string | null;
}

/** What every list takes: `limit` in records (1 to 1,000), `cursor` from the page before. */
export interface Paging {
  readonly limit: number;
  readonly cursor: string | null;
}

/** The closed set of lists, with the order each one has. */
export interface Lists {
  /** By last activity, newest first; ties by id descending. Only those that fit every filter which is not null or false. */
  readonly conversations: {
    readonly query: Paging & {
      readonly accountSid: string | null;
      readonly status: "open" | "closed" | null;
      readonly channel: Channel | null;
      /** Those of one assignee; of nobody where the id in it is null. */
      readonly assignee: { readonly id: string | null } | null;
      /** Those with unread messages. */
      readonly unread: boolean;
      /** Those that a person should look at: `attention` is not null. */
      readonly needsAttention: boolean;
    };
    readonly item: ConversationRecord;
  };
  /** Every conversation with one address of a contact, by our address. */
  readonly conversationsOfContact: {
    readonly query: Paging & { readonly accountSid: string; readonly contact: string };
    readonly item: ConversationRecord;
  };
  /** By `seq`. */
  readonly messages: {
    readonly query: Paging & {
      readonly conversationId: string;
      readonly order: "oldest-first" | "newest-first";
    };
    readonly item: Message;
  };
  /** Due tasks of one class (`dueAtMs <= dueBeforeMs`), longest due first; ties by id ascending. */
  readonly tasks: {
    readonly query: Paging & { readonly class: TaskClass; readonly dueBeforeMs: number };
    readonly item: Task;
  };
  /** By creation, newest first; ties by id descending. */
  readonly drafts: {
    readonly query: Paging & {
      readonly accountSid: string | null;
      readonly conversationId: string | null;
      readonly status: Draft["status"] | null;
    };
    readonly item: Draft;
  };
  /** The ledger of one consent record by time, oldest first; ties by id ascending. */
  readonly consentEntries: {
    readonly query: Paging & { readonly consentId: string };
    readonly item: ConsentEntry;
  };
  /** The ledger of a whole account by time, newest first; ties by id descending. */
  readonly consentLog: {
    readonly query: Paging & { readonly accountSid: string };
    readonly item: ConsentEntry;
  };
  /** Every record of one kind by id, for moving and sweeping: a record that is there all along is listed exactly once. */
  readonly records: {
    readonly query: Paging & { readonly kind: Kind };
    readonly item: Entity;
  };
}

/** The name of a list. */
export type ListName = keyof Lists;

/** A list with what it takes. */
export type Query = { readonly [L in ListName]: { readonly list: L } & Lists[L]["query"] }[ListName];

/** What a query lists. */
export type ResultOf<Q extends Query> = Lists[Q["list"]]["item"];

/** What a search is for, and what it finds. */
export interface Searches {
  /**
   * Messages whose text has every word of the query, in any order and whatever their case; the last word may be the beginning of
   * one. Newest first.
   */
  readonly messages: Message;
  /** Conversations whose contact's address has the query in it, as it would be typed: digits are enough. Last activity first. */
  readonly contacts: ConversationRecord;
}

/** A search: `text` as a person typed it. Nothing in it is an operator. */
export interface SearchQuery<In extends keyof Searches = keyof Searches> extends Paging {
  readonly in: In;
  readonly text: string;
  /** Only in this account; null for all. */
  readonly accountSid: string | null;
}

/**
 * Where records live. Three verbs; no rule of the product is in it.
 * A storage copies in and out: what a caller does to a record changes nothing stored.
 */
export interface Storage {
  /** The named records as of one moment, in the order of the keys; null where there is none. */
  read(keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]>;
  /**
   * All writes or none. `"conflict"` if any record is no longer at the version it was read at, or a unique value is taken.
   * When it resolves to `"committed"` the writes survive a crash, as far as this storage is durable at all.
   * A commit names each record at most once. Rejects only when the storage itself fails.
   */
  commit(writes: readonly Write[]): Promise<"committed" | "conflict">;
  /** A page of one of the lists. */
  list<Q extends Query>(query: Q): Promise<Page<ResultOf<Q>>>;
  /**
   * A page of what a search finds. Optional: a storage that has it declares a capability, and everything else works without.
   * A query without a word (or, for contacts, with fewer than three characters of an address) finds nothing.
   */
  search?<In extends keyof Searches>(query: SearchQuery<In>): Promise<Page<Searches[In]>>;
  /** Gives back what the storage holds. No verb may be called afterwards. */
  close(): Promise<void>;
}
