/**
 * Whole paths over loopback HTTP, next to what people use today, in one run:
 * an inbound webhook on the node edge over SQLite against Express with twilio.webhook() that stores nothing, and a send from
 * send() to settled against the official client's bare messages.create loop. Run: npx tsx test/bench/throughput.ts
 */
import { createServer, request as httpRequest, Agent } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import twilio from "twilio";
import { createSms } from "../../src/create-sms";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { toNodeHandler } from "../../src/http/node";
import { encodeForm, FIXTURE_AUTH_TOKEN, inboundSms } from "../fixtures/twilio/payloads";
import { ACCOUNT } from "../support/harness";

const CONNECTIONS = 50;
const WEBHOOKS = 4_000;
const SENDS = 3_000;

interface Served {
  readonly port: number;
  readonly close: () => Promise<unknown>;
}

async function serve(handler: Parameters<typeof createServer>[1]): Promise<Served> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // Listening on TCP.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

interface Post {
  readonly body: string;
  readonly signature: string;
}

function posts(url: string, count: number): readonly Post[] {
  return Array.from({ length: count }, (_, index) => {
    const payload = inboundSms({
      MessageSid: `SM${String(index).padStart(32, "0")}`,
      From: `+1415555${String(index % 500).padStart(4, "0")}`,
      Body: `Message number ${index}`,
    });
    const signature = twilio.getExpectedTwilioSignature(FIXTURE_AUTH_TOKEN, url, payload);
    return { body: encodeForm(payload), signature };
  });
}

/** Requests per second at `CONNECTIONS` connections. */
async function blast(port: number, path: string, all: readonly Post[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let next = 0;
  const started = performance.now();
  const one = async (): Promise<void> => {
    for (let post = all[next]; post !== undefined; post = all[next]) {
      next += 1;
      const { body, signature } = post;
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(
          {
            agent,
            port,
            path,
            method: "POST",
            headers: {
              "content-type": "application/x-www-form-urlencoded",
              "content-length": Buffer.byteLength(body),
              "x-twilio-signature": signature,
            },
          },
          (response) => {
            response.resume().on("end", () => {
              resolve(response.statusCode);
            });
          },
        );
        request.on("error", reject);
        request.end(body);
      });
      if (status !== 200) throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  agent.destroy();
  return (all.length / (performance.now() - started)) * 1_000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function ours(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "sms-bench-"));
  const storage = sqliteStorage({ path: join(folder, "sms.db") });
  const url = "https://example.com/sms";
  const sms = createSms({ account: ACCOUNT, webhookUrl: url, storage });
  const handle = toNodeHandler(sms);
  const served = await serve((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await sms.start();
  const rate = await blast(served.port, "/sms", posts(url, WEBHOOKS));
  await sms.stop();
  await served.close();
  await storage.close();
  rmSync(folder, { recursive: true });
  return rate;
}

async function theirs(): Promise<number> {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  process.env["TWILIO_AUTH_TOKEN"] = FIXTURE_AUTH_TOKEN;
  const options = { validate: true, url: "https://example.com/sms" };
  app.post("/sms", twilio.webhook(options), (_request, response) => {
    response.type("text/xml").send("<Response/>");
  });
  // An Express app is a request handler.
  const served = await serve(app as Parameters<typeof createServer>[1]);
  const rate = await blast(served.port, "/sms", posts(options.url, WEBHOOKS));
  await served.close();
  return rate;
}

/** A Twilio that takes everything at once. */
async function quickTwilio(): Promise<Served> {
  let made = 0;
  return serve((request, response) => {
    request.resume().on("end", () => {
      made += 1;
      response.writeHead(201, { "content-type": "application/json" });
      const sid = `SM${String(made).padStart(32, "0")}`;
      response.end(
        JSON.stringify({ sid, status: "queued", from: ACCOUNT.from, error_code: null, num_segments: "1" }),
      );
    });
  });
}

async function ourSends(): Promise<number> {
  const api = await quickTwilio();
  const folder = mkdtempSync(join(tmpdir(), "sms-bench-"));
  const storage = sqliteStorage({ path: join(folder, "sms.db") });
  const sms = createSms({
    account: { ...ACCOUNT, apiBaseUrl: `http://127.0.0.1:${api.port}` },
    webhookUrl: "https://example.com/sms",
    storage,
    worker: { concurrency: 64 },
  });
  await sms.start();
  let settled = 0;
  const done = new Promise<void>((resolve) => {
    sms.on("message.sent", () => {
      settled += 1;
      if (settled === SENDS) resolve();
    });
  });
  const started = performance.now();
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < SENDS) {
      next += 1;
      await sms.send({ to: `+1415556${String(next % 5_000).padStart(4, "0")}`, body: "Hi" });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  await done;
  const rate = (SENDS / (performance.now() - started)) * 1_000;
  await sms.stop();
  await storage.close();
  await api.close();
  rmSync(folder, { recursive: true });
  return rate;
}

async function theirSends(): Promise<number> {
  const api = await quickTwilio();
  const base = new twilio.RequestClient();
  const client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken, {
    httpClient: {
      request: (options: Parameters<typeof base.request>[0]) =>
        base.request({
          ...options,
          uri: options.uri.replace("https://api.twilio.com", `http://127.0.0.1:${api.port}`),
        }),
    } as unknown as typeof base,
  });
  let next = 0;
  const started = performance.now();
  const one = async (): Promise<void> => {
    while (next < SENDS) {
      next += 1;
      await client.messages.create({ to: "+14155560000", from: ACCOUNT.from, body: "Hi" });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  const rate = (SENDS / (performance.now() - started)) * 1_000;
  await api.close();
  return rate;
}

async function compare(name: string, a: () => Promise<number>, b: () => Promise<number>): Promise<void> {
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < 4; round += 1) pairs.push([await a(), await b()]);
  const [, ...warm] = pairs;
  const ratio = median(warm.map(([mine, other]) => mine / other));
  const rates = `${Math.round(median(warm.map(([mine]) => mine)))}/s against ${Math.round(median(warm.map(([, other]) => other)))}/s`;
  process.stdout.write(`${name.padEnd(72)} ${ratio.toFixed(2)} x  (${rates})\n`);
}

await compare("inbound webhook, stored on SQLite, against Express + twilio.webhook()", ours, theirs);
await compare("send() to settled on SQLite, against the official client's bare loop", ourSends, theirSends);
process.exit(0);
