import { createServer } from "node:http";
import { afterEach, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { withConnectionOverrides } from "../../src/core/webhook/connection-overrides";
import { createSms } from "../../src/create-sms";
import type { Sms } from "../../src/create-sms";
import { toNodeHandler } from "../../src/http/node";
import type { Storage } from "../../src/ports/storage";
import { createSimulator } from "../../src/simulator/create-simulator";
import type { Simulator } from "../../src/simulator/simulator";
import { inboundSms } from "../fixtures/twilio/payloads";
import { ACCOUNT, harness } from "../support/harness";

const PHONE = "+15557654321";
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const endings: (() => Promise<unknown>)[] = [];

function nothing(): void {
  return undefined;
}

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Library and simulated Twilio with real HTTP in between, over a storage whose next commits fail, before or after they took effect. */
async function world(failures: ("before" | "after")[]): Promise<{
  readonly sms: Sms;
  readonly simulator: Simulator;
}> {
  const inner = memoryStorage();
  const storage: Storage = {
    ...inner,
    async commit(writes) {
      const failure = failures.shift();
      if (failure === undefined) return inner.commit(writes);
      if (failure === "after") await inner.commit(writes);
      throw new Error("The database went away.");
    },
  };
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
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const webhookUrl = `http://127.0.0.1:${port}/sms`;
  const simulator = createSimulator({
    numbers: [{ phoneNumber: ACCOUNT.from, smsUrl: withConnectionOverrides(webhookUrl) }],
    delivery: { stepMs: 5 },
  });
  await simulator.start();
  endings.push(() => simulator.stop());
  const sms = createSms({
    account: { ...ACCOUNT, apiBaseUrl: simulator.url },
    webhookUrl,
    storage,
    logger: SILENT,
  });
  server.on("request", (request, response) => {
    void toNodeHandler(sms)(request, response).catch(() => response.destroy());
  });
  return { sms, simulator };
}

it.each([[["before"]], [["after"]], [["before", "before", "after"]]] as const)(
  "a text whose commit fails %s it took effect is repeated by Twilio and stored once",
  async (failures) => {
    const { sms, simulator } = await world([...failures]);
    const result = await simulator.phone(PHONE).text(ACCOUNT.from, "Hello");
    expect(result.webhook?.status).toBe(200);
    const attempts = simulator
      .webhooks()
      .map(({ attempt, idempotencyToken }) => ({ attempt, idempotencyToken }));
    expect(attempts).toHaveLength(failures.length + 1);
    // Twilio marks repetitions of one webhook by one token.
    expect(new Set(attempts.map(({ idempotencyToken }) => idempotencyToken)).size).toBe(1);
    const { items } = await sms.conversations.list();
    expect(items).toMatchObject([{ lastSeq: 1, unreadCount: 1 }]);
  },
);

it("a delivery report whose commit fails is repeated by Twilio and merged", async () => {
  const failures: ("before" | "after")[] = [];
  const { sms, simulator } = await world(failures);
  const { message } = await sms.send({ to: PHONE, body: "Hi" });
  await sms.runDue();
  failures.push("before", "before");
  await expect
    .poll(async () => (await sms.conversations.messages(message?.conversationId ?? "")).items[0]?.status)
    .toBe("delivered");
  expect(simulator.webhooks().some(({ attempt }) => attempt > 1)).toBe(true);
});

it("the same text at the fallback URL, with the fields that Twilio adds there, is the same message", async () => {
  const h = harness();
  expect((await h.post(inboundSms())).status).toBe(200);
  const again = inboundSms({ ErrorCode: "11200", ErrorUrl: "https://example.com/api/webhooks/twilio-sms" });
  expect((await h.post(again)).status).toBe(200);
  expect((await h.sms.conversations.list()).items).toMatchObject([{ lastSeq: 1 }]);
  expect(h.eventNames().filter((name) => name === "message.received")).toHaveLength(1);
});
