import type { Dialect } from "kysely";
import { SmsError } from "../../../core/model/errors";
import { DEFAULT_PREFIX, isPrefix } from "../sql/tables";

/** Options of a storage over any dialect of Kysely. */
export interface KyselyStorageOptions {
  /** The dialect, as one would give it to `new Kysely({ dialect })`. Closing the storage destroys it. */
  readonly dialect: Dialect;
  /** Whose SQL the database understands. */
  readonly speaks: "sqlite" | "postgres";
  /** What the tables begin with; default `sms_`. Lower-case letters, digits and underscores, at most 20. */
  readonly tablePrefix?: string;
  /** `at-opening` (default): the first use makes the tables, or brings them up to date. `by-hand`: `migrate()` does. */
  readonly migrations?: "at-opening" | "by-hand";
  /** PostgreSQL only: the schema of the tables; default: the first of the connection's search path. */
  readonly schema?: string;
  /**
   * PostgreSQL only: how a commit is made, as one statement (default) or as a transaction of several, for databases that refuse
   * several writes in one statement.
   */
  readonly commit?: "one-statement" | "transaction";
  /** PostgreSQL only: whether to keep what a full-text search needs; default true. */
  readonly search?: boolean;
}

/** Checked options, with the defaults filled in. */
export interface KyselySettings {
  readonly dialect: Dialect;
  readonly speaks: "sqlite" | "postgres";
  readonly tablePrefix: string;
  readonly migrations: "at-opening" | "by-hand";
  readonly schema: string | null;
  readonly commit: "one-statement" | "transaction";
  readonly search: boolean;
}

const DIALECT_METHODS = ["createAdapter", "createDriver", "createQueryCompiler"] as const;
const COMMON = ["dialect", "speaks", "tablePrefix", "migrations"];
const POSTGRES_ONLY = ["schema", "commit", "search"];

/**
 * Checks the options as they came, also from JavaScript.
 * @throws SmsError `config_invalid`.
 */
export function readKyselyOptions(options: KyselyStorageOptions): KyselySettings {
  const given: unknown = options;
  if (typeof given !== "object" || given === null)
    throw invalid("kyselyStorage takes { dialect, speaks }.", []);
  const { dialect, speaks } = options;
  if (!isDialect(dialect)) throw invalid("dialect is no dialect of Kysely.", ["dialect"]);
  if (!oneOf(speaks, ["sqlite", "postgres"])) {
    throw invalid('speaks says whose SQL the database understands: "sqlite" or "postgres".', ["speaks"]);
  }
  const names = Object.keys(given).filter((name) => Reflect.get(given, name) !== undefined);
  const known = speaks === "postgres" ? [...COMMON, ...POSTGRES_ONLY] : COMMON;
  const unknownNames = names.filter((name) => !known.includes(name));
  if (unknownNames.length > 0) {
    throw invalid(
      `With speaks: "${speaks}", kyselyStorage has the options ${known.join(", ")}.`,
      unknownNames,
    );
  }
  const {
    tablePrefix = DEFAULT_PREFIX,
    migrations = "at-opening",
    schema = null,
    commit = "one-statement",
    search = true,
  } = options;
  if (typeof tablePrefix !== "string" || !isPrefix(tablePrefix)) {
    throw invalid("tablePrefix has lower-case letters, digits and underscores, at most 20.", ["tablePrefix"]);
  }
  if (!oneOf(migrations, ["at-opening", "by-hand"])) {
    throw invalid('migrations is "at-opening" or "by-hand".', ["migrations"]);
  }
  if (schema !== null && (typeof schema !== "string" || !/^[\w-]{1,63}$/.test(schema))) {
    throw invalid("schema has letters, digits, _ and - only, and at most 63 of them.", ["schema"]);
  }
  if (!oneOf(commit, ["one-statement", "transaction"])) {
    throw invalid('commit is "one-statement" or "transaction".', ["commit"]);
  }
  if (typeof search !== "boolean") throw invalid("search is true or false.", ["search"]);
  return { dialect, speaks, tablePrefix, migrations, schema, commit, search };
}

function isDialect(value: unknown): value is Dialect {
  if (typeof value !== "object" || value === null) return false;
  return DIALECT_METHODS.every((method) => typeof Reflect.get(value, method) === "function");
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): value is T {
  return allowed.some((one) => one === value);
}

function invalid(message: string, options: readonly string[]): SmsError {
  return new SmsError("config_invalid", message, { details: { options } });
}
