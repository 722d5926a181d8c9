import type { ConversationRecord } from "../../core/model/conversation";
import { KINDS } from "../../core/model/schema";
import type { Lists, Paging } from "../../ports/storage";
import { creating, mustCommit } from "./commit-and-read";
import { equal } from "./expectations";
import {
  ALL_CONVERSATIONS,
  ALL_DRAFTS,
  ids,
  LEDGER,
  LOG,
  OF_CONTACT,
  pages,
  THREAD,
  URGENT,
} from "./list-pages";
import {
  at,
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleRecord,
  sampleTask,
} from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";
import type { Storage } from "../../ports/storage";

type ConversationFilters = Omit<Lists["conversations"]["query"], keyof Paging>;

const NO_FILTER: ConversationFilters = {
  accountSid: null,
  status: null,
  channel: null,
  assignee: null,
  unread: false,
  needsAttention: false,
};

const ACCOUNTS = ["AC1", "AC2"] as const;
const STATUSES = ["open", "closed"] as const;
const CHANNELS = ["sms", "whatsapp", "rcs"] as const;
const ASSIGNEES = [null, "mia", "Mia"] as const;

/** A conversation of every combination of what can be filtered by; some in a row have one time. */
const CONVERSATIONS: readonly ConversationRecord[] = ACCOUNTS.flatMap((accountSid) =>
  STATUSES.flatMap((status) =>
    CHANNELS.flatMap((channel) =>
      ASSIGNEES.flatMap((assignee) =>
        [0, 2].flatMap((unreadCount) =>
          [null, "handoff" as const].map((attention) => ({
            accountSid,
            status,
            channel,
            assignee,
            unreadCount,
            attention,
          })),
        ),
      ),
    ),
  ),
).map((fields, index) =>
  sampleConversation(100 + index, { ...fields, lastMessageAt: at(Math.floor((index * 37) % 144) >> 1) }),
);

function fits(one: ConversationRecord, filters: ConversationFilters): boolean {
  const { accountSid, status, channel, assignee, unread, needsAttention } = filters;
  return (
    (accountSid === null || one.accountSid === accountSid) &&
    (status === null || one.status === status) &&
    (channel === null || one.channel === channel) &&
    (assignee === null || one.assignee === assignee.id) &&
    (!unread || one.unreadCount > 0) &&
    (!needsAttention || one.attention !== null)
  );
}

