import type { Entity, Kind, Versioned } from "../../../core/model/record";
import type { ColumnType } from "../../../core/model/schema";
import { COLUMNS, fieldsOf } from "../fields";

/** What a row holds and a statement takes. */
export type SqlValue = string | number | null;

/**
 * Whether a database keeps this text as it is: no NUL, where some cut it off, and no half surrogate pair, which UTF-8 has not.
 * Text is cleaned where it enters, so this only stops what went wrong before.
 */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/**
 * The values of a record in the order of the schema.
 * @throws TypeError when a field is missing, of the wrong type, or text that a database would not keep as it is.
 */
export function encodeRecord(kind: Kind, record: Entity): readonly SqlValue[] {
  const fields = fieldsOf(record);
  return COLUMNS[kind].map(([field, type]) => {
    const value = encode(type, fields[field]);
    // The message names no value: it may be a phone number or a text.
    if (value === undefined)
      throw new TypeError(`The field ${field} of a ${kind} is no ${type} that can be stored.`);
    return value;
  });
}

function encode(type: ColumnType, value: unknown): SqlValue | undefined {
  switch (type) {
    case "text?":
      return value === null ? null : encode("text", value);
    case "text":
      return typeof value === "string" && isStorable(value) ? value : undefined;
    case "integer?":
      return value === null ? null : encode("integer", value);
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? Number(value) : undefined;
    case "json?":
      return value === null ? null : encode("json", value);
    case "json":
      // JSON writes NUL and half pairs as escapes, so they survive.
      return typeof value === "object" && value !== null ? JSON.stringify(value) : undefined;
  }
}

/** The record of a row that holds the columns of the schema in their order, then the version. */
export function decodeRow(kind: Kind, row: readonly unknown[]): Versioned<Entity> {
  const columns = COLUMNS[kind];
  const fields: Record<string, unknown> = {};
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at];
    if (column !== undefined) fields[column[0]] = decode(column[1], row[at]);
  }
  // Every field of the kind was written by encodeRecord: that is the record.
  return { version: Number(row[columns.length]), value: fields as unknown as Entity };
}

function decode(type: ColumnType, value: unknown): unknown {
  switch (type) {
    case "text":
    case "text?":
      return value;
    case "integer?":
      return value === null ? null : decode("integer", value);
    case "integer":
      // Drivers can be set to give BigInt.
      return Number(value);
    case "boolean":
      return Number(value) === 1;
    case "json":
    case "json?":
      return typeof value === "string" ? JSON.parse(value) : value;
  }
}
