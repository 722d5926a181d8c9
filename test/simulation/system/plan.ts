import { randomStream } from "./random";
import type { Random } from "./random";

/** What goes wrong most in a run. */
export type ProfileName =
  | "calm"
  | "crashy"
  | "twilio-bad"
  | "storms"
  | "pauses"
  | "skew"
  | "storage-bad"
  | "overslept"
  | "everything";

/** How often things go wrong, as probabilities from 0 to 1 for one step. */
export interface Faults {
  /** A verb of the storage takes long. */
  readonly slowStorage: number;
  /** A verb fails before it took effect. */
  readonly errorBefore: number;
  /** A commit took effect, and its answer was an error. */
  readonly errorAfter: number;
  /** A commit is refused although nobody was before it. */
  readonly falseConflict: number;
  /** The process ends while a verb of the storage, or a request, is under way. */
  readonly crash: number;
  /** The process stands still for longer than a lease while a verb or a request is under way. */
  readonly pause: number;
  /** The process stands still while a request to Twilio is under way, whatever becomes of that. */
  readonly pausedRequest: number;
  /** A request to Twilio goes wrong. */
  readonly request: number;
  /** A callback is lost, doubled or late. */
  readonly callback: number;
  /** An inbound message is told to several processes at once. */
  readonly doubleInbound: number;
  /** An assistant fails or is very slow. */
  readonly assistant: number;
}

const CALM: Faults = {
  slowStorage: 0.01,
  errorBefore: 0,
  errorAfter: 0,
  falseConflict: 0,
  crash: 0,
  pause: 0,
  pausedRequest: 0,
  request: 0.05,
  callback: 0.1,
  doubleInbound: 0.1,
  assistant: 0.05,
};

const PROFILES: Readonly<Record<ProfileName, Faults>> = {
  calm: CALM,
  crashy: { ...CALM, crash: 0.02, errorAfter: 0.005, callback: 0.2 },
  "twilio-bad": { ...CALM, request: 0.45, callback: 0.5, doubleInbound: 0.3, crash: 0.002 },
  storms: { ...CALM, slowStorage: 0.05, falseConflict: 0.08, doubleInbound: 0.5, callback: 0.4 },
  pauses: { ...CALM, pause: 0.012, pausedRequest: 0.04, request: 0.15, slowStorage: 0.05 },
  skew: { ...CALM, pause: 0.004, crash: 0.008, request: 0.3, slowStorage: 0.03 },
  overslept: { ...CALM, pausedRequest: 0.2, request: 0.5, callback: 0.9 },
  "storage-bad": { ...CALM, errorBefore: 0.04, errorAfter: 0.04, slowStorage: 0.08, falseConflict: 0.02 },
  everything: {
    slowStorage: 0.03,
    errorBefore: 0.01,
    errorAfter: 0.015,
    falseConflict: 0.02,
    crash: 0.008,
    pause: 0.004,
    pausedRequest: 0.015,
    request: 0.25,
    callback: 0.3,
    doubleInbound: 0.3,
    assistant: 0.2,
  },
};

const NO_FAULTS: Faults = {
  slowStorage: 0,
  errorBefore: 0,
  errorAfter: 0,
  falseConflict: 0,
  crash: 0,
  pause: 0,
  pausedRequest: 0,
  request: 0,
  callback: 0,
  doubleInbound: 0,
  assistant: 0,
};

/** What sends: one number, two, a Messaging Service, or a number at which Twilio leaves keywords to us. */
export type SendingSetup = "number" | "numbers" | "service" | "own-keywords";

