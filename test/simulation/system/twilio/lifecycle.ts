import { statusCallback } from "../../../fixtures/twilio/payloads";
import { SIMULATED_ACCOUNT } from "../processes";
import type { World } from "../world";
import type { TwilioMessage } from "./messages";
import type { WebhookCall } from "./webhook-calls";

/** Statuses that Twilio reports in callbacks. Source: Twilio docs, "Outbound message status in callbacks" (read 2026-11). */
const REPORTED = new Set(["queued", "sent", "delivered", "undelivered", "failed", "canceled"]);

const REASONS: Readonly<Record<string, readonly number[]>> = {
  undelivered: [30003, 30005, 30006],
  failed: [30008, 30034],
};

/** Takes an accepted message through its statuses, and reports them: in any order, twice, late or never. */
export function createLifecycle(
  world: World,
  parts: { readonly call: (call: WebhookCall) => void; readonly pool: readonly string[] },
): (message: TwilioMessage, fate: { readonly isBlocked: boolean }) => void {
  const { scheduler } = world;
  const chance = world.chance("twilio/lifecycle");
  const network = world.chance("twilio/callbacks");

  return (message, { isBlocked }) => {
    const steps = stepsOf(message, isBlocked);
    let atMs = 0;
    for (const status of steps) {
      atMs += chance.chance(0.3) ? 0 : chance.waitMs(800);
      scheduler.after(atMs, () => {
        move(message, status, isBlocked);
      });
    }
  };

  function stepsOf(message: TwilioMessage, isBlocked: boolean): readonly string[] {
    const begin = message.serviceSid === null ? [] : ["queued"];
    if (isBlocked) return ["failed"];
    const end = chance.weighted({ delivered: 14, undelivered: 2, failed: 1, silence: 2 });
    if (end === "failed") return [...begin, "sending", "failed"];
    return [...begin, "sending", "sent", ...(end === "silence" ? [] : [end])];
  }

  function move(message: TwilioMessage, status: string, isBlocked: boolean): void {
    message.status = status;
    if (message.from === null && !isBlocked) message.from = chance.pick(parts.pool);
    if (status === "sent") message.sentMs = scheduler.now();
    const reasons = REASONS[status];
    if (reasons !== undefined) message.errorCode = isBlocked ? 21610 : chance.pick(reasons);
    world.trace.add(`twilio has ${message.sid} ${status} ${message.mid ?? ""}`);
    if (status === "sent") world.count("delivered to phones");
    if (REPORTED.has(status) && message.statusCallback !== null)
      report(message, message.statusCallback, status);
  }

  function report(message: TwilioMessage, url: string, status: string): void {
    message.reported.push(status);
    const { callback } = world.faults();
    if (network.chance(callback * 0.3)) {
      world.count("callbacks lost");
      world.trace.add(`twilio loses the callback ${status} of ${message.sid} ${message.mid ?? ""}`);
      return;
    }
    const times = network.chance(callback * 0.5) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const isLate = network.chance(callback * 0.6);
      const waitMs = isLate ? network.whole(1_000, 120_000) : network.waitMs(60);
      if (isLate) world.count("callbacks late");
      const code = message.errorCode;
      const call: WebhookCall = {
        url,
        params: statusCallback({
          MessageSid: message.sid,
          MessageStatus: status,
          AccountSid: SIMULATED_ACCOUNT.accountSid,
          To: message.to,
          From: message.from ?? "",
          ...(message.serviceSid === null ? {} : { MessagingServiceSid: message.serviceSid }),
          ...(code === null ? {} : { ErrorCode: String(code), ErrorMessage: "Not delivered." }),
        }),
        about: { what: "callback", sid: message.sid, mid: message.mid, told: status },
      };
      scheduler.after(waitMs, () => {
        parts.call(call);
      });
    }
  }
}
