import { eventId, queueOf } from "../core/decide/handle";
import type { QueueTask } from "../core/decide/handle";
import {
  decideHandleClaim,
  decideHandled,
  decideHandleFailed,
  decideHandlePostponed,
} from "../core/decide/handle-run";
import type { HandleClaim } from "../core/decide/handle-run";
import { nextRetry } from "../core/delivery/retry";
import type { SmsError } from "../core/model/errors";
import type { HandledEvent } from "../core/model/events";
import type { Runtime } from "../ports/runtime";
import type { HandlerRegistry } from "./handle";
import { handlerFailed, handlerMissing, handlerParked } from "./handle-errors";
import type { Settings } from "./settings";
import type { Seed, Transact } from "./transact";
import type { TaskRun } from "./worker";

/** What running handlers needs. */
export interface HandleRunParts {
  readonly settings: Settings;
  readonly transact: Transact;
  readonly runtime: Runtime;
  readonly registry: Pick<HandlerRegistry, "find">;
  /** Hears of handlers that failed, were given up on, or are not here. */
  readonly onError: (error: SmsError) => void;
}

/** The waits between tries, before jitter: a second, doubling, up to ten minutes. */
const BACK_OFF = { baseDelayMs: 1_000, maxDelayMs: 600_000 };
/** How many events of one queue are run in a row before other queues have their turn. */
const IN_A_ROW = 32;
/** How long a queue whose handler is not here is left to other processes; the longer it has waited, the longer. */
const MIN_ELSEWHERE_MS = 30_000;
const MAX_ELSEWHERE_MS = 600_000;
/** Names come from the storage: only so many are remembered. */
const MAX_REPORTED = 1_000;

interface Claimed {
  readonly queue: QueueTask;
  readonly event: HandledEvent;
  readonly seed: Seed;
  readonly claimedAtMs: number;
}

/**
 * Runs the handler of a queue for its events, one after the other: claim, call, settle.
 * At least once: a crash, or a settlement that is not stored, leaves the event where it is, and it is run again when the lease has
 * ended. Never before the one in front of it, and never two of a queue at once, unless a lease was overslept.
 */
