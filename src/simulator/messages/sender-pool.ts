import type { FaultSource } from "../faults/fault-source";
import type { Service } from "../settings";

/** Picks the sender of a message that left the choice to its Messaging Service. */
export interface SenderPool {
  /**
   * The same sender for the same recipient, every time; new recipients go round the pool. Null: the pool is empty.
   * The fault `moveSender` moves a recipient to another sender, and leaves it there.
   */
  pick(service: Service, recipient: string): string | null;
}

/** A pool that has picked nobody yet. Source: Twilio docs, "Messaging Services", sticky sender (read 2026-11). */
export function createSenderPool(faults: FaultSource): SenderPool {
  const picked = new Map<string, string>();
  const turns = new Map<string, number>();
  return {
    pick: (service, recipient) => {
      const key = `${service.sid} ${recipient}`;
      const sticky = picked.get(key);
      if (sticky !== undefined) {
        const others = service.senders.filter((sender) => sender !== sticky);
        const strike = faults.draw("moveSender");
        const other = strike === null ? undefined : others[Math.floor(strike.share * others.length)];
        if (other === undefined) return sticky;
        faults.count("moveSender");
        picked.set(key, other);
        return other;
      }
      const turn = turns.get(service.sid) ?? 0;
      const sender = service.senders[turn % service.senders.length];
      if (sender === undefined) return null;
      turns.set(service.sid, turn + 1);
      picked.set(key, sender);
      return sender;
    },
  };
}
