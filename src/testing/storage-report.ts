import type { StorageUnderTest } from "./storage/capabilities";
import { CAPABILITIES, searchingCase } from "./storage/capabilities";
import { STORAGE_CASES } from "./storage/storage-rules";
import type { StorageCapability, StorageCase } from "./storage/storage-case";

/** How one rule came out. `not run`: the runner or a filter left it out. */
export type StorageOutcome = "passed" | "failed" | "skipped" | "not run";

/** One rule with how it came out. */
export interface StorageCaseReport {
  readonly group: string;
  /** The rule, as a sentence. */
  readonly name: string;
  readonly outcome: StorageOutcome;
  /** Why it failed or was skipped; null for the rest. */
  readonly reason: string | null;
}

/** One capability. */
export interface StorageCapabilityReport {
  readonly capability: StorageCapability;
  /** Why the storage is without it; null where it has it. */
  readonly without: string | null;
}

/** What was proven of a storage. */
export interface StorageReport {
  /** The name of the storage. */
  readonly storage: string;
  readonly capabilities: readonly StorageCapabilityReport[];
  readonly cases: readonly StorageCaseReport[];
}

/** A rule in its group, and why it cannot be put to the test. */
export interface PlannedCase {
  readonly group: string;
  readonly rule: StorageCase;
  /** Null when it can be. */
  readonly skipped: string | null;
}

/** The rules for a storage, in order. */
export function planCases(options: StorageUnderTest): readonly PlannedCase[] {
  const rules = Object.entries(STORAGE_CASES).flatMap(([group, cases]) =>
    cases.map((rule) => ({ group, rule })),
  );
  return [{ group: CAPABILITY_GROUP, rule: searchingCase(options) }, ...rules].map(({ group, rule }) => ({
    group,
    rule,
    skipped: rule.needs === "nothing" ? null : (options.without?.[rule.needs] ?? null),
  }));
}

const CAPABILITY_GROUP = "capabilities";

/** The report when these rules came out like that. Rules without an outcome were not run. */
export function reportOf(
  options: StorageUnderTest,
  plan: readonly PlannedCase[],
  outcomes: ReadonlyMap<
    StorageCase,
    { readonly outcome: "passed" | "failed"; readonly reason: string | null }
  >,
): StorageReport {
  return {
    storage: options.name ?? "storage",
    capabilities: CAPABILITIES.map((capability) => ({
      capability,
      without: options.without?.[capability] ?? null,
    })),
    cases: plan.map(({ group, rule, skipped }) => ({
      group,
      name: rule.name,
      ...(skipped === null
        ? (outcomes.get(rule) ?? { outcome: "not run", reason: null })
        : { outcome: "skipped", reason: skipped }),
    })),
  };
}

const OUTCOMES: readonly StorageOutcome[] = ["passed", "failed", "skipped", "not run"];

/**
 * A report as a table for people: the rules by group and outcome, the capabilities with their reasons, and what failed.
 * @example
 * console.log(storageReportTable(await runStorageSuite({ create, without })));
 */
export function storageReportTable(report: StorageReport): string {
  const { cases, capabilities, storage } = report;
  const groups = [...new Set(cases.map(({ group }) => group))];
  const rows = [...groups, null].map((group) => [
    group ?? "all",
    ...OUTCOMES.map((outcome) => String(count(cases, group, outcome))),
  ]);
  const failed = cases.filter(({ outcome }) => outcome === "failed");
  return [
    `What was proven of ${storage}: ${verdictOf(cases)}`,
    "",
    ...aligned([["rules about", ...OUTCOMES], ...rows]),
    "",
    ...aligned(capabilities.map((one) => [one.capability, capabilityText(one, cases)])),
    ...(failed.length === 0 ? [] : ["", "failed"]),
    ...failed.map(
      ({ group, name, reason }) => `- ${group}: ${name}\n    ${(reason ?? "").replace(/\n/g, "\n    ")}`,
    ),
  ].join("\n");
}

function verdictOf(cases: readonly StorageCaseReport[]): string {
  const failed = count(cases, null, "failed");
  const left = count(cases, null, "not run");
  if (failed > 0) return `it breaks ${failed} of ${cases.length} rules`;
  if (left > 0) return `nothing wrong so far, but ${left} of ${cases.length} rules were not run`;
  return `it keeps all ${count(cases, null, "passed")} rules that concern it`;
}

function capabilityText(
  { capability, without }: StorageCapabilityReport,
  cases: readonly StorageCaseReport[],
): string {
  if (without !== null) return `left out: ${without}`;
  const names = new Set(
    Object.values(STORAGE_CASES)
      .flat()
      .filter(({ needs }) => needs === capability)
      .map(({ name }) => name),
  );
  const concerned = cases.filter(({ name }) => names.has(name));
  const passed = count(concerned, null, "passed");
  return passed === concerned.length
    ? `proven by ${passed} rules`
    : `not proven: ${passed} of ${concerned.length} rules passed`;
}

function count(cases: readonly StorageCaseReport[], group: string | null, outcome: StorageOutcome): number {
  return cases.filter((one) => one.outcome === outcome && (group === null || one.group === group)).length;
}

/** Rows with columns of one width: texts to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const numbers = rows.some((row) => row.length > 2);
  const padded = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return numbers && column > 0 ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(padded).join("  ").trimEnd());
}
