import type { Draft } from "../../core/model/draft";
import type { Kind } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import type { Query } from "../../ports/storage";
import type { Condition } from "./condition";

/** An ordered index: the records whose `groupBy` fields have given values, sorted by `sortBy`, then by id. */
export interface ListIndex {
  /** Unique among the indexes of a kind. */
  readonly name: string;
  /** Fields that are compared for equality. */
  readonly groupBy: readonly string[];
  /** The field that orders the records. */
  readonly sortBy: string;
  /** `unique`: no two records of a group sort alike, so the id is not needed to order them. */
  readonly ties: "by-id" | "unique";
  /** Only records that meet this are in the index; null for all. Most records are in none of these, so they cost little. */
  readonly only: Condition | null;
}

/** How a list is answered: one or several ranges of one index, merged. */
export interface ListPlan {
  readonly kind: Kind;
  readonly index: ListIndex;
  /** Values of `index.groupBy`, one entry per range. */
  readonly groups: readonly (readonly string[])[];
  /** What the records of the ranges must meet besides. */
  readonly where: readonly Condition[];
  readonly direction: "ascending" | "descending";
  /** The greatest value of `index.sortBy` that is listed; null for no bound. */
  readonly notAfter: number | null;
}

type IndexOptions = Pick<ListIndex, "groupBy" | "sortBy"> & Partial<Pick<ListIndex, "ties" | "only">>;

function index(name: string, options: IndexOptions): ListIndex {
  return { name, ties: "by-id", only: null, ...options };
}

const byActivity = { sortBy: "lastMessageAt" } as const;
const byCreation = { sortBy: "createdAt" } as const;
const inAccount = {
  any: index("account_activity", { groupBy: ["accountSid", "status"], ...byActivity }),
  attention: index("attention", {
    groupBy: ["accountSid"],
    ...byActivity,
    only: { field: "attention", test: "present" },
  }),
  unread: index("unread", {
    groupBy: ["accountSid"],
    ...byActivity,
    only: { field: "unreadCount", test: "positive" },
  }),
  assignee: index("assignee", {
    groupBy: ["accountSid", "assignee"],
    ...byActivity,
    only: { field: "assignee", test: "present" },
  }),
  channel: index("channel", {
    groupBy: ["accountSid", "channel"],
    ...byActivity,
    only: { field: "channel", test: "differs", value: "sms" },
  }),
} as const;
const conversations = index("activity", { groupBy: ["status"], ...byActivity });
const conversationsOfContact = index("contact", {
  groupBy: ["accountSid", "contact"],
  sortBy: "ours",
  ties: "unique",
});
const messages = index("thread", { groupBy: ["conversationId"], sortBy: "seq", ties: "unique" });
const tasks = index("due", { groupBy: ["class"], sortBy: "dueAtMs" });
const draftsOfConversation = index("conversation", { groupBy: ["conversationId"], ...byCreation });
const draftsOfAccount = index("account_status", { groupBy: ["accountSid", "status"], ...byCreation });
const drafts = index("status", { groupBy: ["status"], ...byCreation });
const consentEntries = index("consent", { groupBy: ["consentId"], sortBy: "at" });
const consentLog = index("account", { groupBy: ["accountSid"], sortBy: "at" });
const byId = index("id", { groupBy: [], sortBy: "id", ties: "unique" });

/** The indexes that the lists need, by kind of record. Every storage keeps exactly these. */
export const LIST_INDEXES: { readonly [K in Kind]: readonly ListIndex[] } = {
  consent: [byId],
  conversation: [byId, ...Object.values(inAccount), conversations, conversationsOfContact],
  message: [byId, messages],
  consentEntry: [byId, consentEntries, consentLog],
  draft: [byId, draftsOfConversation, draftsOfAccount, drafts],
  task: [byId, tasks],
};

// Statuses are few, so "any status" is one range per status, merged: that needs no index of its own, and every index costs each write.
const CONVERSATION_STATUSES = ["open", "closed"] as const;
const DRAFT_STATUSES: readonly Draft["status"][] = ["proposed", "sent", "discarded", "stale"];

/**
 * Decides which index answers a query. Total: every query has a plan. Its cost does not grow with the number of records that
 * fit no filter, save for filters of conversations without an account and for second filters beside the first.
 */
