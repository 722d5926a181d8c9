import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { hasPostgres, startPostgres } from "../../databases/postgres-server";
import type { Place, StorageName } from "./subject";

/**
 * Does some work with a place for a storage's data, which is gone afterwards, also when the work fails. Null where there is no such
 * place.
 */
export async function placed<T>(
  name: StorageName,
  sizes: readonly number[],
  work: (place: Place) => Promise<T>,
): Promise<T | null> {
  switch (name) {
    case "sqlite":
      return cleared({ name, folder: mkdtempSync(join(tmpdir(), "sms-bench-")) }, sizes, work);
    case "memory":
      return work({ name });
    case "postgres":
      return inServer(sizes, work);
  }
}

/** Removes what is in a place. */
export async function clear(place: Place, sizes: readonly number[]): Promise<void> {
  switch (place.name) {
    case "memory":
      return;
    case "sqlite":
      rmSync(place.folder, { recursive: true, force: true });
      return;
    case "postgres": {
      if (place.ownFolder !== null) {
        rmSync(place.ownFolder, { recursive: true, force: true });
        return;
      }
      await ask(place.connectionString, async (client) => {
        for (const size of sizes)
          await client.query(`drop schema if exists ${place.schemaPrefix}${size} cascade`);
      });
    }
  }
}

async function cleared<T>(
  place: Place,
  sizes: readonly number[],
  work: (place: Place) => Promise<T>,
): Promise<T> {
  try {
    return await work(place);
  } finally {
    await clear(place, sizes);
  }
}

/** Schemas in the server of `DATABASE_URL`, or in one of its own. */
async function inServer<T>(sizes: readonly number[], work: (place: Place) => Promise<T>): Promise<T | null> {
  if (!hasPostgres()) {
    process.stderr.write(
      "PostgreSQL is not measured: set DATABASE_URL, or run npm ci --prefix test/databases\n",
    );
    return null;
  }
  const { connectionString, stop } = await startPostgres({ durable: true });
  const schemaPrefix = `sms_bench_${process.pid}_`;
  const place = { name: "postgres", connectionString, schemaPrefix } as const;
  if (process.env["DATABASE_URL"] !== undefined) return cleared({ ...place, ownFolder: null }, sizes, work);
  const ownFolder = await dataFolder(connectionString);
  return cleared({ ...place, ownFolder }, sizes, async (own) => {
    try {
      return await work(own);
    } finally {
      // Ctrl-C has ended it already.
      await stop().catch(() => undefined);
    }
  });
}

function dataFolder(connectionString: string): Promise<string> {
  return ask(connectionString, async (client) => {
    const { rows } = await client.query<{ readonly data_directory: string }>("show data_directory");
    return rows[0]?.data_directory ?? "";
  });
}

async function ask<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
