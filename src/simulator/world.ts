import type { Clock, Timers } from "./clock";
import { createTimers } from "./clock";
import { createDirectory } from "./directory";
import type { Directory } from "./directory";
import { createCallbackChannel } from "./faults/callback-channel";
import type { CallbackChannel } from "./faults/callback-channel";
import { createFaultSource } from "./faults/fault-source";
import type { FaultSource } from "./faults/fault-source";
import { pickMs } from "./faults/fault-values";
import { createJournal } from "./journal";
import type { Journal } from "./journal";
import { createMessageStore } from "./messages/message-store";
import type { MessageStore } from "./messages/message-store";
import { createSenderPool } from "./messages/sender-pool";
import type { SenderPool } from "./messages/sender-pool";
import { createOptOutList } from "./opt-out";
import type { OptOutList } from "./opt-out";
import type { Outcome } from "./options";
import { createPhoneBook } from "./phones";
import type { PhoneBook } from "./phones";
import { createIdSource, createRandom } from "./random";
import type { IdSource } from "./random";
import type { Settings } from "./settings";
import { createWebhookSender } from "./webhooks/webhook-sender";
import type { WebhookSender } from "./webhooks/webhook-sender";

/** Everything the simulator knows and works with. HTTP is not part of it. */
export interface World {
  readonly seed: string;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  readonly directory: Directory;
  readonly messages: MessageStore;
  readonly senderPool: SenderPool;
  readonly optOuts: OptOutList;
  readonly phones: PhoneBook;
  readonly journal: Journal;
  readonly webhooks: WebhookSender;
  /** The way of status callbacks to `webhooks`. */
  readonly callbacks: CallbackChannel;
  readonly faults: FaultSource;
  /** How messages to a recipient end, where the test said so. */
  readonly outcomes: Map<string, Outcome>;
  /** The simulator's own address, under which media is served. */
  readonly apiBaseUrl: () => string;
}

/** From when on lists show a message that is made now. */
function listedFromMs(faults: FaultSource, clock: Clock): number {
  const lag = faults.strike("lagList");
  return clock.now() + (lag === null ? 0 : pickMs(lag.setting.ms, lag.share));
}

/** A world in which nothing has happened yet. */
export function createWorld(parts: {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly seed: string;
  readonly apiBaseUrl: () => string;
}): World {
  const { settings, clock } = parts;
  const timers = createTimers(clock);
  const ids = createIdSource(createRandom(parts.seed));
  const journal = createJournal();
  const faults = createFaultSource({ initial: settings.faults, seed: parts.seed, now: clock.now });
  const webhooks = createWebhookSender({ clock, timers, journal, ids });
  return {
    seed: parts.seed,
    settings,
    clock,
    timers,
    ids,
    journal,
    directory: createDirectory(settings),
    messages: createMessageStore(() => listedFromMs(faults, clock)),
    senderPool: createSenderPool(faults),
    optOuts: createOptOutList(),
    phones: createPhoneBook(),
    webhooks,
    callbacks: createCallbackChannel({ faults, timers, webhooks }),
    faults,
    outcomes: new Map(),
    apiBaseUrl: parts.apiBaseUrl,
  };
}
