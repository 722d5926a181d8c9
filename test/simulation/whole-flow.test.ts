import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { createSms } from "../../src/create-sms";
import type { Sms } from "../../src/create-sms";
import type { Message } from "../../src/core/model/message";
import type { AccountOptions, AssistantOptions } from "../../src/flows/sms-options";
import { toNodeHandler } from "../../src/http/node";
import { createSimulator } from "../../src/simulator/create-simulator";
import type { ServiceOptions } from "../../src/simulator/options";
import type { Simulator } from "../../src/simulator/simulator";
import { FIXTURE_MESSAGING_SERVICE_SID } from "../fixtures/twilio/payloads";
import { ACCOUNT } from "../support/harness";

const PHONE = "+15557654321";
const API_KEY = { sid: "SK0123456789abcdef0123456789abcdef", secret: "key-secret" };

interface World {
  readonly sms: Sms;
  readonly simulator: Simulator;
  readonly texts: () => readonly string[];
  readonly statusOf: (message: Message | null) => Promise<string | undefined>;
}

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Library, SQLite, node:http and simulated Twilio, with real HTTP in between. */
async function world(options: {
  readonly account?: Partial<AccountOptions>;
  readonly assistant?: AssistantOptions;
  readonly service?: Partial<ServiceOptions>;
}): Promise<World> {
  const server = await listening();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const webhookUrl = `http://127.0.0.1:${port}/sms?tenant=it's%20us`;
  const service = {
    sid: FIXTURE_MESSAGING_SERVICE_SID,
    senders: [ACCOUNT.from],
    inboundRequestUrl: webhookUrl,
  };
  const simulator = createSimulator({
    accounts: [{ apiKeys: [API_KEY] }],
    numbers: [{ phoneNumber: ACCOUNT.from, smsUrl: webhookUrl }],
    services: options.service === undefined ? [] : [{ ...service, ...options.service }],
    delivery: { stepMs: 5 },
  });
  await simulator.start();
  endings.push(() => simulator.stop());
  const { from, ...account } = ACCOUNT;
  const storage = sqliteStorage({ path: ":memory:" });
  const sms = createSms({
    account: { ...account, ...(options.account ?? { from }), apiBaseUrl: simulator.url },
    webhookUrl,
    storage,
    ...(options.assistant === undefined ? {} : { assistant: options.assistant }),
  });
  server.on("request", (request, response) => {
    void toNodeHandler(sms)(request, response).catch(() => response.destroy());
  });
  await sms.start();
  endings.push(
    () => storage.close(),
    () => sms.stop(),
  );
  return {
    sms,
    simulator,
    texts: () =>
      simulator
        .phone(PHONE)
        .messages()
        .map(({ body }) => body),
    statusOf: async (message) => {
      if (message === null) return undefined;
      const { items } = await sms.conversations.messages(message.conversationId);
      return items.find(({ id }) => id === message.id)?.status;
    },
  };
}

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  endings.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  return server;
}

it("a text is answered and delivered, STOP ends it, START brings it back", async () => {
  const use = ruleAssistant({
    rules: [{ when: ["open"], reply: "We are open 9 to 5." }],
    otherwise: "A person will answer.",
  });
  const { sms, simulator, texts, statusOf } = await world({ assistant: { use, mode: "auto" } });
  const phone = simulator.phone(PHONE);

  const asked = await phone.text(ACCOUNT.from, "Are you open?");
  expect(asked.webhook?.status).toBe(200);
  await expect.poll(texts).toContain("We are open 9 to 5.");
  const conversation = (await sms.conversations.list()).items[0];
  const { items } = await sms.conversations.messages(conversation?.id ?? "");
  await expect.poll(() => statusOf(items[1] ?? null)).toBe("delivered");

  await phone.text(ACCOUNT.from, "stop");
  expect(await sms.conversations.reply(conversation?.id ?? "", { body: "Still there?" })).toMatchObject({
    kind: "blocked",
  });
  const confirmations = simulator
    .phone(PHONE)
    .messages()
    .filter(({ auto }) => auto);
  expect(confirmations).toHaveLength(1);

  await phone.text(ACCOUNT.from, "START");
  const back = await sms.conversations.reply(conversation?.id ?? "", { body: "Welcome back – 😀" });
  expect(back).toMatchObject({ kind: "queued", message: { encoding: "UCS-2", segments: 1 } });
  await expect.poll(() => statusOf(back.message)).toBe("delivered");
  expect(texts()).toContain("Welcome back – 😀");
  expect(simulator.debugger()).toEqual([]);
});

