import { deliveryState } from "../delivery/status";
import type { SmsEvent } from "../model/events";
import type { Message } from "../model/message";
import type { Versioned, Write } from "../model/record";
import type { Task } from "../model/task";
import { changeMessage } from "./message-change";

/** How a task goes on when a part of its text is done with. */
export interface NextStep {
  readonly writes: readonly Write[];
  readonly events: readonly SmsEvent[];
  /** The task with its next part, due now; null where it has ended. */
  readonly next: Task | null;
}

/** Twilio has the part, or may have it: the next one follows, and after the last one the task ends. */
export function goOn(task: Versioned<Task>, nowMs: number): NextStep {
  const [messageId, ...thenMessageIds] = task.value.thenMessageIds;
  if (messageId === undefined) return { writes: [removal(task)], events: [], next: null };
  const next: Task = {
    ...task.value,
    messageId,
    thenMessageIds,
    calling: false,
    dueAtMs: nowMs,
    detail: null,
  };
  return { writes: [{ kind: "task", put: next, expect: task.version }], events: [], next };
}

/** The part will not be sent, so the text has lost its sense: the task ends, and the parts after it are canceled. */
export function giveUp(task: Versioned<Task>, rest: readonly Versioned<Message>[]): NextStep {
  const changes = rest
    .filter(({ value }) => value.status === "pending")
    .map((message) => changeMessage(message, { observed: deliveryState("canceled") }));
  return {
    writes: [removal(task), ...changes.flatMap(({ writes }) => writes)],
    events: changes.flatMap(({ events }) => events),
    next: null,
  };
}

function removal(task: Versioned<Task>): Write {
  return { kind: "task", remove: task.value.id, expect: task.version };
}
