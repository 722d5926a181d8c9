/** Where a request went, in the pieces by which two URLs of one webhook can differ. */
export interface UrlAddress {
  readonly scheme: "http" | "https";
  readonly host: string;
  /** With the colon, or empty. */
  readonly port: string;
  readonly path: string;
  /** With the `?`, or empty. */
  readonly query: string;
}

/** The pieces of a URL as Twilio requests it: no user, password or fragment. `undefined` for text that is no http(s) URL. */
export function addressOf(url: string): UrlAddress | undefined {
  // Written out rather than taken from the check: this file is loaded when something is wrong, the check always.
  const match = /^(https?):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(url);
  const [, scheme = "", authority = "", path = "", query = ""] = match ?? [];
  const hostAndPort = authority.slice(authority.lastIndexOf("@") + 1);
  // In an IPv6 literal only a colon after the bracket starts the port.
  const colon = hostAndPort.indexOf(":", hostAndPort.lastIndexOf("]") + 1);
  const hostEnd = colon === -1 ? hostAndPort.length : colon;
  if (hostEnd === 0) return undefined;
  return {
    scheme: scheme.toLowerCase() === "https" ? "https" : "http",
    host: hostAndPort.slice(0, hostEnd),
    port: hostAndPort.slice(hostEnd),
    path,
    query,
  };
}

/** The URL that the pieces make. */
export function addressText({ scheme, host, port, path, query }: UrlAddress): string {
  return `${scheme}://${host}${port}${path}${query}`;
}

/** The port that a scheme means when a URL names none, with the colon. */
export function defaultPort(scheme: UrlAddress["scheme"]): string {
  return scheme === "https" ? ":443" : ":80";
}
