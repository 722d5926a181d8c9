import type { Random } from "./random";

/** How an event is queued. */
export interface EventOptions {
  /** It only keeps a worker looking: a run may end while such events wait. */
  readonly idle?: boolean;
  /** It may run in one turn with others of the same moment, as requests do that reach a database together. */
  readonly joins?: boolean;
}

/** Virtual time. */
export interface Scheduler {
  /** Milliseconds since 1970, by the one true clock that nobody in the system can read. */
  readonly now: () => number;
  /** Runs something after a while of virtual time; the answer cancels it. */
  readonly after: (delayMs: number, run: () => void, options?: EventOptions) => () => void;
  /** Counts real work that takes turns of the event loop: nothing else happens until it has ended. */
  readonly track: <T>(work: Promise<T>) => Promise<T>;
  /** Runs events until the moment comes, or until `enough` says so, which is asked when all is quiet. */
  readonly run: (untilMs: number, enough?: () => boolean) => Promise<void>;
  /** Events that wait and are not idle. */
  readonly waiting: () => number;
  /** Events that were run. */
  readonly steps: () => number;
}

interface QueuedEvent {
  readonly atMs: number;
  readonly tie: number;
  readonly order: number;
  readonly run: () => void;
  readonly idle: boolean;
  readonly joins: boolean;
  isCancelled: boolean;
}

/** A scheduler whose events are ordered by time, and by chance where they are due in the same millisecond. */
export function createScheduler(startMs: number, ties: Random): Scheduler {
  const queue: QueuedEvent[] = [];
  let nowMs = startMs;
  let order = 0;
  let outstanding = 0;
  let busy = 0;
  let steps = 0;

  return {
    now: () => nowMs,
    after(delayMs, run, options = {}) {
      const { idle = false, joins = false } = options;
      const atMs = nowMs + Math.max(0, Math.round(delayMs));
      const event: QueuedEvent = { atMs, tie: ties.next(), order, run, idle, joins, isCancelled: false };
      order += 1;
      if (!idle) busy += 1;
      push(queue, event);
      return () => {
        if (event.isCancelled) return;
        event.isCancelled = true;
        if (!idle) busy -= 1;
      };
    },
    track(work) {
      outstanding += 1;
      return work.finally(() => {
        outstanding -= 1;
      });
    },
    async run(untilMs, enough) {
      await settle();
      for (;;) {
        if (enough?.() === true) return;
        const next = take(untilMs);
        if (next === undefined) break;
        nowMs = Math.max(nowMs, next.atMs);
        runOne(next);
        if (next.joins) {
          for (let peer = peek(); peer?.joins === true && peer.atMs <= nowMs; peer = peek()) {
            const joined = take(nowMs);
            if (joined !== undefined) runOne(joined);
          }
        }
        await settle();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    waiting: () => busy,
    steps: () => steps,
  };

  function runOne(event: QueuedEvent): void {
    // Done events cannot be cancelled any more.
    event.isCancelled = true;
    if (!event.idle) busy -= 1;
    steps += 1;
    event.run();
  }

  /**
   * Until nothing can happen any more without an event. One turn of the event loop lets every promise settle that waits for nothing
   * but promises; storage that commits in a later turn is counted and waited for.
   */
  async function settle(): Promise<void> {
    do await turn();
    while (outstanding > 0);
  }

  function peek(): QueuedEvent | undefined {
    while (queue[0]?.isCancelled === true) pop(queue);
    return queue[0];
  }

  function take(untilMs: number): QueuedEvent | undefined {
    const first = peek();
    if (first === undefined || first.atMs > untilMs) return undefined;
    pop(queue);
    return first;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  return a.tie !== b.tie ? a.tie < b.tie : a.order < b.order;
}

/** A binary heap, the first event at its root. */
function push(heap: QueuedEvent[], event: QueuedEvent): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(event, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = event;
}

function pop(heap: QueuedEvent[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const first = heap[left];
    if (first === undefined) break;
    const second = heap[left + 1];
    const isRight = second !== undefined && isBefore(second, first);
    const child = isRight ? second : first;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = isRight ? left + 1 : left;
  }
  heap[at] = last;
}
