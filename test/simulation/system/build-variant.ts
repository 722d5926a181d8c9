import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { createSms } from "../../../src/create-sms";
import type { Edit, Variant } from "./variant";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The source of a file with an edit made in it.
 * @throws Error when the text to replace is not there exactly once.
 */
function applyEdit(source: string, { file, find, replace }: Edit): string {
  const pieces = source.split(find);
  if (pieces.length !== 2) {
    throw new Error(`${file} has the text of an edit ${pieces.length - 1} times: ${find.slice(0, 80)}`);
  }
  return pieces.join(replace);
}

/** Whether every edit of a variant still fits the source; the reasons why not. */
export async function misfitsOf(variant: Variant): Promise<readonly string[]> {
  const sources = new Map<string, string>();
  const misfits: string[] = [];
  for (const edit of variant.edits) {
    const source = sources.get(edit.file) ?? (await readFile(join(ROOT, edit.file), "utf8"));
    try {
      sources.set(edit.file, applyEdit(source, edit));
    } catch (error) {
      misfits.push(error instanceof Error ? error.message : String(error));
    }
  }
  return misfits;
}

/** The library as it is. */
export const HONEST: Pick<Variant, "name" | "edits"> = { name: "honest", edits: [] };

/**
 * Builds the library, broken or not, into one file and loads it. What it imports only when it is needed is in that file too, so that no
 * run waits for a disk.
 */
export async function loadLibrary(variant: Pick<Variant, "name" | "edits">): Promise<typeof createSms> {
  const used = new Set<string>();
  const built = await build({
    entryPoints: [join(ROOT, "src/create-sms.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "sabotage",
        setup(plugin) {
          plugin.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
            const file = relative(ROOT, path).replaceAll("\\", "/");
            const edits = variant.edits.filter((edit) => edit.file === file);
            if (edits.length === 0) return undefined;
            used.add(file);
            const source = await readFile(path, "utf8");
            return { contents: edits.reduce((text, edit) => applyEdit(text, edit), source), loader: "ts" };
          });
        },
      },
    ],
  });
  const unused = variant.edits.find(({ file }) => !used.has(file));
  if (unused !== undefined) throw new Error(`${unused.file} is no part of the library any more.`);
  const text = built.outputFiles[0]?.text ?? "";
  const folder = join(tmpdir(), "sms-variants");
  await mkdir(folder, { recursive: true });
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const file = join(folder, `${variant.name}-${hash}.mjs`);
  const part = `${file}.${process.pid}`;
  await writeFile(part, text);
  // Several processes may build the same at once.
  await rename(part, file);
  const exports: unknown = await import(/* @vite-ignore */ pathToFileURL(file).href);
  // The bundle is of the file that exports it.
  return (exports as { readonly createSms: typeof createSms }).createSms;
}
