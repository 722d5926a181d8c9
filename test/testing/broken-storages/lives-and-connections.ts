import { memoryStorage } from "../../../src/adapters/storage/memory";
import { writtenId, type Entity, type Key, type Versioned, type Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import { SmsError } from "../../../src/core/model/errors";
import { searchIn, type Spoil } from "../memory-database";
import { changing, current, force, listing, once, turn, type BrokenStorages } from "./spoiling";

/** Counts the connections that were opened on these records. */
function opened(shared: Map<string, unknown>): number {
  const count = ((shared.get("opened") as number | undefined) ?? 0) + 1;
  shared.set("opened", count);
  return count;
}

/** A verb of a closed storage in the driver's own words. */
function rawAfterClose(verb: "read" | "commit" | "list" | "search"): Spoil {
  return changing((honest) => {
    const raw = (promise: Promise<unknown>) =>
      promise.catch(() => {
        throw new TypeError("The database connection is not open");
      });
    return {
      [verb]: (argument: never) => raw((honest[verb] as (argument: never) => Promise<unknown>)(argument)),
    };
  });
}

let everybodys: Storage | null = null;

/** A connection with records of its own. */
function apart(storage: Storage, own: Storage): Storage {
  const open = storage.read([]);
  return {
    ...storage,
    read: async (keys) => open.then(() => storage.read([])).then(() => own.read(keys)),
    async commit(writes) {
      const mine = structuredClone(writes);
      await storage.read([]);
      return own.commit(mine);
    },
    list: listing(own, async (query) => {
      await storage.read([]);
      return own.list(query);
    }),
    search: async (query) => {
      await storage.read([]);
      return searchIn(own, query);
    },
  };
}

/** Mistakes with opening, closing, several connections and dying. */
export const LIVES_AND_CONNECTIONS: BrokenStorages = {
  "works on after closing": ({ storage }) => ({ ...storage, close: async () => undefined }),
  "reads on after closing": ({ storage, records }) => ({ ...storage, read: (keys) => records.read(keys) }),
  "searches on after closing": ({ storage, records }) => ({
    ...storage,
    search: (query) => searchIn(records, query),
  }),
  "reads after closing in the driver's words": rawAfterClose("read"),
  "commits after closing in the driver's words": rawAfterClose("commit"),
  "lists after closing in the driver's words": rawAfterClose("list"),
  "searches after closing in the driver's words": rawAfterClose("search"),
  "throws when it is closed twice": ({ storage }) => {
    let isOpen = true;
    return {
      ...storage,
      async close() {
        if (!isOpen) throw new TypeError("The database connection is not open");
        isOpen = false;
        await storage.close();
      },
    };
  },
  "throws when it is closed unused": ({ storage }) => {
    let used = false;
    return {
      ...storage,
      read: (keys) => ((used = true), storage.read(keys)),
      commit: (writes) => ((used = true), storage.commit(writes)),
      list: listing(storage, (query) => ((used = true), storage.list(query))),
      async close() {
        if (!used) throw new TypeError("Cannot read properties of null (reading 'close')");
        await storage.close();
      },
    };
  },
  "drops commits when it is closed": changing((honest) => ({
    async commit(writes) {
      const mine = structuredClone(writes);
      await turn();
      return honest.commit(mine);
    },
  })),
  "keeps its records in a variable of the module": ({ storage }) => {
    everybodys ??= memoryStorage();
    return apart(storage, everybodys);
  },
  "loses what was committed when it is closed": ({ storage }) => apart(storage, memoryStorage()),
  "loses the last commit when it is closed": ({ storage, records }) => {
    let undo: readonly Write[] = [];
    return {
      ...storage,
      async commit(writes) {
        const before = await Promise.all(writes.map((write) => current(records, write)));
        const outcome = await storage.commit(writes);
        undo =
          outcome === "committed"
            ? writes.flatMap((write, index) => inverse(write, before[index] ?? null))
            : undo;
        return outcome;
      },
      async close() {
        const last = undo;
        undo = [];
        await force(records, last);
        await storage.close();
      },
    };
  },
  "forgets versions when it is opened again": ({ storage, records }, shared) => {
    const isAgain = opened(shared) > 1;
    const seen = once(shared, "bases", () => new Map<string, number>());
    return {
      ...storage,
      async read(keys) {
        const found = await storage.read(keys);
        return found.map((one, index) => {
          if (one === null || !isAgain) return one;
          const name = `${keys[index]?.kind} ${one.value.id}`;
          if (!seen.has(name)) seen.set(name, one.version - 1);
          return { ...one, version: one.version - (seen.get(name) ?? 0) };
        });
      },
      async commit(writes) {
        const shifted = await Promise.all(
          writes.map(async (write) => {
            if (!isAgain || write.expect === "absent") return write;
            const name = `${write.kind} ${writtenId(write)}`;
            if (!seen.has(name)) seen.set(name, ((await current(records, write))?.version ?? 1) - 1);
            return { ...write, expect: write.expect + (seen.get(name) ?? 0) };
          }),
        );
        return storage.commit(shifted);
      },
    };
  },
  "forgets its indexes when it is opened again": ({ storage }, shared) => {
    const isAgain = opened(shared) > 1;
    return {
      ...storage,
      list: listing(storage, async (query) =>
        isAgain ? { items: [], nextCursor: null } : storage.list(query),
      ),
      read: async (keys) =>
        (await storage.read(keys)).map((one, index) =>
          isAgain && !("id" in (keys[index] as Key)) ? null : one,
        ),
    };
  },
  "forgets unique values when it is opened again": ({ storage }, shared) => {
    const isAgain = opened(shared) > 1;
    return {
      ...storage,
      commit: async (writes) =>
        isAgain && (await holdsByVersion(storage, writes)) ? "committed" : storage.commit(writes),
    };
  },
  "forgets its cursors when it is opened again": ({ storage }) => {
    const mine = new Set<string>();
    return {
      ...storage,
      list: listing(storage, async (query) => {
        if (query.cursor !== null && mine.size === 0) throw new SmsError("config_invalid", "no such cursor");
        const page = await storage.list(query);
        if (page.nextCursor !== null) mine.add(page.nextCursor);
        return page;
      }),
    };
  },
  "makes its tables anew when it is opened often": ({ storage, records }, shared) => {
    if (opened(shared) < 4) return storage;
    const emptied = records
      .list({ list: "records", kind: "task", limit: 1_000, cursor: null })
      .then(({ items }) =>
        force(
          records,
          items.map(({ id }) => ({ kind: "task", remove: id, expect: 1 })),
        ),
      );
    return { ...storage, list: listing(storage, async (query) => (await emptied, storage.list(query))) };
  },
  "applies what conflicted when it is opened again": ({ storage, records }, shared) => {
    const log = once(shared, "log", (): Write[] => []);
    const replay = Promise.all(log.splice(0).map((write) => records.commit([write])));
    return {
      ...storage,
      list: listing(storage, async (query) => (await replay, storage.list(query))),
      async commit(writes) {
        const outcome = await storage.commit(writes);
        if (outcome === "conflict") log.push(...structuredClone(writes));
        return outcome;
      },
    };
  },
  "keeps what it has read": ({ storage }) => {
    const cache = new Map<string, Versioned<Entity>>();
    return {
      ...storage,
      async read(keys) {
        const found = await storage.read(keys);
        return found.map((one, index) => {
          const name = JSON.stringify(keys[index]);
          const kept = cache.get(name);
          if (kept !== undefined) return kept;
          if (one !== null) cache.set(name, one);
          return one;
        });
      },
      async commit(writes) {
        const outcome = await storage.commit(writes);
        cache.clear();
        return outcome;
      },
    };
  },
  "lists from a copy of its own": ({ storage, records }) => {
    const own = memoryStorage();
    let filled: Promise<unknown> | null = null;
    return {
      ...storage,
      list: listing(storage, async (query) => {
        await storage.read([]);
        filled ??= copyInto(own, records);
        await filled;
        return own.list(query);
      }),
      async commit(writes) {
        const mine = structuredClone(writes);
        const outcome = await storage.commit(mine);
        if (outcome === "committed") await force(own, mine);
        return outcome;
      },
    };
  },
  "compares versions by what it has in memory": ({ storage, records }) => {
    const known = new Map<string, number | "absent">();
    const name = (write: Write): string => `${write.kind} ${writtenId(write)}`;
    return {
      ...storage,
      async commit(writes) {
        const mine = structuredClone(writes);
        for (const write of mine)
          if (!known.has(name(write)))
            known.set(name(write), (await current(records, write))?.version ?? "absent");
        if (mine.some((write) => known.get(name(write)) !== write.expect)) {
          for (const write of mine) known.delete(name(write));
          return storage.commit(mine);
        }
        for (const write of mine) {
          if ("remove" in write) known.set(name(write), "absent");
          else if ("put" in write) known.set(name(write), write.expect === "absent" ? 1 : write.expect + 1);
        }
        await turn();
        return force(records, mine);
      },
    };
  },
  "fails when another connection writes": ({ storage }, shared) => {
    const me = opened(shared);
    return {
      ...storage,
      async commit(writes) {
        const writer = shared.get("writer");
        if (writer !== undefined && writer !== me) throw new Error("SQLITE_BUSY: database is locked");
        shared.set("writer", me);
        const mine = structuredClone(writes);
        await turn();
        return storage.commit(mine).finally(() => shared.delete("writer"));
      },
    };
  },
  "closes everybody's connection": ({ storage }, shared) => ({
    ...storage,
    async close() {
      shared.set("closed", true);
      await storage.close();
    },
    async commit(writes) {
      if (shared.get("closed") === true) throw new SmsError("storage_failed", "closed");
      return storage.commit(writes);
    },
  }),
  "answers before anything is on disk": ({ storage, records }, shared) => {
    // The commits of this connection are written out when it is closed, or a second later.
    const buffer = once(shared, `buffer ${opened(shared)}`, memoryStorage);
    const log: (readonly Write[])[] = [];
    let flushed: Promise<unknown> | null = null;
    const loaded = copyInto(buffer, records);
    return {
      ...storage,
      read: async (keys) => (await storage.read([]), await loaded, buffer.read(keys)),
      async commit(writes) {
        const mine = structuredClone(writes);
        await storage.read([]);
        await loaded;
        log.push(mine);
        return buffer.commit(mine);
      },
      list: listing(storage, async (query) => (await storage.read([]), await loaded, buffer.list(query))),
      search: async (query) => (await storage.read([]), searchIn(buffer, query)),
      async close() {
        flushed ??= (async () => {
          for (const writes of log) await records.commit(writes);
        })();
        await flushed;
        await storage.close();
      },
    };
  },
  "writes a commit to disk bit by bit": changing((honest) => ({
    async commit(writes) {
      if (writes.length < 4) return honest.commit(writes);
      const found = await Promise.all(writes.map((write) => current(honest, write)));
      if (writes.some((write, index) => (found[index]?.version ?? "absent") !== write.expect))
        return "conflict";
      for (const write of writes) await honest.commit([write]);
      return "committed";
    },
  })),
  "leaves its lock when it is killed": ({ storage }, shared) => ({
    ...storage,
    async commit(writes) {
      const holder = shared.get("lock");
      if (holder !== undefined && holder !== storage)
        throw new Error("The lock file of another process is there.");
      shared.set("lock", storage);
      return storage.commit(writes);
    },
    async close() {
      shared.delete("lock");
      await storage.close();
    },
  }),
};

function inverse(write: Write, before: Versioned<Entity> | null): readonly Write[] {
  if ("check" in write) return [];
  if (before === null) return [{ kind: write.kind, remove: writtenId(write), expect: 1 } as Write];
  return [{ kind: write.kind, put: before.value, expect: before.version } as Write];
}

async function holdsByVersion(storage: Storage, writes: readonly Write[]): Promise<boolean> {
  const found = await Promise.all(writes.map((write) => current(storage, write)));
  return writes.every(
    (write, index) =>
      (found[index]?.version ?? "absent") === write.expect && "put" in write && write.expect === "absent",
  );
}

async function copyInto(target: Storage, source: Storage): Promise<void> {
  for (const kind of ["consent", "conversation", "message", "consentEntry", "draft", "task"] as const) {
    const { items } = await source.list({ list: "records", kind, limit: 1_000, cursor: null });
    for (const put of items) await target.commit([{ kind, put, expect: "absent" } as Write]);
  }
}
