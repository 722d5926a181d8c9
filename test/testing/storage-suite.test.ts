import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Storage } from "../../src/ports/storage";
import {
  runStorageSuite,
  STORAGE_CASES,
  storageReportTable,
  storageSuite,
  type StorageReport,
  type StorageSuiteOptions,
  type StorageUnderTest,
} from "../../src/testing/index";
import { changing, force } from "./broken-storages/spoiling";
import { memoryDatabases } from "./memory-database";

const rules = Object.entries(STORAGE_CASES).flatMap(([group, cases]) =>
  cases.map((rule) => ({ group, ...rule })),
);
const [FIRST = "", SECOND = ""] = rules.map(({ name }) => name);

const BARE: StorageUnderTest = {
  create: async () => memoryStorage(),
  without: { reopening: "nothing is kept", sharing: "one only", killing: "nothing is kept" },
};

/** A test runner that runs what it is told to, in order, and tells what it saw. */
function fakeRunner() {
  const path: string[] = [];
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const hooks: (() => void)[] = [];
  const declare = (name: string, body: () => Promise<void>): void => {
    tests.push({ name: [...path, name].join(" > "), body });
  };
  return {
    describe(name: string, body: () => void): void {
      path.push(name);
      body();
      path.pop();
    },
    it: Object.assign(declare, { skip: (name: string) => skipped.push(name) }),
    plainIt: declare,
    after: (body: () => void): void => {
      hooks.push(body);
    },
    tests,
    skipped,
    /** Runs the tests whose name has the text in it; gives what failed. */
    async run(text = ""): Promise<readonly string[]> {
      const chosen = tests.filter(({ name }) => name.includes(text));
      const failures: string[] = [];
      for (const { name, body } of chosen) await body().catch(() => failures.push(name));
      for (const hook of hooks) hook();
      return failures;
    },
  };
}

function declared(options: Partial<StorageSuiteOptions> = {}) {
  const runner = fakeRunner();
  const tables: string[] = [];
  const { describe: group, it: test, after } = runner;
  storageSuite({
    describe: group,
    it: test,
    after,
    name: "mine",
    report: (table) => tables.push(table),
    ...BARE,
    ...options,
  });
  return { runner, tables };
}

function only(report: StorageReport, name: string): StorageReport["cases"][number] | undefined {
  return report.cases.find((one) => one.name === name);
}

describe("the storage suite", () => {
  it("names every rule differently, as a sentence, with a hint", () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    expect(rules.filter(({ name, hint }) => name.length < 20 || hint.length < 20)).toEqual([]);
  });

  it("finds nothing wrong with honest storages", async () => {
    for (const options of [memoryDatabases(), BARE]) {
      const report = await runStorageSuite(options);
      expect(report.cases.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      expect(report.cases.filter(({ outcome }) => outcome === "not run")).toEqual([]);
    }
  });

  it("declares every rule in its group, and what the storage is without as skipped with the reason", () => {
    const { runner } = declared();
    const needless = rules.filter(({ needs }) => needs === "nothing" || needs === "searching");
    const names = runner.tests.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(needless.map(({ group, name }) => `mine > ${group} > ${name}`)),
    );
    expect(names).toHaveLength(needless.length + 1);
    const others = rules.filter(({ needs }) => needs !== "nothing" && needs !== "searching");
    expect(runner.skipped).toEqual(
      others.map(({ name, needs }) => `${name} (${needs === "sharing" ? "one only" : "nothing is kept"})`),
    );
  });

  it("leaves skipped rules out where the runner cannot show them", () => {
    const { runner } = declared({ it: fakeRunner().plainIt });
    expect(runner.skipped).toEqual([]);
  });

  it("prints the table behind all tests, with what was run", async () => {
    const { runner, tables } = declared();
    expect(await runner.run(FIRST)).toEqual([]);
    expect(tables).toHaveLength(1);
    expect(tables[0]).toMatch(/mine.*were not run/);
    expect(tables[0]).toMatch(/sharing\s+left out: one only/);
  });

  it("prints nothing when no rule was run", async () => {
    const { runner, tables } = declared();
    await runner.run("no such name");
    expect(tables).toEqual([]);
  });

  it("prints the table by a last test where the runner has no hook for it", async () => {
    const runner = fakeRunner();
    const tables: string[] = [];
    const { describe: group, it: test } = runner;
    storageSuite({ describe: group, it: test, ...BARE, report: (table) => tables.push(table) });
    expect(runner.tests.at(-1)?.name).toBe("storage > what was proven > is in the table");
    await runner.tests[1]?.body();
    await runner.tests.at(-1)?.body();
    expect(tables).toHaveLength(1);
  });

  it("lets a test fail with the rule, what was expected, what came, and the usual cause", async () => {
    const broken = memoryDatabases(changing((honest) => ({ commit: (writes) => force(honest, writes) })));
    const name = "creating a record whose id exists conflicts and changes nothing";
    const { runner, tables } = declared({ ...broken, without: {} });
    const test = runner.tests.find((one) => one.name.endsWith(name));
    await expect(test?.body()).rejects.toThrow(
      /creating a consent: expected "conflict", came "committed"\n {2}rule: creating a record.*\n {2}usual cause: /,
    );
    await runner.run("no such name");
    expect(tables[0]).toMatch(/it breaks 1 of/);
  });

  it("tells what the storage threw", async () => {
    const create = async (): Promise<Storage> => ({
      ...memoryStorage(),
      read: () => Promise.reject(new RangeError("out of it")),
    });
    const report = await runStorageSuite({ ...BARE, create, only: ({ name }) => name === FIRST });
    expect(only(report, FIRST)?.reason).toMatch(/the storage threw: RangeError: out of it/);
  });

  it("takes a storage that never answers for one that fails", async () => {
    const create = async (): Promise<Storage> => ({
      ...memoryStorage(),
      read: () => Promise.race<never>([]),
    });
    const report = await runStorageSuite({
      ...BARE,
      create,
      only: ({ name }) => name === FIRST,
      timeoutMs: 20,
    });
    expect(only(report, FIRST)).toMatchObject({ outcome: "failed" });
    expect(only(report, SECOND)).toMatchObject({ outcome: "not run", reason: null });
  });
});

