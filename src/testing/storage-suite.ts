import { checkCapabilities, settingOf, type StorageUnderTest } from "./storage/capabilities";
import type { StorageCase } from "./storage/storage-case";
import { planCases, reportOf, storageReportTable, type PlannedCase } from "./storage-report";

/** How a test runner declares a test. */
export interface DeclareTest {
  (name: string, body: () => Promise<void>): unknown;
  /** Declares a test that is shown and not run. Runners without it show such rules in the table only. */
  readonly skip?: (name: string, body: () => Promise<void>) => unknown;
}

/** What the suite needs of a test runner and of the storage under test. */
export interface StorageSuiteOptions extends StorageUnderTest {
  /** The runner's `describe`. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** The runner's `it` or `test`. */
  readonly it: DeclareTest;
  /**
   * The runner's hook behind all tests: `afterAll` (vitest, jest, bun), `after` (mocha, node:test). Without it a last test prints
   * the table.
   */
  readonly after?: (body: () => void) => unknown;
  /** Takes the table of what was proven; `console.log` when it is left out. It is not called when no rule was run. */
  readonly report?: (table: string) => void;
}

/**
 * Declares a test of every rule that a storage keeps, and prints a table of what was proven when they have run. It belongs to no
 * test runner and brings no assertion library. Rules about a capability that the storage is without are skipped with the reason.
 * @throws SmsError `config_invalid` when a capability is neither there nor has a reason to be missing, or both.
 * @example <caption>vitest (jest and bun alike, from "@jest/globals" and "bun:test")</caption>
 * import { afterAll, describe, it } from "vitest";
 * storageSuite({
 *   describe,
 *   it,
 *   after: afterAll,
 *   name: "my storage",
 *   create: async () => myStorage({ path: newPath() }),
 *   reopen: async (storage) => (await storage.close(), myStorage({ path: pathOf(storage) })),
 *   connect: async (storage) => myStorage({ path: pathOf(storage) }),
 *   without: { killing: "covered by the database's own tests", searching: "not built yet" },
 * });
 * @example <caption>node:test</caption>
 * import { after, describe, it } from "node:test";
 * storageSuite({ describe, it, after, name: "my storage", create, without });
 * @example <caption>mocha</caption>
 * storageSuite({ describe, it, after, name: "my storage", create, without });
 */
export function storageSuite(options: StorageSuiteOptions): void {
  checkCapabilities(options);
  const plan = planCases(options);
  const setting = settingOf(options);
  const outcomes = new Map<
    StorageCase,
    { readonly outcome: "passed" | "failed"; readonly reason: string | null }
  >();
  const print = (): void => {
    if (outcomes.size > 0)
      (options.report ?? printTable)(storageReportTable(reportOf(options, plan, outcomes)));
  };

  const { describe, it, after } = options;
  describe(options.name ?? "storage", () => {
    after?.(print);
    const groups = [...new Set(plan.map(({ group }) => group))];
    for (const group of groups) {
      describe(group, () => {
        for (const planned of plan.filter((one) => one.group === group)) declare(it, planned, run);
      });
    }
    if (after === undefined) {
      describe("what was proven", () => {
        it("is in the table", async () => {
          print();
        });
      });
    }
  });

  async function run(rule: StorageCase): Promise<void> {
    try {
      await rule.run(setting);
      outcomes.set(rule, { outcome: "passed", reason: null });
    } catch (error) {
      outcomes.set(rule, {
        outcome: "failed",
        reason: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
  }
}

function declare(
  it: DeclareTest,
  { rule, skipped }: PlannedCase,
  run: (rule: StorageCase) => Promise<void>,
): void {
  if (skipped === null) {
    it(rule.name, () => run(rule));
    return;
  }
  it.skip?.(`${rule.name} (${skipped})`, async () => undefined);
}

function printTable(table: string): void {
  // The table is what the author asked for, and a runner shows what is printed.
  // oxlint-disable-next-line eslint/no-console
  console.log(`\n${table}\n`);
}
