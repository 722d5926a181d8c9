import type { IncomingMessage, ServerResponse } from "node:http";
import type { Sms } from "../create-sms";
import { toNodeHandler } from "./node";
import type { FetchHandler } from "./node";

/** A handler for an Express route; Express 4 and 5. */
export type ExpressHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Serves an instance's webhook, or a web-standard handler, on an Express route. It works before and after
 * `express.urlencoded()`, and with `express.raw()`; JSON webhooks need the raw body.
 * @example
 * app.post("/api/webhooks/twilio-sms", toExpressHandler(sms));
 * app.get("/api/stream", toExpressHandler((request) => sms.stream(request)));
 */
export function toExpressHandler(target: Pick<Sms, "receive"> | FetchHandler): ExpressHandler {
  const handle = toNodeHandler(target);
  return (request, response, next) => {
    handle(request, response).catch(next);
  };
}
