import type { Message } from "../../../../src/core/model/message";
import type { Watch } from "../facts";
import { InjectedFailure } from "../faulty-storage";
import type { World } from "../world";

/** Events: nothing is published that was not committed, and what happens once is published once. */
export function eventsTellTheTruth(world: World): Watch {
  const invariant = "eventsTellTheTruth";
  const versions = new Map<string, Set<string>>();
  const published = new Set<string>();
  const told = new Set<string>();

  return {
    commit({ writes }) {
      for (const write of writes) {
        if (!("put" in write)) continue;
        if (write.kind === "message") {
          const known = versions.get(write.put.id) ?? new Set();
          versions.set(write.put.id, known.add(JSON.stringify(write.put)));
        }
        if (write.kind === "consentEntry" || write.kind === "draft")
          published.add(`${write.kind}/${write.put.id}`);
      }
    },
    event({ event }) {
      switch (event.name) {
        case "message.received":
        case "message.sent":
          expectOnce(`${event.name}/${event.data.message.id}`, event.data.message);
          expectCommitted(event.name, event.data.message);
          return;
        case "message.status":
          expectCommitted(event.name, event.data.message);
          expectOnce(`${event.name}/${JSON.stringify(event.data.message)}`, event.data.message);
          return;
        case "send.blocked":
          if (event.data.message !== null) expectCommitted(event.name, event.data.message);
          return;
        case "consent.changed":
          if (!published.has(`consentEntry/${event.data.entry.id}`)) {
            violate([event.data.entry.contact], `consent.changed tells of an entry that is not committed`);
          }
          return;
        case "draft.created":
        case "draft.stale":
          if (!published.has(`draft/${event.data.draft.id}`)) {
            violate([event.data.draft.id], `${event.name} tells of a draft that is not committed`);
          }
          return;
        case "error": {
          const { error } = event.data;
          const isInjected = error.cause instanceof InjectedFailure;
          if (!isInjected && (error.code === "task_failed" || error.code === "listener_failed")) {
            violate([], `an unexpected failure: ${error.code} ${String(error.cause)}`);
          }
          return;
        }
        case "conversation.created":
        case "conversation.removed":
        case "conversation.updated":
        case "message.segments":
          return;
      }
    },
  };

  function expectCommitted(name: string, message: Message): void {
    if (versions.get(message.id)?.has(JSON.stringify(message)) === true) return;
    violate(
      [message.id, message.sid ?? ""],
      `${name} tells of ${message.id} ${message.status}, which is not committed`,
    );
  }

  function expectOnce(key: string, message: Message): void {
    if (told.has(key)) violate([message.id], `${key.slice(0, 80)} was published twice`);
    told.add(key);
  }

  function violate(about: readonly string[], text: string): void {
    world.violate({ invariant, about, text });
  }
}
