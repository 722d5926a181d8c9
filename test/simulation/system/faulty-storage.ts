import type { Write } from "../../../src/core/model/record";
import type { Page, Query, ResultOf, Storage } from "../../../src/ports/storage";
import { isWithin } from "./plan";
import { unanswered } from "./processes";
import type { Process } from "./processes";
import { describeWrites } from "./trace-lines";
import type { World } from "./world";

/** What a database's driver throws when its connection fails. */
export class InjectedFailure extends Error {
  override readonly name = "InjectedFailure";
}

type Fate = "fine" | "error-before" | "error-after" | "conflict" | "crash-before" | "crash-after" | "pause";

/**
 * The storage as one process sees it: over a connection that takes time, fails, and outlives the process or not. What was asked of
 * the database before a crash may still happen; no answer reaches a process that is gone.
 */
export function faultyStorage(world: World, process: Process, storage: Storage): Storage {
  const { scheduler } = world;
  const chance = world.chance(`storage/${process.name}`);

  return {
    read: (keys) => verb("read", () => storage.read(keys)),
    async commit(writes: readonly Write[]): Promise<"committed" | "conflict"> {
      const copy = [...writes];
      return verb("commit", async () => {
        const outcome = await storage.commit(copy);
        world.trace.add(`${process.name} ${outcome} ${describeWrites(copy)}`);
        if (outcome === "committed") {
          world.count("commits");
          world.committed({ atMs: scheduler.now(), instance: process.name, writes: copy });
        } else {
          world.count("conflicts");
        }
        return outcome;
      });
    },
    list: <Q extends Query>(query: Q): Promise<Page<ResultOf<Q>>> => verb("list", () => storage.list(query)),
    close: () => storage.close(),
  };

  function fateOf(name: string): Fate {
    const faults = world.faults();
    const isCommit = name === "commit";
    // Polls outnumber everything else and change nothing, so they are spared most faults.
    const weight = name === "list" ? 0.2 : 1;
    if (isCommit && isWithin(world.plan.conflictStorms, world.elapsedMs()) && chance.chance(0.7)) {
      return "conflict";
    }
    if (chance.chance(faults.crash * weight)) return chance.chance(0.5) ? "crash-before" : "crash-after";
    if (chance.chance(faults.pause * weight)) return "pause";
    if (chance.chance(faults.errorBefore * weight)) return "error-before";
    if (isCommit && chance.chance(faults.errorAfter)) return "error-after";
    if (isCommit && chance.chance(faults.falseConflict)) return "conflict";
    return "fine";
  }

  function verb<T>(name: string, perform: () => Promise<T>): Promise<T> {
    // What was running when the process ended asks for nothing any more.
    if (!process.isAlive()) return unanswered();
    const fate = fateOf(name);
    if (fate !== "fine") {
      world.count(`storage ${fate}`);
      world.trace.add(`${process.name} ${name} meets ${fate}`);
    }
    const outMs = travelMs();
    const backMs = travelMs();
    const outlivesCrash = chance.chance(0.5);
    return new Promise<T>((resolve, reject) => {
      if (fate === "pause") process.pause(chance.whole(20_000, 150_000));
      if (fate === "crash-before") {
        // The request may have been on its way, or not.
        if (chance.chance(0.5)) reach();
        process.crash();
        return;
      }
      if (outMs === 0) reach();
      else scheduler.after(outMs, reach, { joins: true });

      function reach(): void {
        if (!process.isAlive() && !outlivesCrash) return;
        if (fate === "error-before") {
          back(() => {
            reject(new InjectedFailure("The connection to the database is gone."));
          });
          return;
        }
        // A commit is refused without having been looked at.
        if (fate === "conflict") {
          world.trace.add(`${process.name} false conflict`);
          back(() => {
            // Only commits meet this fate.
            resolve("conflict" as T);
          });
          return;
        }
        scheduler.track(perform()).then(arrived, (error: unknown) => {
          world.trace.add(`${process.name} ${name} failed: ${String(error)}`);
          back(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        });
      }

      function arrived(value: T): void {
        if (fate === "crash-after") {
          process.crash();
          return;
        }
        back(() => {
          if (fate === "error-after")
            reject(new InjectedFailure("The connection broke before the answer came."));
          else resolve(value);
        });
      }

      function back(run: () => void): void {
        if (backMs === 0) process.enter(run);
        else {
          scheduler.after(backMs, () => {
            process.enter(run);
          });
        }
      }
    });
  }

  function travelMs(): number {
    if (chance.chance(world.faults().slowStorage)) return chance.whole(100, 20_000);
    return world.plan.storageMs === 0 || chance.chance(0.4) ? 0 : chance.waitMs(world.plan.storageMs);
  }
}
