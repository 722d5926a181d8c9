import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteConnection, type SqliteDatabase } from "../../../src/adapters/storage/sqlite/database";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { commitGroup, type PreparedCommit } from "../../../src/adapters/storage/sqlite/group-commit";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import type { Write } from "../../../src/core/model/record";
import { sampleTask } from "../../../src/testing/storage/sample-records";

let database: SqliteDatabase;

beforeEach(async () => {
  database = await openDatabase(":memory:");
  database.exec("create table letters (letter text primary key not null, n integer)");
});

afterEach(() => {
  database.close();
});

function letters(): readonly unknown[] {
  return sqliteConnection(database).rows("select letter from letters order by letter", []).flat();
}

function insert(letter: string | null, orElse = ""): PreparedCommit[number] {
  return {
    sql: `insert ${orElse} into letters (letter) values (?1 || ?2)`,
    values: [letter, ""],
    does: "write",
  };
}

const isThere = (letter: string): PreparedCommit[number] => ({
  sql: "select 1 from letters where letter = ?1 and letter = ?2",
  values: [letter, letter],
  does: "read",
});

const WRONG_SQL: PreparedCommit[number] = {
  sql: "insert into nothing values (1, 2)",
  values: [],
  does: "write",
};

/** What was executed in the database, without parameters. */
function recorded(failing?: (sql: string) => Error | undefined): {
  readonly log: string[];
  readonly watched: SqliteDatabase;
} {
  const log: string[] = [];
  const watched: SqliteDatabase = {
    prepare: (sql) => database.prepare(sql),
    exec(sql) {
      log.push(sql);
      const error = failing?.(sql);
      if (error !== undefined) throw error;
      return database.exec(sql);
    },
    close: () => database.close(),
  };
  return { log, watched };
}

describe("a group of commits", () => {
  it("answers each by itself: those that hold are there whole, the others not at all", () => {
    const outcomes = commitGroup(sqliteConnection(database), [
      [insert("a")],
      [insert("b"), insert("a")],
      [insert("c"), WRONG_SQL],
      [insert("d"), isThere("a")],
      [insert("e"), isThere("b")],
      [insert("f"), insert(null)],
      [insert("g")],
    ]);
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds).toEqual([
      "committed",
      "conflict",
      "failed",
      "committed",
      "conflict",
      "failed",
      "committed",
    ]);
    expect(letters()).toEqual(["a", "d", "g"]);
  });

  it("of one rolls back what does not hold", () => {
    const connection = sqliteConnection(database);
    expect(commitGroup(connection, [[insert("a"), isThere("z")]])).toEqual([{ kind: "conflict" }]);
    expect(commitGroup(connection, [[insert("a"), WRONG_SQL]])).toEqual([
      expect.objectContaining({ kind: "failed" }),
    ]);
    expect(letters()).toEqual([]);
    expect(commitGroup(connection, [[insert("a")]])).toEqual([{ kind: "committed" }]);
  });

  it("survives a commit that ends the transaction of all: the others get another", () => {
    const connection = sqliteConnection(database);
    commitGroup(connection, [[insert("a")]]);
    const outcomes = commitGroup(connection, [[insert("b")], [insert("a", "or rollback")], [insert("c")]]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["committed", "failed", "committed"]);
    expect(letters()).toEqual(["a", "b", "c"]);
  });

  it("throws when COMMIT fails, with nothing changed and no transaction left open", () => {
    const diskFull = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    const { watched } = recorded((sql) => (sql === "commit" ? diskFull : undefined));
    expect(() => commitGroup(sqliteConnection(watched), [[insert("a")], [insert("b")]])).toThrow(diskFull);
    expect(letters()).toEqual([]);
    expect(commitGroup(sqliteConnection(database), [[insert("c")]])).toEqual([{ kind: "committed" }]);
  });

  it("waits for the disk only when something was written", () => {
    const { log, watched } = recorded();
    commitGroup(sqliteConnection(watched), [[isThere("a")], [isThere("b")]]);
    expect(log).not.toContain("commit");
  });
});

