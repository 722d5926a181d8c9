import { consentGate } from "../core/decide/consent-gate";
import type { ConsentIds } from "../core/decide/consent-gate";
import { decideConsentErasure, decideLedgerErasure } from "../core/decide/erasure";
import type { ErasedConsent } from "../core/decide/erasure";
import { consentIdOf, consentSenderOf, personOf } from "../core/model/consent";
import type { ConversationRecord } from "../core/model/conversation";
import { SmsError } from "../core/model/errors";
import { createLaneNames } from "./event-lanes";
import type { LaneNames } from "./event-lanes";
import { keysOf } from "./keys-of";
import { checkContact, checkSender } from "./outbound-text";
import { pagesOf } from "./pages-of";
import { removeEvents, removeLane } from "./remove-events";
import { removeThread } from "./remove-thread";
import type { RemovalParts } from "./remove-thread";

/** Who is erased. */
export interface EraseRequest {
  /** An E.164 number, with which the person goes on every channel; or a short code or a channel address. */
  readonly contact: string;
  /** The account, where a resolver serves many. */
  readonly accountSid?: string;
  /** A further address of yours that they may have a consent record with, although there is no conversation with it. */
  readonly sender?: string;
}

/** What an erasure came to. `optOutKept`: they had opted out, which is kept under a keyed hash and still holds. */
export type EraseOutcome =
  | {
      readonly kind: "erased";
      readonly messages: number;
      readonly conversations: number;
      readonly optOutKept: boolean;
    }
  | { readonly kind: "nothing-found" };

/** People, as far as anything is known of them. */
export interface Contacts {
  /**
   * Removes a person: conversations, messages, drafts, tasks, events that wait for handlers, consent with its ledger. Only an opt-out
   * survives, as a keyed hash. It goes in many small commits; after a crash, call it again. What Twilio still has is not touched.
   * @throws SmsError `config_invalid` without the option `erasure`; `address_invalid`, `account_unknown`; `contention` when texts
   * keep joining faster than they are removed.
   */
  erase(request: EraseRequest): Promise<EraseOutcome>;
}

const PAGE = 500;
const PER_COMMIT = 25;
/** Texts that arrive meanwhile go too; but a host that goes on texting the person it erases would keep this busy for ever. */
const MAX_ROUNDS = 100;

interface Person {
  readonly accountSid: string;
  readonly contact: string;
}

/** Erases a contact; see {@link Contacts}. */
export async function eraseContact(parts: RemovalParts, request: EraseRequest): Promise<EraseOutcome> {
  const { settings, transact } = parts;
  const contact = personOf(checkContact(request.contact).value);
  const accountSid = request.accountSid ?? settings.defaultAccountSid;
  if (!settings.consent.canErase) {
    throw new SmsError(
      "config_invalid",
      "Nobody can be erased without erasure: { key } in the options of createSms: with it an opt-out outlives the number.",
    );
  }
  if (accountSid === null) {
    throw new SmsError("account_unknown", "A resolver serves many accounts here: give accountSid.");
  }
  const person: Person = { accountSid, contact };
  const laneNames = createLaneNames({ idsOf: settings.consent.idsOf, runtime: parts.runtime });
  const closed = new Set<string | null>();
  const optedOut = new Set<string | null>();
  const erased = { records: 0, messages: 0, conversations: 0 };
  const known = await threadsOf(parts, person);
  let removesTexts = known.length > 0;

  // The gate first, for every sender: nothing that is removed afterwards may let a text through.
  for (const sender of await sendersOf(known)) await eraseConsent(sender);
  for (let round = 1; ; round += 1) {
    const threads = await threadsOf(parts, person);
    if (threads.length === 0) break;
    if (round > MAX_ROUNDS) throw busy();
    removesTexts = true;
    for (const thread of threads) {
      for (const sender of sendersOfThread(thread)) if (!closed.has(sender)) await eraseConsent(sender);
      const removed = await removeThread(parts, thread, null);
      erased.messages += removed.messages;
      erased.conversations += removed.conversations;
    }
  }
  // Once more: what came meanwhile was removed too. It must not come back, nor leave words of its own in the ledger.
  if (removesTexts) for (const sender of closed) await eraseConsent(sender);
  // What was changed while it was being erased was told to handlers too.
  for (const sender of closed)
    await eraseLanes(parts, await laneNames({ consentId: consentIdOfSender(sender) }));
  await eraseLanes(parts, await laneNames({ contact }));
  const { records, ...outcome } = erased;
  const found = records + outcome.messages + outcome.conversations > 0;
  return found ? { kind: "erased", ...outcome, optOutKept: optedOut.size > 0 } : { kind: "nothing-found" };

  async function sendersOf(threads: readonly ConversationRecord[]): Promise<ReadonlySet<string | null>> {
    const account = await settings.accountOf(person.accountSid);
    const given = request.sender === undefined ? [] : [checkSender(request.sender).value];
    const ours = [
      ...given,
      ...(account?.sender == null ? [] : [account.sender]),
      ...threads.map((one) => one.ours),
    ];
    const named = ours.flatMap((address) => SCOPES.map((scope) => consentSenderOf(scope, address)));
    // Where each sender has a record of its own, there may be one without a conversation.
    const listedToo = settings.consent.scope === "account" ? [] : await sendersOnRecord(parts, person);
    return new Set([null, ...named, ...listedToo]);
  }

  function consentIdOfSender(sender: string | null): string {
    return consentIdOf(person.accountSid, contact, sender);
  }

  async function eraseConsent(sender: string | null): Promise<void> {
    closed.add(sender);
    const ids = await settings.consent.idsOf(consentIdOfSender(sender));
    const { answer } = await transact({
      keys: keysOf("consent", ids),
      decide: (consents, { nowMs }) =>
        decideConsentErasure(consentGate(ids, consents), {
          ids,
          about: { accountSid: person.accountSid, sender },
          nowMs,
          removesTexts,
        }),
    });
    await eraseLanes(parts, await laneNames({ consentId: ids[0] }));
    const ledger = await eraseLedger(parts, ids, answer);
    erased.records += Number(answer.changed) + ledger.changes;
    // A STOP that came between the two counts, and so does a START.
    if (ledger.keptUnder === null) optedOut.delete(sender);
    else optedOut.add(sender);
  }
}

