import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { business } from "./bakery";
import { startDemo } from "./demo";
import { shownLocation, storageArgument } from "./storage";

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

const wanted = portFrom(process.env["PORT"]);
const storage = storageArgument(process.argv.slice(2)) ?? process.env["SMS_DEMO_DB"] ?? DEFAULT_DATABASE;
const mediaFolder = URL.canParse(storage) ? MEDIA_FOLDER : join(dirname(storage), "media");
const demo = await startDemo({ port: wanted, storage, mediaFolder, stepMs: STEP_MS });

const isElsewhere = wanted !== 0 && !demo.url.endsWith(`:${wanted}`);
console.log(`
  ${business.name} is open at  ${demo.url}
${isElsewhere ? `  (port ${wanted} is taken)\n` : ""}
  Left, a customer's phone; right, the inbox. Text from one, answer in the other.
  Twilio is simulated at ${demo.simulator.url}: no account, no cost, nothing leaves this machine.
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