it("a picture is a message, and its file is fetched with the account's credentials", async () => {
  const { sms, simulator } = await world({});
  const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
  await simulator.phone(PHONE).text(ACCOUNT.from, "", { media: [{ contentType: "image/png", bytes }] });
  const { items } = await sms.conversations.list();
  const { items: messages } = await sms.conversations.messages(items[0]?.id ?? "");
  const [picture] = messages;
  if (picture === undefined) throw new Error("There is no message.");
  const fetched = await sms.fetchMedia(picture, 0);
  expect(fetched).toMatchObject({ kind: "ok", contentType: "image/png" });
  const body = fetched.kind === "ok" ? await new Response(fetched.body).arrayBuffer() : null;
  expect(new Uint8Array(body ?? [])).toEqual(bytes);
  const strict = createSms({
    account: { ...ACCOUNT, apiBaseUrl: simulator.url },
    webhookUrl: "http://127.0.0.1:9/sms",
    media: { maxBytes: 3 },
  });
  expect(await strict.fetchMedia(picture, 0)).toMatchObject({ kind: "failed", reason: "too_large" });
  expect(await sms.fetchMedia(picture, 0, { maxBytes: 3 })).toMatchObject({
    kind: "failed",
    reason: "too_large",
  });
  await expect(sms.fetchMedia(picture, 1)).rejects.toMatchObject({ code: "media_invalid" });
});

it("an opt-out that only Twilio knows closes our gate when it refuses with 21610", async () => {
  const { sms, simulator, statusOf } = await world({});
  // STOP was texted while our endpoint did not exist.
  simulator.configureNumber(ACCOUNT.from, { smsUrl: null });
  await simulator.phone(PHONE).text(ACCOUNT.from, "STOP");
  const sent = await sms.send({ to: PHONE, body: "Hi" });
  expect(sent.kind).toBe("queued");
  await expect.poll(() => statusOf(sent.message)).toBe("failed");
  expect(await sms.consent.get({ contact: PHONE })).toMatchObject({
    state: "opted-out",
    reason: "carrier_21610",
  });
  expect(await sms.send({ to: PHONE, body: "Hi again" })).toMatchObject({ kind: "blocked" });
});

it("a Messaging Service with Advanced Opt-Out, by API key: one thread, and 21610 in a callback closes the gate", async () => {
  const { sms, simulator, statusOf } = await world({
    account: {
      messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID,
      apiKeySid: API_KEY.sid,
      apiKeySecret: API_KEY.secret,
    },
    service: { advancedOptOut: true },
  });
  const phone = simulator.phone(PHONE);
  await phone.text(ACCOUNT.from, "Hello");
  const sent = await sms.send({ to: PHONE, body: "Hi" });
  await expect.poll(() => statusOf(sent.message)).toBe("delivered");
  const { items } = await sms.conversations.list();
  expect(items).toMatchObject([{ ours: FIXTURE_MESSAGING_SERVICE_SID, lastSeq: 2 }]);
  const { items: thread } = await sms.conversations.messages(items[0]?.id ?? "");
  expect(thread[1]).toMatchObject({ from: ACCOUNT.from });

  simulator.configureService(FIXTURE_MESSAGING_SERVICE_SID, { inboundRequestUrl: null });
  await phone.text(ACCOUNT.from, "STOP");
  const refused = await sms.send({ to: PHONE, body: "Hi again" });
  await expect.poll(() => statusOf(refused.message)).toBe("failed");
  await expect.poll(async () => (await sms.consent.get({ contact: PHONE })).state).toBe("opted-out");
});

it("one message posted many times at once over HTTP is stored once", async () => {
  const { sms, simulator } = await world({});
  await simulator.phone(PHONE).text(ACCOUNT.from, "Only once");
  const [webhook] = simulator.webhooks();
  const repeat = async (): Promise<number> => {
    const response = await fetch(webhook?.url ?? "", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": webhook?.signature ?? "",
      },
      body: new URLSearchParams({ ...webhook?.fields }).toString(),
    });
    await response.text();
    return response.status;
  };
  const statuses = await Promise.all(Array.from({ length: 50 }, repeat));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect((await sms.conversations.list()).items).toMatchObject([{ lastSeq: 1, unreadCount: 1 }]);
});
