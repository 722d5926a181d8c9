import type { createSms } from "../../../src/create-sms";
import type { SmsOptions } from "../../../src/flows/sms-options";
import type { Storage } from "../../../src/ports/storage";
import { faultyStorage } from "./faulty-storage";
import { isWithin } from "./plan";
import { callInto, createProcess, installSms } from "./processes";
import type { Host, Process } from "./processes";
import type { Random } from "./random";
import type { World } from "./world";

/** The host's processes, as its load balancer sees them. */
export interface Fleet {
  /** A process that takes requests; null while there is none. One that stands still is picked too: nobody has noticed. */
  readonly anyHost: (chance: Random) => Host | null;
  /** Several different ones, as far as there are. */
  readonly everyHost: () => readonly Host[];
  readonly start: () => void;
  /** Ends faults of the processes themselves: all are awake and running from now on. */
  readonly recover: () => void;
  /** Replaces a process in an orderly way, as a deployment does. */
  readonly redeploy: (chance: Random) => void;
}

/** What the fleet runs. */
export interface FleetParts {
  readonly createSms: typeof createSms;
  readonly storage: Storage;
  readonly optionsFor: (process: Process) => SmsOptions;
}

interface Slot {
  readonly index: number;
  generation: number;
  host: Host | null;
}

/** Makes the processes of a run. A crashed one is started anew after a while, as a supervisor does. */
export function createFleet(world: World, parts: FleetParts): Fleet {
  const { scheduler, plan } = world;
  const chance = world.chance("fleet");
  const slots: Slot[] = Array.from({ length: plan.instances }, (_, index) => ({
    index,
    generation: 0,
    host: null,
  }));
  let isRecovered = false;

  return {
    anyHost(given) {
      const up = hosts();
      return up.length === 0 ? null : given.pick(up);
    },
    everyHost: hosts,
    start() {
      for (const slot of slots) boot(slot);
      for (const { fromMs } of plan.allDown) {
        scheduler.after(fromMs, () => {
          world.trace.add("--- all processes go down");
          for (const { host } of slots) host?.process.crash();
        });
      }
    },
    recover() {
      isRecovered = true;
      for (const slot of slots) {
        if (slot.host === null) boot(slot);
        else slot.host.process.wake();
      }
    },
    redeploy(given) {
      const slot = given.pick(slots);
      const { host } = slot;
      if (host === null || host.process.isPaused()) return;
      world.count("deployments");
      world.trace.add(`${host.process.name} is stopped for a deployment`);
      slot.host = null;
      callInto(
        host.process,
        () => host.sms.stop(),
        () => {
          world.trace.add(`${host.process.name} has stopped`);
        },
      );
      boot(slot);
    },
  };

  function hosts(): readonly Host[] {
    return slots.flatMap(({ host }) => (host?.process.isAlive() === true ? [host] : []));
  }

  function boot(slot: Slot): void {
    slot.generation += 1;
    const name = `p${slot.index}.${slot.generation}`;
    const process = createProcess(world, name, plan.skewsMs[slot.index] ?? 0);
    const options = parts.optionsFor(process);
    const host = installSms(world, process, {
      createSms: parts.createSms,
      options: { ...options, storage: faultyStorage(world, process, parts.storage) },
    });
    slot.host = host;
    world.trace.add(`${name} starts (clock ${process.skewMs} ms)`);
    process.onCrash(() => {
      if (slot.host === host) {
        slot.host = null;
        scheduler.after(isRecovered ? 1_000 : downMs(), () => {
          if (slot.host === null) boot(slot);
        });
      }
    });
    startUp(host);
  }

  /** A host that cannot open its storage tries again. */
  function startUp(host: Host): void {
    callInto(
      host.process,
      () => host.sms.start(),
      (outcome) => {
        if (outcome.kind !== "error") return;
        scheduler.after(1_000, () => {
          startUp(host);
        });
      },
    );
  }

  function downMs(): number {
    const elapsedMs = world.elapsedMs();
    const away = plan.allDown.find((outage) => isWithin([outage], elapsedMs));
    const ownMs = chance.chance(0.5) ? chance.whole(500, 5_000) : chance.whole(5_000, 90_000);
    return away === undefined ? ownMs : away.untilMs - elapsedMs + chance.whole(0, 2_000);
  }
}
