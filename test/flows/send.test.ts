import { HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { isSmsError } from "../../src/core/model/errors";
import type { Message } from "../../src/core/model/message";
import type { SendOutcome } from "../../src/core/model/send-outcome";
import type { SendRequest } from "../../src/flows/send";
import type { Storage } from "../../src/ports/storage";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_CONTACT,
  FIXTURE_MESSAGING_SERVICE_SID,
  FIXTURE_OURS,
  inboundSms,
  statusCallback,
} from "../fixtures/twilio/payloads";
import { ACCOUNT, harness, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { manualRuntime } from "../support/manual-runtime";
import { createdMessage, sidOf, twilioEdge, twilioError } from "../support/twilio-edge";

const edge = twilioEdge();

function queued(outcome: SendOutcome): Message {
  expect(outcome.kind).toBe("queued");
  if (outcome.message === null) throw new Error("blocked");
  return outcome.message;
}

async function messageOf({ sms }: Harness, sent: Message): Promise<Message | undefined> {
  const { items } = await sms.conversations.messages(sent.conversationId);
  return items.find(({ id }) => id === sent.id);
}

/** A storage whose process dies when Twilio has answered: what is committed after that never comes back. `inner` lives on. */
function dyingInTheCall(): { inner: Storage; storage: Storage; isDead: () => boolean } {
  const inner = memoryStorage();
  let dead = false;
  const storage: Storage = {
    ...inner,
    commit: (writes) => (dead ? Promise.race<never>([]) : inner.commit(writes)),
  };
  edge.answerWith(({ form }, index) => {
    dead = true;
    return createdMessage(form, sidOf(index));
  });
  return { inner, storage, isDead: () => dead };
}

describe("sending", () => {
  it("commits first, hands over by a task, and settles with Twilio's sid and status", async () => {
    const h = harness();
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    expect(sent).toMatchObject({
      status: "pending",
      direction: "outbound",
      sid: null,
      segments: 1,
      encoding: "GSM-7",
    });
    expect(edge.reached).toHaveLength(0);
    await h.sms.runDue();
    expect(await messageOf(h, sent)).toMatchObject({ status: "queued", sid: sidOf(0), error: null });
    expect(h.eventNames()).toEqual([
      "conversation.created",
      "message.status",
      "message.sent",
      "message.status",
    ]);
    const [request] = edge.reached;
    expect(Object.fromEntries(request?.form ?? [])).toEqual({
      To: FIXTURE_CONTACT,
      From: FIXTURE_OURS,
      Body: "Hi",
      StatusCallback: `${WEBHOOK_URL}?mid=${sent.id}#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000`,
    });
    expect(request?.headers.get("authorization")).toBe(
      `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)}`,
    );
  });

  it("uses the API key where there is one, and the Messaging Service where that sends", async () => {
    const { from: _, ...account } = ACCOUNT;
    const h = harness({
      account: {
        ...account,
        apiKeySid: "SK0123456789abcdef0123456789abcdef",
        apiKeySecret: "key-secret",
        messagingServiceSid: FIXTURE_MESSAGING_SERVICE_SID,
      },
    });
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    await h.sms.runDue();
    const [request] = edge.reached;
    expect(request?.headers.get("authorization")).toBe(
      `Basic ${btoa("SK0123456789abcdef0123456789abcdef:key-secret")}`,
    );
    expect(request?.form.get("MessagingServiceSid")).toBe(FIXTURE_MESSAGING_SERVICE_SID);
    expect(request?.form.has("From")).toBe(false);
    expect(await messageOf(h, sent)).toMatchObject({
      status: "accepted",
      from: FIXTURE_MESSAGING_SERVICE_SID,
    });
    await h.post(
      statusCallback({
        MessageSid: sidOf(0),
        MessageStatus: "sent",
        From: "+15005550007",
        To: FIXTURE_CONTACT,
      }),
      `${WEBHOOK_URL}?mid=${sent.id}`,
    );
    expect(await messageOf(h, sent)).toMatchObject({ status: "sent", from: "+15005550007" });
  });

  it("sends media without text", async () => {
    const h = harness();
    queued(
      await h.sms.send({
        to: FIXTURE_CONTACT,
        media: ["https://example.com/a.png", "https://example.com/b.png"],
      }),
    );
    await h.sms.runDue();
    expect(edge.reached[0]?.form.getAll("MediaUrl")).toEqual([
      "https://example.com/a.png",
      "https://example.com/b.png",
    ]);
    expect(edge.reached[0]?.form.has("Body")).toBe(false);
  });

  it("makes one message of one idempotency key, at once and later, in one process and in two", async () => {
    const storage = memoryStorage();
    const [one, two] = [
      harness({ storage }),
      harness({ storage, manual: manualRuntime({ idPrefix: "two" }) }),
    ];
    const request = { to: FIXTURE_CONTACT, body: "Your order has left", idempotencyKey: "order-42" };
    const outcomes = await Promise.all([one, two, one, two, one].map(({ sms }) => sms.send(request)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
      "duplicate",
      "duplicate",
      "duplicate",
      "duplicate",
      "queued",
    ]);
    expect(new Set(outcomes.map(({ message }) => message?.id)).size).toBe(1);
    await Promise.all([one.sms.runDue(), two.sms.runDue()]);
    expect(edge.reached).toHaveLength(1);
    expect((await one.sms.send(request)).kind).toBe("duplicate");
  });

  it("ids tell no phone number", async () => {
    const h = harness();
    const sent = queued(
      await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", idempotencyKey: FIXTURE_CONTACT }),
    );
    expect(`${sent.id} ${sent.conversationId}`).not.toContain("4155550100");
  });

  it("cleans text of NUL and half surrogate pairs", async () => {
    const h = harness();
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "a\u0000b\ud83dc" }));
    expect(sent.body).toBe("ab\ufffdc");
  });

  it.each<[string, string, SendRequest]>([
    ["a destination that is no address", "address_invalid", { to: "555-7654", body: "Hi" }],
    ["a number without country code", "address_invalid", { to: "5557654321", body: "Hi" }],
    ["a missing destination", "address_invalid", { to: undefined as unknown as string, body: "Hi" }],
    ["an empty body without media", "body_empty", { to: FIXTURE_CONTACT, body: " \n" }],
    ["a body over 1,600 characters", "body_too_long", { to: FIXTURE_CONTACT, body: "x".repeat(1_601) }],
    ["a media URL that is none", "media_invalid", { to: FIXTURE_CONTACT, media: ["file:///etc/passwd"] }],
    ["media over plain http", "media_invalid", { to: FIXTURE_CONTACT, media: ["http://example.com/a.png"] }],
    [
      "media with a password in the URL",
      "media_invalid",
      { to: FIXTURE_CONTACT, media: ["https://u:p@example.com/a.png"] },
    ],
    ["a sender of another channel", "address_invalid", { to: `whatsapp:${FIXTURE_CONTACT}`, body: "Hi" }],
    [
      "eleven media",
      "media_invalid",
      { to: FIXTURE_CONTACT, media: Array.from({ length: 11 }, (_, n) => `https://example.com/${n}`) },
    ],
    ["a sender that is none", "address_invalid", { to: FIXTURE_CONTACT, body: "Hi", from: "not a sender!" }],
    ["another account", "account_unknown", { to: FIXTURE_CONTACT, body: "Hi", accountSid: "AC1" }],
  ])("%s is refused with %s and changes nothing", async (_, code, request) => {
    const h = harness();
    await expect(h.sms.send(request)).rejects.toSatisfy(
      (error: unknown) => isSmsError(error) && error.code === code,
    );
    expect((await h.sms.conversations.list()).items).toEqual([]);
    expect(h.events).toEqual([]);
  });

  it.each<[string, object]>([
    ["a misspelt idempotency key", { to: FIXTURE_CONTACT, body: "Hi", idempotencykey: "order-42" }],
    ["an option of another call", { to: FIXTURE_CONTACT, body: "Hi", evenIfStale: true }],
  ])("%s is refused, since ignoring it could send twice", async (_, request) => {
    const h = harness();
    await expect(h.sms.send(request as SendRequest)).rejects.toMatchObject({ code: "config_invalid" });
    expect((await h.sms.conversations.list()).items).toEqual([]);
  });

  it.each<[string, object]>([
    ["a body that is no text", { to: FIXTURE_CONTACT, body: 42 }],
    ["media that is no list", { to: FIXTURE_CONTACT, media: "https://example.com/a.png" }],
  ])("%s is refused", async (_, request) => {
    await expect(harness().sms.send(request as SendRequest)).rejects.toThrow(TypeError);
  });

  it("takes exactly 1,600 characters", async () => {
    const h = harness();
    expect(queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "x".repeat(1_600) })).segments).toBe(11);
  });
});

