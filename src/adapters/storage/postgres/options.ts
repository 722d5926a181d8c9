import { SmsError } from "../../../core/model/errors";
import { DEFAULT_PREFIX, isPrefix } from "../sql/tables";
import type { PgPool } from "./pg-pool";
import type { PgliteDatabase } from "./pglite";
import type { PostgresSettings } from "./storage";

/** Where the records are kept: exactly one of the three. */
export type PostgresSourceOptions =
  | {
      /**
       * A pool of `pg` that the host has made. It is left open, and its settings and type parsers stay as they are. The host
       * listens to its `error` event, as every user of a pool has to.
       */
      readonly pool: PgPool;
      readonly connectionString?: never;
      readonly pglite?: never;
    }
  | {
      /** Where the server is, as `pg` takes it. A pool of at most ten connections is opened, and closed with the storage. */
      readonly connectionString: string;
      readonly pool?: never;
      readonly pglite?: never;
    }
  | {
      /** An opened PGlite instance. It is left open. */
      readonly pglite: PgliteDatabase;
      readonly pool?: never;
      readonly connectionString?: never;
    };

/** How the storage works. */
export interface PostgresWorkOptions {
  /**
   * The schema of the tables; it is made by the migrations if it is not there. Default: none is named, so the connection's
   * search path decides. Letters, digits, `_` and `-`, at most 63.
   */
  readonly schema?: string;
  /** What every table's name begins with. Default `"sms_"`. Lower-case letters, digits and underscores, at most 20. */
  readonly tablePrefix?: string;
  /**
   * `"at-opening"` (default): the first use makes the tables or brings them up to date. `"by-hand"`: only `migrate()` does, or the
   * host with the SQL of `migrationSql()`; until then every use fails.
   */
  readonly migrations?: "at-opening" | "by-hand";
  /**
   * Whether statements in frequent use are kept prepared on each connection, which saves the server a third of its work. Default
   * true. Set it to false behind a pooler that gives every transaction another connection, such as PgBouncer. PGlite prepares none.
   */
  readonly prepare?: boolean;
  /**
   * `"one-statement"` (default): a commit is one round trip. `"transaction"`: several statements between BEGIN and COMMIT, at half
   * the speed, for databases that speak PostgreSQL's protocol and refuse statements that write in more than one place.
   */
  readonly commit?: "one-statement" | "transaction";
  /** Whether the storage can search, which costs an index on the text of every message. Default true. It may be turned on later. */
  readonly search?: boolean;
}

/** What `postgresStorage` takes. */
export type PostgresStorageOptions = PostgresSourceOptions & PostgresWorkOptions;

/** Checked options: where the records are. */
export type PostgresSource =
  | { readonly kind: "pool"; readonly pool: PgPool }
  | { readonly kind: "connectionString"; readonly connectionString: string }
  | { readonly kind: "pglite"; readonly pglite: PgliteDatabase };

const SOURCES = ["pool", "connectionString", "pglite"];
const NAMES = [...SOURCES, "schema", "tablePrefix", "migrations", "prepare", "commit", "search"];

/**
 * Checks the options as they came, also from JavaScript.
 * @throws SmsError `config_invalid`.
 */
export function readOptions(options: PostgresStorageOptions): {
  readonly source: PostgresSource;
  readonly settings: PostgresSettings;
} {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) {
    throw invalid("postgresStorage takes { pool }, { connectionString } or { pglite }.", []);
  }
  const unknownNames = Object.keys(given).filter((name) => !NAMES.includes(name));
  if (unknownNames.length > 0) {
    throw invalid(`postgresStorage has the options ${NAMES.join(", ")} only.`, unknownNames);
  }
  return { source: readSource(options), settings: readSettings(options) };
}

function readSource(options: PostgresStorageOptions): PostgresSource {
  const { pool, connectionString, pglite }: Readonly<Record<string, unknown>> = { ...options };
  if ([pool, connectionString, pglite].filter((source) => source !== undefined).length !== 1) {
    throw invalid("postgresStorage takes exactly one of pool, connectionString and pglite.", SOURCES);
  }
  if (pool !== undefined) {
    if (!has<PgPool>(pool, ["query", "connect"])) {
      throw invalid("pool is no pool of pg: it needs query and connect.", ["pool"]);
    }
    return { kind: "pool", pool };
  }
  if (pglite !== undefined) {
    if (!has<PgliteDatabase>(pglite, ["query", "transaction"])) {
      throw invalid("pglite is no opened PGlite instance: it needs query and transaction.", ["pglite"]);
    }
    return { kind: "pglite", pglite };
  }
  if (typeof connectionString !== "string" || connectionString.trim() === "") {
    throw invalid("connectionString is no text such as postgres://user@host/database.", ["connectionString"]);
  }
  return { kind: "connectionString", connectionString };
}

function readSettings(options: PostgresWorkOptions): PostgresSettings {
  const { schema, tablePrefix = DEFAULT_PREFIX }: Readonly<Record<string, unknown>> = { ...options };
  if (schema !== undefined && (typeof schema !== "string" || !/^[\w-]{1,63}$/.test(schema))) {
    throw invalid("schema has letters, digits, _ and - only, and at most 63 of them.", ["schema"]);
  }
  if (typeof tablePrefix !== "string" || !isPrefix(tablePrefix)) {
    throw invalid(
      "tablePrefix begins with a lower-case letter or _, and goes on with those and digits, 20 at most.",
      ["tablePrefix"],
    );
  }
  return {
    schema: schema ?? null,
    tablePrefix,
    migrations: oneOf(options, "migrations", ["at-opening", "by-hand"]),
    prepare: oneOf(options, "prepare", [true, false]) ? "often-used" : "never",
    commit: oneOf(options, "commit", ["one-statement", "transaction"]),
    search: oneOf(options, "search", [true, false]),
  };
}

/** The value of an option that has a closed set of them; the first of the set where it is not given. */
function oneOf<T extends string | boolean>(
  options: PostgresWorkOptions,
  name: keyof PostgresWorkOptions,
  values: readonly [T, ...(readonly T[])],
): T {
  const given: unknown = options[name];
  if (given === undefined) return values[0];
  const found = values.find((value) => value === given);
  if (found === undefined) throw invalid(`${name} is one of ${values.join(", ")}.`, [name]);
  return found;
}

function has<T>(value: unknown, methods: readonly string[]): value is T {
  if (typeof value !== "object" || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === "function");
}

function invalid(message: string, options: readonly string[]): SmsError {
  return new SmsError("config_invalid", message, { details: { options } });
}
