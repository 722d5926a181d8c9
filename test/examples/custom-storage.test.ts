import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { STORAGE_CASES } from "../../src/testing/index";
import { entries } from "../../tsup.config";
import { parse, readTree, referencesOf, repositoryRoot } from "../structure/source-tree";

const run = promisify(execFile);
const folder = join(repositoryRoot, "examples/custom-storage");
const isInstalled = existsSync(join(folder, "node_modules/lmdb"));
const mustRun = process.env["CI"] === "true";
const install = "npm ci --prefix examples/custom-storage";

// A process compiles its TypeScript first, which takes seconds on a busy machine.
const RUN_TIMEOUT_MS = 120_000;
const MOST_LINES = 250;

if (!isInstalled && !mustRun)
  process.stderr.write(`\nNOT RUN: the example of a custom storage is not installed. Run: ${install}\n\n`);

describe("the example of a custom storage", () => {
  test("is short enough to be read", () => {
    const lines = readFileSync(join(folder, "lmdb-storage.ts"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThan(MOST_LINES);
  });

  test("imports nothing that an author would not have", () => {
    const allowed = new Set([
      "lmdb",
      ...Object.keys(entries).map((path) => `@mailtrixy/sms${path.slice(1)}`),
    ]);
    const foreign = [...readTree(folder)].flatMap(([file, text]) =>
      referencesOf(parse(file, text))
        .map(({ specifier }) => specifier)
        .filter((specifier) => !allowed.has(specifier) && !/^(node:|\.\/[a-z-]+$)/.test(specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(foreign).toEqual([]);
  });

  test.runIf(mustRun)(`is installed in CI, by ${install}`, () => {
    expect(isInstalled).toBe(true);
  });

  test.runIf(isInstalled)(
    "keeps every rule of a storage",
    async () => {
      const { stdout } = await run("npm", ["test"], { cwd: folder, timeout: RUN_TIMEOUT_MS });
      const [, passed] = /^(?:#|ℹ) pass (\d+)$/m.exec(stdout) ?? [];
      // An empty suite would pass too.
      expect(Number(passed)).toBeGreaterThan(50);
    },
    RUN_TIMEOUT_MS,
  );

  test.runIf(isInstalled)(
    "shows a thread that outlives its process",
    async () => {
      const { stdout } = await run("npm", ["run", "demo"], { cwd: folder, timeout: RUN_TIMEOUT_MS });
      const [before = "", after = ""] = stdout.split("Another process");
      const thread = before.slice(before.indexOf("  +1")).trim();
      expect(thread).toMatch(/← .+\n.+→ .+\(delivered\)$/);
      expect(after).toContain(thread);
    },
    RUN_TIMEOUT_MS,
  );
});

describe("the guide for authors of storages", () => {
  const guide = readFileSync(join(repositoryRoot, "docs/storage-authors.md"), "utf8");

  test("names rules that the suite has", () => {
    const [, table = ""] = guide.split("## Mistakes, and what catches them");
    const named = [...(table.split("## ")[0] ?? "").matchAll(/^\| .+ \| (.+?) +\|$/gm)]
      .slice(1)
      .flatMap(([, cell = ""]) => cell.split("; "))
      .filter((name) => !/^-+$/.test(name));
    const known = Object.values(STORAGE_CASES).flatMap((cases) => cases.map(({ name }) => name));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test("names functions that the kit has", async () => {
    const kit: object = await import("../../src/adapters/storage/index");
    const [, lists = ""] = guide.split("## Lists");
    const [table = ""] = lists.split("## Search");
    const named = [...table.matchAll(/^\| (`.+?) +\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => name === undefined || !(name in kit))).toEqual([]);
  });
});
