import type { Message } from "../messages/message";
import type { Account } from "../settings";
import type { WebhookReply } from "../webhooks/webhook";
import type { World } from "../world";

/** The answer to one text. */
export interface HostAnswer {
  readonly inbound: Message;
  readonly account: Account;
  readonly reply: WebhookReply;
  /** The fields of the webhook that was answered: a redirect sends them again. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Puts what is wrong with an answer into the debugger. */
export function report(
  world: World,
  answer: HostAnswer,
  problem: { readonly code: number; readonly level?: "error" | "warning" },
): void {
  world.journal.addDebuggerEntry({
    atMs: world.clock.now(),
    level: problem.level ?? "error",
    code: problem.code,
    accountSid: answer.account.accountSid,
    messageSid: answer.inbound.sid,
    url: answer.reply.url,
  });
}
