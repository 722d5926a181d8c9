import { createSms } from "../../src/create-sms";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import { ACCOUNT } from "../support/harness";

/**
 * A host as its own process, so that it can be killed. `send`: commits one text and then only lives on; `work`: runs the worker.
 * Each thing that happens is a line on standard output.
 */
const [mode, path, apiBaseUrl] = process.argv.slice(2);
if (path === undefined || apiBaseUrl === undefined) throw new Error("usage: host-process MODE DATABASE API");

const storage = sqliteStorage({ path });
const sms = createSms({
  account: { ...ACCOUNT, apiBaseUrl },
  webhookUrl: "http://127.0.0.1:9/hook",
  storage,
  timing: { requestTimeoutMs: 2_000, leaseMs: 4_000, fenceMs: 1_000, absenceMs: 4_000, graceMs: 200 },
  worker: { pollMs: 50 },
});
sms.on("message.sent", ({ message }) => {
  say(`sent ${message.id}`);
});

if (mode === "send") {
  const outcome = await sms.send({ to: "+14155550100", body: "Hi", idempotencyKey: "order-42" });
  say(outcome.kind);
  setInterval(() => undefined, 60_000);
} else {
  await sms.start();
  say("working");
  setInterval(() => undefined, 60_000);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
