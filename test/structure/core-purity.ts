import ts from "typescript";
import type { Violation } from "./layers";
import { lineOf, parse, walk, type SourceTree } from "./source-tree";

/** A name from the surroundings that one file of the core may read, and why. */
export interface PurityException {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

/** Globals through which a clock, chance, the environment or the outside world gets in. */
const impureGlobals = new Set([
  "process",
  "globalThis",
  "self",
  "window",
  "global",
  "navigator",
  "document",
  "localStorage",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "performance",
  "crypto",
  "console",
  "Buffer",
  "require",
  "eval",
  "Function",
]);

const impureMembers = new Set(["Date.now", "Math.random"]);

/**
 * Every place below `core/` that reads a clock, chance, the environment or the outside world, except the listed exceptions;
 * and every exception that no line uses any more.
 */
export function checkCorePurity(
  tree: SourceTree,
  exceptions: readonly PurityException[],
): readonly Violation[] {
  const used = new Set<PurityException>();
  const violations: Violation[] = [];
  for (const [file, text] of tree) {
    if (!file.startsWith("core/")) continue;
    for (const { name, line } of impureUses(parse(file, text))) {
      const exception = exceptions.find((known) => known.file === file && known.name === name);
      if (exception === undefined) violations.push({ rule: "impure", file, detail: `line ${line}: ${name}` });
      else used.add(exception);
    }
  }
  const stale = exceptions.filter((exception) => !used.has(exception));
  return [
    ...violations,
    ...stale.map(({ file, name }) => ({ rule: "stale-exception" as const, file, detail: name })),
  ];
}

function impureUses(file: ts.SourceFile): readonly { readonly name: string; readonly line: number }[] {
  const uses: { readonly name: string; readonly line: number }[] = [];
  const declared = declaredNames(file);
  const visit = (node: ts.Node): void => {
    // Types name these things without touching them: `typeof fetch` is a shape.
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    const name = impureName(node, declared);
    if (name === null) ts.forEachChild(node, visit);
    else uses.push({ name, line: lineOf(node) });
  };
  visit(file);
  return uses;
}

function impureName(node: ts.Node, declared: ReadonlySet<string>): string | null {
  if (ts.isMetaProperty(node)) return node.getText();
  if (ts.isNewExpression(node) && isGlobal(node.expression, "Date", declared)) {
    return (node.arguments?.length ?? 0) === 0 ? "new Date()" : null;
  }
  if (ts.isCallExpression(node) && isGlobal(node.expression, "Date", declared)) return "Date()";
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    return impureAccess(node, declared);
  }
  if (!ts.isIdentifier(node) || !impureGlobals.has(node.text) || declared.has(node.text)) return null;
  return isReference(node) ? node.text : null;
}

/** `globalThis.process?.env` is named as far as its second part: `globalThis.process`. */
function impureAccess(
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  declared: ReadonlySet<string>,
): string | null {
  const { expression } = node;
  if (!ts.isIdentifier(expression) || declared.has(expression.text)) return null;
  const member = ts.isPropertyAccessExpression(node) ? node.name.text : elementName(node);
  const name = `${expression.text}.${member}`;
  if (impureGlobals.has(expression.text) || impureMembers.has(name)) return name;
  const isDynamic = member === "[computed]" && (expression.text === "Date" || expression.text === "Math");
  return isDynamic ? name : null;
}

function elementName(node: ts.ElementAccessExpression): string {
  const { argumentExpression } = node;
  return ts.isStringLiteralLike(argumentExpression) ? argumentExpression.text : "[computed]";
}

function isGlobal(node: ts.Node, name: string, declared: ReadonlySet<string>): boolean {
  return ts.isIdentifier(node) && node.text === name && !declared.has(name);
}

/** False where an identifier is the name of a property, a label or a declaration rather than a value that is read. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  const isName = ts.isMethodDeclaration(parent) || ts.isPropertySignature(parent);
  if (isName || ts.isMethodSignature(parent) || ts.isPropertyDeclaration(parent)) return parent.name !== node;
  return !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

/** Names that the file itself binds, which therefore do not mean the globals of the same name. */
function declaredNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  walk(file, (node) => {
    const binds =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportClause(node) ||
      ts.isImportSpecifier(node) ||
      ts.isNamespaceImport(node);
    // A parameter of a function type binds nothing that runs.
    const isTypeLevel = ts.isParameter(node) && (ts.isTypeNode(node.parent) || ts.isTypeElement(node.parent));
    if (binds && !isTypeLevel && node.name !== undefined && ts.isIdentifier(node.name))
      names.add(node.name.text);
  });
  return names;
}
