import { isSmsError, SmsError } from "../../../core/model/errors";

/**
 * What a driver's error means here.
 * - `conflict`: another transaction was first; nothing was changed.
 * - `unreachable`: the connection broke, or the server could not work just now; later it may.
 * - `unprepared`: the server does not know a statement that this connection has prepared, or knows another under its name.
 * - `broken`: the server refused for another reason; nothing was changed.
 * - `unclear`: anything else. Whatever failed, it was not the server that said so, and it may have done what it was asked.
 */
export type PostgresFailure = "conflict" | "unreachable" | "unprepared" | "broken" | "unclear";

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
// Source: porsager/postgres, src/connection.js and src/index.js (read 2026-11).
const POSTGRES_JS_UNREACHABLE = /^(CONNECTION_(CLOSED|DESTROYED|ENDED)|CONNECT_TIMEOUT)$/;
// Other drivers' own errors have no code: those of pg, of Neon over HTTP, and of fetch itself.
// Source: brianc/node-postgres, packages/pg and pg-pool; neondatabase/serverless, src/httpQuery.ts (read 2026-11).
const DRIVER_UNREACHABLE =
  /connection (error|terminated|timeout)|timeout exceeded|read timeout|not queryable|error connecting|fetch failed/i;
// A code of the server's. Those of the operating system begin with an E, and none of the server's does.
const SQLSTATE = /^(?!E)[0-9A-Z]{5}$/;

/** Tells what an error of any driver means. */
export function classifyFailure(error: unknown): PostgresFailure {
  if (typeof error !== "object" || error === null) return "unclear";
  const code = codeOf(error);
  const message = "message" in error ? String(error.message) : "";
  if (CONFLICT.has(code) || (code === INVALID_TEXT && message.includes(HALF_DONE))) return "conflict";
  if ([UNREACHABLE, NODE_UNREACHABLE, POSTGRES_JS_UNREACHABLE].some((codes) => codes.test(code)))
    return "unreachable";
  if (UNPREPARED.has(code) || /prepared statements must be unique/i.test(message)) return "unprepared";
  if (SQLSTATE.test(code)) return "broken";
  return code === "" && DRIVER_UNREACHABLE.test(message) ? "unreachable" : "unclear";
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
    retryable: failure === "conflict" || failure === "unreachable",
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
    case "unclear":
      return "The cause is no word of the server's: a commit that was on its way may have gone through or not.";
  }
}
