import type { EventBus } from "../ports/event-bus";
import type { Runtime } from "../ports/runtime";

/** How often an idle stream says that it is alive, in ms, so that proxies do not close it. */
const HEARTBEAT_MS = 15_000;
/** How many events may wait for a slow reader before its stream is closed; its browser then connects anew and reads the lists. */
const MAX_WAITING = 1_000;

/**
 * Serves the live changes of this process as server-sent events: `event:` is the event's name, `data:` its data as JSON.
 * At most once, and only from the connection on: whoever connects reads the lists afterwards. `error` events are kept back.
 */
export function createStream(parts: {
  readonly bus: EventBus;
  readonly runtime: Runtime;
}): (request: Request) => Response {
  return (request) => {
    const encoder = new TextEncoder();
    let leave = (): void => undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          let cancelTimer = (): void => undefined;
          let open = true;
          const unsubscribe = parts.bus.subscribe((event) => {
            if (event.name === "error") return;
            say(`event: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
          });
          leave = () => {
            open = false;
            unsubscribe();
            cancelTimer();
            request.signal.removeEventListener("abort", end);
          };
          request.signal.addEventListener("abort", end);
          say("retry: 1000\n\n");
          beat();
          if (request.signal.aborted) end();

          function say(text: string): void {
            if (!open) return;
            controller.enqueue(encoder.encode(text));
            if ((controller.desiredSize ?? 0) < -MAX_WAITING) end();
          }

          function beat(): void {
            if (open) cancelTimer = parts.runtime.setTimer(HEARTBEAT_MS, sayAlive, "idle");
          }

          function sayAlive(): void {
            say(": alive\n\n");
            beat();
          }

          function end(): void {
            if (!open) return;
            leave();
            controller.close();
          }
        },
        cancel() {
          leave();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        // nginx would hold the events back.
        "x-accel-buffering": "no",
      },
    });
  };
}
