import type { Watch } from "../facts";
import type { World } from "../world";

/** G1: what was answered 2xx is stored, at that very moment and for good. With sync, what was never heard of is stored too. */
export function inboundIsStored(world: World): Watch {
  const invariant = "inboundIsStored";
  return {
    answer(answer) {
      const text = world.texts.get(answer.sid);
      if (answer.status !== 200 && answer.status !== 503) {
        world.violate({
          invariant: "webhooksAreUnderstood",
          about: [answer.sid],
          text: `${answer.what} ${answer.sid} was answered ${answer.status}`,
        });
      }
      if (text === undefined || answer.status !== 200) return;
      text.acceptedAtMs.push(answer.atMs);
      if (world.mirror.get("message", answer.sid) === undefined) {
        world.violate({
          invariant,
          about: [answer.sid, text.contact],
          text: `${answer.sid} was answered 200 before it was stored`,
        });
      }
    },
    end() {
      for (const text of world.texts.values()) {
        const wasAccepted = text.acceptedAtMs.length > 0;
        if (!wasAccepted && !world.features.sync) continue;
        const stored = world.mirror.get("message", text.sid);
        if (stored === undefined) {
          const how = wasAccepted ? "answered 200" : "in Twilio's log";
          world.violate({
            invariant,
            about: [text.sid, text.contact],
            text: `${text.sid} was ${how} and is not stored`,
          });
        } else if (stored.value.body !== text.body || stored.value.from !== text.contact) {
          world.violate({ invariant, about: [text.sid], text: `${text.sid} is stored as another text` });
        }
      }
    },
  };
}
