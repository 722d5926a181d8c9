import { createHash } from "node:crypto";
import { ABORT, open, type Database } from "lmdb";
import { SmsError } from "@mailtrixy/sms";
import {
  boundsOf,
  fieldsOf,
  frozenCopy,
  indexEntriesOf,
  inLockOrder,
  lookupOf,
  meets,
  pageOf,
  planList,
  uniqueKeyOf,
  uniqueKeysOf,
  writtenId,
} from "@mailtrixy/sms/storage";
import type {
  Entity,
  Key,
  Kind,
  ListIndex,
  ListPlan,
  Page,
  Placed,
  Position,
  Query,
  RangeBounds,
  ResultOf,
  Storage,
  Versioned,
  Write,
} from "@mailtrixy/sms/storage";

/*
 * A storage in LMDB: an ordered map of byte keys in one file, with transactions. Several processes of one machine may open it.
 * docs/storage-authors.md says what the library asks of a storage; this is one answer, from top to bottom:
 *
 *   1. Where things are kept     2. Keys     3. Commit     4. Read and list     5. Opening and closing
 *
 * There is no `search`: LMDB has no index of words, and a storage need not have one.
 */

// ── 1. Where things are kept ─────────────────────────────────────────────────────────────────────────

/** One file. Both maps are written in the same transaction, so they never disagree. */
interface Maps {
  /** Kind and id → the record with its version. */
  readonly records: Database<Versioned<Entity>, Buffer>;
  /** Every unique value and every place in a list → the id of the record that has it. */
  readonly entries: Database<string, Buffer>;
}

function openMaps(path: string) {
  const file = open({
    path,
    noSubdir: true,
    // By default LMDB shows a commit to everyone first and puts it on the disk later, when `flushed` resolves. Then a power cut
    // could take back what somebody has acted on already: a task that was claimed, and its text sent, would be claimed again.
    // Without overlapping, a commit is on the disk before anyone sees it and before its promise resolves.
    overlappingSync: false,
  });
  // JSON keeps every text as it is, also half a surrogate pair; MessagePack, the default, would not.
  const encodings = { keyEncoding: "binary", encoding: "json" } as const;
  return {
    file,
    records: file.openDB<Versioned<Entity>, Buffer>("records", encodings),
    entries: file.openDB<string, Buffer>("entries", encodings),
  };
}

// ── 2. Keys ──────────────────────────────────────────────────────────────────────────────────────────

/** LMDB's limit for a key, and how much of it what is only looked up may take. */
const MAX_KEY_BYTES = 1_978;
const MAX_LOOKUP_BYTES = 500;

/**
 * The key of what is compared for equality and never sorted, of any length: a long one becomes a hash. JSON keeps the parts
 * apart (("a", "bc") is not ("ab", "c")), and no key is the beginning of another.
 */
function keyOf(...parts: readonly unknown[]): Buffer {
  const bytes = Buffer.from(JSON.stringify(parts));
  return bytes.length <= MAX_LOOKUP_BYTES ? bytes : createHash("sha256").update(bytes).digest();
}

/** The key of what is sorted: a group, then a byte that leaves room for bounds (0 is before all places, 2 behind), then the place. */
function placeOf(group: Buffer, index: ListIndex, { sort, id }: Position): Buffer {
  // Where no two records sort alike, the id would only make the key longer.
  const place = index.ties === "unique" ? [sort] : [sort, id];
  const key = Buffer.concat([group, Buffer.of(1), ...place.map(sortable)]);
  // Cutting it off would list the record in a wrong place or not at all, so it is refused and the commit with it.
  if (key.length > MAX_KEY_BYTES)
    throw new TypeError(
      "An id or address is too long for this storage: LMDB sorts keys of up to 1,978 bytes.",
    );
  return key;
}

/** Bytes that sort as the values do, none the beginning of another's, so that they can stand in a row. */
function sortable(value: string | number): Buffer {
  if (typeof value === "number") {
    // A whole number: moved up so that none is negative, big end first.
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value) + 2n ** 63n);
    return bytes;
  }
  // The library compares texts as JavaScript does, by UTF-16 units. UTF-8 sorts some emoji elsewhere and has no half surrogate
  // pairs. Two zeros end a text; a zero inside it is marked, so that "a" stays before "a\0".
  return Buffer.from(`${value.replaceAll("\0", "\0\u0001")}\0\0`, "utf16le").swap16();
}

/** The keys of everything by which a record is found, other than its id. */
function entriesOf(kind: Kind, record: Entity): readonly Buffer[] {
  return [
    ...uniqueKeysOf(kind, record).map((unique) => keyOf(kind, unique)),
    ...indexEntriesOf(kind, record).map(({ index, group, position }) =>
      placeOf(keyOf(kind, index.name, group), index, position),
    ),
  ];
}

// ── 3. Commit ────────────────────────────────────────────────────────────────────────────────────────

/**
 * Applies one write inside the transaction; false where it does not hold, and then the whole commit is taken back. Writes are
 * judged one after the other, as a database would: what an earlier one frees, a later one may take.
 */
