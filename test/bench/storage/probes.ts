import type { Key, Kind } from "../../../src/core/model/record";
import type { Query } from "../../../src/ports/storage";
import { joinedLookUpSql, LOOK_UPS, lookUpSql } from "./raw-webhook";
import { END_MS } from "./records";
import { INBOX, samplesOf, type Samples, type WebhookKeys } from "./samples";
import { searchProbesOf } from "./search-probes";
import type { RawDatabase, RawValue, Subject } from "./subject";
import { ACCOUNTS, type Workload } from "./workload";

/** One thing that is measured, in one database. `at` counts the calls and chooses among samples. */
export interface Probe {
  readonly name: string;
  /** Gives up to `limit` records, so that they can be counted. */
  readonly ours: (at: number, limit: number) => Promise<readonly unknown[]>;
  /** The same by a statement prepared by hand, always a whole page; null where there is none. */
  readonly raw: ((at: number) => unknown) | null;
}

/** How many records a page has. */
export const PAGE_LENGTH = 50;

/** A statement written by hand, and the values of a call. */
export interface RawSelect {
  readonly kind: Kind;
  /** What stands behind `from <table>`. */
  readonly rest: string;
  readonly values: (at: number) => readonly RawValue[];
}

/** Everything that is measured of a database, in the order of the tables. */
export async function probesOf(subject: Subject, workload: Workload): Promise<readonly Probe[]> {
  const samples = await samplesOf(subject, workload);
  const lists = listsOf(samples).map(({ name, query, raw }) => ({
    name,
    ours: async (at: number, limit: number) => (await subject.storage.list({ ...query(at), limit })).items,
    raw: subject.raw === null ? null : rawSelect(subject.raw, raw),
  }));
  return [
    ...lists,
    consentProbe(subject, samples),
    webhookProbe(subject, samples),
    ...searchProbesOf(subject, samples),
  ];
}

/** Prepares a select of whole rows. */
export function rawSelect(raw: RawDatabase, { kind, rest, values }: RawSelect): (at: number) => unknown {
  const run = raw.prepare(`select * from ${raw.table(kind)} ${rest}`);
  return (at) => run(values(at));
}

/** The sample for a call. */
export function pick<T>(samples: readonly T[], at: number): T {
  const sample = samples[at % samples.length];
  if (sample === undefined) throw new RangeError("There are no samples.");
  return sample;
}

interface ListProbe {
  readonly name: string;
  readonly query: (at: number) => Query;
  readonly raw: RawSelect;
}

// One more than the page has, as ours: it tells whether there is a next page.
const PAGE = `limit ${PAGE_LENGTH + 1}`;
const [ACCOUNT] = ACCOUNTS;

function listsOf({ longThreads, threads, assignees, deep }: Samples): readonly ListProbe[] {
  return [
    inbox("inbox, open", {}, { where: "", values: () => [] }),
    inbox(
      "inbox, open, deep in the list",
      { cursor: deep.cursor },
      { where: "and (last_message_at, id) < (?, ?)", values: () => [deep.lastMessageAt, deep.id] },
    ),
    inbox("inbox, open, unread", { unread: true }, { where: "and unread_count > 0", values: () => [] }),
    inbox(
      "inbox, open, needs attention",
      { needsAttention: true },
      { where: "and attention is not null", values: () => [] },
    ),
    inbox("inbox, open, of one assignee", (at) => ({ assignee: { id: pick(assignees, at) } }), {
      where: "and assignee is not null and assignee = ?",
      values: (at) => [pick(assignees, at)],
    }),
    inbox(
      "inbox, open, WhatsApp",
      { channel: "whatsapp" },
      { where: "and channel <> 'sms' and channel = ?", values: () => ["whatsapp"] },
    ),
    thread("newest of a long thread", longThreads),
    thread("newest of any thread", threads),
    {
      name: "due tasks",
      query: () => ({
        list: "tasks",
        class: "urgent",
        dueBeforeMs: END_MS,
        limit: PAGE_LENGTH,
        cursor: null,
      }),
      raw: {
        kind: "task",
        rest: `where class = ? and due_at_ms <= ? order by due_at_ms, id ${PAGE}`,
        values: () => ["urgent", END_MS],
      },
    },
    {
      name: "drafts that wait",
      query: () => ({
        list: "drafts",
        accountSid: ACCOUNT,
        conversationId: null,
        status: "proposed",
        limit: PAGE_LENGTH,
        cursor: null,
      }),
      raw: {
        kind: "draft",
        rest: `where account_sid = ? and status = ? order by created_at desc, id desc ${PAGE}`,
        values: () => [ACCOUNT, "proposed"],
      },
    },
  ];
}

type Filters = Partial<
  Pick<
    Extract<Query, { readonly list: "conversations" }>,
    "cursor" | "unread" | "needsAttention" | "assignee"
  >
> & {
  readonly channel?: "whatsapp";
};

function inbox(
  name: string,
  filters: Filters | ((at: number) => Filters),
  raw: { readonly where: string; readonly values: (at: number) => readonly RawValue[] },
): ListProbe {
  return {
    name,
    query: (at) => ({ ...INBOX, ...(typeof filters === "function" ? filters(at) : filters) }),
    raw: {
      kind: "conversation",
      rest: `where account_sid = ? and status = ? ${raw.where} order by last_message_at desc, id desc ${PAGE}`,
      values: (at) => [ACCOUNT, "open", ...raw.values(at)],
    },
  };
}

function thread(name: string, ids: readonly string[]): ListProbe {
  return {
    name,
    query: (at) => ({
      list: "messages",
      conversationId: pick(ids, at),
      order: "newest-first",
      limit: PAGE_LENGTH,
      cursor: null,
    }),
    raw: {
      kind: "message",
      rest: `where conversation_id = ? order by seq desc ${PAGE}`,
      values: (at) => [pick(ids, at)],
    },
  };
}

function consentProbe({ storage, raw }: Subject, { contacts }: Samples): Probe {
  return {
    name: "consent of a contact",
    ours: (at) => storage.read([{ kind: "consent", id: pick(contacts, at).consentId }]),
    raw:
      raw === null
        ? null
        : rawSelect(raw, {
            kind: "consent",
            rest: "where id = ?",
            values: (at) => [pick(contacts, at).consentId],
          }),
  };
}

/** The keys that a webhook reads. */
export function keysOf({ messageId, accountSid, ours, contact, consentId }: WebhookKeys): readonly Key[] {
  return [
    { kind: "message", id: messageId },
    { kind: "conversation", pair: [accountSid, ours, contact] },
    { kind: "consent", id: consentId },
  ];
}

function webhookProbe({ storage, raw }: Subject, { contacts }: Samples): Probe {
  return {
    name: "what a webhook reads (3 records)",
    ours: (at) => storage.read(keysOf(pick(contacts, at))),
    raw: raw === null ? null : rawWebhookRead(raw, contacts),
  };
}

/** In a process of its own a statement each costs nothing; a server is asked for all at once. */
function rawWebhookRead(raw: RawDatabase, contacts: readonly WebhookKeys[]): (at: number) => unknown {
  if (raw.dialect === "postgres") {
    const run = raw.prepare(joinedLookUpSql(raw.table));
    return (at) => run(LOOK_UPS.flatMap(({ values }) => values(pick(contacts, at))));
  }
  const selects = LOOK_UPS.map(({ kind, columns, values }) => {
    const run = raw.prepare(lookUpSql(raw.table, kind, columns));
    return (at: number) => run(values(pick(contacts, at)));
  });
  return (at) => selects.map((select) => select(at));
}
