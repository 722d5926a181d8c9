import { describe, expect, it } from "vitest";
import { retryWhileBusy } from "../../../src/adapters/storage/sqlite/busy";
import { commitQueue } from "../../../src/adapters/storage/sqlite/commit-queue";
import type { SqliteDatabase, SqliteStatement } from "../../../src/adapters/storage/sqlite/database";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { classifyFailure } from "../../../src/adapters/storage/sqlite/failure";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import { sampleMessage, sampleTask } from "../../../src/testing/storage/sample-records";

function failure(fields: Readonly<Record<string, unknown>>, message = "failed"): Error {
  return Object.assign(new Error(message), fields);
}

const BUSY = failure({ code: "SQLITE_BUSY" });

describe("what a driver's error means", () => {
  it.each([
    ["better-sqlite3", failure({ code: "SQLITE_BUSY" }), "busy"],
    ["better-sqlite3", failure({ code: "SQLITE_BUSY_SNAPSHOT" }), "busy"],
    ["better-sqlite3", failure({ code: "SQLITE_LOCKED" }), "busy"],
    ["libsql", failure({ code: "SQLITE_BUSY", rawCode: 5 }), "busy"],
    ["node:sqlite", failure({ code: "ERR_SQLITE_ERROR", errcode: 5 }), "busy"],
    ["node:sqlite", failure({ code: "ERR_SQLITE_ERROR", errcode: 517 }), "busy"],
    ["bun:sqlite", failure({ errno: 5 }), "busy"],
    ["any", failure({ code: "SQLITE_ERROR" }, "cannot start a transaction within a transaction"), "busy"],
    ["better-sqlite3", failure({ code: "SQLITE_CONSTRAINT_UNIQUE" }), "taken"],
    ["better-sqlite3", failure({ code: "SQLITE_CONSTRAINT_PRIMARYKEY" }), "taken"],
    ["node:sqlite", failure({ code: "ERR_SQLITE_ERROR", errcode: 2067 }), "taken"],
    ["node:sqlite", failure({ code: "ERR_SQLITE_ERROR", errcode: 1555 }), "taken"],
    ["better-sqlite3", failure({ code: "SQLITE_CONSTRAINT_NOTNULL" }), "broken"],
    ["node:sqlite", failure({ code: "ERR_SQLITE_ERROR", errcode: 1299 }), "broken"],
    ["better-sqlite3", failure({ code: "SQLITE_FULL" }), "broken"],
    ["any", new TypeError("The database connection is not open"), "broken"],
    ["any", "a text", "broken"],
    ["any", null, "broken"],
  ])("%s: %o is %s", (_, error, meaning) => {
    expect(classifyFailure(error)).toBe(meaning);
  });
});

describe("a locked database", () => {
  it("is tried until it is free", async () => {
    const refusals = [BUSY, BUSY, BUSY];
    const answer = await retryWhileBusy(() => {
      const refusal = refusals.pop();
      if (refusal !== undefined) throw refusal;
      return "free";
    });
    expect(answer).toBe("free");
  });

  it("that stays so is given up, as something that may work later", async () => {
    const work = (): never => {
      throw BUSY;
    };
    const givenUp = { code: "storage_failed", retryable: true, cause: BUSY };
    await expect(retryWhileBusy(work, 2)).rejects.toMatchObject(givenUp);
    const queue = commitQueue(work, 2);
    const answers = await Promise.allSettled([queue.add([]), queue.add([])]);
    expect(answers).toEqual(
      [1, 2].map(() => ({ status: "rejected", reason: expect.objectContaining(givenUp) })),
    );
  });

  it("is not tried again after any other error", async () => {
    const broken = failure({ code: "SQLITE_CORRUPT" });
    let attempts = 0;
    const work = retryWhileBusy(() => {
      attempts += 1;
      throw broken;
    });
    await expect(work).rejects.toBe(broken);
    expect(attempts).toBe(1);
  });
});

/** A driver that has only what all of them have: rows are objects without a prototype, and whole numbers are BigInt. */
function plainest(
  database: SqliteDatabase,
  failing: (sql: string) => Error | undefined = () => undefined,
): SqliteDatabase {
  const asObject = (row: unknown): unknown =>
    typeof row !== "object" || row === null
      ? null
      : Object.assign(
          Object.create(null),
          Object.fromEntries(
            Object.entries(row)
              .filter(([name]) => name !== "_metadata")
              .map(([name, value]) => [name, typeof value === "number" ? BigInt(value) : value]),
          ),
        );
  return {
    prepare(sql): SqliteStatement {
      const statement = database.prepare(sql);
      return {
        all: (...values) => statement.all(...values).map(asObject),
        get: (...values) => asObject(statement.get(...values)),
        run: (...values) => ({ changes: BigInt(statement.run(...values).changes) }),
      };
    },
    exec(sql) {
      const error = failing(sql);
      if (error !== undefined) throw error;
      return database.exec(sql);
    },
    close: () => database.close(),
  };
}

describe("a driver without rows as arrays and with BigInt", () => {
  it("gives the same records", async () => {
    const database = await openDatabase(":memory:");
    const storage = sqliteStorage({ database: plainest(database) });
    const task = sampleTask(1, { calling: true });
    await storage.commit([
      { kind: "message", put: sampleMessage(), expect: "absent" },
      { kind: "task", put: task, expect: "absent" },
    ]);
    const found = await storage.read([
      { kind: "message", sid: sampleMessage().sid ?? "" },
      { kind: "task", id: task.id },
      { kind: "task", id: "none" },
    ]);
    expect(found).toEqual([{ version: 1, value: sampleMessage() }, { version: 1, value: task }, null]);
    await storage.close();
    database.close();
  });

  it("reads again when its file was locked, and fails with storage_failed when it is broken", async () => {
    const database = await openDatabase(":memory:");
    const failures: Error[] = [];
    const storage = sqliteStorage({
      database: plainest(database, (sql) => (sql === "begin" ? failures.pop() : undefined)),
    });
    const keys = [1, 2].map((number) => ({ kind: "task", id: sampleTask(number).id }) as const);
    await storage.read([]);
    failures.push(BUSY, BUSY);
    expect(await storage.read(keys)).toEqual([null, null]);
    expect(failures).toEqual([]);
    failures.push(failure({ code: "SQLITE_CORRUPT" }));
    await expect(storage.read(keys)).rejects.toMatchObject({ code: "storage_failed", retryable: false });
    expect(await storage.read(keys)).toEqual([null, null]);
    database.close();
  });
});
