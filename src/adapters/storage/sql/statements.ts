import type { Key, Kind } from "../../../core/model/record";
import { COLUMNS } from "../fields";
import type { ListPlan } from "../list-plan";
import { slot, statementOf, type SqlBuilder, type Statement } from "./builder";
import { columnOf, TABLES, VERSION_COLUMN } from "./tables";

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
export function kindStatements({ db, sql }: SqlBuilder, kind: Kind): KindStatements {
  const table = TABLES[kind];
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

/** How a key looks its record up: by which fields. */
export function fieldsOfKey(key: Key): readonly string[] {
  if ("id" in key) return ["id"];
  return "pair" in key ? ["accountSid", "ours", "contact"] : ["sid"];
}

/** Selects one record by fields that name it. Columns: those of the schema in order, then the version. Slots: the fields. */
export function selectBy({ db, sql }: SqlBuilder, kind: Kind, fields: readonly string[]): Statement {
  const equal = fields.map((field) => sql`${sql.ref(columnOf(field))} = ${slot(field)}`);
  return statementOf(
    db
      .selectFrom(TABLES[kind])
      .select(selected(kind))
      .where(sql<boolean>`${sql.join(equal, sql` and `)}`),
  );
}

/**
 * Selects one range of a list. Columns as in {@link selectBy}.
 * Slots: the fields of the group and the filter, `notAfter` where the plan has it, `sort` and `id` where there is a cursor (`id`
 * only when it orders), `limit`.
 */
export function selectRange(
  { db, sql }: SqlBuilder,
  plan: ListPlan,
  start: "beginning" | "cursor",
): Statement {
  const { index, direction } = plan;
  const order = index.ties === "unique" ? [index.sortBy] : [index.sortBy, "id"];
  const columns = order.map((field) => sql.ref(columnOf(field)));
  const conditions = [...index.groupBy, ...Object.keys(plan.filter)].map(
    (field) => sql`${sql.ref(columnOf(field))} = ${slot(field)}`,
  );
  if (plan.notAfter !== null) conditions.push(sql`${sql.ref(columnOf(index.sortBy))} <= ${slot("notAfter")}`);
  if (start === "cursor") {
    const position = [slot("sort"), slot("id")].slice(0, order.length).map((value) => sql`${value}`);
    const operator = direction === "ascending" ? sql`>` : sql`<`;
    conditions.push(sql`(${sql.join(columns)}) ${operator} (${sql.join(position)})`);
  }
  const ordered = order.reduce(
    (query, field) => query.orderBy(columnOf(field), direction === "ascending" ? "asc" : "desc"),
    db.selectFrom(TABLES[plan.kind]).select(selected(plan.kind)),
  );
  return statementOf(
    ordered.where(sql<boolean>`${sql.join(conditions, sql` and `)}`).limit(sql<number>`${slot("limit")}`),
  );
}

function selected(kind: Kind): readonly string[] {
  return [...COLUMNS[kind].map(([field]) => columnOf(field)), VERSION_COLUMN];
}
