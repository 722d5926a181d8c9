import { KINDS } from "../../core/model/schema";
import type { Storage } from "../../ports/storage";
import { creating, mustCommit, mustRefuse } from "./commit-and-read";
import { equal, ruleBroken } from "./expectations";
import { ONE_OF_EACH_LIST, paged, URGENT } from "./list-pages";
import { sampleConversation, sampleRecord, sampleTask } from "./sample-records";
import { onFresh, type StorageCase } from "./storage-case";

const NUMBERS = [1, 2, 3];

/** At least two records in every list. */
async function fill(storage: Storage): Promise<void> {
  await mustCommit(
    storage,
    KINDS.flatMap((kind) => NUMBERS.flatMap((number) => creating(kind, sampleRecord(kind, number)))),
  );
  const sameContact = sampleConversation(1, { id: "same-contact", ours: "+15550000009" });
  await mustCommit(storage, creating("conversation", sameContact));
}

async function cursorOf(storage: Storage, query: (typeof ONE_OF_EACH_LIST)[number]): Promise<string> {
  const { nextCursor } = await storage.list(paged(query, 1, null));
  if (nextCursor === null)
    throw ruleBroken(`the first of several records of ${query.list}: expected a cursor, came null`);
  return nextCursor;
}

/** What lists refuse. */
export const CURSOR_CASES: readonly StorageCase[] = [
  onFresh(
    "a cursor that no list gave is refused with config_invalid",
    "what cannot be decoded is taken for the beginning, or fails inside the database: check the shape of what a cursor decodes to",
    async (storage) => {
      await fill(storage);
      for (const query of ONE_OF_EACH_LIST) {
        const cursor = await cursorOf(storage, query);
        const mangled = [
          "",
          " ",
          "x",
          "W10",
          "bnVsbA",
          "%00",
          "\0",
          "e30=",
          cursor.slice(0, Math.floor(cursor.length / 2)),
          `${cursor}${cursor}`,
          `x${cursor}`,
        ];
        for (const wrong of mangled)
          await mustRefuse(
            storage.list(paged(query, 1, wrong)),
            "config_invalid",
            `listing ${query.list} from the cursor ${JSON.stringify(wrong)}`,
          );
      }
    },
  ),
  onFresh(
    "a cursor of another list is refused with config_invalid",
    "the cursor does not hold the name of its list",
    async (storage) => {
      await fill(storage);
      for (const from of ONE_OF_EACH_LIST) {
        const cursor = await cursorOf(storage, from);
        for (const query of ONE_OF_EACH_LIST.filter((one) => one !== from))
          await mustRefuse(
            storage.list(paged(query, 1, cursor)),
            "config_invalid",
            `listing ${query.list} from a cursor of ${from.list}`,
          );
      }
    },
  ),
  onFresh(
    "a list takes limits from 1 to 1,000 and refuses all others with config_invalid",
    "the limit goes to the database unchecked",
    async (storage) => {
      await fill(storage);
      for (const limit of [0, -1, 1.5, 1_001, Number.NaN, Number.POSITIVE_INFINITY])
        for (const query of ONE_OF_EACH_LIST)
          await mustRefuse(
            storage.list(paged(query, limit, null)),
            "config_invalid",
            `listing ${limit} records of ${query.list}`,
          );
      for (const limit of [1, 1_000])
        equal(
          (await storage.list(paged(URGENT, limit, null))).items.length,
          Math.min(limit, NUMBERS.length),
          `the number listed at the limit ${limit}`,
        );
    },
  ),
  onFresh(
    "a page has as many records as asked for, and a cursor only when there are more",
    "a full page is taken for a sign of more: fetch one record more than asked for",
    async (storage) => {
      await mustCommit(storage, creating("task", ...NUMBERS.map((number) => sampleTask(number))));
      for (const query of [URGENT, { list: "records", kind: "task" }] as const) {
        for (const limit of [1, 2, 3, 4]) {
          const { items, nextCursor } = await storage.list(paged(query, limit, null));
          equal(items.length, Math.min(limit, 3), `the number listed at the limit ${limit}`);
          equal(nextCursor !== null, limit < 3, `whether there is a cursor at the limit ${limit}`);
        }
      }
    },
  ),
  onFresh(
    "a cursor gives the same page as often as it is used",
    "cursors are positions of the connection (a server-side cursor or an iterator) and are used up",
    async (storage) => {
      await fill(storage);
      for (const query of ONE_OF_EACH_LIST) {
        const cursor = await cursorOf(storage, query);
        const [once, again] = [
          await storage.list(paged(query, 1, cursor)),
          await storage.list(paged(query, 1, cursor)),
        ];
        equal(again, once, `the second page of ${query.list}, listed again`);
      }
    },
  ),
];
