/** The media of a message, and where Twilio's API is for its account. */
export interface MediaPlace {
  /** What the webhook gave as `MediaUrl0`, `MediaUrl1`, … */
  readonly mediaUrl: string;
  /** Where the account's API calls go: `https://api.twilio.com`, a regional host or a simulator. */
  readonly apiBaseUrl: string;
  readonly accountSid: string;
  /** The MessageSid of the webhook that brought the media. */
  readonly messageSid: string;
}

const TWILIO_API = "https://api.twilio.com";
const SID = /^[A-Z]{2}[0-9A-Za-z]{1,62}$/;
const MEDIA_SID = /^ME[0-9A-Fa-f]{32}$/;

/**
 * Whether a media URL may be fetched with the account's credentials: only where it is, letter for letter,
 * `{api}/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/ME…` of this account and this message. `{api}` is the origin of
 * `apiBaseUrl`; with a regional host of Twilio also `https://api.twilio.com`.
 *
 * The text is compared, not what a parser makes of it, so nothing that parsers read differently gets through: no userinfo, port,
 * dot segment, query, other case or stray character. What Twilio sends has none of them. Never throws.
 *
 * Source: Twilio docs, "Media subresource" (read 2026-11).
 */
export function mediaCredentialsAllowed(place: MediaPlace): boolean {
  const { mediaUrl, apiBaseUrl, accountSid, messageSid } = place;
  if (!SID.test(accountSid) || !SID.test(messageSid) || !URL.canParse(apiBaseUrl)) return false;
  const api = new URL(apiBaseUrl);
  const origins = api.hostname.endsWith(".twilio.com") ? [api.origin, TWILIO_API] : [api.origin];
  return origins.some((origin) => {
    const folder = `${origin}/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/`;
    return mediaUrl.startsWith(folder) && MEDIA_SID.test(mediaUrl.slice(folder.length));
  });
}

/** Whether a URL's host name is this machine's own: `localhost` and below, 127.0.0.0/8, `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Where redirects of media may lead. */
export interface RedirectRule {
  /** `host`, `host:port`, or either with a folder that the path must begin with: `host/folder/`. */
  readonly hosts: readonly string[];
  /** Whether plain http may be followed to a loopback host of the list, as a simulator needs it. */
  readonly allowLoopbackHttp: boolean;
}

/**
 * Whether a redirect of media may be followed, without credentials. https only, to a host of the list, on the port of the list
 * (443 where it names none), without userinfo. Host names are equal or they are not: no wildcards, no parents, no trailing dot.
 */
export function mediaRedirectAllowed(url: URL, rule: RedirectRule): boolean {
  const isSecure =
    url.protocol === "https:" ||
    (rule.allowLoopbackHttp && url.protocol === "http:" && isLoopbackHost(url.hostname));
  if (!isSecure || url.username !== "" || url.password !== "") return false;
  return rule.hosts.some((entry) => {
    const slash = entry.indexOf("/");
    if (slash === -1) return url.host === entry;
    return url.host === entry.slice(0, slash) && url.pathname.startsWith(entry.slice(slash));
  });
}

/** The most media of one message. Source: Twilio docs, "Message resource", parameter `MediaUrl` (read 2026-11). */
export const MAX_MEDIA_URLS = 10;

/** What is wrong with the media of an outbound message; `index` tells with which, from 0, and is null where it is their number. */
export type MediaUrlsCheck =
  | { readonly kind: "ok" }
  | {
      readonly kind: "refused";
      readonly reason: "too_many" | "not_a_url" | "not_https" | "has_credentials";
      readonly index: number | null;
    };

/**
 * Whether Twilio could fetch these media for an outbound message: at most ten absolute https URLs without user name and password.
 * http passes for loopback hosts, which only a simulator can fetch, and everywhere with `allowHttp`. Size and type are not
 * checked: nothing is fetched here. The first fault is told. Never throws.
 */
export function checkMediaUrls(
  urls: readonly string[],
  options: { readonly allowHttp?: boolean } = {},
): MediaUrlsCheck {
  if (urls.length > MAX_MEDIA_URLS) return { kind: "refused", reason: "too_many", index: null };
  for (const [index, text] of urls.entries()) {
    const reason = mediaUrlFault(text, options.allowHttp ?? false);
    if (reason !== null) return { kind: "refused", reason, index };
  }
  return { kind: "ok" };
}

function mediaUrlFault(
  text: string,
  allowHttp: boolean,
): "not_a_url" | "not_https" | "has_credentials" | null {
  // A parser would drop white space and control characters silently; Twilio gets the text as it is.
  if (typeof text !== "string" || /[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return "not_a_url";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "not_a_url";
  if (!/^https?:\/\/[^/]/i.test(text)) return "not_a_url";
  if (url.username !== "" || url.password !== "") return "has_credentials";
  return url.protocol === "https:" || allowHttp || isLoopbackHost(url.hostname) ? null : "not_https";
}
