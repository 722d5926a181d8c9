import {
  decideSyncClaim,
  decideSyncDelay,
  decideSyncRelease,
  decideSyncStart,
  syncTaskId,
} from "../core/decide/sync";
import type { SyncClaim, SyncPlan, SyncRelease } from "../core/decide/sync";
import { nextRetry } from "../core/delivery/retry";
import { SmsError } from "../core/model/errors";
import type { SyncDetail } from "../core/model/task";
import type { MessagesApi, ReadFailure } from "../ports/messages-api";
import type { Runtime } from "../ports/runtime";
import { createLanes } from "./lanes";
import type { Account, Settings } from "./settings";
import { runPass } from "./sync-pass";
import type { Pass, PassParts, PassReport } from "./sync-pass";
import type { Transact } from "./transact";
import type { TaskRun } from "./worker";

/** What to catch up with. */
export interface SyncRequest {
  /** The account, where a resolver serves many. */
  readonly accountSid?: string;
  /** Reads the log again from this moment on: for a backfill. Default: from where it was read to. */
  readonly since?: Date | string;
}

/**
 * What catching up came to.
 * - `done`: all that the log has is here. `inbound` messages were missing, and the status of `statuses` messages of ours moved.
 * - `busy`: another process is at it; what was asked for, it does.
 * - `failed`: Twilio's log could not be read, and the event `error` says why. What was read until then is kept. `retryable`: it is
 *   tried again before long.
 */
export type SyncReport =
  | { readonly kind: "done"; readonly inbound: number; readonly statuses: number }
  | { readonly kind: "busy" }
  | { readonly kind: "failed"; readonly retryable: boolean };

/** What catching up needs. */
export interface SyncParts {
  readonly settings: Settings;
  readonly transact: Transact;
  readonly runtime: Runtime;
  readonly api: Pick<MessagesApi, "list" | "listMedia">;
  /** Hears of logs that cannot be read. */
  readonly onError: (error: SmsError) => void;
}

/** Reads Twilio's log for what was missed (guarantee G7). */
export interface Sync {
  /** Has workers read the log of an account from time to time, from now on. */
  readonly begin: (accountSid: string) => Promise<void>;
  /** Runs a due task. */
  readonly run: (run: TaskRun) => Promise<void>;
  /** Reads at once, and all that there is. */
  readonly sync: (request?: SyncRequest) => Promise<SyncReport>;
}

/** What a worker does at a time, before others have their turn. */
const WORKER_BOUNDS = { entries: 10_000, durationMs: 30_000 };
/** How long others are given a task that this instance does not work on. */
const DELAY_MS = 300_000;
/** Every so many failures in a row somebody hears of it. */
const ALARM_EVERY = 5;
const RETRY = { baseDelayMs: 2_000, maxDelayMs: 120_000, maxAttempts: Number.MAX_SAFE_INTEGER };

const RESOLVER_FAILED: ReadFailure = { kind: "failed", httpStatus: null, retryable: true, afterMs: null };

