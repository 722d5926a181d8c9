import { consentGate } from "../core/decide/consent-gate";
import { decideAssistClaim, decideAssistSettle, MAX_ASSIST_ATTEMPTS } from "../core/decide/assist";
import type { AssistResult } from "../core/decide/assist";
import type { OutboundText } from "../core/decide/outbound";
import { nextRetry } from "../core/delivery/retry";
import { consentSenderOf } from "../core/model/consent";
import type { Conversation } from "../core/model/conversation";
import { SmsError } from "../core/model/errors";
import type { Task } from "../core/model/task";
import { cleanText } from "../core/text/clean";
import { TRIAL_PREFIX } from "../core/text/limits";
import { countSegments } from "../core/text/segments";
import { fitSegments } from "../core/text/shorten";
import type { AssistantAnswer } from "../ports/assistant";
import type { Runtime } from "../ports/runtime";
import type { Storage } from "../ports/storage";
import { keysOf } from "./keys-of";
import type { AssistantSettings, Settings } from "./settings";
import type { Transact } from "./transact";
import type { TaskRun } from "./worker";

/** What answering needs. */
export interface AssistParts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly transact: Transact;
  readonly runtime: Runtime;
  /** Hears of assistants that failed. */
  readonly onError: (error: SmsError) => void;
}

/**
 * Gets an answer to one inbound message: claim, ask, settle as a draft or as a message.
 * Asking may happen twice after a crash; the answer is kept once, since the task ends in the commit that keeps it.
 */
export function createAssist(parts: AssistParts): (run: TaskRun) => Promise<void> {
  const { settings, storage, transact, runtime } = parts;

  return async (run) => {
    const { task } = run;
    const { assistant, instanceMode } = settings;
    const ids = await settings.consent.idsOf(task.consentId);
    const keys = [
      { kind: "task", id: task.id },
      { kind: "conversation", id: task.conversationId },
      { kind: "message", id: task.messageId },
      ...keysOf("consent", ids),
    ] as const;
    const claim = await transact({
      keys,
      seed: run.seed,
      decide: ([taskRecord, conversation, message, ...consents], { nowMs }) =>
        decideAssistClaim(
          { task: taskRecord, conversation, message, consent: consentGate(ids, consents) },
          {
            attempts: task.attempts,
            nowMs,
            leaseMs: settings.timing.leaseMs,
            instanceMode,
          },
        ),
    });
    if (claim.answer.kind === "leave" || assistant === null) return;
    const { conversation, attempts } = claim.answer;
    const result = await ask({ task, conversation, attempts }, assistant);
    await transact({
      keys,
      seed: claim.seed,
      decide: ([taskRecord, record, message, ...consents], moment) =>
        decideAssistSettle(
          { task: taskRecord, conversation: record, message, consent: consentGate(ids, consents) },
          { result, attempts, instanceMode },
          moment,
        ),
    });
  };

  async function ask(
    asked: { readonly task: Task; readonly conversation: Conversation; readonly attempts: number },
    assistant: AssistantSettings,
  ): Promise<AssistResult> {
    const { task, conversation, attempts } = asked;
    try {
      const history = await storage.list({
        list: "messages",
        conversationId: conversation.id,
        order: "newest-first",
        limit: assistant.historyMessages,
        cursor: null,
      });
      const answer = await withinTime(assistant, (signal) =>
        assistant.use.answer(
          { conversation, messages: [...history.items].reverse(), maxSegments: assistant.maxSegments },
          { signal },
        ),
      );
      return await resultOf(answer, conversation, task);
    } catch (cause) {
      parts.onError(
        new SmsError(
          "assistant_failed",
          `The assistant gave no answer (attempt ${attempts} of ${MAX_ASSIST_ATTEMPTS}); a person is asked for when it never does. ` +
            "Its own error is the cause of this one.",
          { cause, retryable: true, details: { attempts, conversationId: conversation.id } },
        ),
      );
      const plan = nextRetry({ attempts, retryAfterMs: null, jitter: runtime.random() });
      return { kind: "failed", delayMs: "delayMs" in plan ? plan.delayMs : 0 };
    }
  }

  async function withinTime<T>(
    assistant: AssistantSettings,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeUp = new AbortController();
    let cancelTimer = (): void => undefined;
    const expired = new Promise<never>((_, reject) => {
      cancelTimer = runtime.setTimer(assistant.timeoutMs, () => {
        const late = new Error(`No answer within ${assistant.timeoutMs} ms.`);
        timeUp.abort(late);
        reject(late);
      });
    });
    // An assistant that ignores the signal must not hold the task for ever.
    return Promise.race([work(timeUp.signal), expired]).finally(() => {
      cancelTimer();
    });
  }

  async function resultOf(
    answer: AssistantAnswer,
    conversation: Conversation,
    task: Task,
  ): Promise<AssistResult> {
    switch (answer.kind) {
      case "handoff":
      case "silence":
        return { kind: answer.kind };
      case "reply": {
        const maxSegments = settings.assistant?.maxSegments ?? 1;
        const trial = (await settings.accountOf(conversation.accountSid))?.trial ?? false;
        const prefix = trial ? TRIAL_PREFIX : "";
        const fitted = fitSegments(prefix + cleanText(answer.body).trim(), maxSegments).text;
        const body = fitted.slice(prefix.length);
        if (body === "") return { kind: "silence" };
        const { segments, encoding } = countSegments(body, { trial });
        // Derived from the question, so that even two answers to it would be one message.
        const messageId = await runtime.hash(`${conversation.accountSid}\n${task.id}`);
        const { accountSid, ours, contact, channel } = conversation;
        const text: OutboundText = {
          pair: { accountSid, ours, contact, channel },
          consentSender: consentSenderOf(settings.consent.scope, ours),
          parts: [{ messageId, body, media: [], segments, encoding }],
          author: { kind: "assistant" },
          taskClass: "urgent",
          isMarketing: false,
          instanceMode: settings.instanceMode,
          newConversationId: conversation.id,
          newEntryId: runtime.newId(),
        };
        return { kind: "reply", text, draftId: runtime.newId() };
      }
    }
    // The types end here, but an assistant may be plain JavaScript, or a model's own words.
    throw new TypeError("The assistant's answer is neither a reply, nor a handoff, nor silence.");
  }
}
