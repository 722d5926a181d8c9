import ts from "typescript";
import { lineOf, parse, walk, type SourceTree } from "./source-tree";

/** Something that lets a test pass without telling the truth, or fail by chance. */
export interface HygieneFault {
  readonly rule: "try" | "mock" | "sleep" | "only" | "skip" | "retry" | "stale-exception";
  readonly file: string;
  readonly line: number;
}

/** A file that may wait on the real clock, and why. */
export interface SleepException {
  readonly file: string;
  readonly reason: string;
}

const sleepingCalls = new Set(["setTimeout", "setInterval", "waitForTimeout"]);
const mockingCalls = new Set(["mock", "doMock", "hoisted", "importMock"]);
const runners = new Set(["test", "it", "describe", "suite", "bench"]);

/**
 * Faults of all files below `test/`. Timers are refused in supporting files as well, since a sleep moved into a function is still
 * a sleep; `try` is refused in test files only, where it can swallow the failure.
 */
export function checkTestHygiene(
  tree: SourceTree,
  exceptions: readonly SleepException[],
): readonly HygieneFault[] {
  const sleepers = new Set(exceptions.map(({ file }) => file));
  const faults = [...tree].flatMap(([file, text]) => faultsOf(file, text));
  const stale = exceptions.filter(
    ({ file }) => !faults.some((fault) => fault.file === file && fault.rule === "sleep"),
  );
  return [
    ...faults.filter(({ rule, file }) => rule !== "sleep" || !sleepers.has(file)),
    ...stale.map(({ file }) => ({ rule: "stale-exception" as const, file, line: 0 })),
  ];
}

function faultsOf(file: string, text: string): readonly HygieneFault[] {
  const faults: HygieneFault[] = [];
  const isTest = file.endsWith(".test.ts");
  walk(parse(file, text), (node) => {
    const rule = ruleBrokenBy(node);
    if (rule !== null && (rule !== "try" || isTest)) faults.push({ rule, file, line: lineOf(node) });
  });
  return faults;
}

function ruleBrokenBy(node: ts.Node): HygieneFault["rule"] | null {
  if (ts.isTryStatement(node)) return "try";
  if (ts.isImportDeclaration(node) && isTimersPromises(node)) return "sleep";
  if (ts.isPropertyAccessExpression(node)) return ruleBrokenByAccess(node);
  if (!ts.isCallExpression(node)) return null;
  const callee = node.expression;
  if (ts.isIdentifier(callee) && sleepingCalls.has(callee.text)) return "sleep";
  return runners.has(rootName(callee)) && setsRetry(node) ? "retry" : null;
}

function ruleBrokenByAccess(node: ts.PropertyAccessExpression): HygieneFault["rule"] | null {
  const name = node.name.text;
  const root = rootName(node);
  if (root === "vi" && mockingCalls.has(name)) return "mock";
  if (sleepingCalls.has(name)) return "sleep";
  if (root === "Atomics" && name === "wait") return "sleep";
  if (!runners.has(root)) return null;
  if (name === "only") return "only";
  return name === "skip" || name === "todo" || name === "fails" ? "skip" : null;
}

/** `test.each([…])("…")` and `test.only` begin with `test`. */
function rootName(node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootName(node.expression);
  return "";
}

function isTimersPromises(node: ts.ImportDeclaration): boolean {
  return ts.isStringLiteral(node.moduleSpecifier) && /^(node:)?timers(\/|$)/.test(node.moduleSpecifier.text);
}

function setsRetry(node: ts.CallExpression): boolean {
  return node.arguments.some(
    (argument) =>
      ts.isObjectLiteralExpression(argument) &&
      argument.properties.some((property) => property.name?.getText() === "retry"),
  );
}
