import { eventId } from "../core/decide/handle";
import type { QueueTask } from "../core/decide/handle";
import { SmsError } from "../core/model/errors";
import type { HandledEvent } from "../core/model/events";

/** One try that failed. The cause is whatever the handler threw. */
export function handlerFailed({ detail }: QueueTask, event: HandledEvent, cause: unknown): SmsError {
  return new SmsError(
    "handler_failed",
    `The handler ${detail.handler} failed (try ${detail.tries}); it is tried again, unless that was the last try. Its own error is the cause of this one.`,
    {
      cause,
      retryable: true,
      details: { handler: detail.handler, event: event.name, tries: detail.tries, id: frontOf(detail) },
    },
  );
}

/** An event that was given up on, until somebody decides. */
export function handlerParked({ detail }: QueueTask): SmsError {
  return new SmsError(
    "handler_parked",
    `The handler ${detail.handler} failed as often as it may, so its events of this conversation wait for a person. ` +
      "Mend it, then call sms.handlers.resume with details.id, or sms.handlers.skip to go on without this event.",
    { details: { handler: detail.handler, tries: detail.tries, id: frontOf(detail) } },
  );
}

function frontOf(detail: QueueTask["detail"]): string {
  return eventId(detail, detail.nextPlace);
}

/** A queue whose handler is not here. */
export function handlerMissing(handler: string): SmsError {
  return new SmsError(
    "handler_missing",
    `Events wait for the handler ${handler}, which is not registered in this process, or for another event. They are left to ` +
      "other processes; if there is none with it, register it again.",
    { details: { handler } },
  );
}
