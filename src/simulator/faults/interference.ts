import type { FaultName } from "./fault-options";

/** What faults did to an answer of the REST API. */
export interface Interference {
  /** In the order in which they happened. */
  readonly faults: readonly FaultName[];
  /** How the call ends: with the answer, never, or with a closed connection. */
  readonly end: "answer" | "never" | "closed";
  /** How long after that was decided. */
  readonly delayMs: number;
}

/** What happens to an answer that no fault touched. */
export const NO_INTERFERENCE: Interference = { faults: [], end: "answer", delayMs: 0 };

/** An answer with one fault more. */
export function withFault<Answer extends { readonly interference?: Interference }>(
  answer: Answer,
  fault: FaultName,
  change: Partial<Omit<Interference, "faults">> = {},
): Answer & { readonly interference: Interference } {
  const before = answer.interference ?? NO_INTERFERENCE;
  return { ...answer, interference: { ...before, ...change, faults: [...before.faults, fault] } };
}
