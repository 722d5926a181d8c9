import * as z from "zod/mini";
import { parseSender } from "../core/model/address";
import type { AssistantMode } from "../core/model/conversation";
import { SmsError } from "../core/model/errors";
import type { Assistant } from "../ports/assistant";
import type { Logger, Runtime } from "../ports/runtime";
import type { Storage } from "../ports/storage";
import type { Account, Settings } from "./settings";
import { resolveTiming } from "./timing";
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
}

/** Finds the account for an AccountSid, for hosts that serve many; null for one that is not theirs. */
export type AccountResolver = (accountSid: string) => AccountOptions | null | Promise<AccountOptions | null>;

/** The assistant and its limits. */
export interface AssistantOptions {
  /** What writes the answers. */
  readonly use: Assistant;
  /** What becomes of answers, where a conversation has no mode of its own. Default `draft`. */
  readonly mode?: AssistantMode;
  /** The longest answer, in SMS segments. Default 2. */
  readonly maxSegments?: number;
  /** How long it may think, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** How many of the last messages it is shown. Default 20. */
  readonly historyMessages?: number;
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
  /** Drafts or sends answers. Default: none. */
  readonly assistant?: AssistantOptions;
  /** Times in ms; see {@link Timing}. */
  readonly timing?: Partial<Timing>;
  /** Background tasks: `concurrency` at once (default 32), `pollMs` between looks for overdue ones (default 1,000). */
  readonly worker?: { readonly concurrency?: number; readonly pollMs?: number };
  /** The largest webhook body that is read, in bytes. Default 131,072; Twilio's are far smaller. */
  readonly maxBodyBytes?: number;
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

const positive = z.number().check(z.int(), z.positive());
const fn = z.custom<unknown>((value) => typeof value === "function", "must be a function");
const withMethods = (...names: readonly string[]): z.ZodMiniType =>
  z.custom<unknown>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      names.every((name) => typeof Reflect.get(value, name) === "function"),
    `must have the methods ${names.join(", ")}`,
  );

const AccountShape = z.strictObject({
  accountSid: z.string().check(z.regex(/^AC[0-9A-Za-z]+$/, "must be an AccountSid (AC…)")),
  authToken: z.union([
    z.string().check(z.minLength(1)),
    z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  ]),
  apiKeySid: z.optional(z.string().check(z.regex(/^SK[0-9A-Za-z]+$/, "must be an API key sid (SK…)"))),
  apiKeySecret: z.optional(z.string().check(z.minLength(1))),
  from: z.optional(
    z
      .string()
      .check(
        z.refine(
          (value) => parseSender(value) !== null,
          "must be a number in E.164 form (+15551234567), a short code or a sender id",
        ),
      ),
  ),
  messagingServiceSid: z.optional(
    z.string().check(z.regex(/^MG[0-9a-f]{32}$/, "must be a Messaging Service sid (MG and 32 digits)")),
  ),
  apiBaseUrl: z.optional(z.url({ protocol: /^https?$/, error: "must be an http(s) URL" })),
});

const OptionsShape = z.strictObject({
  account: z.union([fn, z.looseObject({})], "must be an account or a function that finds one"),
  webhookUrl: z.url({ protocol: /^https?$/, error: "must be the public http(s) URL that Twilio calls" }),
  storage: z.optional(withMethods("read", "commit", "list", "close")),
  assistant: z.optional(
    z.strictObject({
      use: withMethods("answer"),
      mode: z.optional(z.enum(["draft", "auto", "off"])),
      maxSegments: z.optional(positive),
      timeoutMs: z.optional(positive),
      historyMessages: z.optional(positive),
    }),
  ),
  timing: z.optional(
    z.strictObject({
      requestTimeoutMs: z.optional(positive),
      leaseMs: z.optional(positive),
      absenceMs: z.optional(positive),
      graceMs: z.optional(positive),
      fenceMs: z.optional(positive),
    }),
  ),
  worker: z.optional(z.strictObject({ concurrency: z.optional(positive), pollMs: z.optional(positive) })),
  maxBodyBytes: z.optional(positive),
  trustForwardedHeaders: z.optional(z.boolean()),
  logger: z.optional(withMethods("debug", "info", "warn", "error")),
  runtime: z.optional(
    z.strictObject({
      now: z.optional(fn),
      setTimer: z.optional(fn),
      random: z.optional(fn),
      newId: z.optional(fn),
      hash: z.optional(fn),
    }),
  ),
  fetch: z.optional(fn),
});

