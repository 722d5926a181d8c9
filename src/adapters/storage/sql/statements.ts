import type { RawBuilder } from "kysely";
import type { Kind } from "../../../core/model/record";
import { COLUMNS } from "../fields";
import type { Condition } from "../condition";
import type { ListPlan } from "../list-plan";
import type { RangeBounds } from "../page";
import { slot, statementOf, type SqlBuilder, type Statement } from "./builder";
import { isStorable, type SqlValue } from "./row";
import { columnOf, VERSION_COLUMN } from "./tables";

/** The statements on the records of one kind. A write is void when it touches no row. */
export interface KindStatements {
  /** Slots: one per field. Touches no row when the id or a unique value is taken. */
  readonly insert: Statement;
  /** Slots: one per field, and `expect`. Fails on a unique value that is taken. */
  readonly update: Statement;
  /** Slots: `id`, `expect`. Gives a row when the record is at this version. */
  readonly check: Statement;
  /** Slots: `id`, `expect`. */
  readonly remove: Statement;
}

/** Writes the statements of a kind. */
export function kindStatements({ db, sql, tables }: SqlBuilder, kind: Kind): KindStatements {
  const table = tables.of[kind];
  const fields = COLUMNS[kind].map(([field]) => field);
  const isExpected = sql<boolean>`${sql.ref("id")} = ${slot("id")} and ${sql.ref(VERSION_COLUMN)} = ${slot("expect")}`;
  const next = sql`${sql.ref(VERSION_COLUMN)} + 1`;
  return {
    insert: statementOf(
      db
        .insertInto(table)
        .values({ ...slots(fields), [VERSION_COLUMN]: sql.lit(1) })
        // Without a target it covers every unique value, and no error has to be raised and caught.
        .onConflict((conflict) => conflict.doNothing()),
    ),
    update: statementOf(
      db
        .updateTable(table)
        .set({ ...slots(fields.filter((field) => field !== "id")), [VERSION_COLUMN]: next })
        .where(isExpected),
    ),
    check: statementOf(db.selectFrom(table).select(sql.lit(1).as("found")).where(isExpected)),
    remove: statementOf(db.deleteFrom(table).where(isExpected)),
  };
}

function slots(fields: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fields.map((field) => [columnOf(field), slot(field)]));
}

/** Selects one record by fields that name it. Columns: those of the schema in order, then the version. Slots: the fields. */
export function selectBy({ db, sql, tables }: SqlBuilder, kind: Kind, fields: readonly string[]): Statement {
  const equal = fields.map((field) => sql`${sql.ref(columnOf(field))} = ${slot(field)}`);
  return statementOf(
    db
      .selectFrom(tables.of[kind])
      .select(selected(kind))
      .where(sql<boolean>`${sql.join(equal, sql` and `)}`),
  );
}

/**
 * Selects one range of a list. Columns as in {@link selectBy}. Its slots are the fields of the group, the conditions by their
 * number, `notAfter` where the plan has it, `sort` and `id` where there is a cursor (`id` only when it orders), and `limit`:
 * what {@link rangeValues} gives.
 */
export function selectRange(builder: SqlBuilder, plan: ListPlan, start: "beginning" | "cursor"): Statement {
  const { db, sql, tables } = builder;
  const { index, direction } = plan;
  const order = index.ties === "unique" ? [index.sortBy] : [index.sortBy, "id"];
  const columns = order.map((field) => sql.ref(columnOf(field)));
  const conditions = index.groupBy.map((field) => sql`${sql.ref(columnOf(field))} = ${slot(field)}`);
  if (index.only !== null) conditions.push(literalCondition(builder, index.only));
  plan.where.forEach((condition, at) => {
    const isValued = condition.test === "equals" || condition.test === "differs";
    const value = isValued ? sql`${slot(`where${at}`)}` : sql`${sql.lit(null)}`;
    const column = builder.unindexed(sql.ref(columnOf(condition.field)));
    conditions.push(conditionSql(builder, condition, { column, value }));
  });
  if (plan.notAfter !== null) conditions.push(sql`${sql.ref(columnOf(index.sortBy))} <= ${slot("notAfter")}`);
  if (start === "cursor") {
    const position = [slot("sort"), slot("id")].slice(0, order.length).map((value) => sql`${value}`);
    const operator = direction === "ascending" ? sql`>` : sql`<`;
    conditions.push(sql`(${sql.join(columns)}) ${operator} (${sql.join(position)})`);
  }
  const ordered = order.reduce(
    (query, field) => query.orderBy(columnOf(field), direction === "ascending" ? "asc" : "desc"),
    db.selectFrom(tables.of[plan.kind]).select(selected(plan.kind)),
  );
  const filtered =
    conditions.length === 0 ? ordered : ordered.where(sql<boolean>`${sql.join(conditions, sql` and `)}`);
  return statementOf(filtered.limit(builder.limit(slot("limit"))));
}

/** Tells apart the statements of {@link selectRange}: two ranges of one shape share their SQL. */
export function rangeShape(plan: ListPlan, start: "beginning" | "cursor"): string {
  const where = plan.where.map(({ field, test }) => `${field}-${test}`);
  return [plan.kind, plan.index.name, ...where, plan.direction, start].join(" ");
}

/** The values of a range by slot; null when one of them is a text that no record can have. */
export function rangeValues(
  plan: ListPlan,
  group: readonly string[],
  { after, limit }: RangeBounds,
): Readonly<Record<string, SqlValue>> | null {
  const values: Record<string, SqlValue> = { limit };
  plan.index.groupBy.forEach((field, at) => (values[field] = group[at] ?? null));
  plan.where.forEach((condition, at) => {
    if (condition.test === "equals" || condition.test === "differs") values[`where${at}`] = condition.value;
  });
  if (plan.notAfter !== null) values["notAfter"] = plan.notAfter;
  if (after !== null) Object.assign(values, { sort: after.sort, id: after.id });
  return Object.values(values).every((value) => typeof value !== "string" || isStorable(value))
    ? values
    : null;
}

/** A condition with its value in the SQL: a database uses a partial index only where it can see that the query asks for no more. */
export function literalCondition(builder: SqlBuilder, condition: Condition): RawBuilder<unknown> {
  const { sql } = builder;
  const isValued = condition.test === "equals" || condition.test === "differs";
  return conditionSql(builder, condition, {
    column: sql.ref(columnOf(condition.field)),
    value: sql`${sql.lit(isValued ? condition.value : null)}`,
  });
}

function conditionSql(
  { sql }: SqlBuilder,
  condition: Condition,
  { column, value }: { readonly column: RawBuilder<unknown>; readonly value: RawBuilder<unknown> },
): RawBuilder<unknown> {
  switch (condition.test) {
    case "equals":
      return sql`${column} = ${value}`;
    case "differs":
      return sql`${column} <> ${value}`;
    case "positive":
      return sql`${column} > ${sql.lit(0)}`;
    case "present":
      return sql`${column} is not null`;
    case "absent":
      return sql`${column} is null`;
  }
}

function selected(kind: Kind): readonly string[] {
  return [...COLUMNS[kind].map(([field]) => columnOf(field)), VERSION_COLUMN];
}
