import type { Now, SetTimer } from "./clock";
import type { FaultOptions } from "./faults/fault-options";
import type { Message } from "./messages/message";

/** A key of the account that signs in without the auth token. It cannot read the account itself. */
export interface ApiKeyOptions {
  /** "SK" and 32 hexadecimal digits. */
  readonly sid: string;
  readonly secret: string;
}

/** One Twilio account. */
export interface AccountOptions {
  /** "AC" and 32 hexadecimal digits. Default: `AC0123456789abcdef0123456789abcdef`. */
  readonly accountSid?: string;
  /** The primary auth token: signs in, and signs every webhook. Default: `f1e2d3c4b5a69788796a5b4c3d2e1f00`. */
  readonly authToken?: string;
  /** Default: none. */
  readonly apiKeys?: readonly ApiKeyOptions[];
  readonly friendlyName?: string;
  /** A trial texts verified numbers only, and puts its own words in front of every body. Default: "Full". */
  readonly type?: "Full" | "Trial";
  /** Whom a trial may text. Default: nobody. */
  readonly verifiedNumbers?: readonly string[];
  /** On a trial, a message of more segments fails with 30044. Twilio publishes no number. Default: no limit. */
  readonly trialSegmentLimit?: number;
  /**
   * "test" behaves as Twilio's test credentials do: only the magic sender may send, nothing is kept, no callback is made.
   * On "live" accounts the magic recipients still fail as documented, since nobody can own them. Default: "live".
   */
  readonly credentials?: "live" | "test";
}

/** What a sender is: it decides who handles opt-outs. */
export type SenderKind = "long-code" | "toll-free" | "short-code";

/** What may be changed on a number while the simulator runs. `null` takes a URL away. */
export interface NumberConfiguration {
  readonly smsUrl?: string | null;
  /** Default: "POST". */
  readonly smsMethod?: "GET" | "POST";
  /** Called when the first URL does not answer, or answers with what cannot be run. */
  readonly smsFallbackUrl?: string | null;
}

/** A number that the account owns. */
export interface NumberOptions extends NumberConfiguration {
  /** E.164, or 5 to 6 digits for a short code. */
  readonly phoneNumber: string;
  /** Default: "long-code". */
  readonly kind?: SenderKind;
  /** Default: the first account. */
  readonly accountSid?: string;
}

/** What may be changed on a Messaging Service while the simulator runs. `null` takes a URL away. */
export interface ServiceConfiguration {
  /** Where texts to any sender of the service go. Without it, and without `useInboundWebhookOnNumber`, they are dropped. */
  readonly inboundRequestUrl?: string | null;
  /** Default: "POST". */
  readonly inboundMethod?: "GET" | "POST";
  readonly fallbackUrl?: string | null;
  /** For messages that name no callback of their own. */
  readonly statusCallback?: string | null;
  /** Whether the number's own webhook is used instead. Default: false. */
  readonly useInboundWebhookOnNumber?: boolean;
  /** Whether Advanced Opt-Out is on. Default: false. */
  readonly advancedOptOut?: boolean;
}

/** A Messaging Service: a pool of senders. */
export interface ServiceOptions extends ServiceConfiguration {
  /** "MG" and 32 hexadecimal digits. */
  readonly sid: string;
  /** Numbers of the same account. */
  readonly senders: readonly string[];
  /** Default: the first account. */
  readonly accountSid?: string;
}

/**
 * How a message ends. "sent" stays at sent: the network never reports back.
 * `undelivered` and `failed` carry Twilio's error code; a failed message was never sent, so no `sent` precedes it.
 */
export type Outcome = "delivered" | "sent" | { readonly undelivered: number } | { readonly failed: number };

/** The pace and the end of every message. */
export interface DeliveryOptions {
  /** Milliseconds between two status steps. Default: 300. */
  readonly stepMs?: number;
  /** Decides the end of a message whose recipient has no outcome of its own. Default: everything is delivered. */
  readonly finalStatus?: (message: Message) => Outcome;
}

/** Everything `createSimulator` takes. */
export interface SimulatorOptions {
  /** Default: one full account. */
  readonly accounts?: readonly AccountOptions[];
  /** Default: one long code, `+15551234567`, without a webhook. */
  readonly numbers?: readonly NumberOptions[];
  /** Default: none. */
  readonly services?: readonly ServiceOptions[];
  readonly delivery?: DeliveryOptions;
  /** How it misbehaves on purpose. Default: not at all. */
  readonly faults?: FaultOptions;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly now?: Now;
  /** Default: the platform's timers. */
  readonly setTimer?: SetTimer;
  /** Decides every SID and token, and which faults happen. Default: a fresh one, readable as `simulator.seed`. */
  readonly seed?: string | number;
}
