import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteStorage } from "../../src/adapters/storage/sqlite/index";
import { postgresStorage } from "../../src/adapters/storage/postgres/index";
import { exportAll } from "../../src/flows/export-records";
import { importAll } from "../../src/flows/import-all";
import type { Storage } from "../../src/ports/storage";
import { sampleMessage } from "../../src/testing/index";
import { describeOn } from "../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../databases/postgres-server";

const run = promisify(execFile);
const transcript = fileURLToPath(new URL("../../examples/inbox/transcript.ts", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx/cli");

/** Every record as a line, without the first line, which says when. */
async function recordsOf(storage: Storage): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of exportAll(storage)) lines.push(line);
  return lines.slice(1);
}

describeOn("moving from SQLite to PostgreSQL and back", hasPostgres(), () => {
  let server: PostgresServer;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), "sms-moving-"));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it("loses nothing of what the demo's story left, record by record", { timeout: 60_000 }, async () => {
    const path = join(folder, "from.db");
    await run(process.execPath, [tsx, transcript, "--storage", path]);
    const from = sqliteStorage({ path });
    const odd = {
      body: "Ünïcode \u{1F44B}\u{1F3FD} \u2028 '; drop",
      extra: { "": "\u0000", __proto__x: "y" },
    };
    await from.commit([{ kind: "message", put: sampleMessage(99, odd), expect: "absent" }]);
    const told = await recordsOf(from);
    expect(told.length).toBeGreaterThan(20);

    const there = postgresStorage({ connectionString: server.connectionString });
    const report = await importAll(there, exportAll(from));
    expect(report).toMatchObject({ complete: true, optOuts: 0 });
    expect(Object.values(report.differing).every((count) => count === 0)).toBe(true);
    expect(await recordsOf(there)).toEqual(told);

    const back = sqliteStorage({ path: join(folder, "back.db") });
    await importAll(back, exportAll(there));
    expect(await recordsOf(back)).toEqual(told);
    await Promise.all([from.close(), there.close(), back.close()]);
  });
});
