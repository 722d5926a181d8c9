/**
 * Whole paths over loopback HTTP, next to what people use today, in one run:
 * an inbound webhook on the node edge over SQLite against Express with twilio.webhook() that stores nothing, and a send from
 * send() to settled against the official client's bare messages.create loop. Run: npx tsx test/bench/throughput.ts
 */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import express from "express";
import twilio from "twilio";
import { createSms } from "../../src/create-sms";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { toNodeHandler } from "../../src/http/node";
import { FIXTURE_AUTH_TOKEN } from "../fixtures/twilio/payloads";
import { ACCOUNT } from "../support/harness";

const run = promisify(execFile);
const CONNECTIONS = 50;
const WEBHOOKS = 8_000;
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

/** Requests per second, as counted by a client in a process of its own, which leaves the server a core. */
async function blast(port: number, url: string): Promise<number> {
  const script = fileURLToPath(new URL("blast.ts", import.meta.url));
  const { stdout } = await run(process.execPath, [
    "--import",
    "tsx",
    script,
    String(port),
    url,
    String(WEBHOOKS),
  ]);
  return Number(stdout);
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
  const rate = await blast(served.port, url);
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
  const rate = await blast(served.port, options.url);
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
