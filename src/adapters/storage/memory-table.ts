import type { Entity, Kind, Versioned } from "../../core/model/record";
import { COLUMNS, fieldsOf } from "./fields";
import { indexEntriesOf, uniqueKeyOf, uniqueKeysOf } from "./index-entries";
import { LIST_INDEXES, type ListIndex } from "./list-plan";
import { orderedPositions, type OrderedPositions } from "./ordered-positions";
import type { Position } from "./page";

/** The records of one kind with their unique look-ups and list indexes. Everything stored is a frozen copy. */
export interface MemoryTable {
  get(id: string): Versioned<Entity> | undefined;
  /** The id of the record with these values of the unique look-up. */
  idBy(unique: readonly string[], values: readonly unknown[]): string | undefined;
  /** The unique values of a record, as one text each; those with a null in it are left out. */
  uniqueKeys(record: Entity): readonly string[];
  /** Who holds a unique value. */
  holderOf(uniqueKey: string): string | undefined;
  set(id: string, stored: Versioned<Entity>): void;
  remove(id: string): void;
  /** The places of one range of an index; undefined when nobody is in it. */
  range(index: ListIndex, group: readonly string[]): OrderedPositions | undefined;
  /** The places of all records by `sortedBy`; empty where the table has none. */
  readonly all: OrderedPositions;
}

/**
 * Makes the empty table of a kind. Memory is given back when records go.
 * With `sortedBy` it also keeps all records in the order of that field, a text, which no list needs but a search does.
 */
export function memoryTable(kind: Kind, sortedBy: string | null = null): MemoryTable {
  const all = orderedPositions();
  const records = new Map<string, Versioned<Entity>>();
  const holders = new Map<string, string>();
  const indexes = new Map(
    LIST_INDEXES[kind].map((index) => [index, new Map<string, OrderedPositions>()] as const),
  );

  function placeOf(record: Entity): Position | null {
    return sortedBy === null ? null : { sort: String(fieldsOf(record)[sortedBy]), id: record.id };
  }

  function forget(record: Entity): void {
    const place = placeOf(record);
    if (place !== null) all.remove(place);
    for (const key of uniqueKeysOf(kind, record)) holders.delete(key);
    for (const { index, group, position } of indexEntriesOf(kind, record)) {
      const groups = indexes.get(index);
      const groupKey = JSON.stringify(group);
      const positions = groups?.get(groupKey);
      positions?.remove(position);
      if (positions?.isEmpty() === true) groups?.delete(groupKey);
    }
  }

  function remember(record: Entity): void {
    const place = placeOf(record);
    if (place !== null) all.add(place);
    for (const key of uniqueKeysOf(kind, record)) holders.set(key, record.id);
    for (const { index, group, position } of indexEntriesOf(kind, record)) {
      const groups = indexes.get(index);
      const groupKey = JSON.stringify(group);
      const positions = groups?.get(groupKey) ?? orderedPositions();
      groups?.set(groupKey, positions);
      positions.add(position);
    }
  }

  return {
    get: (id) => records.get(id),
    idBy: (unique, values) => holders.get(uniqueKeyOf(unique, values)),
    uniqueKeys: (record) => uniqueKeysOf(kind, record),
    holderOf: (key) => holders.get(key),
    set(id, stored) {
      const before = records.get(id);
      if (before !== undefined) forget(before.value);
      records.set(id, stored);
      remember(stored.value);
    },
    remove(id) {
      const before = records.get(id);
      if (before !== undefined) forget(before.value);
      records.delete(id);
    },
    range: (index, group) => indexes.get(index)?.get(JSON.stringify(group)),
    all,
  };
}

/**
 * A copy of a record that nobody can change: only the fields of the schema, frozen at every depth.
 * @throws TypeError when a field is missing or of the wrong type.
 */
export function frozenCopy(kind: Kind, record: Entity): Entity {
  const fields = fieldsOf(record);
  const copy: Record<string, unknown> = {};
  for (const [field, type] of COLUMNS[kind]) {
    const value = fields[field];
    const fits = (value === null && type.endsWith("?")) || isOfType(type, value);
    if (!fits) throw new TypeError(`The field ${field} of a ${kind} is no ${type}.`);
    copy[field] = typeof value === "object" ? frozenJson(value) : value;
  }
  // Every field of the kind is there and of its type: that is the record.
  return Object.freeze(copy) as unknown as Entity;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "text" || type === "text?") return typeof value === "string";
  if (type === "integer" || type === "integer?") return Number.isSafeInteger(value);
  if (type === "boolean") return typeof value === "boolean";
  return typeof value === "object" && value !== null;
}

function frozenJson(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenJson));
  if (typeof value !== "object" || value === null) return value;
  // Assigning would drop a field named __proto__, which a sender may well use.
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, frozenJson(inner)])),
  );
}
