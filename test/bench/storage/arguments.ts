import { parseArgs } from "node:util";
import { STORAGE_NAMES, type StorageName } from "./subject";
import type { Layout } from "./table";

/** What the command line asks for. */
export interface Arguments {
  readonly storages: readonly StorageName[];
  /** Numbers of messages, smallest first. */
  readonly sizes: readonly number[];
  readonly seed: number;
  readonly output: Layout | "json";
  /** A file with what an earlier run printed as JSON, to be printed otherwise; null to measure. */
  readonly from: string | null;
}

const SIZES = "10000,100000,1000000";
const SMALLEST = 10_000;

/**
 * Reads the command line.
 * @throws TypeError for what it does not know.
 */
export function readArguments(given: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...given],
    options: {
      sizes: { type: "string", default: SIZES },
      storages: { type: "string", default: STORAGE_NAMES.join() },
      seed: { type: "string", default: "1" },
      "ten-million": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      from: { type: "string" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  if (values["ten-million"]) sizes.push(10_000_000);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= SMALLEST))
    throw new TypeError(`--sizes takes numbers of messages from ${SMALLEST}, with commas between.`);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new TypeError("--seed takes a whole number.");
  return {
    storages: values.storages.split(",").map(storageName),
    sizes: [...new Set(sizes)].sort((a, b) => a - b),
    seed,
    from: values.from ?? null,
    output: values.json ? "json" : values.markdown ? "markdown" : "plain",
  };
}

function storageName(text: string): StorageName {
  const known = STORAGE_NAMES.find((name) => name === text);
  if (known === undefined) throw new TypeError(`--storages takes ${STORAGE_NAMES.join(", ")}.`);
  return known;
}
