import { createSms } from "../../src/create-sms";
import type { Sms } from "../../src/create-sms";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { SmsEvent, SmsEventName } from "../../src/core/model/events";
import { signRequest } from "../../src/core/webhook/signature";
import type { SmsOptions } from "../../src/flows/sms-options";
import type { Runtime } from "../../src/ports/runtime";
import type { Storage } from "../../src/ports/storage";
import { FIXTURE_ACCOUNT_SID, FIXTURE_AUTH_TOKEN, FIXTURE_OURS } from "../fixtures/twilio/payloads";
import { manualRuntime } from "./manual-runtime";
import type { ManualRuntime } from "./manual-runtime";

export const WEBHOOK_URL = "https://example.com/api/webhooks/twilio-sms";

export const ACCOUNT = {
  accountSid: FIXTURE_ACCOUNT_SID,
  authToken: FIXTURE_AUTH_TOKEN,
  from: FIXTURE_OURS,
} as const;

export interface Harness {
  readonly sms: Sms;
  readonly storage: Storage;
  readonly runtime: ManualRuntime;
  /** Every event so far, in order. */
  readonly events: readonly SmsEvent[];
  /** The names of the events so far. */
  readonly eventNames: () => readonly SmsEventName[];
  /** Posts a payload, signed as Twilio signs it. */
  readonly post: (payload: Readonly<Record<string, string>>, url?: string) => Promise<Response>;
}

const EVENT_NAMES: readonly SmsEventName[] = [
  "message.received",
  "message.sent",
  "message.status",
  "message.segments",
  "conversation.created",
  "conversation.updated",
  "conversation.removed",
  "consent.changed",
  "draft.created",
  "draft.stale",
  "send.blocked",
  "error",
];

const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  return undefined;
}

/** An instance on memory storage and a manual clock. Its worker is not started: `sms.runDue()` runs what is due. */
export function harness(options: Partial<SmsOptions> & { readonly manual?: ManualRuntime } = {}): Harness {
  const { manual, ...given } = options;
  const runtime = manual ?? manualRuntime();
  const storage = options.storage ?? memoryStorage();
  const sms = createSms({
    account: ACCOUNT,
    webhookUrl: WEBHOOK_URL,
    logger: SILENT,
    // Most tests are of something else; those of catching up give the option.
    sync: false,
    ...given,
    storage,
    runtime: runtimeOf(runtime),
  });
  const events: SmsEvent[] = [];
  for (const name of EVENT_NAMES) {
    sms.on(name, (data) => {
      // The name and its data come from one event, which the compiler cannot see across a union.
      events.push({ name, data } as SmsEvent);
    });
  }
  return {
    sms,
    storage,
    runtime,
    events,
    eventNames: () => events.map(({ name }) => name),
    post: async (payload, url = WEBHOOK_URL) => sms.webhook(await signedPost(payload, url)),
  };
}

function runtimeOf({ now, setTimer, random, newId, hash }: ManualRuntime): Partial<Runtime> {
  return { now, setTimer, random, newId, hash };
}

/** A form POST as Twilio would send it. */
export async function signedPost(
  payload: Readonly<Record<string, string>>,
  url: string = WEBHOOK_URL,
  authToken: string = FIXTURE_AUTH_TOKEN,
): Promise<Request> {
  const { signature } = await signRequest({ authToken, url, params: payload });
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature },
    body: new URLSearchParams(payload).toString(),
  });
}
