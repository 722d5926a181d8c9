import type { Entity, Kind } from "../../core/model/record";
import { SCHEMA, type ColumnType } from "../../core/model/schema";

/** The fields of a record by name, as the schema names them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Field and column type pairs of each kind, in the order of the schema. */
export const COLUMNS: { readonly [K in Kind]: readonly (readonly [field: string, type: ColumnType])[] } = {
  consent: Object.entries(SCHEMA.consent.columns),
  conversation: Object.entries(SCHEMA.conversation.columns),
  message: Object.entries(SCHEMA.message.columns),
  consentEntry: Object.entries(SCHEMA.consentEntry.columns),
  draft: Object.entries(SCHEMA.draft.columns),
  task: Object.entries(SCHEMA.task.columns),
};

/** The unique look-ups of each kind. */
export const UNIQUE: { readonly [K in Kind]: readonly (readonly string[])[] } = {
  consent: SCHEMA.consent.unique,
  conversation: SCHEMA.conversation.unique,
  message: SCHEMA.message.unique,
  consentEntry: SCHEMA.consentEntry.unique,
  draft: SCHEMA.draft.unique,
  task: SCHEMA.task.unique,
};

/** A record seen as fields by name. */
export function fieldsOf(record: Entity): Fields {
  // Interfaces have no index signature, but records are plain objects whose fields the schema names.
  return record as unknown as Fields;
}
