import type { Key } from "../../../src/core/model/record";
import { UNIQUE } from "../../../src/adapters/storage/fields";
import { uniqueKeysOf } from "../../../src/adapters/storage/index-entries";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { changing, current, once, type BrokenStorages } from "./spoiling";
import { onTiny } from "./tiny-storage";

/** A key asked in another way. */
function askingFor(change: (key: Key) => Key) {
  return changing((honest) => ({ read: (keys) => honest.read(keys.map(change)) }));
}

const PUNCTUATION = /[-\s]/g;

/** Mistakes with unique values and look-ups. */
export const UNIQUES_AND_KEYS: BrokenStorages = {
  "checks the id only": onTiny({ unique: () => [] }),
  "forgets that a sid is unique": onTiny({
    unique: (kind) => UNIQUE[kind].filter((fields) => !fields.includes("sid")),
  }),
  "forgets that a place is unique": onTiny({
    unique: (kind) => UNIQUE[kind].filter((fields) => !fields.includes("seq")),
  }),
  "forgets that a pair is unique": onTiny({
    unique: (kind) => UNIQUE[kind].filter((fields) => !fields.includes("contact")),
  }),
  "has one pair for all accounts": onTiny({
    unique: (kind) =>
      UNIQUE[kind].map((fields) => (fields.includes("contact") ? ["contact", "ours"] : fields)),
  }),
  "has one place for all conversations": onTiny({
    unique: (kind) => UNIQUE[kind].map((fields) => (fields.includes("seq") ? ["seq"] : fields)),
  }),
  "takes null for a unique value": onTiny({ nullIsUnique: true }),
  "looks at unique values of creations only": onTiny({
    rivals: (write, stored) => (write.expect === "absent" ? stored : []),
  }),
  "takes a record for a rival of itself": onTiny({ rivals: (_, stored) => stored }),
  "judges all writes before it does any": onTiny({ judges: "all" }),
  "keeps all kinds under one id": onTiny({ place: (_, id) => id }),
  "ignores case in keys": onTiny({ compared: (text) => text.toLowerCase() }),
  "ignores accents in keys": onTiny({ compared: (text) => text.normalize("NFD").replace(/\p{M}/gu, "") }),
  "trims keys": onTiny({ compared: (text) => text.trim() }),
  "ignores hyphens in keys": onTiny({ compared: (text) => text.replace(PUNCTUATION, "") }),
  "normalises keys": onTiny({ compared: (text) => text.normalize("NFC") }),
  "cuts keys off at NUL": onTiny({ compared: (text) => text.split("\0")[0] ?? "" }),
  "takes half a surrogate pair for U+FFFD in keys": onTiny({ compared: (text) => text.toWellFormed() }),
  "writes keys into the statement": changing((honest) => ({
    async read(keys) {
      if (JSON.stringify(keys).includes("'")) throw new Error('near "drop": syntax error');
      return honest.read(keys);
    },
  })),
  "keeps unique values of what was removed": changing((honest, shared) => {
    const kept = once(shared, "kept", () => new Set<string>());
    return {
      async commit(writes) {
        const taken = writes.some(
          (write) =>
            "put" in write &&
            write.expect === "absent" &&
            uniqueKeysOf(write.kind, write.put).some((key) => kept.has(key)),
        );
        if (taken) return "conflict";
        const before = await Promise.all(writes.map((write) => current(honest, write)));
        const outcome = await honest.commit(writes);
        for (const [index, write] of outcome === "committed" ? writes.entries() : []) {
          const value = before[index]?.value;
          if ("remove" in write && value !== undefined)
            for (const key of uniqueKeysOf(write.kind, value)) kept.add(key);
        }
        return outcome;
      },
    };
  }),
  "keeps ids of what was removed": changing((honest, shared) => {
    const kept = once(shared, "kept", () => new Set<string>());
    return {
      async commit(writes) {
        if (writes.some((write) => "put" in write && write.expect === "absent" && kept.has(write.put.id)))
          return "conflict";
        const outcome = await honest.commit(writes);
        for (const write of outcome === "committed" ? writes : [])
          if ("remove" in write) kept.add(write.remove);
        return outcome;
      },
    };
  }),
  "brings its look-up by sid up to date write by write": (connection, shared) => {
    const idBySid = once(shared, "sids", () => new Map<string, string>());
    // Unique values are judged when all is done, so that two may swap them.
    const honest = onTiny({ judges: "end" })(connection, shared);
    return {
      ...honest,
      read: (keys) =>
        honest.read(
          keys.map((key): Key => ("sid" in key ? { kind: "message", id: idBySid.get(key.sid) ?? "" } : key)),
        ),
      async commit(writes) {
        const mine = structuredClone(writes);
        const before = await Promise.all(mine.map((write) => current(honest, write)));
        const outcome = await honest.commit(mine);
        for (const [index, write] of outcome === "committed" ? mine.entries() : []) {
          const old = before[index]?.value;
          const sid = "put" in write && write.kind === "message" ? write.put.sid : null;
          if ("put" in write && sid !== null) idBySid.set(sid, write.put.id);
          // The old entry goes, whoever has it by now.
          if (!("check" in write) && old !== undefined && "sid" in old && old.sid !== null && old.sid !== sid)
            idBySid.delete(old.sid);
        }
        return outcome;
      },
    };
  },
  "takes removals before anything else": changing((honest, shared) => {
    const idBySid = once(shared, "sids", () => new Map<string, string>());
    return {
      read: (keys) =>
        honest.read(
          keys.map((key): Key => ("sid" in key ? { kind: "message", id: idBySid.get(key.sid) ?? "" } : key)),
        ),
      async commit(original) {
        const writes = structuredClone(original);
        const before = await Promise.all(writes.map((write) => current(honest, write)));
        const outcome = await honest.commit(writes);
        // What a conflict tried to take out of the look-up is out of it.
        for (const [index, write] of writes.entries()) {
          const old = before[index]?.value;
          if ("remove" in write && old !== undefined && "sid" in old && old.sid !== null)
            idBySid.delete(old.sid);
        }
        for (const write of outcome === "committed" ? writes : [])
          if ("put" in write && write.kind === "message" && write.put.sid !== null)
            idBySid.set(write.put.sid, write.put.id);
        return outcome;
      },
    };
  }),
  "writes its look-up by sid when a message is created": changing((honest, shared) => {
    const idBySid = once(shared, "sids", () => new Map<string, string>());
    return {
      read: (keys) =>
        honest.read(
          keys.map((key): Key => ("sid" in key ? { kind: "message", id: idBySid.get(key.sid) ?? "" } : key)),
        ),
      async commit(writes) {
        const outcome = await honest.commit(writes);
        for (const write of outcome === "committed" ? writes : [])
          if (
            "put" in write &&
            write.kind === "message" &&
            write.expect === "absent" &&
            write.put.sid !== null
          )
            idBySid.set(write.put.sid, write.put.id);
        return outcome;
      },
    };
  }),
  "mixes our address up with the contact's": askingFor((key) =>
    "pair" in key ? { kind: "conversation", pair: [key.pair[0], key.pair[2], key.pair[1]] } : key,
  ),
  "looks a message up by sid or id alike": changing((honest) => ({
    async read(keys) {
      const found = await honest.read(keys);
      const others = await honest.read(
        keys.map((key): Key => {
          if ("sid" in key) return { kind: "message", id: key.sid };
          return "id" in key && key.kind === "message" ? { kind: "message", sid: key.id } : key;
        }),
      );
      return found.map((one, index) => one ?? others[index] ?? null);
    },
  })),
  "gives rows as they come": changing((honest) => ({
    async read(keys) {
      const found = (await honest.read(keys)).filter((one) => one !== null);
      const rows = [...new Map(found.map((one) => [one.value.id, one])).values()];
      rows.sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
      return keys.map((_, index) => rows[index] ?? null);
    },
  })),
  "answers each record once": changing((honest) => ({
    async read(keys) {
      const seen = new Set<string>();
      return (await honest.read(keys)).map((one, index) => {
        const name = one === null ? "" : `${keys[index]?.kind} ${one.value.id}`;
        if (one === null || seen.has(name)) return null;
        seen.add(name);
        return one;
      });
    },
  })),
  "finds everything when asked for nothing": changing((honest) => ({
    async read(keys) {
      if (keys.length > 0) return honest.read(keys);
      const { items } = await honest.list({ list: "records", kind: "task", limit: 9, cursor: null });
      return honest.read(items.map(({ id }) => ({ kind: "task", id })));
    },
  })),
  "has undefined for nobody": changing((honest) => ({
    read: async (keys) => (await honest.read(keys)).map((one) => one ?? (undefined as unknown as null)),
  })),
  "has other records in it already": ({ storage }, shared) => {
    const other = once(shared, "other", memoryStorage);
    return {
      ...storage,
      async read(keys) {
        await other.commit([]);
        const found = await storage.read(keys);
        return found.map(
          (one, index) =>
            one ?? (keys[index]?.kind === "consent" && !shared.has("wrote") ? leftover() : null),
        );
      },
      async commit(writes) {
        shared.set("wrote", true);
        return storage.commit(writes);
      },
    };
  },
};

function leftover() {
  return { version: 1, value: { id: "of another test" } as never };
}