/** Whatever the scope is now, a record may have been made under another one. */
const SCOPES = ["account", "sender", "messaging-service"] as const;

function sendersOfThread({ ours }: ConversationRecord): ReadonlySet<string | null> {
  return new Set(SCOPES.map((scope) => consentSenderOf(scope, ours)));
}

/** Their conversations, with whichever of our addresses, on every channel that their number is reached on. */
async function threadsOf(
  { storage }: RemovalParts,
  { accountSid, contact }: Person,
): Promise<readonly ConversationRecord[]> {
  const channels = contact.startsWith("+") ? ["", "whatsapp:", "rcs:"] : [""];
  const threads: ConversationRecord[] = [];
  for (const channel of channels) {
    const query = {
      list: "conversationsOfContact",
      accountSid,
      contact: channel + contact,
      limit: PAGE,
    } as const;
    for await (const page of pagesOf((cursor) => storage.list({ ...query, cursor }))) threads.push(...page);
  }
  return threads;
}

/**
 * The senders of all consent records of a person, and of what is left of their ledger where an erasure was broken off. No list has
 * them, so it looks at every record of these kinds that there is.
 */
async function sendersOnRecord(
  { storage }: RemovalParts,
  { accountSid, contact }: Person,
): Promise<readonly (string | null)[]> {
  const senders = new Set<string | null>();
  for (const kind of ["consent", "consentEntry"] as const) {
    const query = { list: "records", kind, limit: PAGE } as const;
    for await (const page of pagesOf((cursor) => storage.list({ ...query, cursor }))) {
      for (const record of page) {
        if (!("maybeStopSince" in record || "evidence" in record)) continue;
        if (record.accountSid === accountSid && record.contact === contact) senders.add(record.sender);
      }
    }
  }
  return [...senders];
}

/** `changes` is the number of commits that it took, `keptUnder` what held at the last look at the consent. */
async function eraseLedger(
  { storage, transact }: RemovalParts,
  ids: ConsentIds,
  closed: ErasedConsent,
): Promise<{ readonly changes: number; readonly keptUnder: string | null }> {
  let { keptUnder } = closed;
  let changes = 0;
  for (const consentId of ids) {
    const query = { list: "consentEntries", consentId, limit: PER_COMMIT } as const;
    for await (const page of pagesOf((cursor) => storage.list({ ...query, cursor }))) {
      if (page.length === 0) continue;
      const entryIds = page.map(({ id }) => id);
      const { answer } = await transact({
        keys: keysOf("consentEntry", entryIds),
        moreKeys: () => keysOf("consent", ids),
        decide: (entries, _moment, consents) =>
          decideLedgerErasure({ gate: consentGate(ids, consents), ids }, present(entries)),
      });
      keptUnder = answer.keptUnder;
      if (answer.changed) changes += 1;
    }
  }
  return { changes, keptUnder };
}

/** What waits for handlers. Queues under a keyed hash stay, as the mark of the consent does. */
async function eraseLanes(
  parts: RemovalParts,
  { keyed, unkeyed }: Awaited<ReturnType<LaneNames>>,
): Promise<void> {
  for (const lane of keyed) await removeEvents(parts, lane, null);
  await removeLane(parts, unkeyed);
}

function present<T>(records: readonly (T | null)[]): readonly T[] {
  return records.filter((record) => record !== null);
}

function busy(): SmsError {
  return new SmsError(
    "contention",
    "Texts kept joining while a contact was erased, so some are left. Stop texting them, then erase again.",
    { retryable: true },
  );
}
