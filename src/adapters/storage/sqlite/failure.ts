import { isSmsError, SmsError } from "../../../core/model/errors";

/**
 * What a driver's error means here.
 * - `busy`: another connection holds the lock, or the host has a transaction open on this one; later it may go.
 * - `taken`: a unique value exists already.
 * - `broken`: anything else.
 */
export type SqliteFailure = "busy" | "taken" | "broken";

// Primary result codes are the low byte of extended ones. Source: sqlite.org/rescode.html (read 2026-11).
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** Tells what an error of any of the drivers means. */
export function classifyFailure(error: unknown): SqliteFailure {
  if (typeof error !== "object" || error === null) return "broken";
  // better-sqlite3 names the code, libsql does both, node:sqlite has only the number, bun:sqlite calls it errno.
  const name = "code" in error && typeof error.code === "string" ? error.code : "";
  const number = numberOf(error, ["rawCode", "errcode", "errno"]);
  const isBusy = [SQLITE_BUSY, SQLITE_LOCKED].includes(number & 0xff) || /^SQLITE_(BUSY|LOCKED)/.test(name);
  if (isBusy || isNestedTransaction(error)) return "busy";
  const isTaken = [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].includes(number);
  return isTaken || /^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE)$/.test(name) ? "taken" : "broken";
}

function numberOf(error: object, fields: readonly string[]): number {
  const values: readonly unknown[] = fields.map((field): unknown => Reflect.get(error, field));
  return values.find((value) => typeof value === "number") ?? 0;
}

function isNestedTransaction(error: object): boolean {
  // SQLite has no code of its own for this, only the text.
  return "message" in error && /cannot start a transaction within a transaction/.test(String(error.message));
}

/** The error for the caller. One of ours stays as it is. */
export function storageFailed(doing: string, cause: unknown): SmsError {
  // Every error here is thrown by us, a driver or the runtime; ours already says what to do.
  if (isSmsError(cause)) return cause;
  return new SmsError(
    "storage_failed",
    `SQLite failed while ${doing}; nothing was changed. The cause has its own words.`,
    {
      cause,
      retryable: classifyFailure(cause) === "busy",
    },
  );
}
