import type { Kind, Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import type { Storage } from "../../ports/storage";
import { creating, keyOf, mustCommit, mustConflict, putting, removing, versionOf } from "./commit-and-read";
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
  type Unpaged,
} from "./list-pages";
import {
  changedRecord,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleRecord,
  sampleTask,
} from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

/** A list with records that stand in it by their number. */
interface Changing {
  readonly what: string;
  readonly query: Unpaged;
  readonly kind: Kind;
  readonly create: (number: number) => readonly Write[];
}

const CHANGING: readonly Changing[] = [
  {
    what: "conversations",
    query: ALL_CONVERSATIONS,
    kind: "conversation",
    create: (n) =>
      creating("conversation", sampleConversation(n, { status: n % 3 === 0 ? "closed" : "open" })),
  },
  {
    what: "the conversations of a contact",
    query: OF_CONTACT,
    kind: "conversation",
    create: (n) =>
      creating(
        "conversation",
        sampleConversation(1, { id: sampleConversation(n).id, ours: `+1555${String(n).padStart(7, "0")}` }),
      ),
  },
  {
    what: "messages, oldest first",
    query: THREAD,
    kind: "message",
    create: (n) => creating("message", sampleMessage(n)),
  },
  {
    what: "messages, newest first",
    query: { ...THREAD, order: "newest-first" },
    kind: "message",
    create: (n) => creating("message", sampleMessage(n)),
  },
  { what: "tasks", query: URGENT, kind: "task", create: (n) => creating("task", sampleTask(n)) },
  {
    what: "drafts",
    query: ALL_DRAFTS,
    kind: "draft",
    create: (n) => creating("draft", sampleDraft(n, { status: n % 3 === 0 ? "stale" : "proposed" })),
  },
  {
    what: "the ledger of a consent",
    query: LEDGER,
    kind: "consentEntry",
    create: (n) => creating("consentEntry", sampleConsentEntry(n)),
  },
  {
    what: "the ledger of an account",
    query: LOG,
    kind: "consentEntry",
    create: (n) => creating("consentEntry", sampleConsentEntry(n)),
  },
  ...(["consent", "message", "draft"] as const).map((kind) => ({
    what: `every ${kind}`,
    query: { list: "records", kind } as const,
    kind,
    create: (n: number) => creating(kind, sampleRecord(kind, n)),
  })),
];

// Room for what is added before, between and behind those that stay. All have four digits, so that ids sort like the numbers.
const STAYING = [1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 1_700];
const LEAVING = [1_150, 1_250, 1_350, 1_450, 1_550, 1_650];

/** Behind every page records come before, between and behind, and one leaves. */
function unrest({ create, kind }: Changing, storage: Storage): (page: number) => Promise<void> {
  return async (page) => {
    if (page > LEAVING.length) return;
    const come = [1_000 + page, 1_175 + page, 1_375 + page, 1_575 + page, 1_900 + page].flatMap(create);
    await mustCommit(storage, come, "the commit of records that come between pages");
    // From both ends in turn: one leaves before the cursor and one behind it.
    const number = page % 2 === 0 ? LEAVING.at(-page / 2) : LEAVING[(page - 1) / 2];
    if (number === undefined) return;
    const { id } = sampleRecord(kind, number);
    await mustCommit(storage, [removing(kind, id, 1)], "the commit of a record that goes between pages");
  };
}

/** Behind every page two records change, one that was listed and one that was not. */
async function listWhileChanging(storage: Storage, kind: Kind): Promise<void> {
  const all = [1, 2, 3, 4, 5, 6, 7];
  const versions = new Map(all.map((number) => [number, 1]));
  await mustCommit(
    storage,
    all.flatMap((number) => creating(kind, sampleRecord(kind, number))),
  );
  const between = async (page: number): Promise<void> => {
    for (const number of [page, 8 - page]) {
      const version = versions.get(number);
      if (version === undefined) continue;
      await mustCommit(storage, [putting(kind, changedRecord(kind, number, page), version)]);
      versions.set(number, version + 1);
    }
  };
  const found = await pages(storage, { list: "records", kind }, { limit: 2, between });
  equal(
    found.flat(),
    all.map((number) => sampleRecord(kind, number).id),
    `the ids of every ${kind}`,
  );
}

const OFFSET =
  "pages are told apart by how many records came before (offset), or the cursor is the id alone: continue behind the sort value and the id of the last record";

