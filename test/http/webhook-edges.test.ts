import type { IncomingMessage } from "node:http";
import express from "express";
import type { Express, RequestHandler } from "express";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { signRequest } from "../../src/core/webhook/signature";
import type { Sms } from "../../src/create-sms";
import { toExpressHandler } from "../../src/http/express";
import { toNodeHandler } from "../../src/http/node";
import { FIXTURE_AUTH_TOKEN, inboundSms } from "../fixtures/twilio/payloads";
import { harness, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { exchange, serve } from "./served";
import type { Listener, WireAnswer, WireRequest } from "./served";

const PATH = new URL(WEBHOOK_URL).pathname;
const TEXT = "Grüße 👋 1+1=2 & 100 % — ok?";
const FORM = "application/x-www-form-urlencoded";
const EMPTY_TWIML = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*<Response\s*(?:\/>|><\/Response>)$/;

/** Makes a request of a running edge. */
type Edge = (sms: Sms) => Promise<(wire: WireRequest) => Promise<WireAnswer>>;

const overHttp =
  (listen: (sms: Sms) => Listener): Edge =>
  async (sms) => {
    const { port } = await serve(listen(sms));
    return (wire) => exchange(port, wire);
  };

function app(sms: Sms, ...before: readonly RequestHandler[]): Express {
  const made = express();
  for (const handler of before) made.use(handler);
  made.use(PATH, toExpressHandler(sms));
  return made;
}

const overFetch: Edge = async (sms) => async (wire) => {
  const { method, headers, body } = wire;
  const request = new Request(`https://example.com${wire.path}`, {
    method,
    headers,
    body:
      typeof body === "string" ? new TextEncoder().encode(body) : (body as Uint8Array<ArrayBuffer> | null),
  });
  const response = await sms.webhook(request);
  const bytes = Buffer.from(await response.arrayBuffer());
  // Its server, which is not ours, would measure the body, and leave it away for HEAD.
  const answered = { ...Object.fromEntries(response.headers), "content-length": String(bytes.byteLength) };
  return { status: response.status, headers: answered, body: method === "HEAD" ? Buffer.alloc(0) : bytes };
};

/** Express 4's body parsers put an empty object where they did not parse. */
const emptyBody: RequestHandler = (request, _, next) => {
  request.body = {};
  next();
};

const keepRawBody = (request: IncomingMessage, _: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes });
};

const readAndKeepNothing: RequestHandler = (request, _, next) => {
  request.resume().once("end", next);
};

const setEncoding: RequestHandler = (request, _, next) => {
  request.setEncoding("latin1");
  next();
};

const pause: RequestHandler = (request, _, next) => {
  request.pause();
  next();
};

function underRouter(sms: Sms): Express {
  const router = express.Router();
  router.use("/webhooks/twilio-sms", toExpressHandler(sms));
  const made = express();
  made.use("/api", router);
  return made;
}

const EDGES: readonly (readonly [string, Edge])[] = [
  ["fetch", overFetch],
  ["node:http", overHttp((sms) => toNodeHandler(sms))],
  ["Express", overHttp((sms) => app(sms))],
  ["Express, nested routers", overHttp(underRouter)],
  ["Express behind urlencoded, simple", overHttp((sms) => app(sms, express.urlencoded({ extended: false })))],
  [
    "Express behind urlencoded, extended",
    overHttp((sms) => app(sms, express.urlencoded({ extended: true }))),
  ],
  ["Express behind raw", overHttp((sms) => app(sms, express.raw({ type: "*/*" })))],
  ["Express behind text", overHttp((sms) => app(sms, express.text({ type: "*/*" })))],
  ["Express behind json, which leaves forms alone", overHttp((sms) => app(sms, express.json()))],
  [
    "Express behind a parser that keeps the raw body",
    overHttp((sms) => app(sms, express.urlencoded({ extended: true, verify: keepRawBody }))),
  ],
  ["Express with Express 4's empty body", overHttp((sms) => app(sms, emptyBody))],
  ["Express behind something that set an encoding", overHttp((sms) => app(sms, setEncoding))],
  ["Express behind something that paused the request", overHttp((sms) => app(sms, pause))],
];

