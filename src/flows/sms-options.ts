import type { HostKeywords } from "../core/consent/classify-reply";
import type { Language } from "../core/consent/language";
import type { MaybeStopPolicy } from "../core/decide/inbound";
import type { ConsentScope } from "../core/model/consent";
import type { AssistantMode } from "../core/model/conversation";
import type { Assistant } from "../ports/assistant";
import type { Logger, Runtime } from "../ports/runtime";
import type { Storage } from "../ports/storage";
import type { MediaOptions } from "./media-options";
import type { Timing } from "./timing";

/** A Twilio account. Exactly one of `from` and `messagingServiceSid` says what sends. */
export interface AccountOptions {
  /** `AC…` */
  readonly accountSid: string;
  /**
   * Verifies webhooks, and sends where there is no API key. Twilio signs webhooks with the auth token even when an API key sends,
   * so it is always needed. While a token is being rotated, give both: the current one first.
   * Source: Twilio docs, "Webhooks security" (read 2026-11).
   */
  readonly authToken: string | readonly string[];
  /** Sends with this API key instead of the auth token. Together with `apiKeySecret`. */
  readonly apiKeySid?: string;
  readonly apiKeySecret?: string;
  /** The sending number, short code or sender id. */
  readonly from?: string;
  /** The Messaging Service that sends (`MG…`). Its senders share the threads. */
  readonly messagingServiceSid?: string;
  /** Where Twilio is. Default `https://api.twilio.com`; a simulator or a regional host otherwise. */
  readonly apiBaseUrl?: string;
  /**
   * Whether it is a trial account: Twilio then puts 38 characters of its own in front of every text, which are counted along.
   * Default false.
   */
  readonly trial?: boolean;
}

/** Finds the account for an AccountSid, for hosts that serve many; null for one that is not theirs. */
export type AccountResolver = (accountSid: string) => AccountOptions | null | Promise<AccountOptions | null>;

/** What counts as an opt-out, how far it reaches, and what is answered to keywords. */
export interface ConsentPolicyOptions {
  /** What one opt-out covers. Default `account`: everything that this account sends. See {@link ConsentScope}. */
  readonly scope?: ConsentScope;
  /**
   * What becomes of words that may mean stop ("please stop texting me"). Default `ask`: the conversation is flagged for a
   * person, and the assistant and marketing are held until somebody decides. `opt-out`: they count as STOP. `ignore`: nothing.
   */
  readonly maybeStop?: MaybeStopPolicy;
  /**
   * Twilio's error codes that count as an opt-out, at once or in a status callback. Default 21610, 63014 and 63033; 21610 always
   * counts. Add 30004 to treat messages blocked on the way like a STOP.
   * Source: Twilio docs, error pages 21610, 30004, 63014 (read 2026-11).
   */
  readonly optOutErrors?: readonly number[];
  /**
   * Languages in which people answer you, besides English: `[FRENCH, SPANISH]` from `@mailtrixy/sms/languages`. Default none: what
   * opts out in one language is an ordinary answer in another.
   */
  readonly languages?: readonly Language[];
  /** Keywords of your own, on top of all others. Default none. */
  readonly keywords?: HostKeywords;
  /** What is answered to STOP, START and HELP where Twilio answers nothing. Default: nothing. */
  readonly keywordAnswers?: KeywordAnswerOptions;
}

/** Answers to keywords on short codes outside of Advanced Opt-Out, where Twilio gives none. */
export interface KeywordAnswerOptions {
  /** The programme's name; the usual answers begin with it. */
  readonly programme: string;
  /** How people reach you: a phone number, an address, a page. */
  readonly contact: string;
  /** Further addresses of yours at which Twilio answers nothing. Default: none besides short codes. */
  readonly senders?: readonly string[];
  /** The whole answer to STOP, instead of the usual one. No marketing: it is the one text that the law allows. */
  readonly stop?: string;
  /** The whole answer to HELP. */
  readonly help?: string;
  /** The whole answer to START. */
  readonly start?: string;
}

/** What erasing contacts needs. */
export interface ErasureOptions {
  /**
   * A secret of yours, at least 32 characters, from wherever your secrets are kept. The opt-out of a contact who was erased is kept
   * under a hash with this key, and found again by it: every process needs it, and losing it loses those opt-outs. A list for
   * rotation: the first is used for new ones, all are looked up. Let every process know a new key before any uses it first.
   */
  readonly key: string | readonly string[];
}

/** The assistant and its limits. */
export interface AssistantOptions {
  /** What writes the answers. */
  readonly use: Assistant;
  /** What becomes of answers, where a conversation has no mode of its own. Default `draft`. */
  readonly mode?: AssistantMode;
  /** The longest answer, in SMS segments. Default 2. */
  readonly maxSegments?: number;
  /** How long it may think, in ms. Default 30,000, or what `timing.leaseMs - timing.fenceMs` leaves. */
  readonly timeoutMs?: number;
  /** How many of the last messages it is shown. Default 20. */
  readonly historyMessages?: number;
}