/** Lists of what changes meanwhile. */
export const LIST_CHANGE_CASES: readonly StorageCase[] = [
  ...CHANGING.map((changing) =>
    onFresh(
      `while records come and go between pages, ${changing.what}: each that is there all along is listed exactly once`,
      OFFSET,
      async (storage) => {
        await mustCommit(storage, [...STAYING, ...LEAVING].flatMap(changing.create));
        const found = (
          await pages(storage, changing.query, { limit: 2, between: unrest(changing, storage) })
        ).flat();
        const staying = STAYING.map((number) => sampleRecord(changing.kind, number).id);
        const listed = found.filter((id) => staying.includes(id));
        equal([...listed].sort(), [...staying].sort(), "those that were there all along");
        equal(new Set(found).size, found.length, "the number of different records listed");
      },
    ),
  ),
  onFresh(
    "while records change between pages, every record of a kind is listed exactly once",
    "the list of records is in the order of their last change or of the rows in the table: order by id",
    async (storage) => {
      for (const kind of KINDS) await listWhileChanging(storage, kind);
    },
  ),
  onFresh(
    "a record that changes moves in its lists, and one that is removed leaves them",
    "the index is only written when a record is created",
    async (storage) => {
      const of = (numbers: readonly number[]) => numbers.map((number) => sampleTask(number).id);
      await mustCommit(storage, creating("task", sampleTask(1), sampleTask(2), sampleTask(3)));
      await mustCommit(storage, [putting("task", sampleTask(1, { dueAtMs: sampleTask(9).dueAtMs }), 1)]);
      equal(await ids(storage, URGENT), of([2, 3, 1]), "after one was put off");
      await mustCommit(storage, [putting("task", sampleTask(2, { class: "bulk" }), 1)]);
      equal(await ids(storage, URGENT), of([3, 1]), "after one changed its class");
      equal(await ids(storage, { ...URGENT, class: "bulk" }), of([2]), "the class that it changed to");
      await mustCommit(storage, [removing("task", sampleTask(3).id, 1)]);
      equal(await ids(storage, URGENT), of([1]), "after one was removed");
    },
  ),
  onFresh(
    "a conversation enters and leaves the filtered lists as it changes",
    "a partial index or a copy for the filter is only written when a record is created",
    async (storage) => {
      const filters = [
        { status: "closed" },
        { assignee: { id: "mia" } },
        { assignee: { id: null } },
        { unread: true },
        { needsAttention: true },
      ] as const;
      const expectIn = async (expected: readonly boolean[], when: string): Promise<void> => {
        for (const accountSid of [null, sampleConversation().accountSid]) {
          const listed = await Promise.all(
            filters.map(
              async (filter) =>
                (await ids(storage, { ...ALL_CONVERSATIONS, accountSid, ...filter })).length === 1,
            ),
          );
          equal(listed, expected, `whether closed, of Mia, of nobody, unread, for attention list it ${when}`);
        }
      };
      const quiet = sampleConversation(1, { unreadCount: 0 });
      const busy = sampleConversation(1, { status: "closed", assignee: "mia", attention: "handoff" });
      await mustCommit(storage, creating("conversation", quiet));
      await expectIn([false, false, true, false, false], "at first");
      await mustCommit(storage, [putting("conversation", busy, 1)]);
      await expectIn([true, true, false, true, true], "after it changed");
      await mustCommit(storage, [putting("conversation", quiet, 2)]);
      await expectIn([false, false, true, false, false], "after it changed back");
    },
  ),
  onFresh(
    "a cursor stays valid when the record it stands behind is removed",
    "the cursor is looked up as a record to continue behind",
    async (storage) => {
      await mustCommit(storage, creating("task", sampleTask(1), sampleTask(2), sampleTask(3)));
      for (const query of [URGENT, { list: "records", kind: "task" }] as const) {
        const first = await storage.list({ ...query, limit: 2, cursor: null });
        await mustCommit(storage, [removing("task", sampleTask(2).id, 1)]);
        const rest = await storage.list({ ...query, limit: 2, cursor: first.nextCursor });
        equal(rest, { items: [sampleTask(3)], nextCursor: null }, `the rest of ${query.list}`);
        await mustCommit(storage, creating("task", sampleTask(2)));
      }
    },
  ),
  onFresh(
    "a commit that conflicted left no trace in any list",
    "indexes or lists are written before the versions are checked",
    async (storage) => {
      await mustCommit(storage, creating("task", sampleTask(1)));
      await mustConflict(storage, [
        putting("task", sampleTask(1, { class: "bulk" }), 1),
        ...creating("task", sampleTask(2)),
        ...creating("draft", sampleDraft()),
        removing("message", "nobody", 1),
      ]);
      equal(await ids(storage, URGENT), [sampleTask(1).id], "the urgent tasks");
      equal(await ids(storage, { ...URGENT, class: "bulk" }), [], "the bulk tasks");
      equal(await ids(storage, ALL_DRAFTS), [], "the drafts");
      equal(await versionOf(storage, keyOf("task", sampleTask(1).id)), 1, "the version of the task");
    },
  ),
];
