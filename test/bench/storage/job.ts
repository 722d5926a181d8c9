/** The process that measures one storage. Argument: a job as JSON. It sends the findings to the process that made it. */
import { clear } from "./places";
import { runJob, type Job } from "./run";

// Whoever made this process wrote it.
const job = JSON.parse(process.argv[2] ?? "") as Job;
let isDone = false;

// Ctrl-C is for the process that made this one, which ends it and cleans up. Where that was killed at once, as tsx does with one
// that is too busy to answer a signal, it is done here.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => {
  if (isDone) return;
  const end = (): void => process.exit(1);
  clear(job.place, job.sizes).then(end, end);
});

const findings = await runJob(job, (line) => process.stderr.write(`${line}\n`));
isDone = true;
process.send?.(findings, () => {
  process.disconnect();
});
