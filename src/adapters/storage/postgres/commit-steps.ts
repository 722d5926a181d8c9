import type { Kind } from "../../../core/model/record";
import { COLUMNS } from "../fields";
import type { EncodedWrite } from "../sql/encoded-write";
import type { PostgresValue } from "./connection";

/** A part of a commit that one statement can do: one write, or many new records of one kind. */
export interface CommitStep {
  readonly kind: Kind;
  readonly does: EncodedWrite["does"] | "insert-many";
  /** One, but for `insert-many`. */
  readonly writes: readonly EncodedWrite[];
}

// From this many on, one value for all costs less than a place for each field of each.
const MANY = 4;

/** The steps of a commit, in the order of its writes. */
export function stepsOf(writes: readonly EncodedWrite[]): readonly CommitStep[] {
  const steps: CommitStep[] = [];
  for (let from = 0; from < writes.length;) {
    const first = writes[from];
    if (first === undefined) break;
    const run = first.does === "insert" ? insertsFrom(writes, from) : [first];
    if (run.length < MANY) steps.push(...run.map(singleStep));
    else steps.push({ kind: first.kind, does: "insert-many", writes: run });
    from += run.length;
  }
  return steps;
}

/** Every write for itself. */
export function singleStep(write: EncodedWrite): CommitStep {
  return { kind: write.kind, does: write.does, writes: [write] };
}

function insertsFrom(writes: readonly EncodedWrite[], from: number): readonly EncodedWrite[] {
  const kind = writes[from]?.kind;
  let end = from;
  while (writes[end]?.does === "insert" && writes[end]?.kind === kind) end += 1;
  return writes.slice(from, end);
}

/**
 * What a step is made of besides fields: `id`, `expect` (the version expected), `rows` (all records of an `insert-many`) and
 * `count` (how many they are).
 */
export const STEP_VALUES = ["id", "expect", "rows", "count"] as const;

/** One of {@link STEP_VALUES}. */
export type StepValue = (typeof STEP_VALUES)[number];

/** A value of a step by its name, or the field with this number in the schema. */
export function valueOf({ does, writes }: CommitStep, name: number | StepValue): PostgresValue {
  if (does === "insert-many") return name === "rows" ? JSON.stringify(writes.map(rowOf)) : writes.length;
  const [write] = writes;
  if (write === undefined) return null;
  if (typeof name === "number") return typedValue(write, name);
  return name === "id" ? write.id : write.expect;
}

function rowOf(write: EncodedWrite): readonly PostgresValue[] {
  return write.values.map((_, at) => typedValue(write, at));
}

/** Rows are encoded with 0 and 1, which is no boolean here. */
function typedValue({ kind, values }: EncodedWrite, at: number): PostgresValue {
  const value = values[at] ?? null;
  return COLUMNS[kind][at]?.[1] === "boolean" ? value === 1 : value;
}
