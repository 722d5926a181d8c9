import type { World } from "./world";
import type { DelayMs } from "./faults/fault-options";
import { pickMs, readCount, readMs } from "./faults/fault-values";
import type { PhoneMessage } from "./phones";
import { createRandom } from "./random";
import { rejectUnknownKeys } from "./unknown-keys";

/** How a bot answers. */
export interface BotOptions {
  /**
   * The same text every time, or one that depends on the text that came and on how many were answered before; null leaves
   * that text without an answer. Default: ordinary small talk, drawn by the simulator's seed; never a keyword.
   */
  readonly reply?: string | ((message: PhoneMessage, answered: number) => string | null);
  /** How long it takes to answer, by the simulator's clock. Default: 1,000. */
  readonly delayMs?: DelayMs;
  /** After so many answers it falls silent: two machines that answer each other come to an end. Default: 100; at most 100,000. */
  readonly limit?: number;
}

/** What a bot needs of its phone. */
export interface BotPhone {
  readonly number: string;
  text(to: string, body: string): Promise<unknown>;
  onMessage(listener: (message: PhoneMessage) => void): () => void;
}

/** A phone that answers each text it gets, Twilio's own confirmations included. */
export interface SimulatedBot {
  /** E.164. */
  readonly number: string;
  /** How many texts it has sent. */
  answered(): number;
  /** What ended it, other than `stop` and its limit: an error of `reply`, or a text that no phone could send. */
  failure(): unknown;
  /** Ends it. Answers that are not sent yet are never sent. */
  stop(): void;
}

const BOT_KEYS = ["reply", "delayMs", "limit"];
const SMALL_TALK = [
  "Got it, thanks!",
  "ok",
  "Who is this?",
  "I am driving, talk to you later.",
  "👍",
  "Could you say that again, please?",
  "Thanks for your message. I will answer as soon as I can.",
  "lol",
  "Ça marche — à bientôt",
  "Is tomorrow at 3 still fine?",
];

type Reply = (message: PhoneMessage, answered: number) => string | null;

function toReply(reply: BotOptions["reply"], draw: () => number): Reply {
  if (reply === undefined) return () => SMALL_TALK[draw() % SMALL_TALK.length] ?? "ok";
  if (typeof reply === "string") return () => reply;
  // What comes from JavaScript may be anything.
  if (typeof reply !== "function") throw new TypeError("A bot's reply is a text or a function.");
  return (message, answered) => {
    const text: unknown = reply(message, answered);
    if (text === null || typeof text === "string") return text;
    throw new TypeError("A bot's reply function answers with a text or null.");
  };
}

/**
 * Starts a bot on a phone.
 * @throws TypeError on an unknown option or a malformed value.
 */
export function createBot(world: World, phone: BotPhone, options: BotOptions): SimulatedBot {
  rejectUnknownKeys(options, BOT_KEYS, "A bot of the simulator");
  const random = createRandom(`${world.seed}/bots/${phone.number}`);
  const delay = readMs(options.delayMs ?? 1_000, "A bot's delayMs");
  const limit = readCount(options.limit ?? 100, [1, 100_000], "A bot's limit");
  const reply = toReply(options.reply, random);
  const waiting = new Set<() => void>();
  let taken = 0;
  let answered = 0;
  let failure: unknown = null;

  const stop = (): void => {
    leave();
    for (const cancel of waiting) cancel();
    waiting.clear();
  };
  const fail = (error: unknown): void => {
    failure ??= error;
    stop();
  };
  const answer = async (message: PhoneMessage): Promise<void> => {
    const text = reply(message, answered);
    if (text === null) {
      taken -= 1;
      return;
    }
    // Counted at once: the host's answer to it may take long.
    answered += 1;
    await phone.text(message.with, text).catch((error: unknown) => {
      answered -= 1;
      throw error;
    });
  };
  const leave = phone.onMessage((message) => {
    const canAnswer = message.direction === "received" && world.directory.sender(message.with) !== null;
    if (!canAnswer || taken >= limit) return;
    taken += 1;
    const cancel = world.timers.after(pickMs(delay, random() / 2 ** 32), () => {
      waiting.delete(cancel);
      answer(message).catch(fail);
    });
    waiting.add(cancel);
  });
  return { number: phone.number, answered: () => answered, failure: () => failure, stop };
}