describe("sqliteStorage", () => {
  const create = (number: number): readonly Write[] => [
    { kind: "task", put: sampleTask(number), expect: "absent" },
  ];

  it("puts commits of the same moment into one transaction", async () => {
    const { log, watched } = recorded();
    const storage = sqliteStorage({ database: watched });
    await storage.read([]);
    log.length = 0;
    const answers = await Promise.all([1, 2, 3].map((number) => storage.commit(create(number))));
    expect(answers).toEqual(["committed", "committed", "committed"]);
    expect(log.filter((sql) => /^(begin|commit|rollback|savepoint|release)/.test(sql))).toEqual([
      "begin immediate",
      "commit",
    ]);
  });

  it("takes savepoints only where a commit of the group did not hold, and commits once all the same", async () => {
    const { log, watched } = recorded();
    const storage = sqliteStorage({ database: watched });
    await storage.read([]);
    log.length = 0;
    const answers = await Promise.all([1, 2, 1, 3].map((number) => storage.commit(create(number))));
    expect(answers).toEqual(["committed", "committed", "conflict", "committed"]);
    expect(log.filter((sql) => sql === "begin immediate")).toHaveLength(2);
    expect(log.filter((sql) => sql === "commit")).toHaveLength(1);
    expect(log.filter((sql) => sql === "savepoint one_commit")).toHaveLength(4);
  });

  it("waits for the disk once for many commits, also while it keeps the index of searches", async () => {
    const { log, watched } = recorded();
    const storage = sqliteStorage({ database: watched });
    await storage.read([]);
    log.length = 0;
    const numbers = Array.from({ length: 1_024 }, (_, index) => index);
    await Promise.all(numbers.map((number) => storage.commit(create(number))));
    // Each COMMIT is one wait: 8 groups of 128 commits, and the index once in 256 writes.
    expect(log.filter((sql) => sql === "commit")).toHaveLength(8 + 4);
  });

  it("takes any number of commits at once", async () => {
    const storage = sqliteStorage({ database });
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((number) => storage.commit(create(number))));
    expect(answers).toEqual(numbers.map(() => "committed"));
  });

  it("rejects every commit of a transaction whose COMMIT failed, keeps none of them, and goes on", async () => {
    let isFull = false;
    const { watched } = recorded((sql) => (isFull && sql === "commit" ? new Error("disk full") : undefined));
    const storage = sqliteStorage({ database: watched });
    await storage.read([]);
    isFull = true;
    const failed = await Promise.allSettled([1, 2].map((number) => storage.commit(create(number))));
    expect(failed).toEqual(
      [1, 2].map(() => ({ status: "rejected", reason: expect.objectContaining({ code: "storage_failed" }) })),
    );
    isFull = false;
    const keys = [1, 2].map((number) => ({ kind: "task", id: sampleTask(number).id }) as const);
    expect(await storage.read(keys)).toEqual([null, null]);
    expect(await storage.commit(create(1))).toBe("committed");
  });

  it("tries again while the database is locked, even at COMMIT, and answers once", async () => {
    const busy = Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
    const refusals = ["begin immediate", "begin immediate", "commit"];
    let isReady = false;
    const { watched } = recorded((sql) => {
      if (!isReady || sql !== refusals[0]) return undefined;
      refusals.shift();
      return busy;
    });
    const storage = sqliteStorage({ database: watched });
    await storage.read([]);
    isReady = true;
    expect(await Promise.all([1, 1].map((number) => storage.commit(create(number))))).toEqual([
      "committed",
      "conflict",
    ]);
    expect(refusals).toEqual([]);
  });

  it("rejects only the commit that cannot be stored", async () => {
    const storage = sqliteStorage({ database });
    const unstorable: Write = { kind: "task", put: sampleTask(2, { messageId: "a\0b" }), expect: "absent" };
    const [first, second, third] = await Promise.allSettled([
      storage.commit(create(1)),
      storage.commit([unstorable]),
      storage.commit(create(3)),
    ]);
    expect([first, third]).toEqual([1, 3].map(() => ({ status: "fulfilled", value: "committed" })));
    expect(second).toEqual({
      status: "rejected",
      reason: expect.objectContaining({ code: "storage_failed" }),
    });
  });
});
