import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOn } from "../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../databases/postgres-server";

const run = promisify(execFile);
const transcript = fileURLToPath(new URL("../../examples/inbox/transcript.ts", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx/cli");

describeOn("the inbox demo on PostgreSQL", hasPostgres(), () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it("plays its whole story when told --storage postgres://…", { timeout: 60_000 }, async () => {
    const { connectionString } = server;
    const { stdout } = await run(process.execPath, [tsx, transcript, "--storage", connectionString]);
    expect(stdout).toMatch(/All \d+ steps went as told/);
    const client = new Client({ connectionString });
    await client.connect();
    const { rows } = await client.query("select count(*)::int as messages from sms_messages");
    await client.end();
    expect(rows).toEqual([{ messages: expect.any(Number) }]);
    expect(Reflect.get(Object(rows[0]), "messages")).toBeGreaterThan(10);
  });
});
