import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SmsOptions } from "@mailtrixy/sms";
import { storageArgument, twilioArgument } from "./argument";
import { business } from "./bakery";
import { startDemo } from "./demo";
import { shownLocation } from "./storage";

const DEFAULT_PORT = 3000;
const DEFAULT_DATABASE = fileURLToPath(new URL(".data/inbox.db", import.meta.url));
const MEDIA_FOLDER = fileURLToPath(new URL(".data/media", import.meta.url));

/** Slow enough to watch the ticks move. */
const STEP_MS = 700;

function portFrom(text: string | undefined): number {
  const port = Number(text ?? DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new TypeError(`PORT must be a number from 0 to 65535; it is "${String(text)}".`);
}

/** More options of `createSms`, as JSON. `createSms` checks them as it checks all others, so they need no look here. */
function smsOptionsFrom(text: string | undefined): Partial<SmsOptions> {
  return text === undefined ? {} : (JSON.parse(text) as Partial<SmsOptions>);
}

const wanted = portFrom(process.env["PORT"]);
const args = process.argv.slice(2);
const storage = storageArgument(args) ?? process.env["SMS_DEMO_DB"] ?? DEFAULT_DATABASE;
const mediaFolder = URL.canParse(storage) ? MEDIA_FOLDER : join(dirname(storage), "media");
const twilioUrl = twilioArgument(args);
const demo = await startDemo({
  port: wanted,
  storage,
  mediaFolder,
  stepMs: STEP_MS,
  smsOptions: smsOptionsFrom(process.env["SMS_DEMO_OPTIONS"]),
  ...(twilioUrl === null ? {} : { twilioUrl }),
});

const about =
  demo.simulator === null
    ? `The inbox. Twilio is at ${String(twilioUrl)}; its number's webhook is to be ${demo.webhookUrl}`
    : `Left, a customer's phone; right, the inbox. Text from one, answer in the other.
  Twilio is simulated at ${demo.simulator.url}: no account, no cost, nothing leaves this machine.`;
const isElsewhere = wanted !== 0 && !demo.url.endsWith(`:${wanted}`);
console.log(`
  ${business.name} is open at  ${demo.url}
${isElsewhere ? `  (port ${wanted} is taken)\n` : ""}
  ${about}
  Conversations are kept in ${shownLocation(storage)}

  Ctrl-C stops it.
`);

let isStopping = false;
function stop(): void {
  // A second Ctrl-C does not wait.
  if (isStopping) process.exit(130);
  isStopping = true;
  demo.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
