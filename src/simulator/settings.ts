import { changeFaults } from "./faults/change-faults";
import { NO_FAULTS } from "./faults/fault-settings";
import type { FaultSettings } from "./faults/fault-settings";
import type { Message } from "./messages/message";
import type {
  AccountOptions,
  ApiKeyOptions,
  NumberConfiguration,
  NumberOptions,
  Outcome,
  SenderKind,
  ServiceConfiguration,
  ServiceOptions,
  SimulatorOptions,
} from "./options";
import { rejectUnknownKeys } from "./unknown-keys";

const DEFAULT_ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef";
const DEFAULT_AUTH_TOKEN = "f1e2d3c4b5a69788796a5b4c3d2e1f00";
const DEFAULT_STEP_MS = 300;

/** An account, every field filled in. */
export interface Account {
  readonly accountSid: string;
  readonly authToken: string;
  readonly apiKeys: readonly ApiKeyOptions[];
  readonly friendlyName: string;
  readonly type: "Full" | "Trial";
  readonly verifiedNumbers: readonly string[];
  readonly trialSegmentLimit: number | null;
  readonly credentials: "live" | "test";
}

/** A number, every field filled in. */
export interface Sender {
  readonly phoneNumber: string;
  readonly kind: SenderKind;
  readonly accountSid: string;
  readonly smsUrl: string | null;
  readonly smsMethod: "GET" | "POST";
  readonly smsFallbackUrl: string | null;
}

/** A Messaging Service, every field filled in. */
export interface Service {
  readonly sid: string;
  readonly accountSid: string;
  readonly senders: readonly string[];
  readonly inboundRequestUrl: string | null;
  readonly inboundMethod: "GET" | "POST";
  readonly fallbackUrl: string | null;
  readonly statusCallback: string | null;
  readonly useInboundWebhookOnNumber: boolean;
  readonly advancedOptOut: boolean;
}

/** The options, every field filled in. */
export interface Settings {
  readonly accounts: readonly Account[];
  readonly numbers: readonly Sender[];
  readonly services: readonly Service[];
  readonly stepMs: number;
  readonly finalStatus: (message: Message) => Outcome;
  /** Those that are set from the start. */
  readonly faults: FaultSettings;
}

const SIMULATOR_KEYS = ["accounts", "numbers", "services", "delivery", "faults", "now", "setTimer", "seed"];
const ACCOUNT_KEYS = [
  "accountSid",
  "authToken",
  "apiKeys",
  "friendlyName",
  "type",
  "verifiedNumbers",
  "trialSegmentLimit",
  "credentials",
];
const NUMBER_CONFIGURATION_KEYS = ["smsUrl", "smsMethod", "smsFallbackUrl"];
const NUMBER_KEYS = ["phoneNumber", "kind", "accountSid", ...NUMBER_CONFIGURATION_KEYS];
const SERVICE_CONFIGURATION_KEYS = [
  "inboundRequestUrl",
  "inboundMethod",
  "fallbackUrl",
  "statusCallback",
  "useInboundWebhookOnNumber",
  "advancedOptOut",
];
const SERVICE_KEYS = ["sid", "senders", "accountSid", ...SERVICE_CONFIGURATION_KEYS];
const E164 = /^\+[1-9][0-9]{6,14}$/;
const SHORT_CODE = /^[0-9]{5,6}$/;

function requireMatch(value: string, shape: RegExp, what: string): void {
  if (!shape.test(value)) throw new TypeError(`${what} is not well-formed.`);
}

function readAccount(options: AccountOptions): Account {
  rejectUnknownKeys(options, ACCOUNT_KEYS, "An account of the simulator");
  const accountSid = options.accountSid ?? DEFAULT_ACCOUNT_SID;
  requireMatch(accountSid, /^AC[0-9a-f]{32}$/, "accountSid (AC and 32 hexadecimal digits)");
  if (options.authToken === "") throw new TypeError("authToken is empty.");
  for (const key of options.apiKeys ?? []) {
    rejectUnknownKeys(key, ["sid", "secret"], "An API key of the simulator");
    requireMatch(key.sid, /^SK[0-9a-f]{32}$/, "The sid of an API key (SK and 32 hexadecimal digits)");
  }
  return {
    accountSid,
    authToken: options.authToken ?? DEFAULT_AUTH_TOKEN,
    apiKeys: options.apiKeys ?? [],
    friendlyName: options.friendlyName ?? "Simulated account",
    type: options.type ?? "Full",
    verifiedNumbers: options.verifiedNumbers ?? [],
    trialSegmentLimit: options.trialSegmentLimit ?? null,
    credentials: options.credentials ?? "live",
  };
}

/** Null takes a URL away; a member that is missing leaves it as it is. */
function changed(change: string | null | undefined, current: string | null): string | null {
  return change === undefined ? current : change;
}

/** Applies a change to a number. @throws TypeError on an unknown key. */
export function configureSender(sender: Sender, change: NumberConfiguration): Sender {
  rejectUnknownKeys(change, NUMBER_CONFIGURATION_KEYS, "A number of the simulator");
  return {
    ...sender,
    smsUrl: changed(change.smsUrl, sender.smsUrl),
    smsMethod: change.smsMethod ?? sender.smsMethod,
    smsFallbackUrl: changed(change.smsFallbackUrl, sender.smsFallbackUrl),
  };
}

