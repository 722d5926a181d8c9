import { memoryStorage } from "../../../src/adapters/storage/memory";
import { sqliteStorage } from "../../../src/adapters/storage/sqlite";
import { createSms as realCreateSms } from "../../../src/create-sms";
import type { SmsOptions } from "../../../src/flows/sms-options";
import type { Storage } from "../../../src/ports/storage";
import { WEBHOOK_URL } from "../../support/harness";
import type { Violation } from "./facts";
import { createFleet } from "./fleet";
import { allWatches } from "./invariants/index";
import { mayStay } from "./invariants/no-work-is-left";
import { simulatedAssistant } from "./people/assistant";
import { createCaller } from "./people/host-calls";
import { createPhones } from "./people/phones";
import { scheduleActions } from "./people/script";
import { contactsOf, oursOf } from "./people/setup";
import { MAX_SKEW_MS, planOf } from "./plan";
import type { Plan } from "./plan";
import { callInto } from "./processes";
import type { Process } from "./processes";
import { compareWithStorage } from "./stored-records";
import { createApi } from "./twilio/api";
import { faultyFetch } from "./twilio/faulty-fetch";
import { createLifecycle } from "./twilio/lifecycle";
import { createTwilioStore } from "./twilio/messages";
import { createWebhookCaller } from "./twilio/webhook-calls";
import { createWorld, START_MS } from "./world";
import type { Features } from "./world";

/** Which storage the processes of a run share. */
export type StorageName = "memory" | "sqlite";

/** How a run is made. */
export interface RunOptions {
  readonly storage: StorageName;
  readonly features?: Partial<Features>;
  /** The library under test: the real one, or a sabotaged one. */
  readonly createSms?: typeof realCreateSms;
}

/** What came of a run. */
export interface RunResult {
  readonly ok: boolean;
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  /** Of the whole trace: two runs of one seed have the same. */
  readonly hash: string;
  readonly stats: Readonly<Record<string, number>>;
}

/** What the library at hand has. */
const FEATURES: Features = { sync: true, settle: true };

/** How Twilio is told to try again, where a run has that. */
const OVERRIDES = "#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000";
/** How long a run may take to settle, in virtual ms. */
const SETTLING_MS = 26 * 60 * 60 * 1000;

/** Runs the whole system once: people, Twilio, processes and storage, all of it decided by the seed. */
export async function runSeed(seed: number, options: RunOptions): Promise<RunResult> {
  const plan = planOf(seed);
  const world = createWorld(plan, { ...FEATURES, ...options.features });
  const { scheduler } = world;
  const ours = oursOf(plan);
  const contacts = contactsOf(plan);
  const webhookUrl = `${WEBHOOK_URL}${plan.retriesWebhooks ? OVERRIDES : ""}`;
  // Twilio's log is the whole account's, so the host says which of its numbers are ours: one by one, or all.
  const fetchedNumbers = seed % 2 === 0 ? "all" : ours.numbers.map(({ number }) => number);
  const storage = await openStorage(options.storage);
  const store = createTwilioStore(world);
  const fleet = createFleet(world, {
    createSms: options.createSms ?? realCreateSms,
    storage,
    optionsFor: (process) => optionsFor(process),
  });
  const call = createWebhookCaller(world, fleet);
  const begin = createLifecycle(world, { call, pool: ours.numbers.map(({ number }) => number) });
  const api = createApi(world, { store, begin });
  const phones = createPhones(world, { ours, store, call, webhookUrl });
  const caller = createCaller(world, fleet);
  world.watches.push(...allWatches(world, store));
  world.trace.add(`seed ${seed}: ${JSON.stringify({ ...plan, faults: plan.profile })}`);

  fleet.start();
  scheduleActions(world, { phones, call: caller, fleet, ours, contacts });
  await scheduler.run(START_MS + plan.durationMs);
  world.endFaults();
  fleet.recover();
  await scheduler.run(START_MS + SETTLING_MS, isQuiet);
  if (world.features.sync) await catchUp();
  for (const watch of world.watches) watch.end?.();
  await compareWithStorage(world, storage);
  await storage.close();
  return {
    ok: world.violations.length === 0,
    plan,
    violations: world.violations,
    trace: world.trace.lines,
    hash: world.trace.hash(),
    stats: { ...Object.fromEntries(world.stats), steps: scheduler.steps() },
  };

  /** Has the log read until nothing is missing: the last reading begins after everything that was said is in the log. */
  async function catchUp(): Promise<void> {
    await scheduler.run(scheduler.now() + 2 * plan.logLagMs + MAX_SKEW_MS);
    const host = fleet.everyHost()[0];
    if (host === undefined) throw new Error("No process is left to catch up.");
    let isDone = false;
    // A process that crashed while it read the log holds it until its lease ends.
    for (let attempt = 0; attempt < 10 && !isDone; attempt += 1) {
      callInto(
        host.process,
        () => host.sms.sync({ since: new Date(START_MS - MAX_SKEW_MS) }),
        (outcome) => {
          const end = outcome.kind === "value" ? outcome.value.kind : outcome.kind;
          world.trace.add(`sync ends: ${end}`);
          isDone = end === "done";
        },
      );
      await scheduler.run(scheduler.now() + 20_000);
    }
    if (!isDone)
      world.violate({ invariant: "syncEnds", about: [], text: "The log could not be read to its end." });
    // Answers to what was missed are sent as well.
    await scheduler.run(START_MS + SETTLING_MS, isQuiet);
  }

  function isQuiet(): boolean {
    return scheduler.waiting() === 0 && world.mirror.all("task").every(mayStay);
  }

  function optionsFor(process: Process): SmsOptions {
    return {
      account: ours.account,
      webhookUrl,
      consent: ours.consent,
      worker: { pollMs: plan.pollMs, concurrency: 8 },
      fetch: faultyFetch(world, process, api),
      ...(world.features.sync ? { sync: { everyMs: plan.syncEveryMs, numbers: fetchedNumbers } } : {}),
      ...(plan.assistantMode === null
        ? {}
        : { assistant: { use: simulatedAssistant(world, process), mode: plan.assistantMode } }),
    };
  }
}

async function openStorage(name: StorageName): Promise<Storage> {
  if (name === "memory") return memoryStorage();
  const storage = sqliteStorage({ path: ":memory:" });
  // Loading the driver and making the tables takes real time, which no run should meet.
  await storage.read([]);
  return storage;
}
