import { readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

/**
 * Every public subpath and the source file behind it: the one list that the build, package.json, the compiler's paths, the API
 * reference and the tests are held to.
 */
export const entries: Readonly<Record<string, string>> = {
  ".": "src/index.ts",
  "./core": "src/core/index.ts",
  "./languages": "src/core/consent/languages/index.ts",
  "./node": "src/http/node.ts",
  "./express": "src/http/express.ts",
  "./storage": "src/adapters/storage/index.ts",
  "./storage/sqlite": "src/adapters/storage/sqlite/index.ts",
  "./storage/postgres": "src/adapters/storage/postgres/index.ts",
  "./storage/kysely": "src/adapters/storage/kysely/index.ts",
  "./assistant/ai-sdk": "src/adapters/assistant/ai-sdk.ts",
  "./simulator": "src/simulator/index.ts",
  "./testing": "src/testing/index.ts",
};

/** The name of a subpath's files in the output folder, without extension: `.` is `index`, `./core` is `core`. */
export function outputName(subpath: string): string {
  return subpath === "." ? "index" : subpath.slice("./".length);
}

/** What package.json must say under `exports` for these entries: types first, then code, for `import` and for `require`. */
export function expectedExports(): Readonly<Record<string, unknown>> {
  const exports: Record<string, unknown> = {};
  for (const subpath of Object.keys(entries)) {
    const base = `./dist/${outputName(subpath)}`;
    exports[subpath] = {
      import: { types: `${base}.d.ts`, default: `${base}.js` },
      require: { types: `${base}.d.cts`, default: `${base}.cjs` },
    };
  }
  return { ...exports, "./package.json": "./package.json" };
}

/** The `exports` of package.json as they are written. */
export function writtenExports(): unknown {
  const manifest: unknown = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "exports" in manifest ? manifest.exports : null;
}

/** Throws where package.json and the entries disagree. The order of conditions counts: the first that fits is taken. */
function assertExportsMatch(): void {
  const expected = JSON.stringify(expectedExports(), null, 2);
  if (JSON.stringify(writtenExports(), null, 2) === expected) return;
  throw new Error(`package.json#exports must be, as tsup.config.ts lists the entries:\n${expected}`);
}

const options: Options = {
  entry: Object.fromEntries(
    Object.entries(entries).map(([subpath, source]) => [outputName(subpath), source]),
  ),
  outDir: "dist",
  format: ["esm", "cjs"],
  target: "node20",
  platform: "node",
  splitting: true,
  // Importing a chunk for its effects alone would be pointless: no file of ours has any.
  treeshake: { moduleSideEffects: "no-external" },
  clean: true,
  // Without this the `node:` prefix is stripped, which Deno and Workers do not resolve.
  removeNodeProtocol: false,
  // Bundled: loading zod's own files would cost a cold start 70–100 ms.
  noExternal: ["zod"],
  // tsup hands the compiler a `baseUrl`, which TypeScript 6 only accepts with this.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};

export default defineConfig(() => {
  assertExportsMatch();
  return options;
});
