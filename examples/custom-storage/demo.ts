import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSms } from "@mailtrixy/sms";
import type { Message, Sms, Storage } from "@mailtrixy/sms";
import { toNodeHandler } from "@mailtrixy/sms/node";
import { createSimulator } from "@mailtrixy/sms/simulator";
import { lmdbStorage } from "./lmdb-storage";

// A text comes in, a reply goes out, and another process finds the thread in the file. Twilio is simulated; nothing leaves this machine.

const twilio = {
  accountSid: "AC0123456789abcdef0123456789abcdef",
  authToken: "f1e2d3c4b5a69788796a5b4c3d2e1f00",
} as const;
const OURS = "+15551234567";
const CUSTOMER = "+15557654321";

/** Plays the story on a storage. */
async function play(storage: Storage): Promise<void> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  // A server that listens on a port has an address of this shape.
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const simulator = createSimulator({
    accounts: [twilio],
    numbers: [{ phoneNumber: OURS, smsUrl: webhookUrl }],
    delivery: { stepMs: 20 },
  });
  await simulator.start();
  const sms = createSms({
    account: { ...twilio, from: OURS, apiBaseUrl: simulator.url },
    webhookUrl,
    storage,
  });
  const handle = toNodeHandler(sms);
  server.on("request", (request, response) => {
    handle(request, response).catch(console.error);
  });
  await sms.start();

  await simulator.phone(CUSTOMER).text(OURS, "Hello, is my cake ready?");
  const [conversation] = (await sms.conversations.list()).items;
  if (conversation === undefined) throw new Error("The text has not come in.");
  const delivered = new Promise<void>((resolve) => {
    sms.on("message.status", ({ message }) => {
      if (message.status === "delivered") resolve();
    });
  });
  await sms.conversations.reply(conversation.id, { body: "It is, with all 40 candles." });
  await delivered;

  console.log(`This process (${process.pid}) took a text and answered it:`);
  await show(sms);
  await sms.stop();
  await simulator.stop();
  server.close();
}

/** Prints every thread of an instance. */
async function show({ conversations }: Sms): Promise<void> {
  for (const { id, contact } of (await conversations.list()).items) {
    console.log(`  ${contact}`);
    for (const message of (await conversations.messages(id)).items) console.log(`    ${lineOf(message)}`);
  }
}

function lineOf({ direction, body, status }: Message): string {
  return direction === "inbound" ? `← ${body}` : `→ ${body} (${status})`;
}

const [given] = process.argv.slice(2);
if (given === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "sms-lmdb-"));
  const path = join(folder, "sms.mdb");
  const storage = lmdbStorage({ path });
  await play(storage);
  await storage.close();
  const again = [...process.execArgv, fileURLToPath(import.meta.url), path];
  execFileSync(process.execPath, again, { stdio: "inherit" });
  rmSync(folder, { recursive: true });
} else {
  const storage = lmdbStorage({ path: given });
  console.log(`\nAnother process (${process.pid}) opened the file and found:`);
  await show(createSms({ account: { ...twilio, from: OURS }, webhookUrl: "https://example.com/", storage }));
  await storage.close();
}
