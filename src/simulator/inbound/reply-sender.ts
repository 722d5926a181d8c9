import { isRecipient } from "../messages/addressing";
import type { Message } from "../messages/message";
import type { Outbox } from "../messages/outbox";
import type { SendOrder } from "../messages/send-request";
import type { Instruction } from "../twiml/twiml";
import { isCallbackUrl } from "../webhooks/webhook-url";
import type { World } from "../world";
import { report } from "./host-answer";
import type { HostAnswer } from "./host-answer";

/** An answer's request for a message. */
export type MessageInstruction = Extract<Instruction, { kind: "message" }>;

/** Source: Twilio docs, error 14107: 30 messages within 30 seconds between two numbers (read 2026-11). */
const LOOP_WINDOW_MS = 30_000;
const LOOP_LIMIT = 30;
const MOST_MEDIA = 10;
const LONGEST_BODY = 1600;

/** Counts replies per pair of numbers, to end two machines that answer each other. */
function createLoopGuard(): (pair: string, nowMs: number) => boolean {
  const recent = new Map<string, readonly number[]>();
  return (pair, nowMs) => {
    const kept = (recent.get(pair) ?? []).filter((atMs) => nowMs - atMs < LOOP_WINDOW_MS);
    const isLoop = kept.length >= LOOP_LIMIT;
    recent.set(pair, isLoop ? kept : [...kept, nowMs]);
    return isLoop;
  };
}

/** Where a reply goes: the person who texted, from the number that was texted, unless the TwiML says otherwise. */
function addressesOf(
  instruction: MessageInstruction,
  inbound: Message,
): { readonly to: string; readonly from: string } {
  return { to: instruction.to ?? inbound.from ?? "", from: instruction.from ?? inbound.to };
}

function isMediaUrl(url: string, base: string): boolean {
  return URL.canParse(url, base) && /^https?:$/.test(new URL(url, base).protocol);
}

/** Source: Twilio docs, errors 14103, 14111, 21211, 21606, 21610, 21620, 21623 (read 2026-11). */
function objection(world: World, answer: HostAnswer, instruction: MessageInstruction): number | null {
  const { to, from } = addressesOf(instruction, answer.inbound);
  const { body, mediaUrls } = instruction;
  if ((body === "" && mediaUrls.length === 0) || body.length > LONGEST_BODY) return 14103;
  if (mediaUrls.length > MOST_MEDIA) return 21623;
  if (!mediaUrls.every((url) => isMediaUrl(url, answer.reply.url))) return 21620;
  if (!isRecipient(to)) return 21211;
  if (world.directory.sender(from)?.accountSid !== answer.account.accountSid) return 21606;
  if (answer.account.type === "Trial" && !answer.account.verifiedNumbers.includes(to)) return 14111;
  return world.optOuts.isBlocked(from, world.directory.serviceOf(from), to) ? 21610 : null;
}

function callbackOf(instruction: MessageInstruction, base: string): string | null {
  if (instruction.statusCallback === null || !URL.canParse(instruction.statusCallback, base)) return null;
  const url = new URL(instruction.statusCallback, base).href;
  return isCallbackUrl(url) ? url : null;
}

function toOrder(world: World, answer: HostAnswer, instruction: MessageInstruction): SendOrder {
  const base = answer.reply.url;
  return {
    account: answer.account,
    direction: "outbound-reply",
    ...addressesOf(instruction, answer.inbound),
    service: world.directory.service(answer.inbound.messagingServiceSid ?? ""),
    body: instruction.body,
    mediaUrls: instruction.mediaUrls.map((url) => new URL(url, base).href),
    statusCallback: callbackOf(instruction, base),
    sendAtMs: null,
  };
}

/** Sends the messages that an answer asks for. */
export interface ReplySender {
  /** The message; null when it was objected to, which the debugger then shows. */
  send(answer: HostAnswer, instruction: MessageInstruction): Message | null;
}

/** A sender that has sent nothing yet. */
export function createReplySender(world: World, outbox: Outbox): ReplySender {
  const isLoop = createLoopGuard();
  return {
    send: (answer, instruction) => {
      const { to, from } = addressesOf(instruction, answer.inbound);
      const code =
        objection(world, answer, instruction) ?? (isLoop(`${from} ${to}`, world.clock.now()) ? 14107 : null);
      if (code === null) return outbox.send(toOrder(world, answer, instruction));
      report(world, answer, { code });
      return null;
    },
  };
}
