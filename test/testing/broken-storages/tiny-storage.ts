import { boundsOf, comparePositions, pageOf } from "../../../src/adapters/storage/page";
import { planList, type ListPlan } from "../../../src/adapters/storage/list-plan";
import { meets } from "../../../src/adapters/storage/condition";
import { fieldsOf, UNIQUE } from "../../../src/adapters/storage/fields";
import { lookupOf } from "../../../src/adapters/storage/key-lookup";
import { inLockOrder } from "../../../src/adapters/storage/lock-order";
import {
  writtenId,
  type Entity,
  type Key,
  type Kind,
  type Versioned,
  type Write,
} from "../../../src/core/model/record";
import { SmsError } from "../../../src/core/model/errors";
import type { Query, Storage } from "../../../src/ports/storage";
import { searchIn, type Spoil } from "../memory-database";
import { listing, once } from "./spoiling";

/** The steps of a storage that looks at every record each time. Each can be taken wrongly. */
export interface TinySteps {
  readonly copyIn: (record: Entity) => Entity;
  readonly copyOut: (stored: Versioned<Entity>) => Versioned<Entity>;
  /** What texts are compared by where records are looked up. */
  readonly compared: (text: string) => string;
  /** Where a record is kept. */
  readonly place: (kind: Kind, id: string) => string;
  /** The sets of fields that are unique, and whether a null in them counts. */
  readonly unique: (kind: Kind) => readonly (readonly string[])[];
  readonly nullIsUnique: boolean;
  /** Whose unique values are looked at. */
  readonly rivals: (write: Write, stored: readonly Versioned<Entity>[]) => readonly Versioned<Entity>[];
  /** `each`: a write sees those before it. `all`: all are judged before any is done. `end`: unique values when all is done. */
  readonly judges: "each" | "all" | "end";
  readonly sortValue: (record: Entity, plan: ListPlan) => string | number;
  readonly compareIds: (a: string, b: string, plan: ListPlan) => number;
}

const HONEST: TinySteps = {
  copyIn: (record) => structuredClone(record),
  copyOut: (stored) => structuredClone(stored),
  compared: (text) => text,
  place: (kind, id) => `${kind} ${id}`,
  unique: (kind) => UNIQUE[kind],
  nullIsUnique: false,
  rivals: (write, stored) => stored.filter((one) => one.value.id !== writtenId(write)),
  judges: "each",
  sortValue: (record, plan) => fieldsOf(record)[plan.index.sortBy] as string | number,
  compareIds: (a, b) => (a === b ? 0 : a < b ? -1 : 1),
};

interface Kept extends Versioned<Entity> {
  readonly kind: Kind;
}

