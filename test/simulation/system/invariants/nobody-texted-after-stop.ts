import { consentIdOf, consentSenderOf } from "../../../../src/core/model/consent";
import { writtenId } from "../../../../src/core/model/record";
import type { Message } from "../../../../src/core/model/message";
import type { Task } from "../../../../src/core/model/task";
import { DEFAULT_TIMING } from "../../../../src/flows/timing";
import type { CommitFact, Watch } from "../facts";
import { MAX_SKEW_MS } from "../plan";
import type { World } from "../world";

const CONFIRMATION_MS = 5 * 60_000;

interface Closing {
  /** When the opt-out was committed, by the true clock. */
  readonly atMs: number;
  /** The confirmation that was made in the same commit. Where two opt-outs fall into one millisecond, both of theirs. */
  readonly confirmationIds: readonly string[];
}

/**
 * G3: from the commit of an opt-out on nothing is claimed for that contact but the one confirmation, while it is fresh, and no
 * request leaves later than the fence allows. The opt-outs are told by what people texted and by the ledger, not by the gate.
 */
export function nobodyTextedAfterStop(world: World): Watch {
  const invariant = "nobodyTextedAfterStop";
  const closedAt = new Map<string, Closing>();
  const lastClosing = new Map<string, Closing>();
  // The gate goes by the clocks of two processes at most.
  const skewMs = Math.max(...world.plan.skewsMs) - Math.min(...world.plan.skewsMs);
  const lastClosedMs = new Map<string, number>();
  const optOuts = new Map<string, number>();
  const confirmations = new Map<string, number>();

  return {
    commit(commit) {
      noteDecisions(commit);
      for (const write of commit.writes) {
        if (write.kind !== "task" || !("put" in write)) continue;
        const before = world.mirror.get("task", write.put.id)?.value;
        if (isClaim(before, write.put)) checkClaim(commit, write.put);
      }
    },
    post(post) {
      const message = world.mirror.get("message", post.mid)?.value;
      if (message === undefined) return;
      const closing = closedAt.get(consentIdOfMessage(world, message));
      if (closing === undefined) return;
      const sinceMs = post.atMs - closing.atMs;
      const allowedMs = closing.confirmationIds.includes(post.mid) ? CONFIRMATION_MS + skewMs : 0;
      if (sinceMs > allowedMs + DEFAULT_TIMING.fenceMs) {
        world.violate({
          invariant,
          about: [post.mid, post.to],
          text: `${post.mid} was posted ${sinceMs} ms after the opt-out of ${post.to}`,
        });
      }
    },
    accepted(post) {
      const message = world.mirror.get("message", post.mid)?.value;
      if (message?.answersKeyword !== "stop") return;
      const confirmed = (confirmations.get(message.to) ?? 0) + 1;
      confirmations.set(message.to, confirmed);
      if (confirmed > (optOuts.get(message.to) ?? 0)) {
        world.violate({
          invariant,
          about: [post.mid, post.to],
          text: `${post.to} got two confirmations of one STOP`,
        });
      }
    },
  };

  function noteDecisions(commit: CommitFact): void {
    for (const write of commit.writes) {
      if (!("put" in write)) continue;
      if (write.kind === "consentEntry") {
        const { contact, to } = write.put;
        if (to === "opted-out") optOuts.set(contact, (optOuts.get(contact) ?? 0) + 1);
        if (to === "opted-out") close(write.put.consentId, commit);
        else closedAt.delete(write.put.consentId);
      }
      // Words that count as a STOP, said again, move its date without another line in the ledger.
      if (write.kind === "consent" && write.put.state === "opted-out") {
        lastClosedMs.set(write.put.contact, commit.atMs);
      }
      if (write.kind === "message" && write.expect === "absent") noteText(write.put, commit);
    }
  }

  /** What somebody's phone said must be decided in the very commit that stores it. */
  function noteText(message: Message, commit: CommitFact): void {
    const means = world.texts.get(message.id)?.means ?? "none";
    if (means === "none") return;
    // Said again, it moves the date of an opt-out without another line in the ledger.
    if (means === "stop") lastClosedMs.set(message.from, commit.atMs);
    const id = consentIdOf(message.accountSid, message.from, consentSenderOf(world.plan.scope, message.ours));
    const put = commit.writes.find(
      (write) => write.kind === "consent" && "put" in write && write.put.id === id,
    );
    const after =
      put !== undefined && put.kind === "consent" && "put" in put ? put.put : world.mirror.consentOf(id);
    const expected = means === "stop" ? "opted-out" : "opted-in";
    if (after?.state !== expected && !isOverruled(message, commit, means)) {
      world.violate({
        invariant,
        about: [message.id, message.from],
        text: `${message.from} texted ${means} and is ${after?.state ?? "unknown"}`,
      });
    }
  }

  /** What Twilio's log brings late counts as said when it was said: a later word of the same person, or a later STOP, stands. */
  function isOverruled(message: Message, commit: CommitFact, means: "stop" | "start"): boolean {
    const isFromLog = commit.writes.some(
      (write) => write.kind === "task" && writtenId(write).startsWith("sync:"),
    );
    if (!isFromLog) return false;
    const saidAtMs = world.texts.get(message.id)?.sentAtMs ?? 0;
    const later = [...world.texts.values()].some(
      (text) =>
        text.contact === message.from &&
        text.means !== "none" &&
        text.means !== means &&
        text.sentAtMs >= saidAtMs - 1_000 &&
        world.mirror.get("message", text.sid) !== undefined,
    );
    // A START lifts nothing that is newer than it, such as an opt-out by hand.
    return later || (means === "start" && (lastClosedMs.get(message.from) ?? 0) >= saidAtMs - MAX_SKEW_MS);
  }

  function close(consentId: string, commit: CommitFact): void {
    if (closedAt.has(consentId)) return;
    const confirmation = commit.writes.find(
      (write) => write.kind === "message" && "put" in write && write.put.answersKeyword === "stop",
    );
    const made = confirmation !== undefined && "put" in confirmation ? [confirmation.put.id] : [];
    const before = lastClosing.get(consentId);
    const ids = before?.atMs === commit.atMs ? [...before.confirmationIds, ...made] : made;
    const closing: Closing = { atMs: commit.atMs, confirmationIds: ids };
    closedAt.set(consentId, closing);
    lastClosing.set(consentId, closing);
    lastClosedMs.set(consentId.split(":")[1] ?? "", commit.atMs);
    world.count("opt-outs");
  }

  function checkClaim(commit: CommitFact, task: Task): void {
    const closing = closedAt.get(task.consentId);
    if (closing === undefined) return;
    const isConfirmation = closing.confirmationIds.includes(task.messageId);
    const sinceMs = commit.atMs - closing.atMs;
    if (isConfirmation && sinceMs <= CONFIRMATION_MS + skewMs) return;
    world.violate({
      invariant,
      about: [task.messageId, task.consentId.split(":")[1] ?? ""],
      text: `${task.messageId} was claimed ${sinceMs} ms after the opt-out of ${task.consentId} was committed`,
    });
  }
}

/** Whether a task goes from not calling to calling: somebody may now hand its message over. */
function isClaim(before: Task | undefined, after: Task): boolean {
  if (after.purpose !== "dispatch" || !after.calling) return false;
  return before === undefined || !before.calling || before.messageId !== after.messageId;
}

function consentIdOfMessage(world: World, { accountSid, to, ours }: Message): string {
  return consentIdOf(accountSid, to, consentSenderOf(world.plan.scope, ours));
}
