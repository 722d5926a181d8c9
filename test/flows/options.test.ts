import { describe, expect, it } from "vitest";
import { createSms } from "../../src/create-sms";
import { isSmsError } from "../../src/core/model/errors";
import type { SmsOptions } from "../../src/flows/sms-options";
import { DEFAULT_TIMING, resolveTiming } from "../../src/flows/timing";
import { ACCOUNT, WEBHOOK_URL } from "../support/harness";

const GOOD: SmsOptions = { account: ACCOUNT, webhookUrl: WEBHOOK_URL };
const { from: _from, ...NO_SENDER } = ACCOUNT;

/** The message with which the options are refused. */
function refusal(options: unknown): string {
  let message = "";
  expect(() => createSms(options as SmsOptions)).toThrow(
    expect.toSatisfy((error: unknown) => {
      message = isSmsError(error) && error.code === "config_invalid" ? error.message : "";
      return message !== "";
    }),
  );
  return message;
}

describe("options", () => {
  it("that fit are taken and not touched", () => {
    const options = Object.freeze({ ...GOOD, account: Object.freeze({ ...ACCOUNT }) });
    expect(() => createSms(options)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "createSms"],
    ["a misspelt option", { ...GOOD, webhookURL: WEBHOOK_URL }, "webhookURL"],
    ["a misspelt account option", { ...GOOD, account: { ...ACCOUNT, authtoken: "x" } }, "authtoken"],
    ["a misspelt timing", { ...GOOD, timing: { lease: 1 } }, "timing.lease"],
    ["a misspelt sync option", { ...GOOD, sync: { everMs: 1 } }, "sync"],
    ["a sync that is true", { ...GOOD, sync: true }, "sync"],
    ["a sync at no interval", { ...GOOD, sync: { everyMs: 0 } }, "sync"],
    ["no lags", { ...GOOD, sync: { lagsMs: [] } }, "sync"],
    ["a lag into the future", { ...GOOD, sync: { lagsMs: [-1] } }, "sync"],
    ["an overlap below nothing", { ...GOOD, sync: { overlapMs: -1 } }, "sync"],
    ["an assistWithinMs that is no number", { ...GOOD, sync: { assistWithinMs: Number.NaN } }, "sync"],
    ["no webhookUrl", { account: ACCOUNT }, "webhookUrl"],
    ["a relative webhookUrl", { ...GOOD, webhookUrl: "/hook" }, "webhookUrl"],
    ["an underscore in the host", { ...GOOD, webhookUrl: "https://my_host.example.com/hook" }, "underscore"],
    ["no account", { webhookUrl: WEBHOOK_URL }, "account"],
    ["an AccountSid that is none", { ...GOOD, account: { ...ACCOUNT, accountSid: "SK123" } }, "accountSid"],
    ["no auth token", { ...GOOD, account: { ...ACCOUNT, authToken: "" } }, "authToken"],
    ["an empty list of tokens", { ...GOOD, account: { ...ACCOUNT, authToken: [] } }, "authToken"],
    ["an API key without its secret", { ...GOOD, account: { ...ACCOUNT, apiKeySid: "SK1" } }, "apiKeySecret"],
    [
      "two senders",
      { ...GOOD, account: { ...ACCOUNT, messagingServiceSid: "MG0123456789abcdef0123456789abcdef" } },
      "exclude each other",
    ],
    ["no sender", { ...GOOD, account: NO_SENDER }, "messagingServiceSid"],
    ["a sender that is none", { ...GOOD, account: { ...ACCOUNT, from: "555-1234" } }, "from"],
    [
      "an apiBaseUrl that is none",
      { ...GOOD, account: { ...ACCOUNT, apiBaseUrl: "localhost" } },
      "apiBaseUrl",
    ],
    ["a storage that is none", { ...GOOD, storage: {} }, "storage"],
    ["an assistant that is none", { ...GOOD, assistant: { use: {} } }, "assistant.use"],
    [
      "an unknown mode",
      { ...GOOD, assistant: { use: { answer: () => null }, mode: "on" } },
      "assistant.mode",
    ],
    [
      "a thinking time longer than the lease",
      { ...GOOD, assistant: { use: { answer: () => null }, timeoutMs: 60_000 } },
      "assistant.timeoutMs",
    ],
    ["a concurrency of nothing", { ...GOOD, worker: { concurrency: 0 } }, "worker.concurrency"],
    ["a fetch that is none", { ...GOOD, fetch: "node-fetch" }, "fetch"],
    ["an unknown media option", { ...GOOD, media: { maxbytes: 1 } }, "maxbytes"],
    ["an unknown scope", { ...GOOD, consent: { scope: "number" } }, "consent.scope"],
    ["a misspelt consent option", { ...GOOD, consent: { maybestop: "ask" } }, "consent.maybestop"],
    [
      "keyword answers without a contact",
      { ...GOOD, consent: { keywordAnswers: { programme: "x" } } },
      "consent.keywordAnswers.contact",
    ],
    ["a logger without methods", { ...GOOD, logger: {} }, "logger"],
  ])("with %s are refused, and the message says which", (_, options, part) => {
    expect(refusal(options)).toContain(part);
  });

  it("a refusal never repeats a secret", () => {
    const message = refusal({
      ...GOOD,
      account: { ...ACCOUNT, authToken: ["s3cret", 7], accountSid: "s3cret" },
    });
    expect(message).not.toContain("s3cret");
  });

  it("a resolver's bad account is told when it is used, and changes nothing", async () => {
    const sms = createSms({ ...GOOD, account: () => ({ ...ACCOUNT, from: "+1" }) });
    await expect(
      sms.send({ to: "+14155550100", body: "Hi", accountSid: ACCOUNT.accountSid }),
    ).rejects.toSatisfy((error: unknown) => isSmsError(error) && error.code === "config_invalid");
  });

  it("an instance shows no secret when it is printed", () => {
    expect(JSON.stringify(createSms(GOOD))).not.toContain(ACCOUNT.authToken);
  });
});

describe("timing", () => {
  it("fills in what is not given", () => {
    expect(resolveTiming({})).toEqual(DEFAULT_TIMING);
    expect(resolveTiming({ graceMs: 1 })).toEqual({ ...DEFAULT_TIMING, graceMs: 1 });
  });

  it.each([
    ["a fence over a quarter of the lease", { fenceMs: 15_001 }],
    ["an absence under two request timeouts", { absenceMs: 29_999 }],
  ])("refuses %s", (_, timing) => {
    expect(() => resolveTiming(timing)).toThrow(/twice/);
  });
});
