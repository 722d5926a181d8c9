import { isSmsError } from "../../core/model/errors";
import type { Entity, EntityOf, Key, Kind, Versioned, Write } from "../../core/model/record";
import type { Storage } from "../../ports/storage";
import { equal, rejects, ruleBroken } from "./expectations";

/** The key of a record by its id. */
export function keyOf(kind: Kind, id: string): Key {
  // Every kind has a key of this shape.
  return { kind, id } as Key;
}

/** The writes that create these records. */
export function creating<K extends Kind>(kind: K, ...records: readonly EntityOf[K][]): readonly Write[] {
  return records.map((put) => putting(kind, put, "absent"));
}

/** The write that puts a record. */
export function putting<K extends Kind>(kind: K, put: EntityOf[K], expect: number | "absent"): Write {
  // A kind with a record of that kind is a write; the compiler does not follow that through the union.
  return { kind, put, expect } as unknown as Write;
}

/** The write that checks a record. */
export function checking(kind: Kind, check: string, expect: number): Write {
  // As above.
  return { kind, check, expect } as unknown as Write;
}

/** The write that removes a record. */
export function removing(kind: Kind, remove: string, expect: number): Write {
  // As above.
  return { kind, remove, expect } as unknown as Write;
}

/** Reads one record. */
export async function readOne(storage: Storage, key: Key): Promise<Versioned<Entity> | null> {
  const [found] = await storage.read([key]);
  return found ?? null;
}

/** The values of what was read. */
export function valuesOf(found: readonly (Versioned<Entity> | null)[]): readonly (Entity | null)[] {
  return found.map((one) => one?.value ?? null);
}

/** The version of a record; null when there is none. */
export async function versionOf(storage: Storage, key: Key): Promise<number | null> {
  return (await readOne(storage, key))?.version ?? null;
}

/** Fails unless a commit of copies goes through: a storage that keeps or changes what it is given spoils no other case. */
export async function mustCommit(
  storage: Storage,
  writes: readonly Write[],
  what = "the commit",
): Promise<void> {
  equal(await storage.commit(structuredClone(writes)), "committed", what);
}

/** Fails unless a commit of copies conflicts. */
export async function mustConflict(
  storage: Storage,
  writes: readonly Write[],
  what = "the commit",
): Promise<void> {
  equal(await storage.commit(structuredClone(writes)), "conflict", what);
}

/** Fails unless the verb rejects with this code. */
export async function mustRefuse(
  promise: Promise<unknown>,
  code: "config_invalid" | "storage_failed",
  what: string,
): Promise<void> {
  const error = await rejects(promise, what);
  equal(isSmsError(error) ? error.code : error, code, `${what}: the code of the error`);
}

/** Runs commits at once; gives which of them went through, in the order of asking. */
export async function race(
  commits: readonly (readonly [storage: Storage, writes: readonly Write[]])[],
): Promise<readonly number[]> {
  const outcomes = await Promise.all(
    commits.map(([storage, writes]) => storage.commit(structuredClone(writes))),
  );
  return outcomes.flatMap((outcome, index) => (outcome === "committed" ? [index] : []));
}

/** Commits what `decide` makes of what was read, reading again after every conflict. */
export async function commitOnRead(
  storage: Storage,
  keys: readonly Key[],
  decide: (found: readonly (Versioned<Entity> | null)[]) => readonly Write[],
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const found = await storage.read(keys);
    if ((await storage.commit(decide(found))) === "committed") return;
  }
  throw ruleBroken(
    `a commit on what was just read: expected to go through sooner or later, but it conflicted ${MAX_ATTEMPTS} times`,
  );
}

// Of many that meet one wins each time, so nobody loses as often as this unless conflicts are answered without a cause.
const MAX_ATTEMPTS = 2_000;