/** A small storage of one's own with some steps changed. */
function tinyStorage(changes: Partial<TinySteps>): Storage {
  const steps: TinySteps = { ...HONEST, ...changes };
  let records = new Map<string, Kept>();
  let isOpen = true;
  const assertOpen = (): void => {
    if (!isOpen) throw new SmsError("storage_failed", "The storage was closed; make a new one.");
  };
  const place = (kind: Kind, id: string): string => steps.place(kind, steps.compared(id));
  const same = (a: unknown, b: unknown): boolean =>
    typeof a === "string" && typeof b === "string" ? steps.compared(a) === steps.compared(b) : a === b;

  function find(key: Key): Versioned<Entity> | null {
    if ("id" in key) {
      const kept = records.get(place(key.kind, key.id));
      return kept === undefined ? null : steps.copyOut({ version: kept.version, value: kept.value });
    }
    const { fields, values } = lookupOf(key);
    for (const { kind, version, value } of records.values()) {
      if (kind === key.kind && fields.every((field, index) => same(fieldsOf(value)[field], values[index])))
        return steps.copyOut({ version, value });
    }
    return null;
  }

  function clashes(now: ReadonlyMap<string, Kept>, write: Write): boolean {
    if (!("put" in write) || steps.unique(write.kind).length === 0) return false;
    const others = steps.rivals(
      write,
      [...now.values()].filter(({ kind }) => kind === write.kind),
    );
    return steps.unique(write.kind).some((fields) => {
      const values = fields.map((field) => fieldsOf(write.put)[field]);
      if (values.includes(null) && !steps.nullIsUnique) return false;
      return others.some(({ value }) =>
        fields.every((field, index) => same(fieldsOf(value)[field], values[index])),
      );
    });
  }

  function holds(now: ReadonlyMap<string, Kept>, write: Write): boolean {
    const version = now.get(place(write.kind, writtenId(write)))?.version ?? "absent";
    return version === write.expect && (steps.judges === "end" || !clashes(now, write));
  }

  function apply(now: Map<string, Kept>, write: Write): void {
    const at = place(write.kind, writtenId(write));
    if ("remove" in write) now.delete(at);
    if (!("put" in write)) return;
    const version = write.expect === "absent" ? 1 : write.expect + 1;
    now.set(at, { kind: write.kind, version, value: steps.copyIn(write.put) });
  }

  return {
    async read(keys) {
      assertOpen();
      return keys.map(find);
    },
    async commit(writes) {
      assertOpen();
      const ordered = inLockOrder(writes);
      const next = new Map(records);
      if (steps.judges === "all" && !ordered.every((write) => holds(next, write))) return "conflict";
      for (const write of ordered) {
        if (steps.judges !== "all" && !holds(next, write)) return "conflict";
        apply(next, write);
      }
      if (steps.judges === "end" && ordered.some((write) => clashes(next, write))) return "conflict";
      records = next;
      return "committed";
    },
    list: listing({} as Storage, async (query: Query) => {
      assertOpen();
      const plan = planList(query);
      const { after, limit } = boundsOf(query);
      const sign = plan.direction === "ascending" ? 1 : -1;
      const found = [...records.values()]
        .filter(({ kind, value }) => kind === plan.kind && isIn(plan, value))
        .map((kept) => ({ kept, id: kept.value.id, sort: steps.sortValue(kept.value, plan) }))
        .sort(
          (a, b) =>
            sign * (a.sort === b.sort ? steps.compareIds(a.id, b.id, plan) : a.sort < b.sort ? -1 : 1),
        )
        .filter((one) => after === null || sign * comparePositions(one, after) > 0);
      const placed = found.slice(0, limit).map(({ kept: { version, value }, id, sort }) => ({
        id,
        sort,
        value: steps.copyOut({ version, value }).value,
      }));
      return pageOf(query, plan, [placed]);
    }),
    async close() {
      isOpen = false;
    },
  };
}

function isIn(plan: ListPlan, value: Entity): boolean {
  const fields = fieldsOf(value);
  const { index, groups, where, notAfter } = plan;
  if (index.only !== null && !meets(value, [index.only])) return false;
  if (!groups.some((group) => index.groupBy.every((field, at) => fields[field] === group[at]))) return false;
  return meets(value, where) && (notAfter === null || Number(fields[index.sortBy]) <= notAfter);
}

/** Puts the connections of a set of records on a small storage with some steps changed. */
export function onTiny(changes: Partial<TinySteps>): Spoil {
  return ({ storage }, shared) => {
    const tiny = once(shared, "tiny", () => tinyStorage(changes));
    let isOpen = true;
    const ifOpen = async <T>(verb: () => Promise<T>): Promise<T> =>
      isOpen ? verb() : storage.close().then(() => storage.read([]) as Promise<never>);
    return {
      read: (keys) => ifOpen(() => tiny.read(keys)),
      commit: (writes) => ifOpen(() => tiny.commit(writes)),
      list: (query) => ifOpen(() => tiny.list(query)),
      search: (query) => ifOpen(() => searchIn(tiny, query)),
      async close() {
        isOpen = false;
        await storage.close();
      },
    };
  };
}
