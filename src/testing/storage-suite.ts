import type { Storage } from "../ports/storage";
import { CONFLICT_CASES } from "./storage/conflict-cases";
import { CONTENT_CASES } from "./storage/content-cases";
import { ISOLATION_CASES } from "./storage/isolation-cases";
import { LIFECYCLE_CASES } from "./storage/lifecycle-cases";
import { LIST_CHANGE_CASES, LIST_FILTER_CASES } from "./storage/list-cases";
import { LIST_ORDER_CASES } from "./storage/list-order-cases";
import { RACE_CASES } from "./storage/race-cases";
import { RECORD_CASES } from "./storage/record-cases";
import type { StorageCase } from "./storage/storage-case";

/** What the suite needs of a test runner and of the storage under test. */
export interface StorageSuiteOptions {
  /** The runner's `describe`. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** The runner's `it` or `test`. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  /** Makes a storage that is empty and shares nothing with those made before. The suite closes it. */
  readonly create: () => Promise<Storage>;
  /** Closes this storage and opens another on the same records. Leave it out where nothing outlives a storage. */
  readonly reopen?: (storage: Storage) => Promise<Storage>;
}

/** The rules that every storage keeps, in groups. */
export const STORAGE_CASES: Readonly<Record<string, readonly StorageCase[]>> = {
  "reading and writing": RECORD_CASES,
  conflicts: CONFLICT_CASES,
  races: RACE_CASES,
  isolation: ISOLATION_CASES,
  lists: [...LIST_ORDER_CASES, ...LIST_FILTER_CASES, ...LIST_CHANGE_CASES],
  content: CONTENT_CASES,
  "opening and closing": LIFECYCLE_CASES,
};

/**
 * Declares a test of every rule that a storage keeps. It belongs to no test runner and brings no assertion library.
 * @example
 * import { describe, it } from "vitest";
 * storageSuite({ describe, it, create: async () => myStorage() });
 */
export function storageSuite({ describe, it, create, reopen }: StorageSuiteOptions): void {
  for (const [group, cases] of Object.entries(STORAGE_CASES)) {
    describe(group, () => {
      for (const { name, needs, run } of cases) {
        if (needs === "nothing" || reopen !== undefined) it(name, () => run({ create, reopen }));
      }
    });
  }
}
