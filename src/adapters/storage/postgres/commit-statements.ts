import type { RawBuilder } from "kysely";
import type { Kind } from "../../../core/model/record";
import type { ColumnType } from "../../../core/model/schema";
import { COLUMNS } from "../fields";
import { slot, type Statement } from "../sql/builder";
import { columnOf, VERSION_COLUMN } from "../sql/tables";
import type { CommitStep } from "./commit-steps";
import { rawStatement, tableOf, type PostgresBuilder } from "./dialect";
import { HALF_DONE } from "./failure";

type Sql = RawBuilder<unknown>;
type StepShape = Pick<CommitStep, "kind" | "does">;

/**
 * A single write. It gives a row when it holds, and else does nothing.
 * Slots: as in {@link commitStatement}, for step 0.
 */
export function singleStatement(builder: PostgresBuilder, step: StepShape): Statement {
  return rawStatement(builder, stepSql(builder, step, { at: 0, gate: null }));
}

/**
 * A whole commit as one statement: a part for every step, of which each waits for the one before and does nothing unless that
 * held. So records are locked in the order of the steps, whatever the server makes of it. Gives one row with 1 when all is done,
 * with 0 when nothing is; fails with {@link HALF_DONE} when something is, to have it undone.
 * Slots: `<number of the step> <name or number of the value>`, see `valueOf`.
 */
export function commitStatement(builder: PostgresBuilder, steps: readonly StepShape[]): Statement {
  const { sql } = builder;
  const parts = steps.map((step, at) => {
    const before = steps[at - 1];
    const gate = before === undefined ? null : isDone(builder, before, at - 1);
    return sql`${sql.id(`w${at}`)} as (${stepSql(builder, step, { at, gate })})`;
  });
  const last = steps.length - 1;
  const firstWrite = steps.findIndex(({ does }) => does !== "check");
  const lastStep = steps[last];
  if (lastStep === undefined) throw new TypeError("A commit has at least one step.");
  const done = isDone(builder, lastStep, last);
  const written = firstWrite < 0 ? sql`false` : exists(builder, firstWrite);
  // A text that is no number makes the statement fail, and is looked at only when it runs.
  const fail = sql`cast((select ${sql.lit(HALF_DONE)} from ${sql.id(`w${Math.max(0, firstWrite)}`)} limit 1) as integer)`;
  return rawStatement(
    builder,
    sql`with ${sql.join(parts)} select case when ${done} then 1 when ${written} then ${fail} else 0 end as c0`,
  );
}

interface Place {
  /** The number of the step in its commit. */
  readonly at: number;
  /** What must hold for it to do anything; null for the first. */
  readonly gate: Sql | null;
}

function isDone(builder: PostgresBuilder, { does }: StepShape, at: number): Sql {
  if (does !== "insert-many") return exists(builder, at);
  const { sql } = builder;
  return sql`(select count(*) from ${sql.id(`w${at}`)}) = ${slot(`${at} count`)}::bigint`;
}

function exists({ sql }: PostgresBuilder, at: number): Sql {
  return sql`exists (select 1 from ${sql.id(`w${at}`)})`;
}

function stepSql(builder: PostgresBuilder, { kind, does }: StepShape, place: Place): Sql {
  const { sql } = builder;
  const table = tableOf(builder, kind);
  const { at, gate } = place;
  const isExpected = sql`id = ${slot(`${at} id`)}::text and ${sql.id(VERSION_COLUMN)} = ${slot(`${at} expect`)}::bigint`;
  const where = gate === null ? isExpected : sql`${isExpected} and ${gate}`;
  switch (does) {
    case "check":
      // Shared: those that rest on a record wait for one that changes it, and not for each other.
      return sql`select 1 as done from ${table} where ${where} for share`;
    case "remove":
      return sql`delete from ${table} where ${where} returning 1 as done`;
    case "update":
      // A unique value that is taken is an error here, and the server writes the value into its log. None that tells who a
      // contact is ever changes: the pair of a conversation is its identity.
      return sql`update ${table} set ${assignments(builder, kind, at)} where ${where} returning 1 as done`;
    case "insert":
    case "insert-many": {
      const rows = does === "insert" ? oneRow(builder, kind, at) : manyRows(builder, kind, at);
      const gated = gate === null ? rows : sql`${rows} where ${gate}`;
      // Without a target it covers every unique value, and no error has to be raised and caught.
      return sql`insert into ${table} (${columns(builder, kind)}) ${gated} on conflict do nothing returning 1 as done`;
    }
  }
}

function columns({ sql }: PostgresBuilder, kind: Kind): Sql {
  return sql.join(
    [...COLUMNS[kind].map(([field]) => columnOf(field)), VERSION_COLUMN].map((name) => sql.id(name)),
  );
}

function assignments({ sql }: PostgresBuilder, kind: Kind, at: number): Sql {
  const values = COLUMNS[kind].flatMap(([field, type], place) =>
    field === "id"
      ? []
      : [sql`${sql.id(columnOf(field))} = ${slot(`${at} ${place}`)}::${sql.raw(CASTS[type])}`],
  );
  const version = sql.id(VERSION_COLUMN);
  return sql.join([...values, sql`${version} = ${version} + 1`]);
}

function oneRow({ sql }: PostgresBuilder, kind: Kind, at: number): Sql {
  const values = COLUMNS[kind].map(
    ([, type], place) => sql`${slot(`${at} ${place}`)}::${sql.raw(CASTS[type])}`,
  );
  return sql`select ${sql.join([...values, sql.lit(1)])}`;
}

/** The records of one value: arrays of fields in the order of the schema. JSON fields are texts in it, as everywhere. */
function manyRows({ sql }: PostgresBuilder, kind: Kind, at: number): Sql {
  const values = COLUMNS[kind].map(
    ([, type], field) => sql`(r ->> ${sql.lit(field)})::${sql.raw(CASTS[type])}`,
  );
  return sql`select ${sql.join([...values, sql.lit(1)])} from json_array_elements(${slot(`${at} rows`)}::text::json) as r`;
}

// What a value is said to be, which a server cannot always guess. JSON is sent as a text: postgres.js makes JSON of what it sends
// to a place of JSON, so that what is JSON already would be stored as a text in quotes.
const CASTS: { readonly [T in ColumnType]: string } = {
  text: "text",
  "text?": "text",
  integer: "bigint",
  "integer?": "bigint",
  boolean: "boolean",
  json: "text::json",
  "json?": "text::json",
};
