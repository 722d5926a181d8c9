import type { ClassifyOptions } from "../core/consent/classify-reply";
import type { KeywordAnswers } from "../core/consent/keyword-answer";
import type { MaybeStopPolicy } from "../core/decide/inbound";
import type { ConsentScope } from "../core/model/consent";
import type { InstanceMode } from "../core/model/conversation";
import type { AccountCredentials } from "../ports/messages-api";
import type { Assistant } from "../ports/assistant";
import type { NameConsent } from "./consent-ids";
import type { Timing } from "./timing";

/** An account as the flows use it. */
export interface Account {
  readonly accountSid: string;
  /** What webhooks may be signed with, the current token first. */
  readonly authTokens: readonly string[];
  readonly credentials: AccountCredentials;
  /** What sends when the caller names no sender: a number, or a Messaging Service (`MG…`). Null where there is none. */
  readonly sender: string | null;
  /** Whether Twilio puts its trial words in front of every body. */
  readonly trial: boolean;
}

/** What counts as an opt-out, how far it reaches, and what is answered. */
export interface ConsentSettings {
  readonly scope: ConsentScope;
  readonly maybeStop: MaybeStopPolicy;
  /** The languages and keywords that replies are read with. One object for good: its tables are compiled once. */
  readonly reading: Pick<ClassifyOptions, "languages" | "keywords">;
  readonly optOutErrors: readonly number[];
  readonly keywordAnswers: KeywordAnswers | null;
  /** Every id under which a contact's consent may be found. */
  readonly idsOf: NameConsent;
  /** Whether there is a key under which an erased contact's opt-out can be kept. */
  readonly canErase: boolean;
}

/** The options, checked and with every default filled in. */
export interface Settings {
  readonly webhookUrl: string;
  readonly trustForwardedHeaders: boolean;
  readonly maxBodyBytes: number;
  readonly maxPendingWebhooks: number;
  readonly webhookTimeoutMs: number;
  /** Where Twilio reports: the webhook's URL, with connection overrides. */
  readonly callbackUrl: string;
  readonly timing: Timing;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly consent: ConsentSettings;
  readonly assistant: AssistantSettings | null;
  readonly handlers: HandlerSettings;
  readonly sync: SyncSettings;
  /** The mode for conversations without one of their own; null where there is no assistant. */
  readonly instanceMode: InstanceMode;
  /** The account of calls that name none; null where a resolver serves many. */
  readonly defaultAccountSid: string | null;
  /** The account with this sid; null where none is configured. */
  readonly accountOf: (accountSid: string) => Promise<Account | null>;
}

/** The assistant with its limits. */
export interface AssistantSettings {
  readonly use: Assistant;
  readonly maxSegments: number;
  readonly timeoutMs: number;
  readonly historyMessages: number;
}

/** How Twilio's message log is read; times in ms. */
export interface SyncSettings {
  /** Between two passes; null where only `sync()` reads. */
  readonly everyMs: number | null;
  /** How long ago what is read must be, for each reading, the shortest first. */
  readonly lagsMs: readonly number[];
  readonly overlapMs: number;
  /** Further addresses of ours whose texts are fetched. */
  readonly numbers: "all" | readonly string[];
  readonly assistWithinMs: number;
}

/** How long a handler may take, and how often it is tried. */
export interface HandlerSettings {
  readonly timeoutMs: number;
  readonly maxAttempts: number;
}
