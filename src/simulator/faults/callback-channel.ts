import type { Timers } from "../clock";
import type { Webhook } from "../webhooks/webhook";
import type { WebhookSender } from "../webhooks/webhook-sender";
import type { FaultSource } from "./fault-source";
import { pickMs } from "./fault-values";

/** Sends status callbacks, as badly as the faults say. */
export interface CallbackChannel {
  /** `isLast`: no other callback of the message will follow. */
  send(callback: Webhook, about: { readonly isLast: boolean }): void;
}

interface Plan {
  readonly callback: Webhook;
  /** Its place among all callbacks, by when they were due. */
  readonly place: number;
  readonly copies: number;
  readonly delayMs: number;
}

interface Held {
  readonly plan: Plan;
  readonly cancel: () => void;
}

/** Callbacks that wait to be overtaken, by message. */
function createWaitingRoom() {
  const rooms = new Map<string, readonly Held[]>();
  const keep = (sid: string, held: readonly Held[]): void => {
    if (held.length === 0) rooms.delete(sid);
    else rooms.set(sid, held);
  };
  return {
    add: (held: Held): void => {
      const sid = held.plan.callback.messageSid;
      keep(sid, [...(rooms.get(sid) ?? []), held]);
    },
    /** Takes out those of the message that `isWanted`. */
    take: (sid: string, isWanted: (plan: Plan) => boolean): readonly Held[] => {
      const held = rooms.get(sid) ?? [];
      keep(
        sid,
        held.filter(({ plan }) => !isWanted(plan)),
      );
      return held.filter(({ plan }) => isWanted(plan));
    },
  };
}

/** A channel with nothing held back. */
export function createCallbackChannel(parts: {
  readonly faults: FaultSource;
  readonly timers: Timers;
  readonly webhooks: WebhookSender;
}): CallbackChannel {
  const { faults, timers, webhooks } = parts;
  const waiting = createWaitingRoom();
  let places = 0;

  const goOut = (plan: Plan): void => {
    const { callback, copies, place } = plan;
    Promise.all(Array.from({ length: copies }, () => webhooks.send(callback)))
      .then(() => {
        // Only once the host has answered the later one is it certain to have come first.
        for (const overtaken of waiting.take(callback.messageSid, (other) => other.place < place)) {
          overtaken.cancel();
          faults.count("reorderCallback");
          goOut(overtaken.plan);
        }
      })
      // Failures are results, not rejections, and the debugger has them.
      .catch(() => undefined);
  };
  const goOutLater = (plan: Plan): void => {
    if (plan.delayMs === 0) goOut(plan);
    else timers.after(plan.delayMs, () => goOut(plan));
  };
  const hold = (plan: Plan, longestMs: number): void => {
    const cancel = timers.after(longestMs, () => {
      waiting.take(plan.callback.messageSid, (other) => other.place === plan.place);
      goOut(plan);
    });
    waiting.add({ plan, cancel });
  };

  return {
    send: (callback, { isLast }) => {
      const lost = faults.strike("loseCallback");
      const late = faults.draw("delayCallback");
      const doubled = faults.draw("duplicateCallback");
      const reordered = faults.draw("reorderCallback");
      if (lost !== null) return;
      if (doubled !== null) faults.count("duplicateCallback");
      places += 1;
      const copies = doubled?.setting.times ?? 1;
      if (reordered !== null && !isLast) {
        hold({ callback, place: places, copies, delayMs: 0 }, pickMs(reordered.setting.ms, reordered.share));
        return;
      }
      if (late !== null) faults.count("delayCallback");
      const delayMs = late === null ? 0 : pickMs(late.setting.ms, late.share);
      goOutLater({ callback, place: places, copies, delayMs });
    },
  };
}
