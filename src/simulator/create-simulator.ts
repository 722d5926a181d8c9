import { randomBytes } from "node:crypto";
import { createBot } from "./bot";
import { realClock } from "./clock";
import { createControlApi } from "./control/control-routes";
import { optOutSilently } from "./faults/silent-opt-out";
import { createInbox } from "./inbound/inbox";
import type { Inbox } from "./inbound/inbox";
import { isRecipient } from "./messages/addressing";
import { createOutbox } from "./messages/outbox";
import type { SimulatorOptions } from "./options";
import { createReplyRunner } from "./inbound/reply-runner";
import { createRestApi } from "./rest/routes";
import { createSimulatorServer } from "./server";
import type { SimulatorServer } from "./server";
import { readOptions } from "./settings";
import type { SimulatedPhone, Simulator } from "./simulator";
import { createWorld } from "./world";
import type { World } from "./world";

function createPhone(number: string, world: World, inbox: Inbox): SimulatedPhone {
  if (!isRecipient(number)) throw new TypeError("A phone's number is E.164, as +15557654321.");
  return {
    number,
    text: (to, body, options = {}) => inbox.receive({ from: number, to, body, media: options.media ?? [] }),
    messages: () => world.phones.messages(number),
    onMessage: (listener) => world.phones.onMessage(number, listener),
    optOutSilently: (ours) => optOutSilently(world, ours, number),
  };
}

/** Where the server listens, and whether it does. */
interface Listening {
  start(port: number): Promise<void>;
  stop(): Promise<void>;
  url(): string;
}

function createListening(makeServer: () => SimulatorServer): Listening {
  let server: SimulatorServer | null = null;
  let port: number | null = null;
  return {
    start: async (asked) => {
      if (server !== null) throw new TypeError("The simulator runs already.");
      const started = makeServer();
      server = started;
      try {
        port = await started.listen(asked);
      } catch (error) {
        server = null;
        throw error;
      }
    },
    stop: async () => {
      const stopped = server;
      server = null;
      await stopped?.close();
    },
    url: () => {
      if (port === null) throw new TypeError("The simulator has no address before it is started.");
      return `http://127.0.0.1:${port}`;
    },
  };
}

/**
 * Makes a Twilio that runs on this machine. Nothing happens before `start`.
 * @throws TypeError on an unknown option, a malformed or duplicate identifier, or a reference to nothing.
 * @example
 * const simulator = createSimulator({ numbers: [{ phoneNumber: "+15551234567", smsUrl: "http://localhost:3000/sms" }] });
 * await simulator.start();
 * await simulator.phone("+15557654321").text("+15551234567", "Hello");
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const settings = readOptions(options);
  const clock = { now: options.now ?? realClock.now, setTimer: options.setTimer ?? realClock.setTimer };
  const seed = String(options.seed ?? randomBytes(8).toString("hex"));
  const world = createWorld({ settings, clock, seed, apiBaseUrl: () => listening.url() });
  const outbox = createOutbox(world);
  const inbox = createInbox(world, createReplyRunner(world, outbox));
  const rest = createRestApi({ world, outbox });
  const control = createControlApi({ world, inbox });
  const listening = createListening(() => createSimulatorServer({ world, rest, control }));
  const phones = new Map<string, SimulatedPhone>();
  const phoneOf = (number: string): SimulatedPhone => {
    const phone = phones.get(number) ?? createPhone(number, world, inbox);
    phones.set(number, phone);
    return phone;
  };
  return {
    get url() {
      return listening.url();
    },
    seed,
    start: async (asked = {}) => {
      await listening.start(asked.port ?? 0);
      world.webhooks.open();
    },
    stop: async () => {
      world.webhooks.close();
      await listening.stop();
      await world.webhooks.idle();
      // Last: what was under way may have set another.
      world.timers.cancelAll();
    },
    idle: () => world.webhooks.idle(),
    phone: phoneOf,
    bot: (number, asked = {}) => createBot(world, phoneOf(number), asked),
    setOutcome: (to, outcome) => {
      if (outcome === null) world.outcomes.delete(to);
      else world.outcomes.set(to, outcome);
    },
    configureNumber: (phoneNumber, change) => world.directory.changeSender(phoneNumber, change),
    configureService: (sid, change) => world.directory.changeService(sid, change),
    setFaults: (change) => world.faults.change(change),
    faults: () => world.faults.settings(),
    faultCounts: () => world.faults.counts(),
    requests: () => world.journal.requests(),
    webhooks: () => world.journal.webhooks(),
    debugger: () => world.journal.debuggerEntries(),
  };
}
