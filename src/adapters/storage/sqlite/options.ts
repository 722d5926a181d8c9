import { SmsError } from "../../../core/model/errors";
import type { SqliteDatabase } from "./database";

/** Where the records are kept: give one of the two. */
export type SqliteStorageOptions =
  | {
      /** The file; it is made if it is not there, its folder is not. `":memory:"` keeps nothing. */
      readonly path: string;
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
    };

/** Checked options. */
export type SqliteSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "database"; readonly database: SqliteDatabase };

/**
 * Checks the options as they came, also from JavaScript.
 * @throws SmsError `config_invalid`.
 */
export function readOptions(options: SqliteStorageOptions): SqliteSource {
  const given: unknown = options;
  if (typeof given !== "object" || given === null)
    throw invalid("sqliteStorage takes { path } or { database }.", []);
  const unknownKeys = Object.keys(given).filter((key) => key !== "path" && key !== "database");
  if (unknownKeys.length > 0) throw invalid("sqliteStorage has options path and database only.", unknownKeys);
  const path: unknown = options.path;
  const database: unknown = options.database;
  if ((path === undefined) === (database === undefined)) {
    throw invalid("sqliteStorage takes either path or database.", ["path", "database"]);
  }
  if (database !== undefined) {
    if (!isDatabase(database)) {
      throw invalid("database is no opened better-sqlite3 database: it needs prepare, exec and close.", [
        "database",
      ]);
    }
    return { kind: "database", database };
  }
  if (typeof path !== "string" || path.trim() === "" || path.includes("\0")) {
    throw invalid('path is no file path; for a storage in memory give ":memory:".', ["path"]);
  }
  return { kind: "path", path };
}

function isDatabase(value: unknown): value is SqliteDatabase {
  if (typeof value !== "object" || value === null) return false;
  return ["prepare", "exec", "close"].every((method) => typeof Reflect.get(value, method) === "function");
}

function invalid(message: string, options: readonly string[]): SmsError {
  return new SmsError("config_invalid", message, { details: { options } });
}
