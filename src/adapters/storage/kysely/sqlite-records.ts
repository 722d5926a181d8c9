import type { Entity, Key, Kind, Versioned } from "../../../core/model/record";
import type { Page, Query } from "../../../ports/storage";
import { COLUMNS, fieldsOf } from "../fields";
import { lookupOf } from "../key-lookup";
import { planList, type ListPlan } from "../list-plan";
import { boundsOf, pageOf, type Placed, type RangeBounds } from "../page";
import type { SqlBuilder, Statement } from "../sql/builder";
import type { EncodedWrite } from "../sql/encoded-write";
import { decodeRow, isStorable } from "../sql/row";
import {
  kindStatements,
  rangeShape,
  rangeValues,
  selectBy,
  selectRange,
  type KindStatements,
} from "../sql/statements";
import { classifyFailure } from "../sqlite/failure";
import type { KyselyRunner, KyselyValue } from "./runner";

/** Reading and writing records statement by statement, where a database answers asynchronously. */
export interface KyselyRecords {
  /** One select per key: run it in a transaction where there are several. */
  read(runner: KyselyRunner, keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]>;
  /** One select per range: run it in a transaction where there are several. */
  list(runner: KyselyRunner, query: Query): Promise<Page<Entity>>;
  /** Writes one after the other; `"conflict"` tells the transaction it runs in to roll back. */
  commit(runner: KyselyRunner, writes: readonly EncodedWrite[]): Promise<"committed" | "conflict">;
}

/** Makes the records of SQLite over Kysely. */
export function kyselyRecords(builder: SqlBuilder): KyselyRecords {
  const statements = new Map<string, Statement>();
  const writers = new Map<Kind, KindStatements>();

  function remembered(shape: string, make: () => Statement): Statement {
    const known = statements.get(shape) ?? make();
    statements.set(shape, known);
    return known;
  }

  async function find(runner: KyselyRunner, key: Key): Promise<Versioned<Entity> | null> {
    const { fields, values } = lookupOf(key);
    if (!values.every(isStorable)) return null;
    const select = remembered(`${key.kind} by ${fields.join()}`, () => selectBy(builder, key.kind, fields));
    const [row] = await runner.rows(select.sql, values);
    return row === undefined ? null : decodeRow(key.kind, row);
  }

  async function fetchRange(
    runner: KyselyRunner,
    { plan, group }: { readonly plan: ListPlan; readonly group: readonly string[] },
    bounds: RangeBounds,
  ): Promise<readonly Placed<Entity>[]> {
    const values = rangeValues(plan, group, bounds);
    if (values === null) return [];
    const start = bounds.after === null ? "beginning" : "cursor";
    const select = remembered(rangeShape(plan, start), () => selectRange(builder, plan, start));
    const rows = await runner.rows(
      select.sql,
      select.slots.map((slot) => values[slot] ?? null),
    );
    return rows.map((row) => placed(decodeRow(plan.kind, row).value, plan.index.sortBy));
  }

  return {
    async read(runner, keys) {
      const found: (Versioned<Entity> | null)[] = [];
      for (const key of keys) found.push(await find(runner, key));
      return found;
    },
    async list(runner, query) {
      const plan = planList(query);
      const bounds = boundsOf(query);
      const ranges: (readonly Placed<Entity>[])[] = [];
      for (const group of plan.groups) ranges.push(await fetchRange(runner, { plan, group }, bounds));
      return pageOf(query, plan, ranges);
    },
    async commit(runner, writes) {
      for (const write of writes) {
        const known = writers.get(write.kind) ?? kindStatements(builder, write.kind);
        writers.set(write.kind, known);
        if (!(await holds(runner, known, write))) return "conflict";
      }
      return "committed";
    },
  };
}

async function holds(
  runner: KyselyRunner,
  statements: KindStatements,
  write: EncodedWrite,
): Promise<boolean> {
  const { sql, slots } = statements[write.does];
  const values = slots.map((slot) => valueOf(write, slot));
  if (write.does === "check") return (await runner.rows(sql, values)).length > 0;
  try {
    return await runner.write(sql, values);
  } catch (error) {
    if (classifyFailure(error) === "taken") return false;
    throw error;
  }
}

function valueOf({ kind, id, expect, values }: EncodedWrite, slot: string): KyselyValue {
  if (slot === "expect") return expect;
  const place = COLUMNS[kind].findIndex(([field]) => field === slot);
  // A check or a removal has no values but the id.
  return slot === "id" && values.length === 0 ? id : (values[place] ?? null);
}

function placed(value: Entity, sortBy: string): Placed<Entity> {
  const sort = fieldsOf(value)[sortBy];
  return { value, id: value.id, sort: typeof sort === "number" ? sort : String(sort) };
}
