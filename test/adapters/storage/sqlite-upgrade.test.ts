import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import { sampleConsent, sampleTask } from "../../../src/testing/storage/sample-records";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-upgrade-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it("a database of the first shape gets the columns of today, and its records keep what they said", async () => {
  const path = join(folder, "sms.db");
  const writes = [
    { kind: "consent", put: sampleConsent(), expect: "absent" },
    { kind: "task", put: sampleTask(), expect: "absent" },
  ] as const;
  const first = sqliteStorage({ path });
  expect(await first.commit(writes)).toBe("committed");
  await first.close();
  const database = await openDatabase(path);
  database.exec("alter table sms_tasks drop column detail");
  database.exec("alter table sms_consents drop column erased_at");
  database.exec("delete from sms_migrations where name = '0002-task-detail'");
  database.close();

  const upgraded = sqliteStorage({ path });
  const keys = [
    { kind: "consent", id: sampleConsent().id },
    { kind: "task", id: sampleTask().id },
  ] as const;
  expect(await upgraded.read(keys)).toEqual([
    { version: 1, value: sampleConsent() },
    { version: 1, value: sampleTask() },
  ]);
  const detail = { kind: "call", calledAtMs: 1, calls: 1, unknownSinceMs: null, lookUps: 0 } as const;
  expect(await upgraded.commit([{ kind: "task", put: { ...sampleTask(), detail }, expect: 1 }])).toBe(
    "committed",
  );
  expect(await upgraded.read([keys[1]])).toEqual([{ version: 2, value: { ...sampleTask(), detail } }]);
  await upgraded.close();
});
