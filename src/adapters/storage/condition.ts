import { fieldsOf } from "./fields";
import type { Entity } from "../../core/model/record";

/** A test of one field of a record. The set is closed, so that every storage can answer it. */
export type Condition =
  | { readonly field: string; readonly test: "equals"; readonly value: string }
  | { readonly field: string; readonly test: "differs"; readonly value: string }
  /** Greater than zero. */
  | { readonly field: string; readonly test: "positive" }
  /** Not null. */
  | { readonly field: string; readonly test: "present" }
  /** Null. */
  | { readonly field: string; readonly test: "absent" };

/** Whether a record meets every condition. */
export function meets(record: Entity, conditions: readonly Condition[]): boolean {
  const fields = fieldsOf(record);
  return conditions.every((condition) => holds(condition, fields[condition.field]));
}

function holds(condition: Condition, value: unknown): boolean {
  switch (condition.test) {
    case "equals":
      return value === condition.value;
    case "differs":
      return value !== null && value !== condition.value;
    case "positive":
      return typeof value === "number" && value > 0;
    case "present":
      return value !== null;
    case "absent":
      return value === null;
  }
}