function apply({ records, entries }: Maps, write: Write): boolean {
  const { kind } = write;
  const id = writtenId(write);
  const stored = records.get(keyOf(kind, id));
  // The one rule against lost updates: what was decided on another version is refused.
  if ((stored?.version ?? "absent") !== write.expect) return false;
  if ("check" in write) return true;

  const before = stored === undefined ? [] : entriesOf(kind, stored.value);
  const after = "put" in write ? entriesOf(kind, write.put) : [];
  // Most entries stay as they are, and every one that is touched costs the disk a page.
  for (const key of without(before, after)) entries.removeSync(key);
  for (const key of without(after, before)) {
    // Somebody else's: a unique value that is taken.
    if (entries.doesExist(key)) return false;
    entries.putSync(key, id);
  }
  if ("put" in write)
    records.putSync(keyOf(kind, id), { version: (stored?.version ?? 0) + 1, value: write.put });
  else records.removeSync(keyOf(kind, id));
  return true;
}

function without(keys: readonly Buffer[], others: readonly Buffer[]): readonly Buffer[] {
  return keys.filter((key) => !others.some((other) => other.equals(key)));
}

/** The write with a copy of its own. The kit's copy also refuses what does not fit the schema; LMDB would take anything. */
function copied(write: Write): Write {
  // The copy of a record is a record of the same kind, which the type cannot tell.
  return "put" in write ? ({ ...write, put: frozenCopy(write.kind, write.put) } as Write) : write;
}

// ── 4. Read and list ─────────────────────────────────────────────────────────────────────────────────

function find({ records, entries }: Maps, key: Key): Versioned<Entity> | null {
  const { fields, values } = lookupOf(key);
  const id = "id" in key ? key.id : entries.get(keyOf(key.kind, uniqueKeyOf(fields, values)));
  return id === undefined ? null : (records.get(keyOf(key.kind, id)) ?? null);
}

/** Up to `limit` records of one group behind the cursor. The walk starts in the right place, whatever lies before it. */
function walk({ records, entries }: Maps, plan: ListPlan, range: Range): readonly Placed<Entity>[] {
  const { kind, index, direction, notAfter, where } = plan;
  const group = keyOf(kind, index.name, range.values);
  const edge = (byte: number) => Buffer.concat([group, Buffer.of(byte)]);
  const [first, last] = direction === "ascending" ? [edge(0), edge(2)] : [edge(2), edge(0)];
  const start = range.after === null ? first : placeOf(group, index, range.after);
  const reverse = direction === "descending";
  const found: Placed<Entity>[] = [];
  for (const { value: id } of entries.getRange({ start, exclusiveStart: true, end: last, reverse })) {
    const value = records.get(keyOf(kind, id))?.value;
    if (value === undefined || !meets(value, where)) continue;
    const sort = fieldsOf(value)[index.sortBy];
    if (notAfter !== null && Number(sort) > notAfter) break;
    found.push({ value, id, sort: typeof sort === "number" ? sort : String(sort) });
    if (found.length === range.limit) break;
  }
  return found;
}

/** One group of an index, and what of it to fetch. */
type Range = RangeBounds & { readonly values: readonly string[] };

// ── 5. Opening and closing ───────────────────────────────────────────────────────────────────────────

/** Opens a storage on an LMDB file, which is made where it is not there. A commit that was answered survives a power cut. */
export function lmdbStorage({ path }: { readonly path: string }): Storage {
  const { file, ...maps } = openMaps(path);
  let isOpen = true;

  function assertOpen(): void {
    if (!isOpen) throw new SmsError("storage_failed", "The storage was closed; make a new one.");
  }

  /** All that `look` reads is of one moment: a snapshot lasts for a turn of the event loop, and `look` never waits. */
  function now<T>(look: () => T): T {
    assertOpen();
    // The one at hand may be older than what another process has committed since.
    file.resetReadTxn();
    return look();
  }

  return {
    async read(keys: readonly Key[]): Promise<readonly (Versioned<Entity> | null)[]> {
      return now(() => keys.map((key) => find(maps, key)));
    },
    async commit(writes: readonly Write[]): Promise<"committed" | "conflict"> {
      assertOpen();
      // Before anything is awaited: what the caller changes from now on is no part of the commit.
      const ordered = inLockOrder(writes).map(copied);
      // Commits of the same time share a transaction, and so a wait for the disk. Each is a child of it: when one conflicts or
      // throws, its own writes are taken back and its neighbours' stay.
      const outcome = await file.childTransaction(
        () => ordered.every((write) => apply(maps, write)) || ABORT,
      );
      return outcome === true ? "committed" : "conflict";
    },
    async list<Q extends Query>(query: Q): Promise<Page<ResultOf<Q>>> {
      const plan = planList(query);
      const bounds = boundsOf(query);
      const ranges = now(() => plan.groups.map((values) => walk(maps, plan, { values, ...bounds })));
      // The plan of a list names the kind of record that the list gives.
      return pageOf(query, plan, ranges) as Page<ResultOf<Q>>;
    },
    async close(): Promise<void> {
      if (!isOpen) return;
      isOpen = false;
      // LMDB waits for the commits that were asked for before.
      await file.close();
    },
  };
}
