import type { Consent, ConsentEntry } from "./consent";
import type { ConversationRecord } from "./conversation";
import type { Draft } from "./draft";
import type { Message } from "./message";
import type { Task } from "./task";

/** The kinds of record. */
export interface EntityOf {
  readonly consent: Consent;
  readonly conversation: ConversationRecord;
  readonly message: Message;
  readonly consentEntry: ConsentEntry;
  readonly draft: Draft;
  readonly task: Task;
}

/** The name of a kind of record. */
export type Kind = keyof EntityOf;

/** Any record. */
export type Entity = EntityOf[Kind];

/** A record with its version: 1 when it is created, one more with every put. */
export interface Versioned<E> {
  readonly version: number;
  readonly value: E;
}

/** Names one record: by its id, or by a declared unique look-up. The set is closed. */
export type Key =
  | { readonly [K in Kind]: { readonly kind: K; readonly id: string } }[Kind]
  | {
      readonly kind: "conversation";
      /** Account, our address, the contact's address. */
      readonly pair: readonly [accountSid: string, ours: string, contact: string];
    }
  | { readonly kind: "message"; readonly sid: string };

/**
 * One entry of a commit.
 * - `put`: the record becomes this. `expect` is the version that was read, or `"absent"`: then neither its id nor any of its
 *   unique values may exist.
 * - `check`: the record with this id must still be at this version; it is not written.
 * - `remove`: the record with this id goes.
 */
export type Write = {
  readonly [K in Kind]:
    | { readonly kind: K; readonly put: EntityOf[K]; readonly expect: number | "absent" }
    | { readonly kind: K; readonly check: string; readonly expect: number }
    | { readonly kind: K; readonly remove: string; readonly expect: number };
}[Kind];

/** The id of the record that a write concerns. */
export function writtenId(write: Write): string {
  if ("put" in write) return write.put.id;
  return "check" in write ? write.check : write.remove;
}
