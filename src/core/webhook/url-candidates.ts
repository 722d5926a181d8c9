import { parseForm } from "./form";

/** A URL in pieces that give it back when they are joined. Nothing in them is normalised. */
interface UrlParts {
  /** With the slashes: `https://`. */
  readonly scheme: string;
  /** With the `@`, or empty. */
  readonly userinfo: string;
  readonly host: string;
  /** With the colon, or empty. */
  readonly port: string;
  /** Path, query and fragment, untouched. */
  readonly rest: string;
}

/** Takes a URL apart without normalising it: the signature covers the characters that Twilio used, not their meaning. */
function splitUrl(url: string): UrlParts | undefined {
  const match = /^(https?:\/\/)([^/?#]*)/i.exec(url);
  if (match === null) return undefined;
  const [prefix, scheme = "", authority = ""] = match;
  const userinfoEnd = authority.lastIndexOf("@") + 1;
  const hostAndPort = authority.slice(userinfoEnd);
  // In an IPv6 literal only a colon after the bracket starts the port.
  const colon = hostAndPort.indexOf(":", hostAndPort.lastIndexOf("]") + 1);
  const hostEnd = colon === -1 ? hostAndPort.length : colon;
  return {
    scheme,
    userinfo: authority.slice(0, userinfoEnd),
    host: hostAndPort.slice(0, hostEnd),
    port: hostAndPort.slice(hostEnd),
    rest: url.slice(prefix.length),
  };
}

const withoutFragment = (text: string): string => {
  const hash = text.indexOf("#");
  return hash === -1 ? text : text.slice(0, hash);
};

/** Whether this is an absolute `http:` or `https:` URL, as far as its beginning shows. */
export function isHttpUrl(url: string): boolean {
  return /^https?:\/\/[^/?#]/i.test(url);
}

/**
 * A URL as Twilio requests it: without user and password, which it sends as a header, and without the fragment, where
 * connection overrides stand. Nothing else changes; a port stays. Text that is no http(s) URL comes back as it is.
 *
 * Source: Twilio docs, "Webhooks security" and "Webhooks connection overrides" (read 2026-11).
 */
export function requestedUrl(url: string): string {
  if (!url.includes("@") && !url.includes("#")) return url;
  const parts = splitUrl(url);
  if (parts === undefined) return url;
  return parts.scheme + parts.host + parts.port + withoutFragment(parts.rest);
}

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

/**
 * The URL with its query written as Node's legacy `querystring` module would write it (`+` becomes `%20`, `[` becomes `%5B`,
 * a bare name gets its `=`, repeated names are grouped), because some of Twilio's back ends sign that form.
 *
 * Source: twilio-node 6.2, `lib/webhooks/webhooks.js`; Node.js documentation, "Query string" (read 2026-11).
 */
export function withLegacyQuery(url: string): string {
  const start = url.indexOf("?");
  if (start === -1 || start === url.length - 1) return url;
  // An object rather than a map, because the legacy module moves number-like names to the front, as objects do.
  const groups: Record<string, string[]> = Object.create(null) as Record<string, string[]>; // typed as any by the library
  // The "&" keeps a "?" at the beginning in the name.
  for (const [name, value] of parseForm(`&${url.slice(start + 1)}`)) (groups[name] ??= []).push(value);
  const encode = (text: string): string => encodeURIComponent(wellFormed(text));
  const query = Object.keys(groups).flatMap((name) =>
    (groups[name] ?? []).map((value) => `${encode(name)}=${encode(value)}`),
  );
  return `${url.slice(0, start)}?${query.join("&")}`;
}

/** The URL with the given port, without any, and with the default port of its scheme: Twilio's back ends differ in this. */
function portVariants(url: string): readonly string[] {
  const parts = splitUrl(url);
  if (parts === undefined) return [url];
  const { scheme, userinfo, host, port, rest } = parts;
  const origin = scheme + userinfo + host;
  if (port !== "") return [url, origin + rest];
  return [url, origin + (scheme.toLowerCase() === "https://" ? ":443" : ":80") + rest];
}

/** The URL as it was given, in the two forms that differ where user, password or fragment stand in it. */
const givenForms = (url: string): readonly string[] => {
  const requested = requestedUrl(url);
  return requested === url ? [url] : [requested, url];
};

function normalised(url: string): string | undefined {
  try {
    return new URL(url).toString();
  } catch {
    return undefined;
  }
}

/**
 * URLs that normalising and re-encoding give back as they are, apart from the port: nothing escaped or to be escaped, no dot
 * segments, no numeric host, one name and value in the query at most. Nearly all are, and seeing it here is ten times cheaper.
 */
const PLAIN_URL =
  /^https?:\/\/(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?::[1-9]\d*)?\/(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?(?:\?[A-Za-z_][\w.~-]*=[\w.~-]*)?$/;

/** The forms of a URL that differ from {@link requestedUrl} by user, password, fragment and default port only. */
export function similarUrls(url: string): readonly string[] {
  return givenForms(url).flatMap(portVariants).slice(1);
}

/** The forms that some back ends sign besides: normalised, and with the query re-encoded. No form twice. */
export function reencodedUrls(url: string): readonly string[] {
  if (PLAIN_URL.test(url)) return [];
  const candidates = new Set<string>();
  for (const form of givenForms(url)) {
    const standard = normalised(form);
    if (standard === undefined) continue;
    for (const changed of [standard, withLegacyQuery(standard), withLegacyQuery(form)]) {
      for (const variant of portVariants(changed)) candidates.add(variant);
    }
  }
  for (const known of [requestedUrl(url), ...similarUrls(url)]) candidates.delete(known);
  return [...candidates];
}