function newestFirst(a: ConversationRecord, b: ConversationRecord): number {
  if (a.lastMessageAt !== b.lastMessageAt) return a.lastMessageAt < b.lastMessageAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

async function expectFiltered(storage: Storage, filters: ConversationFilters): Promise<void> {
  const expected = CONVERSATIONS.filter((one) => fits(one, filters)).sort(newestFirst);
  const found = await pages(storage, { list: "conversations", ...filters }, { limit: 50 });
  equal(
    found.flat(),
    expected.map(({ id }) => id),
    `the conversations of ${JSON.stringify(filters)}`,
  );
}

/** Every filter of conversations alone, by what it is called. */
const FILTERS: Readonly<Record<string, readonly Partial<ConversationFilters>[]>> = {
  account: [...ACCOUNTS, "AC", "ac1"].map((accountSid) => ({ accountSid })),
  status: STATUSES.map((status) => ({ status })),
  channel: [...CHANNELS, "messenger" as const].map((channel) => ({ channel })),
  assignee: ["mia", "Mia", "nobody", "null", ""].map((id) => ({ assignee: { id } })),
  "having no assignee": [{ assignee: { id: null } }],
  "having unread messages": [{ unread: true }],
  "needing attention": [{ needsAttention: true }],
};

const FILTER_IGNORED = "the filter is not part of the query, or is applied to a page after it was cut";

async function create(storage: Storage): Promise<void> {
  await mustCommit(storage, creating("conversation", ...CONVERSATIONS));
}

const COMBINED = [null, ...STATUSES].flatMap((status) =>
  [null, "sms" as const, "whatsapp" as const].flatMap((channel) =>
    [null, { id: "mia" }, { id: null }].flatMap((assignee) =>
      [false, true].flatMap((unread) =>
        [false, true].map((needsAttention) => ({ status, channel, assignee, unread, needsAttention })),
      ),
    ),
  ),
);

const CONVERSATION_FILTER_CASES: readonly StorageCase[] = [
  ...Object.entries(FILTERS).map(([name, filters]) =>
    onFresh(`conversations are filtered by ${name}`, FILTER_IGNORED, async (storage) => {
      await create(storage);
      for (const filter of filters) await expectFiltered(storage, { ...NO_FILTER, ...filter });
    }),
  ),
  ...(
    [
      ["in one account", "AC1"],
      ["over all accounts", null],
    ] as const
  ).map(([where, accountSid]) =>
    onFresh(
      `conversations are filtered by every combination of filters ${where}`,
      "one filter takes the place of another, or a filter that is null or false still filters",
      async (storage) => {
        await create(storage);
        for (const filters of COMBINED) await expectFiltered(storage, { ...filters, accountSid });
      },
    ),
  ),
  onFresh(
    "a filtered list gives full pages to its end, however many records lie between those that fit",
    "the filter is applied to a page after it was cut",
    async (storage) => {
      await create(storage);
      const filters = { ...NO_FILTER, accountSid: "AC2", unread: true, needsAttention: true } as const;
      const expected = CONVERSATIONS.filter((one) => fits(one, filters)).length;
      const found = await pages(storage, { list: "conversations", ...filters }, { limit: 4 });
      equal(
        found.map((page) => page.length),
        [
          ...Array.from({ length: Math.floor(expected / 4) }, () => 4),
          ...(expected % 4 ? [expected % 4] : []),
        ],
        "the sizes of the pages",
      );
    },
  ),
];

const CASES: readonly StorageCase[] = [
  onFresh(
    "the conversations of a contact are those of the account and the exact address",
    FILTER_IGNORED,
    async (storage) => {
      const { contact } = OF_CONTACT;
      await mustCommit(
        storage,
        creating(
          "conversation",
          sampleConversation(1),
          sampleConversation(2, { contact: `${contact}0` }),
          sampleConversation(3, { contact, accountSid: "AC2" }),
          sampleConversation(4, { contact: `whatsapp:${contact}`, channel: "whatsapp" }),
          sampleConversation(5, { contact, ours: "+15550000009", status: "closed" }),
        ),
      );
      const found = await ids(storage, OF_CONTACT);
      equal(found, ["conversation-1", "conversation-5"], "the conversations");
      equal(
        await ids(storage, { ...OF_CONTACT, accountSid: "AC2" }),
        ["conversation-3"],
        "in the other account",
      );
      equal(await ids(storage, { ...OF_CONTACT, contact: "+1" }), [], "those of an address that nobody has");
    },
  ),
  onFresh("messages are those of the conversation only", FILTER_IGNORED, async (storage) => {
    const elsewhere = sampleMessage(2, { conversationId: "conversation-10", seq: 1 });
    await mustCommit(storage, creating("message", sampleMessage(1), elsewhere));
    for (const order of ["oldest-first", "newest-first"] as const) {
      const thread = { ...THREAD, order };
      equal(await ids(storage, thread), [sampleMessage(1).id], `the messages ${order}`);
      equal(await ids(storage, { ...thread, conversationId: "conversation-2" }), [], "of nobody");
    }
  }),
  onFresh("tasks are those of the class", FILTER_IGNORED, async (storage) => {
    const bulk = sampleTask(2, { class: "bulk" });
    await mustCommit(storage, creating("task", sampleTask(1), bulk));
    equal(await ids(storage, URGENT), [sampleTask(1).id], "the urgent ones");
    equal(await ids(storage, { ...URGENT, class: "bulk" }), [bulk.id], "the bulk ones");
  }),
  onFresh(
    "tasks are those that are due, to the millisecond",
    "the bound is left out, or is less instead of less or equal, or is in seconds",
    async (storage) => {
      const due = [999, 1_000, 1_001].map((dueAtMs, index) => sampleTask(index, { dueAtMs }));
      await mustCommit(storage, creating("task", ...due));
      for (const [dueBeforeMs, count] of [
        [998, 0],
        [999, 1],
        [1_000, 2],
        [1_001, 3],
      ] as const) {
        const expected = due.slice(0, count).map(({ id }) => id);
        const found = await pages(storage, { ...URGENT, dueBeforeMs }, { limit: 1 });
        equal(found.flat(), expected, `the tasks due at ${dueBeforeMs}`);
      }
    },
  ),
  onFresh(
    "drafts are filtered by account, conversation and status in every combination",
    FILTER_IGNORED,
    async (storage) => {
      const values = {
        accountSid: ["AC1", "AC2"],
        conversationId: ["c1", "c2"],
        status: ["proposed", "sent", "discarded", "stale"],
      } as const;
      const drafts = values.accountSid
        .flatMap((accountSid) =>
          values.conversationId.flatMap((conversationId) =>
            values.status.map((status) => ({ accountSid, conversationId, status })),
          ),
        )
        .map((fields, index) => sampleDraft(index, fields));
      await mustCommit(storage, creating("draft", ...drafts));
      for (const accountSid of [null, ...values.accountSid]) {
        for (const conversationId of [null, ...values.conversationId]) {
          for (const status of [null, ...values.status]) {
            const expected = drafts.filter(
              (draft) =>
                (accountSid === null || draft.accountSid === accountSid) &&
                (conversationId === null || draft.conversationId === conversationId) &&
                (status === null || draft.status === status),
            );
            const query = { ...ALL_DRAFTS, accountSid, conversationId, status };
            const found = (await pages(storage, query, { limit: 3 })).flat();
            equal(found, expected.map(({ id }) => id).reverse(), `the drafts of ${JSON.stringify(query)}`);
          }
        }
      }
    },
  ),
  onFresh("the ledger of a consent is that of the consent only", FILTER_IGNORED, async (storage) => {
    const other = sampleConsentEntry(2, { consentId: sampleConsent(2).id });
    await mustCommit(storage, creating("consentEntry", sampleConsentEntry(1), other));
    equal(await ids(storage, LEDGER), [sampleConsentEntry(1).id], "the entries");
  }),
  onFresh("the ledger of an account is that of the account only", FILTER_IGNORED, async (storage) => {
    const elsewhere = sampleConsentEntry(2, { accountSid: "AC2" });
    await mustCommit(storage, creating("consentEntry", sampleConsentEntry(1), elsewhere));
    equal(await ids(storage, LOG), [sampleConsentEntry(1).id], "the entries of the account");
    equal(await ids(storage, { ...LOG, accountSid: "AC2" }), [elsewhere.id], "those of the other");
  }),
  onFresh(
    "the records of a kind are those of the kind only",
    "kinds share a table and the list does not ask for the kind",
    async (storage) => {
      const all = KINDS.flatMap((kind) => creating(kind, { ...sampleRecord(kind), id: `of ${kind}` }));
      await mustCommit(storage, all);
      for (const kind of KINDS)
        equal(await ids(storage, { list: "records", kind }), [`of ${kind}`], `every ${kind}`);
    },
  ),
];

/** What the lists hold. */
export const LIST_FILTER_CASES: readonly StorageCase[] = [
  onFresh(
    "conversations without any filter are all of them",
    "a filter that is null or false still filters",
    async (storage) => {
      await create(storage);
      equal((await ids(storage, ALL_CONVERSATIONS)).length, CONVERSATIONS.length, "the number listed");
      await expectFiltered(storage, NO_FILTER);
    },
  ),
  ...CONVERSATION_FILTER_CASES,
  ...CASES,
];
