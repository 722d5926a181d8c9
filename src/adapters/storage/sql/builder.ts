import type { CompiledQuery, Kysely, RawBuilder, Sql } from "kysely";
import type { TableNames } from "./tables";

/** All tables as the statement builder sees them: their names and columns come from the schema, at run time. */
export type AnyTables = Record<string, Record<string, unknown>>;

/**
 * What statements are built with: Kysely for one dialect, used only to write SQL, never to run it.
 * It is handed in, so that only the dialect's entry loads the package.
 */
export interface SqlBuilder {
  readonly db: Kysely<AnyTables>;
  readonly sql: Sql;
  readonly types: SqlTypes;
  readonly tables: TableNames;
  /**
   * A column in a condition that must not choose the index. SQLite guesses that a status narrows down more than a partial index
   * does, and would walk through all conversations for the few that are unread.
   */
  unindexed(column: RawBuilder<unknown>): RawBuilder<unknown>;
  /**
   * The number of rows of a page. PostgreSQL plans for the number it sees, and would rather sort a long thread that it believes to
   * be short than walk its index.
   */
  limit(rows: Slot): RawBuilder<number>;
  /** Whether rows lie in the order of their key on disk (SQLite's `WITHOUT ROWID`). */
  readonly clusters: boolean;
}

/** What the column types of the schema are called in one dialect. */
export interface SqlTypes {
  readonly text: RawBuilder<unknown>;
  readonly integer: RawBuilder<unknown>;
  readonly boolean: RawBuilder<unknown>;
  readonly json: RawBuilder<unknown>;
}

/** The place of a value that is known only when a statement runs. */
export interface Slot {
  readonly slot: string;
}

/** A statement in its dialect, with the names of its values in the order in which they are bound. */
export interface Statement {
  readonly sql: string;
  readonly slots: readonly string[];
}

/** Marks the place of a value. */
export function slot(name: string): Slot {
  return { slot: name };
}

/**
 * The statement of a query whose values are all slots.
 * @throws TypeError when a value is not: it would be lost.
 */
export function statementOf(query: { compile(): CompiledQuery }): Statement {
  const { sql, parameters } = query.compile();
  const slots = parameters.map((parameter) => {
    if (!isSlot(parameter)) throw new TypeError("A prepared statement holds a value that is not a slot.");
    return parameter.slot;
  });
  return { sql, slots };
}

function isSlot(value: unknown): value is Slot {
  return typeof value === "object" && value !== null && "slot" in value;
}
