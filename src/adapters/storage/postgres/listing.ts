import type { Entity } from "../../../core/model/record";
import type { Page, Query } from "../../../ports/storage";
import { fieldsOf } from "../fields";
import { planList, type ListPlan } from "../list-plan";
import { boundsOf, pageOf, type Placed } from "../page";
import type { Statement } from "../sql/builder";
import { decodeRow } from "../sql/row";
import { rangeShape, rangeValues, selectRange } from "../sql/statements";
import type { PostgresRunner } from "./connection";
import type { PostgresBuilder } from "./dialect";
import type { ReadParts } from "./reading";

/** Reads a page of a list in one statement, however many ranges it takes, so that they are as of one moment. */
export async function listRecords(
  runner: PostgresRunner,
  { builder, statements }: ReadParts,
  query: Query,
): Promise<Page<Entity>> {
  const plan = planList(query);
  const bounds = boundsOf(query);
  // A range whose values no record can have has nothing.
  const ranges = plan.groups
    .map((group) => rangeValues(plan, group, bounds))
    .filter((values) => values !== null);
  if (ranges.length === 0) return pageOf(query, plan, []);
  const start = bounds.after === null ? "beginning" : "cursor";
  const statement = statements.of(`list ${rangeShape(plan, start)} ${ranges.length}`, () =>
    unionOf(builder, plan, { start, ranges: ranges.length }),
  );
  const perRange = statement.slots.length / ranges.length;
  const rows = await runner.rows(
    statement,
    statement.slots.map((slot, at) => ranges[Math.floor(at / perRange)]?.[slot] ?? null),
  );
  const found = rows.map((row) => placed(decodeRow(plan.kind, row).value, plan.index.sortBy));
  // The rows of one range come in its order. Those of several come in any: two ranges are what is sorted.
  return pageOf(query, plan, ranges.length === 1 ? [found] : [found, []]);
}

function unionOf(
  builder: PostgresBuilder,
  plan: ListPlan,
  { start, ranges }: { readonly start: "beginning" | "cursor"; readonly ranges: number },
): Statement {
  const { sql, slots } = selectRange(builder, plan, start);
  if (ranges === 1) return { sql, slots };
  const selects = Array.from({ length: ranges }, (_, at) => `(${renumbered(sql, at * slots.length)})`);
  return { sql: selects.join(" union all "), slots: Array.from({ length: ranges }, () => slots).flat() };
}

/** The SQL with the places of its values moved on. No name or literal in it has a `$`. */
function renumbered(sql: string, by: number): string {
  return sql.replace(/\$(\d+)/g, (_, place) => `$${Number(place) + by}`);
}

function placed(value: Entity, sortBy: string): Placed<Entity> {
  const sort = fieldsOf(value)[sortBy];
  return { value, id: value.id, sort: typeof sort === "number" ? sort : String(sort) };
}
