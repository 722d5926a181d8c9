import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isSmsError } from "../../src/core/model/errors";
import { createMediaFetcher, resolveMediaOptions } from "../../src/flows/media";
import type { FetchedMedia, MediaMessage, MediaOptions } from "../../src/flows/media";
import type { Account } from "../../src/flows/settings";
import { FIXTURE_ACCOUNT_SID } from "../fixtures/twilio/payloads";
import { manualRuntime } from "../support/manual-runtime";
import type { ManualRuntime } from "../support/manual-runtime";

const MESSAGE_SID = "MM0123456789abcdef0123456789abcdef";
const PATH = `/2010-04-01/Accounts/${FIXTURE_ACCOUNT_SID}/Messages/${MESSAGE_SID}/Media/ME0123456789abcdef0123456789abcdef`;
const CDN = "https://mms.twiliocdn.com";
const AUTHORIZATION = `Basic ${Buffer.from(`${FIXTURE_ACCOUNT_SID}:tökén`).toString("base64")}`;

/** A server on this machine that says what reached it. */
interface Site {
  readonly origin: string;
  readonly reached: { readonly url: string; readonly authorization: string | undefined }[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
}

const servers: Server[] = [];

async function openSite(): Promise<Site> {
  const site: Omit<Site, "origin"> = { reached: [], answer: picture("first") };
  const listener: RequestListener = (request, response) => {
    site.reached.push({ url: request.url ?? "", authorization: request.headers.authorization });
    site.answer(request, response);
  };
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return Object.assign(site, { origin: `http://127.0.0.1:${address.port}` });
}

let api: Site;
let cdn: Site;

beforeAll(async () => {
  api = await openSite();
  cdn = await openSite();
});
afterEach(() => {
  for (const site of [api, cdn]) {
    site.reached.length = 0;
    site.answer = picture("first");
  }
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

function picture(bytes: string, headers: Readonly<Record<string, string>> = {}): Site["answer"] {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "image/jpeg", ...headers });
    response.end(bytes);
  };
}

function status(code: number, headers: Readonly<Record<string, string>> = {}): Site["answer"] {
  return (_request, response) => {
    response.writeHead(code, headers);
    response.end("<html>no</html>");
  };
}

const redirectTo = (location: string, code = 307): Site["answer"] => status(code, { location });

/** Every name on the internet that these tests use stands for the second server; nothing leaves this machine. */
const toThisMachine: typeof globalThis.fetch = (input, init) => {
  const url = input instanceof Request ? input.url : input.toString();
  return globalThis.fetch(
    url.startsWith(api.origin) ? url : url.replace(/^https:\/\/[^/]+/, cdn.origin),
    init,
  );
};

interface Call {
  readonly message?: Partial<MediaMessage>;
  readonly mediaUrl?: string;
  readonly contentType?: string | null;
  readonly index?: number;
  readonly media?: MediaOptions;
  readonly options?: MediaOptions;
  readonly runtime?: ManualRuntime;
  readonly fetch?: typeof globalThis.fetch;
}

function account(): Account {
  return {
    accountSid: FIXTURE_ACCOUNT_SID,
    authTokens: ["tökén"],
    credentials: {
      accountSid: FIXTURE_ACCOUNT_SID,
      username: FIXTURE_ACCOUNT_SID,
      password: "tökén",
      apiBaseUrl: api.origin,
    },
    sender: null,
    trial: false,
  };
}

async function call(given: Call = {}): Promise<FetchedMedia> {
  const fetchMedia = createMediaFetcher({
    settings: {
      accountOf: (sid) => Promise.resolve(sid === FIXTURE_ACCOUNT_SID ? account() : null),
    },
    runtime: given.runtime ?? manualRuntime(),
    fetch: given.fetch ?? toThisMachine,
    ...(given.media === undefined ? {} : { media: given.media }),
  });
  const message: MediaMessage = {
    direction: "inbound",
    accountSid: FIXTURE_ACCOUNT_SID,
    sid: MESSAGE_SID,
    media: [
      { url: given.mediaUrl ?? `${api.origin}${PATH}`, contentType: given.contentType ?? "image/jpeg" },
    ],
    ...given.message,
  };
  return fetchMedia(message, given.index ?? 0, given.options);
}

