import * as z from "zod";
import { pause } from "./pacing";

const PATIENCE_MS = 20_000;
const TRY_MS = 3_000;
const BETWEEN_TRIES_MS = 40;

/** An answer that came. */
export interface ClientAnswer {
  readonly status: number;
  readonly json: unknown;
  /** How often it was asked for. */
  readonly tries: number;
}

/** A client as it should be: it repeats what was not answered, with the same key, until it is. */
export interface InboxClient {
  get(path: string): Promise<ClientAnswer>;
  post(path: string, body: unknown): Promise<ClientAnswer>;
}

/** A client of the API under an address. It rejects after twenty seconds without an answer. */
export function createInboxClient(url: string): InboxClient {
  async function ask(path: string, init: RequestInit): Promise<ClientAnswer> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (let tries = 1; performance.now() < untilMs; tries += 1) {
      const answer = await once(path, init);
      // 409 is contention and 5xx trouble: both ask for another try.
      if (answer !== null && answer.status < 500 && answer.status !== 409) return { ...answer, tries };
      await pause(BETWEEN_TRIES_MS);
    }
    throw new Error(`No answer from ${path} within ${PATIENCE_MS / 1000} s.`);
  }

  async function once(path: string, init: RequestInit): Promise<Omit<ClientAnswer, "tries"> | null> {
    const asked = fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(TRY_MS) });
    return asked
      .then(async (response) => ({ status: response.status, json: await response.json() }))
      .catch(() => null);
  }

  return {
    get: (path) => ask(path, {}),
    post: (path, body) =>
      ask(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}

/** The outcome of a reply or an approval, as far as it is looked at. */
export const Outcome = z.object({
  kind: z.enum(["queued", "duplicate", "blocked"]),
  reason: z.string().nullable().default(null),
});

const Conversations = z.object({
  items: z.array(z.object({ id: z.string(), contact: z.string() })),
  nextCursor: z.string().nullable(),
});

/** The conversations of the inbox, by contact. */
export async function conversationsOf(client: InboxClient): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = Conversations.parse((await client.get(`/api/conversations?status=open${query}`)).json);
    for (const { id, contact } of page.items) found.set(contact, id);
    cursor = page.nextCursor;
  }
  return found;
}
