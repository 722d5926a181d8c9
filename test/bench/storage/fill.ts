import type { Kind, Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import { consentOf, conversationOf, draftOf, messageOf, taskOf } from "./records";
import type { Workload } from "./workload";

/** How filling went. */
export interface Filled {
  readonly messages: number;
  readonly records: number;
  readonly tookMs: number;
}

const WRITES_PER_COMMIT = 500;
/** Commits under way at once: a storage that speaks to a server works on one while the next is sent. */
const COMMITS_AT_ONCE = 4;

/**
 * Writes a workload through the storage itself, messages in the order in which they came, so that they lie on the disk as they do
 * in life: a thread's messages far from each other. A conversation is written once, as it is in the end.
 */
export async function fill(storage: Storage, workload: Workload): Promise<Filled> {
  const startedMs = performance.now();
  const commits = commitsOf(workload);
  let records = 0;
  const one = async (): Promise<void> => {
    for (let next = commits.next(); next.done !== true; next = commits.next()) {
      records += next.value.length;
      if ((await storage.commit(next.value)) !== "committed")
        throw new Error("The bench fills a storage with records that clash.");
    }
  };
  await Promise.all(Array.from({ length: COMMITS_AT_ONCE }, one));
  return { messages: workload.messages, records, tookMs: performance.now() - startedMs };
}

/** Commits of one kind each: all have the same statements, which a server then prepares once. */
function* commitsOf(workload: Workload): Generator<readonly Write[]> {
  const waiting = new Map<Kind, Write[]>();
  for (const write of writesOf(workload)) {
    const same = waiting.get(write.kind) ?? [];
    same.push(write);
    waiting.set(write.kind, same);
    if (same.length < WRITES_PER_COMMIT) continue;
    waiting.delete(write.kind);
    yield same;
  }
  yield* waiting.values();
}

function* writesOf(workload: Workload): Generator<Write> {
  const seqs = new Uint32Array(workload.conversations);
  for (let number = 0; number < workload.messages; number += 1) {
    const conversation = workload.order[number] ?? 0;
    const seq = (seqs[conversation] ?? 0) + 1;
    seqs[conversation] = seq;
    if (seq === 1) yield* conversationWrites(workload, conversation);
    const message = messageOf(workload, number, seq);
    yield { kind: "message", put: message, expect: "absent" };
    const task = taskOf(workload, number, message);
    if (task !== null) yield { kind: "task", put: task, expect: "absent" };
  }
}

function* conversationWrites(workload: Workload, conversation: number): Generator<Write> {
  const { consent, entries } = consentOf(workload, conversation);
  yield { kind: "consent", put: consent, expect: "absent" };
  for (const entry of entries) yield { kind: "consentEntry", put: entry, expect: "absent" };
  yield { kind: "conversation", put: conversationOf(workload, conversation), expect: "absent" };
  const draft = draftOf(workload, conversation);
  if (draft !== null) yield { kind: "draft", put: draft, expect: "absent" };
}
