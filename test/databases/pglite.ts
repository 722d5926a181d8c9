import type { PgliteDatabase } from "../../src/adapters/storage/postgres/pglite";
import { importInstalled, isInstalled } from "./installed";

/** A PGlite instance in memory. */
export interface Pglite extends PgliteDatabase {
  close(): Promise<void>;
}

const PACKAGE = "@electric-sql/pglite";

/** Whether PGlite is installed in this folder. */
export function hasPglite(): boolean {
  return isInstalled(PACKAGE);
}

/** Opens an instance in the memory of this process. */
export async function openPglite(): Promise<Pglite> {
  const { PGlite } = (await importInstalled(PACKAGE)) as {
    readonly PGlite: { create(): Promise<Pglite> };
  };
  return PGlite.create();
}
