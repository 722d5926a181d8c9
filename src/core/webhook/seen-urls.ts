import { forwardedUrl } from "./public-url";
import type { HeaderReader } from "./public-url";
import { addressOf, addressText } from "./url-address";

/** Headers in which proxies keep the path that they were asked for: nginx, Traefik and IIS by convention. */
const PATH_HEADERS = ["x-forwarded-uri", "x-original-uri", "x-original-url", "x-rewrite-url"];
/** URLs that come out of headers are for guessing only; longer ones are nobody's webhook. */
const MOST_CHARACTERS = 2_048;

function withPath(url: string, path: string): string | null {
  const address = addressOf(url);
  if (address === undefined) return null;
  const [plain = ""] = path.split("#", 1);
  const mark = plain.indexOf("?");
  return mark === -1
    ? addressText({ ...address, path: plain })
    : addressText({ ...address, path: plain.slice(0, mark), query: plain.slice(mark) });
}

function withPort(url: string, port: string): string | null {
  const address = addressOf(url);
  return address === undefined || !/^\d{1,5}$/.test(port)
    ? null
    : addressText({ ...address, port: `:${port}` });
}

/**
 * The URLs that a request may have been sent to, judged by its own URL and by what proxies add to it (`Host`, `X-Forwarded-*` and
 * the headers in which they keep the path). Anybody can send these headers, so the result serves to explain a refusal and never
 * to accept a request. No URL twice; a header that makes no URL is left out.
 */
export function seenUrls(header: HeaderReader, requestUrl: string): readonly string[] {
  const found: (string | null)[] = [];
  const forwarded = forwardedUrl(header, requestUrl);
  // A server that gives only the path does not say its scheme. Which of the two is tried first is all one.
  const own = addressOf(requestUrl) === undefined ? hostUrl(header, requestUrl) : requestUrl;
  const base = forwarded ?? own;
  if (base !== null) {
    const prefix = header("x-forwarded-prefix")?.replace(/\/+$/, "") ?? "";
    const path = addressOf(base)?.path ?? "";
    if (prefix.startsWith("/")) found.push(withPath(base, `${prefix}${path}${addressOf(base)?.query ?? ""}`));
    for (const name of PATH_HEADERS) {
      const value = header(name) ?? "";
      if (value.startsWith("/")) found.push(withPath(base, value));
    }
    const port = header("x-forwarded-port");
    found.push(base);
    if (typeof port === "string" && port !== "443" && port !== "80") found.push(withPort(base, port));
  }
  found.push(own);
  return [...new Set(found)].filter((url): url is string => url !== null && url.length <= MOST_CHARACTERS);
}

/** The request's own URL where a server gives only its path. */
function hostUrl(header: HeaderReader, requestUrl: string): string | null {
  const host = header("host");
  const only: HeaderReader = (name) =>
    name === "host" ? host : name === "x-forwarded-proto" ? "https" : null;
  return forwardedUrl(only, requestUrl);
}
