import { writtenId, type Write } from "../../core/model/record";
import { KINDS } from "../../core/model/schema";

/**
 * The writes of a commit in lock order: by kind, then by id. All storages write in this order, so that two commits never wait
 * for each other in a circle and a commit means the same everywhere.
 * @throws TypeError when a commit names a record twice: storages would disagree about the outcome.
 */
export function inLockOrder(writes: readonly Write[]): readonly Write[] {
  if (writes.length < 2) return writes;
  const sorted = [...writes].sort(compareWrites);
  sorted.forEach((write, index) => {
    const previous = sorted[index - 1];
    if (previous !== undefined && compareWrites(previous, write) === 0) {
      throw new TypeError(`A commit names one ${write.kind} twice.`);
    }
  });
  return sorted;
}

function compareWrites(a: Write, b: Write): number {
  if (a.kind !== b.kind) return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  const aId = writtenId(a);
  const bId = writtenId(b);
  if (aId === bId) return 0;
  return aId < bId ? -1 : 1;
}
