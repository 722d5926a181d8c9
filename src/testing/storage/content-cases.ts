import type { Write } from "../../core/model/record";
import { mustCommit, readOne } from "./record-cases";
import { sampleConsentEntry, sampleMessage, sampleTask } from "./sample-records";
import { equal, onFresh, type StorageCase } from "./storage-case";

const PLANES = 17;
const CODE_POINTS_PER_PLANE = 0x10000;

/** Every character of a plane of Unicode but NUL and the halves of surrogate pairs, which are no characters. */
function plane(number: number): string {
  const first = number * CODE_POINTS_PER_PLANE;
  const codePoints = Array.from({ length: CODE_POINTS_PER_PLANE }, (_, index) => first + index);
  return codePoints
    .filter((code) => code !== 0 && (code < 0xd800 || code > 0xdfff))
    .map((code) => String.fromCodePoint(code))
    .join("");
}

// What databases, drivers and JSON are known to trip over.
const HOSTILE_TEXTS: readonly string[] = [
  "",
  " ",
  "\n\r\t\u0001\u007F",
  "'; drop table sms_messages; --",
  '"quoted" \\escaped\\ %like_ $1 ?1 :name @name',
  "null",
  "0012",
  "1e3",
  "\uFEFFbyte order mark",
  "e\u0301 is not \u00E9",
  "👩‍👩‍👧‍👦 \u202Eright to left\u202C \uFFFD \uFFFF",
  '["json"]',
];

/** What records may hold. */
export const CONTENT_CASES: readonly StorageCase[] = [
  onFresh("every character of Unicode comes back as it was", async (storage) => {
    for (let number = 0; number < PLANES; number += 1) {
      const message = sampleMessage(number, { body: plane(number), extra: { all: plane(number) } });
      await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }], `plane ${number}`);
      const found = await readOne(storage, { kind: "message", id: message.id });
      equal(found?.value, message, `the message with the characters of plane ${number}`);
    }
  }),
  onFresh("texts that look like SQL, numbers, JSON or nothing come back as they were", async (storage) => {
    const messages = HOSTILE_TEXTS.map((text, index) =>
      sampleMessage(index, {
        body: text,
        from: text,
        extra: { [text]: text },
        media: [{ url: text, contentType: null }],
      }),
    );
    await mustCommit(
      storage,
      messages.map((put): Write => ({ kind: "message", put, expect: "absent" })),
    );
    const found = await storage.read(messages.map(({ id }) => ({ kind: "message", id })));
    equal(
      found.map((one) => one?.value),
      messages,
      "the messages",
    );
  }),
  onFresh("such texts work as keys and as filters", async (storage) => {
    for (const [index, text] of HOSTILE_TEXTS.entries()) {
      const message = sampleMessage(1, {
        id: `id ${text}`,
        sid: `sid ${text}`,
        conversationId: `in ${text}`,
        seq: index,
      });
      await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
      const found = await storage.read([
        { kind: "message", id: message.id },
        { kind: "message", sid: `sid ${text}` },
      ]);
      equal(
        found.map((one) => one?.value),
        [message, message],
        `the message of ${JSON.stringify(text)}`,
      );
      const { items } = await storage.list({
        list: "messages",
        conversationId: message.conversationId,
        order: "oldest-first",
        limit: 9,
        cursor: null,
      });
      equal(items, [message], `the thread of ${JSON.stringify(text)}`);
    }
  }),
  onFresh("fields of a webhook may be named like parts of an object", async (storage) => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "0"];
    const message = sampleMessage(1, {
      extra: Object.fromEntries(names.map((name) => [name, `of ${name}`])),
    });
    await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
    const found = await readOne(storage, { kind: "message", id: message.id });
    equal(found?.value, message, "the message");
  }),
  onFresh(
    "a text with NUL or half a surrogate pair comes back as it was or is refused, and is never cut",
    async (storage) => {
      for (const [index, body] of ["a\0b", "a\uD800b", "\uDC00"].entries()) {
        const message = sampleMessage(index, { body });
        const key = { kind: "message", id: message.id } as const;
        const outcome = await storage
          .commit([{ kind: "message", put: message, expect: "absent" }])
          .catch(() => "refused");
        const expected = outcome === "refused" ? null : { version: 1, value: message };
        equal(await readOne(storage, key), expected, `the message of ${JSON.stringify(body)}`);
      }
      await mustCommit(storage, [{ kind: "task", put: sampleTask(1, { id: "a" }), expect: "absent" }]);
      const cut = await storage.read([{ kind: "task", id: "a\0b" }]).catch(() => [null]);
      equal(cut, [null], "the task of an id with NUL");
    },
  ),
  onFresh("a text of a million characters comes back whole", async (storage) => {
    const message = sampleMessage(1, {
      body: "Größe 😀 ".repeat(111_111),
      extra: { long: "x".repeat(1_000_000) },
    });
    await mustCommit(storage, [{ kind: "message", put: message, expect: "absent" }]);
    equal((await readOne(storage, { kind: "message", id: message.id }))?.value, message, "the message");
  }),
  onFresh(
    "a thousand records go into one commit, come back in one read, and are listed in pages",
    async (storage) => {
      const entries = Array.from({ length: 1_000 }, (_, index) => sampleConsentEntry(index));
      await mustCommit(
        storage,
        entries.map((put): Write => ({ kind: "consentEntry", put, expect: "absent" })),
      );
      const found = await storage.read(entries.map(({ id }) => ({ kind: "consentEntry", id })));
      equal(
        found.map((one) => one?.value),
        entries,
        "the entries read",
      );
      const query = { list: "consentEntries", consentId: sampleConsentEntry().consentId } as const;
      const first = await storage.list({ ...query, limit: 600, cursor: null });
      const second = await storage.list({ ...query, limit: 600, cursor: first.nextCursor });
      equal([...first.items, ...second.items], entries, "the entries listed");
      equal(
        (await storage.list({ ...query, limit: 1_000, cursor: null })).nextCursor,
        null,
        "the cursor of a page of all",
      );
    },
  ),
  onFresh("a record that does not fit its kind is refused and leaves nothing", async (storage) => {
    const broken = [
      { attempts: 0.5 },
      { attempts: Number.NaN },
      { dueAtMs: 2 ** 60 },
      { purpose: undefined },
      { calling: 1 },
    ];
    for (const fields of broken) {
      // Only code that goes around the types can do this, and it must not be kept in half.
      const put = { ...sampleTask(), ...fields } as unknown as ReturnType<typeof sampleTask>;
      await storage
        .commit([
          { kind: "task", put: sampleTask(2), expect: "absent" },
          { kind: "task", put, expect: "absent" },
        ])
        .then(
          () => Promise.reject(new Error(`A task with ${JSON.stringify(fields)} was stored.`)),
          () => undefined,
        );
      const found = await storage.read([
        { kind: "task", id: sampleTask().id },
        { kind: "task", id: sampleTask(2).id },
      ]);
      equal(found, [null, null], "the tasks of a commit that was refused");
    }
  }),
];
