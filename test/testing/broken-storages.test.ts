import { describe, expect, it } from "vitest";
import { runStorageSuite, STORAGE_CASES } from "../../src/testing/index";
import { BROKEN_STORAGES } from "./broken-storages/index";
import { CAUGHT_BY } from "./broken-storages/caught-by";
import { memoryDatabases } from "./memory-database";

// A broken storage that never answers fails by this.
const TIMEOUT_MS = 2_500;

describe("the storage suite", () => {
  it.each(Object.entries(BROKEN_STORAGES))("catches a storage that %s", async (name, spoil) => {
    const expected = CAUGHT_BY[name] ?? [];
    const report = await runStorageSuite({
      ...memoryDatabases(spoil),
      only: (rule) => expected.includes(rule.name),
      timeoutMs: TIMEOUT_MS,
    });
    const failed = report.cases.filter(({ outcome }) => outcome === "failed");
    expect(new Set(failed.map((one) => one.name))).toEqual(new Set(expected));
    expect(expected).not.toEqual([]);
  });

  it("has no rule that every broken storage keeps", () => {
    const rules = Object.values(STORAGE_CASES)
      .flat()
      .map(({ name }) => name);
    const broken = new Set(Object.values(CAUGHT_BY).flat());
    expect(rules.filter((name) => !broken.has(name))).toEqual([]);
    expect([...broken].filter((name) => !rules.includes(name))).toEqual([]);
  });

  it("has a broken storage for every mistake that it says to catch", () => {
    expect(Object.keys(CAUGHT_BY).sort()).toEqual(Object.keys(BROKEN_STORAGES).sort());
  });
});
