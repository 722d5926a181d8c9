import { SmsError } from "../../../core/model/errors";
import type { SqliteDatabase } from "./database";

/** A package or runtime module that opens SQLite files. */
export interface SqliteDriver {
  /** What is imported. */
  readonly module: string;
  /** Opens the file with what the module exports. */
  open(exports: Readonly<Record<string, unknown>>, path: string): SqliteDatabase;
}

type DatabaseConstructor = new (path: string) => SqliteDatabase;

/** The drivers, best first: what the runtime has needs no installing. */
export const DRIVERS: readonly SqliteDriver[] = [
  driver("node:sqlite", "DatabaseSync"),
  driver("bun:sqlite", "Database"),
  driver("better-sqlite3", "default"),
  driver("libsql", "default"),
];

function driver(module: string, constructor: string): SqliteDriver {
  return {
    module,
    open(exports, path) {
      const found = exports[constructor];
      if (typeof found !== "function") throw new TypeError(`${module} has no ${constructor}.`);
      // Each of the modules above documents this constructor.
      const Database = found as DatabaseConstructor;
      return new Database(path);
    },
  };
}

/**
 * Opens a file with the first driver that loads.
 * @throws SmsError `dependency_missing` when none does; whatever a driver that loads throws.
 */
export async function openDatabase(
  path: string,
  drivers: readonly SqliteDriver[] = DRIVERS,
): Promise<SqliteDatabase> {
  const causes: unknown[] = [];
  for (const { module, open } of drivers) {
    const exports = await load(module, causes);
    if (exports === null) continue;
    try {
      return open(exports, path);
    } catch (cause) {
      if (!isUnbuilt(cause)) throw cause;
      causes.push(cause);
    }
  }
  throw new SmsError(
    "dependency_missing",
    "No SQLite driver is installed. Run `npm install better-sqlite3` (or `npm install libsql`), or use a Node.js that has node:sqlite.",
    { cause: new AggregateError(causes), details: { packages: ["better-sqlite3", "libsql"] } },
  );
}

async function load(module: string, causes: unknown[]): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    // Not a literal: bundlers would demand packages that are optional.
    const exports: unknown = await import(/* webpackIgnore: true */ /* @vite-ignore */ module);
    // A module's exports are values by name, whatever it exports.
    return exports as Readonly<Record<string, unknown>>;
  } catch (cause) {
    causes.push(cause);
    return null;
  }
}

/** Whether a driver lacks its binary, which better-sqlite3 notices only when a file is opened. */
function isUnbuilt(error: unknown): boolean {
  return (
    error instanceof Error &&
    /bindings file|ERR_DLOPEN_FAILED|was compiled against a different/.test(String(error))
  );
}
