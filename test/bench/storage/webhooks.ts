import { previewOf } from "../../../src/core/model/conversation";
import { createSms, type Sms } from "../../../src/create-sms";
import { deliveryState } from "../../../src/core/delivery/status";
import { consentIdOf } from "../../../src/core/model/consent";
import type { Entity, Versioned } from "../../../src/core/model/record";
import { timestampOf } from "../../../src/core/model/timestamp";
import type { Storage } from "../../../src/ports/storage";
import { inboundSms } from "../../fixtures/twilio/payloads";
import { ACCOUNT, signedPost, WEBHOOK_URL } from "../../support/harness";
import { chanceOf } from "./chance";
import { medianOf, quantilesOf, type Quantiles } from "./measure";
import { keysOf } from "./probes";
import type { RawWebhook } from "./raw-webhook";
import { EXTRA } from "./records";
import { activeContacts } from "./samples";
import type { Subject } from "./subject";
import type { Workload } from "./workload";

/** How many a second, and how long each took. */
export interface Rate extends Quantiles {
  readonly perSecond: number;
}

/** Webhooks with so many under way at once. */
export interface WebhookRates {
  readonly atOnce: number;
  /** The real path: from a signed `Request` to the answer, after the commit. */
  readonly webhook: Rate;
  /** Its reads and its commit alone, through the storage. */
  readonly storage: Rate;
  /** The same by hand; null where there is nothing beneath the storage. */
  readonly raw: Rate | null;
  /** Storage against by hand, in webhooks per second: the median of the rounds. */
  readonly ratio: number | null;
}

const ROUNDS = 7;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  return undefined;
}

type Side = "webhook" | "storage" | "raw";

/** Measures webhooks by turns: the real path, the storage alone, by hand. */
export async function measureWebhooks(
  subject: Subject,
  workload: Workload,
  atOnce: number,
): Promise<WebhookRates> {
  const { storage, raw } = subject;
  const sms = createSms({ account: ACCOUNT, webhookUrl: WEBHOOK_URL, logger: SILENT, storage });
  const arrivals = arrivalsOf(workload, atOnce);
  const count = atOnce === 1 ? 200 : 1_000;
  const sides: Side[] = raw === null ? ["webhook", "storage"] : ["webhook", "storage", "raw"];
  const calls: Record<Side, number[]> = { webhook: [], storage: [], raw: [] };
  const rates: Record<Side, number[]> = { webhook: [], storage: [], raw: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const place of sides.keys()) {
      const side = sides[(round + place) % sides.length] ?? "webhook";
      const arriving = Array.from({ length: count }, () => nextOf(arrivals));
      const works = await worksOf(side, arriving, { sms, subject });
      const { tookUs, perSecond } = await paced(works, atOnce);
      // The first round warms up.
      if (round === 0) continue;
      calls[side].push(...tookUs);
      rates[side].push(perSecond);
    }
  }
  const rateOf = (side: Side): Rate => ({ perSecond: medianOf(rates[side]), ...quantilesOf(calls[side]) });
  return {
    atOnce,
    webhook: rateOf("webhook"),
    storage: rateOf("storage"),
    raw: raw === null ? null : rateOf("raw"),
    ratio: raw === null ? null : medianOf(rates.storage.map((rate, round) => rate / (rates.raw[round] ?? 0))),
  };
}

/** Webhooks one after the other, for ever: to known contacts, with texts of the vocabulary. */
function* arrivalsOf(workload: Workload, atOnce: number): Generator<RawWebhook> {
  const chance = chanceOf(workload.seed, "arrival", workload.messages + atOnce);
  for (const { accountSid, ours, contact } of activeContacts(workload)) {
    yield {
      messageId: `SM${chance.hex(32)}`,
      accountSid,
      ours,
      contact,
      consentId: consentIdOf(accountSid, contact, null),
      body: workload.vocabulary.text(chance),
      at: timestampOf(Date.now()),
    };
  }
}

function nextOf(arrivals: Generator<RawWebhook>): RawWebhook {
  const next = arrivals.next();
  if (next.done === true) throw new RangeError("No more contacts.");
  return next.value;
}

type Work = () => Promise<unknown>;

async function worksOf(
  side: Side,
  arriving: readonly RawWebhook[],
  { sms, subject }: { readonly sms: Sms; readonly subject: Subject },
): Promise<readonly Work[]> {
  switch (side) {
    case "webhook": {
      // Signed beforehand: that is Twilio's work.
      const requests = await Promise.all(arriving.map((one) => signedPost(payloadOf(one))));
      return requests.map((request) => async () => {
        const { status } = await sms.webhook(request);
        if (status !== 200) throw new Error(`A webhook was answered ${status}.`);
      });
    }
    case "storage":
      return arriving.map((one) => () => receive(subject.storage, one));
    case "raw":
      return arriving.map((one) => async () => subject.raw?.webhook(one));
  }
}

function payloadOf({ messageId, accountSid, ours, contact, body }: RawWebhook): Record<string, string> {
  return inboundSms({ MessageSid: messageId, AccountSid: accountSid, To: ours, From: contact, Body: body });
}

/** Runs all, `atOnce` of them at any time. */
async function paced(
  works: readonly Work[],
  atOnce: number,
): Promise<{ readonly tookUs: readonly number[]; readonly perSecond: number }> {
  const tookUs: number[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    for (let work = works[next]; work !== undefined; work = works[next]) {
      next += 1;
      const startedMs = performance.now();
      await work();
      tookUs.push((performance.now() - startedMs) * 1_000);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, one));
  return { tookUs, perSecond: (works.length / (performance.now() - startedMs)) * 1_000 };
}

/** What the receiver does with a storage for a message of a known contact: one read, one commit; again where another was quicker. */
async function receive(storage: Storage, webhook: RawWebhook): Promise<void> {
  let outcome: "committed" | "conflict";
  do {
    const [, found] = await storage.read(keysOf(webhook));
    outcome = await storage.commit(writesOf(webhook, found ?? null));
  } while (outcome === "conflict");
}

function writesOf(
  { messageId, accountSid, ours, contact, body, at }: RawWebhook,
  found: Versioned<Entity> | null,
): Parameters<Storage["commit"]>[0] {
  if (found === null || !("lastSeq" in found.value))
    throw new Error("The contact of a webhook has no conversation.");
  const { value: conversation, version } = found;
  const seq = conversation.lastSeq + 1;
  const delivery = deliveryState("received");
  return [
    {
      kind: "conversation",
      expect: version,
      put: {
        ...conversation,
        status: "open",
        unreadCount: conversation.unreadCount + 1,
        lastMessageAt: at,
        preview: previewOf(body, 0),
        lastSeq: seq,
        lastInboundSeq: seq,
      },
    },
    {
      kind: "message",
      expect: "absent",
      put: {
        id: messageId,
        accountSid,
        conversationId: conversation.id,
        seq,
        direction: "inbound",
        from: contact,
        to: ours,
        ours,
        body,
        media: [],
        status: delivery.status,
        delivery,
        sid: messageId,
        error: null,
        segments: 1,
        encoding: "GSM-7",
        billedSegments: null,
        answersKeyword: null,
        author: { kind: "contact" },
        extra: EXTRA,
        createdAt: at,
      },
    },
  ];
}
