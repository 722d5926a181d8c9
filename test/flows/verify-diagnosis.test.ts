import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { createSms } from "../../src/create-sms";
import { SmsError } from "../../src/core/model/errors";
import { signRequest } from "../../src/core/webhook/signature";
import { createAllowance } from "../../src/flows/allowance";
import { resolveOptions } from "../../src/flows/options";
import type { SmsOptions } from "../../src/flows/sms-options";
import { createVerifier } from "../../src/flows/verify";
import { fromWebRequest } from "../../src/flows/webhook-request";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_AUTH_TOKEN as TOKEN,
  FIXTURE_CONTACT,
  FIXTURE_OURS,
  inboundSms,
} from "../fixtures/twilio/payloads";
import { ACCOUNT, signedPost } from "../support/harness";
import { manualRuntime } from "../support/manual-runtime";
import type { ManualRuntime } from "../support/manual-runtime";
import { HOOK, SPOILT } from "../core/webhook/spoilt-requests";
import type { SpoiltRequest } from "../core/webhook/spoilt-requests";

const OTHER_SID = "ACffffffffffffffffffffffffffffffff";
const FORGED = "xlzM50xO5ejHZo4xDmLBZ0JFCo8=";

interface Refused {
  readonly status: number;
  readonly answer: string;
  readonly code: string;
  readonly message: string;
  readonly details: SmsError["details"];
}

/** An instance that keeps its errors and log lines, and tells whether anything was stored. */
function instance(options: Partial<SmsOptions> = {}, runtime: ManualRuntime = manualRuntime()) {
  const errors: SmsError[] = [];
  const lines: string[] = [];
  const log = (fields: unknown, message: string): void => {
    lines.push(JSON.stringify(fields), message);
  };
  const { now, setTimer, random, newId, hash } = runtime;
  const sms = createSms({
    account: ACCOUNT,
    webhookUrl: HOOK,
    storage: memoryStorage(),
    logger: { debug: log, info: log, warn: log, error: log },
    ...options,
    runtime: { now, setTimer, random, newId, hash },
  });
  sms.on("error", ({ error }) => {
    errors.push(error);
  });
  const isEmpty = async (): Promise<boolean> => (await sms.conversations.list()).items.length === 0;
  return { sms, errors, lines, isEmpty };
}

async function refusal({ sms, errors }: ReturnType<typeof instance>, request: Request): Promise<Refused> {
  const response = await sms.webhook(request);
  const error = errors.at(-1) ?? new SmsError("task_failed", "There was no error.");
  const { code, message, details } = error;
  return { status: response.status, answer: await response.text(), code, message, details };
}

/** A request that was spoilt on its way, as it reaches the server. */
async function reaching(spoilt: SpoiltRequest): Promise<Request> {
  const { webhookUrl = HOOK, calledUrl = HOOK, sent = inboundSms(), left, leftText } = spoilt;
  const signed = await signRequest(
    typeof sent === "string"
      ? { authToken: TOKEN, url: calledUrl, body: sent }
      : { authToken: TOKEN, url: calledUrl, params: sent },
  );
  const query = /\?.*$/.exec(signed.url)?.[0] ?? "";
  const entries = typeof sent === "string" ? [] : Object.entries(sent);
  const form = new URLSearchParams((left?.(entries) ?? entries).map(([name, value]) => [name, value]));
  return new Request(spoilt.reachedUrl ?? webhookUrl.replace(/\?.*$/, "") + query, {
    method: "POST",
    headers: { ...signed.headers, ...spoilt.headers },
    body: typeof sent === "string" ? (leftText?.(sent) ?? sent) : form.toString(),
  });
}

