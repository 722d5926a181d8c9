import type { MessageStatus } from "../delivery/status";
import type { Consent, ConsentEntry } from "./consent";
import type { Conversation } from "./conversation";
import type { Draft } from "./draft";
import type { SmsError } from "./errors";
import type { Message } from "./message";
import type { BlockedReason } from "./send-outcome";

/** What listeners are told, by the name of the event. Events are published after the commit, at most once, in the process. */
export interface SmsEvents {
  /** A text arrived and is stored. */
  readonly "message.received": { readonly message: Message; readonly conversation: Conversation };
  /** Twilio took a message. */
  readonly "message.sent": { readonly message: Message };
  /** A message was created or its status moved; `previous` is null for a new one. */
  readonly "message.status": { readonly message: Message; readonly previous: MessageStatus | null };
  /** Twilio charges for another number of segments than was counted here. */
  readonly "message.segments": {
    readonly message: Message;
    readonly counted: number;
    readonly billed: number;
  };
  readonly "conversation.created": { readonly conversation: Conversation };
  readonly "conversation.updated": { readonly conversation: Conversation };
  /** A conversation went with all that was in it: its contact was erased, or it was forgotten for its age. */
  readonly "conversation.removed": { readonly conversationId: string; readonly accountSid: string };
  /** A contact opted in or out. */
  readonly "consent.changed": { readonly consent: Consent; readonly entry: ConsentEntry };
  readonly "draft.created": { readonly draft: Draft; readonly conversation: Conversation };
  /** A newer message of the contact overtook a draft. */
  readonly "draft.stale": { readonly draft: Draft };
  /** A send was refused. At dispatch there is a message; in `send()` there is none yet. */
  readonly "send.blocked": {
    readonly contact: string;
    readonly reason: BlockedReason;
    readonly message: Message | null;
  };
  /** Something failed in the background. The error holds no secret, phone number or message text. */
  readonly error: { readonly error: SmsError };
}

/** The name of an event. */
export type SmsEventName = keyof SmsEvents;

/** An event with its name. */
export type SmsEvent = {
  readonly [N in SmsEventName]: { readonly name: N; readonly data: SmsEvents[N] };
}[SmsEventName];

/** The name of an event that handlers can have. Errors are no part of a commit, so no handler can be promised one. */
export type HandledEventName = Exclude<SmsEventName, "error">;

/** An event that handlers can have, with its name. */
export type HandledEvent = Extract<SmsEvent, { readonly name: HandledEventName }>;
