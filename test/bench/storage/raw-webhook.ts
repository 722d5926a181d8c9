import { previewOf } from "../../../src/core/model/conversation";
import type { Kind } from "../../../src/core/model/record";
import { EXTRA } from "./records";
import type { RawDatabase, RawValue } from "./subject";

// What a person would write by hand for one inbound webhook: look up the message, the conversation and the consent, then put the
// message into the conversation. Only the columns that change are set.

/** A webhook with everything known that can be known beforehand. */
export interface RawWebhook {
  readonly messageId: string;
  readonly accountSid: string;
  readonly ours: string;
  readonly contact: string;
  readonly consentId: string;
  readonly body: string;
  readonly at: string;
}

/** The three look-ups of a webhook, with the columns that name the record. */
export const LOOK_UPS: readonly {
  readonly kind: Kind;
  readonly columns: readonly string[];
  readonly values: (
    webhook: Pick<RawWebhook, "messageId" | "accountSid" | "ours" | "contact" | "consentId">,
  ) => readonly RawValue[];
}[] = [
  { kind: "message", columns: ["id"], values: ({ messageId }) => [messageId] },
  {
    kind: "conversation",
    columns: ["account_sid", "contact", "ours"],
    values: ({ accountSid, contact, ours }) => [accountSid, contact, ours],
  },
  { kind: "consent", columns: ["id"], values: ({ consentId }) => [consentId] },
];

/** Selects one record of a look-up; of a conversation first what {@link foundOf} takes. */
export function lookUpSql(table: RawDatabase["table"], kind: Kind, columns: readonly string[]): string {
  const first = kind === "conversation" ? "id, last_seq, version, " : "";
  return `select ${first}* from ${table(kind)} where ${columns.map((column) => `${column} = ?`).join(" and ")}`;
}

/**
 * Selects the records of all look-ups in one row, which is there even where they are not: first what {@link foundOf} takes, then
 * all columns.
 */
export function joinedLookUpSql(table: RawDatabase["table"]): string {
  const joins = LOOK_UPS.map(({ kind, columns }, at) => {
    const on = columns.map((column) => `r${at}.${column} = ?`).join(" and ");
    return `left join ${table(kind)} r${at} on ${on}`;
  });
  return `select r1.id, r1.last_seq, r1.version, r0.*, r1.*, r2.* from (select 1) one ${joins.join(" ")}`;
}

/** Moves a conversation on if nobody else did. Values: {@link conversationValues}. */
export function updateConversationSql(table: RawDatabase["table"]): string {
  return (
    `update ${table("conversation")} set last_seq = ?, last_inbound_seq = ?, last_message_at = ?, preview = ?, ` +
    "unread_count = unread_count + 1, status = 'open', version = version + 1 where id = ? and version = ?"
  );
}

/** The values of {@link updateConversationSql}. */
export function conversationValues(webhook: RawWebhook, found: FoundConversation): readonly RawValue[] {
  const { id, seq, version } = found;
  return [seq, seq, webhook.at, previewOf(webhook.body, 0), id, version];
}

/** Where a message goes. */
export interface FoundConversation {
  readonly id: string;
  /** The place of the new message. */
  readonly seq: number;
  readonly version: number;
}

/** The conversation in the first three columns of a row. */
export function foundOf([id, lastSeq, version]: readonly unknown[]): FoundConversation {
  return { id: String(id), seq: Number(lastSeq) + 1, version: Number(version) };
}

const MESSAGE = {
  id: ({ messageId }) => messageId,
  account_sid: ({ accountSid }) => accountSid,
  conversation_id: (_, { id }) => id,
  seq: (_, { seq }) => seq,
  direction: () => "inbound",
  from: ({ contact }) => contact,
  to: ({ ours }) => ours,
  ours: ({ ours }) => ours,
  body: ({ body }) => body,
  media: () => "[]",
  status: () => "received",
  delivery: () =>
    '{"status":"received","errorCode":null,"finals":["received"],"errors":[],"rawStatuses":[],"rawDlrDoneDate":null}',
  sid: ({ messageId }) => messageId,
  error: () => null,
  segments: () => 1,
  encoding: () => "GSM-7",
  billed_segments: () => null,
  answers_keyword: () => null,
  author: () => '{"kind":"contact"}',
  extra: () => JSON.stringify(EXTRA),
  created_at: ({ at }) => at,
  version: () => 1,
} as const satisfies Readonly<Record<string, (webhook: RawWebhook, found: FoundConversation) => RawValue>>;

/** Inserts a new message where `condition` holds. Values: {@link messageValues}. */
export function insertMessageSql(table: RawDatabase["table"], condition: string): string {
  const columns = Object.keys(MESSAGE);
  const names = columns.map((name) => `"${name}"`).join(", ");
  const places = columns.map(() => "?").join(", ");
  return `insert into ${table("message")} (${names}) select ${places} where ${condition} on conflict do nothing`;
}

/** The values of {@link insertMessageSql}. */
export function messageValues(webhook: RawWebhook, found: FoundConversation): readonly RawValue[] {
  return Object.values(MESSAGE).map((value) => value(webhook, found));
}
