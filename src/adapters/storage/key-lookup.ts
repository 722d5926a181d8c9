import type { Key } from "../../core/model/record";

/** How a key looks its record up: which fields have which values. */
export interface KeyLookup {
  readonly fields: readonly string[];
  readonly values: readonly string[];
}

/** The look-up of a key: by id, or in the order of the schema by a unique set of fields. */
export function lookupOf(key: Key): KeyLookup {
  if ("id" in key) return { fields: ["id"], values: [key.id] };
  if ("sid" in key) return { fields: ["sid"], values: [key.sid] };
  const [accountSid, ours, contact] = key.pair;
  return { fields: ["accountSid", "contact", "ours"], values: [accountSid, contact, ours] };
}
