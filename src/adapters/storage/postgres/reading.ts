import type { RawBuilder } from "kysely";
import type { Entity, Key, Kind, Versioned } from "../../../core/model/record";
import { COLUMNS, fieldsOf } from "../fields";
import { lookupOf } from "../key-lookup";
import { slot, type Statement } from "../sql/builder";
import { decodeRow, isStorable } from "../sql/row";
import { columnOf, VERSION_COLUMN } from "../sql/tables";
import type { PostgresRunner } from "./connection";
import { rawStatement, tableOf, type PostgresBuilder } from "./dialect";
import type { StatementCache } from "./statement-cache";

/** What reading needs. */
export interface ReadParts {
  readonly builder: PostgresBuilder;
  readonly statements: StatementCache;
}

interface Lookup {
  readonly kind: Kind;
  readonly fields: readonly string[];
  readonly values: readonly string[];
}

type Found = Versioned<Entity> | null;

// Every key is a join, which the server has to plan, and a row has at most 1,664 columns.
const MAX_JOINS = 12;

/** Reads records by key in one statement, so that all are as of one moment. Texts that no record can have find nothing. */
export async function readRecords(
  runner: PostgresRunner,
  parts: ReadParts,
  keys: readonly Key[],
): Promise<readonly Found[]> {
  const lookups = keys.map((key): Lookup => ({ kind: key.kind, ...lookupOf(key) }));
  const wanted = lookups.filter(({ values }) => values.every(isStorable));
  if (wanted.length === 0) return keys.map(() => null);
  const read = wanted.length > MAX_JOINS ? readMany : readFew;
  const found = await read(runner, parts, wanted);
  if (wanted.length === keys.length) return found;
  const foundOf = new Map(wanted.map((lookup, at) => [lookup, found[at] ?? null]));
  return lookups.map((lookup) => foundOf.get(lookup) ?? null);
}

/** One row, which has a part for every key. */
async function readFew(
  runner: PostgresRunner,
  { builder, statements }: ReadParts,
  lookups: readonly Lookup[],
): Promise<readonly Found[]> {
  const shape = lookups.map(({ kind, fields }) => `${kind} ${fields.join()}`).join(" ");
  const statement = statements.of(`read ${shape}`, () => joinStatement(builder, lookups));
  const [row] = await runner.rows(
    statement,
    lookups.flatMap(({ values }) => values),
  );
  let offset = 0;
  return lookups.map(({ kind }) => {
    const width = COLUMNS[kind].length + 1;
    const part = row?.slice(offset, offset + width) ?? [];
    offset += width;
    // The first column is the id, which every record has.
    return part[0] === null || part[0] === undefined ? null : decodeRow(kind, part);
  });
}

function joinStatement(builder: PostgresBuilder, lookups: readonly Lookup[]): Statement {
  const { sql } = builder;
  // Drivers that give rows as objects need names that differ.
  const columns = lookups
    .flatMap(({ kind }, at) => columnsOf(builder, kind, `r${at}`))
    .map((column, at) => sql`${column} as ${sql.id(`c${at}`)}`);
  const joins = lookups.map(({ kind, fields }, at) => {
    const equal = fields.map((field) => sql`${sql.id(`r${at}`, columnOf(field))} = ${slot(`${field}${at}`)}`);
    return sql`left join ${tableOf(builder, kind)} as ${sql.id(`r${at}`)} on ${sql.join(equal, sql` and `)}`;
  });
  return rawStatement(
    builder,
    sql`select ${sql.join(columns)} from (select 1) as one ${sql.join(joins, sql` `)}`,
  );
}

/** A row for every record, as JSON, which rows of different kinds have in common. Its shapes do not grow with the keys. */
async function readMany(
  runner: PostgresRunner,
  { builder, statements }: ReadParts,
  lookups: readonly Lookup[],
): Promise<readonly Found[]> {
  const groups = new Map<string, Lookup[]>();
  for (const lookup of lookups) {
    const name = `${lookup.kind} ${lookup.fields.join()}`;
    const group = groups.get(name) ?? [];
    group.push(lookup);
    groups.set(name, group);
  }
  const names = [...groups.keys()].sort();
  const parts = names.map((name) => groups.get(name) ?? []);
  const statement = statements.of(`read many ${names.join(" ")}`, () =>
    manyStatement(
      builder,
      parts.flatMap(([first]) => first ?? []),
    ),
  );
  const rows = await runner.rows(
    statement,
    parts.map((part) => JSON.stringify(part.map(({ values }) => values))),
  );
  const foundAs = new Map<string, string>();
  for (const [group, json] of rows) {
    const first = parts[Number(group)]?.[0];
    if (first === undefined || typeof json !== "string") continue;
    const fields = fieldsOf(decodeRow(first.kind, parseRow(json)).value);
    foundAs.set(
      identityOf(
        first,
        first.fields.map((field) => fields[field]),
      ),
      json,
    );
  }
  return lookups.map((lookup) => {
    const json = foundAs.get(identityOf(lookup, lookup.values));
    // Decoded for every key anew: two that ask for one record share no object.
    return json === undefined ? null : decodeRow(lookup.kind, parseRow(json));
  });
}

function parseRow(json: string): readonly unknown[] {
  const row: unknown = JSON.parse(json);
  return Array.isArray(row) ? row : [];
}

function identityOf({ kind, fields }: Lookup, values: readonly unknown[]): string {
  return JSON.stringify([kind, fields, values]);
}

function manyStatement(builder: PostgresBuilder, groups: readonly Lookup[]): Statement {
  const { sql } = builder;
  // The keys are sent as a text: some drivers make JSON of what goes to a place of JSON, also of what is JSON already.
  const selects = groups.map(({ kind, fields }, at) => {
    const wanted = fields.map((_, place) => sql`(w ->> ${sql.lit(place)}) collate "C"`);
    const columns = fields.map((field) => sql.id("r", columnOf(field)));
    return sql`select ${sql.lit(at)} as c0, json_build_array(${sql.join(columnsOf(builder, kind, "r"))})::text as c1
from ${tableOf(builder, kind)} as r
where (${sql.join(columns)}) in (select ${sql.join(wanted)} from json_array_elements(${slot(`keys${at}`)}::text::json) as w)`;
  });
  return rawStatement(builder, sql.join(selects, sql` union all `));
}

function columnsOf({ sql }: PostgresBuilder, kind: Kind, alias: string): readonly RawBuilder<unknown>[] {
  return [...COLUMNS[kind].map(([field]) => columnOf(field)), VERSION_COLUMN].map((column) =>
    sql.id(alias, column),
  );
}
