import type { Watch } from "../facts";
import { MAX_SKEW_MS } from "../plan";
import type { World } from "../world";

/** Twilio's word that somebody has opted out (21610), once we have it, is in the ledger; unless they have come back since the call. */
export function carrierOptOutsCount(world: World): Watch {
  return {
    end() {
      for (const message of world.mirror.all("message")) {
        if (message.error?.code !== 21610) continue;
        const wasClosed = world.mirror
          .all("consentEntry")
          .some(({ to, contact }) => to === "opted-out" && contact === message.to);
        const calledAtMs = world.posts.find(({ mid }) => mid === message.id)?.atMs ?? 0;
        const cameBack = [...world.texts.values()].some(
          (text) =>
            text.contact === message.to &&
            text.means === "start" &&
            text.sentAtMs >= calledAtMs - MAX_SKEW_MS,
        );
        if (!wasClosed && !cameBack) {
          world.violate({
            invariant: "carrierOptOutsCount",
            about: [message.id, message.to],
            text: `${message.id} failed with 21610 and ${message.to} was never opted out`,
          });
        }
      }
    },
  };
}
