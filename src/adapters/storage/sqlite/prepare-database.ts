import { SmsError } from "../../../core/model/errors";
import type { SqlBuilder } from "../sql/builder";
import { planMigration, type MigrationPlan, type MigrationSteps } from "../sql/migrations";
import { retryWhileBusy } from "./busy";
import type { SqliteConnection } from "./database";

// While SQLite itself waits for a lock, the whole process stands still: so only as long as a usual commit takes. Longer waits
// are ours and leave the event loop free.
const BUSY_TIMEOUT_MS = 5;

/**
 * Sets what the guarantees rest on: readers beside one writer (WAL), and commits that survive a power cut (FULL).
 * Source: sqlite.org/pragma.html#pragma_synchronous (read 2026-11).
 */
export async function setPragmas(connection: SqliteConnection): Promise<void> {
  connection.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // Only the first process that opens a file changes its mode, and needs it for itself for that moment.
  await retryWhileBusy(() => connection.first("pragma journal_mode = wal", []));
  connection.exec("pragma synchronous = full");
}

/** Brings the tables to today's shape. Safe when several processes do it at once: one works, the others find it done. */
export async function migrate(
  connection: SqliteConnection,
  builder: SqlBuilder,
  steps?: MigrationSteps,
): Promise<void> {
  const plan = (): MigrationPlan => planMigration(builder, appliedMigrations(connection, builder), steps);
  // The look without a lock spares a finished database the wait for writers.
  if (planIsDone(await retryWhileBusy(plan))) return;
  await retryWhileBusy(() => {
    connection.exec("begin immediate");
    try {
      run(connection, builder, plan());
      connection.exec("commit");
    } catch (error) {
      rollBack(connection);
      throw error;
    }
  });
}

function planIsDone(plan: MigrationPlan): plan is Extract<MigrationPlan, { readonly kind: "up-to-date" }> {
  if (plan.kind !== "newer") return plan.kind === "up-to-date";
  throw new SmsError(
    "storage_failed",
    "A newer release of this library has changed the database. Update the library here too; nothing was changed.",
    { details: { unknownMigrations: plan.unknown } },
  );
}

function run(connection: SqliteConnection, { tables }: SqlBuilder, plan: MigrationPlan): void {
  if (planIsDone(plan) || plan.kind !== "run") return;
  for (const statement of plan.statements) connection.exec(statement);
  for (const name of plan.names)
    connection.write(`insert into ${tables.migrations} (name) values (?)`, [name]);
}

function appliedMigrations(connection: SqliteConnection, { tables }: SqlBuilder): readonly string[] | null {
  const table = connection.first("select 1 from sqlite_master where type = 'table' and name = ?", [
    tables.migrations,
  ]);
  if (table === null) return null;
  return connection
    .rows(`select name from ${tables.migrations} order by name`, [])
    .map(([name]) => String(name));
}

/** Ends a transaction that failed. SQLite has ended it already after some errors, and then says so. */
export function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec("rollback");
  } catch {
    // There was nothing left to roll back; the error that led here is the one to report.
  }
}
