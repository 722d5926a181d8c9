import type { EncodedWrite } from "../sql/encoded-write";
import { commitStatement, singleStatement } from "./commit-statements";
import { singleStep, STEP_VALUES, stepsOf, valueOf, type CommitStep, type StepValue } from "./commit-steps";
import type { PostgresConnection, PostgresRunner, PostgresValue } from "./connection";
import { classifyFailure } from "./failure";
import type { ReadParts } from "./reading";

// A longer statement costs more to plan than the round trips that it saves.
const MAX_STEPS = 24;

/** How commits are made: in one statement where that can be, or always as a transaction of single statements. */
export type CommitForm = "one-statement" | "transaction";

/** Makes a commit. Its writes are in lock order. Nothing is raised for a conflict that the first write of it meets. */
export async function commitWrites(
  connection: PostgresConnection,
  parts: ReadParts & { readonly form: CommitForm },
  writes: readonly EncodedWrite[],
): Promise<"committed" | "conflict"> {
  const steps = parts.form === "one-statement" ? stepsOf(writes) : writes.map(singleStep);
  if (steps.length === 0) return "committed";
  try {
    if (steps.length === 1 || (parts.form === "one-statement" && steps.length <= MAX_STEPS)) {
      return (await isDone(connection, parts, steps)) ? "committed" : "conflict";
    }
    const atOnce = parts.form === "one-statement" ? MAX_STEPS : 1;
    await connection.transaction(async (runner) => {
      for (let from = 0; from < steps.length; from += atOnce) {
        if (!(await isDone(runner, parts, steps.slice(from, from + atOnce)))) throw new CommitConflict();
      }
    });
    return "committed";
  } catch (error) {
    if (error instanceof CommitConflict || classifyFailure(error) === "conflict") return "conflict";
    throw error;
  }
}

/** Leaves a transaction whose commit does not hold: what rejects is rolled back. Never leaves this file. */
class CommitConflict extends Error {}

/** Runs steps as one statement. When they do not all hold, either none is done or the statement fails. */
async function isDone(
  runner: PostgresRunner,
  { builder, statements }: ReadParts,
  steps: readonly CommitStep[],
): Promise<boolean> {
  const [only] = steps;
  const isSingle = steps.length === 1 && only !== undefined && only.does !== "insert-many";
  const shape = steps.map(({ kind, does }) => `${does} ${kind}`).join(" ");
  const statement = statements.of(`commit ${shape}`, () =>
    isSingle ? singleStatement(builder, only) : commitStatement(builder, steps),
  );
  const rows = await runner.rows(statement, valuesOf(statement.slots, steps));
  return isSingle ? rows.length === 1 : Number(rows[0]?.[0]) === 1;
}

function valuesOf(slots: readonly string[], steps: readonly CommitStep[]): readonly PostgresValue[] {
  return slots.map((slot) => {
    const place = placeOf(slot);
    const step = steps[place.step];
    return step === undefined ? null : valueOf(step, place.value);
  });
}

interface Place {
  readonly step: number;
  readonly value: number | StepValue;
}

// Slots have few names, and a commit has dozens of them: each name is taken apart once.
const PLACES = new Map<string, Place>();

function placeOf(slot: string): Place {
  const known = PLACES.get(slot);
  if (known !== undefined) return known;
  const [step, name] = slot.split(" ");
  const value = STEP_VALUES.find((one) => one === name) ?? Number(name);
  const place = { step: Number(step), value };
  PLACES.set(slot, place);
  return place;
}
