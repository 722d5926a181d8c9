import {
  writtenId,
  type Entity,
  type Key,
  type Kind,
  type Versioned,
  type Write,
} from "../../../src/core/model/record";
import type { Page, Query, Storage } from "../../../src/ports/storage";
import type { Spoil } from "../memory-database";

/** A mistake that authors of storages make. */
export type BrokenStorages = Readonly<Record<string, Spoil>>;

/** Changes verbs of a connection; the rest stays as it is. */
export function changing(change: (honest: Storage, shared: Map<string, unknown>) => Partial<Storage>): Spoil {
  return ({ storage }, shared) => ({ ...storage, ...change(storage, shared) });
}

/** Changes what is committed before it is. */
export function committing(
  change: (writes: readonly Write[], honest: Storage) => Promise<readonly Write[]> | readonly Write[],
): Spoil {
  return changing((honest) => ({
    commit: async (writes) => honest.commit(await change(structuredClone(writes), honest)),
  }));
}

/** Changes records on their way in. */
export function puttingIn(change: (record: Entity, kind: Kind) => unknown): Spoil {
  return committing((writes) =>
    writes.map((write) =>
      "put" in write ? ({ ...write, put: change(write.put, write.kind) } as Write) : write,
    ),
  );
}

/** Changes records on their way out, read or listed. */
export function givingOut(change: (record: Entity) => unknown): Spoil {
  return changing((honest) => ({
    read: async (keys) =>
      (await honest.read(keys)).map(
        (one) => one && { version: one.version, value: change(one.value) as Entity },
      ),
    list: listing(honest, async (query) => {
      const page = await honest.list(query);
      return { ...page, items: page.items.map((item) => change(item) as Entity) };
    }),
  }));
}

/** Changes what is asked of the lists. */
export function asking(change: (query: Query) => Query): Spoil {
  return changing((honest) => ({ list: listing(honest, (query) => honest.list(change(query))) }));
}

/** Changes what lists give. */
export function paging(
  change: (page: Page<Entity>, query: Query, honest: Storage) => Page<Entity> | Promise<Page<Entity>>,
): Spoil {
  return changing((honest) => ({
    list: listing(honest, async (query) => change(await honest.list(query), query, honest)),
  }));
}

/** A list by another rule; its items are as the query wants them. */
export function listing(_honest: Storage, list: (query: Query) => Promise<Page<Entity>>): Storage["list"] {
  return list;
}

/** One thing per set of records, made when it is first asked for. */
export function once<T>(shared: Map<string, unknown>, name: string, make: () => T): T {
  if (!shared.has(name)) shared.set(name, make());
  return shared.get(name) as T;
}

/** The record that a write concerns. */
export async function current(storage: Storage, write: Write): Promise<Versioned<Entity> | null> {
  const [found] = await storage.read([{ kind: write.kind, id: writtenId(write) } as Key]);
  return found ?? null;
}

/** Sees every text in a value, also names of fields, and gives the value with what became of them. */
export function everyText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => everyText(one, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [change(name), everyText(inner, change)]),
  );
}

/** A turn of the event loop, as any answer over a network takes. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Writes whatever the versions are; conflicts only where a unique value is taken. */
export async function force(honest: Storage, writes: readonly Write[]): Promise<"committed" | "conflict"> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const now = await Promise.all(
      writes.map(
        async (write) => ({ ...write, expect: (await current(honest, write))?.version ?? "absent" }) as Write,
      ),
    );
    if ((await honest.commit(now)) === "committed") return "committed";
  }
  return "conflict";
}
