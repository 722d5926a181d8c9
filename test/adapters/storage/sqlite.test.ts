import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import type { Storage } from "../../../src/ports/storage";
import { storageSuite, type KilledWriter } from "../../../src/testing/index";

const WRITER = fileURLToPath(new URL("./fixtures/write-to-sqlite.ts", import.meta.url));
const LINES_BEFORE_THE_KILL = 20;

let folder = "";
let files = 0;
const pathOf = new Map<Storage, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-sqlite-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function newPath(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

function open(path: string): Storage {
  const storage = sqliteStorage({ path });
  pathOf.set(storage, path);
  return storage;
}

/** Lets a process write to a new file until it is killed in the middle of it. */
async function kill(): Promise<KilledWriter> {
  const path = newPath();
  const writer = spawn(process.execPath, ["--import", "tsx", WRITER, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(writer, "exit");
  const reported: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    reported.push(line);
    if (reported.length === LINES_BEFORE_THE_KILL) writer.kill("SIGKILL");
  }
  await gone;
  return { reported, storage: async () => open(path) };
}

storageSuite({
  describe,
  it,
  after: afterAll,
  name: "sqliteStorage in a file",
  create: async () => open(newPath()),
  reopen: async (storage) => {
    await storage.close();
    return open(pathOf.get(storage) ?? "");
  },
  connect: async (storage) => open(pathOf.get(storage) ?? ""),
  kill,
});

storageSuite({
  describe,
  it,
  after: afterAll,
  name: "sqliteStorage in memory",
  create: async () => sqliteStorage({ path: ":memory:" }),
  without: {
    reopening: "a database in memory goes with its connection",
    sharing: "a database in memory belongs to one connection",
    killing: "nothing is kept",
  },
});
