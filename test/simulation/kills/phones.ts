import type { Simulator } from "../../../src/simulator/simulator";
import type { Chance } from "./chance";
import type { Ledger, SentText } from "./ledger";
import { pause } from "./pacing";

/** How somebody texts: `wavering` says STOP and START by turns, `leaving` says STOP once and goes on texting other things. */
export interface Texter {
  readonly contact: string;
  readonly manner: "plain" | "wavering" | "leaving";
}

/** What the phones need. */
export interface PhoneParts {
  readonly simulator: Simulator;
  readonly ours: string;
  readonly ledger: Ledger;
  readonly chance: Chance;
  readonly isGoingOn: () => boolean;
}

/** How often Twilio delivers a webhook again, where it does. */
const MOST_REDELIVERIES = 60;
const BETWEEN_REDELIVERIES_MS = 80;

/** Texts until the load ends. Each text has words of its own, keywords apart. */
export async function textAway(texter: Texter, parts: PhoneParts): Promise<void> {
  const { chance, isGoingOn } = parts;
  const { contact, manner } = texter;
  let hasLeft = false;
  for (let count = 1; isGoingOn(); count += 1) {
    await pause(chance.between(200, 800));
    await sendText(parts, { contact, body: `T-${contact}-${count} hello`, word: null });
    if (manner === "leaving" && !hasLeft && chance.happens(0.1)) {
      hasLeft = true;
      await sendText(parts, { contact, body: "STOP", word: "stop" });
    }
    if (manner !== "wavering" || !chance.happens(0.25)) continue;
    await sendText(parts, { contact, body: "STOP", word: "stop" });
    await pause(chance.between(500, 4_000));
    await sendText(parts, { contact, body: "START", word: "start" });
  }
}

/** Sends one text, and notes what came of it. */
export async function sendText(
  parts: PhoneParts,
  text: Pick<SentText, "contact" | "body" | "word">,
): Promise<SentText> {
  const { simulator, ours, ledger, chance } = parts;
  const beganAtMs = Date.now();
  const { sid, webhook } = await simulator.phone(text.contact).text(ours, text.body);
  let status = webhook?.status ?? null;
  // Half of what nobody answered is delivered again, before the next text of this phone; the other half never is.
  const isRepeated = !isTaken(status) && chance.happens(0.5);
  for (let count = 0; isRepeated && !isTaken(status) && count < MOST_REDELIVERIES; count += 1) {
    await pause(BETWEEN_REDELIVERIES_MS);
    status = await deliverAgain(simulator, sid);
  }
  if (status !== null && status >= 300 && status < 500) {
    ledger.oddities.push(`a text was answered ${status}: ${text.body}`);
  }
  const sent: SentText = { ...text, sid, beganAtMs, answeredAtMs: isTaken(status) ? Date.now() : null };
  ledger.texts.push(sent);
  return sent;
}

function isTaken(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** The same webhook again, byte for byte: a retry of Twilio's that comes later than the simulator's own. */
async function deliverAgain(simulator: Simulator, sid: string): Promise<number | null> {
  const webhook = simulator
    .webhooks()
    .findLast(({ messageSid, kind }) => messageSid === sid && kind === "inbound");
  if (webhook === undefined) throw new Error("The simulator made no webhook for a text.");
  return fetch(webhook.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": webhook.signature,
      "i-twilio-idempotency-token": webhook.idempotencyToken,
    },
    body: new URLSearchParams(webhook.fields).toString(),
    signal: AbortSignal.timeout(4_000),
  })
    .then(async (response) => {
      await response.text();
      return response.status;
    })
    .catch(() => null);
}
