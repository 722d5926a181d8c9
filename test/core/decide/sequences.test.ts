import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../../src/adapters/storage/memory";
import { classifyReply } from "../../../src/core/consent/classify-reply";
import { consentGate } from "../../../src/core/decide/consent-gate";
import type { Decision, Moment } from "../../../src/core/decide/decision";
import { decideClaim } from "../../../src/core/decide/dispatch";
import type { ClaimAnswer } from "../../../src/core/decide/dispatch";
import { decideInbound } from "../../../src/core/decide/inbound";
import { decideOutbound, dispatchTaskId } from "../../../src/core/decide/outbound";
import { decideSettle } from "../../../src/core/decide/settle";
import type { CallResult } from "../../../src/core/decide/settle";
import { decideStatus } from "../../../src/core/decide/status";
import { statusRank } from "../../../src/core/delivery/status";
import { consentIdOf } from "../../../src/core/model/consent";
import type { Consent } from "../../../src/core/model/consent";
import type { ConversationRecord } from "../../../src/core/model/conversation";
import type { Message } from "../../../src/core/model/message";
import { writtenId } from "../../../src/core/model/record";
import type { EntityOf, Key, Kind, Versioned } from "../../../src/core/model/record";
import type { Task } from "../../../src/core/model/task";
import { parseWebhook } from "../../../src/core/webhook/payload";
import type { InboundPayload, StatusPayload } from "../../../src/core/webhook/payload";
import type { Storage } from "../../../src/ports/storage";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_OURS,
  inboundSms,
  statusCallback,
} from "../../fixtures/twilio/payloads";

const CONTACTS = ["+14155550100", "+14155550101"] as const;
const BASE_MS = Date.parse("2026-11-23T09:00:00.000Z");
const TIMES = { leaseMs: 1_000, absenceMs: 1_000 };

/** One step of a history. `who` and `which` choose among contacts and messages; clocks of processes may disagree. */
type Step =
  | { readonly kind: "inbound"; readonly who: number; readonly body: string; readonly sid: number }
  | { readonly kind: "send"; readonly who: number; readonly key: number }
  | {
      readonly kind: "claim";
      readonly which: number;
      readonly staleAttempts: boolean;
    }
  | {
      readonly kind: "settle";
      readonly which: number;
      readonly result: CallResult;
      readonly attempts: number;
    }
  | { readonly kind: "status"; readonly which: number; readonly status: string; readonly code: string };

/** A step with its process's clock, and how many later steps are decided before this one is committed. */
interface Turn {
  readonly step: Step;
  readonly clockMs: number;
  readonly commitsAfter: number;
}

const who = fc.nat({ max: CONTACTS.length - 1 });
const which = fc.nat({ max: 3 });
const call: fc.Arbitrary<CallResult> = fc.oneof(
  fc.record({
    kind: fc.constant("accepted" as const),
    sid: fc.constant("own"),
    status: fc.constantFrom("queued", "accepted", "failed"),
    from: fc.constant(FIXTURE_OURS),
    errorCode: fc.constantFrom(null, 30_007),
    billedSegments: fc.constantFrom(null, 1, 2),
  }),
  fc.record({ kind: fc.constant("rejected" as const), code: fc.constantFrom(21_211, 21_610, null) }),
  fc.constant({ kind: "retry" as const, plan: { delayMs: 10 } }),
  fc.constant({ kind: "unknown" as const }),
);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("inbound" as const),
    who,
    body: fc.constantFrom("Hello", "STOP", "STOP", "START", "", "👋"),
    sid: fc.nat({ max: 12 }),
  }),
  fc.record({ kind: fc.constant("send" as const), who, key: fc.nat({ max: 1 }) }),
  fc.record({
    kind: fc.constant("claim" as const),
    which,
    staleAttempts: fc.constantFrom(false, false, true),
  }),
  fc.record({ kind: fc.constant("settle" as const), which, result: call, attempts: fc.nat({ max: 3 }) }),
  fc.record({
    kind: fc.constant("status" as const),
    which,
    status: fc.constantFrom(
      "queued",
      "sent",
      "delivered",
      "undelivered",
      "failed",
      "read",
      "sending",
      "new-word",
    ),
    code: fc.constantFrom("", "30006", "21610"),
  }),
);
const history: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    step: stepArbitrary,
    clockMs: fc.integer({ min: -5_000, max: 5_000 }),
    commitsAfter: fc.constantFrom(0, 0, 0, 1, 2, 3),
  }),
  { minLength: 5, maxLength: 40 },
);

