import type { Write } from "../../core/model/record";
import { ALL_CONVERSATIONS, ALL_DRAFTS, ids, LEDGER, paged, pages, THREAD, URGENT } from "./list-pages";
import { mustCommit } from "./record-cases";
import {
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleTask,
} from "./sample-records";
import { equal, onFresh, rejects, type StorageCase } from "./storage-case";

/** What the lists hold. */
export const LIST_FILTER_CASES: readonly StorageCase[] = [
  onFresh("lists of an empty storage are empty and have no cursor", async (storage) => {
    for (const query of [ALL_CONVERSATIONS, THREAD, URGENT, ALL_DRAFTS, LEDGER]) {
      const page = await storage.list(paged(query, 10, null));
      equal(page, { items: [], nextCursor: null }, `the list ${query.list}`);
    }
  }),
  onFresh("a list gives whole records", async (storage) => {
    await mustCommit(storage, [{ kind: "message", put: sampleMessage(), expect: "absent" }]);
    const { items } = await storage.list({ ...THREAD, limit: 1, cursor: null });
    equal(items, [sampleMessage()], "the message listed");
  }),
  onFresh("conversations are filtered by account and status, each alone and both", async (storage) => {
    const put = [
      sampleConversation(1),
      sampleConversation(2, { status: "closed" }),
      sampleConversation(3, { accountSid: "AC2" }),
      sampleConversation(4, { accountSid: "AC2", status: "closed" }),
    ];
    await mustCommit(
      storage,
      put.map((one): Write => ({ kind: "conversation", put: one, expect: "absent" })),
    );
    const of = (numbers: readonly number[]) => numbers.map((number) => `conversation-${number}`);
    equal(await ids(storage, ALL_CONVERSATIONS), of([4, 3, 2, 1]), "all");
    equal(await ids(storage, { ...ALL_CONVERSATIONS, status: "open" }), of([3, 1]), "the open ones");
    equal(
      await ids(storage, { ...ALL_CONVERSATIONS, accountSid: "AC2" }),
      of([4, 3]),
      "those of the account",
    );
    const closedOfAccount = { ...ALL_CONVERSATIONS, accountSid: "AC2", status: "closed" } as const;
    equal(await ids(storage, closedOfAccount), of([4]), "the closed ones of the account");
    equal(
      await ids(storage, { ...ALL_CONVERSATIONS, accountSid: "AC3" }),
      [],
      "those of an account without any",
    );
  }),
  onFresh("messages are those of the conversation only", async (storage) => {
    await mustCommit(storage, [
      { kind: "message", put: sampleMessage(1), expect: "absent" },
      {
        kind: "message",
        put: sampleMessage(2, { conversationId: "conversation-10", seq: 1 }),
        expect: "absent",
      },
    ]);
    equal(await ids(storage, THREAD), [sampleMessage(1).id], "the messages");
    equal(await ids(storage, { ...THREAD, conversationId: "conversation-2" }), [], "of another conversation");
  }),
  onFresh("tasks are those of the class that are due, to the millisecond", async (storage) => {
    const due = [999, 1_000, 1_001].map((dueAtMs, index) => sampleTask(index, { dueAtMs }));
    const bulk = sampleTask(9, { dueAtMs: 1, class: "bulk" });
    await mustCommit(
      storage,
      [...due, bulk].map((put): Write => ({ kind: "task", put, expect: "absent" })),
    );
    const found = await ids(storage, { list: "tasks", class: "urgent", dueBeforeMs: 1_000 });
    equal(found, [sampleTask(0).id, sampleTask(1).id], "the urgent ones");
    equal(
      await ids(storage, { list: "tasks", class: "bulk", dueBeforeMs: 1_000 }),
      [bulk.id],
      "the bulk ones",
    );
  }),
  onFresh("drafts are filtered by account, conversation and status in every combination", async (storage) => {
    const values = {
      accountSid: ["AC1", "AC2"],
      conversationId: ["c1", "c2"],
      status: ["proposed", "sent", "discarded", "stale"],
    } as const;
    const put = values.accountSid
      .flatMap((accountSid) =>
        values.conversationId.flatMap((conversationId) =>
          values.status.map((status) => ({ accountSid, conversationId, status })),
        ),
      )
      .map((fields, index) => sampleDraft(index, fields));
    await mustCommit(
      storage,
      put.map((draft): Write => ({ kind: "draft", put: draft, expect: "absent" })),
    );
    for (const accountSid of [null, ...values.accountSid]) {
      for (const conversationId of [null, ...values.conversationId]) {
        for (const status of [null, ...values.status]) {
          const expected = put.filter(
            (draft) =>
              (accountSid === null || draft.accountSid === accountSid) &&
              (conversationId === null || draft.conversationId === conversationId) &&
              (status === null || draft.status === status),
          );
          const query = { list: "drafts", accountSid, conversationId, status } as const;
          const found = (await pages(storage, query, { limit: 3 })).flat();
          equal(found, expected.map(({ id }) => id).reverse(), `the drafts of ${JSON.stringify(query)}`);
        }
      }
    }
  }),
  onFresh("the ledger is that of the consent only", async (storage) => {
    await mustCommit(storage, [
      { kind: "consentEntry", put: sampleConsentEntry(1), expect: "absent" },
      {
        kind: "consentEntry",
        put: sampleConsentEntry(2, { consentId: sampleConsent(2).id }),
        expect: "absent",
      },
    ]);
    equal(await ids(storage, LEDGER), [sampleConsentEntry(1).id], "the entries");
  }),
];