/**
 * Checks the options of `createSms` and fills in their defaults.
 * @throws SmsError `config_invalid`, naming every option that is wrong. Values are not repeated: some are secrets.
 */
export function resolveOptions(options: SmsOptions): Settings {
  check(OptionsShape, options, "createSms");
  const { account, webhookUrl } = options;
  if (new URL(webhookUrl).hostname.includes("_")) {
    // Source: Twilio docs, "Message resource", parameter `StatusCallback` (read 2026-11).
    throw invalid("webhookUrl", "Twilio calls no host name with an underscore; use another name");
  }
  const timing = resolveTiming(options.timing ?? {});
  const assistant = options.assistant;
  const timeoutMs = assistant?.timeoutMs ?? 30_000;
  if (assistant !== undefined && timeoutMs > timing.leaseMs - timing.fenceMs) {
    throw invalid("assistant.timeoutMs", "must be at most timing.leaseMs - timing.fenceMs");
  }
  const fixed = typeof account === "function" ? null : resolveAccount(account);
  return {
    webhookUrl,
    trustForwardedHeaders: options.trustForwardedHeaders ?? false,
    maxBodyBytes: options.maxBodyBytes ?? 131_072,
    timing,
    concurrency: options.worker?.concurrency ?? 32,
    pollMs: options.worker?.pollMs ?? 1_000,
    assistant:
      assistant === undefined
        ? null
        : {
            use: assistant.use,
            maxSegments: assistant.maxSegments ?? 2,
            timeoutMs,
            historyMessages: assistant.historyMessages ?? 20,
          },
    instanceMode: assistant === undefined ? null : (assistant.mode ?? "draft"),
    defaultAccountSid: fixed?.accountSid ?? null,
    async accountOf(accountSid) {
      if (typeof account !== "function") return fixed?.accountSid === accountSid ? fixed : null;
      const found = await account(accountSid);
      if (found === null) return null;
      const resolved = resolveAccount(found);
      return resolved.accountSid === accountSid ? resolved : null;
    },
  };
}

function resolveAccount(options: AccountOptions): Account {
  check(AccountShape, options, "account");
  const { accountSid, apiKeySid, apiKeySecret, from, messagingServiceSid } = options;
  if ((apiKeySid === undefined) !== (apiKeySecret === undefined)) {
    throw invalid("account.apiKeySid", "and account.apiKeySecret go together");
  }
  if (from !== undefined && messagingServiceSid !== undefined) {
    throw invalid(
      "account.from",
      "and account.messagingServiceSid exclude each other: give the one that sends",
    );
  }
  if (from === undefined && messagingServiceSid === undefined) {
    throw invalid("account.from", "or account.messagingServiceSid is missing: one of them says what sends");
  }
  const authTokens = typeof options.authToken === "string" ? [options.authToken] : [...options.authToken];
  return {
    accountSid,
    authTokens,
    credentials: {
      accountSid,
      username: apiKeySid ?? accountSid,
      password: apiKeySecret ?? authTokens[0] ?? "",
      apiBaseUrl: (options.apiBaseUrl ?? "https://api.twilio.com").replace(/\/+$/, ""),
    },
    sender: from ?? messagingServiceSid ?? null,
  };
}

function check(shape: z.ZodMiniType, value: unknown, where: string): void {
  const result = shape.safeParse(value);
  if (result.success) return;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      const names = issue.keys.map((key) => (path === "" ? key : `${path}.${key}`)).join(", ");
      return `${names}: no such option (misspelt?)`;
    }
    return `${path === "" ? where : path}: ${issue.message}`;
  });
  throw new SmsError(
    "config_invalid",
    `${where} was given options that do not fit: ${problems.join("; ")}.`,
    {
      details: { problems },
    },
  );
}

function invalid(option: string, problem: string): SmsError {
  return new SmsError("config_invalid", `${option} ${problem}.`, { details: { option } });
}
