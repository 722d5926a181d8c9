import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { createSms } from "../../src/create-sms";
import type { Sms } from "../../src/create-sms";
import type { Message } from "../../src/core/model/message";
import { toNodeHandler } from "../../src/http/node";
import { createSimulator } from "../../src/simulator/create-simulator";
import type { Simulator } from "../../src/simulator/simulator";
import { ACCOUNT } from "../support/harness";

const PHONES = ["+15557654321", "+15557654322", "+15557654323"] as const;

interface World {
  readonly sms: Sms;
  readonly simulator: Simulator;
  /** Whether the endpoint takes webhooks. */
  readonly setUp: (up: boolean) => void;
  readonly messagesWith: (phone: string) => Promise<readonly Message[]>;
}

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Library, SQLite, an endpoint that can go away, and simulated Twilio, with real HTTP in between. */
async function world(): Promise<World> {
  const server = createServer();
  await listen(server);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const webhookUrl = `http://127.0.0.1:${port}/sms`;
  const simulator = createSimulator({
    numbers: [{ phoneNumber: ACCOUNT.from, smsUrl: webhookUrl }],
    delivery: { stepMs: 5 },
  });
  await simulator.start();
  endings.push(() => simulator.stop());
  const storage = sqliteStorage({ path: ":memory:" });
  const sms = createSms({ account: { ...ACCOUNT, apiBaseUrl: simulator.url }, webhookUrl, storage });
  let isUp = true;
  server.on("request", (request, response) => {
    if (isUp) void toNodeHandler(sms)(request, response).catch(() => response.destroy());
    else response.destroy();
  });
  await sms.start();
  endings.push(
    () => storage.close(),
    () => sms.stop(),
  );
  return {
    sms,
    simulator,
    setUp: (up) => {
      isUp = up;
    },
    async messagesWith(phone) {
      const { items } = await sms.conversations.list();
      const thread = items.find(({ contact }) => contact === phone);
      return thread === undefined ? [] : (await sms.conversations.messages(thread.id)).items;
    },
  };
}

async function listen(server: Server): Promise<void> {
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
}

it("what people texted while the endpoint was down is there after sync(), in order, and STOP has closed the gate", async () => {
  const { sms, simulator, setUp, messagesWith } = await world();
  const [asking, stopping, changing] = PHONES;
  await simulator.phone(asking).text(ACCOUNT.from, "before");

  setUp(false);
  const asked = Array.from({ length: 20 }, (_, index) => `question ${index}`);
  for (const body of asked) await simulator.phone(asking).text(ACCOUNT.from, body);
  await simulator.phone(stopping).text(ACCOUNT.from, "Hello");
  await simulator.phone(stopping).text(ACCOUNT.from, "STOP");
  for (const body of ["STOP", "START"]) await simulator.phone(changing).text(ACCOUNT.from, body);
  expect((await messagesWith(asking)).map(({ body }) => body)).toEqual(["before"]);

  setUp(true);
  expect(await sms.sync()).toEqual({ kind: "done", inbound: 24, statuses: 0 });
  expect((await messagesWith(asking)).map(({ body }) => body)).toEqual(["before", ...asked]);
  expect((await messagesWith(stopping)).map(({ body }) => body)).toEqual(["Hello", "STOP"]);
  expect(await sms.send({ to: stopping, body: "Still there?" })).toMatchObject({ kind: "blocked" });
  expect(await sms.consent.get({ contact: changing })).toMatchObject({ state: "opted-in" });
  expect(await sms.sync()).toEqual({ kind: "done", inbound: 0, statuses: 0 });

  await simulator.phone(asking).text(ACCOUNT.from, "after");
  expect((await messagesWith(asking)).at(-1)?.body).toBe("after");
});

it("a status that could not be called back is merged by sync()", async () => {
  const { sms, simulator, setUp, messagesWith } = await world();
  const [phone] = PHONES;
  setUp(false);
  expect(await sms.send({ to: phone, body: "Hi" })).toMatchObject({ kind: "queued" });
  await expect.poll(() => simulator.phone(phone).messages()).toHaveLength(1);
  await expect
    .poll(async () => {
      await sms.sync();
      return (await messagesWith(phone))[0]?.status;
    })
    .toBe("delivered");
});

it("a picture that was missed comes with its file", async () => {
  const { sms, simulator, setUp, messagesWith } = await world();
  const [phone] = PHONES;
  const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
  setUp(false);
  await simulator.phone(phone).text(ACCOUNT.from, "", { media: [{ contentType: "image/png", bytes }] });
  await sms.sync();
  const [picture] = await messagesWith(phone);
  if (picture === undefined) throw new Error("There is no message.");
  const fetched = await sms.fetchMedia(picture, 0);
  expect(fetched).toMatchObject({ kind: "ok", contentType: "image/png" });
});
