/** What a failed try must look like for a retry. */
export type RetryPolicy = "ct" | "rt" | "4xx" | "5xx" | "all";

/**
 * How Twilio connects, as the URL's fragment may change it.
 * Source: Twilio docs, "Webhooks connection overrides" (read 2026-11).
 */
export interface ConnectionOverrides {
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** For all tries together. */
  readonly totalTimeoutMs: number;
  /** Tries after the first. */
  readonly retryCount: number;
  readonly retryPolicies: readonly RetryPolicy[];
}

/** A webhook address taken apart into what is requested, what is said in headers, and what is neither. */
export type WebhookAddress =
  | {
      readonly kind: "address";
      /** What is requested, byte for byte what is signed: no credentials, no fragment. */
      readonly url: string;
      /** The Basic credentials of the address, as a header value. */
      readonly authorization: string | null;
      readonly overrides: ConnectionOverrides;
      /** Error 11243: the retry policy is not one; the default is in force. */
      readonly hasInvalidRetryPolicy: boolean;
    }
  | { readonly kind: "malformed" };

const DEFAULT_OVERRIDES: ConnectionOverrides = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 15_000,
  retryCount: 1,
  retryPolicies: ["ct"],
};

const RETRY_POLICIES: readonly string[] = ["ct", "rt", "4xx", "5xx", "all"];

function isRetryPolicy(value: string): value is RetryPolicy {
  return RETRY_POLICIES.includes(value);
}

function inRange(
  value: string | null,
  range: readonly [least: number, most: number],
  fallback: number,
): number {
  if (value === null || !/^[0-9]{1,6}$/.test(value)) return fallback;
  const number = Number(value);
  return number >= range[0] && number <= range[1] ? number : fallback;
}

function readOverrides(fragment: string): { overrides: ConnectionOverrides; hasInvalidRetryPolicy: boolean } {
  const fields = new URLSearchParams(fragment);
  const policies = fields.get("rp")?.split(",") ?? DEFAULT_OVERRIDES.retryPolicies;
  const valid = policies.filter(isRetryPolicy);
  return {
    overrides: {
      connectTimeoutMs: inRange(fields.get("ct"), [100, 10_000], DEFAULT_OVERRIDES.connectTimeoutMs),
      readTimeoutMs: inRange(fields.get("rt"), [100, 15_000], DEFAULT_OVERRIDES.readTimeoutMs),
      totalTimeoutMs: inRange(fields.get("tt"), [100, 15_000], DEFAULT_OVERRIDES.totalTimeoutMs),
      retryCount: inRange(fields.get("rc"), [0, 5], DEFAULT_OVERRIDES.retryCount),
      retryPolicies: valid.length > 0 ? valid : DEFAULT_OVERRIDES.retryPolicies,
    },
    hasInvalidRetryPolicy: valid.length !== policies.length,
  };
}

/** Characters that may not stand in a request line are escaped; everything else stays as configured. */
function requestable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\x21-\x7e]|["<>`{}|\\^]/gu, (character) => encodeURIComponent(character));
}

function basicAuthorization(url: URL): string | null {
  if (url.username === "" && url.password === "") return null;
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`;
}

/**
 * Takes a configured webhook address apart. The address is requested as it is written: a normalised one would no longer
 * be what the host configured, and the signature covers exactly what is requested.
 */
export function parseWebhookUrl(configured: string): WebhookAddress {
  const hash = configured.indexOf("#");
  const withoutFragment = hash === -1 ? configured : configured.slice(0, hash);
  const fragment = hash === -1 ? "" : configured.slice(hash + 1);
  const parts = /^(https?:\/\/)([^/?#]*)(.*)$/is.exec(withoutFragment);
  if (parts === null || !URL.canParse(withoutFragment)) return { kind: "malformed" };
  const [, scheme = "", authority = "", rest = ""] = parts;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  let authorization: string | null;
  try {
    authorization = basicAuthorization(new URL(withoutFragment));
  } catch {
    // A stray percent sign in the credentials: they cannot be decoded, so they cannot be sent.
    return { kind: "malformed" };
  }
  return {
    kind: "address",
    url: scheme + host + requestable(rest),
    authorization,
    ...readOverrides(fragment),
  };
}

/** The address with fields added to its query, as a GET webhook has them. */
export function withQuery(url: string, fields: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(fields).toString();
  if (query === "") return url;
  return url + (url.includes("?") ? "&" : "?") + query;
}

/** Whether Twilio takes the address for status callbacks: HTTP, and a host name without underscores. */
export function isCallbackUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    (url.protocol === "http:" || url.protocol === "https:") &&
    url.hostname !== "" &&
    !url.hostname.includes("_")
  );
}
