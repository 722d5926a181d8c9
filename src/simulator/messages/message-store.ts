import type { Message } from "./message";

/** A message with its place in the log: places only grow, and none is used twice. */
export interface LoggedMessage {
  readonly place: number;
  readonly message: Message;
}

/** Twilio's message log. */
export interface MessageStore {
  add(message: Message): void;
  get(sid: string): Message | null;
  /** Replaces a message by itself with `change`; null when it is not there any more. */
  update(sid: string, change: Partial<Message>): Message | null;
  /** Whether there was one to remove. */
  remove(sid: string): boolean;
  /** The place of a message in the log, kept after its removal so that paging goes on from there. */
  placeOf(sid: string): number | null;
  /** Every message of an account that lists show at a time, newest first. */
  newestFirst(accountSid: string, nowMs: number): readonly LoggedMessage[];
}

/** An empty message log. `listedFromMs` says for each new message from when on lists show it. */
export function createMessageStore(listedFromMs: () => number): MessageStore {
  const listed = new Map<string, number>();
  const messages = new Map<string, Message>();
  const places = new Map<string, number>();
  return {
    add: (message) => {
      places.set(message.sid, places.size);
      listed.set(message.sid, listedFromMs());
      messages.set(message.sid, message);
    },
    get: (sid) => messages.get(sid) ?? null,
    update: (sid, change) => {
      const current = messages.get(sid);
      if (current === undefined) return null;
      const next = { ...current, ...change };
      messages.set(sid, next);
      return next;
    },
    remove: (sid) => messages.delete(sid),
    placeOf: (sid) => places.get(sid) ?? null,
    newestFirst: (accountSid, nowMs) => {
      const own: LoggedMessage[] = [];
      for (const message of messages.values()) {
        if (message.accountSid !== accountSid || (listed.get(message.sid) ?? nowMs) > nowMs) continue;
        own.push({ place: places.get(message.sid) ?? 0, message });
      }
      return own.reverse();
    },
  };
}
