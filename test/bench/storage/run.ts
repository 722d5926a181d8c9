import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fill, type Filled } from "./fill";
import { measure, quantilesOf, ratioOf, turnOf, type Quantiles } from "./measure";
import { memorySubject } from "./memory-subject";
import { PAGE_LENGTH, probesOf, type Probe } from "./probes";
import { postgresSubject } from "./postgres-subject";
import { sqliteSubject } from "./sqlite-subject";
import type { Place, StorageName, Subject } from "./subject";
import { measureWebhooks, type WebhookRates } from "./webhooks";
import { workloadOf, type Workload } from "./workload";

/** What to measure: one storage with databases of several sizes. */
export interface Job {
  readonly place: Place;
  readonly sizes: readonly number[];
  readonly seed: number;
}

/** What was found. */
export interface Findings {
  readonly storage: StorageName;
  /** What it ran on. */
  readonly facts: string;
  readonly databases: readonly DatabaseFindings[];
  readonly lists: readonly ListFindings[];
  readonly webhooks: readonly (WebhookRates & { readonly messages: number })[];
  readonly memory: readonly MemoryFindings[];
}

/** A database after filling. */
export interface DatabaseFindings extends Filled {
  readonly conversations: number;
  readonly bytes: number | null;
}

/** One probe in one database. */
export interface ListFindings {
  readonly probe: string;
  readonly messages: number;
  /** How many records it gives, on average. */
  readonly found: number;
  readonly ours: Quantiles;
  readonly raw: Quantiles | null;
  /** Ours against by hand, the median over all rounds. */
  readonly toRaw: number | null;
  /** Ours against ours in the smallest database, for as many records as that can give. */
  readonly toSmallest: number;
}

/** The memory of the process at one point, in bytes. */
export interface MemoryFindings {
  readonly after: string;
  readonly rss: number;
  /** What is alive, after collecting garbage. */
  readonly heap: number;
}

/** Something with the workload that it was filled with. */
interface Filling {
  readonly subject: Subject;
  readonly workload: Workload;
  readonly probes: readonly Probe[];
}

/** Runs a job: fills, then measures lists in all databases by turns, then webhooks, which change them. */
export async function runJob({ place, sizes, seed }: Job, say: (line: string) => void): Promise<Findings> {
  const subjects: Subject[] = [];
  const fillings: Filling[] = [];
  const memory: MemoryFindings[] = [memoryNow("loading")];
  try {
    const databases: DatabaseFindings[] = [];
    for (const messages of sizes) {
      const workload = workloadOf(seed, messages);
      const subject = await subjectOf(place, messages);
      subjects.push(subject);
      say(`${place.name}: filling ${messages}`);
      const filled = await fill(subject.storage, workload);
      await subject.settle();
      say(`${place.name}: filled ${messages} in ${Math.round(filled.tookMs / 1_000)} s`);
      databases.push({ ...filled, conversations: workload.conversations, bytes: await subject.bytes() });
      memory.push(memoryNow(`filling ${messages}`));
      fillings.push({ subject, workload, probes: await triedProbes(subject, workload) });
    }
    const lists = await measureLists(fillings, say);
    memory.push(memoryNow("lists"));
    const webhooks: (WebhookRates & { readonly messages: number })[] = [];
    for (const atOnce of [1, 16, 64]) {
      for (const { subject, workload } of fillings) {
        say(`${place.name}: webhooks, ${atOnce} at once, in ${subject.messages}`);
        webhooks.push({ messages: subject.messages, ...(await measureWebhooks(subject, workload, atOnce)) });
      }
    }
    memory.push(memoryNow("webhooks"));
    const facts = (await subjects[0]?.facts()) ?? "";
    return { storage: place.name, facts, databases, lists, webhooks, memory };
  } finally {
    for (const subject of subjects) await subject.close();
  }
}

async function subjectOf(place: Place, messages: number): Promise<Subject> {
  switch (place.name) {
    case "sqlite":
      return sqliteSubject(place.folder, messages);
    case "postgres":
      return postgresSubject(place, messages);
    case "memory":
      return memorySubject(messages);
  }
}

/** What will be measured, each done once: what cannot be done shows in the smallest database, before a large one is filled. */
async function triedProbes(subject: Subject, workload: Workload): Promise<readonly Probe[]> {
  const probes = await probesOf(subject, workload);
  for (const { ours, raw } of probes) {
    await ours(0, PAGE_LENGTH);
    await raw?.(0);
  }
  return probes;
}

/** One probe after the other, each in all databases and by hand in turns. */
async function measureLists(
  fillings: readonly Filling[],
  say: (line: string) => void,
): Promise<readonly ListFindings[]> {
  const findings: ListFindings[] = [];
  for (const [at, { name }] of fillings[0]?.probes.entries() ?? []) {
    say(name);
    const found = await measureProbe(
      fillings.flatMap(({ subject, probes }) => {
        const probe = probes[at];
        return probe === undefined ? [] : [{ messages: subject.messages, probe }];
      }),
    );
    findings.push(...found);
  }
  return findings;
}

async function measureProbe(
  ones: readonly { readonly messages: number; readonly probe: Probe }[],
): Promise<readonly ListFindings[]> {
  const found = await Promise.all(ones.map(({ probe }) => averageFound(probe)));
  const limit = comparableLimit(found);
  const measured = ones.map(({ messages, probe }, at) => {
    const ours = turnOf((call) => probe.ours(call, PAGE_LENGTH));
    return {
      messages,
      name: probe.name,
      found: found[at] ?? 0,
      ours,
      compared: limit === PAGE_LENGTH ? ours : turnOf((call) => probe.ours(call, limit)),
      raw: probe.raw === null ? null : turnOf(probe.raw),
    };
  });
  await measure([
    ...new Set(
      measured.flatMap(({ ours, compared, raw }) => [ours, compared, ...(raw === null ? [] : [raw])]),
    ),
  ]);
  const smallest = measured[0]?.compared.times;
  return measured.map(({ messages, name, found: average, ours, compared, raw }) => ({
    probe: name,
    messages,
    found: average,
    ours: quantilesOf(ours.times.calls),
    raw: raw === null ? null : quantilesOf(raw.times.calls),
    toRaw: raw === null ? null : ratioOf(ours.times, raw.times),
    toSmallest: smallest === undefined ? 1 : ratioOf(compared.times, smallest),
  }));
}

const COUNTED = 20;

async function averageFound({ ours }: Probe): Promise<number> {
  let found = 0;
  for (let at = 0; at < COUNTED; at += 1)
    found += (await ours(at, PAGE_LENGTH)).filter((one) => one !== null).length;
  return found / COUNTED;
}

// Threads are of chance lengths, a little different in each database.
const ALIKE = 1.25;

/** How many records a page has when databases are compared: no more than the smallest one can fill. */
function comparableLimit(found: readonly number[]): number {
  const least = Math.min(...found);
  return Math.max(...found) <= ALIKE * least ? PAGE_LENGTH : Math.max(1, Math.floor(least));
}

function memoryNow(after: string): MemoryFindings {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { after, rss, heap: heapUsed };
}
