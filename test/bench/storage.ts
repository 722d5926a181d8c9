/**
 * Storages with 10 thousand to 10 million messages: webhooks a second, pages, searches, size. Each storage is measured in a process
 * of its own. `docs/scale.md` tells what was found. Run: npx tsx test/bench/storage.ts [--sizes 10000,100000,1000000]
 * [--storages sqlite,postgres,memory] [--ten-million] [--seed 1] [--json | --markdown] [--from found.json]
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { readArguments, type Arguments } from "./storage/arguments";
import { measureInProcess } from "./storage/job-process";
import { placed } from "./storage/places";
import { tablesOf } from "./storage/report";
import type { Findings } from "./storage/run";
import { tableText, type Layout } from "./storage/table";

interface Run {
  readonly seed: number;
  /** What it ran on. */
  readonly machine: string;
  readonly all: readonly Findings[];
}

async function measured({ storages, sizes, seed }: Arguments): Promise<Run> {
  process.stderr.write(`seed ${seed}\n`);
  const all: Findings[] = [];
  for (const name of storages) {
    const findings = await placed(name, sizes, (place) => measureInProcess({ place, sizes, seed }));
    if (findings !== null) all.push(findings);
  }
  return { seed, machine: `${cpus().length} cores, Node ${process.versions.node}`, all };
}

function print({ seed, machine, all }: Run, layout: Layout): void {
  process.stdout.write(`Seed ${seed}; ${machine}\n\n`);
  for (const table of all.flatMap(tablesOf)) process.stdout.write(`${tableText(table, layout)}\n\n`);
}

const given = readArguments(process.argv.slice(2));
// Whoever gives a file says that it is of this program.
const run =
  given.from === null ? await measured(given) : (JSON.parse(readFileSync(given.from, "utf8")) as Run);
if (given.output === "json") process.stdout.write(`${JSON.stringify(run)}\n`);
else print(run, given.output);