/** A stretch of time in which something is away, in ms from the beginning of the run. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Everything about a run that is decided before it begins. */
export interface Plan {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly faults: Faults;
  readonly durationMs: number;
  readonly instances: number;
  /** How far the clock of each process is from the true one, in ms. */
  readonly skewsMs: readonly number[];
  readonly contacts: number;
  readonly actions: number;
  readonly setup: SendingSetup;
  readonly scope: "account" | "sender" | "messaging-service";
  readonly assistantMode: "off" | "draft" | "auto" | null;
  readonly maybeStop: "ask" | "opt-out" | "ignore";
  /** Whether the webhook's URL tells Twilio to try again. */
  readonly retriesWebhooks: boolean;
  /** Whether a Messaging Service has Advanced Opt-Out, and tells OptOutType. */
  readonly advancedOptOut: boolean;
  /** How long after a message was made Twilio's log has it, in ms. */
  readonly logLagMs: number;
  /** When Twilio cannot be reached. */
  readonly twilioAway: readonly Outage[];
  /** When all processes are down. */
  readonly allDown: readonly Outage[];
  /** When commits collide without end. */
  readonly conflictStorms: readonly Outage[];
  /** The mean time that a verb of the storage takes, in ms. */
  readonly storageMs: number;
  readonly pollMs: number;
  /** How often Twilio's log is read for what was missed, in ms. */
  readonly syncEveryMs: number;
}

/** The largest difference between two clocks that runs have, in ms. The default timing tolerates 75 s. */
export const MAX_SKEW_MS = 40_000;

/** Decides what a seed's run is like. */
export function planOf(seed: number): Plan {
  const random = randomStream(seed, "plan");
  const profile = random.weighted<ProfileName>({
    calm: 1,
    crashy: 3,
    "twilio-bad": 3,
    storms: 3,
    pauses: 2,
    skew: 2,
    "storage-bad": 2,
    overslept: 3,
    everything: 4,
  });
  const faults = PROFILES[profile];
  const instances = random.weighted({ 1: 2, 2: 5, 3: 3, 4: 1 });
  // Somebody must be awake to go on with what an overslept process has begun.
  const count = Math.max(Number(instances), profile === "overslept" ? 3 : 1);
  const setup = random.weighted<SendingSetup>({ number: 4, numbers: 2, service: 3, "own-keywords": 2 });
  // Twilio is away for so long that an answer to a keyword is too late when it is back.
  const isLongAway = setup === "own-keywords" && random.chance(0.3);
  const durationMs = (isLongAway ? 9 : random.whole(3, 8)) * 60_000;
  return {
    seed,
    profile,
    faults,
    durationMs,
    instances: count,
    skewsMs: skews(random, count, profile),
    contacts: random.whole(2, 5),
    actions: random.whole(20, 50),
    setup,
    scope: random.weighted({ account: 4, sender: 2, "messaging-service": 1 }),
    assistantMode: random.pick([null, "off", "draft", "draft", "auto", "auto", "auto"] as const),
    maybeStop: random.pick(["ask", "opt-out", "ignore"] as const),
    retriesWebhooks: random.chance(0.6),
    advancedOptOut: random.chance(0.5),
    logLagMs: random.pick([0, 0, 1_000, 5_000]),
    twilioAway: isLongAway
      ? [{ fromMs: 30_000, untilMs: 30_000 + random.whole(380_000, 480_000) }]
      : outages(random, {
          durationMs: durationMs / 2,
          probability: faults.request,
          longestMs: random.chance(0.3) ? 600_000 : 120_000,
        }),
    allDown: outages(random, { durationMs, probability: faults.crash * 30, longestMs: 420_000 }),
    conflictStorms: outages(random, { durationMs, probability: faults.falseConflict * 6, longestMs: 3_000 }),
    storageMs: random.pick([0, 2, 5, 20]),
    pollMs: random.pick([1_000, 2_000, 5_000]),
    syncEveryMs: random.pick([60_000, 120_000, 300_000]),
  };
}

/** The faults once the run has ended and everything is to settle. */
export function noFaults(): Faults {
  return NO_FAULTS;
}

function skews(random: Random, count: number, profile: ProfileName): readonly number[] {
  const most = profile === "skew" || profile === "everything" ? MAX_SKEW_MS / 2 : 500;
  return Array.from({ length: count }, () => random.whole(-most, most));
}

function outages(
  random: Random,
  options: { readonly durationMs: number; readonly probability: number; readonly longestMs: number },
): readonly Outage[] {
  if (!random.chance(options.probability)) return [];
  const fromMs = random.whole(0, options.durationMs);
  return [{ fromMs, untilMs: fromMs + random.whole(1_000, options.longestMs) }];
}

/** Whether a moment of the run, in ms from its beginning, is within one of the stretches. */
export function isWithin(outagesOfRun: readonly Outage[], atMs: number): boolean {
  return outagesOfRun.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
}
