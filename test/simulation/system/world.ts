import { createHash } from "node:crypto";
import { createMirror } from "./facts";
import type {
  AnswerFact,
  CommitFact,
  EventFact,
  HostCall,
  Mirror,
  PhoneText,
  PostFact,
  Violation,
  Watch,
} from "./facts";
import { noFaults } from "./plan";
import type { Faults, Plan } from "./plan";
import { randomStream } from "./random";
import type { Random } from "./random";
import { createScheduler } from "./scheduler";
import type { Scheduler } from "./scheduler";

/** What the library under test has, where a guarantee depends on it. */
export interface Features {
  /** Missed messages are fetched from Twilio's log. */
  readonly sync: boolean;
  /** Unknown outcomes are looked up at Twilio. */
  readonly settle: boolean;
}

/** Everything that the parts of a run share. */
export interface World {
  readonly plan: Plan;
  readonly features: Features;
  readonly scheduler: Scheduler;
  /** A stream of chance by name, always the same one. */
  readonly chance: (name: string) => Random;
  /** How often things go wrong now. */
  readonly faults: () => Faults;
  /** Nothing goes wrong any more. */
  readonly endFaults: () => void;
  /** Milliseconds since the beginning of the run. */
  readonly elapsedMs: () => number;
  readonly mirror: Mirror;
  readonly posts: PostFact[];
  readonly texts: Map<string, PhoneText>;
  readonly answers: AnswerFact[];
  readonly calls: HostCall[];
  readonly violations: Violation[];
  readonly stats: Map<string, number>;
  readonly trace: Trace;
  readonly watches: Watch[];
  readonly count: (what: string) => void;
  readonly committed: (fact: CommitFact) => void;
  readonly posted: (fact: PostFact) => void;
  readonly accepted: (fact: PostFact) => void;
  readonly answered: (fact: AnswerFact) => void;
  readonly heard: (fact: EventFact) => void;
  readonly violate: (violation: Omit<Violation, "atMs">) => void;
}

/** The story of a run, line by line. */
export interface Trace {
  readonly lines: readonly string[];
  readonly add: (line: string) => void;
  readonly hash: () => string;
}

/** When every run begins: the morning of a day, so that no run crosses midnight. */
export const START_MS = Date.parse("2026-11-23T09:00:00.000Z");

/** Puts the shared parts of a run together. */
export function createWorld(plan: Plan, features: Features): World {
  const streams = new Map<string, Random>();
  const chance = (name: string): Random => {
    const known = streams.get(name) ?? randomStream(plan.seed, name);
    streams.set(name, known);
    return known;
  };
  const scheduler = createScheduler(START_MS, chance("ties"));
  const lines: string[] = [];
  const stats = new Map<string, number>();
  const watches: Watch[] = [];
  const violations: Violation[] = [];
  const mirror = createMirror();
  const posts: PostFact[] = [];
  const answers: AnswerFact[] = [];
  let faults = plan.faults;
  const count = (what: string): void => {
    stats.set(what, (stats.get(what) ?? 0) + 1);
  };
  const elapsedMs = (): number => scheduler.now() - START_MS;
  const add = (line: string): void => {
    lines.push(`${(elapsedMs() / 1000).toFixed(3).padStart(9)} ${line}`);
  };
  return {
    plan,
    features,
    scheduler,
    chance,
    faults: () => faults,
    endFaults() {
      faults = noFaults();
      add("--- faults end");
    },
    elapsedMs,
    mirror,
    posts,
    texts: new Map(),
    answers,
    calls: [],
    violations,
    stats,
    trace: {
      lines,
      add,
      hash: () => createHash("sha256").update(lines.join("\n")).digest("hex"),
    },
    watches,
    count,
    committed(fact) {
      for (const watch of watches) watch.commit?.(fact);
      mirror.apply(fact.writes);
    },
    posted(fact) {
      posts.push(fact);
      for (const watch of watches) watch.post?.(fact);
    },
    accepted(fact) {
      for (const watch of watches) watch.accepted?.(fact);
    },
    answered(fact) {
      answers.push(fact);
      for (const watch of watches) watch.answer?.(fact);
    },
    heard(fact) {
      for (const watch of watches) watch.event?.(fact);
    },
    violate(violation) {
      violations.push({ ...violation, atMs: elapsedMs() });
      add(`!!! ${violation.invariant}: ${violation.text}`);
    },
  };
}
