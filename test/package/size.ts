/**
 * Prints how many bytes an application adds by importing each subpath: bundled as a bundler would from `dist`, minified, then
 * compressed. Only what loads with the import counts; optional peers do not. Ends with code 1 where a ceiling is broken: a step
 * back from where we are. The aim is where we want to be; a size over it is printed as such.
 */
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { entries } from "../../tsup.config";
import { repositoryRoot } from "../structure/source-tree";

interface Measured {
  readonly name: string;
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
  readonly budget: Budget | null;
}

/** In kB after brotli. */
interface Budget {
  readonly aim: number;
  readonly ceiling: number;
}

const bytesPerKilobyte = 1000;

/**
 * By the import that is measured. `./core` is over its aim since replies are read in everyday words and every error code is
 * explained: the texts are data that an application which calls neither does not get.
 */
const budgets: Readonly<Record<string, Budget>> = {
  ".": { aim: 45, ceiling: 66 },
  "./core": { aim: 15, ceiling: 17.5 },
  "measureText from ./core": { aim: 2, ceiling: 2 },
};

const optionalPeers = ["ai", "better-sqlite3", "express", "kysely", "libsql", "pg", "twilio"];

async function measure(name: string, program: string): Promise<Measured> {
  const result = await build({
    stdin: { contents: program, resolveDir: repositoryRoot },
    // Otherwise the compiler's paths would lead the package's name to its source.
    tsconfigRaw: {},
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "node",
    outdir: "bundle",
    logLevel: "error",
    external: optionalPeers,
  });
  const eager = eagerOutputs(result.metafile);
  const code = Buffer.concat(
    result.outputFiles
      .filter(({ path }) => [...eager].some((output) => path.endsWith(`/${output}`)))
      .map(({ contents }) => contents),
  );
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    name,
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code, quality).length,
    budget: budgets[name] ?? null,
  };
}

/** The entry's file and the files that it imports statically, directly or not. */
function eagerOutputs(metafile: Metafile): ReadonlySet<string> {
  const entry = Object.keys(metafile.outputs).filter(
    (path) => metafile.outputs[path]?.entryPoint === "<stdin>",
  );
  const eager = new Set(entry);
  for (const path of eager) {
    for (const imported of metafile.outputs[path]?.imports ?? []) {
      if (imported.kind === "import-statement" && imported.external !== true) eager.add(imported.path);
    }
  }
  return eager;
}

function isOverBudget({ budget, brotli }: Measured): boolean {
  return budget !== null && brotli > budget.ceiling * bytesPerKilobyte;
}

function verdictOf(row: Measured): string {
  if (row.budget === null) return "";
  const { aim, ceiling } = row.budget;
  const over = isOverBudget(row)
    ? "  OVER ITS CEILING"
    : row.brotli > aim * bytesPerKilobyte
      ? "  over its aim"
      : "";
  return `${String(aim).padStart(8)}${String(ceiling).padStart(8)}${over}`;
}

function kilobytes(bytes: number): string {
  return (bytes / bytesPerKilobyte).toFixed(2).padStart(8);
}

const measured: Measured[] = [];
for (const subpath of Object.keys(entries)) {
  const specifier = JSON.stringify(`@mailtrixy/sms${subpath.slice(1)}`);
  measured.push(await measure(subpath, `import * as all from ${specifier}; globalThis.all = { ...all };`));
}
measured.push(
  await measure(
    "measureText from ./core",
    'import { measureText } from "@mailtrixy/sms/core"; globalThis.all = measureText;',
  ),
);

console.log(`${"kB (1 kB = 1000 bytes)".padEnd(26)}minified    gzip  brotli     aim ceiling`);
for (const row of measured) {
  const sizes = [row.minified, row.gzip, row.brotli].map(kilobytes).join("");
  console.log(`${row.name.padEnd(26)}${sizes}${verdictOf(row)}`);
}
process.exitCode = measured.some(isOverBudget) ? 1 : 0;
