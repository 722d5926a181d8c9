import type { Versioned } from "../core/model/record";
import type { Task, TaskClass } from "../core/model/task";
import type { Runtime } from "../ports/runtime";
import type { Storage } from "../ports/storage";
import type { Seed, TaskSink } from "./transact";

/** A task about to be run. */
export interface TaskRun {
  readonly task: Task;
  /** The records it was committed with, where this process made it; empty for a task that was found in the storage. */
  readonly seed: Seed;
}

/** What a sweep did. */
export interface RunReport {
  /** Tasks that were run. */
  readonly ran: number;
}

/** Runs due tasks. */
export interface Worker extends TaskSink {
  /** Runs tasks from now on: those made here at once, others when they fall due. */
  start(): void;
  /** Takes no more tasks, and resolves when those under way have ended. */
  stop(): Promise<void>;
  /** Runs what is due now, and what that makes due, then resolves. Works without `start`. */
  runDue(): Promise<RunReport>;
}

/** What a worker is made of. */
export interface WorkerParts {
  readonly storage: Storage;
  readonly runtime: Runtime;
  /** Does the work. A rejection leaves the task as it is: it falls due again when its lease ends. */
  readonly run: (run: TaskRun) => Promise<void>;
  /** Hears of tasks and lists that failed. */
  readonly onFailure: (cause: unknown) => void;
  /** Tasks at once in this process. */
  readonly concurrency: number;
  /** How often the storage is asked for due tasks, in ms. It only serves crashes and backlog. */
  readonly pollMs: number;
}

const CLASSES = ["urgent", "patient", "bulk"] as const satisfies readonly TaskClass[];
/** Several workers list the same tasks: each takes a random part of a longer list, so that they rarely claim the same one. */
const LISTED_PER_TAKEN = 8;
const MAX_LISTED = 1_000;
const NOTHING_KNOWN: Seed = new Map();

/** Makes a worker over a storage. Every task it runs claims itself by a conditional commit, so many workers may share one. */
export function createWorker(parts: WorkerParts): Worker {
  const { storage, runtime, concurrency } = parts;
  const running = new Map<string, { readonly class: TaskClass; readonly ended: Promise<void> }>();
  // Models and handlers of the host's may take half a minute each; what is to be handed over must not wait for them.
  const patientAtOnce = Math.max(1, Math.floor(concurrency / 2));
  const born: TaskRun[] = [];
  /** Tasks that have just failed here, until when they are left alone: a broken one must not be run in a tight circle. */
  const coolingUntilMs = new Map<string, number>();
  let started = false;
  let cancelPoll: (() => void) | null = null;
  let sweep: Promise<number> | null = null;
  let backlog = false;

  return { hasRoom, accept, start, stop, runDue };

  function hasRoom(): boolean {
    return started && running.size + born.length < concurrency;
  }

  function accept(task: Versioned<Task>, seed: Seed): void {
    if (!started) return;
    if (task.value.dueAtMs <= runtime.now()) {
      // It was made while there was no room, so it waits in the storage, where every worker sees it.
      backlog = true;
      return;
    }
    // It is found in the storage when its grace ends, and waits there as long as its class has no room.
    if (task.value.class === "patient" && roomOf("patient") <= 0) return;
    born.push({ task: task.value, seed });
    fill();
  }

  function roomOf(taskClass: TaskClass): number {
    const room = concurrency - running.size;
    if (taskClass !== "patient") return room;
    const waiting = born.filter(({ task }) => task.class === "patient").length;
    const busy = [...running.values()].filter((one) => one.class === "patient").length;
    return Math.min(room, patientAtOnce - busy - waiting);
  }

  function start(): void {
    if (started) return;
    started = true;
    poll();
  }

  async function stop(): Promise<void> {
    started = false;
    cancelPoll?.();
    cancelPoll = null;
    born.length = 0;
    await sweep?.catch(() => undefined);
    await Promise.all(endings());
  }

  async function runDue(): Promise<RunReport> {
    let ran = 0;
    for (;;) {
      const taken = await takeDue();
      if (taken === 0 && running.size === 0) return { ran };
      ran += taken;
      await Promise.all(endings());
    }
  }

  function poll(): void {
    if (!started || sweep !== null) return;
    backlog = false;
    cancelPoll?.();
    cancelPoll = null;
    sweep = takeDue();
    void sweep.then(
      (taken) => {
        sweep = null;
        // Where something was due there may be more, as soon as there is room for it.
        if (taken > 0) backlog = true;
        schedulePoll();
      },
      (cause: unknown) => {
        sweep = null;
        parts.onFailure(cause);
        schedulePoll();
      },
    );
  }

  function schedulePoll(): void {
    if (!started) return;
    if (backlog && running.size < concurrency) {
      poll();
      return;
    }
    cancelPoll = runtime.setTimer(parts.pollMs, poll, "idle");
  }

  /** Starts due tasks as far as there is room, urgent ones first. Resolves to how many were started. */
  async function takeDue(): Promise<number> {
    forgetCooled();
    let taken = 0;
    for (const taskClass of CLASSES) {
      const room = roomOf(taskClass);
      if (room <= 0) continue;
      const limit = Math.min(MAX_LISTED, Math.max(room * LISTED_PER_TAKEN, running.size + 1));
      const page = await storage.list({
        list: "tasks",
        class: taskClass,
        dueBeforeMs: runtime.now(),
        limit,
        cursor: null,
      });
      for (const task of shuffled(page.items)) {
        if (roomOf(taskClass) <= 0) break;
        if (running.has(task.id) || coolingUntilMs.has(task.id)) continue;
        launch({ task, seed: NOTHING_KNOWN });
        taken += 1;
      }
    }
    return taken;
  }

  function fill(): void {
    while (started && running.size < concurrency) {
      const next = born.shift();
      if (next === undefined) return;
      launch(next);
    }
  }

  function launch(run: TaskRun): void {
    const ended = parts
      .run(run)
      .catch((cause: unknown) => {
        coolingUntilMs.set(run.task.id, runtime.now() + parts.pollMs);
        parts.onFailure(cause);
      })
      .finally(() => {
        // It may have been woken by its own last commit, and be running again.
        if (running.get(run.task.id) === entry) running.delete(run.task.id);
        fill();
        if (backlog && started && sweep === null) poll();
      });
    const entry = { class: run.task.class, ended };
    running.set(run.task.id, entry);
  }

  function endings(): readonly Promise<void>[] {
    return [...running.values()].map(({ ended }) => ended);
  }

  function forgetCooled(): void {
    const nowMs = runtime.now();
    for (const [id, untilMs] of coolingUntilMs) if (untilMs <= nowMs) coolingUntilMs.delete(id);
  }

  function shuffled(tasks: readonly Task[]): readonly Task[] {
    const mixed = [...tasks];
    for (let last = mixed.length - 1; last > 0; last -= 1) {
      const other = Math.floor(runtime.random() * (last + 1));
      const a = mixed[last];
      const b = mixed[other];
      if (a === undefined || b === undefined) continue;
      mixed[last] = b;
      mixed[other] = a;
    }
    return mixed;
  }
}
