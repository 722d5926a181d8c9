import { EventEmitter } from "eventemitter3";
import type { SmsEvent } from "../../core/model/events";
import type { EventBus } from "../../ports/event-bus";

/**
 * An event bus within this process. A listener that throws, or returns a promise that rejects, is told to `onListenerError`;
 * the others still hear the event. A listener that has left hears nothing more, also not of an event that is being published.
 */
export function inProcessBus(onListenerError: (cause: unknown, event: SmsEvent) => void): EventBus {
  const emitter = new EventEmitter<{ event: [SmsEvent] }>();
  return {
    publish(events) {
      for (const event of events) emitter.emit("event", event);
    },
    subscribe(listener) {
      let hears = true;
      const safely = (event: SmsEvent): void => {
        if (!hears) return;
        try {
          // Unheard, the rejection of an async listener would end the process.
          Promise.resolve(listener(event)).catch((cause: unknown) => {
            onListenerError(cause, event);
          });
        } catch (cause) {
          onListenerError(cause, event);
        }
      };
      emitter.on("event", safely);
      return () => {
        hears = false;
        emitter.off("event", safely);
      };
    },
  };
}
