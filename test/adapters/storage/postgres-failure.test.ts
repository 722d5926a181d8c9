import { describe, expect, it } from "vitest";
import { SmsError } from "../../../src/core/model/errors";
import { classifyFailure, storageFailed } from "../../../src/adapters/storage/postgres/failure";

function failure(code: string | undefined, message = "failed"): Error {
  return Object.assign(new Error(message), { code });
}

/** postgres.js rejects with an object whose prototype is the error. */
function ofPostgresJs(code: string): unknown {
  return Object.create(failure(code, `write ${code} db.example.com:5432`), { query: { value: "insert" } });
}

const FETCH_FAILED = new TypeError("fetch failed", { cause: failure("UND_ERR_SOCKET") });
// Reported by the WebSocket under Neon's driver: an event, which has no message of its own.
const SOCKET_EVENT = { type: "error", message: "" };

describe("what an error of a PostgreSQL driver means", () => {
  it.each([
    ["the server", failure("40001"), "conflict"],
    ["the server", failure("23505"), "conflict"],
    ["the server", failure("57P01"), "unreachable"],
    ["the server", failure("08006"), "unreachable"],
    ["the server", failure("26000"), "unprepared"],
    ["the server", failure("23514"), "broken"],
    ["the server", failure("42P01"), "broken"],
    ["the server", failure("XX000"), "broken"],
    ["Node", failure("ECONNRESET"), "unreachable"],
    ["Node", failure("EPIPE"), "unreachable"],
    ["pg", failure(undefined, "Connection terminated unexpectedly"), "unreachable"],
    ["postgres.js", ofPostgresJs("CONNECTION_CLOSED"), "unreachable"],
    ["postgres.js", ofPostgresJs("CONNECTION_DESTROYED"), "unreachable"],
    ["postgres.js", ofPostgresJs("CONNECTION_ENDED"), "unreachable"],
    ["postgres.js", ofPostgresJs("CONNECT_TIMEOUT"), "unreachable"],
    ["Neon", failure(undefined, "Error connecting to database: TypeError: fetch failed"), "unreachable"],
    ["fetch", FETCH_FAILED, "unreachable"],
    // It looks like a code of the server's, but is one of the operating system's.
    ["Node", failure("EBADF"), "unclear"],
    ["postgres.js", failure("MESSAGE_NOT_SUPPORTED"), "unclear"],
    ["Neon", failure(undefined, "Server error (HTTP status 502): Bad Gateway"), "unclear"],
    ["a WebSocket", SOCKET_EVENT, "unclear"],
    ["the runtime", new TypeError("x is not a function"), "unclear"],
    ["anybody", "a text", "unclear"],
    ["anybody", null, "unclear"],
  ])("of %s: %o is %s", (_, error, meaning) => {
    expect(classifyFailure(error)).toBe(meaning);
  });

  it.each([
    [failure("23514"), true],
    [failure("40001"), true],
    [failure("57P01"), false],
    [failure("EPIPE"), false],
    [ofPostgresJs("CONNECTION_CLOSED"), false],
    [failure(undefined, "Error connecting to database: TypeError: fetch failed"), false],
    [SOCKET_EVENT, false],
    [new TypeError("x is not a function"), false],
  ])("%o is said to have changed nothing: %s", (cause, isSaid) => {
    const { message } = storageFailed("committing", cause);
    expect(/nothing was changed/i.test(message)).toBe(isSaid);
  });

  it.each([
    [failure("23514"), false],
    [ofPostgresJs("CONNECT_TIMEOUT"), true],
    [FETCH_FAILED, true],
    [SOCKET_EVENT, false],
  ])("%o may work later: %s", (cause, retryable) => {
    expect(storageFailed("reading", cause)).toMatchObject({ code: "storage_failed", retryable, cause });
  });

  it("is left alone where it is an error of ours", () => {
    const ours = new SmsError("config_invalid", "A list takes a limit.");
    expect(storageFailed("listing", ours)).toBe(ours);
  });
});