/** Lists of what changes meanwhile. */
export const LIST_CHANGE_CASES: readonly StorageCase[] = [
  onFresh(
    "a record that changes moves in its lists, and one that is removed leaves them",
    async (storage) => {
      await mustCommit(
        storage,
        [1, 2, 3].map((n): Write => ({ kind: "task", put: sampleTask(n), expect: "absent" })),
      );
      await mustCommit(storage, [
        { kind: "task", put: sampleTask(1, { dueAtMs: sampleTask(9).dueAtMs }), expect: 1 },
      ]);
      equal(
        await ids(storage, URGENT),
        [2, 3, 1].map((n) => sampleTask(n).id),
        "after one was put off",
      );
      await mustCommit(storage, [{ kind: "task", put: sampleTask(2, { class: "bulk" }), expect: 1 }]);
      equal(
        await ids(storage, URGENT),
        [3, 1].map((n) => sampleTask(n).id),
        "after one changed its class",
      );
      await mustCommit(storage, [{ kind: "task", remove: sampleTask(3).id, expect: 1 }]);
      equal(await ids(storage, URGENT), [sampleTask(1).id], "after one was removed");
    },
  ),
  onFresh(
    "while records are added on either side, pages repeat nothing and lose nothing that was there",
    async (storage) => {
      const before = [10, 20, 30, 40, 50];
      const add = (n: number): Promise<void> =>
        mustCommit(storage, [
          { kind: "message", put: sampleMessage(n), expect: "absent" },
          { kind: "conversation", put: sampleConversation(n), expect: "absent" },
        ]);
      for (const n of before) await add(n);
      const thread = await pages(storage, THREAD, {
        limit: 2,
        between: async (page) => {
          await add(page);
          await add(100 + page);
        },
      });
      const numbersOf = (found: readonly (readonly string[])[]) =>
        found.flat().map((id) => Number(id.replace(/\D/g, "")));
      equal(
        numbersOf(thread).filter((n) => before.includes(n)),
        before,
        "the messages that were there before",
      );
      equal(new Set(thread.flat()).size, thread.flat().length, "the number of different messages");
      const inbox = await pages(storage, ALL_CONVERSATIONS, {
        limit: 2,
        between: async (page) => add(1_000 + page),
      });
      equal(
        numbersOf(inbox).filter((n) => before.includes(n)),
        [...before].reverse(),
        "the conversations that were there before",
      );
      equal(new Set(inbox.flat()).size, inbox.flat().length, "the number of different conversations");
    },
  ),
  onFresh("a cursor stays valid when the record it stands behind is removed", async (storage) => {
    await mustCommit(
      storage,
      [1, 2, 3].map((n): Write => ({ kind: "task", put: sampleTask(n), expect: "absent" })),
    );
    const first = await storage.list({ ...URGENT, limit: 2, cursor: null });
    await mustCommit(storage, [{ kind: "task", remove: sampleTask(2).id, expect: 1 }]);
    const rest = await storage.list({ ...URGENT, limit: 2, cursor: first.nextCursor });
    equal(rest.items, [sampleTask(3)], "the rest");
  }),
  onFresh("a cursor that no list gave is refused, and so is that of another list", async (storage) => {
    await mustCommit(
      storage,
      [1, 2].map((n): Write => ({ kind: "task", put: sampleTask(n), expect: "absent" })),
    );
    const { nextCursor } = await storage.list({ ...URGENT, limit: 1, cursor: null });
    for (const cursor of ["", "x", "W10", "%00", `${nextCursor ?? ""}x`.repeat(9)]) {
      await rejects(storage.list({ ...URGENT, limit: 1, cursor }), `listing from ${JSON.stringify(cursor)}`);
    }
    await rejects(
      storage.list({ ...THREAD, limit: 1, cursor: nextCursor }),
      "listing messages from a cursor of tasks",
    );
  }),
];
