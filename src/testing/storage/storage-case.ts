import type { Storage } from "../../ports/storage";
import { isRuleBroken, ruleBroken } from "./expectations";

/**
 * What not every storage can do.
 * - `reopening`: its records outlive it and are there when it is opened again.
 * - `sharing`: several connections work on the same records.
 * - `killing`: its records survive a process that is killed in the middle of its work.
 * - `searching`: it has the verb `search`.
 */
export type StorageCapability = "reopening" | "sharing" | "killing" | "searching";

/** What is left of a process that ran `writeUntilKilled` and was killed. */
export interface KilledWriter {
  /** The lines it reported, in order. A last line that was cut off does no harm. */
  readonly reported: readonly string[];
  /** Opens a storage on the records of that process. The suite closes it. */
  storage(): Promise<Storage>;
}

/** What a case runs on. */
export interface StorageCaseSetting {
  /** A storage that is empty and shares nothing with any other. */
  create(): Promise<Storage>;
  /** Closes a storage and opens another on the same records; absent where nothing is kept. */
  reopen?: ((storage: Storage) => Promise<Storage>) | undefined;
  /** Opens a second storage on the records of this one, which stays open; absent where records belong to one storage. */
  connect?: ((storage: Storage) => Promise<Storage>) | undefined;
  /** Runs `writeUntilKilled` on an empty storage in a process of its own and kills that process; absent where that cannot be. */
  kill?: (() => Promise<KilledWriter>) | undefined;
}

/** One rule that every storage keeps, as a test of it. */
export interface StorageCase {
  /** The rule, as a sentence. */
  readonly name: string;
  /** The capability without which the case is skipped. */
  readonly needs: StorageCapability | "nothing";
  /** What usually breaks the rule. It is part of the error. */
  readonly hint: string;
  /** Resolves when the storage keeps the rule, else rejects with an error that says what was expected, what came, and the hint. */
  run(setting: StorageCaseSetting): Promise<void>;
}

/** A storage that can search. */
export type SearchingStorage = Storage & { readonly search: NonNullable<Storage["search"]> };

/** Whether the storage can search. */
export function canSearch(storage: Storage): storage is SearchingStorage {
  return typeof storage.search === "function";
}

/** Makes a case whose errors say the rule and the hint. */
export function storageCase({ name, needs, hint, run }: StorageCase): StorageCase {
  return {
    name,
    needs,
    hint,
    run: (setting) =>
      run(setting).catch((error: unknown) => {
        const thrown = isRuleBroken(error) ? error.message : `the storage threw: ${said(error)}`;
        throw new Error(`${thrown}\n  rule: ${name}\n  usual cause: ${hint}`, { cause: error });
      }),
  };
}

function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A case on a fresh storage, which is closed afterwards, come what may. */
export function onFresh(name: string, hint: string, body: (storage: Storage) => Promise<void>): StorageCase {
  return storageCase({
    name,
    needs: "nothing",
    hint,
    async run({ create }) {
      const storage = await create();
      await closingAfter([storage], () => body(storage));
    },
  });
}

/** A case on a fresh storage that can search. */
export function onSearching(
  name: string,
  hint: string,
  body: (storage: SearchingStorage) => Promise<void>,
): StorageCase {
  return storageCase({
    name,
    needs: "searching",
    hint,
    async run({ create }) {
      const storage = await create();
      await closingAfter([storage], async () => {
        if (!canSearch(storage)) throw ruleBroken("this storage has no verb `search`");
        await body(storage);
      });
    },
  });
}

/** A case on two connections to the same records, which were none before. */
export function onShared(
  name: string,
  hint: string,
  body: (first: Storage, second: Storage) => Promise<void>,
): StorageCase {
  return storageCase({
    name,
    needs: "sharing",
    hint,
    async run({ create, connect }) {
      if (connect === undefined) throw new TypeError("This case needs connect.");
      const first = await create();
      await closingAfter([first], async () => {
        const second = await connect(first);
        await closingAfter([second], () => body(first, second));
      });
    },
  });
}

/** A case on a fresh storage that is opened again as often as `again` is called; each call gives the storage from then on. */
export function onReopened(
  name: string,
  hint: string,
  body: (storage: Storage, again: () => Promise<Storage>) => Promise<void>,
): StorageCase {
  return storageCase({
    name,
    needs: "reopening",
    hint,
    async run({ create, reopen }) {
      if (reopen === undefined) throw new TypeError("This case needs reopen.");
      const open = [await create()];
      await closingAfter(open, () =>
        body(open[0] as Storage, async () => {
          const last = open.pop();
          if (last === undefined) throw new TypeError("This storage is being opened again already.");
          const next = await reopen(last);
          open.push(next);
          return next;
        }),
      );
    },
  });
}

/** Runs the body, then closes what is open. What the body threw is never hidden by a failure to close. */
export async function closingAfter<T>(open: readonly Storage[], body: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await body();
  } catch (error) {
    await Promise.allSettled(open.map((storage) => storage.close()));
    throw error;
  }
  for (const storage of open) await storage.close();
  return result;
}
