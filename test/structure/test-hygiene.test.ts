import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTree, repositoryRoot } from "./source-tree";
import { checkTestHygiene, type SleepException } from "./test-hygiene";

/** Files that may wait on the real clock, and why. A line here that is no longer needed fails the test. */
const sleepExceptions: readonly SleepException[] = [
  { file: "e2e/demo-process.ts", reason: "deadlines for a child process that does not start or stop" },
  {
    file: "simulation/kills/pacing.ts",
    reason: "the pace of a load on a real process, and the moments at which it is killed",
  },
  { file: "simulation/host-process.ts", reason: "a child process stays alive until it is killed" },
  {
    file: "adapters/storage/fixtures/commit-and-wait.ts",
    reason: "a child process stays alive until it is killed",
  },
];

function rulesOf(text: string, file = "core/x.test.ts"): readonly string[] {
  return checkTestHygiene(new Map([[file, text]]), []).map(({ rule }) => rule);
}

test("the tests hide no failure, mock no module, sleep nowhere and run all of themselves", () => {
  const tests = readTree(join(repositoryRoot, "test"));
  expect(tests.size).toBeGreaterThan(5);
  expect(checkTestHygiene(tests, sleepExceptions)).toEqual([]);
});

describe("the check of the tests", () => {
  test.each([
    ["try", "test('x', () => { try { f(); } catch {} });"],
    ["mock", "vi.mock('./send');"],
    ["mock", "vi.doMock('./send', () => ({}));"],
    ["sleep", "await new Promise((resolve) => setTimeout(resolve, 10));"],
    ["sleep", "globalThis.setTimeout(f, 10);"],
    ["sleep", "import { setTimeout as wait } from 'node:timers/promises';"],
    ["sleep", "await page.waitForTimeout(100);"],
    ["sleep", "Atomics.wait(a, 0, 0, 10);"],
    ["only", "test.only('x', f);"],
    ["only", "describe.only.each([1])('x', f);"],
    ["only", "test.concurrent.only('x', f);"],
    ["skip", "it.skip('x', f);"],
    ["skip", "test.todo('x');"],
    ["skip", "test.fails('x', f);"],
    ["retry", "test('x', { retry: 3 }, f);"],
    ["retry", "test.each([1])('x', { retry: 3 }, f);"],
  ])("finds a %s in %s", (rule, text) => {
    expect(rulesOf(text)).toEqual([rule]);
  });

  test.each([
    "const title = 'a try, vi.mock and setTimeout(1) in a text'; // test.only",
    "vi.fn(); vi.useFakeTimers();",
    "await retry(() => f());",
    "test.skipIf(noServer)('x', f);",
    "createSms({ timing: { retry: 1 } });",
    "clearTimeout(timer);",
  ])("accepts %s", (text) => {
    expect(rulesOf(text)).toEqual([]);
  });

  test("lets supporting files clean up with try, but not sleep", () => {
    const text = "try { f(); } finally { close(); }\nsetTimeout(f, 1);";
    expect(rulesOf(text, "support/server.ts")).toEqual(["sleep"]);
  });

  test("lets a listed file sleep and tells when the list is out of date", () => {
    const tree = new Map([["flows/crash.test.ts", "setTimeout(f, 1);\ntest.only('x', f);"]]);
    const listed = { file: "flows/crash.test.ts", reason: "a child process is killed on the real clock" };
    const gone = { file: "flows/gone.test.ts", reason: "nobody knows" };
    expect(checkTestHygiene(tree, [listed, gone])).toEqual([
      { rule: "only", file: "flows/crash.test.ts", line: 2 },
      { rule: "stale-exception", file: "flows/gone.test.ts", line: 0 },
    ]);
  });
});
