import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The folder that holds package.json. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** Source files by their path inside the tree, with forward slashes. */
export type SourceTree = ReadonlyMap<string, string>;

/** One module specifier as it stands in a file, whatever the syntax that names it. */
export interface Reference {
  readonly specifier: string;
  readonly line: number;
  /** Erased by the compiler. It still counts as a dependency. */
  readonly typeOnly: boolean;
  /** Resolved only when the line runs, so it does not load with the file. */
  readonly lazy: boolean;
}

/** Reads every `.ts` file below `folder`, except installed packages and declaration files. */
export function readTree(folder: string): SourceTree {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[mc]?tsx?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join("/");
    if (name.split("/").includes("node_modules")) continue;
    files.set(name, readFileSync(path, "utf8"));
  }
  return files;
}

/** Parses one file; parents are set, since the checks look upwards. */
export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The one-based line of a node. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Calls `visit` for the node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

/**
 * Every module that a file names: imports, re-exports, `import x = require()`, `import()`, `require()`, `import("x").Type` and
 * triple-slash references. A specifier that is computed cannot be known and is given as `"<computed>"`.
 */
export function referencesOf(file: ts.SourceFile): readonly Reference[] {
  const found: Reference[] = [];
  walk(file, (node) => {
    const reference = referenceAt(node);
    if (reference !== null) found.push(reference);
  });
  for (const { fileName, pos } of [...file.referencedFiles, ...file.typeReferenceDirectives]) {
    const line = file.getLineAndCharacterOfPosition(pos).line + 1;
    found.push({ specifier: fileName, line, typeOnly: true, lazy: false });
  }
  return found;
}

function referenceAt(node: ts.Node): Reference | null {
  if (ts.isImportDeclaration(node)) {
    return reference(node, node.moduleSpecifier, { typeOnly: isTypeOnlyImport(node), lazy: false });
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return reference(node, node.moduleSpecifier, { typeOnly: isTypeOnlyExport(node), lazy: false });
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return reference(node, node.moduleReference.expression, { typeOnly: node.isTypeOnly, lazy: false });
  }
  if (ts.isImportTypeNode(node)) {
    const literal = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    return reference(node, literal, { typeOnly: true, lazy: false });
  }
  if (ts.isCallExpression(node) && isLoadingCall(node)) {
    return reference(node, node.arguments[0], { typeOnly: false, lazy: true });
  }
  return null;
}

function reference(
  node: ts.Node,
  specifier: ts.Node | undefined,
  kind: Pick<Reference, "typeOnly" | "lazy">,
): Reference {
  const known = specifier !== undefined && ts.isStringLiteralLike(specifier);
  return { specifier: known ? specifier.text : "<computed>", line: lineOf(node), ...kind };
}

function isLoadingCall(node: ts.CallExpression): boolean {
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport || (ts.isIdentifier(node.expression) && node.expression.text === "require");
}

function isTypeOnlyImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  if (clause === undefined || !ts.isNamedExports(clause)) return false;
  return clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly);
}
