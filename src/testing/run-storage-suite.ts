import { checkCapabilities, settingOf, type StorageUnderTest } from "./storage/capabilities";
import { settlesWithin } from "./storage/expectations";
import type { StorageCase, StorageCaseSetting } from "./storage/storage-case";
import { planCases, reportOf, type PlannedCase, type StorageReport } from "./storage-report";

/** What a run without a test runner takes besides the storage. */
export interface RunStorageSuiteOptions extends StorageUnderTest {
  /** Chooses the rules to run by group and name; all when it is left out. The others are reported as not run. */
  readonly only?: (rule: { readonly group: string; readonly name: string }) => boolean;
  /** How long one rule may take, in ms; 30,000 when it is left out. What takes longer has failed. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** Runs one rule and gives how it came out; never rejects. */
async function outcomeOf(
  rule: StorageCase,
  setting: StorageCaseSetting,
  timeoutMs: number,
): Promise<{ readonly outcome: "passed" | "failed"; readonly reason: string | null }> {
  try {
    await settlesWithin(rule.run(setting), timeoutMs, rule.name);
    return { outcome: "passed", reason: null };
  } catch (error) {
    return { outcome: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Puts a storage to the test without a test runner: all rules one after the other. Rejects only when the options are wrong; what
 * a storage does wrong is in the report.
 * @throws SmsError `config_invalid` when a capability is neither there nor has a reason to be missing.
 * @example
 * const report = await runStorageSuite({
 *   name: "my storage",
 *   create: async () => myStorage(),
 *   without: {
 *     reopening: "nothing is kept",
 *     sharing: "one process only",
 *     killing: "nothing is kept",
 *     searching: "not built yet",
 *   },
 * });
 * console.log(storageReportTable(report));
 * process.exitCode = report.cases.some(({ outcome }) => outcome === "failed") ? 1 : 0;
 */
export async function runStorageSuite(options: RunStorageSuiteOptions): Promise<StorageReport> {
  checkCapabilities(options);
  const plan = planCases(options);
  const isChosen = ({ group, rule, skipped }: PlannedCase): boolean =>
    skipped === null && (options.only?.({ group, name: rule.name }) ?? true);
  const outcomes = new Map<StorageCase, Awaited<ReturnType<typeof outcomeOf>>>();
  const setting = settingOf(options);
  for (const { rule } of plan.filter(isChosen))
    outcomes.set(rule, await outcomeOf(rule, setting, options.timeoutMs ?? TIMEOUT_MS));
  return reportOf(options, plan, outcomes);
}