describe("the capabilities of a storage", () => {
  it.each<[string, Partial<StorageUnderTest>]>([
    ["one is neither there nor has a reason", { without: { sharing: "one only", killing: "none" } }],
    ["there is no reason for any", { without: {} }],
    ["a reason is blank", { without: { reopening: " ", sharing: "one only", killing: "none" } }],
    ["one is there and has a reason", { reopen: async (storage) => storage }],
    [
      "one is misspelt",
      { without: { ...BARE.without, serching: "none" } as NonNullable<StorageUnderTest["without"]> },
    ],
  ])("are refused when %s", async (_, options) => {
    const refusal = expect.objectContaining({ code: "config_invalid" });
    expect(() => declared(options)).toThrow(refusal);
    await expect(runStorageSuite({ ...BARE, ...options })).rejects.toEqual(refusal);
  });

  it.each<[string, StorageUnderTest, "passed" | "failed"]>([
    ["a search and no reason", memoryDatabases(), "passed"],
    ["a search and a reason", { ...memoryDatabases(), without: { searching: "none" } }, "failed"],
    ["no search and no reason", withoutSearch({}), "failed"],
    ["no search and a reason", withoutSearch({ searching: "not built" }), "passed"],
  ])("that show only when a storage was made: %s", async (_, options, outcome) => {
    const report = await runStorageSuite({ ...options, only: ({ group }) => group === "capabilities" });
    const [capability] = report.cases.filter(({ group }) => group === "capabilities");
    expect(capability?.outcome).toBe(outcome);
  });

  it("fail the rules about a search that is not there", async () => {
    const report = await runStorageSuite({ ...withoutSearch({}), only: ({ group }) => group === "search" });
    const search = report.cases.filter(({ group }) => group === "search");
    expect(search.map(({ outcome }) => outcome)).toEqual(search.map(() => "failed"));
  });
});

function withoutSearch(without: NonNullable<StorageUnderTest["without"]>): StorageUnderTest {
  const { create, ...database } = memoryDatabases();
  return {
    ...database,
    without,
    async create() {
      const { read, commit, list, close } = await create();
      return { read, commit, list, close };
    },
  };
}

describe("the table of what was proven", () => {
  const cases = [
    { group: "one", name: "a rule", outcome: "passed", reason: null },
    {
      group: "one",
      name: "another rule",
      outcome: "failed",
      reason: "the task: expected 1, came 2\n  rule: r",
    },
    { group: "two", name: "a third rule", outcome: "skipped", reason: "no second connection" },
    { group: "two", name: "a fourth rule", outcome: "not run", reason: null },
  ] as const;

  it("has the groups with their numbers, the capabilities with their reasons, and what failed", () => {
    const table = storageReportTable({
      storage: "mine",
      capabilities: [{ capability: "sharing", without: "no second connection" }],
      cases,
    });
    expect(table.split("\n")).toEqual([
      "What was proven of mine: it breaks 1 of 4 rules",
      "",
      "rules about  passed  failed  skipped  not run",
      "one               1       1        0        0",
      "two               0       0        1        1",
      "all               1       1        1        1",
      "",
      "sharing  left out: no second connection",
      "",
      "failed",
      "- one: another rule",
      "    the task: expected 1, came 2",
      "      rule: r",
    ]);
  });

  it.each([
    [cases.slice(0, 1), "it keeps all 1 rules that concern it"],
    [cases.slice(2, 4), "nothing wrong so far, but 1 of 2 rules were not run"],
  ])("says what it comes to", (some, verdict) => {
    const table = storageReportTable({ storage: "mine", capabilities: [], cases: some });
    expect(table.split("\n")[0]).toBe(`What was proven of mine: ${verdict}`);
  });
});
