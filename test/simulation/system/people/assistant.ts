import type { Assistant, AssistantAnswer } from "../../../../src/ports/assistant";
import type { Process } from "../processes";
import type { World } from "../world";

/** The words with which an assistant's answer begins, so that it is known what it answers. */
export function answerMark(messageId: string): string {
  return `Re ${messageId}:`;
}

/** An assistant that takes its time, fails, hands over or says nothing, as seeded. */
export function simulatedAssistant(world: World, process: Process): Assistant {
  const chance = world.chance(`assistant/${process.name}`);
  return {
    answer(request, { signal }) {
      world.count("assistant asked");
      const last = request.messages.findLast(({ direction }) => direction === "inbound");
      const trouble = chance.chance(world.faults().assistant);
      const kind = chance.weighted({ reply: 12, handoff: 1, silence: 1 });
      const waitMs = trouble && chance.chance(0.5) ? chance.whole(5_000, 60_000) : chance.waitMs(1_500);
      return new Promise<AssistantAnswer>((resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("The time is up."));
        });
        world.scheduler.after(waitMs, () => {
          process.enter(() => {
            if (trouble && waitMs < 5_000) reject(new Error("The model is away."));
            else resolve(answerOf(kind, last?.id ?? ""));
          });
        });
      });
    },
  };
}

function answerOf(kind: "reply" | "handoff" | "silence", messageId: string): AssistantAnswer {
  switch (kind) {
    case "reply":
      return { kind, body: `${answerMark(messageId)} we open at nine.` };
    case "handoff":
      return { kind, why: "A person should look at this." };
    case "silence":
      return { kind };
  }
}
