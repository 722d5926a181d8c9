import { memoryStorage } from "../../../src/adapters/storage/memory";
import { inLockOrder } from "../../../src/adapters/storage/lock-order";
import { writtenId, type Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import { changing, committing, current, listing, once, turn, type BrokenStorages } from "./spoiling";

async function oneByOne(
  honest: Storage,
  writes: readonly Write[],
  onConflict: "stop" | "go on",
): Promise<"committed" | "conflict"> {
  let outcome: "committed" | "conflict" = "committed";
  for (const write of writes) {
    if ((await honest.commit([write])) === "committed") continue;
    outcome = "conflict";
    if (onConflict === "stop") return outcome;
  }
  return outcome;
}

/** Whether every write meets what is there, without looking at unique values. */
async function holds(honest: Storage, writes: readonly Write[]): Promise<boolean> {
  const found = await Promise.all(writes.map((write) => current(honest, write)));
  return writes.every((write, index) => (found[index]?.version ?? "absent") === write.expect);
}

/** Does it in a later turn, and tells nobody how it went. */
function later(work: () => Promise<unknown>): void {
  setImmediate(() => {
    work().catch(() => undefined);
  });
}

/** Locks by name: each is given to one after the other. */
function locks(): (name: string) => Promise<() => void> {
  const last = new Map<string, Promise<void>>();
  return async (name) => {
    const before = last.get(name);
    let release: () => void = () => undefined;
    last.set(
      name,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    await before;
    return release;
  };
}

/** Mistakes with what a commit is. */
export const COMMITS: BrokenStorages = {
  "commits halfway": changing((honest) => ({ commit: (writes) => oneByOne(honest, writes, "stop") })),
  "commits halfway in lock order": changing((honest) => ({
    commit: (writes) => oneByOne(honest, inLockOrder(writes), "stop"),
  })),
  "says conflict after having written": changing((honest) => ({
    async commit(writes) {
      if ((await honest.commit(writes)) === "committed") return "committed";
      await oneByOne(honest, writes, "go on");
      return "conflict";
    },
  })),
  "keeps what came before a violated constraint": changing((honest) => ({
    async commit(writes) {
      if ((await honest.commit(writes)) === "committed") return "committed";
      if (await holds(honest, writes)) await oneByOne(honest, writes, "stop");
      return "conflict";
    },
  })),
  "keeps what came before a record that cannot be stored": changing((honest) => ({
    commit: (writes) =>
      honest.commit(writes).catch(async (error: unknown) => {
        await oneByOne(honest, writes, "stop").catch(() => undefined);
        throw error;
      }),
  })),
  "loses the last write of a large commit": committing((writes) =>
    writes.length > 3 ? writes.slice(0, -1) : writes,
  ),
  "writes the first record of each kind only": committing((writes) =>
    writes.filter((write, index) => writes.findIndex(({ kind }) => kind === write.kind) === index),
  ),
  "writes one kind per commit": committing((writes) => writes.filter(({ kind }) => kind === writes[0]?.kind)),
  "says committed before it is written": changing((honest) => ({
    async commit(writes) {
      const mine = structuredClone(writes);
      if (!(await holds(honest, mine))) return "conflict";
      later(() => honest.commit(mine));
      return "committed";
    },
  })),
  "reads from a replica that lags": ({ storage }, shared) => {
    const replica = once(shared, "replica", memoryStorage);
    const { close, commit } = storage;
    return {
      ...storage,
      read: (keys) => storage.read([]).then(() => replica.read(keys)),
      list: listing(storage, (query) => storage.read([]).then(() => replica.list(query))),
      async commit(writes) {
        const mine = structuredClone(writes);
        const outcome = await commit(mine);
        if (outcome === "committed") later(() => replica.commit(mine));
        return outcome;
      },
      close,
    };
  },
  "rejects instead of telling of a conflict": changing((honest) => ({
    async commit(writes) {
      const outcome = await honest.commit(writes);
      if (outcome === "conflict" && (await holds(honest, writes)))
        throw new Error("UNIQUE constraint failed");
      return outcome;
    },
  })),
  "stays in a failed transaction": changing((honest, shared) => ({
    async commit(writes) {
      if (shared.has("failed")) throw new Error("current transaction is aborted");
      return honest.commit(writes).catch((error: unknown) => {
        shared.set("failed", true);
        throw error;
      });
    },
  })),
  "keeps its locks after a conflict": changing((honest, shared) => {
    const locked = once(shared, "locked", () => new Set<string>());
    return {
      async commit(writes) {
        const names = writes.map((write) => `${write.kind} ${writtenId(write)}`);
        if (names.some((name) => locked.has(name))) return "conflict";
        const outcome = await honest.commit(writes);
        if (outcome === "conflict" && writes.length > 5) for (const name of names) locked.add(name);
        return outcome;
      },
    };
  }),
  "takes nothing to do for a conflict": changing((honest) => ({
    commit: async (writes) => (writes.length === 0 ? "conflict" : honest.commit(writes)),
  })),
  "has no room for large requests": changing((honest) => ({
    async commit(writes) {
      if (writes.length > 400) throw new Error("too many SQL variables");
      return honest.commit(writes);
    },
    async read(keys) {
      if (keys.length > 400) throw new Error("too many SQL variables");
      return honest.read(keys);
    },
  })),
  "splits a large commit into several": changing((honest) => ({
    async commit(writes) {
      for (let from = 0; from < writes.length; from += 100)
        if ((await honest.commit(writes.slice(from, from + 100))) === "conflict") return "conflict";
      return "committed";
    },
  })),
  "looks before it writes": changing((honest) => ({
    async commit(writes) {
      const mine = structuredClone(writes);
      if (!(await holds(honest, mine))) return "conflict";
      await turn();
      const now = await Promise.all(
        mine.map(
          async (write) =>
            ({ ...write, expect: (await current(honest, write))?.version ?? "absent" }) as Write,
        ),
      );
      return honest.commit(now);
    },
  })),
  "checks the pair of a conversation before it locks": changing((honest) => ({
    async commit(writes) {
      const outcome = await honest.commit(writes);
      const [first] = writes;
      // The rival's conversation is taken for the own one.
      if (outcome === "conflict" && first?.kind === "conversation" && first.expect === "absent")
        return (await holds(honest, writes)) ? "committed" : "conflict";
      return outcome;
    },
  })),
  "does not hold what it checks": changing((honest) => ({
    async commit(writes) {
      const mine = structuredClone(writes);
      const checks = mine.filter((write) => "check" in write);
      if (!(await holds(honest, checks))) return "conflict";
      await turn();
      return honest.commit(mine.filter((write) => !("check" in write)));
    },
  })),
  "lets one commit at a time in and sends the others away": changing((honest, shared) => ({
    async commit(writes) {
      if (shared.get("busy") === true) return "conflict";
      shared.set("busy", true);
      const mine = structuredClone(writes);
      await turn();
      return honest.commit(mine).finally(() => shared.set("busy", false));
    },
  })),
  "fails when the database is locked": changing((honest, shared) => ({
    async commit(writes) {
      if (shared.get("busy") === true) throw new Error("SQLITE_BUSY: database is locked");
      shared.set("busy", true);
      const mine = structuredClone(writes);
      await turn();
      return honest.commit(mine).finally(() => shared.set("busy", false));
    },
  })),
  "rolls a group back together": changing((honest, shared) => {
    const group = once(
      shared,
      "group",
      (): { running: Promise<boolean> | null; waiting: (readonly Write[])[] } => ({
        running: null,
        waiting: [],
      }),
    );
    const run = async (): Promise<boolean> => {
      await turn();
      const { waiting } = group;
      group.waiting = [];
      group.running = null;
      const fine = await Promise.all(waiting.map((writes) => holds(honest, writes)));
      return fine.every(Boolean);
    };
    return {
      async commit(writes) {
        const mine = structuredClone(writes);
        group.waiting.push(mine);
        group.running ??= run();
        return (await group.running) ? honest.commit(mine) : "conflict";
      },
    };
  }),
  "locks records in the order of the writes": changing((honest, shared) => {
    const lock = once(shared, "locks", locks);
    return {
      async commit(writes) {
        const mine = structuredClone(writes);
        const releases: (() => void)[] = [];
        for (const write of mine) {
          releases.push(await lock(`${write.kind} ${writtenId(write)}`));
          await turn();
        }
        return honest.commit(mine).finally(() => {
          for (const release of releases) release();
        });
      },
    };
  }),
  "reads key by key": changing((honest) => ({
    async read(keys) {
      const found = [];
      for (const key of keys) {
        found.push(...(await honest.read([key])));
        await turn();
      }
      return found;
    },
  })),
  "reads each kind by itself": changing((honest) => ({
    async read(keys) {
      const found = new Map<number, Awaited<ReturnType<Storage["read"]>>[number]>();
      for (const kind of new Set(keys.map((key) => key.kind))) {
        const places = keys.flatMap((key, index) => (key.kind === kind ? [index] : []));
        const rows = await honest.read(keys.filter((key) => key.kind === kind));
        places.forEach((place, index) => found.set(place, rows[index] ?? null));
        await turn();
      }
      return keys.map((_, index) => found.get(index) ?? null);
    },
  })),
};
