import { LIST_INDEXES } from "../../../src/adapters/storage/list-plan";
import { comparePositions } from "../../../src/adapters/storage/page";
import { fieldsOf } from "../../../src/adapters/storage/fields";
import { SmsError } from "../../../src/core/model/errors";
import { KINDS } from "../../../src/core/model/schema";
import { writtenId, type Entity, type Write } from "../../../src/core/model/record";
import type { Page, Query, Storage } from "../../../src/ports/storage";
import { asking, changing, current, listing, once, paging, type BrokenStorages } from "./spoiling";
import { onTiny } from "./tiny-storage";

type Changes<L extends Query["list"]> = (query: Extract<Query, { readonly list: L }>) => object;

/** Asks one list another question. */
function askingOne<L extends Query["list"]>(list: L, change: Changes<L>) {
  return asking((query) =>
    query.list === list ? { ...query, ...change(query as Extract<Query, { readonly list: L }>) } : query,
  );
}

/** All that a query lists, in order. */
async function whole(honest: Storage, query: Query): Promise<readonly Entity[]> {
  const found: Entity[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Entity> = await honest.list({ ...query, limit: 1_000, cursor });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

/** Pages that are cut out of the whole by a place in it. */
function cutting(
  placeOf: (all: readonly Entity[], cursor: string, query: Query) => number,
  cursorOf: (last: Entity, end: number, query: Query) => string,
) {
  return changing((honest) => ({
    list: listing(honest, async (query) => {
      await honest.list({ ...query, limit: query.limit, cursor: null });
      const all = await whole(honest, query);
      const start = query.cursor === null ? 0 : placeOf(all, decoded(query), query);
      const items = all.slice(start, start + query.limit);
      const last = items.at(-1);
      const end = start + items.length;
      return {
        items,
        nextCursor:
          last !== undefined && end < all.length ? `${query.list}/${cursorOf(last, end, query)}/` : null,
      };
    }),
  }));
}

function decoded(query: Query): string {
  const [list, rest, end, ...more] = (query.cursor ?? "").split("/");
  if (list !== query.list || rest === undefined || rest === "" || end !== "" || more.length > 0)
    throw new SmsError("config_invalid", "no cursor of this list");
  return rest;
}

function sortOf(record: Entity, query: Query): string {
  const fields = fieldsOf(record);
  switch (query.list) {
    case "conversations":
      return String(fields["lastMessageAt"]);
    case "conversationsOfContact":
      return String(fields["ours"]);
    case "messages":
      return String(fields["seq"]).padStart(9, "0");
    case "tasks":
      return String(fields["dueAtMs"]).padStart(16, "0");
    case "drafts":
      return String(fields["createdAt"]);
    case "consentEntries":
    case "consentLog":
      return String(fields["at"]);
    case "records":
      return record.id;
  }
}

function behind(all: readonly Entity[], isBehind: (record: Entity) => boolean): number {
  const place = all.findIndex(isBehind);
  return place < 0 ? all.length : place;
}

const DESCENDING: ReadonlySet<Query["list"]> = new Set<Query["list"]>([
  "conversations",
  "drafts",
  "consentLog",
]);

function isDescending(query: Query): boolean {
  return DESCENDING.has(query.list) || (query.list === "messages" && query.order === "newest-first");
}

/** Mistakes with what lists hold and how they are ordered. */
export const LISTS: BrokenStorages = {
  "ignores the account of conversations": askingOne("conversations", () => ({ accountSid: null })),
  "ignores the status of conversations": askingOne("conversations", () => ({ status: null })),
  "ignores the channel of conversations": askingOne("conversations", () => ({ channel: null })),
  "ignores the assignee of conversations": askingOne("conversations", () => ({ assignee: null })),
  "takes nobody for anybody": askingOne("conversations", ({ assignee }) => ({
    assignee: assignee?.id === null ? null : assignee,
  })),
  "ignores unread": askingOne("conversations", () => ({ unread: false })),
  "takes not unread for read": paging((page, query) =>
    query.list === "conversations" && !query.unread
      ? { ...page, items: page.items.filter((item) => "unreadCount" in item && item.unreadCount === 0) }
      : page,
  ),
  "ignores attention": askingOne("conversations", () => ({ needsAttention: false })),
  "lets one filter take the place of another": askingOne("conversations", (query) =>
    query.needsAttention ? { unread: false } : {},
  ),
  "forgets a filter where there is no account": askingOne("conversations", (query) =>
    query.accountSid === null && query.assignee?.id === "mia" && query.unread ? { channel: null } : {},
  ),
  "filters a page after it was cut": changing((honest) => ({
    list: listing(honest, async (query) => {
      if (query.list !== "conversations" || !query.unread) return honest.list(query);
      const page = await honest.list({ ...query, unread: false });
      return { ...page, items: page.items.filter((item) => item.unreadCount > 0) };
    }),
  })),
  "ignores the account of a contact": changing((honest) => ({
    list: listing(honest, async (query) => {
      if (query.list !== "conversationsOfContact") return honest.list(query);
      const pages = await Promise.all(
        [query.accountSid, "AC2"].map((accountSid) => honest.list({ ...query, accountSid })),
      );
      return {
        items: [...new Map(pages.flatMap(({ items }) => items).map((item) => [item.id, item])).values()],
        nextCursor: pages[0]?.nextCursor ?? null,
      };
    }),
  })),
  "finds a contact by the beginning of the address": paging(async (page, query, honest) => {
    if (query.list !== "conversationsOfContact") return page;
    const all = await whole(honest, { list: "records", kind: "conversation", limit: 1_000, cursor: null });
    const more = all.filter(
      (one) =>
        "contact" in one &&
        "ours" in one &&
        one.accountSid === query.accountSid &&
        one.contact.startsWith(query.contact) &&
        !page.items.some(({ id }) => id === one.id),
    );
    return query.cursor === null && page.nextCursor === null
      ? { ...page, items: [...page.items, ...more] }
      : page;
  }),
  "lists the messages of conversations whose id begins alike": paging(async (page, query, honest) => {
    if (query.list !== "messages" || query.cursor !== null) return page;
    const all = await whole(honest, { list: "records", kind: "message", limit: 1_000, cursor: null });
    return {
      ...page,
      items: [
        ...page.items,
        ...all.filter(
          (one) =>
            "seq" in one &&
            one.conversationId !== query.conversationId &&
            one.conversationId.startsWith(query.conversationId),
        ),
      ],
    };
  }),
  "ignores the class of tasks": paging(async (page, query, honest) => {
    if (query.list !== "tasks" || query.cursor !== null) return page;
    const other = await honest.list({ ...query, class: query.class === "bulk" ? "urgent" : "bulk" });
    return { ...page, items: [...page.items, ...other.items] };
  }),
  "lists tasks that are not due": askingOne("tasks", () => ({ dueBeforeMs: Number.MAX_SAFE_INTEGER })),
  "lists tasks that were due before": askingOne("tasks", ({ dueBeforeMs }) => ({
    dueBeforeMs: dueBeforeMs - 1,
  })),
  "ignores the account of drafts": askingOne("drafts", () => ({ accountSid: null })),
  "ignores the conversation of drafts": askingOne("drafts", () => ({ conversationId: null })),
  "ignores the status of drafts": askingOne("drafts", () => ({ status: null })),
  "lists the ledger of everybody": changing((honest) => ({
    list: listing(honest, async (query) => {
      if (query.list !== "consentEntries") return honest.list(query);
      const all = await whole(honest, { list: "records", kind: "consentEntry", limit: 1_000, cursor: null });
      return query.cursor === null
        ? { items: all.slice(0, query.limit), nextCursor: null }
        : honest.list(query);
    }),
  })),
  "lists the ledger of all accounts": changing((honest) => ({
    list: listing(honest, async (query) => {
      if (query.list !== "consentLog" || query.cursor !== null) return honest.list(query);
      const all = await whole(honest, { list: "records", kind: "consentEntry", limit: 1_000, cursor: null });
      return { items: [...all].reverse().slice(0, query.limit), nextCursor: null };
    }),
  })),
  "lists records of all kinds": paging(async (page, query, honest) => {
    if (query.list !== "records" || query.cursor !== null) return page;
    const others = await Promise.all(
      KINDS.filter((kind) => kind !== query.kind).map((kind) => honest.list({ ...query, kind })),
    );
    return { ...page, items: [...page.items, ...others.flatMap(({ items }) => items)] };
  }),
  "orders ties the other way": onTiny({
    compareIds: (a, b, { direction }) => (a === b ? 0 : a < b === (direction === "ascending") ? -1 : 1),
  }),
  "leaves ties as they come": onTiny({ compareIds: () => 0 }),
  "orders numbers as texts": onTiny({
    sortValue: (record, { index }) => String(fieldsOf(record)[index.sortBy]),
  }),
  "orders messages by time": paging((page, query) =>
    query.list === "messages"
      ? {
          ...page,
          items: [...page.items].sort((a, b) =>
            "createdAt" in a && "createdAt" in b
              ? (a.createdAt < b.createdAt ? -1 : 1) * (query.order === "oldest-first" ? 1 : -1)
              : 0,
          ),
        }
      : page,
  ),
  "orders by the rules of a language": onTiny({
    sortValue: (record, { index, kind }) =>
      index.sortBy === "id"
        ? rankOf(record.id)
        : kind === "task" && index.sortBy === "dueAtMs"
          ? Number(fieldsOf(record)["dueAtMs"])
          : (fieldsOf(record)[index.sortBy] as string),
    compareIds: (a, b) => a.localeCompare(b, "en"),
  }),
  "lists oldest first whatever the order": askingOne("messages", () => ({ order: "oldest-first" })),
  "lists contacts' conversations by activity": paging((page, query) =>
    query.list === "conversationsOfContact"
      ? {
          ...page,
          items: [...page.items].sort((a, b) =>
            "lastMessageAt" in a && "lastMessageAt" in b && a.lastMessageAt < b.lastMessageAt ? -1 : 1,
          ),
        }
      : page,
  ),
  "lists the account's ledger oldest first": paging((page, query) =>
    query.list === "consentLog" ? { ...page, items: [...page.items].reverse() } : page,
  ),
  "lists drafts oldest first": paging((page, query) =>
    query.list === "drafts" ? { ...page, items: [...page.items].reverse() } : page,
  ),
  "lists a consent's ledger newest first": paging((page, query) =>
    query.list === "consentEntries" ? { ...page, items: [...page.items].reverse() } : page,
  ),
  "joins statuses without merging them": changing((honest) => ({
    list: listing(honest, async (query) => {
      if (query.list !== "conversations" || query.status !== null || query.cursor !== null)
        return honest.list(query);
      const [open, closed] = [
        await whole(honest, { ...query, status: "open" }),
        await whole(honest, { ...query, status: "closed" }),
      ];
      return { ...(await honest.list(query)), items: [...open, ...closed].slice(0, query.limit) };
    }),
  })),
  "lists records in the order of their last change": cutting(
    (_, cursor) => Number(cursor),
    (_, end) => String(end),
  ),
  "lists parts of records": paging((page) => ({
    ...page,
    items: page.items.map((item) => ({ ...item, extra: {} }) as Entity),
  })),
  "pages by offset": cutting(
    (_, cursor) => Number(cursor),
    (_, end) => String(end),
  ),
  "continues behind the sort value alone": cutting(
    (all, cursor, query) =>
      behind(all, (one) =>
        isDescending(query) ? sortOf(one, query) < atob(cursor) : sortOf(one, query) > atob(cursor),
      ),
    (last, _, query) => btoa(sortOf(last, query)),
  ),
  "continues from the sort value on": cutting(
    (all, cursor, query) =>
      behind(all, (one) =>
        isDescending(query) ? sortOf(one, query) <= atob(cursor) : sortOf(one, query) >= atob(cursor),
      ),
    (last, _, query) => btoa(sortOf(last, query)),
  ),
  "looks its cursor up as a record": cutting(
    (all, cursor) => all.findIndex(({ id }) => id === atob(cursor)) + 1,
    (last) => btoa(last.id),
  ),
  "has a cursor on the last page": paging((page, query) => {
    if (page.nextCursor !== null || page.items.length < query.limit) return page;
    return { ...page, nextCursor: btoa(JSON.stringify([query.list, "", ""])) };
  }),
  "has a cursor on an empty page": changing((honest) => ({
    list: listing(honest, async (query) => {
      const page = await honest.list(query);
      return page.items.length === 0 && query.cursor === null ? { ...page, nextCursor: "more" } : page;
    }),
  })),
  "gives one record more than asked for": paging(async (page, query, honest) =>
    page.nextCursor === null ? page : honest.list({ ...query, limit: Math.min(1_000, query.limit + 1) }),
  ),
  "gives all whatever the limit": changing((honest) => ({
    list: listing(honest, async (query) => {
      await honest.list(query);
      return { items: await whole(honest, query), nextCursor: null };
    }),
  })),
  "takes any limit": asking((query) => ({
    ...query,
    limit: Math.max(1, Math.min(1_000, Math.floor(query.limit) || 1)),
  })),
  "takes any cursor for the beginning": changing((honest) => ({
    list: listing(honest, (query) =>
      honest.list(query).catch((error: unknown) => {
        if (query.cursor === null) throw error;
        return honest.list({ ...query, cursor: null });
      }),
    ),
  })),
  "fails on a cursor in its own way": changing((honest) => ({
    list: listing(honest, (query) =>
      honest.list(query).catch((error: unknown) => {
        throw query.cursor === null ? error : new SyntaxError("Unexpected token");
      }),
    ),
  })),
  "takes cursors of any list": changing((honest) => ({
    list: listing(honest, async (query) => {
      const cursor = query.cursor;
      if (cursor === null) return honest.list(query);
      return honest.list(query).catch(async (error: unknown) => {
        if (/^[A-Za-z0-9_-]{24,}$/.test(cursor) && isOfSomeList(cursor))
          return honest.list({ ...query, cursor: null });
        throw error;
      });
    }),
  })),
  "uses cursors up": changing((honest, shared) => {
    const used = once(shared, "used", () => new Set<string>());
    return {
      list: listing(honest, async (query) => {
        if (query.cursor !== null && used.has(query.cursor))
          throw new SmsError("config_invalid", "no such cursor");
        const page = await honest.list(query);
        if (query.cursor !== null) used.add(query.cursor);
        return page;
      }),
    };
  }),
  "indexes records when they are created": changing((honest, shared) => {
    const first = once(shared, "first", () => new Map<string, Entity>());
    return {
      async commit(writes) {
        const outcome = await honest.commit(writes);
        for (const write of outcome === "committed" ? writes : [])
          if ("put" in write && write.expect === "absent")
            first.set(`${write.kind} ${write.put.id}`, structuredClone(write.put));
        return outcome;
      },
      list: listing(honest, async (query) => {
        if (query.list !== "tasks" && query.list !== "conversations") return honest.list(query);
        const kind = query.list === "tasks" ? "task" : "conversation";
        // The lists see the fields that records had at first.
        const stale = onTiny({})({ storage: honest, records: honest }, new Map());
        await stale.commit(
          [...first].flatMap(([name, put]) =>
            name.startsWith(`${kind} `) ? [{ kind, put, expect: "absent" } as Write] : [],
          ),
        );
        return stale.list(query);
      }),
    };
  }),
  "lists what was removed": changing((honest, shared) => {
    const removed = once(shared, "removed", () => new Map<string, Entity>());
    return {
      async commit(writes) {
        const before = await Promise.all(writes.map((write) => current(honest, write)));
        const outcome = await honest.commit(writes);
        for (const [index, write] of outcome === "committed" ? writes.entries() : []) {
          const value = before[index]?.value;
          if ("remove" in write && value !== undefined) removed.set(`${write.kind} ${write.remove}`, value);
          else removed.delete(`${write.kind} ${writtenId(write)}`);
        }
        return outcome;
      },
      list: listing(honest, async (query) => {
        const page = await honest.list(query);
        if (query.list !== "records" || page.nextCursor !== null) return page;
        const more = [...removed].flatMap(([name, value]) =>
          name.startsWith(`${query.kind} `) ? [value] : [],
        );
        return {
          ...page,
          items: [...page.items, ...more].sort((a, b) =>
            comparePositions({ sort: a.id, id: a.id }, { sort: b.id, id: b.id }),
          ),
        };
      }),
    };
  }),
  "lists what conflicted": changing((honest, shared) => {
    const ghosts = once(shared, "ghosts", () => new Map<string, Entity>());
    return {
      async commit(writes) {
        const before = await Promise.all(writes.map((write) => current(honest, write)));
        const outcome = await honest.commit(writes);
        writes.forEach((write, index) => {
          if ("put" in write && write.kind === "draft" && before[index] === null && outcome === "conflict")
            ghosts.set(write.put.id, structuredClone(write.put));
          else ghosts.delete(writtenId(write));
        });
        return outcome;
      },
      list: listing(honest, async (query) => {
        const page = await honest.list(query);
        return query.list === "drafts" && query.cursor === null
          ? { ...page, items: [...page.items, ...ghosts.values()] }
          : page;
      }),
    };
  }),
  "keeps conversations in the filters they were in": changing((honest, shared) => {
    const ever = once(shared, "ever", () => new Set<string>());
    return {
      async commit(writes) {
        for (const write of writes)
          if ("put" in write && write.kind === "conversation" && write.put.attention !== null)
            ever.add(write.put.id);
        return honest.commit(writes);
      },
      list: listing(honest, async (query) => {
        if (query.list !== "conversations" || !query.needsAttention || query.cursor !== null)
          return honest.list(query);
        const page = await honest.list({ ...query, needsAttention: false });
        return { ...page, items: page.items.filter(({ id }) => ever.has(id)) };
      }),
    };
  }),
};

function rankOf(id: string): string {
  return id.toLowerCase().replace(/[-_\s]/g, "");
}

function isOfSomeList(cursor: string): boolean {
  try {
    const [list] = JSON.parse(atob(cursor.replace(/-/g, "+").replace(/_/g, "/"))) as readonly string[];
    return Object.keys(LIST_INDEXES).length > 0 && typeof list === "string" && list !== "null";
  } catch {
    return false;
  }
}
