import { isFinished } from "./message";
import type { Message, MessageStatus } from "./message";
import { newOutboundMessage } from "./new-message";
import { segmentCount } from "./segment-count";
import type { SendOrder } from "./send-request";
import { errorMessageOf } from "./error-message";
import { mediaUrl, statusFields } from "../webhooks/webhook-fields";
import { optOutSilently } from "../faults/silent-opt-out";
import type { Outcome } from "../options";
import type { World } from "../world";

/** Sends what was accepted, step by step, and calls back about each step but the first. */
export interface Outbox {
  /** Stores the message in its first status and sets it on its way. */
  send(order: SendOrder): Message;
  /** Cancels a scheduled message; null when it is too late for that. */
  cancel(sid: string): Message | null;
}

function callBack(world: World, message: Message): void {
  const account = world.directory.account(message.accountSid);
  if (message.statusCallback === null || account === null) return;
  const callback = {
    kind: "status",
    account,
    messageSid: message.sid,
    url: message.statusCallback,
    method: "POST",
    fields: statusFields(message, message.errorCode === null ? null : errorMessageOf(message.errorCode)),
  } as const;
  world.callbacks.send(callback, { isLast: isFinished(message.status) });
}

/** Moves a message on; null when it is not there any more. */
function advance(
  world: World,
  sid: string,
  change: Partial<Message> & { readonly status: MessageStatus },
): Message | null {
  const next = world.messages.update(sid, { ...change, updatedAtMs: world.clock.now() });
  if (next !== null) callBack(world, next);
  return next;
}

function fail(world: World, sid: string, errorCode: number): void {
  advance(world, sid, { status: "failed", errorCode });
}

function showOnPhone(world: World, message: Message): void {
  world.phones.put(message.to, {
    sid: message.sid,
    direction: "received",
    with: message.from ?? "",
    body: message.body,
    media: message.media.map((item) => ({
      contentType: item.contentType,
      url: mediaUrl(world.apiBaseUrl(), message, item.sid),
    })),
    atMs: world.clock.now(),
    auto: false,
  });
}

function isBlocked(world: World, message: Message): boolean {
  const from = message.from ?? "";
  const service =
    world.directory.service(message.messagingServiceSid ?? "") ?? world.directory.serviceOf(from);
  return world.optOuts.isBlocked(from, service, message.to);
}

function isOverTrialLimit(world: World, message: Message): boolean {
  const account = world.directory.account(message.accountSid);
  const limit = account?.type === "Trial" ? account.trialSegmentLimit : null;
  return limit !== null && message.numSegments > limit;
}

function outcomeOf(world: World, message: Message): Outcome {
  return world.outcomes.get(message.to) ?? world.settings.finalStatus(message);
}

function step(world: World, run: () => void): void {
  world.timers.after(world.settings.stepMs, run);
}

/** The Messaging Service picks the sender: `accepted` or `scheduled` becomes `queued`. */
function assign(world: World, sid: string): void {
  const message = world.messages.get(sid);
  if (message === null || isFinished(message.status)) return;
  if (isBlocked(world, message)) return fail(world, sid, 21610);
  const service = world.directory.service(message.messagingServiceSid ?? "");
  const from = message.from ?? (service === null ? null : world.senderPool.pick(service, message.to));
  if (from === null) return fail(world, sid, 21704);
  const numSegments = segmentCount(message.body, message.media.length);
  advance(world, sid, { status: "queued", from, numSegments });
  step(world, () => depart(world, sid));
}

/** The message leaves Twilio: `queued` becomes `sent`, or `failed` when it never leaves. */
function depart(world: World, sid: string): void {
  const message = world.messages.get(sid);
  if (message === null || isFinished(message.status)) return;
  if (isBlocked(world, message)) return fail(world, sid, 21610);
  if (isOverTrialLimit(world, message)) return fail(world, sid, 30044);
  const outcome = outcomeOf(world, message);
  if (typeof outcome === "object" && "failed" in outcome) return fail(world, sid, outcome.failed);
  const sent = advance(world, sid, { status: "sent", sentAtMs: world.clock.now() });
  if (sent === null) return;
  if (world.faults.strike("optOutSilently") !== null) optOutSilently(world, sent.from ?? "", sent.to);
  if (outcome === "sent") showOnPhone(world, sent);
  else step(world, () => arrive(world, sid, outcome));
}

/** The network reports back: `sent` becomes `delivered` or `undelivered`. */
function arrive(world: World, sid: string, outcome: "delivered" | { readonly undelivered: number }): void {
  const message = world.messages.get(sid);
  if (message === null) return;
  if (outcome === "delivered") {
    showOnPhone(world, message);
    advance(world, sid, { status: "delivered" });
  } else {
    advance(world, sid, { status: "undelivered", errorCode: outcome.undelivered });
  }
}

/** An outbox of a world. */
export function createOutbox(world: World): Outbox {
  return {
    send: (order) => {
      const message = newOutboundMessage(order, world.ids, world.clock.now());
      // Test credentials answer as if, and keep nothing.
      if (order.account.credentials === "test") return message;
      world.messages.add(message);
      const next = message.status === "queued" ? depart : assign;
      const delayMs = order.sendAtMs === null ? world.settings.stepMs : order.sendAtMs - world.clock.now();
      world.timers.after(delayMs, () => next(world, message.sid));
      return message;
    },
    cancel: (sid) =>
      world.messages.get(sid)?.status === "scheduled" ? advance(world, sid, { status: "canceled" }) : null,
  };
}
