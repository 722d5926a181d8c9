/**
 * Adds up what a run of `.ci/run` really did and prints it as its last line: `N passed, N failed[, N skipped]`.
 *
 * usage: node .ci/count.mjs <folder>
 *
 * `<folder>/steps.tsv` has a line `name<TAB>exit code` for each step that ran. A step that wrote `<folder>/<name>.json`, a vitest
 * report, counts as its tests; any other step counts as one. A step that failed although no test of its report did (an unhandled
 * error, a crash, no report at all) counts as one failure, so nothing that went wrong is lost. Ends with code 1 on any failure.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const steps = readFileSync(join(folder, "steps.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.split("\t"))
  .map(([name, exitCode]) => ({ name, ok: exitCode === "0" }));

const counts = steps.map(({ name, ok }) => countStep(join(folder, `${name}.json`), ok));
const total = { passed: 0, failed: 0, skipped: 0 };
for (const count of counts) {
  for (const kind of Object.keys(total)) total[kind] += count[kind];
}
if (steps.length === 0) total.failed += 1;

const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

function countStep(reportPath, ok) {
  if (!existsSync(reportPath)) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  const { testResults } = JSON.parse(readFileSync(reportPath, "utf8"));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failedTests = tests.filter(({ status }) => status === "failed").length;
  // A file that could not be loaded failed without a test of its own.
  const failedFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  ).length;
  const failed = failedTests + failedFiles;
  const isUnexplained = failed === 0 && (!ok || passed === 0);
  return { passed, failed: isUnexplained ? 1 : failed, skipped: tests.length - passed - failedTests };
}
