import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { SqliteDatabase } from "../../src/adapters/storage/sqlite/database";
import { openDatabase } from "../../src/adapters/storage/sqlite/driver";
import { sqliteStorage } from "../../src/adapters/storage/sqlite/index";
import type { Key, Write } from "../../src/core/model/record";
import type { Query, Storage } from "../../src/ports/storage";
import {
  at,
  sampleConsent,
  sampleConversation,
  sampleMessage,
  sampleTask,
} from "../../src/testing/storage/sample-records";

// What a webhook costs in the storage: one read of the message, the conversation and the consent, one commit of the message, the
// conversation and, for the assistant, a task. Run it with `npx tsx test/bench/storage.ts`. Compare the ratios of one run only.

const THREADS = 200;
const folder = mkdtempSync(join(tmpdir(), "sms-bench-"));

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs `work` `count` times, `concurrency` at once, and gives the runs per second. */
async function rate(
  count: number,
  concurrency: number,
  work: (run: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        next += 1;
        await work(next);
      }
    }),
  );
  return (count / (performance.now() - startedMs)) * 1_000;
}

function keysOf(thread: number, sid: string): readonly Key[] {
  const { accountSid, ours, contact } = sampleConversation(thread);
  return [
    { kind: "message", id: sid },
    { kind: "conversation", pair: [accountSid, ours, contact] },
    { kind: "consent", id: sampleConsent(thread).id },
  ];
}

async function inbound(storage: Storage, run: number): Promise<void> {
  const thread = run % THREADS;
  const message = sampleMessage(run, { conversationId: `conversation-${thread}` });
  for (;;) {
    const [, conversation, consent] = await storage.read(keysOf(thread, message.id));
    if (conversation?.value === undefined || !("lastSeq" in conversation.value) || !consent)
      throw new Error("not seeded");
    const seq = conversation.value.lastSeq + 1;
    const outcome = await storage.commit([
      {
        kind: "conversation",
        put: { ...conversation.value, lastSeq: seq, lastMessageAt: at(run) },
        expect: conversation.version,
      },
      { kind: "message", put: { ...message, seq }, expect: "absent" },
      { kind: "task", put: sampleTask(run), expect: "absent" },
    ]);
    if (outcome === "committed") return;
  }
}

async function seed(storage: Storage): Promise<void> {
  for (let thread = 0; thread < THREADS; thread += 1) {
    await storage.commit([
      { kind: "consent", put: sampleConsent(thread), expect: "absent" },
      { kind: "conversation", put: sampleConversation(thread, { lastSeq: 0 }), expect: "absent" },
    ]);
  }
}

/** The statements of {@link inbound}, run by hand with everything known beforehand: the least that SQLite takes. */
function rawInbound(database: SqliteDatabase): (runs: readonly number[]) => void {
  const message = namesOf(database, "sms_messages");
  const conversation = namesOf(database, "sms_conversations");
  const task = namesOf(database, "sms_tasks");
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join();
  const insert = (table: string, names: readonly string[]) =>
    database.prepare(
      `insert into ${table} (${quoted(names)}) values (${names.map(() => "?").join()}) on conflict do nothing`,
    );
  const insertMessage = insert("sms_messages", message);
  const insertTask = insert("sms_tasks", task);
  const set = conversation
    .filter((name) => name !== "id")
    .map((name) => `"${name}" = ?`)
    .join();
  const update = database.prepare(`update sms_conversations set ${set} where id = ? and version = ?`);
  const reads = [
    database.prepare("select * from sms_messages where id = ?"),
    database.prepare("select * from sms_conversations where account_sid = ? and ours = ? and contact = ?"),
    database.prepare("select * from sms_consents where id = ?"),
  ];
  for (const read of reads) read.raw?.(true);
  const versions = new Map<number, number>();
  return (runs) => {
    for (const run of runs) {
      const thread = run % THREADS;
      const { accountSid, ours, contact } = sampleConversation(thread);
      reads[0]?.get(sampleMessage(run).id);
      reads[1]?.get(accountSid, ours, contact);
      reads[2]?.get(sampleConsent(thread).id);
    }
    database.exec("begin immediate");
    for (const run of runs) {
      const thread = run % THREADS;
      const version = versions.get(thread) ?? 1;
      versions.set(thread, version + 1);
      const one = sampleMessage(run, { conversationId: `conversation-${thread}`, seq: version });
      const values: Record<string, unknown> = {
        ...sampleConversation(thread),
        lastSeq: version,
        lastMessageAt: at(run),
        version: version + 1,
      };
      update.run(
        ...conversation.filter((name) => name !== "id").map((name) => plain(values[camel(name)])),
        `conversation-${thread}`,
        version,
      );
      const messageValues: Record<string, unknown> = { ...one, version: 1 };
      insertMessage.run(...message.map((name) => plain(messageValues[camel(name)])));
      const taskValues: Record<string, unknown> = { ...sampleTask(run), version: 1 };
      insertTask.run(...task.map((name) => plain(taskValues[camel(name)])));
    }
    database.exec("commit");
  };
}

