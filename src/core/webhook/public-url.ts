import { requestedUrl } from "./url-candidates";

/** What {@link signedUrlCandidates} needs to know. */
export interface PublicUrlParts {
  /** The webhook URL as configured at Twilio, possibly with a query and connection overrides (`#rc=2`). */
  readonly webhookUrl: string;
  /** The URL of the incoming request as the server saw it: absolute, or path and query. Only its query is used. */
  readonly requestUrl: string;
}

const withoutFragment = (url: string): string => {
  const hash = url.indexOf("#");
  return hash === -1 ? url : url.slice(0, hash);
};

/** The query with its `?`, untouched; `null` when there is none, which is not the same as an empty one. */
function splitQuery(url: string): { readonly base: string; readonly query: string | null } {
  const plain = withoutFragment(url);
  const mark = plain.indexOf("?");
  return mark === -1
    ? { base: plain, query: null }
    : { base: plain.slice(0, mark), query: plain.slice(mark + 1) };
}

/** One form for pairs that mean the same but are escaped differently. The "&" keeps a leading "?" in the name. */
const canonicalPair = (pair: string): string => new URLSearchParams(`&${pair}`).toString();

/** What follows in `query` after the pairs of `prefix`, with its `&`, or `null` when they do not stand at its beginning. */
function restAfter(query: string, prefix: string): string | null {
  const pairs = query.split("&");
  const expected = prefix.split("&");
  if (pairs.length < expected.length) return null;
  const same = expected.every((pair, index) => canonicalPair(pair) === canonicalPair(pairs[index] ?? ""));
  if (!same) return null;
  const rest = pairs.slice(expected.length);
  return rest.length === 0 ? "" : `&${rest.join("&")}`;
}

/**
 * The URLs that Twilio may have signed for a request, likeliest first, for `verifySignature`.
 *
 * Scheme, host and path come from `webhookUrl`, never from the request: behind a proxy the request does not know them, and a
 * caller could invent them. The query is the request's own, since Twilio adds to it (`bodySHA256`) and so do we. Where the
 * configured query is at its beginning but a server or framework has escaped it differently, a second URL has it as configured.
 * A request that lacks the configured query does not get it back: what was verified must be what was received.
 */
export function signedUrlCandidates(parts: PublicUrlParts): readonly string[] {
  const { base, query: configured } = splitQuery(requestedUrl(parts.webhookUrl));
  const { query: received } = splitQuery(parts.requestUrl);
  if (received === null) return [base];
  const asReceived = `${base}?${received}`;
  if (configured === null || configured === "") return [asReceived];
  const rest = restAfter(received, configured);
  const asConfigured = rest === null ? asReceived : `${base}?${configured}${rest}`;
  return asConfigured === asReceived ? [asReceived] : [asReceived, asConfigured];
}

/** Reads a request header by its lower-case name. */
export type HeaderReader = (name: string) => string | null | undefined;

const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

function firstOf(value: string | null | undefined): string | undefined {
  const first = value?.split(",", 1)[0]?.trim();
  return first === "" ? undefined : first;
}

function splitRequest(requestUrl: string): {
  readonly scheme?: string;
  readonly host?: string;
  readonly path: string;
} {
  const [prefix, scheme, host] = /^(https?):\/\/([^/?#]*)/i.exec(requestUrl) ?? [];
  if (prefix === undefined || scheme === undefined || host === undefined) return { path: requestUrl };
  return { scheme: scheme.toLowerCase(), host, path: requestUrl.slice(prefix.length) };
}

/**
 * The public URL as the proxies in front of us tell it: `X-Forwarded-Proto` and `X-Forwarded-Host` (first value each), else the
 * `Host` header, else what the request's own URL says. `null` where no scheme or host can be told, or one is malformed.
 *
 * Only for hosts that opt in, behind a proxy that sets these headers: anybody else can set them too. The signature still
 * protects against forgery, since a caller would need the token to sign for the invented URL; but a genuine request to another
 * URL of the same account could be replayed to this one.
 */
export function forwardedUrl(header: HeaderReader, requestUrl: string): string | null {
  const request = splitRequest(withoutFragment(requestUrl));
  const scheme = firstOf(header("x-forwarded-proto"))?.toLowerCase() ?? request.scheme;
  const host = firstOf(header("x-forwarded-host")) ?? firstOf(header("host")) ?? request.host;
  if (scheme !== "https" && scheme !== "http") return null;
  if (host === undefined || !HOST.test(host)) return null;
  const { path } = request;
  return `${scheme}://${host}${path === "" || path.startsWith("/") || path.startsWith("?") ? path : `/${path}`}`;
}
