import { eventId, placeOfEvent, queueOf } from "../core/decide/handle";
import type { QueueTask } from "../core/decide/handle";
import { decideParked } from "../core/decide/handle-removal";
import type { ParkedRuling } from "../core/decide/handle-removal";
import { eventOf } from "../core/decide/handle-run";
import { SmsError } from "../core/model/errors";
import type { HandledEvent } from "../core/model/events";
import { timestampOf } from "../core/model/timestamp";
import type { Timestamp } from "../core/model/timestamp";
import type { Page, Storage } from "../ports/storage";
import { unchanged } from "../core/decide/decision";
import { keysOf } from "./keys-of";
import { listed, pagingOf } from "./paging";
import type { ListOptions } from "./paging";
import type { Transact } from "./transact";

/** An event whose handler failed as often as it may, and which holds back those after it. */
export interface ParkedEvent {
  /** The event's id: its handler was given it as `idempotencyKey`. */
  readonly id: string;
  readonly handler: string;
  /** Null for an event that happened in no conversation. */
  readonly conversationId: string | null;
  /** Null where its record is gone, such as after an import of a part of a file: skip it. */
  readonly event: HandledEvent | null;
  /** How often the handler was begun for it. */
  readonly failures: number;
  readonly parkedAt: Timestamp;
  /** How many events wait behind it. */
  readonly waiting: number;
}

/** What handlers could not do, and what a person decides about it. */
export interface Handlers {
  /** Longest parked first, of every handler and every process. */
  parked(options?: ListOptions): Promise<Page<ParkedEvent>>;
  /**
   * Tries a parked event again, from the first try on, and then those that wait behind it. False where somebody was faster.
   * @throws SmsError `event_not_found`.
   */
  resume(id: string): Promise<boolean>;
  /**
   * Goes on without a parked event: its handler will never have done its work. False where somebody was faster.
   * @throws SmsError `event_not_found`.
   */
  skip(id: string): Promise<boolean>;
}

/** What the desk needs. */
export interface HandleDeskParts {
  readonly storage: Storage;
  readonly transact: Transact;
}

/** Events that one read fetches. */
const PER_READ = 25;

/** Parked events for people. */
export function createHandleDesk({ storage, transact }: HandleDeskParts): Handlers {
  return {
    async parked(options = {}) {
      const page = await listed(
        storage.list({
          list: "tasks",
          class: "parked",
          dueBeforeMs: Number.MAX_SAFE_INTEGER,
          ...pagingOf(options),
        }),
      );
      const queues = page.items
        .map((task) => queueOf({ version: 0, value: task })?.value)
        .filter((queue) => queue !== undefined);
      const events = await eventsOf(queues);
      return { ...page, items: queues.map((queue, index) => shown(queue, events[index] ?? null)) };
    },
    resume: (id) => rule(id, "resume"),
    skip: (id) => rule(id, "skip"),
  };

  async function eventsOf(queues: readonly QueueTask[]): Promise<readonly (HandledEvent | null)[]> {
    const found: (HandledEvent | null)[] = [];
    for (let from = 0; from < queues.length; from += PER_READ) {
      const ids = queues.slice(from, from + PER_READ).map(frontOf);
      const { answer } = await transact({
        keys: keysOf("task", ids),
        decide: (records) => unchanged(records.map(eventOf)),
      });
      found.push(...answer);
    }
    return found;
  }

  async function rule(id: string, action: ParkedRuling["action"]): Promise<boolean> {
    const at = placeOfEvent(id);
    if (at === null) throw eventNotFound();
    const { answer } = await transact({
      keys: [
        { kind: "task", id: at.queue },
        { kind: "task", id },
      ],
      decide: ([queue, event], { nowMs }) =>
        decideParked({ queue, event }, { action, place: at.place, nowMs }),
    });
    if (answer === "unknown") throw eventNotFound();
    return answer === "done";
  }
}

function frontOf({ detail }: QueueTask): string {
  return eventId(detail, detail.nextPlace);
}

function shown(queue: QueueTask, event: HandledEvent | null): ParkedEvent {
  const { detail, conversationId, dueAtMs } = queue;
  return {
    id: frontOf(queue),
    handler: detail.handler,
    conversationId: conversationId === "" ? null : conversationId,
    event,
    failures: detail.tries,
    parkedAt: timestampOf(detail.parkedAtMs ?? dueAtMs),
    waiting: detail.lastPlace - detail.nextPlace,
  };
}

function eventNotFound(): SmsError {
  return new SmsError(
    "event_not_found",
    "There is no event with this id. Take ids from sms.handlers.parked, or from details.id of a handler_parked error.",
  );
}
