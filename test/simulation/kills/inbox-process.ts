import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Chance } from "./chance";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The server of the inbox demo as one file, which starts in a quarter of a second; through a TypeScript loader it takes five times
 * as long. Answers the file's path.
 */
export async function bundleInbox(folder: string): Promise<string> {
  const bundle = join(folder, "inbox.mjs");
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, "examples/inbox/server.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Native, or absent and imported only where it is wanted.
    external: ["libsql", "pg", "better-sqlite3", "ai"],
    // Packages that are CommonJS ask for Node's modules with `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    sourcemap: "inline",
    logLevel: "error",
  });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return bundle;
}

/** What a server is started with; every start of one run gets the same. */
export interface InboxPlace {
  readonly bundle: string;
  readonly port: number;
  /** A file, or a PostgreSQL connection. */
  readonly storage: string;
  readonly twilioUrl: string;
  /** Options of `createSms`. */
  readonly smsOptions: unknown;
}

/** A running server. */
export interface InboxProcess {
  /** Resolves when it says that it is open. Rejects when it ended by itself. */
  readonly open: Promise<void>;
  /** SIGKILL: nothing of it runs after that. Rejects when it had ended by itself before. */
  kill(): Promise<void>;
}

/** Starts a server. */
export function startInbox(place: InboxPlace): InboxProcess {
  const child = spawn(
    process.execPath,
    ["--enable-source-maps", place.bundle, "--storage", place.storage, "--twilio", place.twilioUrl],
    {
      env: { ...process.env, PORT: String(place.port), SMS_DEMO_OPTIONS: JSON.stringify(place.smsOptions) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const exited = once(child, "exit");
  let output = "";
  const open = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes(`open at  http://127.0.0.1:${place.port}\n`)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", () => {
      reject(new Error(`The server ended before it was open:\n${output}`));
    });
  });
  // Whoever kills it before it is open does not wait for that.
  open.catch(() => undefined);
  return {
    open,
    async kill() {
      const ended = child.exitCode ?? child.signalCode;
      if (ended !== null) throw new Error(`The server ended by itself (${ended}):\n${output}`);
      child.kill("SIGKILL");
      await exited;
      if (child.signalCode !== "SIGKILL") throw new Error(`The server ended by itself:\n${output}`);
    },
  };
}

/** A free port below those that the system gives to outgoing connections, which would take it while no server is up. */
export async function steadyPort(chance: Chance): Promise<number> {
  for (;;) {
    const port = chance.between(18_000, 30_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      resolve(true);
    });
  });
  if (isListening) {
    server.close();
    await once(server, "close");
  }
  return isListening;
}
