/** A picture on a phone. */
export interface PhoneMedia {
  readonly contentType: string;
  readonly url: string;
}

/** A text as the person at the phone sees it. */
export interface PhoneMessage {
  /** The message's SID; null for texts that Twilio or the network wrote, which are not in the log. */
  readonly sid: string | null;
  /** Seen from the phone. */
  readonly direction: "sent" | "received";
  /** The number at the other end. */
  readonly with: string;
  readonly body: string;
  readonly media: readonly PhoneMedia[];
  readonly atMs: number;
  /** True for what Twilio or the network answers to a keyword by itself. */
  readonly auto: boolean;
}

/** What is on every phone. */
export interface PhoneBook {
  put(phoneNumber: string, message: PhoneMessage): void;
  messages(phoneNumber: string): readonly PhoneMessage[];
  /** Calls `listener` for each text from now on, both directions; the answer ends it. */
  onMessage(phoneNumber: string, listener: (message: PhoneMessage) => void): () => void;
  /** Every number that ever got or sent a text. */
  numbers(): readonly string[];
}

/** Phones without texts. */
export function createPhoneBook(): PhoneBook {
  const texts = new Map<string, PhoneMessage[]>();
  const listeners = new Map<string, Set<(message: PhoneMessage) => void>>();
  return {
    put: (phoneNumber, message) => {
      const own = texts.get(phoneNumber) ?? [];
      own.push(message);
      texts.set(phoneNumber, own);
      for (const listener of listeners.get(phoneNumber) ?? []) listener(message);
    },
    messages: (phoneNumber) => [...(texts.get(phoneNumber) ?? [])],
    onMessage: (phoneNumber, listener) => {
      const own = listeners.get(phoneNumber) ?? new Set();
      own.add(listener);
      listeners.set(phoneNumber, own);
      return () => {
        own.delete(listener);
      };
    },
    numbers: () => [...texts.keys()],
  };
}
