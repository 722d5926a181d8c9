import { backoffMs, MAX_WAIT_MS, stillBusy } from "./busy";
import { classifyFailure, storageFailed } from "./failure";
import type { CommitOutcome, PreparedCommit } from "./group-commit";

/** Gathers commits that are asked for at about the same time. */
export interface CommitQueue {
  /** Resolves when the transaction that holds the commit is on the disk. */
  add(commit: PreparedCommit): Promise<"committed" | "conflict">;
}

interface Waiting {
  readonly commit: PreparedCommit;
  readonly resolve: (outcome: "committed" | "conflict") => void;
  readonly reject: (error: unknown) => void;
}

// A turn of the event loop should stay short; a hundred commits take a few ms and share one wait for the disk.
const MAX_GROUP = 128;

/** Makes a queue over a function that commits a group in one synchronous turn. It waits `maxWaitMs` for a locked database. */
export function commitQueue(
  commitGroup: (group: readonly PreparedCommit[]) => readonly CommitOutcome[],
  maxWaitMs: number = MAX_WAIT_MS,
): CommitQueue {
  let waiting: Waiting[] = [];
  let isScheduled = false;
  let attempt = 0;
  let waitedMs = 0;

  function flush(): void {
    const group = waiting.slice(0, MAX_GROUP);
    try {
      settle(group, commitGroup(group.map(({ commit }) => commit)));
    } catch (error) {
      const isBusy = classifyFailure(error) === "busy";
      if (isBusy && waitedMs < maxWaitMs) {
        const pauseMs = backoffMs(attempt);
        attempt += 1;
        waitedMs += pauseMs;
        // The group is not fixed: what is asked for meanwhile goes along.
        setTimeout(flush, pauseMs);
        return;
      }
      const failure = isBusy ? stillBusy(error) : storageFailed("committing", error);
      for (const { reject } of group) reject(failure);
    }
    attempt = 0;
    waitedMs = 0;
    waiting = waiting.slice(group.length);
    isScheduled = waiting.length > 0;
    if (isScheduled) setImmediate(flush);
  }

  return {
    add(commit) {
      return new Promise((resolve, reject) => {
        waiting.push({ commit, resolve, reject });
        if (isScheduled) return;
        isScheduled = true;
        // At the end of this turn of the event loop everything that arrived in it is here.
        setImmediate(flush);
      });
    },
  };
}

function settle(group: readonly Waiting[], outcomes: readonly CommitOutcome[]): void {
  group.forEach(({ resolve, reject }, at) => {
    const outcome = outcomes[at];
    if (outcome === undefined) reject(new TypeError("A commit of a group has no outcome."));
    else if (outcome.kind === "failed") reject(outcome.error);
    else resolve(outcome.kind);
  });
}
