import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

/** Whether a package is installed in this folder, which has an install of its own. */
export function isInstalled(name: string): boolean {
  return require.resolve.paths(name) !== null && resolved(name) !== null;
}

/** Imports a package of this folder. The compiler does not know it: it is not installed at the root. */
export async function importInstalled(name: string): Promise<unknown> {
  const path = resolved(name);
  if (path === null) throw new Error(`${name} is not installed: run npm ci --prefix test/databases`);
  return import(/* @vite-ignore */ pathToFileURL(path).href);
}

function resolved(name: string): string | null {
  try {
    return require.resolve(name);
  } catch {
    return null;
  }
}