/** How Twilio's message log is read for what was missed: inbound messages, and statuses of ours. All times in ms. */
export interface SyncOptions {
  /** Between two passes. Default 300,000. */
  readonly everyMs?: number;
  /**
   * How long ago what is read must be: the log is read once for each of these. Default `[0, 3_600_000, 86_400_000]`, at once, after an
   * hour and after a day, since a final status may be late.
   */
  readonly lagsMs?: readonly number[];
  /** How much of what a pass has read the next one reads again, for entries that come late and clocks that differ. Default 300,000. */
  readonly overlapMs?: number;
  /**
   * Addresses of yours, besides what the account sends through, whose missed texts are fetched; `"all"` for every number of the account.
   * Default: none besides. The log is the whole account's: other numbers may belong to another app, or to another environment of this
   * one. Texts of contacts that have a thread with the number here are fetched in any case.
   */
  readonly numbers?: "all" | readonly string[];
  /** The assistant does not answer what it finds older than this. Default 300,000; `Infinity` to answer whatever was missed. */
  readonly assistWithinMs?: number;
}

/** Limits of the handlers of `sms.handle`. */
export interface HandlerOptions {
  /** How long one may take for an event, in ms. Default 30,000; at most `timing.leaseMs - timing.fenceMs`. */
  readonly timeoutMs?: number;
  /** How often one is tried for an event before it is parked. Default 20, which takes about an hour and a half. */
  readonly maxAttempts?: number;
}

/** The options of `createSms`. Unknown and contradicting ones are refused. */
export interface SmsOptions {
  /** The account, or a function that finds it for an AccountSid. */
  readonly account: AccountOptions | AccountResolver;
  /**
   * The public URL that Twilio calls, exactly as it is configured there. Signatures are checked against it, and status
   * callbacks are asked for at it.
   */
  readonly webhookUrl: string;
  /** Where records live. Default `memoryStorage()`, which forgets everything at the end of the process. */
  readonly storage?: Storage;
  /** Opt-out: scope, doubtful words, errors, answers to keywords. */
  readonly consent?: ConsentPolicyOptions;
  /** Lets `sms.contacts.erase` keep an opt-out without the number. Default: nobody can be erased. */
  readonly erasure?: ErasureOptions;
  /** Limits for `sms.fetchMedia`: redirects, size, time, types. */
  readonly media?: MediaOptions;
  /** Drafts or sends answers. Default: none. */
  readonly assistant?: AssistantOptions;
  /** Reads Twilio's message log for what was missed while the worker runs; `false` for only when `sms.sync()` is called. */
  readonly sync?: SyncOptions | false;
  /** Limits of the handlers of `sms.handle`. */
  readonly handlers?: HandlerOptions;
  /** Times in ms; see {@link Timing}. */
  readonly timing?: Partial<Timing>;
  /** Background tasks: `concurrency` at once (default 32), `pollMs` between looks for overdue ones (default 1,000). */
  readonly worker?: { readonly concurrency?: number; readonly pollMs?: number };
  /** The largest webhook body that is read, in bytes. Default 131,072; Twilio's are far smaller. */
  readonly maxBodyBytes?: number;
  /**
   * How many webhooks are worked on at once; one more is answered 503 before it is read, so that Twilio repeats it. Default 500:
   * more than a storage takes in within the time that Twilio waits.
   */
  readonly maxPendingWebhooks?: number;
  /** How long a webhook may take, in ms, before it is answered 503. Default 10,000; Twilio waits for 15 seconds. */
  readonly webhookTimeoutMs?: number;
  /**
   * What Twilio does when our status callbacks are not answered: connection overrides, as they stand behind the `#` of a URL. Default:
   * {@link DEFAULT_CONNECTION_OVERRIDES}, which has it repeat what was not stored. `""` for none. A `#` in `webhookUrl` wins. Configure
   * `withConnectionOverrides(webhookUrl)` at your numbers as well.
   */
  readonly connectionOverrides?: string;
  /**
   * Also checks signatures against the URL that `X-Forwarded-Proto` and `X-Forwarded-Host` (or `Host`) tell. Default false.
   * Only for hosts behind a proxy that overwrites these headers: anybody else can send them too.
   */
  readonly trustForwardedHeaders?: boolean;
  /** Where warnings and errors go. Default: the console. pino fits. */
  readonly logger?: Logger;
  /** Time, chance and ids, for tests. Default: the system's. */
  readonly runtime?: Partial<Runtime>;
  /** The `fetch` that calls Twilio. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
}
