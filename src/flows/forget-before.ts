import { decideSyncFloor, syncTaskId } from "../core/decide/sync";
import { SmsError } from "../core/model/errors";
import { timestampOf } from "../core/model/timestamp";
import { pagesOf } from "./pages-of";
import { removeThread } from "./remove-thread";
import type { RemovalParts } from "./remove-thread";

/** Whose messages are forgotten. */
export interface ForgetOptions {
  /** Only those of this account. Default: the instance's own; all where a resolver serves many. */
  readonly accountSid?: string;
}

/** How many records were forgotten. */
export interface ForgetReport {
  readonly messages: number;
  readonly drafts: number;
  readonly conversations: number;
}

/** Twilio may repeat a webhook, and a host a send: what they name must still be there. */
const MIN_AGE_MS = 86_400_000;
const PAGE = 200;

/** Forgets what is older than a date; see `Sms.forgetBefore`. */
export async function forgetBefore(
  parts: RemovalParts & { readonly nowMs: number },
  date: Date | string,
  options: ForgetOptions = {},
): Promise<ForgetReport> {
  const beforeMs = new Date(date).getTime();
  // Also refuses what is no date.
  if (!(beforeMs <= parts.nowMs - MIN_AGE_MS)) {
    throw new SmsError("config_invalid", "forgetBefore takes a date that is at least 24 hours ago.");
  }
  const before = timestampOf(beforeMs);
  const accountSid = options.accountSid ?? parts.settings.defaultAccountSid;
  const report = { messages: 0, drafts: 0, conversations: 0 };
  const floored = new Set<string>();
  if (accountSid !== null) await setFloor(accountSid);
  const query = { list: "records", kind: "conversation", limit: PAGE } as const;
  for await (const page of pagesOf((cursor) => parts.storage.list({ ...query, cursor }))) {
    for (const thread of page) {
      if (!("lastSeq" in thread) || thread.createdAt >= before) continue;
      if (accountSid !== null && accountSid !== thread.accountSid) continue;
      await setFloor(thread.accountSid);
      const removed = await removeThread(parts, thread, before);
      report.messages += removed.messages;
      report.drafts += removed.drafts;
      report.conversations += removed.conversations;
    }
  }
  return report;

  /** Before anything goes: what is forgotten must not come back out of Twilio's log. */
  async function setFloor(ofAccount: string): Promise<void> {
    if (floored.has(ofAccount)) return;
    const { lagsMs, everyMs } = parts.settings.sync;
    await parts.transact({
      keys: [{ kind: "task", id: syncTaskId(ofAccount) }],
      decide: ([task], { nowMs }) =>
        decideSyncFloor(task, {
          accountSid: ofAccount,
          readings: lagsMs.length,
          everyMs,
          nowMs,
          floorMs: beforeMs,
        }),
    });
    floored.add(ofAccount);
  }
}