export function createHandlerRunner(parts: HandleRunParts): (run: TaskRun) => Promise<void> {
  const { settings, transact, runtime, registry } = parts;
  const { timing, handlers } = settings;
  const reported = new Set<string>();

  return async (run) => {
    const queue = queueOf({ version: 0, value: run.task })?.value;
    if (queue === undefined) return;
    if (registry.find(queue.detail.handler) === null) {
      await postpone(queue, null);
      return;
    }
    const startedMs = runtime.now();
    let claimed = await claim(queue, run.seed);
    for (let handled = 1; claimed !== null; handled += 1) {
      const inARow = handled;
      claimed = await runOne(claimed, () => inARow < IN_A_ROW && runtime.now() - startedMs < timing.graceMs);
    }
  };

  async function claim(queue: QueueTask, seed: Seed): Promise<Claimed | null> {
    let claimedAtMs = 0;
    const { answer, seed: after } = await transact({
      keys: keysOf(queue),
      seed,
      decide: ([record, event], { nowMs }) => {
        claimedAtMs = nowMs;
        return decideHandleClaim(
          { queue: record, event },
          { attempts: queue.attempts, nowMs, leaseMs: timing.leaseMs, maxTries: handlers.maxAttempts },
        );
      },
    });
    return taken(answer, after, claimedAtMs);
  }

  function taken(answer: HandleClaim, seed: Seed, claimedAtMs: number): Claimed | null {
    switch (answer.kind) {
      case "run":
        return { queue: answer.queue, event: answer.event, seed, claimedAtMs };
      case "parked":
        parts.onError(handlerParked(answer.queue));
        return null;
      case "leave":
        return null;
    }
  }

  /** Resolves to the next event of the queue, claimed; null where this worker has done its part. */
  async function runOne(claimed: Claimed, mayGoOn: () => boolean): Promise<Claimed | null> {
    const { queue, event } = claimed;
    const { detail } = queue;
    const timeUp = new AbortController();
    const call = registry.find(detail.handler)?.run(event, {
      attempt: detail.tries,
      signal: timeUp.signal,
      idempotencyKey: eventId(detail, detail.nextPlace),
    });
    if (call == null) {
      await postpone(queue, "uncounted");
      return null;
    }
    // Looked at in the same tick as the call: what is left of the lease must be enough for all the time that it may take.
    if (runtime.now() - claimed.claimedAtMs > timing.fenceMs) {
      await giveBack(queue);
      return null;
    }
    const failure = await withinTime(timeUp, call);
    if (failure === null) return settle(claimed, mayGoOn() ? { leaseMs: timing.leaseMs } : null);
    await fail(claimed, failure.cause);
    return null;
  }

  async function withinTime(
    timeUp: AbortController,
    call: () => Promise<unknown>,
  ): Promise<{ readonly cause: unknown } | null> {
    let cancelTimer = (): void => undefined;
    const expired = new Promise<never>((_, reject) => {
      cancelTimer = runtime.setTimer(handlers.timeoutMs, () => {
        const late = new Error(`The handler had not ended after ${handlers.timeoutMs} ms.`);
        timeUp.abort(late);
        reject(late);
      });
    });
    // A handler that ignores the signal must not hold its queue for ever.
    return Promise.race([call(), expired])
      .then(
        () => null,
        (cause: unknown) => ({ cause }),
      )
      .finally(cancelTimer);
  }

  async function settle(
    { queue, seed }: Claimed,
    next: { readonly leaseMs: number } | null,
  ): Promise<Claimed | null> {
    const { detail, attempts } = queue;
    let claimedAtMs = 0;
    const { answer, seed: after } = await transact({
      keys: keysOf(queue),
      seed,
      moreKeys: ([record]) => {
        const waits = (queueOf(record)?.value.detail.lastPlace ?? 0) > detail.nextPlace;
        return waits && next !== null ? [taskKey(eventId(detail, detail.nextPlace + 1))] : [];
      },
      decide: ([record, event], { nowMs }, [nextEvent]) => {
        claimedAtMs = nowMs;
        return decideHandled(
          { queue: record, event, nextEvent: nextEvent ?? null },
          { attempts, nowMs, next },
        );
      },
    });
    return taken(answer, after, claimedAtMs);
  }

  async function fail({ queue, event }: Claimed, cause: unknown): Promise<void> {
    const { attempts, detail } = queue;
    parts.onError(handlerFailed(queue, event, cause));
    const plan = nextRetry(
      { attempts: detail.tries, retryAfterMs: null, jitter: runtime.random() },
      { ...BACK_OFF, maxAttempts: handlers.maxAttempts },
    );
    const { answer } = await transact({
      keys: [taskKey(queue.id)],
      decide: ([record], { nowMs }) => decideHandleFailed(record, { attempts, plan, nowMs }),
    });
    if (answer === "parked") parts.onError(handlerParked(queue));
  }

  /** A process with this handler may be there; this one must not list the queue again and again meanwhile. */
  async function postpone(queue: QueueTask, claimed: "uncounted" | null): Promise<void> {
    const { handler, waitingSinceMs } = queue.detail;
    if (!reported.has(handler) && reported.size < MAX_REPORTED) {
      reported.add(handler);
      parts.onError(handlerMissing(handler));
    }
    const waitedMs = runtime.now() - (waitingSinceMs ?? runtime.now());
    const delayMs = Math.min(MAX_ELSEWHERE_MS, Math.max(MIN_ELSEWHERE_MS, waitedMs));
    await putOff(queue, { delayMs, claimed });
  }

  async function giveBack(queue: QueueTask): Promise<void> {
    await putOff(queue, { delayMs: 0, claimed: "uncounted" });
  }

  async function putOff(
    queue: QueueTask,
    { delayMs, claimed }: { readonly delayMs: number; readonly claimed: "uncounted" | null },
  ): Promise<void> {
    const { attempts } = queue;
    await transact({
      keys: [taskKey(queue.id)],
      decide: ([record], { nowMs }) =>
        decideHandlePostponed(record, { attempts, dueAtMs: nowMs + delayMs, claimed }),
    });
  }
}

type TaskKey = { readonly kind: "task"; readonly id: string };

function taskKey(id: string): TaskKey {
  return { kind: "task", id };
}

/** The queue, and the event that is next in it. */
function keysOf({ id, detail }: QueueTask): readonly [TaskKey, TaskKey] {
  return [taskKey(id), taskKey(eventId(detail, detail.nextPlace))];
}
