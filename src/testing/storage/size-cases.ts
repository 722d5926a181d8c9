import {
  creating,
  keyOf,
  mustCommit,
  mustConflict,
  putting,
  readOne,
  removing,
  valuesOf,
} from "./commit-and-read";
import { equal } from "./expectations";
import { LEDGER, LOG, paged, pages } from "./list-pages";
import { sampleConsentEntry, sampleMessage, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const LARGE = 500;
const MANY = 3_000;

/** How much a storage holds. */
export const SIZE_CASES: readonly StorageCase[] = [
  onFresh(
    "a text of a million characters comes back whole",
    "the column has a maximum length (65,535 bytes in MySQL's text), and the database cuts without an error",
    async (storage) => {
      const message = sampleMessage(1, {
        body: "Größe 😀 ".repeat(111_112),
        extra: { long: "x".repeat(1_000_000) },
      });
      await mustCommit(storage, creating("message", message));
      equal((await readOne(storage, keyOf("message", message.id)))?.value, message, "the message");
    },
  ),
  onFresh(
    "a text of any length up to some thousand characters comes back whole",
    "the column is a varchar(255) or the like, and the database cuts without an error",
    async (storage) => {
      const lengths = [159, 160, 161, 254, 255, 256, 257, 1_600, 4_000, 4_001, 8_192];
      const messages = lengths.map((length, index) =>
        sampleMessage(index, { body: "ä".repeat(length), extra: { text: "y".repeat(length) } }),
      );
      await mustCommit(storage, creating("message", ...messages));
      const found = await storage.read(messages.map(({ id }) => keyOf("message", id)));
      equal(valuesOf(found), messages, "the messages");
    },
  ),
  onFresh(
    `a commit of ${LARGE} writes goes through whole, or conflicts whole when one of them does`,
    "the number of parameters or statements of one request is limited: split the request, not the transaction",
    async (storage) => {
      const tasks = Array.from({ length: LARGE }, (_, index) => sampleTask(index));
      await mustCommit(storage, creating("task", ...tasks));
      const changed = tasks.map((task) => ({ ...task, attempts: 1 }));
      const keys = tasks.map(({ id }) => keyOf("task", id));
      const puts = changed.map((task, index) => putting("task", task, index === LARGE - 1 ? 2 : 1));
      await mustConflict(storage, puts, "the commit whose last write has a wrong version");
      equal(valuesOf(await storage.read(keys)), tasks, "the tasks after the conflict");
      await mustCommit(
        storage,
        changed.map((task) => putting("task", task, 1)),
      );
      equal(valuesOf(await storage.read(keys)), changed, "the tasks after the commit");
      await mustCommit(
        storage,
        tasks.map(({ id }) => removing("task", id, 2)),
      );
      equal(
        await storage.read(keys),
        keys.map(() => null),
        "the tasks after they were removed",
      );
    },
  ),
  onFresh(
    `reading ${LARGE} keys, some twice and some of nobody, gives each in its place`,
    "the number of parameters of one request is limited, or keys that name one record are answered once",
    async (storage) => {
      const messages = Array.from({ length: 200 }, (_, index) => sampleMessage(index, { id: `m${index}` }));
      await mustCommit(storage, creating("message", ...messages));
      const asked = Array.from({ length: LARGE }, (_, index) => (index * 7) % 250);
      const keys = asked.map((number) =>
        number % 2 === 0
          ? keyOf("message", `m${number}`)
          : ({ kind: "message", sid: sampleMessage(number).sid ?? "" } as const),
      );
      const found = valuesOf(await storage.read(keys));
      equal(
        found.map((one) => one?.id ?? null),
        asked.map((number) => (number < 200 ? `m${number}` : null)),
        "the ids read",
      );
      equal(found[0], messages[0], "the first message");
    },
  ),
  onFresh(
    `each of ${MANY.toLocaleString("en")} records is listed exactly once, in pages of any size`,
    "ties are lost or repeated where a page ends among them: the cursor needs the id beside the sort value",
    async (storage) => {
      // A hundred share each moment, so that many pages end among ties.
      const entries = Array.from({ length: MANY }, (_, index) =>
        sampleConsentEntry(index, { at: new Date(Math.floor(index / 100) * 1_000).toISOString() }),
      );
      for (let from = 0; from < MANY; from += LARGE)
        await mustCommit(storage, creating("consentEntry", ...entries.slice(from, from + LARGE)));
      const expected = entries.map(({ id }) => id);
      for (const [query, order] of [
        [LEDGER, expected],
        [LOG, [...expected].reverse()],
        [{ list: "records", kind: "consentEntry" }, expected],
      ] as const) {
        for (const limit of [1_000, 333]) {
          const found = await pages(storage, query, { limit });
          equal(found.flat().length, MANY, `the number listed of ${query.list} in pages of ${limit}`);
          equal(
            found.flat().every((id, index) => id === order[index]),
            true,
            `whether ${query.list} in pages of ${limit} has each in its place`,
          );
        }
      }
      const whole = await storage.list(paged(LEDGER, 1_000, null));
      equal(whole.items, entries.slice(0, 1_000), "the records of the first page");
    },
  ),
];
