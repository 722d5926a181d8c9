import type { Kind } from "../../../core/model/record";

/** The table of each kind of record. Hosts may query and join them; they are part of the public surface. */
export const TABLES: { readonly [K in Kind]: string } = {
  consent: "sms_consents",
  conversation: "sms_conversations",
  message: "sms_messages",
  consentEntry: "sms_consent_entries",
  draft: "sms_drafts",
  task: "sms_tasks",
};

/** The column that counts the puts of a row. */
export const VERSION_COLUMN = "version";

/** The column of a field: `lastMessageAt` is `last_message_at`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
