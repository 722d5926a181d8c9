/**
 * Packs the package as npm would publish it and checks the tarball: its file list, that every export has code and types, that
 * declarations and code import only what installing the package brings, then publint and `attw`. Ends with code 1 on a fault.
 * The first checks are our own because `attw` is content with a package that has no types at all.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expectedExports } from "../../tsup.config";
import { keysOf, readJsonObject, stringsIn } from "../structure/json-file";
import { parse, referencesOf, repositoryRoot } from "../structure/source-tree";

const allowedFiles = /^(dist\/.+\.(js|cjs|d\.ts|d\.cts)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
const requiredFiles = ["package.json", "README.md", "CHANGELOG.md", "LICENSE"];

function pack(): { readonly tarball: string; readonly folder: string } {
  const scratch = join(repositoryRoot, ".tmp");
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "pack-"));
  const options = { cwd: repositoryRoot, encoding: "utf8" } as const;
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], options);
  const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack made no tarball.");
  execFileSync("tar", ["-xzf", name], { cwd: folder });
  return { tarball: join(folder, name), folder: join(folder, "package") };
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function foreignImports(folder: string, file: string, installed: ReadonlySet<string>): readonly string[] {
  return referencesOf(parse(file, readFileSync(join(folder, file), "utf8")))
    .map(({ specifier }) => specifier)
    .filter((specifier) => !/^(\.|node:|<computed>$)/.test(specifier))
    .filter((specifier) => !installed.has(packageName(specifier)))
    .map((specifier) => {
      const isBuiltin = builtinModules.includes(specifier);
      return `${file} imports ${specifier}, which ${isBuiltin ? "lacks its node: prefix" : "is not a dependency or peer"}`;
    });
}

function packageName(specifier: string): string {
  const [scope = "", name = ""] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

/** The packages that installing this one can bring. */
function installable(folder: string): ReadonlySet<string> {
  const manifest = readJsonObject(join(folder, "package.json"));
  return new Set(["dependencies", "peerDependencies"].flatMap((field) => keysOf(manifest[field])));
}

function faultsOf(folder: string): readonly string[] {
  const files = filesIn(folder);
  const targets = stringsIn(expectedExports()).map((target) => target.replace(/^\.\//, ""));
  const missing = [...requiredFiles, ...targets].filter((file) => !files.includes(file));
  const empty = targets.filter(
    (file) => files.includes(file) && readFileSync(join(folder, file)).length === 0,
  );
  const installed = installable(folder);
  return [
    ...missing.map((file) => `${file} is missing`),
    ...empty.map((file) => `${file} is empty`),
    ...files
      .filter((file) => !allowedFiles.test(file))
      .map((file) => `${file} does not belong in the package`),
    ...files
      .filter((file) => /\.([cm]?js|d\.[cm]?ts)$/.test(file))
      .flatMap((file) => foreignImports(folder, file, installed)),
  ];
}

function passes(tool: string, options: readonly string[]): boolean {
  const command = join(repositoryRoot, "node_modules/.bin", tool);
  console.log(`\n${tool} ${options.join(" ")}`);
  return spawnSync(command, options, { cwd: repositoryRoot, stdio: "inherit" }).status === 0;
}

const { tarball, folder } = pack();
const faults = faultsOf(folder);
console.log(`${filesIn(folder).length} files packed, ${faults.length} faults`);
for (const fault of faults) console.error(`- ${fault}`);
const isPublishable = passes("publint", [tarball, "--strict"]);
const hasRightTypes = passes("attw", [tarball, "--profile", "node16", "--format", "ascii"]);
rmSync(join(folder, ".."), { recursive: true });
process.exitCode = faults.length === 0 && isPublishable && hasRightTypes ? 0 : 1;