/** The body, read to its end. */
async function bytesOf(fetched: FetchedMedia): Promise<string> {
  if (fetched.kind === "failed") throw new Error(`There is no body: ${fetched.reason}.`);
  return new Response(fetched.body).text();
}

/** Resolves when something has happened on a real connection. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe("fetchMedia", () => {
  it("fetches with the account's credentials from Twilio's API", async () => {
    api.answer = picture("bytes", { "content-type": "Image/JPEG; charset=binary", "content-length": "5" });
    const fetched = await call();
    expect(fetched).toMatchObject({ kind: "ok", contentType: "image/jpeg", sizeBytes: 5 });
    expect(await bytesOf(fetched)).toBe("bytes");
    expect(api.reached).toEqual([{ url: PATH, authorization: AUTHORIZATION }]);
  });

  it.each([301, 302, 303, 307, 308])(
    "follows a %i to Twilio's content network without credentials",
    async (code) => {
      api.answer = redirectTo(`${CDN}/AC/photo?Signature=s`, code);
      cdn.answer = picture("photo");
      expect(await bytesOf(await call())).toBe("photo");
      expect(api.reached).toHaveLength(1);
      expect(cdn.reached).toEqual([{ url: "/AC/photo?Signature=s", authorization: undefined }]);
    },
  );

  it.each([
    ["https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC/x", "ok"],
    ["https://media.twiliocdn.com/AC/x", "ok"],
    ["https://s3-external-1.amazonaws.com/somebody-else/x", "failed"],
  ])("by default answers a redirect to %s: %s", async (location, kind) => {
    api.answer = redirectTo(location);
    expect((await call()).kind).toBe(kind);
  });

  it.each([
    ["the cloud's metadata", "http://169.254.169.254/latest/meta-data"],
    ["the cloud's metadata over https", "https://169.254.169.254/latest/meta-data"],
    ["localhost", "https://localhost/x"],
    ["this machine", "http://127.0.0.1/x"],
    ["IPv6 loopback", "https://[::1]/x"],
    ["plain http", "http://mms.twiliocdn.com/x"],
    ["another port", `${CDN}:8443/x`],
    ["userinfo", "https://user:pass@mms.twiliocdn.com/x"],
    ["a name in userinfo", "https://mms.twiliocdn.com@evil.example/x"],
    ["another host", "https://evil.example/x"],
    ["a name below", "https://a.mms.twiliocdn.com/x"],
    ["a file", "file:///etc/passwd"],
    ["its own host", "/elsewhere"],
    ["no URL", "https://"],
  ])("does not follow a redirect to %s", async (_, location) => {
    api.answer = redirectTo(location);
    expect(await call()).toEqual({
      kind: "failed",
      reason: "redirect_refused",
      httpStatus: null,
      retryable: false,
    });
    expect(cdn.reached).toEqual([]);
    expect(api.reached).toHaveLength(1);
  });

  it("does not follow a redirect without a location, and judges the second one like the first", async () => {
    api.answer = status(302);
    expect(await call()).toMatchObject({ reason: "redirect_refused" });
    api.answer = redirectTo(`${CDN}/x`);
    cdn.answer = redirectTo("https://169.254.169.254/");
    expect(await call()).toMatchObject({ reason: "redirect_refused" });
  });

  it("follows three redirects and gives up in a loop", async () => {
    api.answer = redirectTo(`${CDN}/1`);
    cdn.answer = (request, response) => {
      if (request.url === "/3") picture("third")(request, response);
      else redirectTo(`/${Number(request.url?.slice(1)) + 1}`)(request, response);
    };
    expect(await bytesOf(await call())).toBe("third");
    cdn.answer = redirectTo(`${CDN}/1`);
    cdn.reached.length = 0;
    expect(await call()).toMatchObject({ reason: "redirect_refused" });
    expect(cdn.reached).toHaveLength(3);
  });

  it("never trusts a fetch that followed by itself", async () => {
    api.answer = redirectTo(`${cdn.origin}/x`);
    const eager: typeof globalThis.fetch = (input, init) =>
      globalThis.fetch(input, { ...init, redirect: "follow" });
    expect(await call({ fetch: eager })).toMatchObject({ reason: "redirect_refused" });
  });

  it("goes where the option says instead of where it would by default", async () => {
    api.answer = redirectTo("https://files.example/in/x");
    expect((await call({ media: { redirectHosts: ["files.example/in/"] } })).kind).toBe("ok");
    api.answer = redirectTo(`${CDN}/x`);
    expect(await call({ media: { redirectHosts: ["files.example/in/"] } })).toMatchObject({
      reason: "redirect_refused",
    });
    api.answer = redirectTo(`${cdn.origin}/x`);
    expect((await call({ options: { redirectHosts: [new URL(cdn.origin).host] } })).kind).toBe("ok");
  });

  it.each([
    ["another host", `https://evil.example${PATH}`],
    ["Twilio's name as userinfo", `https://api.twilio.com@evil.example${PATH}`],
    ["an internal address", "http://169.254.169.254/latest/meta-data"],
    ["the content network itself", `${CDN}/x`],
  ])("makes no request for a URL at %s", async (_, mediaUrl) => {
    expect(await call({ mediaUrl })).toEqual({
      kind: "failed",
      reason: "url_refused",
      httpStatus: null,
      retryable: false,
    });
    expect([...api.reached, ...cdn.reached]).toEqual([]);
  });

  it("makes no request for another message's media", async () => {
    const message = { sid: "MMffffffffffffffffffffffffffffffff" };
    expect(await call({ message })).toMatchObject({ reason: "url_refused" });
    expect(api.reached).toEqual([]);
  });

  it.each([
    [401, "unauthorised", false],
    [403, "unauthorised", false],
    [404, "not_found", false],
    [410, "gone", false],
    [400, "network", false],
    [429, "network", true],
    [500, "network", true],
    [503, "network", true],
    [204, "network", false],
    [304, "network", false],
  ] as const)("tells of a %i as %s", async (code, reason, retryable) => {
    api.answer = status(code);
    expect(await call()).toEqual({ kind: "failed", reason, httpStatus: code, retryable });
  });

  it.each([
    ["an HTML page", "text/html; charset=utf-8"],
    ["a picture that can carry scripts", "image/svg+xml"],
    ["a program", "application/javascript"],
    ["JSON, as Twilio's errors are", "application/json"],
    ["a type that is none", "image"],
    ["a key of every object", "constructor"],
  ])("refuses %s", async (_, contentType) => {
    api.answer = picture("x", { "content-type": contentType });
    expect(await call()).toMatchObject({ kind: "failed", reason: "type_refused", httpStatus: 200 });
  });

  it.each(["audio/ogg", "video/3gpp", "application/pdf", "text/vcard", "text/plain"])(
    "lets %s through",
    async (contentType) => {
      api.answer = picture("x", { "content-type": contentType });
      expect(await call()).toMatchObject({ kind: "ok", contentType });
    },
  );

  it("lets through what the option lists, and nothing else", async () => {
    const types = ["image/svg+xml", "audio/*"];
    api.answer = picture("x", { "content-type": "image/svg+xml" });
    expect((await call({ options: { types } })).kind).toBe("ok");
    api.answer = picture("x");
    expect(await call({ options: { types } })).toMatchObject({ reason: "type_refused" });
  });

  it("believes the webhook where the server knows no type", async () => {
    api.answer = picture("x", { "content-type": "binary/octet-stream" });
    expect(await call({ contentType: "image/png" })).toMatchObject({ contentType: "image/png" });
    expect(await call({ contentType: "text/html" })).toMatchObject({ reason: "type_refused" });
    api.answer = picture("x", { "content-type": "text/html" });
    expect(await call({ contentType: "image/png" })).toMatchObject({ reason: "type_refused" });
  });

  it("refuses by the announced size without reading", async () => {
    api.answer = picture("123456", { "content-length": "6" });
    expect(await call({ options: { maxBytes: 5 } })).toMatchObject({
      kind: "failed",
      reason: "too_large",
      httpStatus: 200,
    });
    expect(await bytesOf(await call({ options: { maxBytes: 6 } }))).toBe("123456");
  });

  it("stops in the middle where an unannounced body grows too large", async () => {
    let isClosed = false;
    api.answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.on("close", () => {
        isClosed = true;
      });
      response.write("12345");
      response.write("6");
    };
    const fetched = await call({ options: { maxBytes: 5 } });
    expect(fetched).toMatchObject({ kind: "ok", sizeBytes: null });
    await expect(bytesOf(fetched)).rejects.toSatisfy(
      (error) =>
        isSmsError(error) && error.code === "media_failed" && error.details["reason"] === "too_large",
    );
    await until(() => isClosed);
  });

  it("counts what is read, not what is sent: a compressed body cannot grow beyond the limit", async () => {
    api.answer = (_request, response) => {
      const packed = gzipSync(Buffer.alloc(100_000));
      response.writeHead(200, {
        "content-type": "image/jpeg",
        "content-encoding": "gzip",
        "content-length": String(packed.length),
      });
      response.end(packed);
    };
    const fetched = await call({ options: { maxBytes: 50_000 } });
    expect(fetched).toMatchObject({ kind: "ok", sizeBytes: null });
    await expect(bytesOf(fetched)).rejects.toMatchObject({ details: { reason: "too_large" } });
  });

  it("fails where the body ends before its announced size", async () => {
    api.answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/jpeg", "content-length": "100" });
      response.write("12345", () => {
        response.destroy();
      });
    };
    await expect(call().then(bytesOf)).rejects.toMatchObject({
      code: "media_failed",
      retryable: true,
      details: { reason: "network" },
    });
  });

  it("gives up waiting for an answer when the time is up", async () => {
    const runtime = manualRuntime();
    api.answer = () => undefined;
    const fetching = call({ runtime, options: { timeoutMs: 1_000 } });
    await until(() => api.reached.length === 1);
    await runtime.advance(1_000);
    expect(await fetching).toEqual({
      kind: "failed",
      reason: "timeout",
      httpStatus: null,
      retryable: true,
    });
  });

  it("gives up on a slow body when the time is up, by default after 30 s", async () => {
    const runtime = manualRuntime();
    api.answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.write("12345");
    };
    const fetched = await call({ runtime });
    const read = Promise.allSettled([bytesOf(fetched)]);
    await runtime.advance(29_999);
    expect(runtime.pending()).toBe(1);
    await runtime.advance(1);
    expect(await read).toMatchObject([
      { status: "rejected", reason: { retryable: true, details: { reason: "timeout" } } },
    ]);
  });

  it("lets go of a body that nobody reads", async () => {
    const runtime = manualRuntime();
    let isClosed = false;
    api.answer = (_request, response) => {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.write("12345");
      response.on("close", () => {
        isClosed = true;
      });
    };
    await call({ runtime });
    await runtime.advance(30_000);
    await until(() => isClosed);
    expect(runtime.pending()).toBe(0);
  });

  it("keeps no timer after the end, a cancellation or a failure", async () => {
    const runtime = manualRuntime();
    await bytesOf(await call({ runtime }));
    expect(runtime.pending()).toBe(0);
    const fetched = await call({ runtime });
    if (fetched.kind === "ok") await fetched.body.cancel();
    expect(runtime.pending()).toBe(0);
    api.answer = status(404);
    await call({ runtime });
    expect(runtime.pending()).toBe(0);
  });

  it("tells of a connection that fails", async () => {
    const broken: typeof globalThis.fetch = () => Promise.reject(new TypeError("fetch failed"));
    expect(await call({ fetch: broken })).toEqual({
      kind: "failed",
      reason: "network",
      httpStatus: null,
      retryable: true,
    });
  });

  it("gives an empty body where the answer has none", async () => {
    const bare: typeof globalThis.fetch = () =>
      Promise.resolve(new Response(null, { headers: { "content-type": "image/png" } }));
    expect(await bytesOf(await call({ fetch: bare }))).toBe("");
  });

  it.each<[string, Call, string]>([
    ["an outbound message", { message: { direction: "outbound" } }, "media_invalid"],
    ["an index beyond the last", { index: 1 }, "media_invalid"],
    ["an index before the first", { index: -1 }, "media_invalid"],
    ["an index between", { index: 0.5 }, "media_invalid"],
    ["a message without a sid", { message: { sid: null } }, "media_invalid"],
    [
      "an account that is not configured",
      { message: { accountSid: "ACffffffffffffffffffffffffffffffff" } },
      "account_unknown",
    ],
    ["an option that is none", { options: { maxBytes: 0 } }, "config_invalid"],
  ])("throws for %s", async (_, given, code) => {
    await expect(call(given)).rejects.toMatchObject({ code });
    expect(api.reached).toEqual([]);
  });
});

describe("resolveMediaOptions", () => {
  it("fills in defaults and keeps what is given", () => {
    expect(resolveMediaOptions()).toMatchObject({ maxBytes: 16_777_216, timeoutMs: 30_000 });
    const given = {
      redirectHosts: ["a.example", "a.example:8443", "127.0.0.1:9", "a.example/in/b/"],
      maxBytes: 1,
      timeoutMs: 2,
      types: ["image/png", "application/vnd.ms-excel"],
    };
    expect(resolveMediaOptions(given)).toEqual(given);
    expect(resolveMediaOptions({ redirectHosts: [], types: [] })).toMatchObject({
      redirectHosts: [],
      types: [],
    });
  });

  it.each<[string, unknown]>([
    ["an unknown name", { maxbytes: 1 }],
    ["an inherited name", { toString: 1 }],
    ["no object", 7],
    ["null", null],
    ["no list", { redirectHosts: "a.example" }],
    ["a URL", { redirectHosts: ["https://a.example"] }],
    ["a wildcard", { redirectHosts: ["*.example"] }],
    ["userinfo", { redirectHosts: ["user@a.example"] }],
    ["upper case", { redirectHosts: ["A.example"] }],
    ["a trailing dot", { redirectHosts: ["a.example."] }],
    ["a folder without its end", { redirectHosts: ["a.example/in"] }],
    ["a query", { redirectHosts: ["a.example/?x"] }],
    ["an empty host", { redirectHosts: [""] }],
    ["a number", { redirectHosts: [7] }],
    ["a type without a family", { types: ["png"] }],
    ["every type", { types: ["*/*"] }],
    ["a type with parameters", { types: ["text/plain; charset=utf-8"] }],
    ["no bytes", { maxBytes: 0 }],
    ["half a byte", { maxBytes: 0.5 }],
    ["endless bytes", { maxBytes: Number.POSITIVE_INFINITY }],
    ["no time", { timeoutMs: -1 }],
    ["more time than a timer has", { timeoutMs: 2 ** 31 }],
    ["time as text", { timeoutMs: "1000" }],
  ])("refuses %s", (_, options) => {
    expect(() => resolveMediaOptions(options as MediaOptions)).toThrow(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });
});
