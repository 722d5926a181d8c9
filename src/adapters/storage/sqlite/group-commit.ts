import type { SqliteConnection } from "./database";
import { classifyFailure, storageFailed } from "./failure";
import { rollBack } from "./prepare-database";
import type { PreparedWrite } from "./records";

/** How one commit of a group came out. */
export type CommitOutcome =
  | { readonly kind: "committed" }
  | { readonly kind: "conflict" }
  | { readonly kind: "failed"; readonly error: unknown };

/** The writes of one commit. */
export type PreparedCommit = readonly PreparedWrite[];

/**
 * Commits a group in one transaction, so that one wait for the disk serves all. Each commit holds or does not by itself.
 * The whole runs in one turn: nobody reads what is not committed yet.
 * @throws what the driver threw when the transaction as a whole failed (nothing was changed); busy among it.
 */
export function commitGroup(
  connection: SqliteConnection,
  group: readonly PreparedCommit[],
): readonly CommitOutcome[] {
  if (group.length > 1 && allHold(connection, group)) return group.map(() => ({ kind: "committed" }));
  return commitOneByOne(connection, group);
}

/**
 * Commits the whole group if every commit of it holds, as they nearly always do. Savepoints cost as much as the writes between
 * them, so they are only taken where one of them has failed and its neighbours must not.
 */
function allHold(connection: SqliteConnection, group: readonly PreparedCommit[]): boolean {
  connection.exec("begin immediate");
  try {
    if (group.every((commit) => apply(connection, commit).kind === "committed")) {
      connection.exec("commit");
      return true;
    }
  } catch (error) {
    rollBack(connection);
    if (classifyFailure(error) === "busy") throw error;
    return false;
  }
  rollBack(connection);
  return false;
}

function commitOneByOne(
  connection: SqliteConnection,
  group: readonly PreparedCommit[],
): readonly CommitOutcome[] {
  connection.exec("begin immediate");
  const outcomes: CommitOutcome[] = [];
  try {
    for (const commit of group)
      outcomes.push(group.length === 1 ? applyOnly(connection, commit) : applyOne(connection, commit));
    if (outcomes.some(({ kind }) => kind === "committed")) connection.exec("commit");
    else rollBack(connection);
    return outcomes;
  } catch (error) {
    rollBack(connection);
    if (!(error instanceof TransactionLost)) throw error;
    return commitOthers(connection, group, { culprit: outcomes.length, error: error.cause });
  }
}

/** After one commit has cost the others their transaction, they get another. */
function commitOthers(
  connection: SqliteConnection,
  group: readonly PreparedCommit[],
  lost: { readonly culprit: number; readonly error: unknown },
): readonly CommitOutcome[] {
  const others = group.filter((_, at) => at !== lost.culprit);
  const outcomes = others.length === 0 ? [] : commitGroup(connection, others);
  return outcomes.toSpliced(lost.culprit, 0, { kind: "failed", error: lost.error });
}

/** Some errors end the whole transaction and not only the statement. Never leaves this file. */
class TransactionLost extends Error {}

/** The only commit of its transaction: when it does not hold, the transaction is rolled back. */
function applyOnly(connection: SqliteConnection, commit: PreparedCommit): CommitOutcome {
  try {
    return apply(connection, commit);
  } catch (error) {
    if (classifyFailure(error) === "busy") throw error;
    return { kind: "failed", error: storageFailed("committing", error) };
  }
}

function applyOne(connection: SqliteConnection, commit: PreparedCommit): CommitOutcome {
  connection.exec("savepoint one_commit");
  let outcome: CommitOutcome;
  try {
    outcome = apply(connection, commit);
  } catch (error) {
    if (classifyFailure(error) === "busy") throw error;
    outcome = { kind: "failed", error: storageFailed("committing", error) };
  }
  try {
    if (outcome.kind !== "committed") connection.exec("rollback to one_commit");
    connection.exec("release one_commit");
  } catch (error) {
    throw new TransactionLost("savepoint", { cause: outcome.kind === "failed" ? outcome.error : error });
  }
  return outcome;
}

function apply(connection: SqliteConnection, commit: PreparedCommit): CommitOutcome {
  try {
    return { kind: commit.every((write) => holds(connection, write)) ? "committed" : "conflict" };
  } catch (error) {
    if (classifyFailure(error) === "taken") return { kind: "conflict" };
    throw error;
  }
}

function holds(connection: SqliteConnection, { does, sql, values }: PreparedWrite): boolean {
  return does === "write" ? connection.write(sql, values) : connection.first(sql, values) !== null;
}