type Entries = readonly (readonly [string, string])[];

async function signedForm(
  fields: Readonly<Record<string, string>> | Entries = inboundSms({ Body: TEXT }),
  query = "",
): Promise<WireRequest> {
  const signed = await signRequest({
    authToken: FIXTURE_AUTH_TOKEN,
    url: WEBHOOK_URL + query,
    params: fields,
  });
  return { method: "POST", path: PATH + query, headers: signed.headers, body: signed.body };
}

async function signedJson(): Promise<WireRequest> {
  const body = new TextEncoder().encode(JSON.stringify(inboundSms({ Body: TEXT })));
  const signed = await signRequest({ authToken: FIXTURE_AUTH_TOKEN, url: WEBHOOK_URL, body });
  return { method: "POST", path: PATH + new URL(signed.url).search, headers: signed.headers, body };
}

async function signedGet(): Promise<WireRequest> {
  const query = `?${new URLSearchParams(inboundSms({ Body: TEXT })).toString()}`;
  const signed = await signRequest({ authToken: FIXTURE_AUTH_TOKEN, url: WEBHOOK_URL + query });
  return { method: "GET", path: PATH + query, headers: signed.headers, body: null };
}

async function storedTexts({ sms }: Harness): Promise<readonly string[]> {
  const { items } = await sms.conversations.list();
  const pages = await Promise.all(items.map(({ id }) => sms.conversations.messages(id)));
  return pages.flatMap((page) => page.items.map(({ body }) => body));
}

function errorCodes({ events }: Harness): readonly string[] {
  return events.flatMap((event) => (event.name === "error" ? [event.data.error.code] : []));
}

interface Scenario {
  readonly name: string;
  readonly request: () => Promise<WireRequest>;
  readonly status: number;
  /** The body, where it is not the empty TwiML document. */
  readonly text?: string;
  readonly stored?: readonly string[];
  readonly allow?: string;
}

const SCENARIOS: readonly Scenario[] = [
  { name: "a genuine message", request: () => signedForm(), status: 200, stored: [TEXT] },
  {
    name: "a genuine message whose type has a charset",
    request: async () => withHeaders(await signedForm(), { "content-type": `${FORM}; charset=UTF-8` }),
    status: 200,
    stored: [TEXT],
  },
  {
    name: "a genuine message with a query of its own",
    request: () => signedForm(undefined, "?tenant=a%20b"),
    status: 200,
    stored: [TEXT],
  },
  {
    name: "a form with a repeated name",
    request: () => signedForm([...Object.entries(inboundSms({ Body: TEXT })), ["Tag", "a"], ["Tag", "b"]]),
    status: 200,
    stored: [TEXT],
  },
  { name: "a genuine GET", request: signedGet, status: 200, stored: [TEXT] },
  {
    name: "a tampered body",
    request: async () => ({
      ...(await signedForm()),
      body: new URLSearchParams(inboundSms({ Body: "Tampered" })).toString(),
    }),
    status: 403,
    text: "Forbidden.",
  },
  {
    name: "a tampered query",
    request: async () => ({ ...(await signedForm(undefined, "?tenant=1")), path: `${PATH}?tenant=2` }),
    status: 403,
    text: "Forbidden.",
  },
  {
    name: "an empty form",
    request: async () => ({ ...(await signedForm()), body: "" }),
    status: 403,
    text: "Forbidden.",
  },
  {
    name: "no signature",
    request: async () => {
      const wire = await signedForm();
      return { ...wire, headers: { "content-type": FORM } };
    },
    status: 403,
    text: "Forbidden.",
  },
  {
    name: "an unsigned GET",
    request: async () => ({ method: "GET", path: PATH, headers: {}, body: null }),
    status: 403,
    text: "Forbidden.",
  },
  {
    name: "another content type",
    request: async () =>
      withHeaders(await signedForm(), { "content-type": "multipart/form-data; boundary=x" }),
    status: 415,
    text: "Unsupported content type.",
  },
  {
    name: "another method",
    request: async () => ({ ...(await signedForm()), method: "PUT" }),
    status: 405,
    text: "Method not allowed.",
    allow: "POST, GET",
  },
  {
    name: "HEAD",
    request: async () => ({ method: "HEAD", path: PATH, headers: {}, body: null }),
    status: 405,
    text: "",
    allow: "POST, GET",
  },
];

