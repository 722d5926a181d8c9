import { describe, expect, it } from "vitest";
import { classifyReply } from "../../../src/core/consent/classify-reply";
import { consentGate } from "../../../src/core/decide/consent-gate";
import { decideLoggedInbound, decideLoggedStatus } from "../../../src/core/decide/logged-message";
import { decideSyncClaim, syncTaskId } from "../../../src/core/decide/sync";
import { deliveryState } from "../../../src/core/delivery/status";
import type { Consent } from "../../../src/core/model/consent";
import type { LoggedMessage } from "../../../src/core/model/logged-message";
import type { Versioned } from "../../../src/core/model/record";
import type { Task } from "../../../src/core/model/task";
import { timestampOf } from "../../../src/core/model/timestamp";
import { sampleConsent, sampleMessage } from "../../../src/testing/storage/sample-records";
import { FIXTURE_ACCOUNT_SID, FIXTURE_CONTACT, FIXTURE_OURS } from "../../fixtures/twilio/payloads";
import { sidOf } from "../../support/twilio-edge";

const NOW_MS = Date.parse("2026-11-23T09:00:00.000Z");
const SAID_MS = NOW_MS - 60_000;
const PLAIN = `${FIXTURE_ACCOUNT_SID}:${FIXTURE_CONTACT}`;
const MOMENT = { nowMs: NOW_MS, bornDueAtMs: NOW_MS };

function claimedTask(): Versioned<Task> {
  const plan = { accountSid: FIXTURE_ACCOUNT_SID, readings: 1, everyMs: 300_000, nowMs: SAID_MS };
  const { writes } = decideSyncClaim(null, { ...plan, leaseMs: 60_000, foundAttempts: null, sinceMs: null });
  const [write] = writes;
  if (write?.kind !== "task" || !("put" in write)) throw new Error("No task was put.");
  return { version: 4, value: write.put };
}

function consent(changes: Partial<Consent>): Versioned<Consent> {
  return { version: 3, value: { ...sampleConsent(1), state: "opted-in", maybeStopSince: null, ...changes } };
}

function decide(found: readonly Versioned<Consent>[], attempts = 1) {
  const ids = [PLAIN, "erased:1"] as const;
  const inIdOrder = ids.map((id) => found.find(({ value }) => value.id === id) ?? null);
  return decideLoggedInbound(
    {
      message: null,
      conversation: null,
      consent: consentGate(ids, inIdOrder),
      draft: null,
      task: claimedTask(),
    },
    {
      event: {
        payload: {
          kind: "message",
          messageSid: sidOf(1),
          accountSid: FIXTURE_ACCOUNT_SID,
          messagingServiceSid: null,
          from: FIXTURE_CONTACT,
          to: FIXTURE_OURS,
          body: "Hello",
          media: [],
          segments: 1,
          optOutType: null,
          extra: {},
        },
        pair: {
          accountSid: FIXTURE_ACCOUNT_SID,
          channel: "sms",
          ours: FIXTURE_OURS,
          contact: FIXTURE_CONTACT,
        },
        consentSender: null,
        reply: classifyReply("Hello", {}),
        maybeStop: "ask",
        keywordAnswers: null,
        instanceMode: null,
        logged: { saidAtMs: SAID_MS, assistWithinMs: 0 },
        newConversationId: "c1",
        newEntryId: "e1",
        newMessageId: "m1",
      },
      logged: { taskId: syncTaskId(FIXTURE_ACCOUNT_SID), attempts, saidAtMs: SAID_MS, isToUs: true },
    },
    MOMENT,
  );
}

describe("a message out of the log", () => {
  const plain = consent({ id: PLAIN });
  const mark = consent({ id: "erased:1", state: "unknown" });

  it("rests on the claim and on every consent record, so that an erasure or a takeover at the same moment collides", () => {
    const decision = decide([plain, mark]);
    expect(decision.answer.kind).toBe("stored");
    expect(decision.writes.filter((write) => "check" in write)).toEqual([
      { kind: "consent", check: PLAIN, expect: 3 },
      { kind: "consent", check: "erased:1", expect: 3 },
      { kind: "task", check: syncTaskId(FIXTURE_ACCOUNT_SID), expect: 4 },
    ]);
  });

  it.each([
    ["before it was said", SAID_MS - 1, "stored"],
    ["in the moment it was said", SAID_MS, "left-out"],
    ["since it was said", SAID_MS + 1, "left-out"],
  ])("of a contact who was erased %s", (_, erasedAtMs, kind) => {
    const erased = consent({ ...mark.value, erasedAt: timestampOf(erasedAtMs) });
    expect(decide([erased]).answer.kind).toBe(kind);
  });

  it("changes nothing for a claim that is lost", () => {
    expect(decide([plain, mark], 2)).toEqual({ writes: [], events: [], answer: { kind: "claim-lost" } });
  });
});

describe("a status out of the log", () => {
  const entry: LoggedMessage = {
    sid: sidOf(1),
    direction: "outbound-api",
    from: FIXTURE_OURS,
    to: FIXTURE_CONTACT,
    body: "Hi",
    messagingServiceSid: null,
    status: "failed",
    errorCode: 21_610,
    mediaCount: 0,
    billedSegments: null,
    createdAtMs: SAID_MS,
    sentAtMs: null,
  };

  it.each([
    [
      "is no news where it is known, and closes no gate again",
      deliveryState("failed", { errorCode: 21_610 }),
      0,
    ],
    ["closes the gate where it is news", deliveryState("sent"), 3],
  ])("%s", (_, delivery, writes) => {
    const value = {
      ...sampleMessage(1),
      accountSid: FIXTURE_ACCOUNT_SID,
      direction: "outbound" as const,
      sid: sidOf(1),
      delivery,
      status: delivery.status,
      from: FIXTURE_OURS,
    };
    const gate = consentGate([PLAIN], [consent({ id: PLAIN, since: timestampOf(SAID_MS - 1) })]);
    const event = {
      optOutErrors: [21_610],
      consentScope: "account" as const,
      newEntryId: "e1",
      nowMs: NOW_MS,
    };
    const decision = decideLoggedStatus(
      { bySid: { version: 1, value }, consent: gate },
      { ...event, accountSid: FIXTURE_ACCOUNT_SID, entry },
    );
    expect(decision.writes).toHaveLength(writes);
    expect(decision.answer).toBe(writes > 0);
  });
});
