import { inProcessBus } from "./adapters/events/in-process-bus";
import { memoryStorage } from "./adapters/storage/memory";
import { consoleLogger } from "./adapters/system/console-logger";
import { systemRuntime } from "./adapters/system/system-runtime";
import { twilioMessagesApi } from "./adapters/twilio/messages-api";
import { isSmsError, SmsError } from "./core/model/errors";
import type { SendOutcome } from "./core/model/send-outcome";
import { createAssist } from "./flows/assist";
import { createDispatcher } from "./flows/dispatch";
import { createConsentDesk } from "./flows/consent-desk";
import type { ConsentDesk } from "./flows/consent-desk";
import { createLaneFinder, createLaneNames } from "./flows/event-lanes";
import { createHandlerRegistry } from "./flows/handle";
import type { Handle } from "./flows/handle";
import type { Handlers } from "./flows/handle-desk";
import { createHandlerRunner } from "./flows/handle-run";
import { createConversations, createDrafts } from "./flows/inbox";
import type { Conversations, Drafts } from "./flows/inbox";
import type { Contacts } from "./flows/erase-contact";
import type { ForgetOptions, ForgetReport } from "./flows/forget-before";
import { createListeners } from "./flows/listeners";
import type { Listeners } from "./flows/listeners";
import { resolveMediaOptions } from "./flows/media-options";
import type { FetchMedia } from "./flows/media";
import { resolveOptions } from "./flows/options";
import type { SmsOptions } from "./flows/sms-options";
import { createReceiver } from "./flows/receive";
import { createSender } from "./flows/send";
import type { SendRequest } from "./flows/send";
import { createStream } from "./flows/stream";
import type { Sync, SyncReport, SyncRequest } from "./flows/sync";
import { createTransact } from "./flows/transact";
import { fromWebRequest, toWebResponse } from "./flows/webhook-request";
import type { WebhookAnswer, WebhookRequest } from "./flows/webhook-request";
import { createWorker } from "./flows/worker";
import type { RunReport, TaskRun } from "./flows/worker";

