import * as fc from "fast-check";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { postgresStorage, type SqlStorage } from "../../../src/adapters/storage/postgres/index";
import { writtenId, type Entity, type Key, type Versioned, type Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import {
  sampleConsent,
  sampleConsentEntry,
  sampleConversation,
  sampleMessage,
  sampleTask,
} from "../../../src/testing/storage/sample-records";
import { describeOn } from "../../databases/describe-on";
import { hasPostgres, startPostgres, type PostgresServer } from "../../databases/postgres-server";
import { watchedPool } from "../../databases/watched-pool";

// Few ids and values, so that commits meet: a message has three unique values, of which one may be null.
const number = fc.integer({ min: 0, max: 3 });
const expected = fc.constantFrom<number | "absent" | "right">("absent", "right", "right", "right", 1, 2);

/** A write whose version is looked up when it is `"right"`. */
interface Step {
  readonly write: Write;
  readonly expect: number | "absent" | "right";
}

const messageStep = fc
  .record({ id: number, sid: fc.option(number), seq: number, expect: expected })
  .map(({ id, sid, seq, expect: version }): Step => {
    const changes = { id: `m${id}`, sid: sid === null ? null : `s${sid}`, conversationId: "c" };
    return {
      write: { kind: "message", put: sampleMessage(seq, changes), expect: "absent" },
      expect: version,
    };
  });
const conversationStep = fc.record({ id: number, contact: number, expect: expected }).map((one): Step => {
  const put = sampleConversation(one.contact, { id: `c${one.id}` });
  return { write: { kind: "conversation", put, expect: "absent" }, expect: one.expect };
});
const endingStep = fc
  .record({
    kind: fc.constantFrom("message" as const, "conversation" as const),
    id: number,
    does: fc.boolean(),
  })
  .map(({ kind, id, does }): Step => {
    const name = `${kind[0]}${id}`;
    const what = does ? { remove: name } : { check: name };
    // Either kind can be removed and checked, which the compiler does not see through the choice.
    const write = { kind, ...what, expect: 1 } as Write;
    return { write, expect: "right" };
  });
const commit = fc.uniqueArray(fc.oneof(messageStep, messageStep, conversationStep, endingStep), {
  minLength: 1,
  maxLength: 8,
  selector: ({ write }) => `${write.kind} ${writtenId(write)}`,
});

const KEYS: readonly Key[] = [0, 1, 2, 3].flatMap((at): readonly Key[] => [
  { kind: "message", id: `m${at}` },
  { kind: "conversation", id: `c${at}` },
]);

function versioned({ write, expect: wanted }: Step, found: Versioned<Entity> | null | undefined): Write {
  const version = wanted === "right" ? (found?.version ?? "absent") : wanted;
  // Something has to be expected by a check or a removal, also where there is nothing.
  if (!("put" in write)) return { ...write, expect: version === "absent" ? 1 : version };
  return { ...write, expect: version };
}

async function apply(storage: Storage, steps: readonly Step[]): Promise<unknown> {
  const found = await storage.read(
    steps.map(({ write }): Key => ({ kind: write.kind as "message", id: writtenId(write) })),
  );
  return storage.commit(steps.map((step, at) => versioned(step, found[at])));
}

const consent = sampleConsent();
const stopped = sampleConsent(1, { state: "opted-out", reason: "keyword_stop" });
const claim: readonly Write[] = [
  { kind: "consent", check: consent.id, expect: 1 },
  { kind: "task", put: sampleTask(1, { attempts: 1, calling: true }), expect: 1 },
];

describeOn("PostgreSQL and its commits", hasPostgres(), () => {
  let server: PostgresServer;
  let pool: Pool;
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.connectionString, max: 16 });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  async function open(commitAs: "one-statement" | "transaction" = "one-statement"): Promise<SqlStorage> {
    schemas += 1;
    const storage = postgresStorage({ pool, schema: `commits_${schemas}`, commit: commitAs, search: false });
    await storage.migrate();
    return storage;
  }

  async function empty(): Promise<void> {
    await pool.query(
      `delete from commits_${schemas}.sms_messages; delete from commits_${schemas}.sms_conversations`,
    );
  }

  it.each(["one-statement", "transaction"] as const)(
    "as %s mean what they mean in memory, whatever they remove, move and make anew",
    async (commitAs) => {
      const storage = await open(commitAs);
      await fc.assert(
        fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 5 }), async (commits) => {
          const memory = memoryStorage();
          for (const steps of commits) {
            const expectedOutcome = await apply(memory, steps);
            expect(await apply(storage, steps)).toBe(expectedOutcome);
            expect(await storage.read(KEYS)).toEqual(await memory.read(KEYS));
          }
          await empty();
        }),
        { numRuns: 30 },
      );
    },
  );

  it("of more steps than a statement should have are made whole or not at all", async () => {
    const storage = await open();
    const tasks = Array.from({ length: 60 }, (_, at) => sampleTask(at));
    await storage.commit(tasks.map((put): Write => ({ kind: "task", put, expect: "absent" })));
    const puts = tasks.map((task): Write => ({ kind: "task", put: { ...task, attempts: 1 }, expect: 1 }));
    const wrong: Write = { kind: "task", put: sampleTask(59, { attempts: 1 }), expect: 2 };
    expect(await storage.commit([...puts.slice(0, -1), wrong])).toBe("conflict");
    const keys = tasks.map(({ id }): Key => ({ kind: "task", id }));
    expect((await storage.read(keys)).map((found) => found?.version)).toEqual(tasks.map(() => 1));
    expect(await storage.commit(puts)).toBe("committed");
    expect((await storage.read(keys)).map((found) => found?.version)).toEqual(tasks.map(() => 2));
  });

  it("of many new records of which one is there already leave nothing", async () => {
    const storage = await open();
    await storage.commit([{ kind: "consentEntry", put: sampleConsentEntry(50), expect: "absent" }]);
    const entries = Array.from({ length: 100 }, (_, at) => sampleConsentEntry(at));
    const writes = entries.map((put): Write => ({ kind: "consentEntry", put, expect: "absent" }));
    expect(await storage.commit(writes)).toBe("conflict");
    const found = await storage.read(entries.map(({ id }): Key => ({ kind: "consentEntry", id })));
    expect(found.filter((one) => one !== null)).toHaveLength(1);
  });

  it("raise no error for a conflict at their first write, and undo a half-done one", async () => {
    const watched = watchedPool(pool);
    const storage = postgresStorage({ pool: watched, schema: "conflicts" });
    const conversation = sampleConversation();
    const existing: readonly Write[] = [
      { kind: "consent", put: consent, expect: "absent" },
      { kind: "conversation", put: conversation, expect: "absent" },
      { kind: "message", put: sampleMessage(), expect: "absent" },
    ];
    await storage.commit(existing);
    expect(await storage.commit(existing)).toBe("conflict");
    expect(
      await storage.commit([
        { kind: "consent", check: consent.id, expect: 1 },
        { kind: "conversation", put: conversation, expect: 7 },
        { kind: "message", put: sampleMessage(2), expect: "absent" },
      ]),
    ).toBe("conflict");
    expect(watched.failures).toEqual([]);
    const half: readonly Write[] = [
      { kind: "conversation", put: { ...conversation, lastSeq: 9 }, expect: 1 },
      { kind: "message", put: sampleMessage(), expect: "absent" },
    ];
    expect(await storage.commit(half)).toBe("conflict");
    expect(watched.failures).toEqual([expect.objectContaining({ code: "22P02" })]);
    expect(await storage.read([{ kind: "conversation", id: conversation.id }])).toEqual([
      { version: 1, value: conversation },
    ]);
  });

  it("on the same records in opposite orders never wait for each other in a circle", async () => {
    const watched = watchedPool(pool);
    const storage = postgresStorage({ pool: watched, schema: "circles", search: false });
    const ids = [1, 2, 3, 4, 5, 6];
    const of = (at: number, attempts: number): Write => ({
      kind: "task",
      put: sampleTask(at, { attempts }),
      expect: "absent",
    });
    await storage.commit(ids.map((at) => of(at, 0)));
    let committed = 0;
    const work = async (worker: number): Promise<void> => {
      for (let round = 0; round < 25; round += 1) {
        const mine = worker % 2 === 0 ? ids : ids.toReversed();
        const found = await storage.read(mine.map((at): Key => ({ kind: "task", id: sampleTask(at).id })));
        const writes = mine.map((at, place): Write => ({
          ...of(at, worker),
          expect: found[place]?.version ?? 0,
        }));
        if ((await storage.commit(writes)) === "committed") committed += 1;
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, worker) => work(worker)));
    expect(committed).toBeGreaterThan(0);
    // Half-done commits undo themselves; a circle would show as 40P01.
    expect(watched.failures.filter((error) => (error as { code?: unknown }).code !== "22P02")).toEqual([]);
    const [task] = await storage.read([{ kind: "task", id: sampleTask(1).id }]);
    expect(task?.version).toBe(committed + 1);
  });

  it.each(["repeatable read", "serializable"])(
    "have one winner of many where the host has set transactions to be %s",
    async (isolation) => {
      const strict = new Pool({
        connectionString: server.connectionString,
        options: `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`,
        max: 8,
      });
      const storage = postgresStorage({ pool: strict, schema: `isolated_${isolation.replace(" ", "_")}` });
      await storage.commit([
        { kind: "consent", put: consent, expect: "absent" },
        { kind: "task", put: sampleTask(1), expect: "absent" },
      ]);
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => storage.commit(claim)));
      expect(outcomes.filter((outcome) => outcome === "committed")).toHaveLength(1);
      await strict.end();
    },
  );

  describe.each(["one-statement", "transaction"] as const)(
    "as %s, where a STOP is not committed yet",
    (commitAs) => {
      async function whileStopping(
        storage: SqlStorage,
        {
          stop,
          writes,
          end,
        }: { readonly stop: string; readonly writes: readonly Write[]; readonly end: string },
      ): Promise<unknown> {
        const other = await pool.connect();
        await other.query("begin");
        await other.query(stop);
        const claiming = storage.commit(writes);
        const waiting = "select 1 from pg_locks where not granted";
        while ((await pool.query(waiting)).rows.length === 0);
        await other.query(end);
        other.release();
        return claiming;
      }

      async function prepared(withConsent: boolean): Promise<SqlStorage> {
        const storage = await open(commitAs);
        if (withConsent) await storage.commit([{ kind: "consent", put: consent, expect: "absent" }]);
        await storage.commit([{ kind: "task", put: sampleTask(1), expect: "absent" }]);
        return storage;
      }

      const taskVersion = async (storage: Storage): Promise<number | undefined> =>
        (await storage.read([{ kind: "task", id: sampleTask(1).id }]))[0]?.version;

      it.each([
        ["commit", "conflict", 1],
        ["rollback", "committed", 2],
      ] as const)("a claim waits for it: with its %s it is %s", async (end, outcome, version) => {
        const storage = await prepared(true);
        const stop = `update commits_${schemas}.sms_consents set state = 'opted-out', version = version + 1`;
        expect(await whileStopping(storage, { stop, writes: claim, end })).toBe(outcome);
        expect(await taskVersion(storage)).toBe(version);
      });

      it.each([
        ["commit", "conflict", 1],
        ["rollback", "committed", 2],
      ] as const)(
        "a claim that makes the consent waits for one that does: with its %s it is %s",
        async (end, outcome, version) => {
          const storage = await prepared(false);
          const { id, accountSid, contact, state, since, reason } = stopped;
          const values = [id, accountSid, contact, state, since, reason].map((value) => `'${value}'`).join();
          const stop = `insert into commits_${schemas}.sms_consents (id, account_sid, contact, state, since, reason, version) values (${values}, 1)`;
          const writes: readonly Write[] = [
            { kind: "consent", put: consent, expect: "absent" },
            ...claim.slice(1),
          ];
          expect(await whileStopping(storage, { stop, writes, end })).toBe(outcome);
          expect(await taskVersion(storage)).toBe(version);
        },
      );
    },
  );
});
