import type { World } from "../world";

/** A message as Twilio has it. */
export interface TwilioMessage {
  readonly sid: string;
  readonly direction: "inbound" | "outbound-api";
  from: string | null;
  readonly to: string;
  readonly body: string;
  readonly serviceSid: string | null;
  status: string;
  errorCode: number | null;
  readonly createdMs: number;
  sentMs: number | null;
  readonly mediaCount: number;
  /** Our message id in its StatusCallback; null for inbound ones. */
  readonly mid: string | null;
  readonly statusCallback: string | null;
  /** From when on the log has it. */
  readonly loggedFromMs: number;
  /** The statuses that callbacks were made for, whether or not they arrived. */
  readonly reported: string[];
}

/** Twilio's memory: its log, and who has opted out of what there. */
export interface TwilioStore {
  readonly messages: TwilioMessage[];
  readonly add: (message: Omit<TwilioMessage, "loggedFromMs" | "reported" | "createdMs">) => TwilioMessage;
  readonly newSid: (prefix: "SM" | "MM") => string;
  readonly bySid: (sid: string) => TwilioMessage | undefined;
  /** Whether a contact has opted out of a sender or service, as Twilio knows it. */
  readonly isBlocked: (sender: string, contact: string) => boolean;
  readonly block: (sender: string, contact: string) => void;
  readonly unblock: (sender: string, contact: string) => void;
}

/** Makes an empty memory. */
export function createTwilioStore(world: World): TwilioStore {
  const messages: TwilioMessage[] = [];
  const bySid = new Map<string, TwilioMessage>();
  const blocked = new Set<string>();
  const sids = world.chance("twilio/sids");
  return {
    messages,
    add(given) {
      const createdMs = world.scheduler.now();
      const message: TwilioMessage = {
        ...given,
        createdMs,
        loggedFromMs: createdMs + world.plan.logLagMs,
        reported: [],
      };
      messages.push(message);
      bySid.set(message.sid, message);
      return message;
    },
    newSid: (prefix) => `${prefix}${sids.hex(32)}`,
    bySid: (sid) => bySid.get(sid),
    isBlocked: (sender, contact) => blocked.has(`${sender}|${contact}`),
    block: (sender, contact) => void blocked.add(`${sender}|${contact}`),
    unblock: (sender, contact) => void blocked.delete(`${sender}|${contact}`),
  };
}
