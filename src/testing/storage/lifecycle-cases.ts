import { creating, keyOf, mustCommit, mustRefuse } from "./commit-and-read";
import { equal } from "./expectations";
import { paged, URGENT } from "./list-pages";
import { sampleMessage, sampleTask } from "./sample-records";
import { onFresh, onSearching, storageCase, type StorageCase } from "./storage-case";

const AFTER_CLOSE =
  "the verb does not look whether the storage was closed, or throws the driver's own error: reject with SmsError `storage_failed`";

/** Closing. */
export const LIFECYCLE_CASES: readonly StorageCase[] = [
  ...(["read", "commit", "list"] as const).map((verb) =>
    onFresh(`after closing, ${verb} rejects with storage_failed`, AFTER_CLOSE, async (storage) => {
      await mustCommit(storage, creating("task", sampleTask()));
      await storage.close();
      const using = {
        read: () => storage.read([keyOf("task", sampleTask().id)]),
        commit: () => storage.commit(creating("task", sampleTask(2))),
        list: () => storage.list(paged(URGENT, 1, null)),
      };
      await mustRefuse(using[verb](), "storage_failed", `${verb} after closing`);
    }),
  ),
  onSearching("after closing, search rejects with storage_failed", AFTER_CLOSE, async (storage) => {
    await mustCommit(storage, creating("message", sampleMessage()));
    await storage.close();
    const searching = storage.search({
      in: "messages",
      text: "message",
      accountSid: null,
      limit: 1,
      cursor: null,
    });
    await mustRefuse(searching, "storage_failed", "search after closing");
  }),
  onFresh(
    "closing twice, also at once, does no harm",
    "the driver's own close throws when it is closed: remember that it was",
    async (storage) => {
      await mustCommit(storage, creating("task", sampleTask()));
      await Promise.all([storage.close(), storage.close()]);
      await storage.close();
    },
  ),
  onFresh(
    "a storage that was never used can be closed",
    "closing waits for a connection that was never opened",
    async (storage) => {
      await storage.close();
    },
  ),
  onFresh(
    "closing lets commits that were asked for before come to an end",
    "the connection is closed while statements are under way: wait for them first",
    async (storage) => {
      await storage.read([]);
      const committing = [1, 2, 3].map((number) => storage.commit(creating("task", sampleTask(number))));
      await storage.close();
      equal(
        await Promise.all(committing),
        ["committed", "committed", "committed"],
        "the commits asked for before closing",
      );
    },
  ),
  storageCase({
    name: "two storages that were created apart share nothing",
    needs: "nothing",
    hint: "the records are in a variable of the module, or `create` gives the same database each time",
    async run({ create }) {
      const [first, second] = [await create(), await create()];
      try {
        await mustCommit(first, creating("task", sampleTask()));
        equal(await second.read([keyOf("task", sampleTask().id)]), [null], "the task in the other storage");
        await first.close();
        await mustCommit(second, creating("task", sampleTask()), "a commit after the other was closed");
      } finally {
        await Promise.all([first.close(), second.close()]);
      }
    },
  }),
];
