import type { RawBuilder } from "kysely";
import { SmsError } from "../../../core/model/errors";
import type { Kind } from "../../../core/model/record";
import { statementOf, type AnyTables, type SqlBuilder, type Statement } from "../sql/builder";
import { tableNames } from "../sql/tables";

/** A writer of PostgreSQL's SQL for the tables of one installation. */
export interface PostgresBuilder extends SqlBuilder {
  /** The schema that every table is named with; null where the connection's search path finds them. */
  readonly schema: string | null;
}

/** Where the tables of an installation are. */
export interface PostgresTables {
  readonly schema: string | null;
  readonly tablePrefix: string;
}

/**
 * Loads Kysely as a writer of PostgreSQL's SQL. It runs nothing.
 * @throws SmsError `dependency_missing` when the package is not installed.
 */
export async function postgresBuilder({ schema, tablePrefix }: PostgresTables): Promise<PostgresBuilder> {
  const { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } =
    await loadKysely();
  const db = new Kysely<AnyTables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (instance) => new PostgresIntrospector(instance),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return {
    db: schema === null ? db : db.withSchema(schema),
    sql,
    types: {
      // Bytes in their order, whatever the database's language is: so text sorts as it does in JavaScript, but for characters
      // beyond the first plane, which come after U+E000 to U+FFFF here and before them there. Ids and times are ASCII.
      text: sql`text collate "C"`,
      integer: sql`bigint`,
      boolean: sql`boolean`,
      // Not jsonb, which refuses an escaped NUL and reorders fields.
      json: sql`json`,
    },
    tables: tableNames(tablePrefix),
    unindexed: (column) => column,
    limit: (rows) => sql<number>`(select ${rows}::bigint)`,
    clusters: false,
    schema,
  };
}

/** The table of a kind, qualified. */
export function tableOf(builder: PostgresBuilder, kind: Kind): RawBuilder<unknown> {
  return qualified(builder, builder.tables.of[kind]);
}

/** A name of something in the schema of the tables, qualified. */
export function qualified({ sql, schema }: PostgresBuilder, name: string): RawBuilder<unknown> {
  return schema === null ? sql.id(name) : sql.id(schema, name);
}

/** A statement written by hand. Its values are slots. */
export function rawStatement({ db }: PostgresBuilder, query: RawBuilder<unknown>): Statement {
  return statementOf({ compile: () => query.compile(db) });
}

async function loadKysely(): Promise<typeof import("kysely")> {
  try {
    return await import("kysely");
  } catch (cause) {
    throw new SmsError(
      "dependency_missing",
      "The PostgreSQL storage needs Kysely. Run `npm install kysely`.",
      { cause, details: { packages: ["kysely"] } },
    );
  }
}
