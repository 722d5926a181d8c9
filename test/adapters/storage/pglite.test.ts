import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { postgresStorage } from "../../../src/adapters/storage/postgres/index";
import { tableNames } from "../../../src/adapters/storage/sql/tables";
import type { Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import { storageSuite } from "../../../src/testing/index";
import { sampleTask } from "../../../src/testing/storage/sample-records";
import { describeOn } from "../../databases/describe-on";
import { schemaStore } from "../../databases/schema-store";
import { hasPglite, openPglite, type Pglite } from "../../databases/pglite";

describeOn("PGlite", hasPglite(), () => {
  let pglite: Pglite;
  const schemaOf = new Map<Storage, string>();
  const schemas = schemaStore("lite", Object.values(tableNames().of), (sql) =>
    pglite.query(sql, [], { rowMode: "array" }),
  );

  beforeAll(async () => {
    pglite = await openPglite();
  });
  afterAll(() => pglite.close());
  afterEach(() => schemas.giveBack());

  function open(schema: string): Storage {
    const storage = postgresStorage({ pglite, schema });
    schemaOf.set(storage, schema);
    return storage;
  }

  storageSuite({
    describe,
    it,
    after: afterAll,
    name: "postgresStorage over PGlite",
    create: async () => open(schemas.take()),
    reopen: async (storage) => {
      await storage.close();
      return open(schemaOf.get(storage) ?? "");
    },
    connect: async (storage) => open(schemaOf.get(storage) ?? ""),
    without: { killing: "the database lives and dies in the process that uses it" },
  });

  it("is left open when a storage is closed, with its own parsers", async () => {
    const storage = postgresStorage({ pglite, schema: "hosts" });
    const task: Write = { kind: "task", put: sampleTask(), expect: "absent" };
    expect([await storage.commit([task]), await storage.commit([task])]).toEqual(["committed", "conflict"]);
    await storage.close();
    const { rows } = await pglite.query("select id, due_at_ms from hosts.sms_tasks", [], {
      rowMode: "array",
    });
    expect(rows).toEqual([[sampleTask().id, sampleTask().dueAtMs]]);
  });
});
