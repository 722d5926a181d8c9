import { writtenId, type Kind, type Write } from "../../../core/model/record";
import { encodeRecord, isStorable, type SqlValue } from "./row";

/** A write in the values of a database. It shares nothing with what the caller holds. */
export interface EncodedWrite {
  readonly kind: Kind;
  readonly does: "insert" | "update" | "check" | "remove";
  readonly id: string;
  /** The version expected; null matches none. */
  readonly expect: number | null;
  /** The record in the order of the schema; empty unless it is put. */
  readonly values: readonly SqlValue[];
}

/**
 * The writes of a commit, encoded.
 * @throws TypeError for a record that cannot be stored as it is.
 */
export function encodeWrites(writes: readonly Write[]): readonly EncodedWrite[] {
  return writes.map(encodeWrite);
}

function encodeWrite(write: Write): EncodedWrite {
  const { kind } = write;
  const id = writtenId(write);
  if ("put" in write) {
    const values = encodeRecord(kind, write.put);
    if (write.expect === "absent") return { kind, does: "insert", id, expect: null, values };
    return { kind, does: "update", id, expect: write.expect, values };
  }
  // No record has an id that cannot be stored, but a driver might cut it down to one that has.
  const expect = isStorable(id) ? write.expect : null;
  return { kind, does: "check" in write ? "check" : "remove", id, expect, values: [] };
}