describe("the gate at dispatch", () => {
  it("a STOP that lands between send() and dispatch stops the send", async () => {
    const h = harness();
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    await h.post(inboundSms({ Body: "STOP" }));
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(0);
    expect(await messageOf(h, sent)).toMatchObject({ status: "blocked", sid: null, error: { code: null } });
    expect(h.events.find(({ name }) => name === "send.blocked")).toMatchObject({
      data: { reason: "opted_out" },
    });
    await h.runtime.advance(600_000);
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(0);
  });

  it("a STOP that commits between the claim's read and its commit stops the send", async () => {
    const inner = memoryStorage();
    let beforeClaim: (() => Promise<unknown>) | null = null;
    const storage = {
      ...inner,
      commit: async (writes: Parameters<typeof inner.commit>[0]) => {
        const isClaim = writes.some((write) => write.kind === "task" && "put" in write && write.put.calling);
        const stop = isClaim ? beforeClaim : null;
        if (stop !== null) {
          beforeClaim = null;
          await stop();
        }
        return inner.commit(writes);
      },
    };
    const h = harness({ storage });
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    beforeClaim = () => h.post(inboundSms({ Body: "STOP" }));
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(0);
    expect(await messageOf(h, sent)).toMatchObject({ status: "blocked" });
  });

  it("a STOP that commits between send()'s read and its commit blocks it there already", async () => {
    const inner = memoryStorage();
    let beforeSend: (() => Promise<unknown>) | null = null;
    const storage = {
      ...inner,
      commit: async (writes: Parameters<typeof inner.commit>[0]) => {
        const stop = writes.some(({ kind }) => kind === "task") ? beforeSend : null;
        if (stop !== null) {
          beforeSend = null;
          await stop();
        }
        return inner.commit(writes);
      },
    };
    const h = harness({ storage });
    await h.post(inboundSms({ Body: "Hello", MessageSid: sidOf(1) }));
    beforeSend = () => h.sms.consent.optOut({ contact: FIXTURE_CONTACT });
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).toMatchObject({ kind: "blocked" });
  });

  it("a STOP to a first-time contact collides with the send that creates them", async () => {
    const inner = memoryStorage();
    let beforeSend: (() => Promise<unknown>) | null = null;
    const storage = {
      ...inner,
      commit: async (writes: Parameters<typeof inner.commit>[0]) => {
        const stop = writes.some(({ kind }) => kind === "task") ? beforeSend : null;
        if (stop !== null) {
          beforeSend = null;
          await stop();
        }
        return inner.commit(writes);
      },
    };
    const other = harness({ storage, manual: manualRuntime({ idPrefix: "other" }) });
    const h = harness({ storage });
    beforeSend = () => other.post(inboundSms({ Body: "STOP" }));
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" })).toMatchObject({ kind: "blocked" });
  });

  it("a claim that has waited longer than the fence is given back, not used", async () => {
    const manual = manualRuntime();
    const account = async (): Promise<typeof ACCOUNT> => {
      if (slow) await manual.advance(20_000);
      slow = false;
      return ACCOUNT;
    };
    let slow = false;
    const h = harness({ manual, account });
    const sent = queued(
      await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", accountSid: FIXTURE_ACCOUNT_SID }),
    );
    slow = true;
    const { ran } = await h.sms.runDue();
    expect(ran).toBe(2);
    expect(edge.reached).toHaveLength(1);
    expect(await messageOf(h, sent)).toMatchObject({ status: "queued" });
  });
});

