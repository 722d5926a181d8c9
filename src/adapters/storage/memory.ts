import { SmsError } from "../../core/model/errors";
import {
  writtenId,
  type Entity,
  type Key,
  type Kind,
  type Versioned,
  type Write,
} from "../../core/model/record";
import type { Page, Query, ResultOf, Searches, SearchQuery, Storage } from "../../ports/storage";
import { meets } from "./condition";
import { lookupOf } from "./key-lookup";
import { planList, type ListPlan } from "./list-plan";
import { inLockOrder } from "./lock-order";
import { searchMemory } from "./memory-search";
import { frozenCopy, memoryTable, type MemoryTable } from "./memory-table";
import { boundsOf, pageOf, type Placed, type RangeBounds } from "./page";
import { SEARCH_ORDER } from "./search-query";

type Tables = { readonly [K in Kind]: MemoryTable };

/**
 * A storage in the memory of this process: for tests, trying out, and hosts that need nothing kept.
 * What it gives out is frozen, so nothing that a caller does reaches what is stored. Everything is gone when the process ends.
 * Searching looks through the records from the newest on: quick for what is common, about a second per 100,000 for what is rare.
 */
export function memoryStorage(): Storage {
  const tables: Tables = {
    consent: memoryTable("consent"),
    conversation: memoryTable("conversation"),
    message: memoryTable("message", SEARCH_ORDER.messages),
    consentEntry: memoryTable("consentEntry"),
    draft: memoryTable("draft"),
    task: memoryTable("task"),
  };
  let isOpen = true;

  function assertOpen(): void {
    if (!isOpen) throw new SmsError("storage_failed", "The storage was closed; make a new one.");
  }

  return {
    async read(keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]> {
      assertOpen();
      return keys.map((key) => lookUp(tables, key) ?? null);
    },
    async commit(writes: readonly Write[]): Promise<"committed" | "conflict"> {
      assertOpen();
      const ordered = inLockOrder(writes).map((write) => withFrozenValue(write));
      if (!mayApply(tables, ordered)) return "conflict";
      for (const write of ordered) apply(tables, write);
      return "committed";
    },
    async list<Q extends Query>(query: Q): Promise<Page<ResultOf<Q>>> {
      assertOpen();
      const plan = planList(query);
      const bounds = boundsOf(query);
      // The plan of a list names the kind of record that the list gives.
      return pageOf(
        query,
        plan,
        plan.groups.map((group) => rangeOf(tables, { plan, group, ...bounds })),
      ) as Page<ResultOf<Q>>;
    },
    async search<In extends keyof Searches>(query: SearchQuery<In>): Promise<Page<Searches[In]>> {
      assertOpen();
      return searchMemory(tables, query);
    },
    async close(): Promise<void> {
      isOpen = false;
    },
  };
}

function lookUp(tables: Tables, key: Key): Versioned<Entity> | undefined {
  const table = tables[key.kind];
  const { fields, values } = lookupOf(key);
  const id = "id" in key ? key.id : table.idBy(fields, values);
  return id === undefined ? undefined : table.get(id);
}

/** The write with a copy of its own of what it stores, so that checking and applying see the same whatever the caller does. */
function withFrozenValue(write: Write): Write {
  if (!("put" in write)) return write;
  try {
    // A frozen copy of a record is a record of the same kind.
    return { ...write, put: frozenCopy(write.kind, write.put) } as Write;
  } catch (cause) {
    throw new SmsError("storage_failed", `A ${write.kind} does not fit its schema; nothing was stored.`, {
      cause,
    });
  }
}

/** Whether every write of a commit holds, judged one after the other as a database would. */
function mayApply(tables: Tables, writes: readonly Write[]): boolean {
  // Unique values that earlier writes of this commit took (an id) or freed (null).
  const changed = new Map<string, string | null>();
  return writes.every((write) => {
    const table = tables[write.kind];
    const id = writtenId(write);
    const stored = table.get(id);
    const version = stored?.version ?? "absent";
    if (version !== write.expect) return false;
    if ("check" in write) return true;
    if (stored !== undefined)
      table.uniqueKeys(stored.value).forEach((key) => changed.set(`${write.kind} ${key}`, null));
    if ("remove" in write) return true;
    return table.uniqueKeys(write.put).every((key) => {
      const scoped = `${write.kind} ${key}`;
      const holder = changed.has(scoped) ? changed.get(scoped) : table.holderOf(key);
      changed.set(scoped, id);
      return holder === undefined || holder === null || holder === id;
    });
  });
}

function apply(tables: Tables, write: Write): void {
  const table = tables[write.kind];
  if ("check" in write) return;
  if ("remove" in write) {
    table.remove(write.remove);
    return;
  }
  const version = write.expect === "absent" ? 1 : write.expect + 1;
  table.set(write.put.id, Object.freeze({ version, value: write.put }));
}

interface Range extends RangeBounds {
  readonly plan: ListPlan;
  readonly group: readonly string[];
}

function rangeOf(tables: Tables, { plan, group, after, limit }: Range): readonly Placed<Entity>[] {
  const table = tables[plan.kind];
  const found: Placed<Entity>[] = [];
  for (const position of table.range(plan.index, group)?.walk(after, plan.direction) ?? []) {
    if (found.length === limit) break;
    if (plan.notAfter !== null && Number(position.sort) > plan.notAfter) break;
    const value = table.get(position.id)?.value;
    if (value !== undefined && meets(value, plan.where)) found.push({ ...position, value });
  }
  return found;
}
