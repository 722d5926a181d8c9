import { classifyReply } from "../core/consent/classify-reply";
import { consentGate } from "../core/decide/consent-gate";
import { unchanged } from "../core/decide/decision";
import { decideLoggedStatus, isDatedLate, statusOf, tellsMore } from "../core/decide/logged-message";
import { tellsOptOut } from "../core/decide/status";
import { consentIdOf, consentSenderOf } from "../core/model/consent";
import type { LoggedMessage } from "../core/model/logged-message";
import type { Message } from "../core/model/message";
import { keysOf } from "./keys-of";
import type { StoreParts } from "./store-inbound";

/** How many messages are looked up at once. */
const AT_ONCE = 25;

/** What inbound entries tell: those that are not stored here yet, and those whose STOP or START is dated too late here. */
export interface InboundNews {
  readonly missing: readonly LoggedMessage[];
  readonly lateWords: readonly LoggedMessage[];
}

/** Finds out what inbound entries tell, by their MessageSids. */
export async function newsOf(
  { transact, settings }: StoreParts,
  entries: readonly LoggedMessage[],
): Promise<InboundNews> {
  const { reading } = settings.consent;
  const missing: LoggedMessage[] = [];
  const lateWords: LoggedMessage[] = [];
  for (const batch of batchesOf(entries)) {
    const { answer } = await transact({
      keys: keysOf(
        "message",
        batch.map(({ sid }) => sid),
      ),
      decide: (found) => unchanged(found),
    });
    for (const [index, entry] of batch.entries()) {
      const record = answer[index] ?? null;
      if (record === null) missing.push(entry);
      else if (isDatedLate(record.value, entry)) {
        const { intent } = classifyReply(entry.body, reading);
        if (intent === "start" || intent === "stop") lateWords.push(entry);
      }
    }
  }
  return { missing, lateWords };
}

/** Merges what the log says of messages of ours, and resolves to how many of them it was news for. */
export async function mergeLogged(
  parts: StoreParts,
  accountSid: string,
  entries: readonly LoggedMessage[],
): Promise<number> {
  let merged = 0;
  for (const batch of batchesOf(entries)) {
    const { answer } = await parts.transact({
      keys: batch.map(({ sid }) => ({ kind: "message", sid }) as const),
      decide: (found) =>
        unchanged(
          batch.flatMap((entry, index) => {
            const record = found[index] ?? null;
            return record !== null && tellsMore(record, { accountSid, entry })
              ? [{ entry, message: record.value }]
              : [];
          }),
        ),
    });
    for (const { entry, message } of answer) {
      if (await mergeOne(parts, { accountSid, entry, message })) merged += 1;
    }
  }
  return merged;
}

async function mergeOne(
  { transact, settings, runtime }: StoreParts,
  told: { readonly accountSid: string; readonly entry: LoggedMessage; readonly message: Message },
): Promise<boolean> {
  const { accountSid, entry, message } = told;
  const { optOutErrors, scope: consentScope, idsOf } = settings.consent;
  const closesGate = tellsOptOut(statusOf(told), optOutErrors);
  const plainId = consentIdOf(accountSid, message.to, consentSenderOf(consentScope, message.ours));
  const ids = closesGate ? await idsOf(plainId) : null;
  const newEntryId = runtime.newId();
  const { answer } = await transact({
    keys: [{ kind: "message", sid: entry.sid }, ...keysOf("consent", ids ?? [])],
    decide: ([bySid, ...consents], { nowMs }) =>
      decideLoggedStatus(
        { bySid, consent: ids === null ? null : consentGate(ids, consents) },
        { accountSid, entry, optOutErrors, consentScope, newEntryId, nowMs },
      ),
  });
  return answer;
}

function* batchesOf(entries: readonly LoggedMessage[]): Generator<readonly LoggedMessage[]> {
  for (let from = 0; from < entries.length; from += AT_ONCE) yield entries.slice(from, from + AT_ONCE);
}
