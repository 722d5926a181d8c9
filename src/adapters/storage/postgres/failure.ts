import { isSmsError, SmsError } from "../../../core/model/errors";

/**
 * What a driver's error means here.
 * - `conflict`: another transaction was first; nothing was changed.
 * - `unreachable`: the connection broke, or the server could not work just now; later it may.
 * - `unprepared`: the server does not know a statement that this connection has prepared, or knows another under its name.
 * - `broken`: anything else.
 */
export type PostgresFailure = "conflict" | "unreachable" | "unprepared" | "broken";

/** The marker by which a commit that is half done ends itself. It is all that the server's log says of it. */
export const HALF_DONE = "sms_conflict";

// Source: PostgreSQL documentation, appendix "PostgreSQL Error Codes" (read 2026-11).
const CONFLICT = new Set(["40001", "40P01", "23505"]);
const INVALID_TEXT = "22P02";
// Connection exceptions; lack of resources; a shutdown, a timeout or a cancelled statement; a lock that was not to be had; a
// session that was ended; a server that has become a read-only one.
const UNREACHABLE = /^(08...|53...|57...|55P03|25P03|25P04|25006|40003)$/;
const UNPREPARED = new Set(["26000", "42P05"]);
const NODE_UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
// The driver's own errors have no code. Source: brianc/node-postgres, packages/pg and pg-pool (read 2026-11).
const DRIVER_UNREACHABLE =
  /connection (error|terminated|timeout)|timeout exceeded|read timeout|not queryable/i;

/** Tells what an error of any driver means. */
export function classifyFailure(error: unknown): PostgresFailure {
  if (typeof error !== "object" || error === null) return "broken";
  const code = codeOf(error);
  const message = "message" in error ? String(error.message) : "";
  if (CONFLICT.has(code) || (code === INVALID_TEXT && message.includes(HALF_DONE))) return "conflict";
  if (UNREACHABLE.test(code) || NODE_UNREACHABLE.test(code)) return "unreachable";
  if (UNPREPARED.has(code) || /prepared statements must be unique/i.test(message)) return "unprepared";
  return code === "" && DRIVER_UNREACHABLE.test(message) ? "unreachable" : "broken";
}

/** The SQLSTATE or system code of an error; empty where it has none. */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/**
 * The error for the caller. One of ours stays as it is. The driver's is its cause: that may hold values of records, so only what
 * it calls the error is repeated here.
 */
export function storageFailed(doing: string, cause: unknown): SmsError {
  if (isSmsError(cause)) return cause;
  const failure = classifyFailure(cause);
  const code = codeOf(cause);
  return new SmsError("storage_failed", `PostgreSQL failed while ${doing}. ${adviceFor(failure)}`, {
    cause,
    retryable: failure !== "broken" && failure !== "unprepared",
    details: code === "" ? {} : { code },
  });
}

function adviceFor(failure: PostgresFailure): string {
  switch (failure) {
    case "conflict":
      return "Others changed the same at that moment; nothing was changed.";
    case "unreachable":
      return "It could not be reached or broke off: a commit that was on its way may have gone through or not.";
    case "unprepared":
      return "Its prepared statements are not those of this connection, as behind a transaction pooler: set prepare: false.";
    case "broken":
      return "Nothing was changed. The cause has the server's own words, which may hold values of records.";
  }
}