describe("what Twilio answers", () => {
  async function settledWith(
    answer: (index: number) => Response | Promise<Response>,
  ): Promise<{ h: Harness; sent: Message }> {
    edge.answerWith((_, index) => answer(index));
    const h = harness();
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    await h.sms.runDue();
    return { h, sent };
  }

  it.each([
    [401, 20003],
    [404, 20404],
    [400, 21211],
  ])(
    "%i is final: the message fails with Twilio's code, explained, and is not tried again",
    async (status, code) => {
      const { h, sent } = await settledWith(() => twilioError(status, code));
      const message = await messageOf(h, sent);
      expect(message).toMatchObject({ status: "failed", error: { code } });
      expect(message?.error?.advice).not.toBe("");
      await h.runtime.advance(3_600_000);
      await h.sms.runDue();
      expect(edge.reached).toHaveLength(1);
      expect(h.events.find(({ name }) => name === "error")).toMatchObject({
        data: { error: { code: "send_failed" } },
      });
    },
  );

  it("21610 fails the message and closes the gate, with a line in the ledger", async () => {
    const { h, sent } = await settledWith(() => twilioError(400, 21610));
    expect(await messageOf(h, sent)).toMatchObject({ status: "failed", error: { code: 21610 } });
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
    expect(await h.sms.send({ to: FIXTURE_CONTACT, body: "Again" })).toMatchObject({ kind: "blocked" });
  });

  it("429 is tried again after the time that Twilio asks for, once", async () => {
    const { h, sent } = await settledWith((index) =>
      index === 0
        ? twilioError(429, 20429, { "retry-after": "7" })
        : createdMessage(new URLSearchParams(), sidOf(0)),
    );
    expect(await messageOf(h, sent)).toMatchObject({ status: "pending" });
    await h.runtime.advance(6_900);
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(1);
    await h.runtime.advance(60_000);
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(2);
    expect(await messageOf(h, sent)).toMatchObject({ status: "queued", sid: sidOf(0) });
  });

  it("429 for ever ends with a reason", async () => {
    const { h, sent } = await settledWith(() => twilioError(429, 20429));
    for (let hour = 0; hour < 30; hour += 1) {
      await h.runtime.advance(3_600_000);
      await h.sms.runDue();
    }
    expect(await messageOf(h, sent)).toMatchObject({
      status: "failed",
      error: { code: null, title: "Not sent" },
    });
    expect(edge.reached.length).toBeLessThan(20);
  });

  it.each<[string, () => Response]>([
    ["500", () => twilioError(500, 20500)],
    ["503", () => twilioError(503, 20503)],
    ["a page of HTML with status 502", () => new HttpResponse("<html>Bad gateway</html>", { status: 502 })],
    ["201 with truncated JSON", () => new HttpResponse('{"sid":"SM', { status: 201 })],
    ["a connection that breaks", () => HttpResponse.error()],
  ])("%s leaves the outcome unknown, and the message is never sent again blindly", async (_, answer) => {
    edge.tellWith(() => twilioError(503, 20503));
    const { h, sent } = await settledWith(answer);
    expect(await messageOf(h, sent)).toMatchObject({ status: "unknown", sid: null });
    await h.runtime.advance(3_600_000);
    await h.sms.runDue();
    expect(edge.reached).toHaveLength(1);
    await h.post(
      statusCallback({ MessageSid: sidOf(5), MessageStatus: "delivered", To: FIXTURE_CONTACT }),
      `${WEBHOOK_URL}?mid=${sent.id}`,
    );
    expect(await messageOf(h, sent)).toMatchObject({ status: "delivered", sid: sidOf(5), error: null });
  });

  it("no answer within requestTimeoutMs leaves the outcome unknown", async () => {
    const hung: { release: (() => void) | null } = { release: null };
    edge.answerWith(
      () =>
        new Promise((resolve) => {
          hung.release = () => {
            resolve(HttpResponse.json({}));
          };
        }),
    );
    const timing = {
      requestTimeoutMs: 2_000,
      leaseMs: 8_000,
      absenceMs: 4_000,
      fenceMs: 2_000,
      graceMs: 500,
    };
    const h = harness({ timing });
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    const run = h.sms.runDue();
    await expect.poll(() => edge.reached.length).toBe(1);
    await h.runtime.advance(1_999);
    expect(await messageOf(h, sent)).toMatchObject({ status: "pending" });
    await h.runtime.advance(1);
    await run;
    expect(await messageOf(h, sent)).toMatchObject({ status: "unknown" });
    hung.release?.();
  });

  it("an account resolver that fails is no unknown outcome: it is tried again", async () => {
    let away = false;
    const h = harness({ account: () => (away ? Promise.reject(new Error("tenants are away")) : ACCOUNT) });
    const sent = queued(
      await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", accountSid: FIXTURE_ACCOUNT_SID }),
    );
    away = true;
    await h.sms.runDue();
    expect(await messageOf(h, sent)).toMatchObject({ status: "pending" });
    expect(h.events.at(-1)).toMatchObject({ name: "error", data: { error: { code: "task_failed" } } });
    away = false;
    await h.runtime.advance(120_000);
    await h.sms.runDue();
    expect(await messageOf(h, sent)).toMatchObject({ status: "queued" });
    expect(edge.reached).toHaveLength(1);
  });

  it("nobody listening is no unknown outcome: it is tried again", async () => {
    const h = harness({ account: { ...ACCOUNT, apiBaseUrl: "http://127.0.0.1:1" }, fetch: refusing });
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    await h.sms.runDue();
    expect(await messageOf(h, sent)).toMatchObject({ status: "pending" });
    expect(attempts).toBe(1);
    await h.runtime.advance(120_000);
    await h.sms.runDue();
    expect(attempts).toBe(2);
  });

  let attempts = 0;
  /** What undici's fetch rejects with when nobody listens. */
  function refusing(): Promise<Response> {
    attempts += 1;
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    return Promise.reject(new TypeError("fetch failed", { cause }));
  }

  it("the result of a call is written down although the storage was away for a moment", async () => {
    const inner = memoryStorage();
    let failures = 0;
    const storage = {
      ...inner,
      commit: (writes: Parameters<typeof inner.commit>[0]) => {
        const settles = writes.some((write) => write.kind === "task" && "remove" in write);
        if (settles && failures < 2) {
          failures += 1;
          return Promise.reject(new Error("database is locked"));
        }
        return inner.commit(writes);
      },
    };
    const h = harness({ storage });
    const sent = queued(await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    const run = h.sms.runDue();
    await expect.poll(() => failures).toBe(1);
    await expect.poll(() => h.runtime.pending()).toBeGreaterThan(0);
    await h.runtime.advance(1_000);
    await run;
    expect(await messageOf(h, sent)).toMatchObject({ status: "queued", sid: sidOf(0) });
    expect(edge.reached).toHaveLength(1);
  });
});

describe("timing", () => {
  const SHORT = { requestTimeoutMs: 5_000, leaseMs: 20_000, fenceMs: 2_000, absenceMs: 10_000, graceMs: 100 };

  it("fenceMs decides how old a claim may be when the call begins", async () => {
    const manual = manualRuntime();
    let waits: readonly number[] = [];
    const account = async (): Promise<typeof ACCOUNT> => {
      const [wait, ...rest] = waits;
      waits = rest;
      if (wait !== undefined) await manual.advance(wait);
      return ACCOUNT;
    };
    const h = harness({ manual, account, timing: SHORT });
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi", accountSid: FIXTURE_ACCOUNT_SID });
    waits = [2_001, 2_000];
    expect((await h.sms.runDue()).ran).toBe(2);
    expect(edge.reached).toHaveLength(1);
  });

  it("leaseMs decides when a claim that was never settled is given up as unknown", async () => {
    const { inner, storage, isDead } = dyingInTheCall();
    const first = harness({ storage, timing: SHORT });
    const sent = queued(await first.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    const neverEnds = first.sms.runDue();
    neverEnds.catch(() => undefined);
    await expect.poll(isDead).toBe(true);
    const second = harness({ storage: inner, manual: first.runtime, timing: SHORT });
    await first.runtime.advance(19_999);
    await second.sms.runDue();
    expect(await messageOf(second, sent)).toMatchObject({ status: "pending" });
    await first.runtime.advance(1);
    await second.sms.runDue();
    expect(await messageOf(second, sent)).toMatchObject({ status: "unknown" });
  });
});

describe("a START at the moment of a refusal", () => {
  it("is not undone by the refusal, which is from before it", async () => {
    const h = harness();
    await h.post(inboundSms({ Body: "Hello" }));
    edge.answerWith(async () => {
      await h.runtime.advance(2_000);
      await h.post(inboundSms({ Body: "START", MessageSid: sidOf(600) }));
      return twilioError(400, 21610);
    });
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await h.sms.runDue();
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-in" });
    edge.answerWith(() => twilioError(400, 21610));
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi again" });
    await h.sms.runDue();
    expect(await h.sms.consent.get({ contact: FIXTURE_CONTACT })).toMatchObject({ state: "opted-out" });
  });
});

describe("crashes", () => {
  it("after the commit and before the claim: the message is sent once by another process", async () => {
    const storage = memoryStorage();
    const first = harness({ storage });
    const sent = queued(await first.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    const second = harness({ storage });
    await second.sms.runDue();
    await first.sms.runDue();
    expect(edge.reached).toHaveLength(1);
    expect(await messageOf(second, sent)).toMatchObject({ status: "queued" });
  });

  it("between the call and its result: the outcome is unknown, and the message is not sent again", async () => {
    const { inner, storage, isDead } = dyingInTheCall();
    const first = harness({ storage });
    const sent = queued(await first.sms.send({ to: FIXTURE_CONTACT, body: "Hi" }));
    const neverEnds = first.sms.runDue();
    neverEnds.catch(() => undefined);
    await expect.poll(isDead).toBe(true);
    const second = harness({ storage: inner, manual: first.runtime });
    await second.sms.runDue();
    expect(await messageOf(second, sent)).toMatchObject({ status: "pending" });
    await first.runtime.advance(60_000);
    await second.sms.runDue();
    expect(await messageOf(second, sent)).toMatchObject({ status: "unknown" });
    expect(edge.reached).toHaveLength(1);
    await second.post(
      statusCallback({ MessageSid: sidOf(0), MessageStatus: "sent", To: FIXTURE_CONTACT }),
      `${WEBHOOK_URL}?mid=${sent.id}`,
    );
    expect(await messageOf(second, sent)).toMatchObject({ status: "sent", sid: sidOf(0) });
  });
});