const at = (step: Step, commitsAfter = 0): Turn => ({ step, clockMs: 0, commitsAfter });
const FIRST_SENDS = [at({ kind: "send", who: 0, key: 0 }), at({ kind: "send", who: 1, key: 0 })];
const CLAIM: Step = { kind: "claim", which: 0, staleAttempts: false };

/** A decision that waits for its commit. */
interface Pending {
  readonly decision: Decision<unknown>;
  readonly isCall: boolean;
  readonly consentId: string;
  readonly dueTurn: number;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Decides twice on frozen input: a decision is its input's and nothing else's. */
function decided<Input, A>(input: Input, decide: (input: Input) => Decision<A>): Decision<A> {
  const decision = decide(deepFreeze(structuredClone(input)));
  expect(decide(deepFreeze(structuredClone(input)))).toEqual(decision);
  const named = decision.writes.map((write) => `${write.kind}/${writtenId(write)}`);
  expect(new Set(named).size).toBe(named.length);
  return decision;
}

const sidOf = (messageId: string): string => `SM${Buffer.from(messageId).toString("hex").padEnd(32, "0")}`;
const messageIdOf = (index: number): string => `m${index}`;

async function recordOf<K extends Kind>(
  storage: Storage,
  key: Extract<Key, { kind: K }>,
): Promise<Versioned<EntityOf[K]> | null> {
  const [record] = await storage.read([key]);
  // A storage answers with a record of the key's kind.
  return (record ?? null) as Versioned<EntityOf[K]> | null;
}

/** What a step decides on the records as they are now; null where there is nothing to decide on. */
async function decideStep(
  storage: Storage,
  turn: Turn,
  index: number,
): Promise<Omit<Pending, "dueTurn"> | null> {
  const { step } = turn;
  const nowMs = BASE_MS + index * 10 + turn.clockMs;
  const moment: Moment = { nowMs, bornDueAtMs: nowMs };
  const ids = { newConversationId: `c-${index}`, newEntryId: `e-${index}` };
  if (step.kind === "inbound" || step.kind === "send") {
    const contact = CONTACTS[step.who] ?? CONTACTS[0];
    const pair = { accountSid: FIXTURE_ACCOUNT_SID, channel: "sms", ours: FIXTURE_OURS, contact } as const;
    const consentId = consentIdOf(FIXTURE_ACCOUNT_SID, contact, null);
    const conversation = await recordOf<"conversation">(storage, {
      kind: "conversation",
      pair: [FIXTURE_ACCOUNT_SID, FIXTURE_OURS, contact],
    });
    const consent = await recordOf<"consent">(storage, { kind: "consent", id: consentId });
    if (step.kind === "inbound") {
      const messageSid = `SM${String(step.sid * CONTACTS.length + step.who).padStart(32, "f")}`;
      // The fixture is a message.
      const payload = parseWebhook(
        inboundSms({ From: contact, Body: step.body, MessageSid: messageSid }),
      ) as InboundPayload;
      const message = await recordOf<"message">(storage, { kind: "message", id: payload.messageSid });
      const event = {
        payload,
        pair,
        reply: classifyReply(payload.body),
        instanceMode: "draft" as const,
        consentSender: null,
        maybeStop: "ask" as const,
        keywordAnswers: null,
        logged: null,
        newMessageId: `a-${index}`,
        ...ids,
      };
      const decision = decided(
        { message, conversation, consent: consentGate([consentId], [consent]), draft: null },
        (records) => decideInbound(records, event, moment),
      );
      return { decision, isCall: false, consentId };
    }
    const messageId = messageIdOf(step.key * CONTACTS.length + step.who);
    const message = await recordOf<"message">(storage, { kind: "message", id: messageId });
    const text = {
      pair,
      consentSender: null,
      parts: [{ messageId, body: "Hi", media: [], segments: 1, encoding: "GSM-7" }],
      isMarketing: false,
      author: { kind: "app" },
      taskClass: "urgent",
      instanceMode: "draft",
      ...ids,
    } as const;
    return {
      decision: decided({ message, conversation, consent: consentGate([consentId], [consent]) }, (records) =>
        decideOutbound(records, text, moment),
      ),
      isCall: false,
      consentId,
    };
  }
  const messageId = messageIdOf(step.which);
  const message = await recordOf<"message">(storage, { kind: "message", id: messageId });
  if (message === null) return null;
  const consentId = consentIdOf(FIXTURE_ACCOUNT_SID, message.value.to, null);
  const consent = await recordOf<"consent">(storage, { kind: "consent", id: consentId });
  const task = await recordOf<"task">(storage, { kind: "task", id: dispatchTaskId(messageId) });
  if (step.kind === "claim") {
    const attempts = (task?.value.attempts ?? 0) - (step.staleAttempts ? 1 : 0);
    const claimant = { attempts, messageId, nowMs, ...TIMES };
    const decision = decided(
      { task, message, consent: consentGate([consentId], [consent]), rest: [] },
      (records) => decideClaim(records, claimant),
    );
    return { decision, isCall: (decision.answer satisfies ClaimAnswer).kind === "call", consentId };
  }
  if (step.kind === "settle") {
    const result = step.result.kind === "accepted" ? { ...step.result, sid: sidOf(messageId) } : step.result;
    const settlement = {
      result,
      called: message.value,
      attempts: step.attempts,
      claimedAtMs: nowMs,
      absentFromMs: nowMs + 2_000,
      optOutErrors: [21_610],
      newEntryId: ids.newEntryId,
      nowMs,
    };
    return {
      decision: decided(
        { task, message, consent: consentGate([consentId], [consent]), rest: [] },
        (records) => decideSettle(records, settlement),
      ),
      isCall: false,
      consentId,
    };
  }
  const fields = statusCallback({
    MessageSid: sidOf(messageId),
    MessageStatus: step.status,
    To: message.value.to,
    ErrorCode: step.code,
  });
  // The fixture is a report.
  const payload = parseWebhook(fields) as StatusPayload;
  const bySid = await recordOf<"message">(storage, { kind: "message", sid: payload.messageSid });
  const event = {
    payload,
    optOutErrors: [21_610],
    consentScope: "account" as const,
    newEntryId: ids.newEntryId,
    nowMs,
  };
  return {
    decision: decided({ byId: message, bySid, consent: consentGate([consentId], [consent]) }, (records) =>
      decideStatus(records, event),
    ),
    isCall: false,
    consentId,
  };
}

interface Snapshot {
  readonly conversations: readonly ConversationRecord[];
  readonly messages: readonly Message[];
  readonly consents: readonly Consent[];
  readonly tasks: readonly Task[];
}

async function snapshot(storage: Storage): Promise<Snapshot> {
  const page = { limit: 1_000, cursor: null };
  const conversations = (
    await storage.list({
      list: "conversations",
      accountSid: null,
      status: null,
      channel: null,
      assignee: null,
      unread: false,
      needsAttention: false,
      ...page,
    })
  ).items;
  const messages = (
    await Promise.all(
      conversations.map(({ id }) =>
        storage.list({ list: "messages", conversationId: id, order: "oldest-first", ...page }),
      ),
    )
  ).flatMap(({ items }) => items);
  const consents = await Promise.all(
    CONTACTS.map((contact) =>
      recordOf<"consent">(storage, { kind: "consent", id: consentIdOf(FIXTURE_ACCOUNT_SID, contact, null) }),
    ),
  );
  const tasks = (
    await storage.list({ list: "tasks", class: "urgent", dueBeforeMs: Number.MAX_SAFE_INTEGER, ...page })
  ).items;
  return {
    conversations,
    messages,
    consents: consents.flatMap((record) => (record === null ? [] : [record.value])),
    tasks,
  };
}

function expectForwardOnly(before: Snapshot, after: Snapshot): void {
  for (const old of before.messages) {
    const now = after.messages.find(({ id }) => id === old.id);
    expect(now).toMatchObject({ seq: old.seq, body: old.body, createdAt: old.createdAt });
    expect(statusRank(now?.status ?? "pending")).toBeGreaterThanOrEqual(statusRank(old.status));
    if (old.sid !== null) expect(now?.sid).toBe(old.sid);
  }
  for (const old of before.conversations) {
    const now = after.conversations.find(({ id }) => id === old.id);
    expect((now?.lastMessageAt ?? "") >= old.lastMessageAt).toBe(true);
    expect(now?.lastSeq).toBeGreaterThanOrEqual(old.lastSeq);
  }
}

function expectWhole({ conversations, messages }: Snapshot): void {
  expect(new Set(conversations.map(({ contact }) => contact)).size).toBe(conversations.length);
  for (const { id, lastSeq } of conversations) {
    const seqs = messages.filter(({ conversationId }) => conversationId === id).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
  }
}

/** Plays a history and checks every law at every commit. Answers what happened, so that a test can tell that something did. */
async function play(
  turns: readonly Turn[],
): Promise<{ readonly calls: number; readonly conflicts: number; readonly refusedAfterStop: number }> {
  const storage = memoryStorage();
  let waiting: readonly Pending[] = [];
  let before = await snapshot(storage);
  const counts = { calls: 0, conflicts: 0, refusedAfterStop: 0 };
  for (let index = 0; index < turns.length + 4; index += 1) {
    const turn = turns[index];
    const made = turn === undefined ? null : await decideStep(storage, turn, index);
    if (made !== null && turn !== undefined)
      waiting = [...waiting, { ...made, dueTurn: index + turn.commitsAfter }];
    const due = waiting.filter(({ dueTurn }) => dueTurn <= index);
    waiting = waiting.filter(({ dueTurn }) => dueTurn > index);
    for (const { decision, isCall, consentId } of due) {
      if (decision.writes.length === 0) continue;
      const consent = await recordOf<"consent">(storage, { kind: "consent", id: consentId });
      const outcome = await storage.commit(decision.writes);
      if (outcome === "conflict") counts.conflicts += 1;
      if (outcome === "conflict" && isCall && consent?.value.state === "opted-out")
        counts.refusedAfterStop += 1;
      const isCalled = outcome === "committed" && isCall;
      if (isCalled) counts.calls += 1;
      // Guarantee G3: the gate was open when the claim was committed, whatever it was when it was read.
      expect(isCalled && consent?.value.state === "opted-out").toBe(false);
      const after = await snapshot(storage);
      expectForwardOnly(before, after);
      expectWhole(after);
      before = after;
    }
  }
  return counts;
}

describe("any history of decisions", () => {
  it("keeps the laws of consent, status, order and purity", async () => {
    const total = { calls: 0, conflicts: 0 };
    await fc.assert(
      fc.asyncProperty(history, async (turns) => {
        const { calls, conflicts } = await play([...FIRST_SENDS, ...turns]);
        total.calls += calls;
        total.conflicts += conflicts;
      }),
      { numRuns: 150 },
    );
    // A property that never met a claim or a collision would prove nothing.
    expect(total.calls).toBeGreaterThan(20);
    expect(total.conflicts).toBeGreaterThan(20);
  });

  it("refuses a claim that was decided before a STOP and is committed after it", async () => {
    const counts = await play([
      ...FIRST_SENDS,
      at(CLAIM, 2),
      at({ kind: "inbound", who: 0, body: "STOP", sid: 1 }),
      at(CLAIM),
    ]);
    expect(counts).toEqual({ calls: 0, conflicts: 1, refusedAfterStop: 1 });
  });

  it("calls once for two claims that were decided at once", async () => {
    const counts = await play([...FIRST_SENDS, at(CLAIM, 1), at(CLAIM)]);
    expect(counts).toEqual({ calls: 1, conflicts: 1, refusedAfterStop: 0 });
  });
});
