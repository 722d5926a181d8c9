import type { Write } from "../../../src/core/model/record";
import type { Violation } from "./facts";

/** The writes of a commit in one line. */
export function describeWrites(writes: readonly Write[]): string {
  return writes.map(describeWrite).join(" · ");
}

function describeWrite(write: Write): string {
  if ("check" in write) return `${write.kind} ${write.check} is v${write.expect}`;
  if ("remove" in write) return `${write.kind} ${write.remove} goes`;
  return `${write.kind} ${write.put.id}${detailOf(write)} (${write.expect === "absent" ? "new" : `v${write.expect + 1}`})`;
}

function detailOf(write: Extract<Write, { readonly put: unknown }>): string {
  switch (write.kind) {
    case "consent":
      return ` ${write.put.state}`;
    case "conversation":
      return ` seq ${write.put.lastSeq}`;
    case "message":
      return ` ${write.put.status} seq ${write.put.seq} ${write.put.sid ?? "-"}`;
    case "consentEntry":
      return ` ${write.put.consentId} ${write.put.from}→${write.put.to}`;
    case "draft":
      return ` ${write.put.status}`;
    case "task":
      return ` try ${write.put.attempts}${write.put.calling ? " calling" : ""} ${write.put.messageId}`;
  }
}

/** The last lines of a trace that are about a violation: those with one of its ids in them, and what befell processes. */
export function linesAbout(lines: readonly string[], violation: Violation, most = 40): readonly string[] {
  const about = violation.about.filter((id) => id !== "");
  return lines
    .filter((line) => about.some((id) => line.includes(id)) || / (CRASHES|PAUSES|starts|---|!!!)/.test(line))
    .slice(-most);
}
