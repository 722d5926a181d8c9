import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { describeWhere } from "../../databases/describe-on";

const run = promisify(execFile);

/** node:sqlite is there without a flag since Node 22.13, and without a warning since 24. */
const nodeWithSqlite = Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : installedNode();

function installedNode(): string | null {
  const path = fileURLToPath(new URL("../../runtimes/node_modules/node/bin/node", import.meta.url));
  return existsSync(path) ? path : null;
}

interface Printed {
  readonly node: string;
  readonly cases: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly reason: string | null;
  }[];
}

const driver = {
  name: "sqliteStorage on node:sqlite",
  isThere: nodeWithSqlite !== null,
  folder: "test/runtimes",
};

describeWhere(driver, () => {
  it(
    "is what a runtime without any other driver uses, and keeps every rule",
    { timeout: 120_000 },
    async () => {
      // Outside of the repository no driver can be found but the one inside Node.
      const folder = await mkdtemp(join(tmpdir(), "sms-no-driver-"));
      const outfile = join(folder, "suite.mjs");
      await build({
        entryPoints: [fileURLToPath(new URL("fixtures/suite-on-node-sqlite.ts", import.meta.url))],
        outfile,
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        logLevel: "silent",
      });
      const { stdout } = await run(nodeWithSqlite ?? "", [outfile], { cwd: folder, maxBuffer: 1e8 });
      await rm(folder, { recursive: true });
      // What the fixture prints.
      const { node, cases } = JSON.parse(stdout) as Printed;
      expect(Number(node.split(".")[0])).toBeGreaterThanOrEqual(24);
      expect(cases.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      expect(cases.filter(({ outcome }) => outcome === "passed").length).toBeGreaterThan(150);
    },
  );
});
