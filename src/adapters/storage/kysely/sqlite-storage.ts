import type { Kysely } from "kysely";
import { SmsError } from "../../../core/model/errors";
import type { Key, Write } from "../../../core/model/record";
import type { Page, Query, ResultOf } from "../../../ports/storage";
import { inLockOrder } from "../lock-order";
import type { AnyTables, SqlBuilder } from "../sql/builder";
import { encodeWrites } from "../sql/encoded-write";
import { planMigration, type MigrationPlan } from "../sql/migrations";
import { storageLifetime } from "../sql/lifetime";
import type { SqlStorage } from "../sql/sql-storage";
import { backoffMs, MAX_WAIT_MS, stillBusy } from "../sqlite/busy";
import { classifyFailure } from "../sqlite/failure";
import { dialectFailed } from "./failure";
import { runnerOf, type KyselyRunner, type RawQuery } from "./runner";
import { kyselyRecords, type KyselyRecords } from "./sqlite-records";

/** What a storage over a SQLite dialect of Kysely is made of. */
export interface KyselySqliteParts {
  readonly db: Kysely<AnyTables>;
  readonly raw: RawQuery;
  /** Loaded at the first use. */
  readonly loadBuilder: () => Promise<SqlBuilder>;
  readonly migrations: "at-opening" | "by-hand";
}

interface Loaded {
  readonly builder: SqlBuilder;
  readonly records: KyselyRecords;
}

/** Leaves a transaction whose commit does not hold: Kysely rolls back what rejects. Never leaves this file. */
class CommitConflict extends Error {}

/** A storage over a SQLite dialect: every commit is a transaction of its own, again while the database is busy. */
export function kyselySqliteStorage(parts: KyselySqliteParts): SqlStorage {
  const { db, raw } = parts;
  const outside = runnerOf(db, raw);
  const { run, close } = storageLifetime(dialectFailed);
  let loading: Promise<Loaded> | null = null;
  let opening: Promise<KyselyRecords> | null = null;

  function loaded(): Promise<Loaded> {
    loading ??= parts.loadBuilder().then((builder) => ({ builder, records: kyselyRecords(builder) }));
    return loading;
  }

  async function inTransaction<T>(
    work: (runner: KyselyRunner, builder: SqlBuilder) => Promise<T>,
  ): Promise<T> {
    const { builder } = await loaded();
    return whileBusy(() =>
      db.transaction().execute((transaction) => work(runnerOf(transaction, raw), builder)),
    );
  }

  async function migrateNow(): Promise<void> {
    const { builder } = await loaded();
    if (isDone(await whileBusy(() => planOf(outside, builder)))) return;
    await inTransaction(async (runner) => {
      const plan = await planOf(runner, builder);
      if (isDone(plan) || plan.kind !== "run") return;
      for (const statement of plan.statements) await runner.rows(statement, []);
      for (const name of plan.names) await noteMigration(runner, builder, name);
    });
  }

  async function open(): Promise<KyselyRecords> {
    const { builder, records } = await loaded();
    if (parts.migrations === "at-opening") await migrateNow();
    else if (!isDone(await whileBusy(() => planOf(outside, builder)))) throw notMigrated();
    return records;
  }

  function opened(): Promise<KyselyRecords> {
    opening ??= open().catch((error: unknown) => {
      // The next use tries again.
      opening = null;
      throw error;
    });
    return opening;
  }

  return {
    read: (keys: readonly Key[]) =>
      run("reading", async () => {
        const wanted = [...keys];
        const records = await opened();
        if (wanted.length < 2) return whileBusy(() => records.read(outside, wanted));
        return inTransaction((runner) => records.read(runner, wanted));
      }),
    async commit(writes: readonly Write[]) {
      const ordered = inLockOrder(writes);
      return run("committing", async () => {
        // Before anything is awaited: what the caller changes from now on is not part of the commit.
        const encoded = encodeWrites(ordered);
        const records = await opened();
        return inTransaction(async (runner, builder) => {
          await takeWriteLock(runner, builder);
          if ((await records.commit(runner, encoded)) === "conflict") throw new CommitConflict();
          return "committed" as const;
        }).catch((error: unknown) => {
          if (error instanceof CommitConflict) return "conflict" as const;
          throw error;
        });
      });
    },
    list: <Q extends Query>(query: Q) =>
      run("listing", async () => {
        const records = await opened();
        // The plan of a list names the kind of record that the list gives.
        return inTransaction((runner) => records.list(runner, query)) as Promise<Page<ResultOf<Q>>>;
      }),
    migrate: () => run("migrating", migrateNow),
    async migrationSql() {
      const { builder } = await loaded();
      const plan = planMigration(builder, null);
      if (plan.kind !== "run") return "";
      const notes = plan.names.map(
        (name) => `insert into ${builder.tables.migrations} (name) values ('${name}')`,
      );
      return [...plan.statements, ...notes].map((statement) => `${statement};\n`).join("");
    },
    close: () => close(() => db.destroy()),
  };
}

async function planOf(runner: KyselyRunner, builder: SqlBuilder): Promise<MigrationPlan> {
  const { migrations } = builder.tables;
  const [table] = await runner.rows(
    "select 1 as found from sqlite_master where type = 'table' and name = ?",
    [migrations],
  );
  if (table === undefined) return planMigration(builder, null);
  const names = await runner.rows(`select name from ${migrations} order by name`, []);
  return planMigration(
    builder,
    names.map(([name]) => String(name)),
  );
}

/**
 * Makes the transaction a writing one from the start. A dialect begins it as a reading one, which SQLite refuses to turn into a
 * writing one as soon as another connection has written (SQLITE_BUSY_SNAPSHOT), so that a busy database would keep it out.
 */
async function takeWriteLock(runner: KyselyRunner, { tables }: SqlBuilder): Promise<void> {
  await runner.write(`delete from ${tables.migrations} where 1 = 0`, []);
}

async function noteMigration(runner: KyselyRunner, { tables }: SqlBuilder, name: string): Promise<void> {
  await runner.write(`insert into ${tables.migrations} (name) values (?)`, [name]);
}

function isDone(plan: MigrationPlan): boolean {
  if (plan.kind !== "newer") return plan.kind === "up-to-date";
  throw new SmsError(
    "storage_failed",
    "A newer release of this library has changed the database. Update the library here too; nothing was changed.",
    { details: { unknownMigrations: plan.unknown } },
  );
}

function notMigrated(): SmsError {
  return new SmsError(
    "storage_failed",
    "The database has not the tables of this release. Call migrate(), or run what migrationSql() gives.",
  );
}

/** Tries again while another connection holds the database, with longer and longer pauses. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  let waitedMs = 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (classifyFailure(error) !== "busy") throw error;
      if (waitedMs >= MAX_WAIT_MS) throw stillBusy(error);
    }
    const pauseMs = backoffMs(attempt);
    waitedMs += pauseMs;
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}
