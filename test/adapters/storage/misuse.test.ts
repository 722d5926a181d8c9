import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { memoryTable } from "../../../src/adapters/storage/memory-table";
import { LIST_INDEXES } from "../../../src/adapters/storage/list-plan";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite/index";
import { sampleTask } from "../../../src/testing/storage/sample-records";

const storages = [
  { name: "memory", open: memoryStorage },
  { name: "SQLite", open: () => sqliteStorage({ path: ":memory:" }) },
];

describe.each(storages)("the $name storage", ({ open }) => {
  it("takes a commit that names a record twice for a mistake of the program", async () => {
    const storage = open();
    const commit = storage.commit([
      { kind: "task", put: sampleTask(1), expect: "absent" },
      { kind: "draft", check: sampleTask(1).id, expect: 1 },
      { kind: "task", check: sampleTask(1).id, expect: 1 },
    ]);
    await expect(commit).rejects.toBeInstanceOf(TypeError);
    expect(await storage.read([{ kind: "task", id: sampleTask(1).id }])).toEqual([null]);
    await storage.close();
  });

  it.each([0, -1, 1.5, 1_001, Number.NaN])("refuses to list %d records", async (limit) => {
    const storage = open();
    await expect(
      storage.list({ list: "tasks", class: "urgent", dueBeforeMs: 1, limit, cursor: null }),
    ).rejects.toMatchObject({ code: "config_invalid" });
    await storage.close();
  });
});

describe("a table in memory", () => {
  it("holds nothing of records that are gone", () => {
    const table = memoryTable("task");
    const index = LIST_INDEXES.task.find(({ name }) => name === "due");
    for (let number = 0; number < 100; number += 1) {
      const task = sampleTask(number);
      table.set(task.id, { version: 1, value: task });
      table.set(task.id, { version: 2, value: { ...task, dueAtMs: task.dueAtMs + 1_000 } });
    }
    expect(index && [...(table.range(index, ["urgent"])?.walk(null, "ascending") ?? [])]).toHaveLength(100);
    for (let number = 0; number < 100; number += 1) table.remove(sampleTask(number).id);
    expect(index && table.range(index, ["urgent"])).toBe(undefined);
  });
});
