import { memoryStorage } from "../../../src/adapters/storage/memory";
import type { Subject } from "./subject";

/** The storage in memory. There is nothing beneath it to compare with, and nothing to settle. */
export function memorySubject(messages: number): Subject {
  const storage = memoryStorage();
  return {
    name: "memory",
    messages,
    storage,
    raw: null,
    facts: async () => "the memory of the process: nothing is durable",
    settle: async () => undefined,
    bytes: async () => null,
    close: () => storage.close(),
  };
}
