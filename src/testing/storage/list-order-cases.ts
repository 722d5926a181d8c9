import type { Write } from "../../core/model/record";
import {
  ALL_CONVERSATIONS,
  ALL_DRAFTS,
  ids,
  LEDGER,
  pages,
  THREAD,
  URGENT,
  type Unpaged,
} from "./list-pages";
import { mustCommit } from "./record-cases";
import {
  at,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleTask,
} from "./sample-records";
import { equal, onFresh, type StorageCase } from "./storage-case";

/** Records of which several sort alike, in no order, with their ids in the order in which they are listed. */
interface Listed {
  readonly name: string;
  readonly query: Unpaged;
  readonly writes: readonly Write[];
  readonly expected: readonly string[];
}

const SHUFFLED = [4, 1, 6, 2, 5, 3];

function create(write: (number: number) => Write): readonly Write[] {
  return SHUFFLED.map(write);
}

// Two and two sort alike, so that only their ids order them.
const PAIRED: readonly Listed[] = [
  {
    name: "conversations are listed by last activity, newest first, then by id descending",
    query: ALL_CONVERSATIONS,
    writes: create((n) => ({
      kind: "conversation",
      put: sampleConversation(n, {
        lastMessageAt: at(Math.ceil(n / 2)),
        status: n % 2 === 0 ? "open" : "closed",
      }),
      expect: "absent",
    })),
    expected: [6, 5, 4, 3, 2, 1].map((n) => sampleConversation(n).id),
  },
  {
    name: "messages are listed by their place, oldest first",
    query: THREAD,
    writes: create((n) => ({
      kind: "message",
      put: sampleMessage(n, { id: `m${9 - n}`, createdAt: at(9 - n) }),
      expect: "absent",
    })),
    expected: [1, 2, 3, 4, 5, 6].map((n) => `m${9 - n}`),
  },
  {
    name: "messages are listed by their place, newest first",
    query: { ...THREAD, order: "newest-first" },
    writes: create((n) => ({ kind: "message", put: sampleMessage(n), expect: "absent" })),
    expected: [6, 5, 4, 3, 2, 1].map((n) => sampleMessage(n).id),
  },
  {
    name: "tasks are listed longest due first, then by id",
    query: URGENT,
    writes: create((n) => ({
      kind: "task",
      put: sampleTask(n, { dueAtMs: 10 - Math.ceil(n / 2) }),
      expect: "absent",
    })),
    expected: [5, 6, 3, 4, 1, 2].map((n) => sampleTask(n).id),
  },
  {
    name: "drafts are listed by creation, newest first, then by id descending",
    query: ALL_DRAFTS,
    writes: create((n) => ({
      kind: "draft",
      put: sampleDraft(n, { createdAt: at(Math.ceil(n / 2)), status: n % 2 === 0 ? "stale" : "proposed" }),
      expect: "absent",
    })),
    expected: [6, 5, 4, 3, 2, 1].map((n) => sampleDraft(n).id),
  },
  {
    name: "the ledger of a consent is listed by time, oldest first, then by id",
    query: LEDGER,
    writes: create((n) => ({
      kind: "consentEntry",
      put: sampleConsentEntry(n, { at: at(Math.ceil(n / 2)) }),
      expect: "absent",
    })),
    expected: [1, 2, 3, 4, 5, 6].map((n) => sampleConsentEntry(n).id),
  },
];

/** In which order the lists are, also in pages. */
export const LIST_ORDER_CASES: readonly StorageCase[] = PAIRED.flatMap(
  ({ name, query, writes, expected }) => [
    onFresh(name, async (storage) => {
      await mustCommit(storage, writes);
      equal(await ids(storage, query), expected, "the ids listed");
    }),
    onFresh(
      `${name}: pages of any size join to the same list, and only the last has no cursor`,
      async (storage) => {
        await mustCommit(storage, writes);
        for (const limit of [1, 2, 3, 4, 6, 7]) {
          const found = await pages(storage, query, { limit });
          equal(found.flat(), expected, `the ids in pages of ${limit}`);
          equal(found.length, Math.ceil(expected.length / limit), `the number of pages of ${limit}`);
        }
      },
    ),
  ],
);
