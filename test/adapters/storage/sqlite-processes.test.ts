import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import type { Storage } from "../../../src/ports/storage";
import { sampleTask } from "../../../src/testing/storage/sample-records";

const SCRIPT = fileURLToPath(new URL("./fixtures/commit-and-wait.ts", import.meta.url));

// A process compiles its TypeScript first, which takes seconds on a busy machine.
const START_TIMEOUT_MS = 60_000;

let path = "";
let folder = "";
const children: ChildProcess[] = [];
const storages: Storage[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-sqlite-"));
  path = join(folder, "sms.db");
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const storage of storages.splice(0)) await storage.close();
  await rm(folder, { recursive: true });
});

function open(): Storage {
  const storage = sqliteStorage({ path });
  storages.push(storage);
  return storage;
}

/** Starts a process that commits a task and waits; resolves with what the storage answered it. */
async function commitInProcess(
  number: number,
): Promise<{ readonly child: ChildProcess; readonly answer: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, path, String(number)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [chunk] = (await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit"),
  ])) as readonly unknown[];
  return { child, answer: String(chunk).trim() };
}

describe("a SQLite file and several processes", () => {
  it(
    "keeps what was answered when the process is killed at once",
    async () => {
      const { child, answer } = await commitInProcess(1);
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(answer).toBe("committed");
      const [found] = await open().read([{ kind: "task", id: sampleTask(1).id }]);
      expect(found).toEqual({ version: 1, value: sampleTask(1) });
    },
    START_TIMEOUT_MS,
  );

  it(
    "is made once when several processes open it at the same time, and takes the commits of all",
    async () => {
      const numbers = [1, 2, 3];
      const answers = await Promise.all(numbers.map(commitInProcess));
      expect(answers.map(({ answer }) => answer)).toEqual(numbers.map(() => "committed"));
      const found = await open().read(numbers.map((number) => ({ kind: "task", id: sampleTask(number).id })));
      expect(found.map((one) => one?.value)).toEqual(numbers.map((number) => sampleTask(number)));
    },
    START_TIMEOUT_MS,
  );

  it("lets exactly one of two connections win each version, and loses no step of a count", async () => {
    const rivals = [open(), open()];
    const [first] = rivals;
    await first?.commit([{ kind: "task", put: sampleTask(1), expect: "absent" }]);
    const steps = 25;
    await Promise.all(
      rivals.map(async (storage) => {
        for (let done = 0; done < steps;) {
          const [task] = await storage.read([{ kind: "task", id: sampleTask(1).id }]);
          const expect = task?.version ?? 0;
          const put = sampleTask(1, { attempts: expect });
          if ((await storage.commit([{ kind: "task", put, expect }])) === "committed") done += 1;
        }
      }),
    );
    const [task] = await open().read([{ kind: "task", id: sampleTask(1).id }]);
    expect(task).toEqual({ version: 2 * steps + 1, value: sampleTask(1, { attempts: 2 * steps }) });
  });

  it("waits for another connection's transaction while the event loop goes on, and reads meanwhile", async () => {
    const storage = open();
    await storage.commit([{ kind: "task", put: sampleTask(1), expect: "absent" }]);
    const other = await openDatabase(path);
    other.exec("begin immediate");
    let outcome: string | null = null;
    const committing = storage
      .commit([{ kind: "task", put: sampleTask(2), expect: "absent" }])
      .then((answer) => {
        outcome = answer;
      });
    const keys = [sampleTask(1), sampleTask(2)].map(({ id }) => ({ kind: "task", id }) as const);
    for (let turn = 0; turn < 20; turn += 1) {
      const found = await storage.read(keys);
      expect(found.map((one) => one?.value ?? null)).toEqual([sampleTask(1), null]);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(outcome).toBe(null);
    other.exec("commit");
    await committing;
    expect(outcome).toBe("committed");
    other.close();
  });
});
