import type { Message, Sms } from "@mailtrixy/sms";
import type { PhoneMessage, Simulator } from "@mailtrixy/sms/simulator";

/** A text as the phone shows it. */
export interface PhoneText {
  readonly id: string;
  readonly direction: "outgoing" | "incoming";
  readonly body: string;
  /** Where our own server has the pictures. */
  readonly pictures: readonly string[];
  readonly at: string;
}

/** A text to send from a phone. */
export interface PhoneTextRequest {
  readonly number: string;
  readonly body: string;
  readonly picture: { readonly contentType: string; readonly bytes: Uint8Array } | null;
}

/** The phones of the demo's customers. */
export interface PhoneDesk {
  texts(number: string): readonly PhoneText[];
  text(request: PhoneTextRequest): Promise<void>;
  isReachable(number: string): boolean;
  /** Without signal, texts to the phone end as undelivered with Twilio's error 30003. */
  setReachable(number: string, isReachable: boolean): void;
  /** Calls `listener` with the number of each phone on which something changed; the answer ends it. */
  onChange(listener: (number: string) => void): () => void;
}

/** Twilio error 30003: the handset is off or has no signal. Source: Twilio docs, "Error and warning dictionary" (read 2026-11). */
const NO_SIGNAL = { undelivered: 30003 } as const;

/** How many messages per conversation a phone remembers over a restart. */
const REMEMBERED = 200;

/**
 * Phones at the simulator. The simulator forgets when it stops; what the inbox has kept is put back on the phones, so that
 * both sides of the demo tell the same story after a restart.
 */
export async function createPhoneDesk(parts: {
  readonly sms: Sms;
  readonly simulator: Simulator;
  readonly ours: string;
}): Promise<PhoneDesk> {
  const { simulator, ours } = parts;
  const before = await remembered(parts.sms);
  const watched = new Set<string>();
  const unreachable = new Set<string>();
  const listeners = new Set<(number: string) => void>();
  const changed = (number: string): void => {
    for (const listener of listeners) listener(number);
  };

  function phoneOf(number: string): ReturnType<Simulator["phone"]> {
    const phone = simulator.phone(number);
    if (!watched.has(number)) {
      watched.add(number);
      phone.onMessage(() => {
        changed(number);
      });
    }
    return phone;
  }

  return {
    texts: (number) => [...(before.get(number) ?? []), ...phoneOf(number).messages().map(liveText)],
    async text({ number, body, picture }) {
      await phoneOf(number).text(ours, body, { media: picture === null ? [] : [picture] });
    },
    isReachable: (number) => !unreachable.has(number),
    setReachable(number, isReachable) {
      simulator.setOutcome(number, isReachable ? null : NO_SIGNAL);
      if (isReachable) unreachable.delete(number);
      else unreachable.add(number);
      changed(number);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

async function remembered(sms: Sms): Promise<ReadonlyMap<string, readonly PhoneText[]>> {
  const texts = new Map<string, readonly PhoneText[]>();
  const { items } = await sms.conversations.list({ limit: 100 });
  for (const { id, contact } of items) {
    const page = await sms.conversations.messages(id, { order: "newest-first", limit: REMEMBERED });
    texts.set(contact, page.items.filter(wasOnPhone).map(rememberedText).reverse());
  }
  return texts;
}

/** What a customer has seen: their own texts, and ours that arrived. */
function wasOnPhone(message: Message): boolean {
  return message.direction === "inbound" || message.status === "delivered" || message.status === "read";
}

function rememberedText(message: Message): PhoneText {
  return {
    id: message.id,
    direction: message.direction === "inbound" ? "outgoing" : "incoming",
    body: message.body,
    pictures: message.media.map(({ url }) => pictureUrl(url)),
    at: message.createdAt,
  };
}

function liveText(message: PhoneMessage, index: number): PhoneText {
  return {
    // What Twilio writes by itself has no sid; its place on the phone never changes.
    id: message.sid ?? `auto-${index}`,
    direction: message.direction === "sent" ? "outgoing" : "incoming",
    body: message.body,
    pictures: message.media.map(({ url }) => pictureUrl(url)),
    at: new Date(message.atMs).toISOString(),
  };
}

function pictureUrl(url: string): string {
  return `/api/media?url=${encodeURIComponent(url)}`;
}
