import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { writtenId, type Key, type Write } from "../../../src/core/model/record";
import type { Storage } from "../../../src/ports/storage";
import {
  STORAGE_CASES,
  storageSuite,
  type StorageCase,
  type StorageCaseSetting,
} from "../../../src/testing/index";

const cases = Object.values(STORAGE_CASES).flat();

function caseNamed(name: string): StorageCase {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The suite has no case "${name}".`);
  return found;
}

function broken(change: (honest: Storage) => Partial<Storage>): StorageCaseSetting {
  return {
    create: async () => {
      const honest = memoryStorage();
      return { ...honest, ...change(honest) };
    },
  };
}

async function versionOf(storage: Storage, write: Write): Promise<number | "absent"> {
  const [found] = await storage.read([{ kind: write.kind, id: writtenId(write) } as Key]);
  return found?.version ?? "absent";
}

/** Writes whatever the versions are. */
async function force(honest: Storage, writes: readonly Write[]): Promise<"committed" | "conflict"> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const current = await Promise.all(
      writes.map(async (write) => ({ ...write, expect: await versionOf(honest, write) }) as Write),
    );
    if ((await honest.commit(current)) === "committed") return "committed";
  }
  return "conflict";
}

const ignoresVersions = broken((honest) => ({ commit: (writes) => force(honest, writes) }));

const commitsHalfway = broken((honest) => ({
  async commit(writes) {
    for (const write of writes) {
      if ((await honest.commit([write])) === "conflict") return "conflict";
    }
    return "committed";
  },
}));

const returnsLiveObjects = broken((honest) => {
  const live = new Map<string, unknown>();
  return {
    async read(keys) {
      const found = await honest.read(keys);
      return found.map((one) => {
        if (one === null) return null;
        const key = `${one.value.id} ${one.version}`;
        if (!live.has(key)) live.set(key, structuredClone(one));
        return live.get(key) as typeof one;
      });
    },
  };
});

const keepsTheCallersObjects = broken((honest) => {
  return {
    commit: async (writes) => {
      // A turn passes before anything is copied, as it does while a connection is being opened.
      await Promise.resolve();
      return honest.commit(writes);
    },
  };
});

const skipsChecks = broken((honest) => ({
  commit: (writes) => honest.commit(writes.filter((write) => !("check" in write))),
}));

const looksBeforeItWrites = broken((honest) => ({
  async commit(writes) {
    const versions = await Promise.all(writes.map((write) => versionOf(honest, write)));
    if (writes.some((write, index) => write.expect !== versions[index])) return "conflict";
    return force(honest, writes);
  },
}));

const pagesByOffset = broken((honest) => ({
  async list(query) {
    const offset = Number(query.cursor ?? 0);
    const all = await honest.list({ ...query, limit: 1_000, cursor: null });
    const items = all.items.slice(offset, offset + query.limit);
    const end = offset + items.length;
    return { items, nextCursor: end < all.items.length ? String(end) : null };
  },
}));

const overwritesOnCreate = broken((honest) => ({
  async commit(writes) {
    const creating = await Promise.all(
      writes.map(async (write) =>
        write.expect === "absent" ? ({ ...write, expect: await versionOf(honest, write) } as Write) : write,
      ),
    );
    return honest.commit(creating);
  },
}));

const cutsAtNul = broken((honest) => ({
  commit: (writes) =>
    honest.commit(JSON.parse(JSON.stringify(writes).replace(/\\u0000[^"]*/g, "")) as Write[]),
}));

const forgetsVersions: StorageCaseSetting = {
  create: async () => memoryStorage(),
  async reopen(storage) {
    const fresh = memoryStorage();
    const tasks = await storage.list({
      list: "tasks",
      class: "urgent",
      dueBeforeMs: 2 ** 50,
      limit: 9,
      cursor: null,
    });
    await fresh.commit(tasks.items.map((put): Write => ({ kind: "task", put, expect: "absent" })));
    return fresh;
  },
};

describe("the storage suite", () => {
  it.each([
    [
      "ignores versions",
      ignoresVersions,
      "putting at a version that is no longer, or not yet, conflicts and changes nothing",
    ],
    [
      "ignores versions",
      ignoresVersions,
      "of 32 writers of one version at once exactly one wins, and its record is there",
    ],
    [
      "commits halfway",
      commitsHalfway,
      "when the last write of a commit conflicts, none of its writes is there",
    ],
    [
      "returns live objects",
      returnsLiveObjects,
      "what a caller does to a record that it read changes nothing stored",
    ],
    [
      "keeps the caller's objects",
      keepsTheCallersObjects,
      "what a caller does to a record after committing it changes nothing stored, not even before the answer",
    ],
    [
      "skips checks",
      skipsChecks,
      "write skew: a claim that checked consent conflicts when a STOP was committed after it read",
    ],
    [
      "looks before it writes",
      looksBeforeItWrites,
      "of 32 writers of one version at once exactly one wins, and its record is there",
    ],
    [
      "overwrites on create",
      overwritesOnCreate,
      "write skew: where there is no consent yet, a claim and a STOP both create it and only the first wins",
    ],
    [
      "pages by offset",
      pagesByOffset,
      "while records are added on either side, pages repeat nothing and lose nothing that was there",
    ],
    [
      "cuts at NUL",
      cutsAtNul,
      "a text with NUL or half a surrogate pair comes back as it was or is refused, and is never cut",
    ],
    [
      "forgets versions",
      forgetsVersions,
      "after opening again every record, its version, and what was removed are as they were",
    ],
  ])("catches a storage that %s", async (_, setting, caughtBy) => {
    await expect(caseNamed(caughtBy).run(setting)).rejects.toThrow(
      /instead of|is missing|should not be there/,
    );
  });

  it("leaves out what needs opening again where that cannot be", () => {
    const names: string[] = [];
    storageSuite({
      describe: (_, body) => body(),
      it: (name) => names.push(name),
      create: async () => memoryStorage(),
    });
    expect(names).toEqual(cases.filter(({ needs }) => needs === "nothing").map(({ name }) => name));
  });

  it("names every case differently", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});
