/** What a task does: hand a message to Twilio, or ask the assistant for an answer. */
export type TaskPurpose = "dispatch" | "assist";

/** Urgent tasks (replies) are listed apart from bulk ones, so that a campaign never delays an answer. */
export type TaskClass = "urgent" | "bulk";

/**
 * Work that must happen after a commit, stored in that same commit so that a crash cannot lose it.
 * Everything the work needs to find its records is in it, so that each step reads once.
 */
export interface Task {
  /** `purpose:cause`, so that one cause makes one task. */
  readonly id: string;
  readonly purpose: TaskPurpose;
  readonly class: TaskClass;
  /** When it may run, in ms since 1970. Claiming moves it to the end of the lease: there is no other lock. */
  readonly dueAtMs: number;
  /** How often it was claimed. It fences: only the last claimer may finish the task. */
  readonly attempts: number;
  /** Dispatch only: a request to Twilio may be under way, so a crash now leaves the outcome unknown. */
  readonly calling: boolean;
  readonly accountSid: string;
  readonly conversationId: string;
  readonly messageId: string;
  /** Dispatch only: the further parts of a split text, in order. Each is handed over when the one before it has been. */
  readonly thenMessageIds: readonly string[];
  readonly consentId: string;
  readonly createdAtMs: number;
}
