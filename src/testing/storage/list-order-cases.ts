import type { Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import { creating, mustCommit } from "./commit-and-read";
import { equal } from "./expectations";
import {
  ALL_CONVERSATIONS,
  ALL_DRAFTS,
  ids,
  LEDGER,
  LOG,
  OF_CONTACT,
  ONE_OF_EACH_LIST,
  paged,
  pages,
  THREAD,
  URGENT,
  type Unpaged,
} from "./list-pages";
import {
  at,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleRecord,
  sampleTask,
} from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

/** Records of which several sort alike, in no order, with their ids in the order in which they are listed. */
interface Listed {
  readonly name: string;
  readonly query: Unpaged;
  readonly writes: readonly Write[];
  readonly expected: readonly string[];
}

const SHUFFLED = [4, 1, 6, 2, 5, 3];
const UP = [1, 2, 3, 4, 5, 6];
const DOWN = [6, 5, 4, 3, 2, 1];
// Two and two sort alike, so that only their ids order them.
const paired = (number: number): number => Math.ceil(number / 2);

const LISTED: readonly Listed[] = [
  {
    name: "conversations are listed by last activity, newest first, then by id descending",
    query: ALL_CONVERSATIONS,
    writes: creating(
      "conversation",
      ...SHUFFLED.map((n) =>
        sampleConversation(n, { lastMessageAt: at(paired(n)), status: n % 2 === 0 ? "open" : "closed" }),
      ),
    ),
    expected: DOWN.map((n) => sampleConversation(n).id),
  },
  {
    name: "the conversations of a contact are listed by our address",
    query: OF_CONTACT,
    writes: creating(
      "conversation",
      ...SHUFFLED.map((n) =>
        sampleConversation(1, { id: `c${9 - n}`, ours: `+1555000000${n}`, lastMessageAt: at(9 - n) }),
      ),
    ),
    expected: UP.map((n) => `c${9 - n}`),
  },
  {
    name: "messages are listed by their place, oldest first",
    query: THREAD,
    writes: creating(
      "message",
      ...SHUFFLED.map((n) =>
        sampleMessage(n, { id: `m${99 - n}`, seq: n * 5, sid: `SM${9 - n}`, createdAt: at(9 - n) }),
      ),
    ),
    expected: UP.map((n) => `m${99 - n}`),
  },
  {
    name: "messages are listed by their place, newest first",
    query: { ...THREAD, order: "newest-first" },
    writes: creating("message", ...SHUFFLED.map((n) => sampleMessage(n, { seq: n * 5 }))),
    expected: DOWN.map((n) => sampleMessage(n).id),
  },
  {
    name: "tasks are listed longest due first, then by id",
    query: URGENT,
    writes: creating("task", ...SHUFFLED.map((n) => sampleTask(n, { dueAtMs: 10 - paired(n) }))),
    expected: [5, 6, 3, 4, 1, 2].map((n) => sampleTask(n).id),
  },
  {
    name: "drafts are listed by creation, newest first, then by id descending",
    query: ALL_DRAFTS,
    writes: creating(
      "draft",
      ...SHUFFLED.map((n) =>
        sampleDraft(n, { createdAt: at(paired(n)), status: n % 2 === 0 ? "stale" : "proposed" }),
      ),
    ),
    expected: DOWN.map((n) => sampleDraft(n).id),
  },
  {
    name: "the ledger of a consent is listed by time, oldest first, then by id",
    query: LEDGER,
    writes: creating("consentEntry", ...SHUFFLED.map((n) => sampleConsentEntry(n, { at: at(paired(n)) }))),
    expected: UP.map((n) => sampleConsentEntry(n).id),
  },
  {
    name: "the ledger of an account is listed by time, newest first, then by id descending",
    query: LOG,
    writes: creating(
      "consentEntry",
      ...SHUFFLED.map((n) => sampleConsentEntry(n, { at: at(paired(n)), consentId: `consent-${n % 3}` })),
    ),
    expected: DOWN.map((n) => sampleConsentEntry(n).id),
  },
];

/** In code order these stand as they are; a language's rules would mix cases and skip the hyphens. */
const ORDERED_IDS = ["-b", "0", "10", "9", "A", "B", "B-a", "_a", "a", "a b", "aB", "a_", "ab", "b"];

/** In which order the lists are, also in pages. */
export const LIST_ORDER_CASES: readonly StorageCase[] = [
  onFresh(
    "lists of an empty storage are empty and have no cursor",
    "the first page gives a cursor without looking whether there is more",
    async (storage) => {
      for (const query of ONE_OF_EACH_LIST)
        equal(
          await storage.list(paged(query, 10, null)),
          { items: [], nextCursor: null },
          `the list ${query.list}`,
        );
    },
  ),
  ...LISTED.flatMap(({ name, query, writes, expected }) => [
    onFresh(
      name,
      "the order by lacks the id, numbers are ordered as texts, or several ranges are joined without being merged",
      async (storage) => {
        await mustCommit(storage, writes);
        equal(await ids(storage, query), expected, "the ids listed");
      },
    ),
    onFresh(
      `${name}: pages of any size join to the same list, and only the last has no cursor`,
      "the cursor holds the sort value without the id, so that ties are lost or repeated; or the end is told by a page that is not full: fetch one record more than asked for",
      async (storage) => {
        await mustCommit(storage, writes);
        for (const limit of [1, 2, 3, 4, 6, 7]) {
          const found = await pages(storage, query, { limit });
          equal(found.flat(), expected, `the ids in pages of ${limit}`);
          equal(
            found.map((page) => page.length),
            sizesOf(expected.length, limit),
            `the sizes of the pages of ${limit}`,
          );
        }
      },
    ),
  ]),
  onFresh(
    "every record of a kind is listed by id, and pages of any size join to the same list",
    "the list of records is in the order in which they were written, or leaves a kind out",
    async (storage) => {
      for (const kind of KINDS) {
        const expected = UP.map((n) => sampleRecord(kind, n).id);
        await mustCommit(
          storage,
          SHUFFLED.flatMap((n) => creating(kind, sampleRecord(kind, n))),
        );
        for (const limit of [1, 2, 4, 6, 7]) {
          const found = await pages(storage, { list: "records", kind }, { limit });
          equal(found.flat(), expected, `the ids of every ${kind} in pages of ${limit}`);
          equal(
            found.map((page) => page.length),
            sizesOf(expected.length, limit),
            `the sizes of the pages of ${limit} of every ${kind}`,
          );
        }
      }
    },
  ),
  onFresh(
    "a list gives whole records",
    "lists select fewer columns than reads, or decode them in another way",
    async (storage) => {
      for (const kind of KINDS) {
        await mustCommit(storage, creating(kind, sampleRecord(kind)));
        const { items } = await storage.list({ list: "records", kind, limit: 1, cursor: null });
        equal(items, [sampleRecord(kind)], `the ${kind} listed`);
      }
      const { items } = await storage.list(paged(THREAD, 1, null));
      equal(items, [sampleMessage()], "the message listed");
    },
  ),
  onFresh(
    "ids are ordered by the codes of their characters, also where they break ties",
    'the database compares texts by the rules of a language: give the columns a binary collation ("C" in PostgreSQL)',
    async (storage) => {
      const reversed = [...ORDERED_IDS].reverse();
      await mustCommit(storage, [
        ...creating("draft", ...reversed.map((id, index) => sampleDraft(index, { id, createdAt: at(1) }))),
        ...creating("task", ...reversed.map((id, index) => sampleTask(index, { id, dueAtMs: 1 }))),
      ]);
      const drafts = (await pages(storage, { list: "records", kind: "draft" }, { limit: 3 })).flat();
      equal(drafts, ORDERED_IDS, "every draft by id");
      equal((await pages(storage, ALL_DRAFTS, { limit: 3 })).flat(), reversed, "drafts of one moment");
      equal((await pages(storage, URGENT, { limit: 3 })).flat(), ORDERED_IDS, "tasks due at one moment");
    },
  ),
];

function sizesOf(count: number, limit: number): readonly number[] {
  const fullPages = Math.floor(count / limit);
  const rest = count % limit;
  return [...Array.from({ length: fullPages }, () => limit), ...(rest === 0 ? [] : [rest])];
}
