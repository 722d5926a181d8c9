import { SmsError } from "../core/model/errors";
import type { Runtime } from "../ports/runtime";
import type { Settings } from "./settings";
import { textAnswer } from "./webhook-request";
import type { WebhookAnswer } from "./webhook-request";

/** Lets a webhook in, if there is room for it. */
export type Admit = (work: () => Promise<WebhookAnswer>) => Promise<WebhookAnswer>;

/** A flood would otherwise fill the log as well: it is told about once in this time. */
const TELL_EVERY_MS = 10_000;

/**
 * Bounds the webhooks that are worked on, in number and in time. Beyond, the answer is 503: early, so that Twilio repeats it while
 * somebody may have room. Work whose time is up goes on; should it commit after all, the repetition is recognised by its
 * MessageSid.
 */
export function createAdmission(parts: {
  readonly settings: Pick<Settings, "maxPendingWebhooks" | "webhookTimeoutMs">;
  readonly runtime: Pick<Runtime, "now" | "setTimer">;
  readonly onError: (error: SmsError) => void;
}): Admit {
  const { settings, runtime } = parts;
  let pending = 0;
  let quietUntilMs = 0;

  return async (work) => {
    if (pending >= settings.maxPendingWebhooks) {
      tell(
        "More webhooks came than could be stored, so some were answered 503 for Twilio to repeat. Usually the storage is slow; " +
          "maxPendingWebhooks says how many are worked on at once.",
      );
      return textAnswer(503, "Too many at once, try again.");
    }
    pending += 1;
    const done = work().finally(() => {
      pending -= 1;
    });
    return withinTime(done);
  };

  async function withinTime(done: Promise<WebhookAnswer>): Promise<WebhookAnswer> {
    let cancelTimer = (): void => undefined;
    const late = new Promise<WebhookAnswer>((resolve) => {
      cancelTimer = runtime.setTimer(settings.webhookTimeoutMs, () => {
        tell(
          "A webhook was not stored within webhookTimeoutMs, so it was answered 503 for Twilio to repeat. Usually the storage hangs.",
        );
        resolve(textAnswer(503, "Not stored in time, try again."));
      });
    });
    return Promise.race([done, late]).finally(() => {
      cancelTimer();
    });
  }

  function tell(message: string): void {
    const nowMs = runtime.now();
    if (nowMs < quietUntilMs) return;
    quietUntilMs = nowMs + TELL_EVERY_MS;
    parts.onError(new SmsError("storage_failed", message, { retryable: true, details: { pending } }));
  }
}
