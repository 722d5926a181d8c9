import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repositoryRoot } from "./source-tree";

const run = promisify(execFile);

/** Runs a program in a host. */
type Run<Result> = (source: string, options: { readonly format: "module" | "commonjs" }) => Promise<Result>;

interface Finished {
  readonly printed: string;
  /** Paths and URLs of all modules that were loaded. */
  readonly loaded: readonly string[];
}

/** A host application's folder in which the package is installed as `@mailtrixy/sms`. */
export interface Host {
  /** Resolves to what the program printed; rejects where it exits with an error. */
  readonly run: Run<string>;
  /** Resolves to the names of the packages that the program loaded, sorted. */
  readonly packagesLoadedBy: Run<readonly string[]>;
  /** Where the package's built files are. */
  readonly dist: string;
  readonly remove: () => Promise<void>;
}

/**
 * Builds the package (code only, no declarations) into a new host inside the repository, where every development dependency can
 * be resolved: what is not loaded there is not loaded for want of trying.
 */
export async function buildIntoFullHost(): Promise<Host> {
  const scratch = join(repositoryRoot, ".tmp");
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, "host-"));
  const installed = await makePackageFolder(folder);
  const tsup = join(repositoryRoot, "node_modules/tsup/dist/cli-default.js");
  await run(process.execPath, [tsup, "--no-dts", "--silent", "--out-dir", join(installed, "dist")], {
    cwd: repositoryRoot,
  });
  return toHost(folder);
}

/** Copies a built package to a host outside the repository that has its declared dependencies and nothing else. */
export async function copyIntoBareHost(built: Host): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), "bare-host-"));
  const installed = await makePackageFolder(folder);
  await cp(built.dist, join(installed, "dist"), { recursive: true });
  const dependency = "node_modules/eventemitter3";
  await symlink(join(repositoryRoot, dependency), join(folder, dependency), "dir");
  return toHost(folder);
}

async function makePackageFolder(folder: string): Promise<string> {
  const installed = join(folder, "node_modules/@mailtrixy/sms");
  await mkdir(installed, { recursive: true });
  await cp(join(repositoryRoot, "package.json"), join(installed, "package.json"));
  // A scope of its own: below the repository's package.json, its name would mean the repository itself.
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "host", private: true }));
  return installed;
}

function toHost(folder: string): Host {
  let programs = 0;
  const start = async (...[source, { format }]: Parameters<Run<string>>): Promise<Finished> => {
    programs += 1;
    const loadedFile = join(folder, `loaded-${String(programs)}.txt`);
    const recorder = join(repositoryRoot, "test/structure/record-loaded.mjs");
    const { stdout } = await run(
      process.execPath,
      ["--import", recorder, `--input-type=${format}`, "--eval", source],
      { cwd: folder, timeout: 20_000, env: { ...process.env, LOADED_MODULES_FILE: loadedFile } },
    );
    return { printed: stdout.trim(), loaded: (await readFile(loadedFile, "utf8")).split("\n") };
  };
  return {
    run: async (...input) => (await start(...input)).printed,
    packagesLoadedBy: async (...input) => {
      const { loaded } = await start(...input);
      return [...new Set(loaded.flatMap((path) => packageOf(path) ?? []))].sort();
    },
    dist: join(folder, "node_modules/@mailtrixy/sms/dist"),
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}

function packageOf(path: string): string | null {
  const inside = path.split("/node_modules/").at(-1);
  if (inside === undefined || inside === path) return null;
  const [scope = "", name = ""] = inside.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}
