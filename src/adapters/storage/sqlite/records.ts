import type { Entity, Key, Kind, Versioned } from "../../../core/model/record";
import type { Page, Query } from "../../../ports/storage";
import { COLUMNS, fieldsOf } from "../fields";
import { lookupOf } from "../key-lookup";
import { planList, type ListPlan } from "../list-plan";
import { boundsOf, pageOf, type Placed, type RangeBounds } from "../page";
import type { SqlBuilder, Statement } from "../sql/builder";
import type { EncodedWrite } from "../sql/encoded-write";
import { decodeRow, isStorable, type SqlValue } from "../sql/row";
import { kindStatements, rangeShape, rangeValues, selectBy, selectRange } from "../sql/statements";
import type { SqliteConnection } from "./database";
import { rollBack } from "./prepare-database";

/** A write as a statement with its values. */
export interface PreparedWrite {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** `read`: it holds when it gives a row. `write`: it holds when it touches one. */
  readonly does: "read" | "write";
}

/** Reading and writing records over a connection, synchronously. */
export interface SqliteRecords {
  /** All keys as of one moment. */
  read(keys: readonly Key[]): readonly (Versioned<Entity> | null)[];
  /** One record, also within {@link inSnapshot}. */
  find(key: Key): Versioned<Entity> | null;
  list(query: Query): Page<Entity>;
  /** The statements of a commit. */
  prepare(writes: readonly EncodedWrite[]): readonly PreparedWrite[];
}

/** Makes the records of a connection. Statements are written once per shape; there are few shapes. */
export function sqliteRecords(connection: SqliteConnection, builder: SqlBuilder): SqliteRecords {
  const statementsOf = remembered((kind: Kind) => bindersOf(builder, kind));
  const selectOf = remembered(
    (_shape: string, kind: Kind, fields: readonly string[]) => selectBy(builder, kind, fields).sql,
  );
  const rangeOf = remembered((_shape: string, plan: ListPlan, start: "beginning" | "cursor") =>
    selectRange(builder, plan, start),
  );

  function find(key: Key): Versioned<Entity> | null {
    const { fields, values } = lookupOf(key);
    // A driver that cuts off such a text would find somebody else's record.
    if (!values.every(isStorable)) return null;
    const row = connection.first(selectOf(`${key.kind} ${fields.join()}`, key.kind, fields), values);
    return row === null ? null : decodeRow(key.kind, row);
  }

  function fetchRange(
    plan: ListPlan,
    group: readonly string[],
    bounds: RangeBounds,
  ): readonly Placed<Entity>[] {
    const values = rangeValues(plan, group, bounds);
    if (values === null) return [];
    const { kind, index } = plan;
    const start = bounds.after === null ? "beginning" : "cursor";
    const { sql, slots } = rangeOf(rangeShape(plan, start), plan, start);
    const rows = connection.rows(
      sql,
      slots.map((slot) => values[slot] ?? null),
    );
    return rows.map((row) => placed(decodeRow(kind, row).value, index.sortBy));
  }

  return {
    read(keys) {
      const [only] = keys;
      if (keys.length === 1 && only !== undefined) return [find(only)];
      return inSnapshot(connection, () => keys.map(find));
    },
    find,
    list(query) {
      const plan = planList(query);
      const bounds = boundsOf(query);
      const read = () =>
        pageOf<Entity>(
          query,
          plan,
          plan.groups.map((group) => fetchRange(plan, group, bounds)),
        );
      return plan.groups.length === 1 ? read() : inSnapshot(connection, read);
    },
    prepare: (writes) => writes.map((write) => statementsOf(write.kind)[write.does](write)),
  };
}

function placed(value: Entity, sortBy: string): Placed<Entity> {
  const sort = fieldsOf(value)[sortBy];
  return { value, id: value.id, sort: typeof sort === "number" ? sort : String(sort) };
}

/** Runs several selects in one read transaction, which ends here: a read never becomes a write. */
export function inSnapshot<T>(connection: SqliteConnection, read: () => T): T {
  connection.exec("begin");
  try {
    const found = read();
    connection.exec("commit");
    return found;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** A function whose answers are kept, by its first argument. */
function remembered<First extends string, Rest extends readonly unknown[], T>(
  make: (first: First, ...rest: Rest) => T,
): (first: First, ...rest: Rest) => T {
  const answers = new Map<First, T>();
  return (first, ...rest) => {
    const known = answers.get(first);
    if (known !== undefined) return known;
    const made = make(first, ...rest);
    answers.set(first, made);
    return made;
  };
}

type WriteBinders = { readonly [D in EncodedWrite["does"]]: (write: EncodedWrite) => PreparedWrite };

function bindersOf(builder: SqlBuilder, kind: Kind): WriteBinders {
  const fields = COLUMNS[kind].map(([field]) => field);
  const { insert, update, check, remove } = kindStatements(builder, kind);
  const bind = (
    { sql, slots }: Statement,
    does: PreparedWrite["does"],
  ): ((write: EncodedWrite) => PreparedWrite) => {
    const places = slots.map((slot) => fields.indexOf(slot));
    // What is no field of the record is the version expected.
    return ({ values, expect }) => ({
      sql,
      does,
      values: places.map((place) => (place < 0 ? expect : (values[place] ?? null))),
    });
  };
  const bindId = (
    { sql }: Statement,
    does: PreparedWrite["does"],
  ): ((write: EncodedWrite) => PreparedWrite) => {
    return ({ id, expect }) => ({ sql, does, values: [id, expect] });
  };
  return {
    insert: bind(insert, "write"),
    update: bind(update, "write"),
    check: bindId(check, "read"),
    remove: bindId(remove, "write"),
  };
}
