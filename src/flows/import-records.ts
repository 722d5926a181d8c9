import { overrulesConsent } from "../core/decide/consent-gate";
import type { Entity, Key, Kind, Versioned, Write } from "../core/model/record";
import type { Consent } from "../core/model/consent";
import { SmsError } from "../core/model/errors";
import { countsOf } from "../core/model/record-counts";
import type { RecordCounts } from "../core/model/record-counts";
import { headerProblem, readExportLine } from "../core/model/record-line";
import type { ExportLine } from "../core/model/record-line";
import { KINDS } from "../core/model/schema";
import type { Storage } from "../ports/storage";
import { importInvalid, linesOf } from "./lines-of";
import { storageFailed } from "./transact";

/** What an import came to. */
export interface ImportReport {
  /** Whether the file had its end, and as many records of each kind as were exported. */
  readonly complete: boolean;
  /** Records that are new here. */
  readonly added: RecordCounts;
  /** Records that were here already, just so. */
  readonly unchanged: RecordCounts;
  /** Records that are here otherwise, or whose place is taken. They were left as they are. */
  readonly differing: RecordCounts;
  /** Opt-outs of the file that took the place of what was here. */
  readonly optOuts: number;
  /** The first of those that differ, at most 100; without those of the consent, whose ids hold phone numbers. */
  readonly differingIds: readonly { readonly kind: Kind; readonly id: string }[];
}

interface Item {
  readonly kind: Kind;
  readonly record: Entity;
}

type Fate = "added" | "unchanged" | "differing" | "optOut";

const PER_COMMIT = 100;
const MAX_IDS = 100;
const MAX_ATTEMPTS = 5;

/** Imports an exported file; see `importAll`. */
export async function importRecords(
  storage: Storage,
  source: Iterable<string> | AsyncIterable<string | Uint8Array>,
): Promise<ImportReport> {
  const fates = new Map<string, number>();
  const read = new Map<Kind, number>();
  const differingIds: { readonly kind: Kind; readonly id: string }[] = [];
  let batch = new Map<string, Item>();
  let told: RecordCounts | null = null;
  let hasHeader = false;

  for await (const { text, line } of linesOf(source)) {
    const value = parsed(text, line);
    if (!hasHeader) {
      checkHeader(value);
      hasHeader = true;
      continue;
    }
    if (told !== null) throw importInvalid(line, "comes after the end");
    const found = understood(value, line);
    if (found.is === "end") {
      told = found.counts;
      continue;
    }
    const { kind, record } = found;
    const name = `${kind}/${record.id}`;
    if (batch.size >= PER_COMMIT || batch.has(name)) await flush();
    batch.set(name, { kind, record });
    read.set(kind, (read.get(kind) ?? 0) + 1);
  }
  if (!hasHeader) checkHeader(null);
  await flush();
  const count = (fate: Fate): RecordCounts => countsOf((kind) => fates.get(`${fate}/${kind}`) ?? 0);
  const end = told;
  return {
    complete: end !== null && KINDS.every((kind) => end[kind] === (read.get(kind) ?? 0)),
    added: count("added"),
    unchanged: count("unchanged"),
    differing: count("differing"),
    optOuts: count("optOut").consent,
    differingIds,
  };

  async function flush(): Promise<void> {
    const items = [...batch.values()];
    batch = new Map();
    await storeAll(storage, items, ({ kind, record }, fate) => {
      fates.set(`${fate}/${kind}`, (fates.get(`${fate}/${kind}`) ?? 0) + 1);
      const mayBeNamed = fate === "differing" && kind !== "consent";
      if (mayBeNamed && differingIds.length < MAX_IDS) differingIds.push({ kind, id: record.id });
    });
  }
}

type Tell = (item: Item, fate: Fate) => void;

/** All at once where they are all new; else those that are new together, and the others one by one. */
async function storeAll(storage: Storage, items: readonly Item[], tell: Tell): Promise<void> {
  if (items.length === 0) return;
  if (await commit(storage, items.map(asNew))) {
    for (const item of items) tell(item, "added");
    return;
  }
  const found = await read(storage, items);
  const missing = items.filter((_, index) => found[index] == null);
  const isTogether = missing.length > 0 && (await commit(storage, missing.map(asNew)));
  for (const [index, item] of items.entries()) {
    const here = found[index] ?? null;
    if (here === null && isTogether) tell(item, "added");
    else if (here !== null && isSame(here.value, item.record)) tell(item, "unchanged");
    else tell(item, await storeOne(storage, item));
  }
}

async function storeOne(storage: Storage, item: Item): Promise<Fate> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    if (await commit(storage, [asNew(item)])) return "added";
    const [here] = await read(storage, [item]);
    // Another record has what is unique to it, such as the thread with the same contact.
    if (here == null) return "differing";
    if (isSame(here.value, item.record)) return "unchanged";
    const overruling = optOutOver(here, item);
    if (overruling === null) return "differing";
    if (await commit(storage, [overruling])) return "optOut";
  }
  throw new SmsError(
    "contention",
    "A record kept changing while it was imported. Stop what else writes to this storage, then import again.",
    { retryable: true },
  );
}

function optOutOver({ version, value }: Versioned<Entity>, { kind, record }: Item): Write | null {
  if (kind !== "consent" || !isConsent(value) || !isConsent(record)) return null;
  return overrulesConsent(record, value) ? { kind, put: record, expect: version } : null;
}

function isConsent(record: Entity): record is Consent {
  return "maybeStopSince" in record;
}

function asNew({ kind, record }: Item): Write {
  // The record was checked to be one of this kind.
  return { kind, put: record, expect: "absent" } as Write;
}

async function commit(storage: Storage, writes: readonly Write[]): Promise<boolean> {
  const outcome = await storage.commit(writes).catch((cause: unknown) => {
    throw storageFailed("commit", cause);
  });
  return outcome === "committed";
}

async function read(
  storage: Storage,
  items: readonly Item[],
): Promise<readonly (Versioned<Entity> | null)[]> {
  // Every kind has a key by id.
  const keys = items.map(({ kind, record }) => ({ kind, id: record.id }) as Key);
  return storage.read(keys).catch((cause: unknown) => {
    throw storageFailed("read", cause);
  });
}

/** Whether two values are the same JSON, whatever the order of the fields: databases keep none. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const fields = Object.entries(a);
  if (fields.length !== Object.keys(b).length) return false;
  return fields.every(([field, value]) => Object.hasOwn(b, field) && isSame(value, Reflect.get(b, field)));
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The error would quote the line.
    throw importInvalid(line, "is no JSON");
  }
}

function understood(value: unknown, line: number): ExportLine {
  const found = readExportLine(value);
  if (typeof found === "string") throw importInvalid(line, found);
  return found;
}

function checkHeader(value: unknown): void {
  const problem = headerProblem(value);
  if (problem === null) return;
  throw new SmsError(
    "import_invalid",
    problem === "format"
      ? "This is no file that exportAll made: its first line does not say so. Nothing was written."
      : "This file was exported by another version, which this one does not know. Update this library. Nothing was written.",
    { details: { line: 1 } },
  );
}
