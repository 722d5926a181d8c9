import type { Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import { creating, putting, removing } from "./commit-and-read";
import { sampleConsentEntry, sampleConversation, sampleMessage, sampleTask } from "./sample-records";

/** The line that reports a commit. */
function lineOf(number: number): string {
  return `commit ${number}.`;
}

/** The number of a line that {@link writeUntilKilled} reported whole; null for any other text. */
export function commitNumberOf(line: string): number | null {
  const number = /^commit (\d+)\.$/.exec(line.trim())?.[1];
  return number === undefined ? null : Number(number);
}

/** The writes of one of the numbered commits: a new message, ledger line and task, the conversation, and the task before goes. */
export function numberedCommit(number: number): readonly Write[] {
  const conversation = sampleConversation(1, { lastSeq: number });
  return [
    putting("conversation", conversation, number === 1 ? "absent" : number - 1),
    ...creating("message", sampleMessage(number)),
    ...creating("consentEntry", sampleConsentEntry(number)),
    ...creating("task", sampleTask(number)),
    ...(number === 1 ? [] : [removing("task", sampleTask(number - 1).id, 1)]),
  ];
}

/**
 * What a process does that the suite has killed: numbered commits of several records each, one after the other, for ever.
 * Each is reported only after the storage has answered it. Run it in a process of its own, on an empty storage, with a `report`
 * that has left the process when it returns (a synchronous write to a pipe or a file); kill the process hard
 * (`SIGKILL`) after some lines, and give the lines to the suite as `reported`.
 * @throws what the storage rejects with, and an Error when a commit conflicts: nobody else writes these records.
 * @example
 * // writer.ts, started by the `kill` of the suite's options with the file as its argument
 * import { writeSync } from "node:fs";
 * await writeUntilKilled(myStorage(process.argv[2]), (line) => writeSync(1, `${line}\n`));
 */
export async function writeUntilKilled(storage: Storage, report: (line: string) => unknown): Promise<never> {
  for (let number = 1; ; number += 1) {
    const outcome = await storage.commit(numberedCommit(number));
    if (outcome !== "committed") throw new Error(`Commit ${number} conflicted, though nobody else writes.`);
    report(lineOf(number));
  }
}
