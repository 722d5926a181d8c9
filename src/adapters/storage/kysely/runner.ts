import type { Kysely } from "kysely";
import type { AnyTables } from "../sql/builder";

/** What a statement takes. */
export type KyselyValue = string | number | boolean | null;

/** Runs single statements over a Kysely instance or one of its transactions. */
export interface KyselyRunner {
  /** All rows as arrays in the order of the columns, whose names must differ. */
  rows(sql: string, values: readonly KyselyValue[]): Promise<readonly (readonly unknown[])[]>;
  /** Runs a write; true when it touched a row. */
  write(sql: string, values: readonly KyselyValue[]): Promise<boolean>;
}

/** Makes a query of Kysely's out of SQL that is written already. */
export type RawQuery = (
  sql: string,
  parameters: unknown[],
) => Parameters<Kysely<AnyTables>["executeQuery"]>[0];

/** The runner of an instance or a transaction. */
export function runnerOf(db: Kysely<AnyTables>, raw: RawQuery): KyselyRunner {
  return {
    async rows(sql, values) {
      const { rows } = await db.executeQuery(raw(sql, [...values]));
      return rows.map(asArray);
    },
    async write(sql, values) {
      const { numAffectedRows } = await db.executeQuery(raw(sql, [...values]));
      if (numAffectedRows === undefined) {
        throw new TypeError("This Kysely dialect does not tell how many rows a write touched.");
      }
      return numAffectedRows > 0n;
    },
  };
}

function asArray(row: unknown): readonly unknown[] {
  if (Array.isArray(row)) return row;
  return typeof row === "object" && row !== null ? Object.values(row) : [];
}
