import { writtenId, type Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import { changing, committing, current, force, once, type BrokenStorages } from "./spoiling";

function at(write: Write, expect: number | "absent"): Write {
  return { ...write, expect } as Write;
}

/** Versions as callers see them, another way than they are kept. */
function seenAs(outward: (version: number) => number, inward: (version: number) => number) {
  return changing((honest) => ({
    read: async (keys) =>
      (await honest.read(keys)).map((one) => one && { ...one, version: outward(one.version) }),
    commit: (writes) =>
      honest.commit(
        writes.map((write) => (write.expect === "absent" ? write : at(write, inward(write.expect)))),
      ),
  }));
}

async function each(
  writes: readonly Write[],
  honest: Storage,
  change: (write: Write, version: number | null) => Write | null,
): Promise<readonly Write[]> {
  const changed = await Promise.all(
    writes.map(async (write) => change(write, (await current(honest, write))?.version ?? null)),
  );
  return changed.filter((write) => write !== null);
}

/** Mistakes with versions and conditions. */
export const VERSIONS: BrokenStorages = {
  "ignores versions": changing((honest) => ({ commit: (writes) => force(honest, writes) })),
  "ignores versions of puts": committing((writes, honest) =>
    each(writes, honest, (write, version) =>
      "put" in write && write.expect !== "absent" ? at(write, version ?? write.expect) : write,
    ),
  ),
  "ignores versions of removals": committing((writes, honest) =>
    each(writes, honest, (write, version) =>
      "remove" in write ? at(write, version ?? write.expect) : write,
    ),
  ),
  "ignores checks": committing((writes) => writes.filter((write) => !("check" in write))),
  "takes a check of nobody for true": committing((writes, honest) =>
    each(writes, honest, (write, version) => ("check" in write && version === null ? null : write)),
  ),
  "takes a removal of nobody for done": committing((writes, honest) =>
    each(writes, honest, (write, version) => ("remove" in write && version === null ? null : write)),
  ),
  "overwrites what it should create": committing((writes, honest) =>
    each(writes, honest, (write, version) =>
      write.expect === "absent" ? at(write, version ?? "absent") : write,
    ),
  ),
  "creates what it should change": committing((writes, honest) =>
    each(writes, honest, (write, version) =>
      "put" in write && version === null ? at(write, "absent") : write,
    ),
  ),
  "takes every version up to the expected one": committing((writes, honest) =>
    each(writes, honest, (write, version) =>
      version !== null && write.expect !== "absent" && version < write.expect ? at(write, version) : write,
    ),
  ),
  "starts versions at 0": seenAs(
    (version) => version - 1,
    (version) => version + 1,
  ),
  "counts versions in twos": seenAs(
    (version) => 2 * version - 1,
    (version) => (version + 1) / 2,
  ),
  "gives versions as texts": changing((honest) => ({
    read: async (keys) =>
      (await honest.read(keys)).map(
        (one) => one && { ...one, version: String(one.version) as unknown as number },
      ),
    commit: (writes) =>
      honest.commit(
        writes.map((write) => (write.expect === "absent" ? write : at(write, Number(write.expect)))),
      ),
  })),
  "goes on counting versions after a removal": changing((honest, shared) => {
    const bases = once(shared, "bases", () => new Map<string, number>());
    const baseOf = (kind: string, id: string): number => bases.get(`${kind} ${id}`) ?? 0;
    return {
      async read(keys) {
        const found = await honest.read(keys);
        return found.map(
          (one, index) =>
            one && { ...one, version: one.version + baseOf(keys[index]?.kind ?? "", one.value.id) },
        );
      },
      async commit(writes) {
        const shifted = writes.map((write) =>
          write.expect === "absent" ? write : at(write, write.expect - baseOf(write.kind, writtenId(write))),
        );
        const outcome = await honest.commit(shifted);
        for (const write of outcome === "committed" ? writes : [])
          if ("remove" in write) bases.set(`${write.kind} ${write.remove}`, write.expect);
        return outcome;
      },
    };
  }),
  "raises the version with a check": changing((honest) => ({
    async commit(writes) {
      const raised = await Promise.all(
        writes.map(async (write) => {
          const found = "check" in write ? await current(honest, write) : null;
          return found === null
            ? write
            : ({ kind: write.kind, put: found.value, expect: write.expect } as Write);
        }),
      );
      return honest.commit(raised);
    },
  })),
  "takes a put that changes nothing for a conflict": changing((honest) => ({
    async commit(writes) {
      const found = await Promise.all(writes.map((write) => current(honest, write)));
      const idle = writes.some(
        (write, index) => "put" in write && JSON.stringify(write.put) === JSON.stringify(found[index]?.value),
      );
      return idle ? "conflict" : honest.commit(writes);
    },
  })),
  "leaves out puts that change nothing": committing(async (writes, honest) => {
    const found = await Promise.all(writes.map((write) => current(honest, write)));
    return writes.filter(
      (write, index) =>
        !("put" in write && JSON.stringify(write.put) === JSON.stringify(found[index]?.value)),
    );
  }),
  "changes what was removed": changing((honest, shared) => {
    const removed = once(shared, "removed", () => new Map<string, number>());
    return {
      async commit(writes) {
        const revived = writes.map((write) =>
          "put" in write && removed.get(`${write.kind} ${write.put.id}`) === write.expect
            ? at(write, "absent")
            : write,
        );
        const outcome = await honest.commit(revived);
        for (const write of outcome === "committed" ? writes : [])
          if ("remove" in write) removed.set(`${write.kind} ${write.remove}`, write.expect);
        return outcome;
      },
    };
  }),
  "changes a neighbour, too": changing((honest) => ({
    async commit(writes) {
      const outcome = await honest.commit(writes);
      const removal = writes.find((write) => "remove" in write);
      if (outcome === "committed" && removal !== undefined && "remove" in removal) {
        // The condition of the delete lacks the end of the id.
        const { items } = await honest.list({
          list: "records",
          kind: removal.kind,
          limit: 1_000,
          cursor: null,
        });
        for (const { id } of items.filter((one) => one.id.slice(0, -1) === removal.remove.slice(0, -1)))
          await force(honest, [{ kind: removal.kind, remove: id, expect: 1 } as Write]);
      }
      return outcome;
    },
  })),
  "merges a put into what is there": changing((honest) => ({
    async commit(writes) {
      const merged = await Promise.all(
        writes.map(async (write) => {
          const found = "put" in write && write.expect !== "absent" ? await current(honest, write) : null;
          return found === null
            ? write
            : ({ ...write, put: merge(found.value, "put" in write ? write.put : {}) } as Write);
        }),
      );
      return honest.commit(merged);
    },
  })),
};

/** What is null in the new value stays as it was, at every depth. */
function merge(before: unknown, after: unknown): unknown {
  if (after === null) return before;
  if (typeof before !== "object" || before === null || typeof after !== "object") return after;
  if (Array.isArray(before) || Array.isArray(after)) return after;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      Object.hasOwn(after, name)
        ? merge(Reflect.get(before, name), Reflect.get(after, name))
        : Reflect.get(before, name),
    ]),
  );
}
