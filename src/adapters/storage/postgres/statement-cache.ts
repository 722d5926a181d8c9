import type { Statement } from "../sql/builder";
import type { NamedStatement } from "./connection";

/** A statement that is ready to run, with the names of its values in the order of their places. */
export interface ReadyStatement extends NamedStatement {
  readonly slots: readonly string[];
}

/** Keeps what was written once, by its shape. */
export interface StatementCache {
  /** The statement of a shape; `write` makes it when it is not known. */
  of(shape: string, write: () => Statement): ReadyStatement;
}

// Every prepared statement takes memory on the server, on each connection. The shapes in daily use are some fifty.
const MAX_NAMED = 128;
const MAX_KEPT = 512;

/** Makes a cache. With `"never"` no statement has a name, so no connection prepares any. */
export function statementCache(prepare: "often-used" | "never"): StatementCache {
  const kept = new Map<string, ReadyStatement>();
  const named = new Set<string>();

  return {
    of(shape, write) {
      const known = kept.get(shape);
      if (known?.name !== null && known !== undefined) return known;
      const { sql, slots } = known ?? write();
      // What is run once, as the commits of an import are, is not worth a name.
      const isNamed =
        prepare === "often-used" && (named.has(shape) || (known !== undefined && named.size < MAX_NAMED));
      const ready = { name: isNamed ? statementName(sql) : null, sql, slots };
      if (isNamed) named.add(shape);
      if (known === undefined || isNamed) kept.set(shape, ready);
      if (kept.size > MAX_KEPT) forgetOldest(kept);
      return ready;
    },
  };
}

function forgetOldest(kept: Map<string, ReadyStatement>): void {
  for (const [shape] of kept) {
    kept.delete(shape);
    return;
  }
}

/**
 * A name for a statement: the same SQL has the same name in every copy of this library. It is 64 bits of a hash; should two
 * statements ever share them, the driver or the server refuses the second, and none is run in place of the other.
 */
function statementName(sql: string): string {
  return `sms_${hash(sql, 0x9e3779b1)}${hash(sql, 0x85ebca6b)}`;
}

/** 32 bits that depend on every character, by multiplying with an odd number. */
function hash(text: string, multiplier: number): string {
  let bits = multiplier;
  for (let at = 0; at < text.length; at += 1) {
    bits = Math.imul(bits ^ text.charCodeAt(at), multiplier);
    bits ^= bits >>> 15;
  }
  return (bits >>> 0).toString(16).padStart(8, "0");
}
