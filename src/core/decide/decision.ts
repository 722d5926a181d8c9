import type { SmsEvent } from "../model/events";
import type { Write } from "../model/record";

/** What a decision wants: all of `writes` or nothing; `events` once they are committed; `answer` for the caller. */
export interface Decision<Answer> {
  readonly writes: readonly Write[];
  readonly events: readonly SmsEvent[];
  readonly answer: Answer;
}

/** The time that a decision is told, so that it needs no clock. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /**
   * When tasks made now fall due. Where the maker runs them at once they are born leased (a little in the future), so that
   * no other worker looks at them unless the maker dies.
   */
  readonly bornDueAtMs: number;
}

/** A decision that changes nothing. */
export function unchanged<Answer>(answer: Answer): Decision<Answer> {
  return { writes: [], events: [], answer };
}
