import { consentGate } from "../core/decide/consent-gate";
import { callOf, decideClaim } from "../core/decide/dispatch";
import { decideSettle } from "../core/decide/settle";
import type { CallResult, SettleAnswer } from "../core/decide/settle";
import { nextRetry } from "../core/delivery/retry";
import { isSmsError, SmsError } from "../core/model/errors";
import type { Message } from "../core/model/message";
import type { Task } from "../core/model/task";
import { keysOf } from "./keys-of";
import { createLookUp } from "./look-up";
import type { DispatchParts } from "./look-up";
import type { Account } from "./settings";
import { statusCallbackUrl } from "./status-callback";
import type { Seed, Transacted } from "./transact";
import type { TaskRun } from "./worker";

type MessageKey = { readonly kind: "message"; readonly id: string };

/** How often the result of a call is tried to be written down while the storage is away. */
const MAX_SETTLE_ATTEMPTS = 6;
const SETTLE_BACKOFF_MS = 100;

/** What a step leaves to be done at once. */
type Step = Transacted<Pick<SettleAnswer, "next">>;

/**
 * Hands one message to Twilio: claim (lease and consent gate in one commit), call, settle.
 * A crash before the call leaves a message that is called for later. After a crash in the call, or a call whose outcome is unknown,
 * the message is looked for at Twilio, and called for again only if it is certainly not there.
 */
export function createDispatcher(parts: DispatchParts): (run: TaskRun) => Promise<void> {
  const { settings, transact, runtime, api } = parts;
  const { timing } = settings;
  const lookUp = createLookUp(parts);

  return async (run) => {
    let { task, seed } = run;
    // The parts of a split text follow each other in one go; a crash leaves the task at the part it had reached.
    for (;;) {
      const done = await step(task, seed);
      if (done?.answer.next == null) return;
      task = done.answer.next;
      seed = done.seed;
    }
  };

  async function step(task: Task, seed: Seed): Promise<Step | null> {
    const ids = await settings.consent.idsOf(task.consentId);
    const keys = [
      { kind: "task", id: task.id },
      { kind: "message", id: task.messageId },
      ...keysOf("consent", ids),
    ] as const;
    const moreKeys = (): readonly MessageKey[] => task.thenMessageIds.map((id) => ({ kind: "message", id }));
    let claimedAtMs = 0;
    const claim = await transact({
      keys,
      moreKeys,
      seed,
      decide: ([taskRecord, message, ...consents], { nowMs }, rest) => {
        claimedAtMs = nowMs;
        const consent = consentGate(ids, consents);
        return decideClaim(
          { task: taskRecord, message, consent, rest: rest.filter((part) => part !== null) },
          {
            attempts: task.attempts,
            messageId: task.messageId,
            nowMs,
            leaseMs: timing.leaseMs,
            absenceMs: timing.absenceMs,
          },
        );
      },
    });
    if (claim.answer.kind === "leave") return null;
    if (claim.answer.kind === "look-up") return lookUp(claim.answer);
    const { message: called, task: claimed } = claim.answer;
    const outcome = await call(called, { claimedAtMs, calls: callOf(claimed).calls });
    const newEntryId = runtime.newId();
    const { optOutErrors } = settings.consent;
    const absentFromMs = Math.max(claimedAtMs + timing.leaseMs, runtime.now()) + timing.absenceMs;
    const settle = (result: CallResult): Promise<Transacted<SettleAnswer>> =>
      transact({
        keys,
        moreKeys,
        seed: claim.seed,
        decide: ([taskRecord, message, ...consents], { nowMs }, rest) => {
          const consent = consentGate(ids, consents);
          return decideSettle(
            { task: taskRecord, message, consent, rest: rest.filter((part) => part !== null) },
            {
              result,
              called,
              attempts: claimed.attempts,
              claimedAtMs,
              absentFromMs,
              optOutErrors,
              newEntryId,
              nowMs,
            },
          );
        },
      });
    return patiently(outcome, settle);
  }

  /** What Twilio said is known only here: it is worth some patience before it is lost and has to be found out by a look-up. */
  async function patiently<T>(outcome: CallResult, settle: (result: CallResult) => Promise<T>): Promise<T> {
    let result = outcome;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await settle(result);
      } catch (cause) {
        const storageIsAway = isSmsError(cause) && cause.retryable;
        if (!storageIsAway || attempt >= MAX_SETTLE_ATTEMPTS) throw cause;
        // A look-up may have bound this very text to another message with the same words: this one gets that one's.
        if (cause.code === "contention" && result.kind === "accepted") result = { kind: "unknown" };
        await new Promise<void>((resolve) => {
          runtime.setTimer(SETTLE_BACKOFF_MS * 2 ** attempt, resolve);
        });
      }
    }
  }

  async function call(
    message: Message,
    claim: { readonly claimedAtMs: number; readonly calls: number },
  ): Promise<CallResult> {
    let account: Account | null;
    try {
      account = await settings.accountOf(message.accountSid);
    } catch (cause) {
      // The host's resolver failed before anything was sent: that is no unknown outcome.
      parts.onError(unresolved(cause));
      return again(claim.calls, null);
    }
    if (account === null) return { kind: "rejected", code: null };
    const giveUp = new AbortController();
    // Looked at in the same tick as the request: a claim that has waited too long says nothing about a STOP since then.
    if (runtime.now() - claim.claimedAtMs > timing.fenceMs) return { kind: "retry", plan: { delayMs: 0 } };
    const cancelTimer = runtime.setTimer(timing.requestTimeoutMs, () => {
      giveUp.abort();
    });
    const outcome = await api
      .create(
        {
          account: account.credentials,
          to: message.to,
          from: message.from,
          body: message.body,
          mediaUrls: message.media.map(({ url }) => url),
          statusCallback: statusCallbackUrl(settings.callbackUrl, message.id),
        },
        { signal: giveUp.signal },
      )
      .finally(cancelTimer);
    switch (outcome.kind) {
      case "accepted":
        return outcome;
      case "rejected":
        parts.onError(refused(outcome.httpStatus, outcome.code));
        return { kind: "rejected", code: outcome.code };
      case "retry":
        return again(claim.calls, outcome.afterMs);
      case "unknown":
        return { kind: "unknown" };
    }
  }

  function again(calls: number, retryAfterMs: number | null): CallResult {
    return { kind: "retry", plan: nextRetry({ attempts: calls, retryAfterMs, jitter: runtime.random() }) };
  }
}

function unresolved(cause: unknown): SmsError {
  return new SmsError(
    "task_failed",
    "The account of a message could not be found out, so it was not sent yet; it is tried again. The account resolver's own error " +
      "is the cause of this one.",
    { cause, retryable: true },
  );
}

function refused(httpStatus: number, code: number | null): SmsError {
  const which = code === null ? `HTTP ${httpStatus}` : `error ${code}`;
  return new SmsError(
    "send_failed",
    `Twilio refused a message with ${which}. The message carries the explanation.` +
      (httpStatus === 401 ? " Check accountSid and authToken, or the API key." : ""),
    { details: { httpStatus, code } },
  );
}
