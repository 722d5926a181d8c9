import { consentIdOf } from "../../../src/core/model/consent";
import type { Lists } from "../../../src/ports/storage";
import { chanceOf } from "./chance";
import type { RawWebhook } from "./raw-webhook";
import { ASSIGNEES, draftStatusOf, endsOf, type Ends } from "./records";
import type { Subject } from "./subject";
import { ACCOUNTS, type Workload } from "./workload";

/** What to ask a database for: so many different ones that no cache holds them all. */
export interface Samples {
  /** Threads of at least 200 messages. */
  readonly longThreads: readonly string[];
  readonly threads: readonly string[];
  readonly contacts: readonly WebhookKeys[];
  /** Those of the first account. */
  readonly contactsOfFirst: readonly WebhookKeys[];
  readonly assignees: readonly string[];
  /** A place in the middle of the open conversations of the first account. */
  readonly deep: { readonly cursor: string; readonly lastMessageAt: string; readonly id: string };
}

/** What a webhook looks up. */
export type WebhookKeys = Pick<RawWebhook, "messageId" | "accountSid" | "ours" | "contact" | "consentId">;

const COUNT = 1_000;
const LONG = 200;

/** Chooses samples; the same for the same seed and size. */
export async function samplesOf(subject: Subject, workload: Workload): Promise<Samples> {
  const { lengths, seed, conversations, messages } = workload;
  const chance = chanceOf(seed, "sample", messages);
  const long = [...lengths.keys()].filter((conversation) => (lengths[conversation] ?? 0) >= LONG);
  const ids = (chosen: readonly number[]): readonly string[] => chosen.map((one) => endsOf(workload, one).id);
  const contacts = Array.from({ length: COUNT }, () => {
    const { accountSid, ours, contact } = endsOf(workload, chance.below(conversations));
    const consentId = consentIdOf(accountSid, contact, null);
    // A webhook's message is new: it is looked for and not found.
    return { accountSid, ours, contact, messageId: `SM${chance.hex(32)}`, consentId };
  });
  return {
    longThreads: ids(long.slice(0, COUNT)),
    threads: ids(Array.from({ length: COUNT }, () => chance.below(conversations))),
    contacts,
    contactsOfFirst: contacts.filter(({ accountSid }) => accountSid === ACCOUNTS[0]),
    assignees: ASSIGNEES,
    deep: await deepPlace(subject, workload),
  };
}

/** The inbox as it is opened: what is open in the first account, a page of 50. */
export const INBOX = {
  list: "conversations",
  accountSid: ACCOUNTS[0],
  status: "open",
  channel: null,
  assignee: null,
  unread: false,
  needsAttention: false,
  limit: 50,
  cursor: null,
} as const satisfies { readonly list: "conversations" } & Lists["conversations"]["query"];

async function deepPlace({ storage }: Subject, workload: Workload): Promise<Samples["deep"]> {
  // Of all conversations, 60 % are in the first account and a little less than half of these are open.
  const middle = Math.floor((workload.conversations * 0.6 * 0.45) / 2);
  let cursor: string | null = null;
  for (let left = middle; ; left -= 1_000) {
    const limit = Math.min(1_000, Math.max(1, left));
    const { items, nextCursor }: Awaited<ReturnType<typeof storage.list<typeof INBOX>>> = await storage.list({
      ...INBOX,
      limit,
      cursor,
    });
    const last = items.at(-1);
    if (nextCursor === null || last === undefined) throw new Error("The inbox is shorter than it should be.");
    if (left <= 1_000) return { cursor: nextCursor, lastMessageAt: last.lastMessageAt, id: last.id };
    cursor = nextCursor;
  }
}

/** Contacts at whom webhooks arrive: of the first account, the busier the oftener, each once in 128 in a row, without a draft. */
export function* activeContacts(workload: Workload): Generator<Ends> {
  const chance = chanceOf(workload.seed, "sample", -workload.messages);
  const recent: number[] = [];
  for (;;) {
    const conversation = workload.order[chance.below(workload.messages)] ?? 0;
    if (recent.includes(conversation) || draftStatusOf(conversation) === "proposed") continue;
    const ends = endsOf(workload, conversation);
    if (ends.accountSid !== ACCOUNTS[0] || ends.channel !== "sms") continue;
    recent.push(conversation);
    if (recent.length > 128) recent.shift();
    yield ends;
  }
}
