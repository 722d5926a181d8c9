import { laneOf } from "../core/decide/handle";
import type { Lane } from "../core/decide/handle";
import { personOf } from "../core/model/consent";
import type { HandledEvent } from "../core/model/events";
import type { Runtime } from "../ports/runtime";
import type { NameConsent } from "./consent-ids";

/** Finds the lane of an event. */
export type NameLane = (event: HandledEvent) => Promise<Lane>;

/** Every name that the lane of somebody's consent, or of somebody without a thread, may have had. The first is for new events. */
export type LaneNames = (
  about: { readonly consentId: string } | { readonly contact: string },
) => Promise<{ readonly keyed: readonly string[]; readonly unkeyed: string }>;

const MARK = "erased:";

/**
 * Names lanes. Ids of tasks outlive an erasure, so a lane of a person is named by a keyed hash, which is also what remains of their
 * consent. Only without an erasure key, where nobody can be erased, it is a plain one.
 */
export function createLaneNames(parts: {
  readonly idsOf: NameConsent;
  readonly runtime: Runtime;
}): LaneNames {
  return async (about) => {
    const prefix = "consentId" in about ? "consent" : "contact";
    const plain = "consentId" in about ? about.consentId : `contact:${personOf(about.contact)}`;
    // The consent of somebody who was erased has the hash for its id.
    if (plain.startsWith(MARK)) {
      const hash = plain.slice(MARK.length);
      return { keyed: [`${prefix}-${hash}`], unkeyed: `${prefix}-${hash}` };
    }
    const [, ...marks] = await parts.idsOf(plain);
    return {
      keyed: marks.map((mark) => `${prefix}-${mark.slice(MARK.length)}`),
      unkeyed: `${prefix}-${await parts.runtime.hash(plain)}`,
    };
  };
}

/** Makes the finder of lanes. */
export function createLaneFinder(names: LaneNames): NameLane {
  return async (event) => {
    const about = laneOf(event);
    switch (about.kind) {
      case "conversation":
        return { ...about, id: about.conversationId };
      case "ended":
        return { ...about, id: `ended-${about.conversationId}` };
      case "consent": {
        const { keyed, unkeyed } = await names(about);
        return {
          kind: "consent",
          id: keyed[0] ?? unkeyed,
          accountSid: about.accountSid,
          conversationId: null,
        };
      }
      case "contact": {
        const { keyed, unkeyed } = await names(about);
        return { kind: "contact", id: keyed[0] ?? unkeyed, accountSid: "", conversationId: null };
      }
    }
  };
}