/** Makes the flow that reads Twilio's log. */
export function createSync(parts: SyncParts): Sync {
  const { settings, transact, runtime } = parts;
  const { everyMs, lagsMs } = settings.sync;
  const passParts: PassParts = { ...parts, requestTimeoutMs: settings.timing.requestTimeoutMs };
  // In one process the second waits for the first; processes are kept apart by the claim.
  const inLane = createLanes();

  return {
    async begin(accountSid) {
      await transact({
        keys: [keyOf(accountSid)],
        decide: ([task], { nowMs }) => decideSyncStart(task, planOf(accountSid, nowMs)),
      });
    },
    run: ({ task }) =>
      inLane(task.accountSid, async () => {
        const { accountSid, attempts } = task;
        if (everyMs === null) {
          await delay(accountSid, attempts);
          return;
        }
        const claim = await claimFor(accountSid, { foundAttempts: attempts, sinceMs: null });
        if (claim.kind === "claimed") await read(accountSid, claim, WORKER_BOUNDS);
      }),
    async sync(request = {}) {
      const accountSid = request.accountSid ?? settings.defaultAccountSid;
      const sinceMs = request.since === undefined ? null : new Date(request.since).getTime();
      if (accountSid === null) {
        throw new SmsError("account_unknown", "A resolver serves many accounts here: give accountSid.");
      }
      if (Number.isNaN(sinceMs)) {
        throw new SmsError("config_invalid", "sync takes a date as `since`, or none.");
      }
      if ((await settings.accountOf(accountSid)) === null) {
        throw new SmsError("account_unknown", "No account is configured for this accountSid.");
      }
      return inLane(accountSid, async () => {
        const claim = await claimFor(accountSid, { foundAttempts: null, sinceMs });
        return claim.kind === "claimed" ? read(accountSid, claim, null) : { kind: "busy" };
      });
    },
  };

  function planOf(accountSid: string, nowMs: number): SyncPlan {
    return { accountSid, readings: lagsMs.length, everyMs, nowMs };
  }

  async function delay(accountSid: string, attempts: number): Promise<void> {
    await transact({
      keys: [keyOf(accountSid)],
      decide: ([task], { nowMs }) => decideSyncDelay(task, { attempts, dueAtMs: nowMs + DELAY_MS }),
    });
  }

  async function claimFor(
    accountSid: string,
    how: { readonly foundAttempts: number | null; readonly sinceMs: number | null },
  ): Promise<SyncClaim> {
    const { answer } = await transact({
      keys: [keyOf(accountSid)],
      decide: ([task], { nowMs }) =>
        decideSyncClaim(task, { ...planOf(accountSid, nowMs), leaseMs: settings.timing.leaseMs, ...how }),
    });
    return answer;
  }

  async function read(
    accountSid: string,
    claim: { readonly attempts: number; readonly detail: SyncDetail },
    bounds: Pass["bounds"],
  ): Promise<SyncReport> {
    const { end, inbound, statuses } = await onePass(accountSid, claim, bounds);
    if (end.kind === "claim-lost") return { kind: "busy" };
    if (end.kind === "failed") return { kind: "failed", retryable: end.retryable };
    if (end.kind === "done" || bounds !== null) return { kind: "done", inbound, statuses };
    // It was set back while it was read: once more, from there.
    const again = await claimFor(accountSid, { foundAttempts: null, sinceMs: null });
    if (again.kind !== "claimed") return { kind: "busy" };
    const rest = await read(accountSid, again, bounds);
    if (rest.kind !== "done") return rest;
    return { kind: "done", inbound: inbound + rest.inbound, statuses: statuses + rest.statuses };
  }

  async function onePass(
    accountSid: string,
    claim: { readonly attempts: number; readonly detail: SyncDetail },
    bounds: Pass["bounds"],
  ): Promise<PassReport> {
    const { attempts, detail } = claim;
    const { failures } = detail;
    try {
      const account = await settings.accountOf(accountSid).catch(() => "unresolved" as const);
      const report = await passOf(account, { attempts, detail, bounds });
      await release(accountSid, { attempts, ...afterPass(report.end, failures) });
      return report;
    } catch (cause) {
      // The storage failed. What is left is the lease, which ends; better if it can be given back.
      const dueAtMs = runtime.now() + RETRY.maxDelayMs;
      await release(accountSid, { attempts, dueAtMs, failures }).catch(() => undefined);
      throw cause;
    }
  }

  async function passOf(
    account: Account | null | "unresolved",
    pass: Omit<Pass, "account">,
  ): Promise<PassReport> {
    const nothing = { inbound: 0, statuses: 0 };
    if (account === "unresolved") return { end: RESOLVER_FAILED, ...nothing };
    if (account === null) return { end: { ...RESOLVER_FAILED, retryable: false }, ...nothing };
    return runPass(passParts, { ...pass, account });
  }

  /** When the next pass is due, and how often it has failed in a row. Says so where somebody should know. */
  function afterPass(
    end: PassReport["end"],
    failuresBefore: number,
  ): Pick<SyncRelease, "dueAtMs" | "failures"> {
    const nowMs = runtime.now();
    const nextMs = nowMs + (everyMs ?? 0);
    if (end.kind === "more") return { dueAtMs: nowMs, failures: 0 };
    if (end.kind !== "failed") return { dueAtMs: nextMs, failures: 0 };
    const failures = failuresBefore + 1;
    if (!end.retryable || failures % ALARM_EVERY === 0) parts.onError(unreadable(end, failures));
    if (!end.retryable) return { dueAtMs: nextMs, failures };
    const plan = nextRetry(
      { attempts: failures, retryAfterMs: end.afterMs, jitter: runtime.random() },
      RETRY,
    );
    return { dueAtMs: "delayMs" in plan ? nowMs + plan.delayMs : nextMs, failures };
  }

  async function release(
    accountSid: string,
    ended: Pick<SyncRelease, "attempts" | "dueAtMs" | "failures">,
  ): Promise<void> {
    await transact({
      keys: [keyOf(accountSid)],
      decide: ([task]) => decideSyncRelease(task, { ...ended, isPeriodic: everyMs !== null }),
    });
  }
}

function keyOf(accountSid: string): { readonly kind: "task"; readonly id: string } {
  return { kind: "task", id: syncTaskId(accountSid) };
}

function unreadable({ httpStatus, retryable }: ReadFailure, failures: number): SmsError {
  const advice =
    httpStatus === 401 || httpStatus === 403
      ? "Check accountSid and authToken, or the API key and what it may read."
      : "Look at Twilio's status page, and whether this host reaches apiBaseUrl.";
  return new SmsError(
    "sync_failed",
    `Twilio's message log could not be read${httpStatus === null ? "" : ` (HTTP ${httpStatus})`}, so what was missed is still missing. ` +
      `It is tried again, from where it was read to. ${advice}`,
    { retryable, details: { httpStatus, failures } },
  );
}
