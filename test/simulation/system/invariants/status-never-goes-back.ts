import { isFinalStatus, statusRank } from "../../../../src/core/delivery/status";
import type { AnswerFact, Watch } from "../facts";
import type { World } from "../world";

/** G5: a status never goes back from one commit to the next, and what a final callback told is what is shown in the end. */
export function statusNeverGoesBack(world: World): Watch {
  const invariant = "statusNeverGoesBack";
  return {
    commit({ writes }) {
      for (const write of writes) {
        if (write.kind !== "message" || !("put" in write)) continue;
        const before = world.mirror.get("message", write.put.id)?.value;
        if (before === undefined) continue;
        const after = write.put;
        const about = [after.id, after.sid ?? ""];
        if (statusRank(after.status) < statusRank(before.status)) {
          world.violate({
            invariant,
            about,
            text: `${after.id} went back from ${before.status} to ${after.status}`,
          });
        }
        if (before.delivery.finals.some((status) => !after.delivery.finals.includes(status))) {
          world.violate({ invariant, about, text: `${after.id} forgot a final status` });
        }
        if (before.sid !== null && before.sid !== after.sid) {
          world.violate({ invariant, about, text: `${after.id} changed its sid` });
        }
      }
    },
    end() {
      const finals = new Map<string, AnswerFact[]>();
      for (const answer of world.answers) {
        const { mid, told, status } = answer;
        if (mid === null || told === null || status !== 200) continue;
        if (told === "sent" || told === "queued") continue;
        finals.set(mid, [...(finals.get(mid) ?? []), answer]);
      }
      for (const [mid, answers] of finals) {
        const sid = answers[0]?.sid ?? "";
        // Where two messages have the same words, the one that a look-up has given the sid to has its reports too.
        const message =
          world.mirror.all("message").find((one) => one.sid === sid) ??
          world.mirror.get("message", mid)?.value;
        const told = [...new Set(answers.map((answer) => answer.told ?? ""))];
        const about = [mid, sid];
        if (message === undefined) {
          world.violate({ invariant, about, text: `${mid} was reported on and is not stored` });
          continue;
        }
        // Two reports that contradict each other are shown as a conflict, which is not for this check.
        if (told.length === 1 && message.status !== told[0]) {
          const text = `${mid} is ${message.status}, and Twilio told ${told.join(", ")}`;
          world.violate({ invariant, about, text });
        }
        if (!isFinalStatus(message.status)) {
          world.violate({ invariant, about, text: `${mid} is ${message.status} after a final report` });
        }
      }
    },
  };
}
