import { createSimulator } from "../../../src/simulator/create-simulator";
import type { Simulator } from "../../../src/simulator/simulator";
import { ACCOUNT } from "../../support/harness";
import { approveAway, reply, replyAway } from "./agents";
import { createChance } from "./chance";
import type { Chance } from "./chance";
import { startInbox, steadyPort } from "./inbox-process";
import type { InboxPlace, InboxProcess } from "./inbox-process";
import { conversationsOf, createInboxClient } from "./inbox-client";
import type { Ledger } from "./ledger";
import { pause } from "./pacing";
import { sendText, textAway } from "./phones";
import type { PhoneParts, Texter } from "./phones";
import { readInbox, readLog, sendCallsOf } from "./records";
import type { Evidence } from "./rules";
import { openSlowRoad } from "./slow-road";

/** What a run is made of. */
export interface CampaignOptions {
  readonly bundle: string;
  /** A file, or a PostgreSQL connection. */
  readonly storage: string;
  readonly kills: number;
  readonly seed: string;
  /** Options of `createSms` in the killed process. */
  readonly smsOptions: unknown;
  /** What the rules need besides what happened. */
  readonly knowledge: Pick<Evidence, "longestCallMs">;
}

/** A run whose faults are over: the last process is up and stays up. */
export interface Campaign {
  /** Both sides as they are now. */
  evidence(): Promise<Evidence>;
  /** One text from each phone and one reply to each, now that nothing fails. */
  farewell(): Promise<void>;
  stop(): Promise<void>;
}

const OURS = "+15551234567";
const STEP_MS = 20;
/** The share of kills that do not wait until the server is open. */
const EARLY_SHARE = 0.15;
const TAIL_MS = 500;

const TEXTERS: readonly Texter[] = [
  ...Array.from({ length: 6 }, (_, index) => ({ contact: `+1555765000${index}`, manner: "plain" as const })),
  ...Array.from({ length: 4 }, (_, index) => ({
    contact: `+1555765010${index}`,
    manner: "wavering" as const,
  })),
  ...Array.from({ length: 3 }, (_, index) => ({
    contact: `+1555765020${index}`,
    manner: "leaving" as const,
  })),
];

const WAVERING = new Set(TEXTERS.filter(({ manner }) => manner === "wavering").map(({ contact }) => contact));

/** Runs the load against a server that is killed again and again. Resolves when the faults are over. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { seed } = options;
  const port = await steadyPort(createChance(seed, "port"));
  const url = `http://127.0.0.1:${port}`;
  const simulator = openSimulator(`${url}/api/webhooks/twilio-sms`, seed);
  await simulator.start();
  const road = await openSlowRoad(simulator.url, {
    chance: createChance(seed, "road"),
    // A message that waits while its contact says STOP is what the second look at the gate is for.
    refusedShareOf: (contact) => (WAVERING.has(contact) ? 0.5 : 0.1),
  });
  const { bundle, storage, smsOptions } = options;
  const place = { bundle, port, storage, twilioUrl: road.url, smsOptions };
  const ledger: Ledger = { texts: [], replies: [], oddities: [] };
  const client = createInboxClient(url);
  // The first start, which ends well, is the beginning: what was said before it is nobody's to catch up with.
  const first = startInbox(place);
  await first.open;
  await first.kill();
  let isLoadOn = true;
  const phonePart = (name: string): PhoneParts => ({
    simulator,
    ours: OURS,
    ledger,
    chance: createChance(seed, name),
    isGoingOn: () => isLoadOn,
  });
  const agentPart = (name: string) => ({
    client,
    ledger,
    chance: createChance(seed, name),
    isGoingOn: () => isLoadOn,
  });
  const load = Promise.all([
    ...TEXTERS.map((texter) => textAway(texter, phonePart(texter.contact))),
    ...["1", "2", "3"].map((name) => replyAway(name, agentPart(`agent ${name}`))),
    approveAway("4", agentPart("agent 4")),
  ]);
  const faults = killAgainAndAgain(place, options.kills, createChance(seed, "kills")).finally(() => {
    isLoadOn = false;
  });
  const [faulted, loaded] = await Promise.allSettled([faults, load]);
  const stop = async (): Promise<void> => {
    if (faulted.status === "fulfilled") await faulted.value.kill();
    await road.stop();
    await simulator.stop();
  };
  for (const ended of [faulted, loaded]) {
    if (ended.status === "fulfilled") continue;
    await stop();
    throw ended.reason;
  }
  road.calm();
  await simulator.idle();

  return {
    async evidence() {
      return {
        ...options.knowledge,
        ledger,
        log: await readLog(simulator.url, ACCOUNT),
        calls: sendCallsOf(simulator.requests()),
        inbox: await readInbox(client),
      };
    },
    async farewell() {
      const parts = phonePart("farewell");
      for (const { contact } of TEXTERS)
        await sendText(parts, { contact, body: `T-${contact}-last bye`, word: null });
      for (const [contact, id] of await conversationsOf(client)) {
        await reply({ client, ledger }, { contact, id, body: `R-${contact}-last bye` });
      }
    },
    stop,
  };
}

/** A Twilio at which some texts arrive, some do not, and some never leave. */
function openSimulator(webhookUrl: string, seed: string): Simulator {
  return createSimulator({
    seed,
    numbers: [{ phoneNumber: OURS, smsUrl: `${webhookUrl}#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000` }],
    delivery: {
      stepMs: STEP_MS,
      finalStatus: ({ to }) => {
        if (to.endsWith("05")) return { undelivered: 30003 };
        return to.endsWith("04") ? { failed: 30007 } : "delivered";
      },
    },
  });
}

/** Starts and kills; the answer is the last process, which stays. */
async function killAgainAndAgain(place: InboxPlace, kills: number, chance: Chance): Promise<InboxProcess> {
  for (let count = 0; count < kills; count += 1) {
    const running = startInbox(place);
    if (chance.happens(EARLY_SHARE)) {
      await pause(chance.between(0, 400));
    } else {
      await running.open;
      await pause(chance.between(50, 900));
    }
    await running.kill();
  }
  const last = startInbox(place);
  await last.open;
  await pause(TAIL_MS);
  return last;
}
