import type { EntityOf, Kind } from "./record";

/** How a field is stored: text, a whole number, true or false, or JSON. A `?` marks fields that may be null. */
export type ColumnType = "text" | "text?" | "integer" | "integer?" | "boolean" | "json" | "json?";

/** The shape of one kind of record, from which storages derive tables, reads and writes. */
export interface KindSchema {
  /** Field → column type; a storage that has columns makes one of each. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Sets of fields whose values together name at most one record. A set with a null in it names none. */
  readonly unique: readonly (readonly string[])[];
}

/**
 * The kinds of record in lock order: a commit touches records in this order, then by id, so that two commits never wait for
 * each other in a circle.
 */
export const KINDS: readonly Kind[] = ["consent", "conversation", "message", "consentEntry", "draft", "task"];

/** Columns and unique look-ups of every kind: the one table that every storage reads. */
export const SCHEMA = {
  consent: {
    columns: {
      id: "text",
      accountSid: "text",
      contact: "text",
      sender: "text?",
      state: "text",
      since: "text",
      reason: "text",
      maybeStopSince: "text?",
      erasedAt: "text?",
    },
    unique: [],
  },
  conversation: {
    columns: {
      id: "text",
      accountSid: "text",
      channel: "text",
      contact: "text",
      ours: "text",
      status: "text",
      unreadCount: "integer",
      lastMessageAt: "text",
      preview: "text",
      assignee: "text?",
      assistantMode: "text?",
      attention: "text?",
      waitingDraftId: "text?",
      lastSeq: "integer",
      lastInboundSeq: "integer",
      lastPersonSeq: "integer",
      createdAt: "text",
    },
    // The contact before our address: so the look-up also lists the conversations of a contact.
    unique: [["accountSid", "contact", "ours"]],
  },
  message: {
    columns: {
      id: "text",
      accountSid: "text",
      conversationId: "text",
      seq: "integer",
      direction: "text",
      from: "text",
      to: "text",
      ours: "text",
      body: "text",
      media: "json",
      status: "text",
      delivery: "json",
      sid: "text?",
      error: "json?",
      segments: "integer",
      encoding: "text",
      billedSegments: "integer?",
      answersKeyword: "text?",
      author: "json",
      extra: "json",
      createdAt: "text",
    },
    unique: [["sid"], ["conversationId", "seq"]],
  },
  consentEntry: {
    columns: {
      id: "text",
      consentId: "text",
      accountSid: "text",
      contact: "text",
      sender: "text?",
      from: "text",
      to: "text",
      reason: "text",
      evidence: "json",
      at: "text",
    },
    unique: [],
  },
  draft: {
    columns: {
      id: "text",
      accountSid: "text",
      conversationId: "text",
      body: "text",
      status: "text",
      answersMessageId: "text",
      segments: "integer",
      encoding: "text",
      decidedBy: "text?",
      messageId: "text?",
      createdAt: "text",
    },
    unique: [],
  },
  task: {
    columns: {
      id: "text",
      purpose: "text",
      class: "text",
      dueAtMs: "integer",
      attempts: "integer",
      calling: "boolean",
      accountSid: "text",
      conversationId: "text",
      messageId: "text",
      thenMessageIds: "json",
      consentId: "text",
      createdAtMs: "integer",
      detail: "json?",
    },
    unique: [],
  },
} as const satisfies {
  readonly [K in Kind]: KindSchema & { readonly columns: { readonly [F in keyof EntityOf[K]]: ColumnType } };
};
