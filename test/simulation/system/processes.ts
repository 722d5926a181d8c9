import { createHash } from "node:crypto";
import type { createSms } from "../../../src/create-sms";
import type { Sms } from "../../../src/create-sms";
import type { SmsEvent, SmsEventName } from "../../../src/core/model/events";
import type { SmsOptions } from "../../../src/flows/sms-options";
import type { Runtime } from "../../../src/ports/runtime";
import { ACCOUNT } from "../../support/harness";
import type { World } from "./world";

/** One process of the host. */
export interface Process {
  readonly name: string;
  readonly skewMs: number;
  readonly isAlive: () => boolean;
  readonly isPaused: () => boolean;
  /** Ends it as `kill -9` does: nothing of it ever runs again. */
  readonly crash: () => void;
  /** Lets it stand still; what would go on in it goes on afterwards, in order. */
  readonly pause: (forMs: number) => void;
  /** Wakes it, if it stands still. */
  readonly wake: () => void;
  /** Goes on in the process: now, or when it no longer stands still; never, once it has crashed. */
  readonly enter: (run: () => void) => void;
  /** Runs something when the process crashes; the answer takes that back. */
  readonly onCrash: (run: () => void) => () => void;
  readonly runtime: Partial<Runtime>;
}

/** A process as the host runs it: with the library in it. */
export interface Host {
  readonly process: Process;
  readonly sms: Sms;
}

/** Makes a process that has nothing in it yet. */
export function createProcess(world: World, name: string, skewMs: number): Process {
  const { scheduler } = world;
  const random = world.chance(`runtime/${name}`);
  let alive = true;
  let pausedUntilMs = 0;
  const held: (() => void)[] = [];
  const crashing = new Set<() => void>();

  const isPaused = (): boolean => pausedUntilMs > scheduler.now();

  function enter(run: () => void): void {
    if (!alive) return;
    // What came before must go first.
    if (isPaused() || held.length > 0) held.push(run);
    else run();
  }

  function wake(): void {
    if (!alive) return;
    pausedUntilMs = scheduler.now();
    if (held.length > 0) world.trace.add(`${name} goes on (${held.length} held)`);
    goOn();
  }

  /** One after the other, each in a millisecond of its own: what was held does not all happen in one moment. */
  function goOn(): void {
    if (!alive || isPaused()) return;
    const next = held.shift();
    if (next === undefined) return;
    next();
    if (held.length > 0) scheduler.after(1, goOn);
  }

  return {
    name,
    skewMs,
    isAlive: () => alive,
    isPaused,
    crash() {
      if (!alive) return;
      alive = false;
      held.length = 0;
      world.count("crashes");
      world.trace.add(`${name} CRASHES`);
      for (const run of crashing) run();
      crashing.clear();
    },
    pause(forMs) {
      if (!alive || isPaused()) return;
      world.count("pauses");
      world.trace.add(`${name} PAUSES for ${forMs} ms`);
      pausedUntilMs = scheduler.now() + forMs;
      const untilMs = pausedUntilMs;
      scheduler.after(forMs, () => {
        if (pausedUntilMs === untilMs) wake();
      });
    },
    wake,
    enter,
    onCrash(run) {
      crashing.add(run);
      return () => {
        crashing.delete(run);
      };
    },
    runtime: {
      now: () => scheduler.now() + skewMs,
      setTimer(delayMs, run, kind) {
        let isCancelled = false;
        const cancel = scheduler.after(
          delayMs,
          () => {
            enter(() => {
              if (!isCancelled) run();
            });
          },
          { idle: kind === "idle" },
        );
        return () => {
          isCancelled = true;
          cancel();
        };
      },
      random: random.next,
      newId: () => random.hex(32),
      hash: (text) => Promise.resolve(createHash("sha256").update(text).digest("hex").slice(0, 32)),
    },
  };
}

const EVENT_NAMES: readonly SmsEventName[] = [
  "message.received",
  "message.sent",
  "message.status",
  "consent.changed",
  "draft.created",
  "draft.stale",
  "send.blocked",
  "error",
];

/** Puts the library into a process. */
export function installSms(
  world: World,
  process: Process,
  parts: { readonly createSms: typeof createSms; readonly options: SmsOptions },
): Host {
  const quiet = (): undefined => undefined;
  const sms = parts.createSms({
    ...parts.options,
    runtime: process.runtime,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  for (const name of EVENT_NAMES) {
    sms.on(name, (data) => {
      if (!process.isAlive()) return;
      // The name and its data come from one event, which the compiler cannot see across a union.
      const event = { name, data } as SmsEvent;
      if (event.name === "error") {
        world.count(`error ${event.data.error.code}`);
        world.trace.add(`${process.name} error ${event.data.error.code}`);
      }
      world.heard({ atMs: world.scheduler.now(), instance: process.name, event });
    });
  }
  return { process, sms };
}

/** What became of a call into a process. */
export type CallOutcome<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "crashed" };

/** Calls into a process from outside. A process that crashes meanwhile never answers, which the caller notices. */
export function callInto<T>(
  process: Process,
  start: () => Promise<T>,
  ended: (outcome: CallOutcome<T>) => void,
): void {
  let isOver = false;
  const finish = (outcome: CallOutcome<T>): void => {
    if (isOver) return;
    isOver = true;
    forget();
    ended(outcome);
  };
  const forget = process.onCrash(() => {
    finish({ kind: "crashed" });
  });
  if (!process.isAlive()) {
    finish({ kind: "crashed" });
    return;
  }
  process.enter(() => {
    start().then(
      (value) => {
        finish({ kind: "value", value });
      },
      (error: unknown) => {
        finish({ kind: "error", error });
      },
    );
  });
}

/** What a process waits for that has crashed: nothing ever comes. */
export function unanswered<T>(): Promise<T> {
  return new Promise<T>(() => {
    // Neither resolves nor rejects.
  });
}

/** The account that every run uses. */
export const SIMULATED_ACCOUNT = { accountSid: ACCOUNT.accountSid, authToken: ACCOUNT.authToken } as const;
