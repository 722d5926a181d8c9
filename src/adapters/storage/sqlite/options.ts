import { SmsError } from "../../../core/model/errors";
import { DEFAULT_PREFIX, isPrefix } from "../sql/tables";
import type { SqliteDatabase } from "./database";

/** What every SQLite storage can be told. */
export interface SqliteTableOptions {
  /**
   * What the names of all tables begin with, so that several installations can share a file: up to 20 lower-case letters, digits
   * and underscores. Default `"sms_"`.
   */
  readonly tablePrefix?: string;
  /**
   * `"at-opening"` (default): the tables are made, or brought up to date, at the first use. `"by-hand"`: only by `migrate()`;
   * until then every verb rejects with `storage_failed`.
   */
  readonly migrations?: "at-opening" | "by-hand";
  /**
   * Whether messages and contacts can be searched. Default true; needs FTS5, which all known drivers have. With false there is no
   * `search`. A database that was searchable once keeps its index up to date all the same, so it can be turned on again at any
   * time; turning it on the first time takes about 30 s for a million messages.
   */
  readonly search?: boolean;
}

/** Where the records are kept: give one of the two, `path` or `database`. */
export type SqliteStorageOptions = SqliteTableOptions &
  (
    | {
        /** The file; it is made if it is not there, its folder is not. `":memory:"` keeps nothing. */
        readonly path: string;
        /**
         * What a commit that was answered survives. `"full"` (default): a crash of the process, of the system, and a power cut.
         * `"normal"`: a crash of the process; a power cut or a crash of the system may undo the last commits, never part of one
         * and never the file. Faster where few commits come at once.
         */
        readonly synchronous?: "full" | "normal";
        readonly database?: never;
      }
    | {
        /**
         * A database that the host has opened with better-sqlite3 or anything of the same shape. Its settings stay as the host
         * made them, so durability is the host's choice, and `close()` leaves it open. Better not the connection on which the host
         * runs transactions of its own: while one is open, every commit here waits for it.
         */
        readonly database: SqliteDatabase;
        readonly path?: never;
        readonly synchronous?: never;
      }
  );

/** Where the records are, checked. */
export type SqliteSource =
  | { readonly kind: "path"; readonly path: string; readonly synchronous: "full" | "normal" }
  | { readonly kind: "database"; readonly database: SqliteDatabase };

/** Checked options with nothing left open. */
export interface SqliteSettings {
  readonly source: SqliteSource;
  readonly tablePrefix: string;
  readonly migrations: "at-opening" | "by-hand";
  readonly search: boolean;
}

const NAMES = ["path", "database", "synchronous", "tablePrefix", "migrations", "search"] as const;

/** The options as they may come from JavaScript. */
type Given = Readonly<Record<(typeof NAMES)[number], unknown>>;

/**
 * Checks the options as they came, also from JavaScript.
 * @throws SmsError `config_invalid`.
 */
export function readOptions(options: SqliteStorageOptions): SqliteSettings {
  const given: unknown = options;
  if (typeof given !== "object" || given === null)
    throw invalid("sqliteStorage takes { path } or { database }.", []);
  const unknownKeys = Object.keys(given).filter((key) => !NAMES.some((name) => name === key));
  if (unknownKeys.length > 0) throw invalid(`sqliteStorage has options ${NAMES.join(", ")}.`, unknownKeys);
  // Absent ones are undefined, and whatever is there is checked below.
  const values = given as Given;
  const { tablePrefix = DEFAULT_PREFIX, search = true } = values;
  if (typeof tablePrefix !== "string" || !isPrefix(tablePrefix)) {
    throw invalid(
      "tablePrefix is up to 20 lower-case letters, digits and underscores, the first of them no digit.",
      ["tablePrefix"],
    );
  }
  if (typeof search !== "boolean") throw invalid("search is true or false.", ["search"]);
  return {
    source: readSource(values),
    tablePrefix,
    migrations: readChoice(values, "migrations", ["at-opening", "by-hand"]),
    search,
  };
}

function readSource(given: Given): SqliteSource {
  const { path, database } = given;
  if ((path === undefined) === (database === undefined))
    throw invalid("sqliteStorage takes either path or database.", ["path", "database"]);
  if (database !== undefined) {
    if (!isDatabase(database)) {
      throw invalid("database is no opened better-sqlite3 database: it needs prepare, exec and close.", [
        "database",
      ]);
    }
    if (given.synchronous !== undefined) {
      throw invalid(
        "A database that the host opened keeps its settings; set its pragma synchronous yourself.",
        ["database", "synchronous"],
      );
    }
    return { kind: "database", database };
  }
  if (typeof path !== "string" || path.trim() === "" || path.includes("\0"))
    throw invalid('path is no file path; for a storage in memory give ":memory:".', ["path"]);
  return { kind: "path", path, synchronous: readChoice(given, "synchronous", ["full", "normal"]) };
}

/** One of a closed set of texts; the first where none is given. */
function readChoice<T extends string>(
  given: Given,
  name: keyof Given,
  choices: readonly [first: T, ...more: T[]],
): T {
  const value = given[name] ?? choices[0];
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined)
    throw invalid(`${name} is ${choices.map((choice) => `"${choice}"`).join(" or ")}.`, [name]);
  return chosen;
}

function isDatabase(value: unknown): value is SqliteDatabase {
  if (typeof value !== "object" || value === null) return false;
  return ["prepare", "exec", "close"].every((method) => typeof Reflect.get(value, method) === "function");
}

function invalid(message: string, options: readonly string[]): SmsError {
  return new SmsError("config_invalid", message, { details: { options } });
}
