import { addressOf, addressText, defaultPort } from "./url-address";
import type { UrlAddress } from "./url-address";

/** How the URL that was signed can differ from the one that was checked. */
export type UrlDifference =
  /** Another host. */
  | "other_host"
  /** Twilio called `http`, the URL that was checked says `https`. */
  | "signed_as_http"
  /** Twilio called `https`, the URL that was checked says `http`. */
  | "signed_as_https"
  /** Twilio called a port that the checked URL lacks, or another one. */
  | "signed_with_port"
  /** Twilio called no port. Tolerated by itself, so it only comes together with another difference. */
  | "signed_without_port"
  /** Another path. */
  | "other_path"
  /** The path with a slash at its end instead of without, or the other way round. */
  | "trailing_slash"
  /** Another query: parts lost, added, reordered or escaped differently. */
  | "other_query";

/** What the guesses start from. */
export interface UrlClues {
  /** The URL that was checked. */
  readonly checked: UrlAddress;
  /** Other URLs that the request may have been sent to, likeliest first. */
  readonly seen: readonly UrlAddress[];
  /** The query as configured, with its `?`, or empty. */
  readonly configuredQuery: string;
}

/** Ports that servers and tunnels listen on, where nothing tells which. */
const USUAL_PORTS = [":443", ":80", ":8443", ":8080", ":3000", ":5000", ":8000"];
/** How many pairs of a query are left out in turn. */
const MOST_PAIRS = 6;

const otherScheme = (scheme: UrlAddress["scheme"]): UrlAddress["scheme"] =>
  scheme === "https" ? "http" : "https";

const schemesOf = ({ scheme }: UrlAddress): readonly UrlAddress["scheme"][] => [scheme, otherScheme(scheme)];

function withOtherSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

/** The address with the other scheme, other slash and without its port, alone and together. */
function* nearby(address: UrlAddress): Generator<UrlAddress> {
  for (const path of [address.path, withOtherSlash(address.path)]) {
    for (const scheme of schemesOf(address)) {
      for (const port of new Set([address.port, ""])) yield { ...address, scheme, port, path };
    }
  }
}

function* defaultPorts(address: UrlAddress): Generator<UrlAddress> {
  for (const path of [address.path, withOtherSlash(address.path)]) {
    for (const scheme of schemesOf(address)) yield { ...address, scheme, port: defaultPort(scheme), path };
  }
}

const pairsOf = (query: string): readonly string[] => (query === "" ? [] : query.slice(1).split("&"));

const queryOf = (pairs: readonly string[]): string => (pairs.length === 0 ? "" : `?${pairs.join("&")}`);

/** The query as somebody on the way may have received it. */
function* otherQueries({ checked, configuredQuery }: UrlClues): Generator<string> {
  const received = pairsOf(checked.query);
  const configured = pairsOf(configuredQuery);
  yield "";
  yield configuredQuery;
  // In the configured order, with what is missing put back and what Twilio or we have added at the end.
  yield queryOf([...configured, ...received.filter((pair) => !configured.includes(pair))]);
  for (let left = 0; left < Math.min(received.length, MOST_PAIRS); left += 1) {
    yield queryOf(received.filter((_, index) => index !== left));
  }
  yield checked.query.replaceAll("%20", "+");
  yield checked.query.replaceAll("+", "%20");
  yield checked.query.replaceAll("+", "%2B");
}

/**
 * URLs that Twilio may have signed instead of the one that was checked, likeliest first, each once at most: first those that
 * need one cause, as a proxy that ends TLS, then those that take a guess. About 80 at most.
 */
export function* likelyUrls({ checked, seen }: UrlClues): Generator<string> {
  for (const address of [checked, ...seen]) for (const near of nearby(address)) yield addressText(near);
  for (const near of defaultPorts(checked)) yield addressText(near);
}

/** URLs that need a guess or two causes at once, for when {@link likelyUrls} and the content explain nothing. */
export function* unlikelyUrls(clues: UrlClues): Generator<string> {
  const { checked, seen } = clues;
  const ports = new Set([...seen.map(({ port }) => port), ...USUAL_PORTS]);
  for (const port of ports) yield addressText({ ...checked, port });
  for (const query of otherQueries(clues)) yield addressText({ ...checked, query });
  for (const { host, port, path } of seen) {
    for (const scheme of schemesOf(checked)) {
      yield addressText({ ...checked, scheme, path });
      yield addressText({ ...checked, scheme, host, port });
      yield addressText({ ...checked, scheme, host, port: "" });
    }
  }
  const { host } = checked;
  const www = host.startsWith("www.") ? host.slice("www.".length) : `www.${host}`;
  for (const scheme of schemesOf(checked)) yield addressText({ ...checked, scheme, host: www });
}

/** Without the port that the scheme means anyway. */
const ownPort = ({ scheme, port }: UrlAddress): string => (port === defaultPort(scheme) ? "" : port);

/** How two URLs differ, the weightiest difference first. Empty where they do not. */
export function urlDifferences(checked: UrlAddress, signedUrl: string): readonly UrlDifference[] {
  const signed = addressOf(signedUrl);
  if (signed === undefined) return [];
  const differences: UrlDifference[] = [];
  if (signed.host.toLowerCase() !== checked.host.toLowerCase()) differences.push("other_host");
  if (signed.scheme !== checked.scheme) {
    differences.push(signed.scheme === "http" ? "signed_as_http" : "signed_as_https");
  }
  if (ownPort(signed) !== ownPort(checked)) {
    differences.push(signed.port === "" ? "signed_without_port" : "signed_with_port");
  }
  if (signed.path !== checked.path) {
    differences.push(signed.path === withOtherSlash(checked.path) ? "trailing_slash" : "other_path");
  }
  if (signed.query !== checked.query) differences.push("other_query");
  return differences;
}
