import type { BotOptions, SimulatedBot } from "./bot";
import type { FaultCounts, FaultOptions } from "./faults/fault-options";
import type { FaultSettings } from "./faults/fault-settings";
import type { DebuggerEntry, RequestRecord, WebhookRecord } from "./journal";
import type { NumberConfiguration, Outcome, ServiceConfiguration } from "./options";
import type { PhoneMessage } from "./phones";
import type { TextResult } from "./inbound/inbox";
import type { TextMedia } from "./inbound/text";

/** A phone that texts and is texted. */
export interface SimulatedPhone {
  /** E.164. */
  readonly number: string;
  /**
   * Sends a text to one of the account's numbers. Resolves when the host has answered and its TwiML is carried out;
   * messages that this makes are then on their way, not yet on the phone. A text that a fault loses or delays resolves at once.
   * @throws TypeError (as a rejection) when there is no such number, or no phone could send this.
   */
  text(to: string, body: string, options?: { readonly media?: readonly TextMedia[] }): Promise<TextResult>;
  /** Both directions, oldest first, with the answers of Twilio and the network to keywords. */
  messages(): readonly PhoneMessage[];
  /** Calls `listener` for each text from now on; the answer ends it. */
  onMessage(listener: (message: PhoneMessage) => void): () => void;
  /**
   * Opts out of one of the account's numbers, or of the Messaging Service that it is in, as a carrier or Twilio's support
   * does: no text, no confirmation, and the host does not hear of it.
   * @throws TypeError when there is no such number.
   */
  optOutSilently(ours: string): void;
}

/**
 * A Twilio on this machine: REST API, webhooks, status callbacks, opt-out, and phones to text from.
 * Everything between it and the host is real HTTP.
 */
export interface Simulator {
  /** The base address for API clients, as `http://127.0.0.1:4010`. @throws TypeError before `start`. */
  readonly url: string;
  /** What decides SIDs, tokens and faults: give it back to `createSimulator` to repeat a run. */
  readonly seed: string;
  /**
   * Listens on 127.0.0.1; port 0, the default, takes any free one.
   * Rejects with the system's error, `code` "EADDRINUSE", when the port is taken, and with a TypeError when it runs already.
   */
  start(options?: { readonly port?: number }): Promise<void>;
  /** Closes every connection, ends every webhook, cancels every timer. What was on its way stays where it is. */
  stop(): Promise<void>;
  /** Resolves when no webhook is under way. Steps that wait for a timer do not count. */
  idle(): Promise<void>;
  /** The phone with this number. Asking twice gives the same phone. @throws TypeError when it is not E.164. */
  phone(number: string): SimulatedPhone;
  /**
   * Makes the phone with this number answer each text it gets, until its limit or `stop`.
   * @throws TypeError when the number is not E.164, on an unknown option, or on a malformed one.
   */
  bot(number: string, options?: BotOptions): SimulatedBot;
  /**
   * Changes what goes wrong: a fault that is named is replaced as a whole, null turns it off, all others stay. What a fault
   * holds back already comes when it is due, also after the fault is off.
   * @throws TypeError on an unknown fault or a malformed value; then nothing is changed.
   */
  setFaults(change: FaultOptions): void;
  /** Every fault with every default filled in; null: off. An outage stays here after its time, until it is turned off. */
  faults(): FaultSettings;
  /** How often each fault was injected since the simulator was made. */
  faultCounts(): FaultCounts;
  /** Decides how messages to a number end from now on; null leaves it to `delivery.finalStatus` again. */
  setOutcome(to: string, outcome: Outcome | null): void;
  /** Changes the webhooks of a number. @throws TypeError when there is no such number. */
  configureNumber(phoneNumber: string, change: NumberConfiguration): void;
  /** Changes a Messaging Service. @throws TypeError when there is no such service. */
  configureService(sid: string, change: ServiceConfiguration): void;
  /** REST calls answered, oldest first. */
  requests(): readonly RequestRecord[];
  /** Webhooks made, one entry per HTTP request, oldest first. */
  webhooks(): readonly WebhookRecord[];
  /** What Twilio's console would show under errors, oldest first. */
  debugger(): readonly DebuggerEntry[];
}
