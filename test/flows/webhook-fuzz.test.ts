import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { createSms } from "../../src/create-sms";
import type { Sms } from "../../src/create-sms";
import type { WebhookRequest } from "../../src/flows/webhook-request";
import type { Storage } from "../../src/ports/storage";
import { ACCOUNT, WEBHOOK_URL } from "../support/harness";
import { requestGenerator } from "./malformed-requests";

// Others, or the same again: SMS_FUZZ_REQUESTS=1000000 SMS_FUZZ_SEED=7 npx vitest run … test/flows/webhook-fuzz.test.ts
// A developer's run takes a part of them, so that the whole suite stays quick; CI takes all.
const USUAL = process.env["CI"] === undefined ? 25_000 : 100_000;
const REQUESTS = Number(process.env["SMS_FUZZ_REQUESTS"] ?? USUAL);
const SEED = Number(process.env["SMS_FUZZ_SEED"] ?? 1);

interface Counted {
  readonly sms: Sms;
  /** Calls of the storage so far. */
  readonly touches: () => number;
}

/** An instance that keeps no errors, and counts what reaches its storage. */
function counted(account: Parameters<typeof createSms>[0]["account"] = ACCOUNT): Counted {
  let touches = 0;
  const inner = memoryStorage();
  const counting: Storage = {
    read: (keys) => {
      touches += 1;
      return inner.read(keys);
    },
    commit: (writes) => {
      touches += 1;
      return inner.commit(writes);
    },
    list: (query) => inner.list(query),
    close: () => inner.close(),
  };
  const nothing = (): void => undefined;
  const sms = createSms({
    account,
    webhookUrl: WEBHOOK_URL,
    storage: { ...inner, ...counting },
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  return { sms, touches: () => touches };
}

/** The size of what is alive, in bytes. */
function liveBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}

async function sidsOf(sms: Sms): Promise<number> {
  const { items } = await sms.conversations.list();
  let count = 0;
  for (const { id } of items) {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Sms["conversations"]["messages"]>> = await sms.conversations.messages(
        id,
        cursor === null ? {} : { cursor },
      );
      count += page.items.length;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return count;
}

describe(`${REQUESTS.toLocaleString("en")} malformed requests (seed ${SEED})`, () => {
  it(
    "get 4xx and reach no storage, while the genuine ones between them are stored",
    { timeout: 300_000 },
    async () => {
      const { sms, touches } = counted();
      const next = requestGenerator(SEED, WEBHOOK_URL);
      const wrong: unknown[] = [];
      const seen = { genuine: 0, "signed-nonsense": 0, malformed: 0 };
      const warmUp = Math.min(2_000, REQUESTS / 4);
      let before = 0;
      for (let run = 0; run < REQUESTS; run += 1) {
        if (run === warmUp) before = liveBytes();
        const { kind, request } = next();
        const touched = touches();
        const { status } = await sms.receive(request);
        const isRight =
          kind === "genuine" ? status === 200 : status >= 400 && status < 500 && touches() === touched;
        if (!isRight) wrong.push({ run, kind, status, method: request.method, url: request.url });
        seen[kind] += 1;
      }
      expect(wrong).toEqual([]);
      expect(seen.genuine).toBeGreaterThan(REQUESTS / 2_000);
      expect(seen["signed-nonsense"]).toBeGreaterThan(REQUESTS / 20);
      expect(await sidsOf(sms)).toBe(seen.genuine);
      // A stored message takes a few kilobytes; a refused one nothing.
      expect(liveBytes() - before).toBeLessThan(5_000_000 + seen.genuine * 10_000);
    },
  );

  it("get 4xx from an instance with an account resolver too", { timeout: 300_000 }, async () => {
    const accounts: Readonly<Record<string, typeof ACCOUNT>> = { [ACCOUNT.accountSid]: ACCOUNT };
    // As a host may write it: a look-up in an object, which finds more than was put in.
    const { sms, touches } = counted((sid) => accounts[sid] ?? null);
    const next = requestGenerator(SEED + 1, WEBHOOK_URL);
    const wrong: unknown[] = [];
    for (let run = 0; run < REQUESTS / 10; run += 1) {
      const { kind, request } = next();
      const touched = touches();
      const { status } = await sms.receive(request);
      const isRight =
        kind === "genuine" ? status === 200 : status >= 400 && status < 500 && touches() === touched;
      if (!isRight) wrong.push({ run, kind, status, method: request.method, url: request.url });
    }
    expect(wrong).toEqual([]);
  });

  it("get 4xx through the web-standard handler too", { timeout: 300_000 }, async () => {
    const { sms, touches } = counted();
    const next = requestGenerator(SEED + 2, WEBHOOK_URL);
    let sent = 0;
    for (let run = 0; run < REQUESTS / 10; run += 1) {
      const { kind, request } = next();
      const web = await webRequestOf(request);
      if (web === null || kind === "genuine") continue;
      sent += 1;
      const { status } = await sms.webhook(web);
      expect({ run, status: status >= 400 && status < 500 }).toEqual({ run, status: true });
    }
    expect(sent).toBeGreaterThan(REQUESTS / 40);
    expect(touches()).toBe(0);
  });
});

/** The same as a web-standard request; null where that cannot be made, since its platform has refused it before us. */
async function webRequestOf(request: WebhookRequest): Promise<Request | null> {
  if (!["GET", "HEAD", "POST", "PUT", "DELETE"].includes(request.method)) return null;
  const url = URL.canParse(request.url, WEBHOOK_URL) ? new URL(request.url, WEBHOOK_URL) : null;
  if (url === null || !url.protocol.startsWith("http") || url.username !== "" || url.password !== "")
    return null;
  const headers = new Headers();
  for (const name of ["content-type", "x-twilio-signature", "x-forwarded-host", "x-original-uri"]) {
    const value = request.header(name);
    if (value === null) continue;
    // Header values are bytes; what is none cannot arrive.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return null;
    headers.set(name, value);
  }
  const body = await request.body(1_000_000);
  const hasBody = request.method !== "GET" && request.method !== "HEAD" && body.kind === "bytes";
  return new Request(url, {
    method: request.method,
    headers,
    body: hasBody ? new Uint8Array(body.bytes) : null,
  });
}
