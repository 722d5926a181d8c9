import type { CreateTableBuilder } from "kysely";
import type { Kind } from "../../../core/model/record";
import { KINDS } from "../../../core/model/schema";
import { COLUMNS, UNIQUE } from "../fields";
import { LIST_INDEXES } from "../list-plan";
import { statementOf, type SqlBuilder } from "./builder";
import { literalCondition } from "./statements";
import { columnOf, VERSION_COLUMN } from "./tables";

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
export const MIGRATIONS: readonly Migration[] = [
  { name: "0001-first-shape", statements: () => [] },
  {
    name: "0002-task-detail",
    statements: (builder) => [
      addColumn(builder, "task", "detail"),
      addColumn(builder, "consent", "erasedAt"),
    ],
  },
];

/** What a database has yet to go through. */
export type MigrationPlan =
  | { readonly kind: "up-to-date" }
  /** `unknown`: a newer release was here. This one does not know what it would break. */
  | { readonly kind: "newer"; readonly unknown: readonly string[] }
  | { readonly kind: "run"; readonly statements: readonly string[]; readonly names: readonly string[] };

/** Steps that a host may leave out, by the release that brought them: a database may have them although this instance does not ask. */
const FEATURE_NAMES: readonly string[] = ["search-0001"];

/** Which steps there are. */
export interface MigrationSteps {
  /** Those that every database goes through; {@link MIGRATIONS} but in tests. */
  readonly migrations?: readonly Migration[];
  /** Those of optional features that this instance asks for. They run after the others, also on a new database. */
  readonly features?: readonly Migration[];
}

/** Decides what to run on a database that has the migrations named, or null for one that has no tables of ours yet. */
export function planMigration(
  builder: SqlBuilder,
  applied: readonly string[] | null,
  { migrations = MIGRATIONS, features = [] }: MigrationSteps = {},
): MigrationPlan {
  const steps = [...migrations, ...features];
  const names = steps.map(({ name }) => name);
  if (applied === null) {
    const statements = [...createAll(builder), ...features.flatMap((step) => step.statements(builder))];
    return { kind: "run", statements, names };
  }
  const unknown = applied.filter((name) => !names.includes(name) && !FEATURE_NAMES.includes(name));
  if (unknown.length > 0) return { kind: "newer", unknown };
  const missing = steps.filter(({ name }) => !applied.includes(name));
  if (missing.length === 0) return { kind: "up-to-date" };
  return {
    kind: "run",
    statements: missing.flatMap((migration) => migration.statements(builder)),
    names: missing.map(({ name }) => name),
  };
}

function addColumn(builder: SqlBuilder, kind: Kind, field: string): string {
  const { db, sql, types, tables } = builder;
  const [, type] = COLUMNS[kind].find(([name]) => name === field) ?? [];
  if (type?.endsWith("?") !== true)
    throw new TypeError("A column that old rows lack must be one that may be null.");
  const column = db.schema
    .alterTable(tables.of[kind])
    .addColumn(columnOf(field), sql`${types[TYPE_NAMES[type]]}`);
  return statementOf(column).sql;
}

/** The SQL that makes every table and index of today's shape. */
function createAll(builder: SqlBuilder): readonly string[] {
  const { db, sql, tables, types } = builder;
  const migrations = db.schema
    .createTable(tables.migrations)
    .addColumn("name", sql`${types.text}`, (column) => column.primaryKey().notNull());
  return [
    statementOf(migrations).sql,
    ...KINDS.flatMap((kind) => [createTable(builder, kind), ...createIndexes(builder, kind)]),
  ];
}

// A thread is read far more often than a single message: its rows lie side by side, so that a page of a million-message
// database costs what it costs in a small one.
const CLUSTERED_BY: { readonly [K in Kind]?: readonly string[] } = { message: ["conversationId", "seq"] };

function createTable(builder: SqlBuilder, kind: Kind): string {
  const { db, sql, types, clusters, tables } = builder;
  const table = tables.of[kind];
  const primary = (clusters ? CLUSTERED_BY[kind] : undefined) ?? ["id"];
  const uniques = [["id"], ...UNIQUE[kind]].filter((fields) => fields.join() !== primary.join());
  const withColumns = COLUMNS[kind].reduce<CreateTableBuilder<string, string>>((query, [field, type]) => {
    const sqlType = types[TYPE_NAMES[type]];
    return query.addColumn(columnOf(field), sql`${sqlType}`, (column) =>
      type.endsWith("?") ? column : column.notNull(),
    );
  }, db.schema.createTable(table));
  const withKeys = uniques.reduce(
    (query, fields) =>
      query.addUniqueConstraint(`${table}_${fields.map(columnOf).join("_")}_key`, fields.map(columnOf)),
    withColumns
      .addColumn(VERSION_COLUMN, sql`${types.integer}`, (column) => column.notNull())
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

function createIndexes(builder: SqlBuilder, kind: Kind): readonly string[] {
  const { db, sql, tables } = builder;
  const table = tables.of[kind];
  return (
    LIST_INDEXES[kind]
      // A list in the order of a unique look-up has its index in that.
      .filter(({ groupBy, sortBy, ties }) => ties !== "unique" || !isUnique(kind, [...groupBy, sortBy]))
      .map(({ name, groupBy, sortBy, only }) => {
        const index = db.schema
          .createIndex(`${table}_${name}_idx`)
          .on(table)
          .columns([...groupBy, sortBy, "id"].map(columnOf));
        return statementOf(
          only === null ? index : index.where(sql<boolean>`${literalCondition(builder, only)}`),
        ).sql;
      })
  );
}

function isUnique(kind: Kind, fields: readonly string[]): boolean {
  return [["id"], ...UNIQUE[kind]].some((unique) => unique.join() === fields.join());
}
