import * as z from "zod";
import type { Chance } from "./chance";
import { conversationsOf, Outcome } from "./inbox-client";
import type { ClientAnswer, InboxClient } from "./inbox-client";
import type { Ledger } from "./ledger";
import { pause } from "./pacing";

/** What the people at the inbox need. */
export interface AgentParts {
  readonly client: InboxClient;
  readonly ledger: Ledger;
  readonly chance: Chance;
  readonly isGoingOn: () => boolean;
}

const Drafts = z.object({ items: z.array(z.object({ id: z.string(), status: z.string() })) });

/** Somebody to answer; null where nobody has texted yet. What is known already is asked for again only now and then. */
function createDirectory({ client, chance }: AgentParts): () => Promise<readonly [string, string] | null> {
  let known: ReadonlyMap<string, string> = new Map();
  return async () => {
    if (known.size === 0 || chance.happens(0.1)) known = await conversationsOf(client);
    const [first, ...others] = known;
    return first === undefined ? null : chance.pick([first, ...others]);
  };
}

/** Answers somebody, again and again, until the load ends. */
export async function replyAway(name: string, parts: AgentParts): Promise<void> {
  const { chance, isGoingOn } = parts;
  const somebody = createDirectory(parts);
  for (let count = 1; isGoingOn(); count += 1) {
    await pause(chance.between(40, 200));
    const found = await somebody();
    if (found === null) continue;
    const [contact, id] = found;
    const body = `R-${name}-${count} with pleasure`;
    await reply(parts, { contact, id, body });
    // A double click.
    if (chance.happens(0.1)) await reply(parts, { contact, id, body });
  }
}

/** Asks for one reply until it is answered. The body is the key as well, so that it names one reply. */
export async function reply(
  { client, ledger }: Pick<AgentParts, "client" | "ledger">,
  { contact, id, body }: { readonly contact: string; readonly id: string; readonly body: string },
): Promise<void> {
  const beganAtMs = Date.now();
  const answer = await client.post(`/api/conversations/${id}/reply`, { body, idempotencyKey: body });
  note(ledger, { contact, body, beganAtMs }, answer);
}

/** Approves drafts with words of its own until the load ends. */
export async function approveAway(name: string, parts: AgentParts): Promise<void> {
  const { client, ledger, chance, isGoingOn } = parts;
  const somebody = createDirectory(parts);
  for (let count = 1; isGoingOn(); count += 1) {
    await pause(chance.between(40, 200));
    const found = await somebody();
    if (found === null) continue;
    const [contact, id] = found;
    const { items } = Drafts.parse((await client.get(`/api/conversations/${id}/drafts`)).json);
    const draft = items.find(({ status }) => status === "proposed");
    if (draft === undefined) continue;
    const body = `A-${name}-${count} with pleasure`;
    const beganAtMs = Date.now();
    const answer = await client.post(`/api/drafts/${draft.id}/approve`, { body });
    note(ledger, { contact, body, beganAtMs }, answer);
  }
}

function note(
  ledger: Ledger,
  asked: { readonly contact: string; readonly body: string; readonly beganAtMs: number },
  { status, json, tries }: ClientAnswer,
): void {
  if (status !== 200) {
    ledger.oddities.push(`a reply was answered ${status}: ${asked.body}`);
    return;
  }
  const { kind, reason } = Outcome.parse(json);
  ledger.replies.push({ ...asked, answeredAtMs: Date.now(), outcome: kind, reason, tries });
}
