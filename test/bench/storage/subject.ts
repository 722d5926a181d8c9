import type { Kind } from "../../../src/core/model/record";
import type { Searches, Storage } from "../../../src/ports/storage";
import type { RawSearch } from "./raw-search";
import type { RawWebhook } from "./raw-webhook";

/** The storages that are measured. */
export const STORAGE_NAMES = ["sqlite", "postgres", "memory"] as const;

/** The name of one. */
export type StorageName = (typeof STORAGE_NAMES)[number];

/** A value that a statement takes. */
export type RawValue = string | number | null;

/** A statement that was prepared by hand. It gives rows as arrays, undecoded. */
export type RawStatement = (values: readonly RawValue[]) => unknown;

/** The driver itself, beside the storage: what everything is compared with. */
export interface RawDatabase {
  readonly dialect: "sqlite" | "postgres";
  /** The name of a kind's table, as SQL has it. */
  readonly table: (kind: Kind) => string;
  /** Prepares a statement with `?` for its values. */
  readonly prepare: (sql: string) => RawStatement;
  /** A search by hand; null where none is written yet. */
  readonly search: ((where: keyof Searches) => RawSearch) | null;
  /** What a webhook does in the database, by hand; see `raw-webhook.ts`. Resolves when it is committed. */
  readonly webhook: (webhook: RawWebhook) => Promise<void>;
}

/** One storage with one number of messages. */
export interface Subject {
  readonly name: StorageName;
  readonly messages: number;
  readonly storage: Storage;
  /** Null where there is nothing beneath the storage. */
  readonly raw: RawDatabase | null;
  /** The database beneath it with its version, and how durable its commits are. */
  readonly facts: () => Promise<string>;
  /** Tells the planner what the tables hold, and brings everything to where it stays. */
  readonly settle: () => Promise<void>;
  /** What it takes on the disk; null where there is none. */
  readonly bytes: () => Promise<number | null>;
  readonly close: () => Promise<void>;
}

/** Where a storage may put its data; whoever gives it removes it afterwards. */
export type Place =
  | { readonly name: "sqlite"; readonly folder: string }
  | {
      readonly name: "postgres";
      readonly connectionString: string;
      readonly schemaPrefix: string;
      /** Where a server that is there for this alone has its data; null for another's. */
      readonly ownFolder: string | null;
    }
  | { readonly name: "memory" };
