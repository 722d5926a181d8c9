import { unchanged } from "../core/decide/decision";
import { handlersOf, laneRecordId, queueId, queueOf } from "../core/decide/handle";
import { decideEventRemoval, decideLaneRemoval, eventIds, placesAhead } from "../core/decide/handle-removal";
import type { Versioned } from "../core/model/record";
import type { Task } from "../core/model/task";
import { keysOf } from "./keys-of";
import type { Transact } from "./transact";

/** How many events one commit removes. */
const PER_COMMIT = 25;

/** What removing events needs. */
export interface EventRemovalParts {
  readonly transact: Transact;
}

/** The keys of the queues of a lane, whichever process made them. */
export function queueKeysOf(
  list: Versioned<Task> | null,
  lane: string,
): readonly { readonly kind: "task"; readonly id: string }[] {
  return keysOf(
    "task",
    handlersOf(list).map((handler) => queueId(handler, lane)),
  );
}

/**
 * Removes the events of a lane that wait for a handler: those made before a moment (in ms since 1970), or all (null). The queues
 * stay. A handler that is at one of them now is not stopped, but its event is not tried again.
 */
export async function removeEvents(
  { transact }: EventRemovalParts,
  lane: string,
  beforeMs: number | null,
): Promise<void> {
  const { answer: keys } = await transact({
    keys: [{ kind: "task", id: laneRecordId(lane) }],
    decide: ([list]) => unchanged(queueKeysOf(list, lane)),
  });
  for (const key of keys) {
    for (;;) {
      let looked = 0;
      const { answer: removed } = await transact({
        keys: [key],
        moreKeys: ([queue]) => eventKeysOf(queue),
        decide: ([queue], { nowMs }, events) => {
          looked = events.length;
          return decideEventRemoval(queue, events, { beforeMs, nowMs });
        },
      });
      if (looked === 0 || removed < looked) break;
    }
  }
}

function eventKeysOf(record: Versioned<Task> | null): ReturnType<typeof queueKeysOf> {
  const queue = queueOf(record)?.value;
  if (queue === undefined) return [];
  return keysOf("task", eventIds(queue, placesAhead(queue.detail, PER_COMMIT)));
}

/**
 * Removes all events of a lane, and then its queues. Only for a lane that no process writes to any more.
 */
export async function removeLane(parts: EventRemovalParts, lane: string): Promise<void> {
  await removeEvents(parts, lane, null);
  await parts.transact({
    keys: [{ kind: "task", id: laneRecordId(lane) }],
    moreKeys: ([list]) => queueKeysOf(list, lane),
    decide: ([list], _moment, queues) => decideLaneRemoval({ list, queues }),
  });
}