export function planList(query: Query): ListPlan {
  switch (query.list) {
    case "conversations":
      return planConversations(query);
    case "conversationsOfContact":
      return plan("conversation", conversationsOfContact, { groups: [[query.accountSid, query.contact]] });
    case "messages": {
      const direction = query.order === "oldest-first" ? "ascending" : "descending";
      return plan("message", messages, { groups: [[query.conversationId]], direction });
    }
    case "tasks":
      return plan("task", tasks, { groups: [[query.class]], notAfter: query.dueBeforeMs });
    case "drafts":
      return planDrafts(query);
    case "consentEntries":
      return plan("consentEntry", consentEntries, { groups: [[query.consentId]] });
    case "consentLog":
      return plan("consentEntry", consentLog, { groups: [[query.accountSid]], direction: "descending" });
    case "records":
      if (!KINDS.includes(query.kind)) throw new TypeError("There is no such kind of record.");
      return plan(query.kind, byId, { groups: [[]] });
  }
}

type ConversationQuery = Extract<Query, { readonly list: "conversations" }>;

function planConversations(query: ConversationQuery): ListPlan {
  const { accountSid } = query;
  const direction = "descending";
  const conditions = conditionsOf(query);
  // The index of the rarest filter leads, the others are checked on what it gives.
  const leader = accountSid === null ? undefined : leaderOf(query, accountSid);
  if (leader !== undefined) {
    const led = leader.index;
    const where = conditions.filter(
      ({ field, test }) =>
        !(led.only?.field === field && led.only.test === test) && !led.groupBy.includes(field),
    );
    return plan("conversation", led, { groups: [leader.group], where, direction });
  }
  const statuses = query.status === null ? CONVERSATION_STATUSES : [query.status];
  return plan("conversation", accountSid === null ? conversations : inAccount.any, {
    groups: groupsOf(accountSid, statuses),
    where: conditions.filter(({ field }) => field !== "status"),
    direction,
  });
}

function leaderOf(
  { needsAttention, unread, assignee, channel }: ConversationQuery,
  accountSid: string,
): { readonly index: ListIndex; readonly group: readonly string[] } | undefined {
  if (needsAttention) return { index: inAccount.attention, group: [accountSid] };
  if (unread) return { index: inAccount.unread, group: [accountSid] };
  if (assignee !== null && assignee.id !== null)
    return { index: inAccount.assignee, group: [accountSid, assignee.id] };
  if (channel !== null && channel !== "sms")
    return { index: inAccount.channel, group: [accountSid, channel] };
  return undefined;
}

function conditionsOf(query: ConversationQuery): readonly Condition[] {
  const { status, channel, assignee, unread, needsAttention } = query;
  const conditions: (Condition | null)[] = [
    status === null ? null : { field: "status", test: "equals", value: status },
    channel === null ? null : { field: "channel", test: "equals", value: channel },
    unread ? { field: "unreadCount", test: "positive" } : null,
    needsAttention ? { field: "attention", test: "present" } : null,
  ];
  if (assignee !== null) {
    const { id } = assignee;
    conditions.push(
      id === null ? { field: "assignee", test: "absent" } : { field: "assignee", test: "equals", value: id },
    );
  }
  return conditions.filter((condition) => condition !== null);
}

function planDrafts(query: Extract<Query, { readonly list: "drafts" }>): ListPlan {
  const { accountSid, conversationId, status } = query;
  const direction = "descending";
  if (conversationId !== null) {
    const where: Condition[] = [];
    if (accountSid !== null) where.push({ field: "accountSid", test: "equals", value: accountSid });
    if (status !== null) where.push({ field: "status", test: "equals", value: status });
    return plan("draft", draftsOfConversation, { groups: [[conversationId]], where, direction });
  }
  const statuses = status === null ? DRAFT_STATUSES : [status];
  const chosen = accountSid === null ? drafts : draftsOfAccount;
  return plan("draft", chosen, { groups: groupsOf(accountSid, statuses), direction });
}

function groupsOf(accountSid: string | null, statuses: readonly string[]): readonly (readonly string[])[] {
  return statuses.map((status) => (accountSid === null ? [status] : [accountSid, status]));
}

function plan(
  kind: Kind,
  chosen: ListIndex,
  more: Pick<ListPlan, "groups"> & Partial<Pick<ListPlan, "where" | "direction" | "notAfter">>,
): ListPlan {
  return { kind, index: chosen, where: [], direction: "ascending", notAfter: null, ...more };
}