/** Only plain sentences come here: a full stop is all that needs escaping. */
function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(".", "\\.")}$`);
}

function withHeaders(wire: WireRequest, headers: Readonly<Record<string, string>>): WireRequest {
  return { ...wire, headers: { ...wire.headers, ...headers } };
}

describe.each(EDGES)("the webhook over %s", (_, edge) => {
  it.each(SCENARIOS)("answers $name with $status", async ({ request, status, text, stored, allow }) => {
    const h = harness();
    const ask = await edge(h.sms);
    const wire = await request();
    const answer = await ask(wire);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe(
      status === 200 ? "text/xml; charset=utf-8" : "text/plain; charset=utf-8",
    );
    expect(answer.headers.allow).toBe(allow);
    expect(answer.headers["transfer-encoding"]).toBeUndefined();
    const length = Number(answer.headers["content-length"]);
    expect(length).toBe(wire.method === "HEAD" ? "Method not allowed.".length : answer.body.byteLength);
    expect(answer.body.toString()).toMatch(text === undefined ? EMPTY_TWIML : exactly(text));
    expect(await storedTexts(h)).toEqual(stored ?? []);
    expect(errorCodes(h)).toEqual(status === 200 ? [] : ["webhook_rejected"]);
  });

  it("answers 503 while the storage fails, and stores the repetition", async () => {
    const inner = memoryStorage();
    let isBroken = true;
    const h = harness({
      storage: {
        ...inner,
        commit: (writes) => (isBroken ? Promise.reject(new Error("disk full")) : inner.commit(writes)),
      },
    });
    const ask = await edge(h.sms);
    const answer = await ask(await signedForm());
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toBe("Not stored, try again.");
    expect(answer.headers["content-length"]).toBe("22");
    expect(errorCodes(h)).toEqual(["storage_failed"]);
    isBroken = false;
    expect((await ask(await signedForm())).status).toBe(200);
    expect(await storedTexts(h)).toEqual([TEXT]);
  });

  it("stores a message once that is delivered twice at once", async () => {
    const h = harness();
    const ask = await edge(h.sms);
    const wire = await signedForm();
    const answers = await Promise.all([ask(wire), ask(wire), ask(wire)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await storedTexts(h)).toEqual([TEXT]);
  });
});

describe.each(EDGES.filter(([name]) => !name.includes("urlencoded")))(
  "fields named like parts of a prototype over %s",
  (_, edge) => {
    it("are fields like any other", async () => {
      const h = harness();
      const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
      const fields: Entries = [
        ...Object.entries(inboundSms({ Body: TEXT })),
        ...names.map((name) => [name, "kept"] as const),
      ];
      const answer = await (await edge(h.sms))(await signedForm(fields));
      expect(answer.status).toBe(200);
      const { items } = await h.sms.conversations.list();
      const [message] = (await h.sms.conversations.messages(items[0]?.id ?? "")).items;
      expect(Object.keys(message?.extra ?? {})).toEqual(expect.arrayContaining(names));
      expect(Object.getOwnPropertyDescriptor(message?.extra ?? {}, "__proto__")?.value).toBe("kept");
      expect(Reflect.get({}, "kept")).toBeUndefined();
    });
  },
);

describe.each([{ extended: false }, { extended: true }])(
  "fields named like parts of a prototype over Express behind urlencoded(%o)",
  (options) => {
    it("break nothing, though the parser drops __proto__ and so the signature", async () => {
      const h = harness();
      const { port } = await serve(app(h.sms, express.urlencoded(options)));
      const fields = Object.entries(inboundSms({ Body: TEXT }));
      expect((await exchange(port, await signedForm([...fields, ["__proto__", "x"]]))).status).toBe(403);
      expect(await storedTexts(h)).toEqual([]);
      expect((await exchange(port, await signedForm([...fields, ["constructor", "x"]]))).status).toBe(200);
      expect(await storedTexts(h)).toEqual([TEXT]);
    });
  },
);

const JSON_EDGES: readonly (readonly [string, Edge])[] = [
  ["fetch", overFetch],
  ["node:http", overHttp((sms) => toNodeHandler(sms))],
  ["Express", overHttp((sms) => app(sms))],
  [
    "Express behind json that keeps the raw body",
    overHttp((sms) => app(sms, express.json({ verify: keepRawBody }))),
  ],
  ["Express behind raw", overHttp((sms) => app(sms, express.raw({ type: "*/*" })))],
  ["Express behind text", overHttp((sms) => app(sms, express.text({ type: "*/*" })))],
];

describe.each(JSON_EDGES)("a JSON webhook over %s", (_, edge) => {
  it("is verified by its bytes", async () => {
    const h = harness();
    const answer = await (await edge(h.sms))(await signedJson());
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toMatch(EMPTY_TWIML);
    expect(await storedTexts(h)).toEqual([TEXT]);
  });

  it("is refused when a byte differs", async () => {
    const h = harness();
    const wire = await signedJson();
    const body = new TextEncoder().encode(JSON.stringify(inboundSms({ Body: "Tampered" })));
    const answer = await (await edge(h.sms))({ ...wire, body });
    expect(answer.status).toBe(403);
    expect(await storedTexts(h)).toEqual([]);
  });
});

describe("a body that was read before and not kept", () => {
  it.each<[string, () => Promise<WireRequest>, readonly RequestHandler[]]>([
    ["JSON behind express.json", signedJson, [express.json()]],
    ["a form that something drained", () => signedForm(), [readAndKeepNothing]],
    [
      "a form that something drained, with Express 4's empty body",
      () => signedForm(),
      [readAndKeepNothing, emptyBody],
    ],
    ["JSON that something drained", signedJson, [readAndKeepNothing]],
  ])("%s is answered 500 with the reason in the log", async (_, request, before) => {
    const h = harness();
    const { port } = await serve(app(h.sms, ...before));
    const answer = await exchange(port, await request());
    expect(answer.status).toBe(500);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(answer.headers["content-length"]).toBe("22");
    expect(answer.body.toString()).toBe("Not stored, try again.");
    expect(errorCodes(h)).toEqual(["webhook_body_consumed"]);
    expect(await storedTexts(h)).toEqual([]);
  });
});

describe("the address behind a router", () => {
  it.each<[string, (sms: Sms) => Listener]>([
    ["a mounted handler", (sms) => app(sms)],
    ["nested routers", underRouter],
  ])("is the original one for %s, where forwarded headers are trusted", async (_, listen) => {
    const url = `https://other.example.com${PATH}?tenant=7`;
    const signed = await signRequest({ authToken: FIXTURE_AUTH_TOKEN, url, params: inboundSms() });
    const headers = {
      ...signed.headers,
      "x-forwarded-proto": "https",
      "x-forwarded-host": "other.example.com",
    };
    const wire = { method: "POST", path: `${PATH}?tenant=7`, headers, body: signed.body };
    const [trusting, careful] = [harness({ trustForwardedHeaders: true }), harness()];
    expect((await exchange((await serve(listen(trusting.sms))).port, wire)).status).toBe(200);
    expect((await exchange((await serve(listen(careful.sms))).port, wire)).status).toBe(403);
  });
});