describe("a genuine webhook that was spoilt on its way", () => {
  it.each(SPOILT.map((spoilt) => [spoilt.name, spoilt.reason, spoilt] as const))(
    "is refused, and the log alone says why: %s: %s",
    async (_, reason, spoilt) => {
      const one = instance({ webhookUrl: spoilt.webhookUrl ?? HOOK });
      const { status, answer, code, message, details } = await refusal(one, await reaching(spoilt));
      expect({ status, answer, code }).toEqual({
        status: 403,
        answer: "Forbidden.",
        code: "webhook_rejected",
      });
      expect(details).toMatchObject({
        reason,
        also: spoilt.also ?? [],
        signedUrl: spoilt.signedUrl ?? null,
        fields: spoilt.fields ?? [],
      });
      expect(one.lines).toContain(message);
      expect(await one.isEmpty()).toBe(true);
      const said = one.lines.join("\n") + message;
      for (const secret of [TOKEN, FIXTURE_CONTACT, FIXTURE_OURS, "Hello", "Grüße"])
        expect(said).not.toContain(secret);
    },
  );

  it("gets the same answer, headers included, whatever the reason", async () => {
    const answers = new Set<string>();
    for (const spoilt of SPOILT) {
      const { sms } = instance({ webhookUrl: spoilt.webhookUrl ?? HOOK });
      const response = await sms.webhook(await reaching(spoilt));
      answers.add(JSON.stringify([response.status, [...response.headers], await response.text()]));
    }
    expect(answers.size).toBe(1);
  });
});

describe("reasons that need no trial", () => {
  const resolver = { account: (sid: string) => (sid === FIXTURE_ACCOUNT_SID ? ACCOUNT : null) };

  it.each<readonly [string, string, Partial<SmsOptions>, () => Promise<Request>]>([
    [
      "an account that no resolver finds",
      "token_unknown",
      resolver,
      () => signedPost(inboundSms({ AccountSid: OTHER_SID }), HOOK),
    ],
    [
      "a request that names no account",
      "token_unknown",
      resolver,
      () => signedPost(inboundSms({ AccountSid: undefined }), HOOK),
    ],
    ["a body that is gone before a resolver", "body_missing", resolver, () => signedPost({}, HOOK)],
    [
      "another account's own token at a fixed account",
      "token_of_other_account",
      {},
      () => signedPost(inboundSms({ AccountSid: OTHER_SID }), HOOK, "other-token"),
    ],
    [
      "another account under our token",
      "other_account",
      {},
      () => signedPost(inboundSms({ AccountSid: OTHER_SID }), HOOK),
    ],
    [
      "our own account under another token",
      "mismatch",
      {},
      () => signedPost(inboundSms(), HOOK, "other-token"),
    ],
    [
      "half a signature",
      "header_malformed",
      {},
      async () => {
        const request = await signedPost(inboundSms(), HOOK);
        request.headers.set("x-twilio-signature", FORGED.slice(0, 14));
        return request;
      },
    ],
    [
      "no signature",
      "header_missing",
      {},
      async () => {
        const request = await signedPost(inboundSms(), HOOK);
        request.headers.delete("x-twilio-signature");
        return request;
      },
    ],
  ])("%s: %s", async (_, reason, options, request) => {
    const one = instance(options);
    const { status, answer, details } = await refusal(one, await request());
    expect({ status, answer, reason: details["reason"] }).toEqual({
      status: 403,
      answer: "Forbidden.",
      reason,
    });
    expect(await one.isEmpty()).toBe(true);
  });

  it.each(["__proto__", "constructor", "AC", "AC/../x", "", "+14155550100", "AC".padEnd(200, "0")])(
    "a resolver is not asked for what cannot be an AccountSid: %j",
    async (sid) => {
      const asked: string[] = [];
      const one = instance({
        account: (accountSid) => {
          asked.push(accountSid);
          return null;
        },
      });
      await refusal(one, await signedPost(inboundSms({ AccountSid: sid }), HOOK));
      expect(asked).toEqual([]);
      await refusal(one, await signedPost(inboundSms(), HOOK));
      expect(asked).toEqual([FIXTURE_ACCOUNT_SID]);
    },
  );
});

