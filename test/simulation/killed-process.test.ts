import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSimulator } from "../../src/simulator/create-simulator";
import type { Simulator } from "../../src/simulator/simulator";
import { ACCOUNT } from "../support/harness";

let folder = "";
let simulator: Simulator;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-killed-"));
  simulator = createSimulator({ numbers: [{ phoneNumber: ACCOUNT.from }] });
  await simulator.start();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a host process; the answer waits for the line that begins with a word. */
function host(mode: "send" | "work"): { child: ChildProcess; said: (word: string) => Promise<string> } {
  const script = fileURLToPath(new URL("host-process.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--import", "tsx", script, mode, join(folder, "sms.db"), simulator.url],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  return {
    child,
    said: async (word) => {
      await expect.poll(() => lines.find((line) => line.startsWith(word)), { timeout: 20_000 }).toBeDefined();
      return lines.find((line) => line.startsWith(word)) ?? "";
    },
  };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function texts(): readonly string[] {
  return simulator
    .phone("+14155550100")
    .messages()
    .map(({ body }) => body);
}

it("a process killed after the commit and before the dispatch sends the message once after a restart", async () => {
  const first = host("send");
  await first.said("queued");
  await killed(first.child);
  expect(simulator.requests()).toHaveLength(0);

  const second = host("work");
  await second.said("sent");
  await killed(second.child);
  const third = host("work");
  await third.said("working");
  // The same call again, by a fourth process, finds the message that was made.
  const again = host("send");
  await again.said("duplicate");
  await expect.poll(texts, { timeout: 5_000 }).toEqual(["Hi"]);
  expect(simulator.requests().filter(({ method }) => method === "POST")).toHaveLength(1);
}, 60_000);
