import { inboundSms } from "../../../fixtures/twilio/payloads";
import type { PhoneText } from "../facts";
import type { TwilioStore } from "../twilio/messages";
import type { WebhookCall } from "../twilio/webhook-calls";
import type { World } from "../world";
import type { Ours } from "./setup";

/** What somebody may text. */
export type TextKind = "question" | "stop" | "start" | "help" | "maybe-stop" | "photo" | "again";

/** The phones of people, which text us through Twilio. */
export interface Phones {
  /** Sends a text from a phone. */
  readonly text: (contact: string, kind: TextKind) => void;
  /** Opts out at Twilio without a word to us, as a carrier's own block does. */
  readonly blockSilently: (contact: string) => void;
}

const STOPS = ["STOP", "stop", " Stop ", "UNSUBSCRIBE", "quit", "STOPALL"];
const STARTS = ["START", "start", "UNSTOP"];

/** Makes the phones. `webhookUrl` is what is configured at Twilio for inbound messages. */
export function createPhones(
  world: World,
  parts: {
    readonly ours: Ours;
    readonly store: TwilioStore;
    readonly call: (call: WebhookCall) => void;
    readonly webhookUrl: string;
  },
): Phones {
  const { scheduler, plan } = world;
  const { ours, store } = parts;
  const chance = world.chance("people/phones");
  const network = world.chance("twilio/inbound");
  const said = new Map<string, { readonly kind: TextKind; readonly body: string }>();
  let count = 0;

  return {
    text(contact, asked) {
      // Who says the same again means it again.
      const last = asked === "again" ? said.get(contact) : undefined;
      const kind = last?.kind ?? asked;
      const { number, end } = chance.pick(ours.numbers);
      const mediaCount = kind === "photo" ? 1 : 0;
      const sid = store.newSid(mediaCount > 0 ? "MM" : "SM");
      const body = last?.body ?? bodyOf(kind);
      const means = kind === "stop" || kind === "start" ? kind : "none";
      const text: PhoneText = {
        sid,
        contact,
        to: number,
        ours: end,
        body,
        sentAtMs: scheduler.now(),
        means,
        acceptedAtMs: [],
      };
      said.set(contact, { kind, body });
      world.texts.set(sid, text);
      world.count(`texts ${asked}`);
      world.trace.add(`${contact} texts ${number}: "${body}" ${sid}`);
      store.add({
        sid,
        direction: "inbound",
        from: contact,
        to: number,
        body,
        serviceSid: ours.serviceSid,
        status: "received",
        errorCode: null,
        sentMs: scheduler.now(),
        mediaCount,
        mid: null,
        statusCallback: null,
      });
      const optOutType = optOutTypeOf(kind);
      if (ours.twilioHandlesStop) applyAtTwilio(end, contact, kind);
      tell(text, mediaCount, optOutType);
    },
    blockSilently(contact) {
      for (const end of ours.ends) store.block(end, contact);
      world.trace.add(`${contact} is blocked at twilio`);
      world.count("silent blocks");
    },
  };

  function bodyOf(kind: TextKind): string {
    switch (kind) {
      case "question":
        count += 1;
        return `Question ${count}: when do you open?`;
      case "stop":
        return chance.pick(STOPS);
      case "start":
        return chance.pick(STARTS);
      case "help":
        return "HELP";
      case "maybe-stop":
        return "please stop texting me";
      case "photo":
        return "";
      case "again":
        return "Hello?";
    }
  }

  /** Twilio's own list follows the keyword before we hear of it. */
  function applyAtTwilio(end: string, contact: string, kind: TextKind): void {
    if (kind === "stop") store.block(end, contact);
    if (kind === "start") store.unblock(end, contact);
  }

  function optOutTypeOf(kind: TextKind): string | null {
    if (ours.serviceSid === null || !plan.advancedOptOut) return null;
    return kind === "stop" || kind === "start" || kind === "help" ? kind.toUpperCase() : null;
  }

  function tell(text: PhoneText, mediaCount: number, optOutType: string | null): void {
    const call: WebhookCall = {
      url: parts.webhookUrl,
      params: inboundSms({
        MessageSid: text.sid,
        From: text.contact,
        To: text.to,
        Body: text.body,
        ...(ours.serviceSid === null ? {} : { MessagingServiceSid: ours.serviceSid }),
        ...(optOutType === null ? {} : { OptOutType: optOutType }),
        ...(mediaCount === 0
          ? {}
          : {
              NumMedia: "1",
              MediaContentType0: "image/jpeg",
              MediaUrl0: `https://api.twilio.com/2010-04-01/Accounts/AC/Messages/${text.sid}/Media/ME1`,
            }),
      }),
      about: { what: "inbound", sid: text.sid, mid: null, told: null },
    };
    const times = network.chance(world.faults().doubleInbound) ? network.whole(2, 4) : 1;
    for (let time = 0; time < times; time += 1) {
      const isLate = time > 0 && network.chance(0.3);
      scheduler.after(isLate ? network.whole(1_000, 60_000) : network.waitMs(30), () => {
        parts.call(call);
      });
    }
  }
}
