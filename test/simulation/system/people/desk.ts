import type { SendRequest } from "../../../../src/flows/send";
import type { Mirror } from "../facts";
import type { Random } from "../random";
import type { Call } from "./host-calls";
import type { Ours } from "./setup";

/** What the host's application and the people at the inbox do. */
export type DeskKind =
  "send" | "reply" | "approve" | "discard" | "close" | "mode" | "opt-out" | "opt-in" | "read";

/** Makes a call of a kind about a contact; null where there is nothing that it could be about. */
export function deskCall(
  kind: DeskKind,
  parts: {
    readonly contact: string;
    readonly token: string;
    readonly mirror: Mirror;
    readonly ours: Ours;
    readonly chance: Random;
  },
): Call | null {
  const { contact, token, mirror, ours, chance } = parts;
  const key = chance.chance(0.75) ? `key-${token}` : null;
  const end = chance.pick(ours.ends);
  const thread = mirror.all("conversation").find((one) => one.contact === contact && one.ours === end);
  const keyed = key === null ? {} : { idempotencyKey: key };
  const always = `always-${token}`;
  const common = { token, contact, what: kind };
  switch (kind) {
    case "send": {
      const isLong = chance.chance(0.1);
      const body = isLong ? longText(token) : `[${token}] Hello from us.`;
      const request: SendRequest = {
        to: contact,
        body,
        ...keyed,
        ...(end === ours.ends[0] ? {} : { from: end }),
        ...(isLong ? { split: true } : {}),
        ...(chance.chance(0.2) ? { messageClass: "marketing" } : {}),
        ...(chance.chance(0.1) ? { media: ["https://example.com/picture.jpg"] } : {}),
      };
      return { ...common, key, make: (sms) => sms.send(request) };
    }
    case "reply":
      if (thread === undefined) return null;
      return {
        ...common,
        key,
        make: (sms) => sms.conversations.reply(thread.id, { body: `[${token}] Our answer.`, ...keyed }),
      };
    case "approve":
    case "discard": {
      const draft = mirror
        .all("draft")
        .filter(({ conversationId }) => conversationId === thread?.id)
        .at(-1);
      if (draft === undefined) return null;
      const edited = chance.chance(0.3) ? { body: `[${token}] Edited answer.` } : {};
      const evenIfStale = chance.chance(0.3);
      return {
        ...common,
        key: always,
        make: (sms) =>
          kind === "approve"
            ? sms.drafts.approve(draft.id, { by: "ann", evenIfStale, ...edited })
            : sms.drafts.discard(draft.id, { by: "ann" }).then(() => null),
      };
    }
    case "close":
      if (thread === undefined) return null;
      return { ...common, key: always, make: (sms) => sms.conversations.close(thread.id).then(() => null) };
    case "read":
      if (thread === undefined) return null;
      return {
        ...common,
        key: always,
        make: (sms) => sms.conversations.markRead(thread.id).then(() => null),
      };
    case "mode": {
      if (thread === undefined) return null;
      const mode = chance.pick(["auto", "draft", "off", null] as const);
      return {
        ...common,
        key: always,
        make: (sms) => sms.conversations.setAssistantMode(thread.id, mode).then(() => null),
      };
    }
    case "opt-out":
    case "opt-in": {
      const options = { contact, sender: end, by: "ann", note: token };
      return {
        ...common,
        key: always,
        make: (sms) =>
          (kind === "opt-out" ? sms.consent.optOut(options) : sms.consent.optIn(options)).then(() => null),
      };
    }
  }
}

/** Long enough for two or three messages, the token only at its beginning. */
function longText(token: string): string {
  const sentences = Array.from({ length: 60 }, (_, index) => `This is sentence ${index + 1} of a long text.`);
  return `[${token}] ${sentences.join(" ")}`;
}
