import type { Key, Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";
import { creating, keyOf, mustCommit, valuesOf } from "./commit-and-read";
import { equal } from "./expectations";
import {
  SAMPLE_ACCOUNT,
  sampleConsent,
  sampleConversation,
  sampleDraft,
  sampleMessage,
  sampleRecord,
  sampleTask,
} from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const ONE_OF_EACH: readonly Write[] = KINDS.flatMap((kind) => creating(kind, sampleRecord(kind)));

/** Texts that are one to a lenient collation, and are not. */
const LOOK_ALIKES = ["Ab", "ab", "AB", "ab ", " ab", "a-b", "\u00E9", "e\u0301", "e", "ß", "ss", "0", "00"];

/** What a storage says of records that are there, and that are not, by every key. */
export const KEY_CASES: readonly StorageCase[] = [
  onFresh(
    "an empty storage has no record under any key",
    "records of another test are in the same database, or a missing record is undefined instead of null",
    async (storage) => {
      const keys: readonly Key[] = [
        ...KINDS.map((kind) => keyOf(kind, sampleRecord(kind).id)),
        { kind: "conversation", pair: ["AC1", "+1", "+2"] },
        { kind: "message", sid: "SM1" },
      ];
      equal(
        await storage.read(keys),
        keys.map(() => null),
        "reading from an empty storage",
      );
    },
  ),
  onFresh(
    "reading no keys gives no records",
    "a query with an empty list of keys is a syntax error, or has no condition left and finds everything",
    async (storage) => {
      await mustCommit(storage, ONE_OF_EACH);
      equal(await storage.read([]), [], "reading no keys");
    },
  ),
  ...KINDS.map((kind) =>
    onFresh(
      `a ${kind} is read back as it was written, at version 1`,
      "a column is missing, has the wrong type, or is not decoded: numbers and booleans as texts, JSON twice encoded, null as undefined",
      async (storage) => {
        const record = sampleRecord(kind);
        await mustCommit(storage, creating(kind, record));
        equal(await storage.read([keyOf(kind, record.id)]), [{ version: 1, value: record }], "what was read");
      },
    ),
  ),
  onFresh(
    "records of all kinds are written in one commit and read in one",
    "one statement per kind, of which only the first is run",
    async (storage) => {
      await mustCommit(storage, ONE_OF_EACH);
      equal(
        await storage.read(KINDS.map((kind) => keyOf(kind, sampleRecord(kind).id))),
        KINDS.map((kind) => ({ version: 1, value: sampleRecord(kind) })),
        "the records read",
      );
    },
  ),
  onFresh(
    "a conversation is found by account, our address and the contact's, in this order and only by all of them",
    "our address and the contact's are mixed up, or the account is left out of the look-up",
    async (storage) => {
      const [mine, theirs] = ["+15550000001", "+15550000002"];
      const conversation = sampleConversation(1, { ours: mine, contact: theirs });
      const inReverse = sampleConversation(2, { ours: theirs, contact: mine });
      const elsewhere = sampleConversation(3, { ours: mine, contact: theirs, accountSid: "AC2" });
      await mustCommit(storage, creating("conversation", conversation, inReverse, elsewhere));
      const found = await storage.read([
        { kind: "conversation", pair: [SAMPLE_ACCOUNT, mine, theirs] },
        { kind: "conversation", pair: [SAMPLE_ACCOUNT, theirs, mine] },
        { kind: "conversation", pair: ["AC2", mine, theirs] },
        { kind: "conversation", pair: ["AC2", theirs, mine] },
        { kind: "conversation", pair: [SAMPLE_ACCOUNT, mine, mine] },
      ]);
      equal(valuesOf(found), [conversation, inReverse, elsewhere, null, null], "the conversations");
    },
  ),
  onFresh(
    "a message is found by its sid, and not by its id in its place",
    "both look-ups go to the same index",
    async (storage) => {
      const message = sampleMessage(1, { id: "ours-1" });
      await mustCommit(storage, creating("message", message));
      const sid = message.sid ?? "";
      const found = await storage.read([
        { kind: "message", sid },
        { kind: "message", sid: "ours-1" },
        { kind: "message", id: sid },
        { kind: "message", sid: sid.toLowerCase() },
      ]);
      equal(valuesOf(found), [message, null, null, null], "the messages");
    },
  ),
  onFresh(
    "one record read by all of its keys at once is the same each time, with its version",
    "look-ups by other keys than the id leave the version out, or several keys of one record are answered once",
    async (storage) => {
      const message = sampleMessage(1, { id: "ours-1" });
      const conversation = sampleConversation();
      const { accountSid, ours, contact } = conversation;
      await mustCommit(storage, [...creating("message", message), ...creating("conversation", conversation)]);
      const found = await storage.read([
        { kind: "message", id: "ours-1" },
        { kind: "message", sid: message.sid ?? "" },
        { kind: "conversation", id: conversation.id },
        { kind: "conversation", pair: [accountSid, ours, contact] },
      ]);
      const expected = [message, message, conversation, conversation].map((value) => ({ version: 1, value }));
      equal(found, expected, "the records read");
    },
  ),
  onFresh(
    "reading keeps the order of the keys, with null where there is none and the same record as often as asked",
    "the rows of one `in (…)` query are given as they come; put them in the order of the keys",
    async (storage) => {
      await mustCommit(storage, creating("task", ...[3, 1, 2].map((number) => sampleTask(number))));
      const asked = [2, 9, 3, 2, 1].map((number) => keyOf("task", sampleTask(number).id));
      const found = valuesOf(await storage.read(asked));
      equal(found, [sampleTask(2), null, sampleTask(3), sampleTask(2), sampleTask(1)], "the tasks");
    },
  ),
  onFresh(
    "ids of different kinds do not meet",
    "all kinds are in one table whose key is the id alone",
    async (storage) => {
      const task = sampleTask(1, { id: "same" });
      const draft = sampleDraft(1, { id: "same" });
      const consent = sampleConsent(1, { id: "same" });
      await mustCommit(storage, [
        ...creating("draft", draft),
        ...creating("task", task),
        ...creating("consent", consent),
      ]);
      const keys = (["task", "draft", "message", "consent"] as const).map((kind) => keyOf(kind, "same"));
      equal(valuesOf(await storage.read(keys)), [task, draft, null, consent], "the records");
    },
  ),
  onFresh(
    "ids that differ in case, blanks, hyphens or composed letters are different ids",
    "the column has a collation that ignores case or accents, or ids are trimmed or normalised: compare bytes",
    async (storage) => {
      const drafts = LOOK_ALIKES.map((id, index) => sampleDraft(index, { id }));
      for (const draft of drafts)
        await mustCommit(
          storage,
          creating("draft", draft),
          `creating the draft ${JSON.stringify(draft.id)}, which is not there yet`,
        );
      const found = await storage.read(LOOK_ALIKES.map((id) => keyOf("draft", id)));
      equal(valuesOf(found), drafts, "the drafts");
    },
  ),
  onFresh(
    "unique values that differ in case, blanks, hyphens or composed letters are different values",
    "the unique index has a collation that ignores case or accents, or values are trimmed or normalised",
    async (storage) => {
      const messages = LOOK_ALIKES.map((sid, index) => sampleMessage(index, { id: `ours-${index}`, sid }));
      const conversations = LOOK_ALIKES.map((contact, index) => sampleConversation(index, { contact }));
      for (const [index, message] of messages.entries()) {
        const conversation = conversations[index] ?? sampleConversation();
        await mustCommit(
          storage,
          [...creating("message", message), ...creating("conversation", conversation)],
          `creating records with the unique value ${JSON.stringify(message.sid)}, which nobody has`,
        );
      }
      const bySid = await storage.read(LOOK_ALIKES.map((sid) => ({ kind: "message", sid })));
      equal(valuesOf(bySid), messages, "the messages by sid");
      const { accountSid, ours } = sampleConversation();
      const byPair = await storage.read(
        LOOK_ALIKES.map((contact) => ({ kind: "conversation", pair: [accountSid, ours, contact] })),
      );
      equal(valuesOf(byPair), conversations, "the conversations by pair");
    },
  ),
];
