import type { Write } from "../../core/model/record";
import { creating, keyOf, mustCommit, mustConflict, putting, readOne, removing } from "./commit-and-read";
import { equal } from "./expectations";
import { SAMPLE_ACCOUNT, sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const UNIQUE_INDEX = "only the id is checked: declare a unique index of every set in SCHEMA[kind].unique";

/** Values that no two records share. */
export const UNIQUE_CASES: readonly StorageCase[] = [
  onFresh("creating a second conversation of a pair conflicts", UNIQUE_INDEX, async (storage) => {
    await mustCommit(storage, creating("conversation", sampleConversation(1)));
    await mustConflict(storage, creating("conversation", sampleConversation(1, { id: "other" })));
    equal(await readOne(storage, keyOf("conversation", "other")), null, "the second conversation");
  }),
  onFresh(
    "a pair is apart in every account and at every address of ours",
    "the unique index of conversations has too few columns",
    async (storage) => {
      await mustCommit(storage, creating("conversation", sampleConversation(1)));
      const inAnotherAccount = sampleConversation(1, { id: "b", accountSid: "AC2" });
      const atAnotherAddress = sampleConversation(1, { id: "c", ours: "+15559999999" });
      await mustCommit(storage, creating("conversation", inAnotherAccount), "in another account");
      await mustCommit(storage, creating("conversation", atAnotherAddress), "at another address");
    },
  ),
  onFresh("creating a second message with a sid conflicts", UNIQUE_INDEX, async (storage) => {
    await mustCommit(storage, creating("message", sampleMessage(1, { id: "a", sid: "SM1" })));
    await mustConflict(storage, creating("message", sampleMessage(2, { id: "b", sid: "SM1" })));
    equal(await readOne(storage, keyOf("message", "b")), null, "the second message");
  }),
  onFresh(
    "creating a second message at a place of a conversation conflicts, and not at that place of another",
    UNIQUE_INDEX,
    async (storage) => {
      await mustCommit(storage, creating("message", sampleMessage(1)));
      await mustConflict(storage, creating("message", sampleMessage(2, { seq: 1 })));
      const elsewhere = sampleMessage(2, { seq: 1, conversationId: "conversation-2" });
      await mustCommit(storage, creating("message", elsewhere), "the place in another conversation");
    },
  ),
  onFresh(
    "any number of messages may have no sid",
    "null is taken for a value that only one may have",
    async (storage) => {
      const messages = [1, 2, 3].map((number) => sampleMessage(number, { id: `m${number}`, sid: null }));
      await mustCommit(storage, creating("message", ...messages.slice(0, 2)));
      await mustCommit(storage, creating("message", ...messages.slice(2)));
    },
  ),
  ...(
    [
      ["a sid", putting("message", sampleMessage(2, { sid: sampleMessage(1).sid }), 1)],
      ["a place in a conversation", putting("message", sampleMessage(2, { seq: 1 }), 1)],
      [
        "a pair",
        putting("conversation", sampleConversation(2, { contact: sampleConversation(1).contact }), 1),
      ],
    ] as const
  ).map(([value, taking]) =>
    onFresh(
      `an update to ${value} that another record has conflicts and changes nothing`,
      "unique values are only checked when a record is created, or the error of the database is not turned into a conflict",
      async (storage) => {
        await mustCommit(storage, [
          ...creating("message", sampleMessage(1), sampleMessage(2)),
          ...creating("conversation", sampleConversation(1), sampleConversation(2)),
        ]);
        await mustConflict(storage, [...creating("task", sampleTask()), taking]);
        const found = await storage.read([
          keyOf("task", sampleTask().id),
          ...[1, 2].map((number) => keyOf("message", sampleMessage(number).id)),
          { kind: "message", sid: sampleMessage(1).sid ?? "" },
          ...[1, 2].map((number) => keyOf("conversation", sampleConversation(number).id)),
        ]);
        const values = [
          sampleMessage(1),
          sampleMessage(2),
          sampleMessage(1),
          sampleConversation(1),
          sampleConversation(2),
        ];
        equal(found, [null, ...values.map((one) => ({ version: 1, value: one }))], "the records after it");
      },
    ),
  ),
  onFresh(
    "an update that keeps its own unique values goes through",
    "a record is taken for a rival of itself",
    async (storage) => {
      await mustCommit(storage, [
        ...creating("message", sampleMessage()),
        ...creating("conversation", sampleConversation()),
      ]);
      await mustCommit(storage, [
        putting("message", sampleMessage(1, { status: "read" }), 1),
        putting("conversation", sampleConversation(1, { preview: "Bye" }), 1),
      ]);
    },
  ),
  onFresh(
    "two records of one commit that share a unique value conflict, and neither is there",
    "all writes of a commit are checked before any is applied, so that they do not see each other",
    async (storage) => {
      const shared: readonly (readonly Write[])[] = [
        creating("message", sampleMessage(1, { sid: "SM1" }), sampleMessage(2, { sid: "SM1" })),
        creating("message", sampleMessage(1), sampleMessage(2, { seq: 1 })),
        creating("conversation", sampleConversation(1), sampleConversation(1, { id: "other" })),
      ];
      for (const writes of shared) await mustConflict(storage, writes);
      const { ours, contact } = sampleConversation();
      const found = await storage.read([
        { kind: "message", sid: "SM1" },
        ...[1, 2].map((number) => keyOf("message", sampleMessage(number).id)),
        { kind: "conversation", pair: [SAMPLE_ACCOUNT, ours, contact] },
      ]);
      equal(found, [null, null, null, null], "the records after it");
    },
  ),
  onFresh(
    "two records that swap a unique value in one commit are both found by it or both left as they were",
    "the look-up is brought up to date one write after the other: old values are taken out after new ones went in",
    async (storage) => {
      const a = sampleMessage(1, { id: "a", sid: "SM1" });
      const b = sampleMessage(2, { id: "b", sid: "SM2" });
      await mustCommit(storage, creating("message", a, b));
      const outcome = await storage.commit([
        putting("message", { ...a, sid: "SM2" }, 1),
        putting("message", { ...b, sid: "SM1" }, 1),
      ]);
      const found = await storage.read(["SM1", "SM2"].map((sid) => ({ kind: "message", sid })));
      const expected = outcome === "committed" ? ["b", "a"] : ["a", "b"];
      equal(
        found.map((one) => one?.value.id),
        expected,
        `who has SM1 and SM2 when the swap was answered "${outcome}"`,
      );
    },
  ),
  ...(["a", "z"] as const).map((retaker) =>
    onFresh(
      `a unique value that one record frees and ${retaker === "z" ? "a later" : "an earlier"} one takes in one commit has one holder`,
      "the look-up is brought up to date one write after the other, and the entry of the new holder is taken out with the old",
      async (storage) => {
        const old = sampleMessage(1, { id: "m", sid: "SM1" });
        const taking = sampleMessage(2, { id: retaker, sid: "SM1" });
        await mustCommit(storage, creating("message", old));
        const outcome = await storage.commit([removing("message", "m", 1), ...creating("message", taking)]);
        const found = await storage.read([
          { kind: "message", sid: "SM1" },
          keyOf("message", "m"),
          keyOf("message", retaker),
        ]);
        const expected = outcome === "committed" ? [retaker, null, retaker] : ["m", "m", null];
        equal(
          found.map((one) => one?.value.id ?? null),
          expected,
          `who is there when it was answered "${outcome}"`,
        );
      },
    ),
  ),
];
