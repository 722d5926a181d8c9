import type { Draft } from "../../core/model/draft";
import type { Kind } from "../../core/model/record";
import type { Query } from "../../ports/storage";

/** An ordered index: the records whose `groupBy` fields have given values, sorted by `sortBy`, then by id. */
export interface ListIndex {
  /** Fields that are compared for equality. */
  readonly groupBy: readonly string[];
  /** The field that orders the records. */
  readonly sortBy: string;
  /** `unique`: no two records of a group sort alike, so the id is not needed to order them. */
  readonly ties: "by-id" | "unique";
}

/** How a list is answered: one or several ranges of one index, merged. */
export interface ListPlan {
  readonly kind: Kind;
  readonly index: ListIndex;
  /** Values of `index.groupBy`, one entry per range. */
  readonly groups: readonly (readonly string[])[];
  /** What the records of the ranges must equal besides. Only used where a range is short. */
  readonly filter: Readonly<Record<string, string>>;
  readonly direction: "ascending" | "descending";
  /** The greatest value of `index.sortBy` that is listed; null for no bound. */
  readonly notAfter: number | null;
}

const byActivity = { sortBy: "lastMessageAt", ties: "by-id" } as const;
const byCreation = { sortBy: "createdAt", ties: "by-id" } as const;
const conversationsOfAccount: ListIndex = { groupBy: ["accountSid", "status"], ...byActivity };
const conversations: ListIndex = { groupBy: ["status"], ...byActivity };
const messages: ListIndex = { groupBy: ["conversationId"], sortBy: "seq", ties: "unique" };
const tasks: ListIndex = { groupBy: ["class"], sortBy: "dueAtMs", ties: "by-id" };
const draftsOfConversation: ListIndex = { groupBy: ["conversationId"], ...byCreation };
const draftsOfAccount: ListIndex = { groupBy: ["accountSid", "status"], ...byCreation };
const drafts: ListIndex = { groupBy: ["status"], ...byCreation };
const consentEntries: ListIndex = { groupBy: ["consentId"], sortBy: "at", ties: "by-id" };

/** The indexes that the lists need, by kind of record. Every storage keeps exactly these. */
export const LIST_INDEXES: { readonly [K in Kind]: readonly ListIndex[] } = {
  consent: [],
  conversation: [conversationsOfAccount, conversations],
  message: [messages],
  consentEntry: [consentEntries],
  draft: [draftsOfConversation, draftsOfAccount, drafts],
  task: [tasks],
};

// Statuses are few, so "any status" is one range per status, merged: that needs no index of its own, and every index costs each write.
const CONVERSATION_STATUSES = ["open", "closed"] as const;
const DRAFT_STATUSES: readonly Draft["status"][] = ["proposed", "sent", "discarded", "stale"];

/** Decides which index answers a query. Total: every query has a plan whose cost does not grow with the number of other records. */
export function planList(query: Query): ListPlan {
  switch (query.list) {
    case "conversations": {
      const statuses = query.status === null ? CONVERSATION_STATUSES : [query.status];
      const index = query.accountSid === null ? conversations : conversationsOfAccount;
      return plan("conversation", index, {
        groups: groupsOf(query.accountSid, statuses),
        direction: "descending",
      });
    }
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
  }
}

function planDrafts(query: Extract<Query, { readonly list: "drafts" }>): ListPlan {
  const direction = "descending";
  if (query.conversationId !== null) {
    const filter = {
      ...(query.accountSid === null ? {} : { accountSid: query.accountSid }),
      ...(query.status === null ? {} : { status: query.status }),
    };
    return plan("draft", draftsOfConversation, { groups: [[query.conversationId]], filter, direction });
  }
  const statuses = query.status === null ? DRAFT_STATUSES : [query.status];
  const index = query.accountSid === null ? drafts : draftsOfAccount;
  return plan("draft", index, { groups: groupsOf(query.accountSid, statuses), direction });
}

function groupsOf(accountSid: string | null, statuses: readonly string[]): readonly (readonly string[])[] {
  return statuses.map((status) => (accountSid === null ? [status] : [accountSid, status]));
}

function plan(
  kind: Kind,
  index: ListIndex,
  more: Pick<ListPlan, "groups"> & Partial<Pick<ListPlan, "filter" | "direction" | "notAfter">>,
): ListPlan {
  return { kind, index, filter: {}, direction: "ascending", notAfter: null, ...more };
}
