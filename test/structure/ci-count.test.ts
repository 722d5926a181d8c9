import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryRoot } from "./source-tree";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ci-count-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function count(steps: string): { readonly line: string; readonly code: number | null } {
  writeFileSync(join(folder, "steps.tsv"), steps);
  const script = join(repositoryRoot, ".ci/count.mjs");
  const { stdout, status } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  return { line: stdout, code: status };
}

/** A vitest report in which each inner list is a test file with the states of its tests. */
function report(name: string, files: readonly (readonly string[])[], failedToLoad = 0): void {
  const loaded = files.map((states) => ({
    status: states.includes("failed") ? "failed" : "passed",
    assertionResults: states.map((status) => ({ status })),
  }));
  const broken = Array.from({ length: failedToLoad }, () => ({ status: "failed", assertionResults: [] }));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ testResults: [...loaded, ...broken] }));
}

test("a step counts as one, a step with a report as its tests", () => {
  report("unit", [["passed", "passed"], ["passed"]]);
  expect(count("lint\t0\nunit\t0\n")).toEqual({ line: "4 passed, 0 failed\n", code: 0 });
});

test("skipped tests are told, and fail nothing", () => {
  report("unit", [["passed", "pending", "todo"]]);
  expect(count("unit\t0\n")).toEqual({ line: "1 passed, 0 failed, 2 skipped\n", code: 0 });
});

test("a failed test counts once, and not again as a failed step", () => {
  report("unit", [["passed", "failed"]]);
  expect(count("unit\t1\n")).toEqual({ line: "1 passed, 1 failed\n", code: 1 });
});

test("a failed step, a file that does not load and a step without its report are failures", () => {
  report("unit", [["passed"]], 1);
  expect(count("lint\t2\nunit\t1\ne2e\t1\n")).toEqual({ line: "1 passed, 3 failed\n", code: 1 });
});

test("a run that fails although all its tests pass is a failure: an error outside any test", () => {
  report("unit", [["passed"]]);
  expect(count("unit\t1\n")).toEqual({ line: "1 passed, 1 failed\n", code: 1 });
});

test("nothing that ran is a failure", () => {
  expect(count("")).toEqual({ line: "0 passed, 1 failed\n", code: 1 });
  report("unit", []);
  expect(count("unit\t0\n")).toEqual({ line: "0 passed, 1 failed\n", code: 1 });
});
