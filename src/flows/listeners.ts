import type { SmsEvent, SmsEventName, SmsEvents } from "../core/model/events";
import type { EventBus } from "../ports/event-bus";

/** A listener of one event. It may be async; a rejection becomes an `error` event. */
export type Listener<N extends SmsEventName> = (data: SmsEvents[N]) => unknown;

/** Listening by the name of an event. */
export interface Listeners {
  /** Hears an event from now on; the answer ends it. The same listener is heard once, however often it is given. */
  on<N extends SmsEventName>(name: N, listener: Listener<N>): () => void;
  /** Hears an event once. */
  once<N extends SmsEventName>(name: N, listener: Listener<N>): () => void;
  /** Ends what `on` or `once` began with this listener. */
  off<N extends SmsEventName>(name: N, listener: Listener<N>): void;
}

/** Listening by name, over a bus that carries every event. */
export function createListeners(bus: EventBus): Listeners {
  const ends = new Map<SmsEventName, Map<unknown, () => void>>();
  return { on, once, off };

  function on<N extends SmsEventName>(name: N, listener: Listener<N>): () => void {
    return listen(name, listener, listener);
  }

  function once<N extends SmsEventName>(name: N, listener: Listener<N>): () => void {
    return listen(name, listener, (data) => {
      off(name, listener);
      return listener(data);
    });
  }

  function off<N extends SmsEventName>(name: N, listener: Listener<N>): void {
    ends.get(name)?.get(listener)?.();
  }

  function listen<N extends SmsEventName>(name: N, listener: Listener<N>, heard: Listener<N>): () => void {
    off(name, listener);
    const unsubscribe = bus.subscribe((event) => {
      if (isNamed(event, name)) return heard(event.data);
      return undefined;
    });
    const ofName = ends.get(name) ?? new Map<unknown, () => void>();
    ends.set(name, ofName);
    const end = (): void => {
      unsubscribe();
      if (ofName.get(listener) === end) ofName.delete(listener);
    };
    ofName.set(listener, end);
    return end;
  }
}

function isNamed<N extends SmsEventName>(
  event: SmsEvent,
  name: N,
): event is Extract<SmsEvent, { readonly name: N }> & { readonly data: SmsEvents[N] } {
  return event.name === name;
}
