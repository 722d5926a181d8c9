import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entries, expectedExports, outputName, writtenExports } from "../../tsup.config";
import { buildIntoFullHost, copyIntoBareHost, type Host } from "./built-package";
import { keysOf, readJsonObject } from "./json-file";
import { parse, referencesOf, repositoryRoot } from "./source-tree";

/**
 * Of the packages that package.json names, those that importing a subpath may load. Optional peers stay behind the subpath that
 * needs them; `zod` is bundled, and is loaded again by `ai` alone.
 */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  ".": ["eventemitter3"],
  "./core": [],
  "./languages": [],
  "./node": ["eventemitter3"],
  "./express": ["eventemitter3"],
  "./storage": ["eventemitter3"],
  "./storage/sqlite": ["eventemitter3", "kysely"],
  "./storage/postgres": ["eventemitter3", "kysely", "pg"],
  "./storage/kysely": ["eventemitter3", "kysely"],
  "./assistant/ai-sdk": ["eventemitter3", "ai", "zod"],
  "./simulator": [],
  "./testing": ["eventemitter3"],
};

/** Subpaths that must load where no optional peer is installed. */
const bareSubpaths = [".", "./core", "./node", "./simulator", "./testing"];

const subpaths = Object.keys(entries);
const formats = ["module", "commonjs"] as const;
const cases = subpaths.flatMap((subpath) => formats.map((format) => ({ subpath, format })));

const manifest = readJsonObject(join(repositoryRoot, "package.json"));
const watched = new Set(
  ["dependencies", "peerDependencies", "devDependencies"].flatMap((field) => keysOf(manifest[field])),
);

function specifierOf(subpath: string): string {
  return `@mailtrixy/sms${subpath.slice(1)}`;
}

function loadProgram(subpath: string, format: (typeof formats)[number]): string {
  const specifier = JSON.stringify(specifierOf(subpath));
  const load = format === "module" ? `await import(${specifier})` : `require(${specifier})`;
  return `const names = Object.keys(${load}).filter((name) => name !== "default"); console.log(names.sort().join());`;
}

describe("the list of entries", () => {
  test("is what package.json exports, condition by condition, in order", () => {
    expect(JSON.stringify(writtenExports(), null, 2)).toBe(JSON.stringify(expectedExports(), null, 2));
  });

  test("is what the compiler resolves the package's own name to", () => {
    const paths: Record<string, readonly string[]> = {};
    for (const [subpath, source] of Object.entries(entries)) paths[specifierOf(subpath)] = [`./${source}`];
    const tsconfig = readJsonObject(join(repositoryRoot, "tsconfig.json"));
    expect(tsconfig).toMatchObject({ compilerOptions: { paths } });
  });

  test("is what the API reference documents", () => {
    const entryPoints = Object.values(entries).map((source) => `../${source}`);
    expect(readJsonObject(join(repositoryRoot, "docs/typedoc.json"))).toMatchObject({ entryPoints });
  });

  test("names a table row for each subpath here", () => {
    expect(Object.keys(packagesOf)).toEqual(subpaths);
  });
});

describe("the lock files", () => {
  const lockFiles = readdirSync(repositoryRoot, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith("package-lock.json") && !path.includes("node_modules"),
  );

  test("are there", () => {
    expect(lockFiles).toContain("package-lock.json");
  });

  test.each(lockFiles)("%s names no registry host", (path) => {
    const text = readFileSync(join(repositoryRoot, path), "utf8");
    expect(text.match(/"resolved": "[a-z+]+:\/\/[^"]*"/g)).toBeNull();
  });
});

describe("the built package", () => {
  let full: Host;
  let bare: Host;

  beforeAll(async () => {
    full = await buildIntoFullHost();
    bare = await copyIntoBareHost(full);
  });

  afterAll(async () => {
    await Promise.all([full.remove(), bare.remove()]);
  });

  test.each(subpaths)("offers the same names from %s to import and to require", async (subpath) => {
    const [imported, required] = await Promise.all(
      formats.map(async (format) => full.run(loadProgram(subpath, format), { format })),
    );
    expect(imported).not.toBe("");
    expect(required).toBe(imported);
  });

  test.each(cases)(
    "$subpath loads no package that it does not need, as $format",
    async ({ subpath, format }) => {
      const loaded = await full.packagesLoadedBy(loadProgram(subpath, format), { format });
      const unneeded = loaded.filter((name) => watched.has(name) && !packagesOf[subpath]?.includes(name));
      expect(unneeded).toEqual([]);
    },
  );

  test.each(cases.filter(({ subpath }) => bareSubpaths.includes(subpath)))(
    "$subpath loads without any optional peer installed, as $format",
    async ({ subpath, format }) => {
      expect(await bare.run(loadProgram(subpath, format), { format })).not.toBe("");
    },
  );

  test("is watched by a recorder that sees what is loaded, in either format", async () => {
    expect(await full.packagesLoadedBy('await import("kysely")', { format: "module" })).toContain("kysely");
    expect(await full.packagesLoadedBy('require("kysely")', { format: "commonjs" })).toContain("kysely");
    await expect(bare.run('require("kysely")', { format: "commonjs" })).rejects.toThrow("kysely");
  });

  test("is watched for every package that could come with it", () => {
    expect([...watched]).toEqual(
      expect.arrayContaining(["eventemitter3", "twilio", "kysely", "ai", "express", "libsql"]),
    );
  });

  test("recognises an error of its other copy", async () => {
    const program = `
      import { createRequire } from "node:module";
      import * as imported from "@mailtrixy/sms";
      const required = createRequire(process.cwd() + "/host.cjs")("@mailtrixy/sms");
      const thrownBy = (create) => Promise.resolve().then(() => create({})).then(() => null, (error) => error);
      const [fromImport, fromRequire] = [await thrownBy(imported.createSms), await thrownBy(required.createSms)];
      console.log(JSON.stringify({
        separate: imported.createSms !== required.createSms,
        seen: [required.isSmsError(fromImport), imported.isSmsError(fromRequire)],
        foreign: [required.isSmsError(new Error("x")), imported.isSmsError(null)],
        codes: [fromImport?.code, fromRequire?.code],
      }));`;
    const printed: unknown = JSON.parse(await full.run(program, { format: "module" }));
    expect(printed).toEqual({
      separate: true,
      seen: [true, true],
      foreign: [false, false],
      codes: ["config_invalid", "config_invalid"],
    });
  });

  test("keeps the node: prefix of every built-in module", () => {
    const files = readdirSync(full.dist, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.c?js$/.test(name),
    );
    expect(files).toEqual(expect.arrayContaining(subpaths.map((subpath) => `${outputName(subpath)}.js`)));
    const bareBuiltins = files.flatMap((name) =>
      referencesOf(parse(name, readFileSync(join(full.dist, name), "utf8")))
        .filter(({ specifier }) => builtinModules.includes(specifier))
        .map(({ specifier }) => `${name}: ${specifier}`),
    );
    expect(bareBuiltins).toEqual([]);
  });
});
