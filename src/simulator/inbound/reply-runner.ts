import type { Message } from "../messages/message";
import type { Outbox } from "../messages/outbox";
import { understandReply } from "../twiml/twiml";
import type { Instruction } from "../twiml/twiml";
import type { World } from "../world";
import { report } from "./host-answer";
import type { HostAnswer } from "./host-answer";
import { createReplySender } from "./reply-sender";
import type { ReplySender } from "./reply-sender";

/** Does what the host's answers to texts say. */
export interface ReplyRunner {
  /** Null when all was done, or Twilio's code when the answer could not be understood and the fallback is due. */
  run(answer: HostAnswer): Promise<number | null>;
}

/** Where the next document comes from. */
interface NextDocument {
  readonly kind: "redirect" | "action";
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly fields: Readonly<Record<string, string>>;
}

/** Source: Twilio docs, error 14109 (read 2026-11). */
const MOST_REPLIES = 10;
const MOST_DOCUMENTS = 10;

/** What one document left behind: how many replies there are now, and where to go on. */
interface Progress {
  readonly replies: number;
  readonly next: NextDocument | null;
}

interface RunParts {
  readonly world: World;
  readonly sender: ReplySender;
}

function nextAfter(instruction: Instruction, sent: Message | null, answer: HostAnswer): NextDocument | null {
  const base = answer.reply.url;
  if (instruction.kind === "redirect") {
    const { url, method } = instruction;
    return { kind: "redirect", url: new URL(url, base).href, method, fields: answer.fields };
  }
  if (instruction.action === null) return null;
  const { url, method } = instruction.action;
  const result = sent === null ? {} : { MessageSid: sent.sid, MessageStatus: sent.status };
  return { kind: "action", url: new URL(url, base).href, method, fields: { ...answer.fields, ...result } };
}

function isResolvable(instruction: Instruction, base: string): boolean {
  const url = instruction.kind === "redirect" ? instruction.url : (instruction.action?.url ?? "");
  return URL.canParse(url, base);
}

/** Carries out one document, from `before` replies on. */
function runDocument(
  { world, sender }: RunParts,
  answer: HostAnswer,
  document: { readonly instructions: readonly Instruction[]; readonly before: number },
): Progress {
  let replies = document.before;
  for (const instruction of document.instructions) {
    if (!isResolvable(instruction, answer.reply.url)) {
      report(world, answer, { code: 11321 });
      return { replies, next: null };
    }
    if (instruction.kind === "message" && replies >= MOST_REPLIES) {
      report(world, answer, { code: 14109 });
      return { replies, next: null };
    }
    const sent = instruction.kind === "message" ? sender.send(answer, instruction) : null;
    if (instruction.kind === "message") replies += 1;
    const next = nextAfter(instruction, sent, answer);
    if (next !== null) return { replies, next };
  }
  return { replies, next: null };
}

/**
 * Does what the host's answers say, document after document, until nothing is left or a limit is reached.
 * Source: Twilio docs, "TwiML for Programmable Messaging" (read 2026-11).
 */
export function createReplyRunner(world: World, outbox: Outbox): ReplyRunner {
  const sender = createReplySender(world, outbox);

  const fetchNext = async (answer: HostAnswer, next: NextDocument): Promise<HostAnswer | null> => {
    const { account, inbound } = answer;
    const result = await world.webhooks.send({ ...next, account, messageSid: inbound.sid });
    return result.kind === "ok" ? { ...answer, reply: result.reply, fields: next.fields } : null;
  };

  const run = async (first: HostAnswer): Promise<number | null> => {
    let answer = first;
    let replies = 0;
    for (let documents = 1; ; documents += 1) {
      const understood = understandReply(answer.reply);
      if (understood.kind === "refused") {
        report(world, answer, { code: understood.code });
        return documents === 1 ? understood.code : null;
      }
      for (const warning of understood.warnings) report(world, answer, { code: warning, level: "warning" });
      const progress = runDocument({ world, sender }, answer, {
        instructions: understood.instructions,
        before: replies,
      });
      replies = progress.replies;
      if (progress.next === null) return null;
      if (documents >= MOST_DOCUMENTS) {
        report(world, answer, { code: 11215 });
        return null;
      }
      const fetched = await fetchNext(answer, progress.next);
      if (fetched === null) return null;
      answer = fetched;
    }
  };
  return { run };
}
