import type { Message } from "../../../../src/core/model/message";
import type { Watch } from "../facts";
import type { TwilioStore } from "../twilio/messages";
import type { World } from "../world";

/** What became of a message that Twilio never had. */
const NEVER_HAD = new Set(["blocked", "canceled", "failed"]);

/** G4: what was queued reached Twilio exactly once, or ended with a reason; a repeated call made nothing more. */
export function sentExactlyOnce(world: World, store: TwilioStore): Watch {
  const invariant = "sentExactlyOnce";
  const acceptedSids = new Map<string, string[]>();

  return {
    accepted(post) {
      const sids = acceptedSids.get(post.mid) ?? [];
      sids.push(post.sid ?? "");
      acceptedSids.set(post.mid, sids);
      const sameWords = twinsOf(post.to, post.body);
      const atTwilio = sameWords.flatMap(({ id }) => acceptedSids.get(id) ?? []);
      if (atTwilio.length > sameWords.length) {
        violate([post.mid, post.to], `${post.mid} reached Twilio too often: ${sids.join(", ")}`);
      }
      const message = world.mirror.get("message", post.mid)?.value;
      if (message === undefined) violate([post.mid, post.to], `${post.mid} reached Twilio and is not stored`);
      else if (message.body !== post.body || message.to !== post.to) {
        violate([post.mid, post.to], `${post.mid} reached Twilio as another text`);
      }
    },
    end() {
      const outbound = world.mirror.all("message").filter(({ direction }) => direction === "outbound");
      for (const message of outbound) checkEnd(message);
      for (const call of world.calls) checkCall(call, outbound);
    },
  };

  /**
   * Messages with the same words to the same person cannot be told apart in Twilio's log: where one of them is looked for, another
   * one's text may be found, and they change places. Together they must come out right.
   */
  function twinsOf(to: string, body: string): readonly Message[] {
    return world.mirror
      .all("message")
      .filter((one) => one.direction === "outbound" && one.to === to && one.body === body);
  }

  function checkEnd(message: Message): void {
    const about = [message.id, message.sid ?? ""];
    const twins = twinsOf(message.to, message.body);
    const sids = twins.flatMap(({ id }) => acceptedSids.get(id) ?? []);
    if (message.status === "pending") {
      violate(about, `${message.id} is still pending`);
      return;
    }
    if (message.status === "unknown") {
      if (world.features.settle)
        violate(about, `${message.id} is still unknown (at Twilio: ${sids.join(", ") || "no"})`);
      const told = world.answers.find(
        ({ mid, sid, status }) =>
          mid === message.id && status === 200 && !twins.some((twin) => twin.sid === sid),
      );
      if (told !== undefined) violate(about, `${message.id} is unknown although a callback told of it`);
      return;
    }
    if (NEVER_HAD.has(message.status) && message.sid === null) {
      const taken = twins.filter(({ sid }) => sid !== null && sids.includes(sid)).length;
      if (sids.length > taken)
        violate(about, `${message.id} is ${message.status} although Twilio has ${sids.join(", ")}`);
      const hasReason = message.status === "canceled" || message.error !== null;
      if (!hasReason) violate(about, `${message.id} is ${message.status} without a reason`);
      return;
    }
    if (message.sid === null || !sids.includes(message.sid)) {
      const known = store.bySid(message.sid ?? "") === undefined ? "" : ", which is another message";
      violate(
        about,
        `${message.id} is ${message.status} as ${message.sid ?? "nothing"}${known}; Twilio has ${sids.join(", ") || "none"}`,
      );
    }
  }

  function checkCall(call: World["calls"][number], outbound: readonly Message[]): void {
    const about = [call.token, call.contact];
    const firsts = new Set(call.answers.map((ids) => ids[0]));
    if (call.key !== null && firsts.size > 1)
      violate(about, `${call.token} was answered with different messages`);
    for (const id of call.answers.flat()) {
      if (world.mirror.get("message", id) === undefined)
        violate([...about, id], `${id} was queued and is not stored`);
    }
    const made = outbound.filter(({ body }) => body.startsWith(`[${call.token}]`));
    if (made.length > 1)
      violate([...about, ...made.map(({ id }) => id)], `${call.token} made ${made.length} messages`);
  }

  function violate(about: readonly string[], text: string): void {
    world.violate({ invariant, about, text });
  }
}
