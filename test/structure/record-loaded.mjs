/**
 * Preloaded with `node --import`: adds the path or URL of every module that the program loads, one per line, to the file that
 * LOADED_MODULES_FILE names. Runs twice: in the program, and as the resolver that watches its imports.
 */
import { appendFileSync } from "node:fs";
import Module, { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const file = process.env.LOADED_MODULES_FILE;

if (isMainThread) {
  register(import.meta.url);
  process.on("exit", () => {
    for (const path of Object.keys(Module._cache)) appendFileSync(file, `${path}\n`);
  });
}

export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  appendFileSync(file, `${resolved.url}\n`);
  return resolved;
}
