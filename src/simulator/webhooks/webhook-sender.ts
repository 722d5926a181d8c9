import type { Clock, Timers } from "../clock";
import type { Journal } from "../journal";
import type { IdSource } from "../random";
import type { Webhook, WebhookResult } from "./webhook";
import { createAttempts } from "./webhook-attempt";
import type { Attempt, Attempts } from "./webhook-attempt";
import { failureCode, mayRetry, redirected, toReply } from "./webhook-outcome";
import { parseWebhookUrl } from "./webhook-url";

/** Makes signed webhooks. */
export interface WebhookSender {
  /** Never rejects. Failures are in the debugger too. */
  send(webhook: Webhook): Promise<WebhookResult>;
  /** The same for whoever needs no answer. */
  sendInBackground(webhook: Webhook): void;
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
  /** Lets webhooks out again after `close`. */
  open(): void;
  /** Ends what is under way; until `open` nothing goes out, retries and fallbacks included. */
  close(): void;
}

/** What the sender needs. */
export interface WebhookSenderParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly ids: IdSource;
}

const MOST_REDIRECTS = 10;

/** Credentials of an address are for its host only. */
function atNextHop(attempt: Attempt, hop: Attempt["hop"]): Attempt {
  const isSameHost = new URL(hop.url).host === new URL(attempt.hop.url).host;
  return { ...attempt, hop, authorization: isSameHost ? attempt.authorization : null };
}

/** One try, followed through HTTP redirects to its end; tried again from the first address while that is allowed. */
async function follow(attempts: Attempts, first: Attempt): Promise<WebhookResult> {
  let attempt = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await attempts.make(attempt);
    const next = redirected(attempt.hop, response);
    if (next !== null) {
      attempt = atNextHop(attempt, next);
      continue;
    }
    const { retryCount, retryPolicies } = attempt.overrides;
    if (attempt.number <= retryCount && mayRetry(response, retryPolicies)) {
      return follow(attempts, { ...first, number: attempt.number + 1 });
    }
    const code = failureCode(response);
    const reply = toReply(response, attempt.hop.url);
    if (code === null && reply !== null) return { kind: "ok", reply };
    return { kind: "failed", code: code ?? 11200, reply };
  }
  return { kind: "failed", code: 11215, reply: null };
}

function report({ journal, clock }: WebhookSenderParts, webhook: Webhook, code: number): void {
  journal.addDebuggerEntry({
    atMs: clock.now(),
    level: "error",
    code,
    accountSid: webhook.account.accountSid,
    messageSid: webhook.messageSid,
    // Credentials in a configured address stay out of the log.
    url: webhook.url.replace(/\/\/[^/?#]*@/, "//"),
  });
}

async function deliver(
  parts: WebhookSenderParts,
  attempts: Attempts,
  webhook: Webhook,
): Promise<WebhookResult> {
  const address = parseWebhookUrl(webhook.url);
  if (address.kind === "malformed") {
    report(parts, webhook, 11321);
    return { kind: "failed", code: 11321, reply: null };
  }
  if (address.hasInvalidRetryPolicy) report(parts, webhook, 11243);
  const result = await follow(attempts, {
    webhook,
    hop: { url: address.url, method: webhook.method, fields: webhook.fields },
    number: 1,
    idempotencyToken: parts.ids.uuid(),
    authorization: address.authorization,
    overrides: address.overrides,
    deadlineMs: parts.clock.now() + address.overrides.totalTimeoutMs,
  });
  // What the simulator cut off itself is not the host's fault.
  if (result.kind === "failed" && attempts.isOpen()) report(parts, webhook, result.code);
  return result;
}

/** A sender with nothing under way. */
export function createWebhookSender(parts: WebhookSenderParts): WebhookSender {
  const attempts = createAttempts(parts.clock, parts.timers, parts.journal);
  const underWay = new Set<Promise<unknown>>();
  const send = (webhook: Webhook): Promise<WebhookResult> => {
    const result = deliver(parts, attempts, webhook).finally(() => underWay.delete(result));
    underWay.add(result);
    return result;
  };
  return {
    send,
    sendInBackground: (webhook) => {
      // Failures are results, not rejections, and the debugger has them.
      send(webhook).catch(() => undefined);
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    open: () => attempts.open(),
    close: () => attempts.close(),
  };
}
