import { KINDS } from "../../../src/core/model/schema";
import type { Entity } from "../../../src/core/model/record";
import type { Page, Storage } from "../../../src/ports/storage";
import type { World } from "./world";

/** What the storage lists in the end is what the commits have made. */
export async function compareWithStorage(world: World, storage: Storage): Promise<void> {
  const seen = new Set<string>();
  for (const kind of KINDS) {
    let cursor: string | null = null;
    do {
      const page: Page<Entity> = await world.scheduler.track(
        storage.list({ list: "records", kind, limit: 1_000, cursor }),
      );
      for (const record of page.items) {
        const key = `${kind}/${record.id}`;
        seen.add(key);
        const mirrored = world.mirror.records().get(key)?.value;
        if (!isSame(mirrored, record)) {
          world.violate({
            invariant: "storageIsItsCommits",
            about: [record.id],
            text: `${key} is not what was committed`,
          });
        }
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  for (const key of world.mirror.records().keys()) {
    if (!seen.has(key)) {
      world.violate({
        invariant: "storageIsItsCommits",
        about: [key],
        text: `${key} was committed and is gone`,
      });
    }
  }
}

function isSame(a: object | undefined, b: object): boolean {
  return a !== undefined && canonical(a) === canonical(b);
}

/** JSON with the fields in order, since databases give them in the order of their columns. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
