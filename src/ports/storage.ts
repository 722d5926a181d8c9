import type { ConsentEntry } from "../core/model/consent";
import type { ConversationRecord } from "../core/model/conversation";
import type { Draft } from "../core/model/draft";
import type { Message } from "../core/model/message";
import type { Entity, Key, Versioned, Write } from "../core/model/record";
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
  /** By last activity, newest first; ties by id descending. */
  readonly conversations: {
    readonly query: Paging & {
      readonly accountSid: string | null;
      readonly status: "open" | "closed" | null;
    };
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
}

/** The name of a list. */
export type ListName = keyof Lists;

/** A list with what it takes. */
export type Query = { readonly [L in ListName]: { readonly list: L } & Lists[L]["query"] }[ListName];

/** What a query lists. */
export type ResultOf<Q extends Query> = Lists[Q["list"]]["item"];

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
  /** Gives back what the storage holds. No verb may be called afterwards. */
  close(): Promise<void>;
}
