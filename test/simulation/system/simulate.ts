import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { HONEST, loadLibrary } from "./build-variant";
import { runSeed } from "./run";
import type { RunResult, StorageName } from "./run";
import { linesAbout } from "./trace-lines";
import { VARIANTS } from "./variants";
import type { Variant } from "./variant";

/**
 * Runs seeds from the command line, in two processes:
 * `--seeds N` how many (default 1,000) · `--from K` the first (default 1) · `--seed S` only this one, with its whole trace ·
 * `--storage memory|sqlite|both` · `--variant name|all` a sabotaged library, which must be caught · `--workers N`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    storage: { type: "string", default: "memory" },
    variant: { type: "string" },
    workers: { type: "string", default: "2" },
    part: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

const MOST_SEEDS_OF_A_VARIANT = 500;

/** What a worker tells about one run. */
interface RunReport {
  readonly seed: number;
  readonly storage: StorageName;
  readonly stats: Readonly<Record<string, number>>;
  readonly failure: {
    readonly invariant: string;
    readonly text: string;
    readonly lines: readonly string[];
  } | null;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function storages(): readonly StorageName[] {
  switch (values.storage) {
    case "memory":
    case "sqlite":
      return [values.storage];
    case "both":
      return ["memory", "sqlite"];
    default:
      throw new Error(`--storage is memory, sqlite or both, not ${values.storage}`);
  }
}

function reportOf(result: RunResult, storage: StorageName): RunReport {
  const [first] = result.violations;
  const failure =
    first === undefined
      ? null
      : { invariant: first.invariant, text: first.text, lines: linesAbout(result.trace, first) };
  return { seed: result.plan.seed, storage, stats: result.stats, failure };
}

function variantNamed(name: string): Pick<Variant, "name" | "edits"> {
  const found = VARIANTS.find((variant) => variant.name === name);
  if (found === undefined)
    throw new Error(`There is no variant ${name}: ${VARIANTS.map((one) => one.name).join(", ")}`);
  return found;
}

/** One of several processes: runs every n-th seed. */
async function work(part: string): Promise<void> {
  const [index = 0, of = 1] = part.split("/").map(Number);
  const createSms = await loadLibrary(values.variant === undefined ? HONEST : variantNamed(values.variant));
  for (
    let seed = Number(values.from) + index;
    seed < Number(values.from) + Number(values.seeds);
    seed += of
  ) {
    for (const storage of storages()) {
      process.send?.(reportOf(await runSeed(seed, { storage, createSms }), storage));
    }
  }
}

/** Runs all seeds in several processes and sums up. Resolves to how many runs broke a promise. */
async function simulate(): Promise<number> {
  const workers = Number(values.workers);
  const totals = new Map<string, number>();
  const beganAt = performance.now();
  let runs = 0;
  let failures = 0;
  const perSecond = (): string => (runs / ((performance.now() - beganAt) / 1000)).toFixed(1);
  await Promise.all(
    Array.from({ length: workers }, async (_, index) => {
      const child = fork(fileURLToPath(import.meta.url), [
        ...process.argv.slice(2),
        "--part",
        `${index}/${workers}`,
      ]);
      child.on("message", (message) => {
        // Sent by `work` alone.
        const report = message as RunReport;
        runs += 1;
        for (const [what, count] of Object.entries(report.stats))
          totals.set(what, (totals.get(what) ?? 0) + count);
        if (report.failure !== null) {
          failures += 1;
          if (failures <= 5) showFailure(report);
          else
            say(
              `seed ${report.seed} (${report.storage}): ${report.failure.invariant}: ${report.failure.text}`,
            );
        }
        if (runs % 500 === 0) say(`${runs} runs, ${perSecond()} a second, ${failures} failed`);
      });
      const code = await new Promise<number | null>((resolve) => {
        child.on("exit", resolve);
      });
      if (code !== 0) failures += 1;
    }),
  );
  const sums = [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${what} ${count}`);
  say(sums.join(" · "));
  say(`${runs} runs, ${perSecond()} a second, ${failures} failed`);
  return failures;
}

function showFailure({ seed, storage, failure }: RunReport): void {
  if (failure === null) return;
  say(`seed ${seed} on ${storage} broke ${failure.invariant}: ${failure.text}`);
  for (const line of failure.lines) say(`  ${line.slice(0, 400)}`);
  const variant = values.variant === undefined ? "" : ` --variant ${values.variant}`;
  say(`  again: npm run simulate -- --seed ${seed} --storage ${storage}${variant}`);
}

/** Runs one seed and tells its whole story. */
async function replay(seed: number): Promise<number> {
  const createSms = await loadLibrary(values.variant === undefined ? HONEST : variantNamed(values.variant));
  let failures = 0;
  for (const storage of storages()) {
    const result = await runSeed(seed, { storage, createSms });
    for (const line of result.trace) say(line);
    for (const { invariant, text } of result.violations) say(`broken: ${invariant}: ${text}`);
    say(
      `seed ${seed} on ${storage}: ${result.ok ? "all promises kept" : "FAILED"} (trace ${result.hash.slice(0, 12)})`,
    );
    if (!result.ok) failures += 1;
  }
  return failures;
}

/** Looks for the first seed that catches each variant. Resolves to how many got away. */
async function catchAll(): Promise<number> {
  let escaped = 0;
  for (const variant of VARIANTS) {
    const caught = await firstCatch(variant);
    if (caught === null) escaped += 1;
    say(`${variant.name.padEnd(28)} ${caught ?? `NOT CAUGHT within ${MOST_SEEDS_OF_A_VARIANT} seeds`}`);
  }
  return escaped;
}

async function firstCatch(variant: Variant): Promise<string | null> {
  const createSms = await loadLibrary(variant);
  const from = Number(values.from);
  for (let seed = from; seed < from + MOST_SEEDS_OF_A_VARIANT; seed += 1) {
    const { violations } = await runSeed(seed, { storage: "memory", createSms });
    const [first] = violations;
    if (first !== undefined) return `seed ${String(seed).padStart(3)} ${first.invariant}: ${first.text}`;
  }
  return null;
}

async function main(): Promise<number> {
  if (values.part !== undefined) {
    await work(values.part);
    process.disconnect();
    return 0;
  }
  if (values.variant === "all") return catchAll();
  if (values.seed !== undefined) return replay(Number(values.seed));
  return simulate();
}

main().then(
  (failures) => {
    process.exitCode = failures === 0 ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  },
);
