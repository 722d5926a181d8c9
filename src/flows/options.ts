import * as z from "zod/mini";
import { classifyReply } from "../core/consent/classify-reply";
import type { ClassifyOptions } from "../core/consent/classify-reply";
import { parseSender } from "../core/model/address";
import { SmsError } from "../core/model/errors";
import { areConnectionOverrides, withConnectionOverrides } from "../core/webhook/connection-overrides";
import { createConsentNames } from "./consent-ids";
import { resolveHandlers } from "./handle-options";
import type { AccountOptions, ConsentPolicyOptions, SmsOptions } from "./sms-options";
import type { Account, ConsentSettings, Settings } from "./settings";
import { resolveSync, SyncShape } from "./sync-options";
import { resolveTiming } from "./timing";

const positive = z.number().check(z.int(), z.positive());
const fn = z.custom<unknown>((value) => typeof value === "function", "must be a function");
const secret = z.string().check(z.minLength(32, "must be a secret of at least 32 characters"));
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
  trial: z.optional(z.boolean()),
});

const OptionsShape = z.strictObject({
  account: z.union([fn, z.looseObject({})], "must be an account or a function that finds one"),
  webhookUrl: z.url({ protocol: /^https?$/, error: "must be the public http(s) URL that Twilio calls" }),
  storage: z.optional(withMethods("read", "commit", "list", "close")),
  consent: z.optional(
    z.strictObject({
      scope: z.optional(z.enum(["account", "sender", "messaging-service"])),
      maybeStop: z.optional(z.enum(["ask", "opt-out", "ignore"])),
      optOutErrors: z.optional(z.array(positive)),
      languages: z.optional(z.array(z.looseObject({ tag: z.string() }))),
      keywords: z.optional(
        z.strictObject({
          stop: z.optional(z.array(z.string())),
          start: z.optional(z.array(z.string())),
          help: z.optional(z.array(z.string())),
        }),
      ),
      keywordAnswers: z.optional(
        z.strictObject({
          programme: z.string().check(z.minLength(1)),
          contact: z.string().check(z.minLength(1)),
          senders: z.optional(z.array(z.string())),
          stop: z.optional(z.string().check(z.minLength(1))),
          help: z.optional(z.string().check(z.minLength(1))),
          start: z.optional(z.string().check(z.minLength(1))),
        }),
      ),
    }),
  ),
  erasure: z.optional(z.strictObject({ key: z.union([secret, z.array(secret).check(z.minLength(1))]) })),
  media: z.optional(z.looseObject({})),
  assistant: z.optional(
    z.strictObject({
      use: withMethods("answer"),
      mode: z.optional(z.enum(["draft", "auto", "off"])),
      maxSegments: z.optional(positive),
      timeoutMs: z.optional(positive),
      historyMessages: z.optional(positive),
    }),
  ),
  sync: z.optional(SyncShape),
  handlers: z.optional(
    z.strictObject({ timeoutMs: z.optional(positive), maxAttempts: z.optional(positive) }),
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
  maxPendingWebhooks: z.optional(positive),
  webhookTimeoutMs: z.optional(positive),
  connectionOverrides: z.optional(
    z
      .string()
      .check(z.refine(areConnectionOverrides, "must be connection overrides (such as rc=5&rp=ct,rt,5xx)")),
  ),
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
  const timeoutMs = assistant?.timeoutMs ?? Math.min(30_000, timing.leaseMs - timing.fenceMs);
  if (assistant !== undefined && timeoutMs > timing.leaseMs - timing.fenceMs) {
    throw invalid("assistant.timeoutMs", "must be at most timing.leaseMs - timing.fenceMs");
  }
  const fixed = typeof account === "function" ? null : resolveAccount(account);
  return {
    webhookUrl,
    trustForwardedHeaders: options.trustForwardedHeaders ?? false,
    maxBodyBytes: options.maxBodyBytes ?? 131_072,
    maxPendingWebhooks: options.maxPendingWebhooks ?? 500,
    webhookTimeoutMs: options.webhookTimeoutMs ?? 10_000,
    callbackUrl: withConnectionOverrides(webhookUrl, options.connectionOverrides),
    timing,
    concurrency: options.worker?.concurrency ?? 32,
    pollMs: options.worker?.pollMs ?? 1_000,
    consent: resolveConsent(options.consent ?? {}, [options.erasure?.key ?? []].flat()),
    assistant:
      assistant === undefined
        ? null
        : {
            use: assistant.use,
            maxSegments: assistant.maxSegments ?? 2,
            timeoutMs,
            historyMessages: assistant.historyMessages ?? 20,
          },
    sync: resolveSync(options.sync),
    handlers: resolveHandlers(options.handlers ?? {}, timing),
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

function resolveConsent(options: ConsentPolicyOptions, erasureKeys: readonly string[]): ConsentSettings {
  const answers = options.keywordAnswers;
  const reading: Pick<ClassifyOptions, "languages" | "keywords"> = {
    languages: options.languages ?? [],
    ...(options.keywords === undefined ? {} : { keywords: options.keywords }),
  };
  checkReading(reading);
  return {
    scope: options.scope ?? "account",
    maybeStop: options.maybeStop ?? "ask",
    reading,
    // A contact whom Twilio refuses to text has opted out, whatever the host thinks of it.
    optOutErrors: [...new Set([21610, ...(options.optOutErrors ?? [63014, 63033])])],
    keywordAnswers:
      answers === undefined
        ? null
        : {
            programme: answers.programme,
            contact: answers.contact,
            senders: answers.senders ?? [],
            stop: answers.stop ?? null,
            help: answers.help ?? null,
            start: answers.start ?? null,
          },
    idsOf: createConsentNames([...new Set(erasureKeys)]),
    canErase: erasureKeys.length > 0,
  };
}

/** Tables and keywords are compiled at their first use: better at the door than with the first customer. */
function checkReading(reading: Pick<ClassifyOptions, "languages" | "keywords">): void {
  try {
    classifyReply("ready", reading);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw invalid("consent.keywords", `or consent.languages cannot be read: ${problem}`);
  }
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
    trial: options.trial ?? false,
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
