import { spawn } from "node:child_process";
import { request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;

/** The demo, started as a person starts it. */
export interface DemoProcess {
  readonly url: string;
  /** All that it has printed. */
  output(): string;
  /** Texts from a phone, as the page's phone does. */
  text(number: string, body: string, options?: { readonly photo?: boolean }): Promise<void>;
  /** Presses Ctrl-C; resolves when everything that was started has ended. */
  stop(): Promise<void>;
}

/** Runs `npm start` with a database of its own, on a port of its own unless one is asked for. */
export async function startDemoProcess(options: {
  readonly databasePath: string;
  readonly port?: number;
}): Promise<DemoProcess> {
  const child = spawn("npm", ["start"], {
    cwd: ROOT,
    // A terminal's Ctrl-C goes to the whole group: npm, its shell, and the server.
    detached: true,
    env: { ...process.env, PORT: String(options.port ?? 0), SMS_DEMO_DB: options.databasePath },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = new Promise<void>((resolve) => {
    // "close" comes when the last holder of the pipes is gone: the server, not npm.
    child.once("close", () => {
      resolve();
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    const giveUp = setTimeout(() => {
      reject(new Error(`The demo did not start:\n${output}`));
    }, START_DEADLINE_MS);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /open at\s+(http:\S+)/.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(giveUp);
      resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("close", () => {
      reject(new Error(`The demo ended at once:\n${output}`));
    });
  });
  return {
    url,
    output: () => output,
    async text(number, body, { photo = false } = {}) {
      const response = await fetch(`${url}/api/phone/text`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ number, body, photo }),
      });
      if (!response.ok) throw new Error(`The phone could not text: ${await response.text()}`);
    },
    async stop() {
      const pid = child.pid;
      if (pid === undefined) return;
      process.kill(-pid, "SIGINT");
      const late = setTimeout(() => process.kill(-pid, "SIGKILL"), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** An HTTP answer, as far as the tests look at it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A request with headers that `fetch` would not let through, such as another `Host`. */
export async function rawRequest(
  url: string,
  options: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: options.method, headers: options.headers }, (response) => {
      response.resume();
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      });
    });
    request.once("error", reject);
    request.end(options.body);
  });
}
