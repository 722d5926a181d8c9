import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { postgresStorage, type PostgresWorkOptions } from "../../../src/adapters/storage/postgres/index";
import { tableNames } from "../../../src/adapters/storage/sql/tables";
import type { Storage } from "../../../src/ports/storage";
import { storageSuite, type KilledWriter } from "../../../src/testing/index";
import { describeOn } from "../../databases/describe-on";
import { schemaStore } from "../../databases/schema-store";
import { hasPostgres, startPostgres, type PostgresServer } from "../../databases/postgres-server";

const WRITER = fileURLToPath(new URL("./fixtures/write-to-postgres.ts", import.meta.url));
const LINES_BEFORE_THE_KILL = 20;

const ways: readonly (readonly [name: string, options: PostgresWorkOptions])[] = [
  ["postgresStorage", {}],
  ["postgresStorage without prepared statements", { prepare: false }],
  ["postgresStorage with a transaction for every commit", { commit: "transaction" }],
];

describeOn("PostgreSQL", hasPostgres(), () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: server.connectionString, max: 8 });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  describe.each(ways)("%s", (name, options) => {
    const schemaOf = new Map<Storage, string>();
    const schemas = schemaStore(
      name.replaceAll(/\W/g, "_").slice(0, 50),
      Object.values(tableNames().of),
      (sql) => pool.query(sql),
    );
    afterEach(() => schemas.giveBack());

    function open(schema: string): Storage {
      const storage = postgresStorage({ pool, schema, ...options });
      schemaOf.set(storage, schema);
      return storage;
    }

    /** A second storage, or a later one, on the records of another. */
    async function openAgain(storage: Storage): Promise<Storage> {
      return open(schemaOf.get(storage) ?? "");
    }

    async function kill(): Promise<KilledWriter> {
      const arguments_ = ["--import", "tsx", WRITER, server.connectionString, "killed"];
      const writer = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "inherit"] });
      const reported: string[] = [];
      for await (const line of createInterface({ input: writer.stdout })) {
        reported.push(line);
        if (reported.length === LINES_BEFORE_THE_KILL) writer.kill("SIGKILL");
      }
      if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
      return { reported, storage: async () => open("killed") };
    }

    // The server does the same whichever way the statements come.
    const killing = options.commit === undefined && options.prepare === undefined;
    storageSuite({
      describe,
      it,
      after: afterAll,
      name,
      create: async () => open(schemas.take()),
      reopen: async (storage) => {
        await storage.close();
        return openAgain(storage);
      },
      connect: openAgain,
      ...(killing
        ? { kill }
        : { without: { killing: "shown once, by postgresStorage as it is by default" } }),
    });
  });
});