function namesOf(database: SqliteDatabase, table: string): readonly string[] {
  return database
    .prepare(`select name from pragma_table_info('${table}')`)
    .all()
    .map((row) => String(Reflect.get(Object(row), "name")));
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function plain(value: unknown): string | number | null {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return typeof value === "string" || typeof value === "number" ? value : null;
}

async function freshFile(name: string): Promise<string> {
  const path = join(folder, `${name}.db`);
  const storage = sqliteStorage({ path });
  await seed(storage);
  await storage.close();
  return path;
}

async function inboundRates(): Promise<void> {
  log("inbound: one read of three records, one commit of three (runs per second)");
  for (const concurrency of [1, 16, 64]) {
    const count = concurrency === 1 ? 3_000 : 12_000;
    const memory = memoryStorage();
    await seed(memory);
    const inMemory = await rate(count, concurrency, (run) => inbound(memory, run));
    const sqlite = sqliteStorage({ path: await freshFile(`ours-${concurrency}`) });
    await sqlite.read([]);
    const ours = await rate(count, concurrency, (run) => inbound(sqlite, run));
    await sqlite.close();
    const database = await openDatabase(await freshFile(`raw-${concurrency}`));
    database.exec("pragma synchronous = full");
    const raw = rawInbound(database);
    const runs = Array.from({ length: count }, (_, index) => index + 1);
    const startedMs = performance.now();
    for (let from = 0; from < count; from += concurrency) raw(runs.slice(from, from + concurrency));
    const bare = (count / (performance.now() - startedMs)) * 1_000;
    database.close();
    log(
      `  ${String(concurrency).padStart(2)} at once: sqlite ${ours.toFixed(0)}, same statements by hand ${bare.toFixed(0)}` +
        ` (ratio ${(ours / bare).toFixed(2)}), memory ${inMemory.toFixed(0)}`,
    );
  }
}

async function listTimes(): Promise<void> {
  log("pages of 50 (µs each), by number of messages");
  const queries: Readonly<Record<string, (run: number, threads: number) => Query>> = {
    inbox: () => ({
      list: "conversations",
      accountSid: null,
      status: "open",
      channel: null,
      assignee: null,
      unread: false,
      needsAttention: false,
      limit: 50,
      cursor: null,
    }),
    "inbox of all statuses": () => ({
      list: "conversations",
      accountSid: null,
      status: null,
      channel: null,
      assignee: null,
      unread: false,
      needsAttention: false,
      limit: 50,
      cursor: null,
    }),
    thread: (run, threads) => ({
      list: "messages",
      conversationId: `conversation-${(run * 7919) % threads}`,
      order: "newest-first",
      limit: 50,
      cursor: null,
    }),
    "due tasks": () => ({ list: "tasks", class: "urgent", dueBeforeMs: 2 ** 50, limit: 50, cursor: null }),
  };
  const sizes = process.argv.includes("--large") ? [10_000, 1_000_000] : [10_000, 100_000];
  const storages = await Promise.all(
    sizes.map(async (size) => {
      const storage = sqliteStorage({ path: join(folder, `size-${size}.db`) });
      await fill(storage, size, size / 100);
      return { storage, threads: size / 100 };
    }),
  );
  for (const [name, query] of Object.entries(queries)) {
    const best = sizes.map(() => Number.POSITIVE_INFINITY);
    // In turns, so that whatever else the machine does meets both alike.
    for (let round = 0; round < 20; round += 1) {
      for (const [index, { storage, threads }] of storages.entries()) {
        const perSecond = await rate(100, 1, async (run) => {
          await storage.list(query(round * 100 + run, threads));
        });
        best[index] = Math.min(best[index] ?? 0, 1e6 / perSecond);
      }
    }
    const [small = 0, large = 0] = best;
    log(
      `  ${name}: ${small.toFixed(0)} at ${sizes[0]}, ${large.toFixed(0)} at ${sizes[1]} (ratio ${(large / small).toFixed(2)})`,
    );
  }
  for (const { storage } of storages) await storage.close();
}

/** Messages of many threads, interleaved as they arrive in life. */
async function fill(storage: Storage, size: number, threads: number): Promise<void> {
  for (let from = 0; from < size; from += 1_000) {
    const writes = Array.from({ length: 1_000 }, (_, index) => from + index).flatMap(
      (n): readonly Write[] => {
        const thread = n % threads;
        const seq = Math.floor(n / threads) + 1;
        const message = sampleMessage(n, {
          conversationId: `conversation-${thread}`,
          seq,
          body: "x".repeat(120),
        });
        const created: readonly Write[] =
          seq > 1 ? [] : [{ kind: "conversation", put: sampleConversation(thread), expect: "absent" }];
        const task: readonly Write[] =
          n % 10 > 0 ? [] : [{ kind: "task", put: sampleTask(n, { id: `t${n}` }), expect: "absent" }];
        return [...created, { kind: "message", put: message, expect: "absent" }, ...task];
      },
    );
    if ((await storage.commit(writes)) !== "committed")
      throw new Error("The bench fills a storage with records that clash.");
  }
}

try {
  if (!process.argv.includes("--lists")) await inboundRates();
  await listTimes();
} finally {
  rmSync(folder, { recursive: true });
}
