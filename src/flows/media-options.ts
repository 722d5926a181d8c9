import { SmsError } from "../core/model/errors";

/** Limits for fetching the attachments of inbound messages. */
export interface MediaOptions {
  /**
   * Where Twilio's API may redirect to, for a request without credentials: `host`, `host:port`, or either with a folder that the path
   * must begin with (`host/folder/`). Given, it replaces the default: `mms.twiliocdn.com` (where accounts enforce authentication
   * on media), `s3-external-1.amazonaws.com/media.twiliocdn.com/` (where they do not) and `media.twiliocdn.com` (older media).
   * Source: Twilio help, article 223183748; public reports for the last one (read 2026-11).
   */
  readonly redirectHosts?: readonly string[];
  /** The largest attachment, in bytes. Default 16,777,216, the most of a WhatsApp message. */
  readonly maxBytes?: number;
  /** How long it may take until the last byte is read, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * The MIME types that are let through, as `type/subtype` or `type/*`. Given, it replaces {@link DEFAULT_MEDIA_TYPES}.
   * `image/*` leaves out `image/svg+xml`, which can carry scripts: it must be named.
   */
  readonly types?: readonly string[];
}

/** {@link MediaOptions}, checked and with every default filled in. */
export interface MediaSettings {
  readonly redirectHosts: readonly string[];
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly types: readonly string[];
}

/**
 * The types that are let through without an option.
 * Source: Twilio docs, "Accepted content types for media" (read 2026-11), without those that can carry scripts.
 */
export const DEFAULT_MEDIA_TYPES: readonly string[] = [
  "image/*",
  "audio/*",
  "video/*",
  "application/pdf",
  "application/ogg",
  "application/vcard",
  "text/vcard",
  "text/x-vcard",
  "text/directory",
  "text/calendar",
  "text/csv",
  "text/plain",
];

const DEFAULTS: MediaSettings = {
  redirectHosts: [
    "mms.twiliocdn.com",
    "s3-external-1.amazonaws.com/media.twiliocdn.com/",
    "media.twiliocdn.com",
  ],
  maxBytes: 16_777_216,
  timeoutMs: 30_000,
  types: DEFAULT_MEDIA_TYPES,
};

const HOST_ENTRY = /^(?=.{1,500}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[1-9]\d{0,4})?(?:\/[\w.~%-]+)*\/?$/;
const TYPE_ENTRY = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)$/;

/**
 * Checks media options and fills in their defaults.
 * @throws SmsError `config_invalid`, naming the option that is wrong.
 */
export function resolveMediaOptions(options: MediaOptions = {}): MediaSettings {
  if (typeof options !== "object" || options === null) throw invalid("", "must be an object");
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) throw invalid(name, "is no such option (misspelt?)");
  }
  const { redirectHosts, maxBytes, timeoutMs, types } = options;
  const isHost = (entry: string): boolean =>
    HOST_ENTRY.test(entry) && (entry.indexOf("/") === -1 || entry.endsWith("/"));
  if (!isListOf(redirectHosts, isHost)) {
    throw invalid("redirectHosts", "must list host names in lower case: host, host:port or host/folder/");
  }
  if (!isListOf(types, (entry) => TYPE_ENTRY.test(entry))) {
    throw invalid("types", "must list MIME types in lower case: type/subtype or type/*");
  }
  if (!isPositive(maxBytes)) throw invalid("maxBytes", "must be a whole number of at least 1");
  // The longest time that timers take.
  if (!isPositive(timeoutMs) || (timeoutMs ?? 0) > 0x7fff_ffff) {
    throw invalid("timeoutMs", "must be a whole number from 1 to 2,147,483,647");
  }
  return {
    redirectHosts: redirectHosts ?? DEFAULTS.redirectHosts,
    maxBytes: maxBytes ?? DEFAULTS.maxBytes,
    timeoutMs: timeoutMs ?? DEFAULTS.timeoutMs,
    types: types ?? DEFAULTS.types,
  };
}

function isListOf(list: readonly string[] | undefined, holds: (entry: string) => boolean): boolean {
  return (
    list === undefined ||
    (Array.isArray(list) && list.every((entry) => typeof entry === "string" && holds(entry)))
  );
}

function isPositive(value: number | undefined): boolean {
  return value === undefined || (Number.isSafeInteger(value) && value > 0);
}

function invalid(option: string, problem: string): SmsError {
  const name = option === "" ? "media" : `media.${option}`;
  return new SmsError("config_invalid", `${name} ${problem}.`, { details: { option: name } });
}
