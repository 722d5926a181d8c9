import { creating, keyOf, mustCommit, putting, readOne, valuesOf } from "./commit-and-read";
import { equal, rejects } from "./expectations";
import { ALL_CONVERSATIONS, ids } from "./list-pages";
import { sampleConsentEntry, sampleConversation, sampleMessage, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const PLANES = 17;
const CODE_POINTS_PER_PLANE = 0x10000;
const CHUNK = 0x1000;

/** Every character of a plane of Unicode but NUL and the halves of surrogate pairs, which are no characters. */
function plane(number: number): string {
  const first = number * CODE_POINTS_PER_PLANE;
  const chunks = Array.from({ length: CODE_POINTS_PER_PLANE / CHUNK }, (_, chunk) => {
    const codes = Array.from({ length: CHUNK }, (__, index) => first + chunk * CHUNK + index);
    return String.fromCodePoint(...codes.filter((code) => code !== 0 && (code < 0xd800 || code > 0xdfff)));
  });
  return chunks.join("");
}

// What databases, drivers and JSON are known to trip over.
const HOSTILE_TEXTS: readonly string[] = [
  "",
  " ",
  " padded ",
  "\n\r\t\u0001\u007F",
  "'; drop table sms_messages; --",
  '"quoted" \\escaped\\ %like_ $1 ?1 :name @name',
  "null",
  "undefined",
  "0012",
  "1e3",
  "true",
  "2026-11-23T09:00:00.000Z",
  "\uFEFFbyte order mark",
  "e\u0301 is not \u00E9",
  "👩‍👩‍👧‍👦 \u202Eright to left\u202C \uFFFD \uFFFF",
  '["json"]',
  "line\u2028separator",
];

/** What records may hold. */
export const CONTENT_CASES: readonly StorageCase[] = [
  onFresh(
    "every character of Unicode comes back as it was",
    "the database or the connection is not UTF-8 (utf8mb3 has three bytes only), or texts are normalised",
    async (storage) => {
      for (let number = 0; number < PLANES; number += 1) {
        const characters = plane(number);
        const message = sampleMessage(number, { body: characters, extra: { all: characters } });
        await mustCommit(storage, creating("message", message), `plane ${number}`);
        const found = await readOne(storage, keyOf("message", message.id));
        equal(found?.value, message, `the message with the characters of plane ${number}`);
      }
    },
  ),
  onFresh(
    "texts that look like SQL, numbers, dates, JSON or nothing come back as they were",
    "values are written into the statement instead of bound, or the driver guesses types, or texts are trimmed or normalised",
    async (storage) => {
      const messages = HOSTILE_TEXTS.map((text, index) =>
        sampleMessage(index, {
          body: text,
          from: text,
          extra: { [text]: text },
          media: [{ url: text, contentType: null }],
        }),
      );
      await mustCommit(storage, creating("message", ...messages));
      const found = await storage.read(messages.map(({ id }) => keyOf("message", id)));
      equal(valuesOf(found), messages, "the messages");
    },
  ),
  onFresh(
    "such texts work as ids, as unique values and as filters",
    "values are written into the statement instead of bound, or keys are joined to one text without escaping",
    async (storage) => {
      for (const [seq, text] of HOSTILE_TEXTS.entries()) {
        const sid = `sid ${text}`;
        const message = sampleMessage(1, { id: `id ${text}`, sid, conversationId: `in ${text}`, seq });
        await mustCommit(storage, creating("message", message));
        const found = await storage.read([keyOf("message", message.id), { kind: "message", sid }]);
        equal(valuesOf(found), [message, message], `the message of ${JSON.stringify(text)}`);
        const { items } = await storage.list({
          list: "messages",
          conversationId: message.conversationId,
          order: "oldest-first",
          limit: 9,
          cursor: null,
        });
        equal(items, [message], `the thread of ${JSON.stringify(text)}`);
      }
    },
  ),
  onFresh(
    "an empty text is not null, neither in records nor in filters",
    "the database (Oracle) or a `||` takes an empty text for nothing",
    async (storage) => {
      const empty = sampleConversation(1, { assignee: "", preview: "", waitingDraftId: "" });
      const nobody = sampleConversation(2);
      await mustCommit(storage, creating("conversation", empty, nobody));
      const found = await storage.read([empty, nobody].map(({ id }) => keyOf("conversation", id)));
      equal(valuesOf(found), [empty, nobody], "the conversations");
      const ofNobody = { ...ALL_CONVERSATIONS, assignee: { id: null } } as const;
      equal(await ids(storage, ofNobody), [nobody.id], "those of nobody");
      const ofEmpty = { ...ALL_CONVERSATIONS, assignee: { id: "" } } as const;
      equal(await ids(storage, ofEmpty), [empty.id], "those of the assignee without a name");
    },
  ),
  onFresh(
    "whole numbers come back as numbers, from below zero to the greatest safe one",
    "the column has 32 bits, or the driver gives 64-bit numbers as texts or BigInt",
    async (storage) => {
      const values = [0, -1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
      const tasks = values.map((dueAtMs, index) => sampleTask(index, { dueAtMs, createdAtMs: dueAtMs }));
      await mustCommit(storage, creating("task", ...tasks));
      equal(
        valuesOf(await storage.read(tasks.map(({ id }) => keyOf("task", id)))),
        tasks,
        "the tasks with such numbers",
      );
    },
  ),
  onFresh(
    "true and false come back as true and false",
    "the database has no booleans: turn 0 and 1 back when reading",
    async (storage) => {
      const tasks = [true, false].map((calling, index) => sampleTask(index, { calling }));
      await mustCommit(storage, creating("task", ...tasks));
      const keys = tasks.map(({ id }) => keyOf("task", id));
      equal(valuesOf(await storage.read(keys)), tasks, "the tasks");
      const { items } = await storage.list({ list: "records", kind: "task", limit: 9, cursor: null });
      equal(items, tasks, "the tasks listed");
    },
  ),
  onFresh(
    "lists and objects inside a record come back whole, empty ones and null among them",
    "JSON is encoded twice, an empty list or object becomes null, or null inside of JSON is left out",
    async (storage) => {
      const empty = sampleMessage(1, { media: [], extra: {}, author: { kind: "person", id: null } });
      const full = sampleMessage(2, {
        media: [
          { url: "https://a.example/1", contentType: null },
          { url: "https://a.example/2", contentType: "image/png" },
        ],
        extra: { a: "", b: "2", "c d": "[]" },
        error: { code: null, title: "No code", advice: "" },
        author: { kind: "person", id: "mia" },
      });
      await mustCommit(storage, creating("message", empty, full));
      const found = await storage.read([empty, full].map(({ id }) => keyOf("message", id)));
      equal(valuesOf(found), [empty, full], "the messages");
      const task = sampleTask(1, {
        thenMessageIds: ["b", "a", ""],
        detail: { kind: "call", calledAtMs: 1, calls: 1, unknownSinceMs: null, lookUps: 0 },
      });
      const entry = sampleConsentEntry(1, {
        evidence: { messageSid: null, text: null, by: null, note: null },
      });
      await mustCommit(storage, [...creating("task", task), ...creating("consentEntry", entry)]);
      const others = await storage.read([keyOf("task", task.id), keyOf("consentEntry", entry.id)]);
      equal(valuesOf(others), [task, entry], "the task and the entry");
    },
  ),
  onFresh(
    "fields of a webhook may be named like parts of an object",
    "objects are copied by assigning field after field, which loses `__proto__`: use Object.fromEntries",
    async (storage) => {
      const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "0"];
      const extra = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
      await mustCommit(storage, creating("message", sampleMessage(1, { extra })));
      const found = await readOne(storage, keyOf("message", sampleMessage().id));
      equal(found?.value, sampleMessage(1, { extra }), "the message");
    },
  ),
  onFresh(
    "a text with NUL or half a surrogate pair comes back as it was or is refused with nothing changed",
    "the driver cuts a text off at NUL, or encodes half a pair as U+FFFD: refuse such texts before they reach it",
    async (storage) => {
      const texts = ["a\0b", "\0", "a\uD800b", "\uDC00", "\uDC00\uD800"];
      for (const [index, text] of texts.entries()) {
        for (const changes of [{ body: text }, { extra: { text } }, { extra: { [text]: "x" } }]) {
          const message = sampleMessage(index, changes);
          const task = sampleTask(index);
          const outcome = await storage
            .commit([...creating("message", message), ...creating("task", task)])
            .catch(() => "refused");
          const found = await storage.read([keyOf("message", message.id), keyOf("task", task.id)]);
          const shown = JSON.stringify(changes);
          equal(
            valuesOf(found),
            outcome === "refused" ? [null, null] : [message, task],
            `the message with ${shown} and the task of its commit, which was ${outcome}`,
          );
          if (outcome === "refused") continue;
          await mustCommit(storage, [
            { kind: "message", remove: message.id, expect: 1 },
            { kind: "task", remove: task.id, expect: 1 },
          ]);
        }
      }
    },
  ),
  onFresh(
    "a key with NUL or half a surrogate pair finds nobody else's record",
    "the driver cuts a text off at NUL, or encodes half a pair as U+FFFD: such a key names no record",
    async (storage) => {
      const tasks = ["a", "a\uFFFD"].map((id, index) => sampleTask(index, { id }));
      const message = sampleMessage(1, { sid: "SM1", conversationId: "c" });
      await mustCommit(storage, [...creating("task", ...tasks), ...creating("message", message)]);
      for (const id of ["a\0b", "a\0", "a\uD800"])
        equal(
          await storage.read([keyOf("task", id)]).catch(() => [null]),
          [null],
          `the task ${JSON.stringify(id)}`,
        );
      for (const sid of ["SM1\0", "SM1\0x"])
        equal(
          await storage.read([{ kind: "message", sid }]).catch(() => [null]),
          [null],
          "the message by sid",
        );
      const thread = { list: "messages", order: "oldest-first", limit: 9, cursor: null } as const;
      const listed = await storage
        .list({ ...thread, conversationId: "c\0d" })
        .then(({ items }) => items)
        .catch(() => []);
      equal(listed, [], "the messages of a conversation whose id goes on behind a NUL");
    },
  ),
  onFresh(
    "a record that does not fit its kind is refused and leaves nothing",
    "a document is stored as it comes: check every field against SCHEMA[kind].columns",
    async (storage) => {
      const broken = [
        { attempts: 0.5 },
        { attempts: Number.NaN },
        { attempts: "1" },
        { dueAtMs: 2 ** 60 },
        { purpose: undefined },
        { calling: 1 },
        { accountSid: null },
        { thenMessageIds: null },
      ];
      for (const fields of broken) {
        // Only code that goes around the types can do this, and it must not be kept in half.
        const put = { ...sampleTask(), ...fields } as unknown as ReturnType<typeof sampleTask>;
        const writes = creating("task", sampleTask(2), put);
        await rejects(storage.commit(writes), `a commit of a task with ${JSON.stringify(fields)}`);
        const found = await storage.read([1, 2].map((number) => keyOf("task", sampleTask(number).id)));
        equal(found, [null, null], "the tasks of a commit that was refused");
      }
      await mustCommit(storage, creating("task", sampleTask()), "a commit after those that were refused");
      await mustCommit(storage, [putting("task", sampleTask(1, { attempts: 1 }), 1)]);
    },
  ),
];
