import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { after, describe, it, test } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { memoryStorage } from "@mailtrixy/sms";
import type { Page, Query, Storage, Write } from "@mailtrixy/sms";
import { sampleDraft, sampleTask, storageSuite } from "@mailtrixy/sms/testing";
import { lmdbStorage } from "./lmdb-storage";

const WRITER = fileURLToPath(new URL("writer.ts", import.meta.url));
const KILLED_AFTER_COMMITS = 30;

const folder = mkdtempSync(join(tmpdir(), "sms-lmdb-"));
const paths = new Map<Storage, string>();
process.on("exit", () => rmSync(folder, { recursive: true }));

function newPath(): string {
  return join(folder, `${paths.size}.mdb`);
}

function openAt(path: string): Storage {
  const storage = lmdbStorage({ path });
  paths.set(storage, path);
  return storage;
}

function pathOf(storage: Storage): string {
  return paths.get(storage) ?? "";
}

// Every rule of the library, as a test of it.
storageSuite({
  describe,
  it,
  after,
  name: "lmdbStorage",
  create: async () => openAt(newPath()),
  reopen: async (storage) => {
    await storage.close();
    return openAt(pathOf(storage));
  },
  connect: async (storage) => openAt(pathOf(storage)),
  kill: async () => {
    const path = newPath();
    const writer = spawn(process.execPath, ["--import", "tsx", WRITER, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const reported: string[] = [];
    for await (const line of createInterface({ input: writer.stdout })) {
      reported.push(line);
      if (reported.length === KILLED_AFTER_COMMITS) writer.kill("SIGKILL");
    }
    return { reported, storage: async () => openAt(path) };
  },
  without: { searching: "LMDB has no index of words." },
});

// Beyond the suite: what only this storage can get wrong are its keys.
const numbers = [0, 1, -1, 255, 256, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
const texts = [
  "",
  "a",
  "a\0",
  "a\0\0",
  "a\u0001",
  "ab",
  "\0",
  "\uD800",
  "\uFF00",
  "\uFFFF",
  "\u{1F600}",
  "é",
];

await test("keys sort numbers and any text as the library does", async () => {
  const byNumber = numbers.flatMap((dueAtMs) =>
    texts.map((text) => sampleTask(1, { id: `${text} ${dueAtMs}`, dueAtMs })),
  );
  const byText = texts.flatMap((createdAt) =>
    texts.map((text) => sampleDraft(1, { id: `${text} ${createdAt}`, createdAt })),
  );
  const writes = [
    ...byNumber.map((put): Write => ({ kind: "task", put, expect: "absent" })),
    ...byText.map((put): Write => ({ kind: "draft", put, expect: "absent" })),
  ];
  const tasks = { list: "tasks", class: "urgent", dueBeforeMs: Number.MAX_SAFE_INTEGER } as const;
  const drafts = { list: "drafts", accountSid: null, conversationId: null, status: null } as const;
  const [ours, theirs] = [openAt(newPath()), memoryStorage()];
  for (const storage of [ours, theirs]) assert.equal(await storage.commit(writes), "committed");
  for (const query of [tasks, drafts]) {
    const expected = await idsOf(theirs, { ...query, limit: 1_000, cursor: null });
    assert.equal(expected.length, query === tasks ? byNumber.length : byText.length);
    for (const limit of [1, 7, 1_000])
      assert.deepEqual(await idsOf(ours, { ...query, limit, cursor: null }), expected);
  }
  await ours.close();
});

await test("an id that is too long is never cut off: its commit is refused whole, and a read finds nothing", async () => {
  const storage = openAt(newPath());
  const ids = ["short", "x".repeat(5_000)];
  const commit = storage.commit(
    ids.map((id) => ({ kind: "task", put: sampleTask(1, { id }), expect: "absent" })),
  );
  await assert.rejects(commit, /too long/);
  assert.deepEqual(await storage.read(ids.map((id) => ({ kind: "task", id }))), [null, null]);
  await storage.close();
});

await test("what nothing is sorted by may be of any length", async () => {
  const storage = openAt(newPath());
  const drafts = ["1", "2"].map((end) =>
    sampleDraft(1, { id: `d${end}`, conversationId: "x".repeat(5_000) + end }),
  );
  await storage.commit(drafts.map((put) => ({ kind: "draft", put, expect: "absent" })));
  for (const { id, conversationId } of drafts) {
    const query = { list: "drafts", accountSid: null, conversationId, status: null } as const;
    assert.deepEqual(await idsOf(storage, { ...query, limit: 9, cursor: null }), [id]);
  }
  await storage.close();
});

/** The ids of a whole list, page by page. */
async function idsOf(storage: Storage, query: Query): Promise<readonly string[]> {
  const page: Page<{ readonly id: string }> = await storage.list(query);
  const ids = page.items.map(({ id }) => id);
  if (page.nextCursor === null) return ids;
  return [...ids, ...(await idsOf(storage, { ...query, cursor: page.nextCursor }))];
}
