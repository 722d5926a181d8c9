import type { Kind } from "../../../core/model/record";

/** What the tables of one installation are called. */
export interface TableNames {
  /** The table of each kind of record. Hosts may query and join them; they are part of the public surface. */
  readonly of: { readonly [K in Kind]: string };
  /** The table that tells which migrations a database has. */
  readonly migrations: string;
}

/** What tables begin with unless the host says otherwise. */
export const DEFAULT_PREFIX = "sms_";

/** The names of all tables with one prefix, so that several installations can share a database. */
export function tableNames(prefix: string = DEFAULT_PREFIX): TableNames {
  return {
    of: {
      consent: `${prefix}consents`,
      conversation: `${prefix}conversations`,
      message: `${prefix}messages`,
      consentEntry: `${prefix}consent_entries`,
      draft: `${prefix}drafts`,
      task: `${prefix}tasks`,
    },
    migrations: `${prefix}migrations`,
  };
}

/**
 * Whether a text can be a prefix: lower-case letters, digits and underscores, so that no database has to quote it, and short
 * enough that no name is cut off (PostgreSQL keeps 63 bytes).
 */
export function isPrefix(text: string): boolean {
  return /^[a-z_][a-z0-9_]{0,19}$/.test(text);
}

/** The column that counts the puts of a row. */
export const VERSION_COLUMN = "version";

/** The column of a field: `lastMessageAt` is `last_message_at`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
