import { SmsError } from "../../../core/model/errors";
import { planMigration, type MigrationPlan, type MigrationSteps } from "../sql/migrations";
import type { PostgresConnection, PostgresRunner, PostgresValue } from "./connection";
import { qualified, tableOf, rawStatement, type PostgresBuilder } from "./dialect";
import { classifyFailure, codeOf } from "./failure";

/** What migrating needs. */
export interface MigrationParts {
  readonly builder: PostgresBuilder;
  /** As for `planMigration`: the release's own, but in tests. */
  readonly steps: MigrationSteps;
}

// Two that make the same at once: a table, a schema, a column, a function, another object, a row of the server's own catalogue.
const RACES = new Set(["42P07", "42P06", "42701", "42723", "42710", "23505", "40001", "40P01"]);
// PostgreSQL's word for a catalogue row that another transaction changed has no code of its own.
const CATALOGUE_RACE = /tuple concurrently (updated|deleted)/;
// A database that only speaks the protocol may know no advisory locks.
const UNKNOWN_FUNCTION = new Set(["42883", "0A000"]);
const MAX_ATTEMPTS = 10;

/**
 * Brings the tables to today's shape, in one transaction. Safe when several processes do it at once: an advisory lock lets one
 * work and the others find it done; where there is no such lock, those that lose a race look again.
 */
export async function migrate(connection: PostgresConnection, parts: MigrationParts): Promise<void> {
  // The look without a lock spares a finished database the wait, and its user the right to make tables.
  if (isUpToDate(await planFor(connection, parts))) return;
  let lock: "advisory" | "none" = "advisory";
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.transaction((runner) => runPlan(runner, parts, lock));
      return;
    } catch (error) {
      if (lock === "advisory" && UNKNOWN_FUNCTION.has(codeOf(error))) lock = "none";
      else if (attempt >= MAX_ATTEMPTS || !isRace(error)) throw error;
    }
  }
}

/**
 * Makes sure that somebody has brought the tables to today's shape.
 * @throws SmsError `storage_failed` when nobody has.
 */
export async function assertMigrated(connection: PostgresRunner, parts: MigrationParts): Promise<void> {
  const plan = await planFor(connection, parts);
  if (isUpToDate(plan)) return;
  const missing = plan.kind === "run" ? plan.names : [];
  throw new SmsError(
    "storage_failed",
    "The tables of this storage are missing or of an older release, and migrations are by hand. Call migrate() of the storage " +
      "when you deploy, or run the SQL that migrationSql() gives on an empty database.",
    { details: { missingMigrations: missing } },
  );
}

/** The SQL that makes everything in an empty database and notes it as done. */
export function migrationSql({ builder, steps }: MigrationParts): string {
  const plan = planMigration(builder, null, steps);
  if (plan.kind !== "run") return "";
  const { sql, db, tables } = builder;
  const names = plan.names.map((name) => sql`(${sql.lit(name)})`);
  const noted = sql`insert into ${qualified(builder, tables.migrations)} (name) values ${sql.join(names)}`;
  const schema = builder.schema === null ? [] : [schemaSql(builder, builder.schema)];
  const statements = [...schema, ...statementsOf(builder, plan, "new"), noted.compile(db).sql];
  return statements.map((statement) => `${statement};\n`).join("\n");
}

function isUpToDate(plan: MigrationPlan): boolean {
  if (plan.kind !== "newer") return plan.kind === "up-to-date";
  throw new SmsError(
    "storage_failed",
    "A newer release of this library has changed the database. Update the library here too; nothing was changed.",
    { details: { unknownMigrations: plan.unknown } },
  );
}

async function runPlan(
  runner: PostgresRunner,
  parts: MigrationParts,
  lock: "advisory" | "none",
): Promise<void> {
  const { builder } = parts;
  // Held until the transaction ends. The key is of this installation: others in the same database do not wait.
  if (lock === "advisory")
    await run(runner, "select pg_advisory_xact_lock($1::bigint)", [lockKeyOf(builder)]);
  const applied = await appliedMigrations(runner, builder);
  const plan = planMigration(builder, applied, parts.steps);
  if (isUpToDate(plan) || plan.kind !== "run") return;
  // Making a schema that is there takes a right that its owner may lack, even with "if not exists".
  if (applied === null && builder.schema !== null && !(await hasSchema(runner, builder.schema))) {
    await run(runner, schemaSql(builder, builder.schema));
  }
  for (const statement of statementsOf(builder, plan, applied === null ? "new" : "old"))
    await run(runner, statement);
  const table = qualified(builder, builder.tables.migrations);
  const note = builder.sql`insert into ${table} (name) values (`.compile(builder.db).sql;
  for (const name of plan.names) await run(runner, `${note}$1)`, [name]);
}

function statementsOf(
  builder: PostgresBuilder,
  { statements }: Extract<MigrationPlan, { readonly kind: "run" }>,
  database: "new" | "old",
): readonly string[] {
  if (database === "old") return statements;
  const { sql } = builder;
  // Tasks come and go: without this their table and its index fill up with what is gone before anybody sweeps.
  const swept = sql`alter table ${tableOf(builder, "task")} set (autovacuum_vacuum_scale_factor = 0.01)`;
  return [...statements, rawStatement(builder, swept).sql];
}

function schemaSql(builder: PostgresBuilder, schema: string): string {
  const { sql } = builder;
  return rawStatement(builder, sql`create schema if not exists ${sql.id(schema)}`).sql;
}

async function hasSchema(runner: PostgresRunner, schema: string): Promise<boolean> {
  const found = await run(runner, "select 1 as found from pg_namespace where nspname = $1::text", [schema]);
  return found.length > 0;
}

async function planFor(runner: PostgresRunner, { builder, steps }: MigrationParts): Promise<MigrationPlan> {
  return planMigration(builder, await appliedMigrations(runner, builder), steps);
}

async function appliedMigrations(
  runner: PostgresRunner,
  builder: PostgresBuilder,
): Promise<readonly string[] | null> {
  const table = qualified(builder, builder.tables.migrations).compile(builder.db).sql;
  const [there] = await run(runner, "select to_regclass($1::text)::text as name", [table]);
  if (there?.[0] === null || there?.[0] === undefined) return null;
  const rows = await run(runner, `select name from ${table} order by name`);
  return rows.map(([name]) => String(name));
}

function run(
  runner: PostgresRunner,
  sql: string,
  values: readonly PostgresValue[] = [],
): Promise<readonly (readonly unknown[])[]> {
  return runner.rows({ name: null, sql }, values);
}

function isRace(error: unknown): boolean {
  if (classifyFailure(error) === "conflict" || RACES.has(codeOf(error))) return true;
  return error instanceof Error && CATALOGUE_RACE.test(error.message);
}

/** A number for the place of an installation's tables. Two that share it only wait for each other. */
function lockKeyOf({ schema, tables }: PostgresBuilder): number {
  let key = 0x736d73;
  for (const letter of `${schema ?? ""}.${tables.migrations}`)
    key = (key * 31 + letter.charCodeAt(0)) % 2 ** 48;
  return key;
}
