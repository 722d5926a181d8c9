import type { SmsEvent } from "../core/model/events";

/**
 * Carries events to listeners in the process. A listener that throws, or whose promise rejects, disturbs neither the publisher
 * nor other listeners.
 */
export interface EventBus {
  /** Tells every subscriber, in the order of the events. */
  publish(events: readonly SmsEvent[]): void;
  /** Hears every event from now on; the answer ends it. */
  subscribe(listener: (event: SmsEvent) => unknown): () => void;
}
