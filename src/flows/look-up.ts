import { consentGate } from "../core/decide/consent-gate";
import { callOf } from "../core/decide/dispatch";
import { decideLookUp, logFromMs, matchLogged } from "../core/decide/look-up";
import type { LookUpAnswer, LookUpResult } from "../core/decide/look-up";
import { nextRetry } from "../core/delivery/retry";
import type { RetryPlan } from "../core/delivery/retry";
import { SmsError } from "../core/model/errors";
import type { LoggedMessage } from "../core/model/logged-message";
import type { Message } from "../core/model/message";
import type { Task } from "../core/model/task";
import type { MessagesApi } from "../ports/messages-api";
import type { Runtime } from "../ports/runtime";
import { keysOf } from "./keys-of";
import type { Settings } from "./settings";
import type { Transact, Transacted } from "./transact";

/** What handing messages over, and looking for them, needs. */
export interface DispatchParts {
  readonly settings: Settings;
  readonly transact: Transact;
  readonly runtime: Runtime;
  readonly api: MessagesApi;
  /** Hears of messages that Twilio refused for good. */
  readonly onError: (error: SmsError) => void;
}

/** What a look-up starts from: the message, and the task as it was claimed for this. */
export interface LookUpClaim {
  readonly message: Message;
  readonly task: Task;
}

/** Looks are repeated this far apart at most, and for this long: Twilio's API can be away for hours. */
const MAX_DELAY_MS = 10 * 60_000;
const MAX_AGE_MS = 24 * 3_600_000;
const PAGE_SIZE = 200;
/** More texts than this to one contact since the call, and nothing is concluded. */
const MAX_PAGES = 10;

/** Looks for messages at Twilio of which nobody knows whether they were taken. */
export function createLookUp(
  parts: DispatchParts,
): (claim: LookUpClaim) => Promise<Transacted<LookUpAnswer>> {
  const { settings, transact, runtime, api } = parts;

  return async ({ message, task }) => {
    const result = await read(message, callOf(task).calledAtMs);
    const plan = planOf(task);
    const matches = result.kind === "read" ? result.matches : [];
    const ids = await settings.consent.idsOf(task.consentId);
    const newEntryId = runtime.newId();
    const settled = await transact({
      keys: [
        { kind: "task", id: task.id },
        { kind: "message", id: task.messageId },
        ...keysOf("consent", ids),
      ],
      moreKeys: () => [
        ...keysOf("message", task.thenMessageIds),
        ...matches.map(({ sid }) => ({ kind: "message", sid }) as const),
      ],
      decide: ([taskRecord, record, ...consents], { nowMs }, more) => {
        const rest = more.slice(0, task.thenMessageIds.length).filter((part) => part !== null);
        const bound = more.slice(task.thenMessageIds.length).map((other) => other?.value.sid ?? "");
        return decideLookUp(
          { task: taskRecord, message: record, consent: consentGate(ids, consents), rest },
          {
            result,
            taken: new Set(bound),
            attempts: task.attempts,
            plan,
            optOutErrors: settings.consent.optOutErrors,
            newEntryId,
            nowMs,
          },
        );
      },
    });
    if (settled.answer.kind === "given-up") parts.onError(givenUp());
    return settled;
  };

  function planOf(task: Task): RetryPlan {
    const { unknownSinceMs, lookUps } = callOf(task);
    if (runtime.now() - (unknownSinceMs ?? task.createdAtMs) > MAX_AGE_MS) return { giveUp: true };
    const policy = {
      baseDelayMs: settings.timing.absenceMs,
      maxDelayMs: Math.max(MAX_DELAY_MS, settings.timing.absenceMs),
      maxAttempts: Number.MAX_SAFE_INTEGER,
    };
    return nextRetry(
      { attempts: Math.max(1, lookUps), retryAfterMs: null, jitter: runtime.random() },
      policy,
    );
  }

  /** Reads the texts to this contact back to the call. */
  async function read(message: Message, calledAtMs: number): Promise<LookUpResult> {
    const account = await settings.accountOf(message.accountSid).catch(() => null);
    if (account === null) return { kind: "failed" };
    const fromMs = logFromMs(calledAtMs);
    const matches: LoggedMessage[] = [];
    let nextPage: string | null = null;
    let doubtful = false;
    for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
      const page = await readPage({
        account: account.credentials,
        to: message.to,
        // Not by when it was sent: a message that waits in Twilio's queue was not sent yet, and is not absent.
        sentFromMs: null,
        sentUntilMs: null,
        pageSize: PAGE_SIZE,
        nextPage,
      });
      if (page.kind === "failed") return { kind: "failed" };
      doubtful ||= page.unreadable > 0;
      matches.push(...page.messages.filter((entry) => matchLogged(entry, message, calledAtMs) !== "no"));
      ({ nextPage } = page);
      const oldest = page.messages.at(-1);
      if (nextPage === null || (oldest !== undefined && oldest.createdAtMs < fromMs)) {
        return { kind: "read", matches: matches.reverse(), doubtful };
      }
    }
    return { kind: "read", matches: matches.reverse(), doubtful: true };
  }

  async function readPage(query: Parameters<typeof api.list>[0]): ReturnType<typeof api.list> {
    const giveUp = new AbortController();
    const cancelTimer = runtime.setTimer(settings.timing.requestTimeoutMs, () => {
      giveUp.abort();
    });
    return api.list(query, { signal: giveUp.signal }).finally(cancelTimer);
  }
}

function givenUp(): SmsError {
  return new SmsError(
    "outcome_unknown",
    "For a day it could not be found out whether Twilio has a message, so it stays unknown and is not sent again. Look at Twilio's " +
      "log; the error before this one says why it could not be read. Send it anew only if it is not there.",
  );
}
