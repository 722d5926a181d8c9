import { SmsError } from "../../../core/model/errors";
import type { SqlBuilder } from "../sql/builder";
import { planMigration, type MigrationPlan, type MigrationSteps } from "../sql/migrations";
import { retryWhileBusy } from "./busy";
import type { SqliteConnection } from "./database";

// While SQLite itself waits for a lock, the whole process stands still: so only as long as a usual commit takes. Longer waits
// are ours and leave the event loop free.
const BUSY_TIMEOUT_MS = 5;

/**
 * Sets what the guarantees rest on: readers beside one writer (WAL), and commits that survive a power cut (FULL) or only a crash of
 * the process (NORMAL).
 * Source: sqlite.org/pragma.html#pragma_synchronous (read 2026-11).
 */
export async function setPragmas(
  connection: SqliteConnection,
  synchronous: "full" | "normal",
): Promise<void> {
  connection.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // Only the first process that opens a file changes its mode, and needs it for itself for that moment.
  await retryWhileBusy(() => connection.first("pragma journal_mode = wal", []));
  connection.exec(`pragma synchronous = ${synchronous}`);
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

/**
 * Makes sure of what {@link migrate} would do, and does nothing.
 * @throws SmsError `storage_failed` when the tables are not there or not in the shape of this release.
 */
export async function assertMigrated(
  connection: SqliteConnection,
  builder: SqlBuilder,
  steps: MigrationSteps,
): Promise<void> {
  const plan = await retryWhileBusy(() =>
    planMigration(builder, appliedMigrations(connection, builder), steps),
  );
  if (planIsDone(plan)) return;
  throw new SmsError(
    "storage_failed",
    'The database lacks tables or changes of this release, and the option migrations is "by-hand". Call migrate() when you deploy.',
    { details: { missingMigrations: plan.kind === "run" ? plan.names : [] } },
  );
}

/** The SQL of {@link migrate} for an empty database. */
export function migrationSqlOf(builder: SqlBuilder, steps: MigrationSteps): string {
  const plan = planMigration(builder, null, steps);
  if (plan.kind !== "run") return "";
  const notes = plan.names.map(
    (name) => `insert into ${builder.tables.migrations} (name) values ('${name}')`,
  );
  return [...plan.statements, ...notes].map((statement) => `${statement};\n`).join("");
}

/**
 * Makes sure that the driver can search.
 * @throws SmsError `storage_failed` when its SQLite was built without FTS5.
 */
export async function assertSearchable(connection: SqliteConnection): Promise<void> {
  const module = await retryWhileBusy(() =>
    connection.first("select 1 from pragma_module_list where name = 'fts5'", []),
  );
  if (module !== null) return;
  throw new SmsError(
    "storage_failed",
    "This driver's SQLite was built without FTS5, which searching needs. Use another driver, or set search: false.",
  );
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