describe("diagnosing", () => {
  const http = HOOK.replace("https", "http");

  it("explains a few refusals a minute, however many there are", async () => {
    const runtime = manualRuntime();
    const one = instance({}, runtime);
    const reasons = async (count: number): Promise<readonly unknown[]> => {
      const before = one.errors.length;
      for (let run = 0; run < count; run += 1) {
        const signed = await signedPost(inboundSms(), http);
        await one.sms.webhook(
          new Request(HOOK, { method: "POST", headers: signed.headers, body: await signed.text() }),
        );
      }
      return one.errors.slice(before).map(({ details }) => details["reason"]);
    };
    const first = await reasons(100);
    expect(first).toEqual([
      ...Array.from({ length: 6 }, () => "signed_as_http"),
      ...Array.from({ length: 94 }, () => "mismatch"),
    ]);
    await runtime.advance(59_000);
    expect(await reasons(3)).toEqual(["mismatch", "mismatch", "mismatch"]);
    await runtime.advance(1_000);
    expect(await reasons(2)).toEqual(["signed_as_http", "signed_as_http"]);
  });

  it("is not used up by requests that need none", async () => {
    const one = instance();
    for (let run = 0; run < 20; run += 1) await one.sms.webhook(new Request(HOOK, { method: "POST" }));
    for (let run = 0; run < 20; run += 1) await one.sms.webhook(new Request(HOOK));
    const spoilt = SPOILT.find(({ reason }) => reason === "trailing_slash");
    expect(spoilt).toBeDefined();
    if (spoilt === undefined) return;
    const { details } = await refusal(one, await reaching(spoilt));
    expect(details["reason"]).toBe("trailing_slash");
  });

  it("accepts nothing: a request that only the proxy's headers explain stays refused", async () => {
    const one = instance();
    const signed = await signedPost(inboundSms(), "https://sms.example.org/hook");
    const headers = new Headers(signed.headers);
    headers.set("x-forwarded-host", "sms.example.org");
    headers.set("x-forwarded-proto", "https");
    const request = new Request("http://10.0.0.7/hook", {
      method: "POST",
      headers,
      body: await signed.text(),
    });
    expect(await refusal(one, request)).toMatchObject({ status: 403, details: { reason: "other_host" } });
    expect(await one.isEmpty()).toBe(true);
  });
});

describe("an allowance", () => {
  it("begins anew after its period, and when the clock is set back", () => {
    let nowMs = 1_000;
    const may = createAllowance({ now: () => nowMs, count: 2, perMs: 100 });
    const next = (): readonly boolean[] => [may(), may(), may()];
    expect(next()).toEqual([true, true, false]);
    nowMs = 1_099;
    expect(next()).toEqual([false, false, false]);
    nowMs = 1_100;
    expect(next()).toEqual([true, true, false]);
    nowMs = 5;
    expect(next()).toEqual([true, true, false]);
  });
});

describe("a token rotation", () => {
  it("is told once, when a token other than the first has signed", async () => {
    const told: unknown[] = [];
    const settings = resolveOptions({
      account: { ...ACCOUNT, authToken: ["new-token", TOKEN] },
      webhookUrl: HOOK,
    });
    const verify = createVerifier({
      settings,
      runtime: manualRuntime(),
      logger: {
        info: (fields, message) => {
          told.push({ ...fields, message });
        },
      },
    });
    const check = async (token: string): Promise<boolean> =>
      !("http" in (await verify(fromWebRequest(await signedPost(inboundSms(), HOOK, token)))));
    expect(await check("new-token")).toBe(true);
    expect(told).toEqual([]);
    expect([await check(TOKEN), await check(TOKEN), await check("third")]).toEqual([true, true, false]);
    expect(told).toMatchObject([{ token: 2, tokens: 2 }]);
    expect(JSON.stringify(told)).not.toContain(TOKEN);
  });
});
