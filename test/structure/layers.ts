import { posix } from "node:path";
import { parse, referencesOf, type Reference, type SourceTree } from "./source-tree";

/** Something in the tree that the layout forbids. */
export interface Violation {
  readonly rule:
    | "unknown-row"
    | "unresolved"
    | "own-name"
    | "upward"
    | "adapter-imports-flow"
    | "adapter-families"
    | "simulator-speaks-http"
    | "core-package"
    | "cycle"
    | "node-on-load"
    | "impure"
    | "stale-exception"
    | "port-emits";
  readonly file: string;
  readonly detail: string;
}

interface Edge extends Reference {
  readonly from: string;
  readonly to: string;
}

/** The rows of the layout. A file imports from its own row or from rows before it. */
export const rows = [
  "core/text",
  "core/webhook",
  "core/consent",
  "core/delivery",
  "core/model",
  "core/decide",
  "core",
  "ports",
  "flows",
  "account",
  "adapters",
  "create-sms",
  "http",
  "simulator",
  "testing",
  "cli",
  "index",
] as const;

/** Files that a browser, a Worker or a bundler loads: nothing they load eagerly may need Node. */
const portableEntries = ["index.ts", "core/index.ts"];

const packageName = "@mailtrixy/sms";

/** Everything in `tree` (the content of `src/`) that breaks the direction of imports. */
export function checkLayers(tree: SourceTree): readonly Violation[] {
  const violations: Violation[] = [];
  const edges: Edge[] = [];
  for (const [from, text] of tree) {
    if (rowOf(from) === null) {
      violations.push({ rule: "unknown-row", file: from, detail: "stands in no row of the layout" });
    }
    for (const reference of referencesOf(parse(from, text))) {
      const { specifier } = reference;
      const violation = checkSpecifier(from, reference);
      if (violation !== null) violations.push(violation);
      if (!specifier.startsWith(".")) continue;
      const to = resolveRelative(tree, from, specifier);
      if (to === null) {
        violations.push({ rule: "unresolved", file: from, detail: `line ${reference.line}: ${specifier}` });
      } else {
        edges.push({ ...reference, from, to });
      }
    }
  }
  return [...violations, ...edges.flatMap(checkEdge), ...findCycles(edges), ...findEagerNode(tree, edges)];
}

/** The row of a path inside `src/`, or null where the layout has no place for it. */
export function rowOf(path: string): (typeof rows)[number] | null {
  const [top = "", second = "", third] = path.split("/");
  const name = top.replace(/\.ts$/, "");
  const isFolder = second !== "";
  if (top === "core" && isFolder) {
    const row = third === undefined ? "core" : `core/${second}`;
    return rows.find((known) => known === row) ?? null;
  }
  const isSingleFile = name === "create-sms" || name === "index";
  if (isFolder === isSingleFile) return null;
  return rows.find((known) => known === name) ?? null;
}

function checkSpecifier(file: string, { specifier, line }: Reference): Violation | null {
  if (specifier === packageName || specifier.startsWith(`${packageName}/`)) {
    return { rule: "own-name", file, detail: `line ${line}: ${specifier}` };
  }
  if (file.startsWith("core/") && !specifier.startsWith(".")) {
    return { rule: "core-package", file, detail: `line ${line}: ${specifier}` };
  }
  return null;
}

function resolveRelative(tree: SourceTree, from: string, specifier: string): string | null {
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  const base = path === "." ? "index" : path.replace(/\/$/, "/index");
  return [`${base}.ts`, `${base}/index.ts`].find((candidate) => tree.has(candidate)) ?? null;
}

function checkEdge({ from, to, line }: Edge): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (rule: Violation["rule"]): void => {
    violations.push({ rule, file: from, detail: `line ${line}: imports ${to}` });
  };
  const [fromRow, toRow] = [rowOf(from), rowOf(to)];
  if (fromRow !== null && toRow !== null && rows.indexOf(toRow) > rows.indexOf(fromRow)) report("upward");
  if (fromRow === "adapters" && toRow === "flows") report("adapter-imports-flow");
  if (fromRow === "adapters" && toRow === "adapters" && familyOf(from) !== familyOf(to)) {
    report("adapter-families");
  }
  const isCore = toRow === "core" || toRow?.startsWith("core/") === true;
  if (fromRow === "simulator" && toRow !== "simulator" && !isCore) report("simulator-speaks-http");
  return violations;
}

function familyOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** One violation for each file that can reach itself, naming the shortest way round. */
function findCycles(edges: readonly Edge[]): readonly Violation[] {
  const next = groupTargets(edges);
  const seen = new Set<string>();
  const violations: Violation[] = [];
  for (const start of next.keys()) {
    if (seen.has(start)) continue;
    const way = shortestWayBack(start, next);
    if (way === null) continue;
    way.forEach((file) => seen.add(file));
    violations.push({ rule: "cycle", file: start, detail: [...way, start].join(" → ") });
  }
  return violations;
}

function shortestWayBack(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | null {
  const queue: string[][] = [[start]];
  const visited = new Set<string>();
  for (const way of queue) {
    for (const target of next.get(way.at(-1) ?? start) ?? []) {
      if (target === start) return way;
      if (visited.has(target)) continue;
      visited.add(target);
      queue.push([...way, target]);
    }
  }
  return null;
}

function groupTargets(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  return targets;
}

/** `node:` modules that loading a portable entry would load. */
function findEagerNode(tree: SourceTree, edges: readonly Edge[]): readonly Violation[] {
  const next = groupTargets(edges.filter((edge) => !edge.typeOnly && !edge.lazy));
  const reached = new Set(portableEntries.filter((entry) => tree.has(entry)));
  for (const file of reached) next.get(file)?.forEach((target) => reached.add(target));
  return [...reached].flatMap((file) =>
    referencesOf(parse(file, tree.get(file) ?? ""))
      .filter(({ specifier, typeOnly, lazy }) => specifier.startsWith("node:") && !typeOnly && !lazy)
      .map(({ specifier, line }) => ({ rule: "node-on-load", file, detail: `line ${line}: ${specifier}` })),
  );
}
