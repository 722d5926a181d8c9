import type { RawBuilder } from "kysely";
import type { Kind } from "../../../core/model/record";
import { COLUMNS } from "../fields";
import type { ListPlan } from "../list-plan";
import type { Position } from "../page";
import { slot } from "../sql/builder";
import type { SqlValue } from "../sql/row";
import { columnOf, VERSION_COLUMN } from "../sql/tables";
import { rawStatement, tableOf, type PostgresBuilder } from "./dialect";
import { indexedGrams, indexedWords } from "./search-index";

/** A statement with its values. */
export interface SearchStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The control character between the pieces of an address, of which no address has one. */
export const GRAM_SEPARATOR = 1;

interface Wanted {
  readonly wanted: string;
  readonly after: Position | null;
  readonly limit: number;
}

/** Messages that have the words, newest first. `wanted` is a `tsquery`. */
export function messagesStatement(
  builder: PostgresBuilder,
  { accountSid, ...search }: Wanted & { readonly accountSid: string | null },
): SearchStatement {
  const { sql } = builder;
  const conditions = [sql`${indexedWords(builder)} @@ ${slot("wanted")}::text::tsquery`];
  if (accountSid !== null) conditions.push(sql`${sql.id("account_sid")} = ${slot("account")}`);
  const select = newest(builder, { kind: "message", sortBy: "createdAt", conditions, after: search.after });
  return bound(builder, select, { account: accountSid, ...valuesOf(search) });
}

/**
 * Conversations with all the pieces of an address (`wanted`, with {@link GRAM_SEPARATOR} between), as several ranges, each with
 * its last activity first.
 */
export function contactsStatement(
  builder: PostgresBuilder,
  { plan, ...search }: Wanted & { readonly plan: ListPlan },
): SearchStatement {
  const { sql } = builder;
  const { index, groups } = plan;
  const values: Record<string, SqlValue> = valuesOf(search);
  const selects = groups.map((group, range) => {
    const inGroup = index.groupBy.map((field, at) => {
      values[`group ${range} ${at}`] = group[at] ?? null;
      return sql`${sql.id(columnOf(field))} = ${slot(`group ${range} ${at}`)}`;
    });
    // No select: the server plans with what it knows at once.
    const wanted = sql`string_to_array(${slot("wanted")}::text, chr(${sql.lit(GRAM_SEPARATOR)}))`;
    const conditions = [sql`${indexedGrams(builder)} @> ${wanted}`, ...inGroup];
    return newest(builder, { kind: "conversation", sortBy: index.sortBy, conditions, after: search.after });
  });
  return bound(builder, sql.join(selects, sql` union all `), values);
}

interface Newest {
  readonly kind: Kind;
  readonly sortBy: string;
  readonly conditions: readonly RawBuilder<unknown>[];
  readonly after: Position | null;
}

function newest(builder: PostgresBuilder, { kind, sortBy, conditions, after }: Newest): RawBuilder<unknown> {
  const { sql } = builder;
  const columns = [...COLUMNS[kind].map(([field]) => columnOf(field)), VERSION_COLUMN];
  const order = [sql.id(columnOf(sortBy)), sql.id("id")];
  const behind = after === null ? [] : [sql`(${sql.join(order)}) < (${slot("sort")}, ${slot("id")})`];
  return sql`(select ${sql.join(columns.map((name) => sql.id(name)))} from ${tableOf(builder, kind)}
where ${sql.join([...conditions, ...behind], sql` and `)}
order by ${sql.join(order.map((column) => sql`${column} desc`))} limit ${slot("limit")}::bigint)`;
}

function valuesOf({ wanted, after, limit }: Wanted): Record<string, SqlValue> {
  return { wanted, limit, sort: after?.sort ?? null, id: after?.id ?? null };
}

function bound(
  builder: PostgresBuilder,
  query: RawBuilder<unknown>,
  values: Readonly<Record<string, SqlValue>>,
): SearchStatement {
  const { sql, slots } = rawStatement(builder, query);
  return { sql, values: slots.map((name) => values[name] ?? null) };
}
