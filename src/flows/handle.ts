import { decideQueueing, idsForQueueing } from "../core/decide/handle-queue";
import type { WantedEvent } from "../core/decide/handle-queue";
import { SmsError } from "../core/model/errors";
import type { HandledEvent, HandledEventName, SmsEvent, SmsEvents } from "../core/model/events";
import type { NameLane } from "./event-lanes";
import type { EventQueues, PreparedQueueing } from "./transact";

/** What a handler is told besides the event. */
export interface HandlerContext {
  /** Which try this is, from 1. One that ended with its process counts. */
  readonly attempt: number;
  /** Aborted when the time is up. What goes on afterwards may run beside the next try. */
  readonly signal: AbortSignal;
  /**
   * The same at every try, in every process, and different for every event and handler: remember it with what you change, or give
   * it to `sms.send`, so that a second try does nothing twice.
   */
  readonly idempotencyKey: string;
}

/**
 * Business logic for one event. It has done its work when what it returns has resolved; a rejection, or running out of time, makes
 * it run again.
 */
export type Handler<N extends HandledEventName> = (data: SmsEvents[N], context: HandlerContext) => unknown;

/** How a handler is registered. */
export interface HandleOptions {
  /**
   * What the handler is called in the storage: letters, digits, `.`, `_` and `-`, at most 64. Default: the event's name. Events wait
   * under it, so it must stay what it is from one release to the next.
   */
  readonly name?: string;
}

/** Registers a handler; the answer ends it. */
export type Handle = <N extends HandledEventName>(
  event: N,
  handler: Handler<N>,
  options?: HandleOptions,
) => () => void;

/** A registered handler. */
export interface RegisteredHandler {
  readonly event: HandledEventName;
  /** Runs it, if the event is of its name; null where it is of another: the handler was registered for something else before. */
  readonly run: (event: HandledEvent, context: HandlerContext) => (() => Promise<unknown>) | null;
}

/** The handlers of this process. */
export interface HandlerRegistry extends EventQueues {
  readonly handle: Handle;
  /** Null where none is registered under this name. */
  find(name: string): RegisteredHandler | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The events that can be handled. An object, so that the compiler misses none. */
const HANDLED: Readonly<Record<HandledEventName, true>> = {
  "message.received": true,
  "message.sent": true,
  "message.status": true,
  "message.segments": true,
  "conversation.created": true,
  "conversation.updated": true,
  "conversation.removed": true,
  "consent.changed": true,
  "draft.created": true,
  "draft.stale": true,
  "send.blocked": true,
};

/** Makes the registry of an instance. Without a handler it costs a commit nothing. */
export function createHandlerRegistry(nameLane: NameLane): HandlerRegistry {
  const byName = new Map<string, RegisteredHandler>();
  const namesOf = new Map<HandledEventName, readonly string[]>();

  return {
    handle(event, handler, options = {}) {
      const name = options.name ?? event;
      checkRegistration({ event, handler, options, name });
      if (byName.has(name)) {
        throw invalid(`There is a handler called ${name} already; give this one a name of its own.`, name);
      }
      const registered = registeredHandler(event, handler);
      byName.set(name, registered);
      namesOf.set(event, [...(namesOf.get(event) ?? []), name]);
      return () => {
        if (byName.get(name) !== registered) return;
        byName.delete(name);
        namesOf.set(
          event,
          (namesOf.get(event) ?? []).filter((one) => one !== name),
        );
      };
    },
    find: (name) => byName.get(name) ?? null,
    prepare(events) {
      if (byName.size === 0) return null;
      const wanted = events.flatMap((event) => wantedOf(event));
      return wanted.length === 0 ? null : prepared(wanted);
    },
  };

  function wantedOf(event: SmsEvent): readonly { readonly handler: string; readonly event: HandledEvent }[] {
    if (event.name === "error") return [];
    return (namesOf.get(event.name) ?? []).map((handler) => ({ handler, event }));
  }

  async function prepared(
    events: readonly { readonly handler: string; readonly event: HandledEvent }[],
  ): Promise<PreparedQueueing> {
    const wanted: readonly WantedEvent[] = await Promise.all(
      events.map(async (one) => ({ ...one, lane: await nameLane(one.event) })),
    );
    return {
      ids: idsForQueueing(wanted),
      decide: (found, moment) => decideQueueing(wanted, found, moment),
    };
  }
}

function registeredHandler<N extends HandledEventName>(name: N, handler: Handler<N>): RegisteredHandler {
  return {
    event: name,
    run: (event, context) => (isNamed(event, name) ? async () => handler(event.data, context) : null),
  };
}

function isNamed<N extends HandledEventName>(
  event: HandledEvent,
  name: N,
): event is Extract<HandledEvent, { readonly name: N }> & { readonly data: SmsEvents[N] } {
  return event.name === name;
}

function checkRegistration(given: {
  readonly event: unknown;
  readonly handler: unknown;
  readonly options: object;
  readonly name: unknown;
}): void {
  const { event, handler, options, name } = given;
  if (typeof event !== "string" || !Object.hasOwn(HANDLED, event)) {
    throw invalid("handle was given no event that can be handled; errors are for sms.on.");
  }
  if (typeof handler !== "function") throw invalid("handle takes a function.");
  const unknown = Object.keys(options).filter((key) => key !== "name");
  if (unknown.length > 0) throw invalid(`handle takes no ${unknown.join(", ")} (misspelt?).`);
  if (typeof name !== "string" || !NAME.test(name)) {
    throw invalid("The name of a handler has letters, digits, . _ and -, at most 64.");
  }
}

function invalid(message: string, handler?: string): SmsError {
  return new SmsError("config_invalid", message, handler === undefined ? {} : { details: { handler } });
}
