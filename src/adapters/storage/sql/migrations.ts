import type { CreateTableBuilder } from "kysely";
import type { Kind } from "../../../core/model/record";
import { KINDS } from "../../../core/model/schema";
import { COLUMNS, UNIQUE } from "../fields";
import { LIST_INDEXES } from "../list-plan";
import { statementOf, type SqlBuilder } from "./builder";
import { columnOf, TABLES, VERSION_COLUMN } from "./tables";

/** The table that tells which migrations a database has. */
export const MIGRATION_TABLE = "sms_migrations";

/** One step from the shape of an older release to the next. Steps are only ever appended; none is changed after its release. */
export interface Migration {
  readonly name: string;
  /** The SQL that takes a database of the step before to this one. */
  statements(builder: SqlBuilder): readonly string[];
}

/**
 * All steps, oldest first. A new database is made in today's shape and counts as having them all, so the first step, which
 * made the first shape, has nothing to do later.
 */
export const MIGRATIONS: readonly Migration[] = [{ name: "0001-first-shape", statements: () => [] }];

/** What a database has yet to go through. */
export type MigrationPlan =
  | { readonly kind: "up-to-date" }
  /** `unknown`: a newer release was here. This one does not know what it would break. */
  | { readonly kind: "newer"; readonly unknown: readonly string[] }
  | { readonly kind: "run"; readonly statements: readonly string[]; readonly names: readonly string[] };

/** Decides what to run on a database that has the migrations named, or null for one that has no tables of ours yet. */
export function planMigration(
  builder: SqlBuilder,
  applied: readonly string[] | null,
  migrations: readonly Migration[] = MIGRATIONS,
): MigrationPlan {
  const names = migrations.map(({ name }) => name);
  if (applied === null) return { kind: "run", statements: createAll(builder), names };
  const unknown = applied.filter((name) => !names.includes(name));
  if (unknown.length > 0) return { kind: "newer", unknown };
  const missing = migrations.filter(({ name }) => !applied.includes(name));
  if (missing.length === 0) return { kind: "up-to-date" };
  return {
    kind: "run",
    statements: missing.flatMap((migration) => migration.statements(builder)),
    names: missing.map(({ name }) => name),
  };
}

/** The SQL that makes every table and index of today's shape. */
function createAll(builder: SqlBuilder): readonly string[] {
  const { schema } = builder.db;
  const migrations = schema
    .createTable(MIGRATION_TABLE)
    .addColumn("name", "text", (column) => column.primaryKey().notNull());
  return [
    statementOf(migrations).sql,
    ...KINDS.flatMap((kind) => [createTable(builder, kind), ...createIndexes(builder, kind)]),
  ];
}

// A thread is read far more often than a single message: its rows lie side by side, so that a page of a million-message
// database costs what it costs in a small one.
const CLUSTERED_BY: { readonly [K in Kind]?: readonly string[] } = { message: ["conversationId", "seq"] };

function createTable(builder: SqlBuilder, kind: Kind): string {
  const { db, sql, types, clusters } = builder;
  const table = TABLES[kind];
  const primary = (clusters ? CLUSTERED_BY[kind] : undefined) ?? ["id"];
  const uniques = [["id"], ...UNIQUE[kind]].filter((fields) => fields.join() !== primary.join());
  const withColumns = COLUMNS[kind].reduce<CreateTableBuilder<string, string>>((query, [field, type]) => {
    const sqlType = types[TYPE_NAMES[type]];
    return query.addColumn(columnOf(field), sqlType, (column) =>
      type.endsWith("?") ? column : column.notNull(),
    );
  }, db.schema.createTable(table));
  const withKeys = uniques.reduce(
    (query, fields) =>
      query.addUniqueConstraint(`${table}_${fields.map(columnOf).join("_")}_key`, fields.map(columnOf)),
    withColumns
      .addColumn(VERSION_COLUMN, types.integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(`${table}_pkey`, primary.map(columnOf)),
  );
  return statementOf(clusters ? withKeys.modifyEnd(sql`without rowid`) : withKeys).sql;
}

const TYPE_NAMES = {
  text: "text",
  "text?": "text",
  integer: "integer",
  "integer?": "integer",
  boolean: "boolean",
  json: "json",
  "json?": "json",
} as const;

function createIndexes({ db }: SqlBuilder, kind: Kind): readonly string[] {
  const table = TABLES[kind];
  return (
    LIST_INDEXES[kind]
      // A list in the order of a unique look-up has its index in that.
      .filter(({ groupBy, sortBy, ties }) => ties !== "unique" || !isUnique(kind, [...groupBy, sortBy]))
      .map(({ groupBy, sortBy }) => {
        const columns = [...groupBy, sortBy, "id"].map(columnOf);
        return statementOf(
          db.schema
            .createIndex(`${table}_${columns.join("_")}_idx`)
            .on(table)
            .columns(columns),
        ).sql;
      })
  );
}

function isUnique(kind: Kind, fields: readonly string[]): boolean {
  return UNIQUE[kind].some((unique) => unique.join() === fields.join());
}
