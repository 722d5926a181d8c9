import { describe, expect, it } from "vitest";
import { deliveryState } from "../../../src/core/delivery/status";
import type { EntityOf, Kind } from "../../../src/core/model/record";
import { writtenId } from "../../../src/core/model/record";
import { KINDS, SCHEMA } from "../../../src/core/model/schema";
import type { ColumnType, KindSchema } from "../../../src/core/model/schema";
import { isSmsError } from "../../../src/core/model/errors";

const AT = "2026-11-23T09:00:00.000Z";
const delivery = deliveryState("pending");

/** One record of each kind. The compiler makes them complete; every field that may be null is null. */
const SAMPLES: { readonly [K in Kind]: EntityOf[K] } = {
  consent: {
    id: "k",
    accountSid: "AC",
    contact: "c",
    sender: null,
    state: "unknown",
    since: AT,
    reason: "first_contact",
    maybeStopSince: null,
    erasedAt: null,
  },
  conversation: {
    id: "c",
    accountSid: "AC",
    channel: "sms",
    contact: "c",
    ours: "o",
    status: "open",
    unreadCount: 0,
    lastMessageAt: AT,
    preview: "",
    assignee: null,
    assistantMode: null,
    attention: null,
    waitingDraftId: null,
    lastSeq: 0,
    lastInboundSeq: 0,
    lastPersonSeq: 0,
    createdAt: AT,
  },
  message: {
    id: "m",
    accountSid: "AC",
    conversationId: "c",
    seq: 1,
    direction: "outbound",
    from: "o",
    to: "c",
    ours: "o",
    body: "",
    media: [],
    status: delivery.status,
    delivery,
    sid: null,
    error: null,
    segments: 1,
    encoding: "GSM-7",
    billedSegments: null,
    answersKeyword: null,
    author: { kind: "app" },
    extra: {},
    createdAt: AT,
  },
  consentEntry: {
    id: "e",
    consentId: "k",
    accountSid: "AC",
    contact: "c",
    sender: null,
    from: "unknown",
    to: "opted-out",
    reason: "keyword_stop",
    evidence: { messageSid: null, text: null, by: null, note: null },
    at: AT,
  },
  draft: {
    id: "d",
    accountSid: "AC",
    conversationId: "c",
    body: "",
    status: "proposed",
    answersMessageId: "m",
    segments: 1,
    encoding: "GSM-7",
    decidedBy: null,
    messageId: null,
    createdAt: AT,
  },
  task: {
    id: "dispatch:m",
    purpose: "dispatch",
    class: "urgent",
    dueAtMs: 0,
    attempts: 0,
    calling: false,
    accountSid: "AC",
    conversationId: "c",
    messageId: "m",
    thenMessageIds: [],
    consentId: "k",
    createdAtMs: 0,
    detail: null,
  },
};

function typeOf(value: unknown): readonly ColumnType[] {
  if (value === null) return ["text?", "integer?", "json?"];
  if (typeof value === "string") return ["text"];
  if (typeof value === "number") return ["integer"];
  return typeof value === "boolean" ? ["boolean"] : ["json"];
}

describe("the schema", () => {
  it("knows every kind, each once", () => {
    expect([...KINDS].sort()).toEqual(Object.keys(SCHEMA).sort());
  });

  it.each(KINDS)("has the fields of a %s, each of its type", (kind) => {
    const columns: Readonly<Record<string, ColumnType>> = SCHEMA[kind].columns;
    const fields = Object.entries(SAMPLES[kind]);
    expect(fields.map(([field]) => field).sort()).toEqual(Object.keys(columns).sort());
    for (const [field, value] of fields)
      expect([field, typeOf(value)]).toEqual([field, expect.arrayContaining([columns[field]])]);
  });

  it.each(KINDS)("makes only fields of a %s unique that it has", (kind) => {
    const { columns, unique }: KindSchema = SCHEMA[kind];
    for (const field of unique.flat()) expect(Object.keys(columns)).toContain(field);
  });

  it("names the record that a write concerns", () => {
    expect(writtenId({ kind: "task", put: SAMPLES.task, expect: "absent" })).toBe("dispatch:m");
    expect(writtenId({ kind: "consent", check: "k", expect: 1 })).toBe("k");
    expect(writtenId({ kind: "draft", remove: "d", expect: 1 })).toBe("d");
  });

  it("is plain data", () => {
    expect(JSON.parse(JSON.stringify(SCHEMA))).toEqual(SCHEMA);
    expect(isSmsError(SCHEMA)).toBe(false);
  });
});