/** Applies a change to a Messaging Service. @throws TypeError on an unknown key. */
export function configureService(service: Service, change: ServiceConfiguration): Service {
  rejectUnknownKeys(change, SERVICE_CONFIGURATION_KEYS, "A Messaging Service of the simulator");
  return {
    ...service,
    inboundRequestUrl: changed(change.inboundRequestUrl, service.inboundRequestUrl),
    inboundMethod: change.inboundMethod ?? service.inboundMethod,
    fallbackUrl: changed(change.fallbackUrl, service.fallbackUrl),
    statusCallback: changed(change.statusCallback, service.statusCallback),
    useInboundWebhookOnNumber: change.useInboundWebhookOnNumber ?? service.useInboundWebhookOnNumber,
    advancedOptOut: change.advancedOptOut ?? service.advancedOptOut,
  };
}

function readNumber(options: NumberOptions, firstAccountSid: string): Sender {
  rejectUnknownKeys(options, NUMBER_KEYS, "A number of the simulator");
  const kind = options.kind ?? "long-code";
  requireMatch(options.phoneNumber, kind === "short-code" ? SHORT_CODE : E164, `phoneNumber of a ${kind}`);
  return {
    phoneNumber: options.phoneNumber,
    kind,
    accountSid: options.accountSid ?? firstAccountSid,
    smsUrl: options.smsUrl ?? null,
    smsMethod: options.smsMethod ?? "POST",
    smsFallbackUrl: options.smsFallbackUrl ?? null,
  };
}

function readService(options: ServiceOptions, firstAccountSid: string): Service {
  rejectUnknownKeys(options, SERVICE_KEYS, "A Messaging Service of the simulator");
  requireMatch(
    options.sid,
    /^MG[0-9a-f]{32}$/,
    "The sid of a Messaging Service (MG and 32 hexadecimal digits)",
  );
  return {
    sid: options.sid,
    accountSid: options.accountSid ?? firstAccountSid,
    senders: options.senders,
    inboundRequestUrl: options.inboundRequestUrl ?? null,
    inboundMethod: options.inboundMethod ?? "POST",
    fallbackUrl: options.fallbackUrl ?? null,
    statusCallback: options.statusCallback ?? null,
    useInboundWebhookOnNumber: options.useInboundWebhookOnNumber ?? false,
    advancedOptOut: options.advancedOptOut ?? false,
  };
}

function rejectDuplicates(values: readonly string[], what: string): void {
  if (new Set(values).size !== values.length) throw new TypeError(`${what} appears twice.`);
}

function checkReferences(settings: Settings): void {
  const { accounts, numbers, services } = settings;
  rejectDuplicates(
    accounts.map((account) => account.accountSid),
    "An accountSid",
  );
  rejectDuplicates(
    numbers.map((number) => number.phoneNumber),
    "A phoneNumber",
  );
  rejectDuplicates(
    services.map((service) => service.sid),
    "A Messaging Service",
  );
  // Twilio refuses to add a number to a second service (error 21712).
  rejectDuplicates(
    services.flatMap((service) => service.senders),
    "A sender of a Messaging Service",
  );
  for (const owned of [...numbers, ...services]) {
    const known = accounts.some((account) => account.accountSid === owned.accountSid);
    if (!known)
      throw new TypeError("A number or Messaging Service belongs to an account that is not configured.");
  }
  for (const service of services) {
    for (const phoneNumber of service.senders) {
      const sender = numbers.find((number) => number.phoneNumber === phoneNumber);
      if (sender?.accountSid !== service.accountSid) {
        throw new TypeError("A sender of a Messaging Service is not a number of its account.");
      }
    }
  }
}

/**
 * Fills in defaults and rejects what cannot work.
 * @throws TypeError on an unknown key, a malformed or duplicate identifier, or a reference to nothing.
 */
export function readOptions(options: SimulatorOptions): Settings {
  rejectUnknownKeys(options, SIMULATOR_KEYS, "createSimulator");
  rejectUnknownKeys(options.delivery ?? {}, ["stepMs", "finalStatus"], "delivery");
  const accounts = (options.accounts ?? [{}]).map(readAccount);
  const first = accounts[0];
  if (first === undefined) throw new TypeError("The simulator needs at least one account.");
  const stepMs = options.delivery?.stepMs ?? DEFAULT_STEP_MS;
  if (!(Number.isFinite(stepMs) && stepMs >= 0))
    throw new TypeError("delivery.stepMs is not a number of milliseconds.");
  const settings: Settings = {
    accounts,
    numbers: (options.numbers ?? [{ phoneNumber: "+15551234567" }]).map((number) =>
      readNumber(number, first.accountSid),
    ),
    services: (options.services ?? []).map((service) => readService(service, first.accountSid)),
    stepMs,
    finalStatus: options.delivery?.finalStatus ?? (() => "delivered"),
    faults: changeFaults(NO_FAULTS, options.faults ?? {}),
  };
  checkReferences(settings);
  return settings;
}
