import type { Entity, Kind } from "../../core/model/record";
import { meets } from "./condition";
import { fieldsOf, UNIQUE } from "./fields";
import { LIST_INDEXES, type ListIndex } from "./list-plan";
import type { Position } from "./page";

/** Where a record stands in one of the indexes of its kind. */
export interface IndexEntry {
  readonly index: ListIndex;
  /** The values of `index.groupBy`. */
  readonly group: readonly unknown[];
  readonly position: Position;
}

/** The places of a record in the indexes of its kind: those to take when it is stored, and to give back when it goes. */
export function indexEntriesOf(kind: Kind, record: Entity): readonly IndexEntry[] {
  const fields = fieldsOf(record);
  return LIST_INDEXES[kind]
    .filter(({ only }) => only === null || meets(record, [only]))
    .map((index) => {
      const sort = fields[index.sortBy];
      if (typeof sort !== "string" && typeof sort !== "number")
        throw new TypeError(`A ${kind} has no ${index.sortBy} to be listed by.`);
      return { index, group: index.groupBy.map((field) => fields[field]), position: { sort, id: record.id } };
    });
}

/** The values that no two records of a kind share, as one text each; a set with a null in it names none. */
export function uniqueKeysOf(kind: Kind, record: Entity): readonly string[] {
  const fields = fieldsOf(record);
  return UNIQUE[kind]
    .map((unique) => ({ unique, values: unique.map((field) => fields[field]) }))
    .filter(({ values }) => !values.includes(null))
    .map(({ unique, values }) => uniqueKeyOf(unique, values));
}

/** One set of unique values as text: what {@link uniqueKeysOf} gives for a record that has them. */
export function uniqueKeyOf(unique: readonly string[], values: readonly unknown[]): string {
  return `${unique.join()} ${JSON.stringify(values)}`;
}
