import { fileURLToPath } from "node:url";
import express from "express";
import type { ErrorRequestHandler, Express, RequestHandler } from "express";
import { isSmsError } from "@mailtrixy/sms";
import type { Sms, SmsErrorCode } from "@mailtrixy/sms";
import { toExpressHandler } from "@mailtrixy/sms/express";
import { ZodError } from "zod";
import { inboxApi } from "./inbox-api";
import type { MediaCopies } from "./media-copies";
import { phoneApi } from "./phone-api";
import type { PhoneDesk } from "./phone-desk";
import { sameOriginOnly } from "./same-origin";

/** What the host serves. */
export interface HostParts {
  readonly sms: Sms;
  /** Null where Twilio is elsewhere: then the phones are too. */
  readonly phones: PhoneDesk | null;
  readonly media: MediaCopies;
  readonly port: number;
}

const PAGE = fileURLToPath(new URL("page", import.meta.url));

/** The Express host: Twilio's webhook, the live stream, the API of the inbox, and the page. */
export function createHost({ sms, phones, media, port }: HostParts): Express {
  const app = express();
  app.disable("x-powered-by");

  // Twilio calls this one. It stands before the guards for browsers: its guard is the signature.
  app.post("/api/webhooks/twilio-sms", toExpressHandler(sms));

  app.use(safeHeaders);
  app.use("/api", sameOriginOnly(port));
  app.get(
    "/api/stream",
    toExpressHandler((request) => sms.stream(request)),
  );
  app.use("/api", express.json({ limit: "32kb" }), inboxApi({ sms, media, hasPhones: phones !== null }));
  if (phones !== null) app.use("/api", phoneApi(phones));
  app.use("/api", (_request, response) => {
    response.status(404).json({ error: { code: "not_found", message: "There is no such route." } });
  });
  app.use(express.static(PAGE, { cacheControl: false }));
  app.use(answerError);
  return app;
}

/** Nothing but our own files may run or be loaded, and nobody may put the page in a frame. */
const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  });
  next();
};

/** Codes that are not the caller's mistake, or not a plain one; the others answer 400. */
const STATUS_OF: Partial<Record<SmsErrorCode, number>> = {
  conversation_not_found: 404,
  draft_not_found: 404,
  message_not_found: 404,
  contention: 409,
  storage_failed: 503,
};

// oxlint-disable-next-line eslint/max-params -- Express knows an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  if (isSmsError(error)) {
    response
      .status(STATUS_OF[error.code] ?? 400)
      .json({ error: { code: error.code, message: error.message } });
    return;
  }
  if (error instanceof ZodError || isClientError(error)) {
    response
      .status(400)
      .json({ error: { code: "bad_request", message: "The request is not what this route takes." } });
    return;
  }
  console.error(error);
  response
    .status(500)
    .json({ error: { code: "internal", message: "Something went wrong here; the server's log says what." } });
};

/** Errors of Express's own parsers carry the status that they ask for. */
function isClientError(error: unknown): boolean {
  return (
    error instanceof Error && "status" in error && typeof error.status === "number" && error.status < 500
  );
}
