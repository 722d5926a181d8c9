import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Findings, Job } from "./run";

// The storage in memory holds a million messages in it.
const HEAP_MB = 12_288;

/**
 * Measures in a process of its own, so that no storage runs in what another left of the heap, and its memory can be told.
 * Rejects when the process fails or is interrupted; it has ended then.
 */
export function measureInProcess(job: Job): Promise<Findings> {
  const script = fileURLToPath(new URL("job.ts", import.meta.url));
  const execArgv = [...process.execArgv, `--max-old-space-size=${HEAP_MB}`];
  const child = fork(script, [JSON.stringify(job)], { execArgv });
  // This process has to live on until the other has ended, to clean up behind it.
  const interrupt = (): void => void child.kill("SIGKILL");
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return new Promise<Findings>((resolve, reject) => {
    let findings: Findings | null = null;
    // The one message that `job.ts` sends.
    child.on("message", (message) => (findings = message as Findings));
    child.on("error", reject);
    child.on("close", (code) => {
      if (findings === null)
        reject(new Error(`The measuring process ended early (${code ?? "interrupted"}).`));
      else resolve(findings);
    });
  }).finally(() => {
    for (const signal of signals) process.off(signal, interrupt);
  });
}
