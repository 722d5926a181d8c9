import type { Entity, Versioned } from "../../../src/core/model/record";
import {
  changing,
  everyText,
  givingOut,
  listing,
  once,
  puttingIn,
  turn,
  type BrokenStorages,
} from "./spoiling";
import { onTiny } from "./tiny-storage";

function frozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
}

function fields(change: (name: string, value: unknown) => unknown) {
  return (record: Entity): unknown =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(name, value)]));
}

const texts = (change: (text: string) => string) => puttingIn((record) => everyText(record, change));

/** Texts of the record itself, its id and look-ups aside. */
const bodies = (change: (text: string) => string) =>
  puttingIn(fields((name, value) => (name === "body" && typeof value === "string" ? change(value) : value)));

/** Mistakes with copies and with what records hold. */
export const COPIES_AND_CONTENT: BrokenStorages = {
  "gives its own objects to readers": onTiny({ copyOut: (stored) => stored }),
  "gives readers copies of the first level": onTiny({
    copyOut: ({ version, value }) => ({ version, value: { ...value } }),
  }),
  "gives its own objects to lists": changing((honest, shared) => {
    const live = once(shared, "live", () => new Map<string, Entity>());
    return {
      list: listing(honest, async (query) => {
        const page = await honest.list(query);
        const items = page.items.map((item) => {
          const name = JSON.stringify(item);
          if (!live.has(name)) live.set(name, structuredClone(item));
          return live.get(name) ?? item;
        });
        return { ...page, items };
      }),
    };
  }),
  "keeps the caller's objects": onTiny({ copyIn: (record) => record }),
  "copies after it has waited": changing((honest) => ({
    async commit(writes) {
      await turn();
      return honest.commit(writes);
    },
  })),
  "freezes what it is given": changing((honest) => ({
    commit(writes) {
      frozen(writes);
      return honest.commit(writes);
    },
  })),
  "changes what it is given": changing((honest) => ({
    commit(writes) {
      for (const write of writes) if ("put" in write) Reflect.set(write.put, "_version", 1);
      return honest.commit(writes);
    },
  })),
  "gives one object for one record": changing((honest) => ({
    async read(keys) {
      const objects = new Map<string, Versioned<Entity>>();
      return (await honest.read(keys)).map((one, index) => {
        if (one === null) return null;
        const name = `${keys[index]?.kind} ${one.value.id}`;
        if (!objects.has(name)) objects.set(name, structuredClone(one));
        return objects.get(name) ?? null;
      });
    },
  })),
  "trims texts": texts((text) => text.trim()),
  "normalises texts": texts((text) => text.normalize("NFC")),
  "cuts texts at 255 characters": texts((text) => text.slice(0, 255)),
  "cuts texts at 65,535 characters": texts((text) => text.slice(0, 65_535)),
  "cuts texts off at NUL": bodies((text) => text.split("\0")[0] ?? ""),
  "makes half a surrogate pair U+FFFD": texts((text) => text.toWellFormed()),
  "has three bytes per character": bodies((text) => text.replace(/[\u{10000}-\u{10FFFF}]/gu, "?")),
  "takes an empty text for null": puttingIn(
    fields((name, value) => (value === "" && ["assignee", "waitingDraftId"].includes(name) ? null : value)),
  ),
  "takes null for an empty text": givingOut(
    fields((name, value) => (value === null && name !== "error" ? "" : value)),
  ),
  "leaves null out": givingOut((record) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)),
  ),
  "leaves null out of JSON": givingOut(
    fields((_, value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
        : value,
    ),
  ),
  "takes an empty list for nothing": givingOut(
    fields((_, value) => (Array.isArray(value) && value.length === 0 ? null : value)),
  ),
  "gives numbers as texts": givingOut(
    fields((_, value) => (typeof value === "number" ? String(value) : value)),
  ),
  "gives large numbers as texts": givingOut(
    fields((_, value) => (typeof value === "number" && Math.abs(value) > 2 ** 31 ? String(value) : value)),
  ),
  "keeps 32 bits of a number": givingOut(
    fields((_, value) => (typeof value === "number" ? value | 0 : value)),
  ),
  "gives booleans as 0 and 1": givingOut(
    fields((_, value) => (typeof value === "boolean" ? Number(value) : value)),
  ),
  "lists booleans as 0 and 1": changing((honest) => ({
    list: listing(honest, async (query) => {
      const page = await honest.list(query);
      return {
        ...page,
        items: page.items.map(
          (item) =>
            fields((_, value) => (typeof value === "boolean" ? Number(value) : value))(item) as Entity,
        ),
      };
    }),
  })),
  "guesses that a text is a number": givingOut(
    fields((_, value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value)),
  ),
  "takes a text for JSON": givingOut(
    fields((name, value) => {
      if (name !== "body" || typeof value !== "string" || !value.startsWith("[")) return value;
      return JSON.parse(value) as unknown;
    }),
  ),
  "loses __proto__": givingOut((record) => {
    const copy: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(record)) {
      const inner: Record<string, unknown> = {};
      if (name === "extra") for (const [field, text] of Object.entries(value as object)) inner[field] = text;
      copy[name] = name === "extra" ? inner : value;
    }
    return copy;
  }),
  "stores whatever it is given": onTiny({}),
  "encodes the ledger's evidence twice": givingOut(
    fields((name, value) => (name === "evidence" ? JSON.stringify(value) : value)),
  ),
  "has no column for a message's segments": givingOut((record) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== "billedSegments")),
  ),
  "gives times without milliseconds": givingOut(
    fields((_, value) => (typeof value === "string" ? value.replace(/\.000Z$/, "Z") : value)),
  ),
};
