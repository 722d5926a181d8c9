import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteConnection, type SqliteDatabase } from "../../../src/adapters/storage/sqlite/database";
import { openDatabase } from "../../../src/adapters/storage/sqlite/driver";
import { sqliteStorage, type SqliteStorageOptions } from "../../../src/adapters/storage/sqlite/index";
import { readOptions } from "../../../src/adapters/storage/sqlite/options";
import { connect } from "../../../src/adapters/storage/sqlite/open";
import { sampleMessage, sampleTask } from "../../../src/testing/storage/sample-records";

let folder = "";
let database: SqliteDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-sqlite-"));
  database = await openDatabase(":memory:");
});

afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

const createTask = { kind: "task", put: sampleTask(), expect: "absent" } as const;
const taskKey = { kind: "task", id: sampleTask().id } as const;

function namesIn(one: SqliteDatabase): readonly string[] {
  return sqliteConnection(one)
    .rows("select name from sqlite_master order by name", [])
    .map(([name]) => String(name));
}

/** All that defines a database, and the steps that it has gone through. */
function shapeOf(one: SqliteDatabase, prefix: string): unknown {
  const connection = sqliteConnection(one);
  return {
    objects: connection.rows("select type, name, tbl_name, sql from sqlite_master order by rowid", []),
    migrations: connection.rows(`select name from ${prefix}migrations order by name`, []),
  };
}

describe("the options of sqliteStorage", () => {
  it.each([
    ["a prefix with a capital", { tablePrefix: "Sms_" }],
    ["a prefix that could end a name", { tablePrefix: 'a"; --' }],
    ["an empty prefix", { tablePrefix: "" }],
    ["a prefix that is no text", { tablePrefix: 1 }],
    ["another way to migrate", { migrations: "never" }],
    ["null for how to migrate", { migrations: 1 }],
    ["a text for search", { search: "yes" }],
    ["another synchronous", { synchronous: "off" }],
    [
      "synchronous beside a database",
      { path: undefined, database: { prepare() {}, exec() {}, close() {} }, synchronous: "full" },
    ],
  ])("refuse %s at once", (_, options) => {
    const given = { path: "sms.db", ...options } as unknown as SqliteStorageOptions;
    expect(() => sqliteStorage(given)).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });

  it("have defaults", () => {
    const expected = { tablePrefix: "sms_", migrations: "at-opening", search: true };
    expect(readOptions({ path: "a" })).toEqual({
      ...expected,
      source: { kind: "path", path: "a", synchronous: "full" },
    });
    expect(readOptions({ database })).toEqual({ ...expected, source: { kind: "database", database } });
  });
});

describe("tablePrefix", () => {
  it("names everything, so that two installations share a file and know nothing of each other", async () => {
    const [ours, theirs] = ["ours_", "theirs_"].map((tablePrefix) =>
      sqliteStorage({ database, tablePrefix }),
    );
    for (const number of [1, 2]) {
      const put = sampleMessage(number, { body: "hello" });
      await (number === 1 ? ours : theirs)?.commit([{ kind: "message", put, expect: "absent" }]);
    }
    const query = { in: "messages", text: "hello", accountSid: null, limit: 5, cursor: null } as const;
    expect((await ours?.search?.(query))?.items).toEqual([sampleMessage(1, { body: "hello" })]);
    expect((await theirs?.search?.(query))?.items).toEqual([sampleMessage(2, { body: "hello" })]);
    const others = namesIn(database).filter((name) => !/^(ours_|theirs_|sqlite_)/.test(name));
    expect(others).toEqual([]);
  });
});

describe("synchronous", () => {
  it.each([
    [{}, 2],
    [{ synchronous: "full" }, 2],
    [{ synchronous: "normal" }, 1],
  ] as const)("%o is the setting %d of a file that is opened here", async (options, expected) => {
    const opened = await connect(readOptions({ path: join(folder, "sms.db"), ...options }));
    expect(opened.connection.first("pragma synchronous", [])).toEqual([expected]);
    expect(opened.connection.first("pragma journal_mode", [])).toEqual(["wal"]);
    opened.database.close();
  });
});

describe("migrations by hand", () => {
  it("are asked for by every verb until they have run", async () => {
    const storage = sqliteStorage({ database, migrations: "by-hand" });
    const refused = {
      code: "storage_failed",
      details: { missingMigrations: ["0001-first-shape", "0002-task-detail", "search-0001"] },
    };
    await expect(storage.read([taskKey])).rejects.toMatchObject(refused);
    await expect(storage.commit([createTask])).rejects.toMatchObject(refused);
    expect(namesIn(database)).toEqual([]);
    await storage.migrate();
    expect(await storage.commit([createTask])).toBe("committed");
    await storage.migrate();
    expect(await storage.read([taskKey])).toEqual([{ version: 1, value: sampleTask() }]);
  });

  it("are asked for again when searching is added", async () => {
    await sqliteStorage({ database, search: false }).commit([createTask]);
    const storage = sqliteStorage({ database, migrations: "by-hand" });
    await expect(storage.read([taskKey])).rejects.toMatchObject({
      details: { missingMigrations: ["search-0001"] },
    });
    expect(
      await sqliteStorage({ database, migrations: "by-hand", search: false }).read([taskKey]),
    ).toHaveLength(1);
    await storage.migrate();
    expect(await storage.read([taskKey])).toEqual([{ version: 1, value: sampleTask() }]);
  });

  it("run once when several connections run them at the same time", async () => {
    const path = join(folder, "sms.db");
    const storages = [1, 2, 3, 4].map(() => sqliteStorage({ path, migrations: "by-hand" }));
    await Promise.all(storages.map((storage) => storage.migrate()));
    expect(await Promise.all(storages.map((storage) => storage.read([taskKey])))).toEqual(
      storages.map(() => [null]),
    );
    await Promise.all(storages.map((storage) => storage.close()));
  });

  it.each([{ search: true }, { search: false }])(
    "as SQL make the very same database: %o",
    async ({ search }) => {
      const options = { tablePrefix: "a_", search } as const;
      const sql = await sqliteStorage({ path: join(folder, "never-opened.db"), ...options }).migrationSql();
      database.exec(sql);
      const other = await openDatabase(":memory:");
      const migrated = sqliteStorage({ database: other, ...options });
      await migrated.migrate();
      expect(shapeOf(database, "a_")).toEqual(shapeOf(other, "a_"));
      other.close();
      const storage = sqliteStorage({ database, ...options, migrations: "by-hand" });
      const put = sampleMessage(1, { body: "hello" });
      expect(await storage.commit([{ kind: "message", put, expect: "absent" }])).toBe("committed");
    },
  );

  it("are not run by migrate() on a closed storage", async () => {
    const storage = sqliteStorage({ path: join(folder, "sms.db"), migrations: "by-hand" });
    await storage.close();
    await expect(storage.migrate()).rejects.toMatchObject({ code: "storage_failed" });
  });
});