/** What a platform gives a handler for work that goes on after the answer (Workers' `ctx`, Vercel's `waitUntil`). */
export interface WebhookContext {
  /** Keeps the platform from ending before the promise has settled. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** Two-way SMS. */
export interface Sms {
  /**
   * Takes inbound messages and status callbacks, on one route. 2xx means committed; a failing storage answers 503, so that
   * Twilio may try again. Give `context` where no worker lives: what the webhook caused is then run after the answer.
   */
  readonly webhook: (request: Request, context?: WebhookContext) => Promise<Response>;
  /** The same for authors of edges, without web-standard objects around it. Never rejects. */
  readonly receive: (request: WebhookRequest) => Promise<WebhookAnswer>;
  /**
   * Commits a text, which is then handed to Twilio once. Expected outcomes are values; see {@link SendOutcome}.
   * @throws SmsError `address_invalid`, `body_empty`, `body_too_long`, `media_invalid`, `account_unknown`, `storage_failed`,
   * `contention`.
   */
  readonly send: (request: SendRequest) => Promise<SendOutcome>;
  /**
   * Fetches attachment `index` (from 0) of an inbound message. The account's credentials go to Twilio's API alone, and only for that
   * message. What cannot be had is an outcome, `{ kind: "failed", reason }`.
   * @throws SmsError `media_invalid` for an outbound message or an index that it has not.
   */
  readonly fetchMedia: FetchMedia;
  readonly conversations: Conversations;
  readonly drafts: Drafts;
  readonly consent: ConsentDesk;
  readonly contacts: Contacts;
  /**
   * Removes messages and drafts from before a date, and conversations that are empty then. Consent and its ledger stay, and so does
   * what Twilio may still have to do. A forgotten message forgets its idempotency key. It goes in many small commits, beside live
   * traffic and in several processes at once; after a crash, call it again.
   * @throws SmsError `config_invalid` for a date that is not at least 24 hours ago.
   */
  readonly forgetBefore: (date: Date | string, options?: ForgetOptions) => Promise<ForgetReport>;
  /** Hears an event from now on; the answer ends it. Events come after the commit, at most once, in this process. */
  readonly on: Listeners["on"];
  /** Hears an event once. */
  readonly once: Listeners["once"];
  /** Ends what `on` or `once` began with this listener. */
  readonly off: Listeners["off"];
  /**
   * Registers business logic that must not miss an event; the answer ends it. The event is committed with the change, and the handler
   * runs until it resolves: at least once, in order per conversation. Register in every process, before it changes anything: a commit
   * knows only the handlers of its own process. See docs/handlers.md.
   * @throws SmsError `config_invalid` for `error`, an unknown event, or a name that is taken.
   */
  readonly handle: Handle;
  /** What handlers have failed at for good, until a person decides. */
  readonly handlers: Handlers;
  /** Opens the storage and runs background work from now on. */
  readonly start: () => Promise<void>;
  /** Takes no more background work and waits for what is under way. The storage is the host's to close: others may share it. */
  readonly stop: () => Promise<void>;
  /** Runs the background work that is due now: for a cron where no worker can live. */
  readonly runDue: () => Promise<RunReport>;
  /**
   * Reads Twilio's message log for what was missed while this endpoint was not reached: inbound messages are stored in order, as if
   * they had come in time, and statuses of ours are merged. The worker does so by itself; see the option `sync`.
   * @throws SmsError `account_unknown`, `config_invalid` for a `since` that is no date, `storage_failed`, `contention`.
   */
  readonly sync: (request?: SyncRequest) => Promise<SyncReport>;
  /** The live changes of this process as server-sent events. Put your own authorisation before it. */
  readonly stream: (request: Request) => Response;
}

/**
 * Puts an instance together. It does nothing by itself until a method is called.
 * @throws SmsError `config_invalid` when the options do not fit.
 * @example
 * const sms = createSms({
 *   account: { accountSid, authToken, from: "+15551234567" },
 *   webhookUrl: "https://yourdomain.com/api/webhooks/twilio-sms",
 * });
 * await sms.start();
 * await sms.send({ to: "+15557654321", body: "Hi" });
 */
export function createSms(options: SmsOptions): Sms {
  const settings = resolveOptions(options);
  const runtime = { ...systemRuntime(), ...options.runtime };
  const logger = options.logger ?? consoleLogger();
  const storage = options.storage ?? memoryStorage();
  const bus = inProcessBus((cause, event) => {
    const error = new SmsError(
      "listener_failed",
      `A listener of ${event.name} threw; the others heard the event.`,
      {
        cause,
        details: { event: event.name },
      },
    );
    // Published again it could throw again, for ever.
    if (event.name === "error") logger.error({ error: error.code }, error.message);
    else report(error);
  });
  const worker = createWorker({
    storage,
    runtime,
    run: runTask,
    onFailure: (cause) => {
      report(
        isSmsError(cause)
          ? cause
          : new SmsError("task_failed", "A background task failed; it runs again when its lease has ended.", {
              cause,
              retryable: true,
            }),
      );
    },
    concurrency: settings.concurrency,
    pollMs: settings.pollMs,
  });
  const registry = createHandlerRegistry(
    createLaneFinder(createLaneNames({ idsOf: settings.consent.idsOf, runtime })),
  );
  const { graceMs } = settings.timing;
  const transact = createTransact({ storage, runtime, bus, tasks: worker, graceMs, queues: registry });
  const media = resolveMediaOptions(options.media);
  const api = twilioMessagesApi({ fetch: fetchOf(options), now: runtime.now });
  const receive = createReceiver({ settings, transact, runtime, onError: report, logger });
  const sender = createSender({ settings, transact, runtime });
  const dispatch = createDispatcher({ settings, transact, runtime, api, onError: report });
  const assist = createAssist({ settings, storage, transact, runtime, onError: report });
  const runHandler = createHandlerRunner({ settings, transact, runtime, registry, onError: report });
  const inbox = { settings, storage, transact, runtime, sender };
  let syncing: Promise<Sync> | undefined;
  const sync = (): Promise<Sync> =>
    (syncing ??= import("./flows/sync").then(({ createSync }) =>
      createSync({ settings, transact, runtime, api, onError: report }),
    ));
  let isSyncBegun = false;
  const handleDesk = async (): Promise<Handlers> => {
    const { createHandleDesk } = await import("./flows/handle-desk");
    return createHandleDesk(inbox);
  };

  return {
    receive,
    async webhook(request, context) {
      const answer = await receive(fromWebRequest(request));
      context?.waitUntil(runDue());
      return toWebResponse(answer);
    },
    send: sender.send,
    async fetchMedia(message, index, limits) {
      // Most instances never fetch a file, so they do not load what it takes.
      const { createMediaFetcher } = await import("./flows/media");
      return createMediaFetcher({ settings, runtime, fetch: fetchOf(options), media })(
        message,
        index,
        limits,
      );
    },
    conversations: createConversations(inbox),
    drafts: createDrafts(inbox),
    consent: createConsentDesk(inbox),
    contacts: {
      async erase(request) {
        const { eraseContact } = await import("./flows/erase-contact");
        return eraseContact(inbox, request);
      },
    },
    async forgetBefore(date, forgetOptions) {
      const { forgetBefore } = await import("./flows/forget-before");
      return forgetBefore({ ...inbox, nowMs: runtime.now() }, date, forgetOptions);
    },
    ...createListeners(bus),
    handle: registry.handle,
    handlers: {
      parked: async (listOptions) => (await handleDesk()).parked(listOptions),
      resume: async (id) => (await handleDesk()).resume(id),
      skip: async (id) => (await handleDesk()).skip(id),
    },
    async start() {
      // The first touch opens the storage and migrates it: better now than with the first customer.
      await storage.read([]);
      await beginSync();
      worker.start();
    },
    stop: worker.stop,
    runDue,
    sync: async (request) => (await sync()).sync(request),
    stream: createStream({ bus, runtime }),
  };

  function runTask(run: TaskRun): Promise<void> {
    switch (run.task.purpose) {
      case "dispatch":
        return dispatch(run);
      case "assist":
        return assist(run);
      case "handle":
        return runHandler(run);
      case "sync":
        return sync().then((flow) => flow.run(run));
    }
  }

  async function runDue(): Promise<RunReport> {
    await beginSync();
    return worker.runDue();
  }

  /** From the first time on that background work runs here, whatever is missed can be caught up with. */
  async function beginSync(): Promise<void> {
    const { defaultAccountSid } = settings;
    if (isSyncBegun || defaultAccountSid === null || settings.sync.everyMs === null) return;
    await (await sync()).begin(defaultAccountSid);
    isSyncBegun = true;
  }

  function report(error: SmsError): void {
    logger.warn({ error: error.code, ...error.details }, error.message);
    bus.publish([{ name: "error", data: { error } }]);
  }
}

function fetchOf(options: SmsOptions): typeof globalThis.fetch {
  return options.fetch ?? globalThis.fetch;
}
