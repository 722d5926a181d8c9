import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import type { Storage } from "../../../src/ports/storage";
import { storageSuite } from "../../../src/testing/index";

describe("sqliteStorage in memory", () => {
  storageSuite({ describe, it, create: async () => sqliteStorage({ path: ":memory:" }) });
});

describe("sqliteStorage in a file", () => {
  let folder = "";
  let files = 0;
  const pathOf = new Map<Storage, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sms-sqlite-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  function open(path: string): Storage {
    const storage = sqliteStorage({ path });
    pathOf.set(storage, path);
    return storage;
  }

  storageSuite({
    describe,
    it,
    create: async () => {
      files += 1;
      return open(join(folder, `${files}.db`));
    },
    reopen: async (storage) => {
      await storage.close();
      return open(pathOf.get(storage) ?? "");
    },
  });
});
