import type { Kind } from "./record";
import { KINDS } from "./schema";

/** How many records of each kind. */
export type RecordCounts = Readonly<Record<Kind, number>>;

/** The first line of an exported file. */
export const EXPORT_HEADER = { format: "mailtrixy-sms", version: 1 } as const;

/** Numbers for every kind, from a rule. */
export function countsOf(count: (kind: Kind) => number): RecordCounts {
  // One number for each of the kinds: that is the type.
  return Object.fromEntries(KINDS.map((kind) => [kind, count(kind)])) as Record<Kind, number>;
}
