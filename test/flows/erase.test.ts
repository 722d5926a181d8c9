import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { ruleAssistant } from "../../src/adapters/assistant/rules";
import type { Key, Write } from "../../src/core/model/record";
import { exportAll } from "../../src/flows/export-records";
import type { SmsOptions } from "../../src/flows/sms-options";
import type { Query, Storage } from "../../src/ports/storage";
import {
  FIXTURE_ACCOUNT_SID,
  FIXTURE_CONTACT,
  FIXTURE_OURS,
  inboundSms,
  statusCallback,
} from "../fixtures/twilio/payloads";
import { harness, WEBHOOK_URL } from "../support/harness";
import type { Harness } from "../support/harness";
import { createdMessage, sidOf, twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();
const KEY = "a secret of thirty-two characters";
const OLD_KEY = "the secret before, also long enough";
const contact = FIXTURE_CONTACT;
const DIGITS = FIXTURE_CONTACT.slice(1);
const BLOCKED = { kind: "blocked", reason: "opted_out" };

let count = 0;
async function text(h: Harness, body: string, more: Record<string, string> = {}): Promise<string> {
  count += 1;
  const sid = sidOf(5_000 + count);
  const response = await h.post(inboundSms({ Body: body, MessageSid: sid, ...more }));
  expect(response.status).toBe(200);
  return sid;
}

function eraser(options: Parameters<typeof harness>[0] = {}): Harness {
  return harness({ erasure: { key: KEY }, ...options });
}

async function everything(storage: Storage): Promise<string> {
  let all = "";
  for await (const line of exportAll(storage)) all += line;
  return all;
}

function bodies(): readonly (string | null)[] {
  return edge.reached.map(({ form }) => form.get("Body"));
}

/** A storage in which something else happens right before one of its verbs. */
function interrupted(
  inner: Storage,
  before: {
    read?: (keys: readonly Key[]) => Promise<void>;
    commit?: (writes: readonly Write[]) => Promise<void>;
    list?: (query: Query) => Promise<void>;
  },
): Storage {
  return {
    ...inner,
    async list(query) {
      await before.list?.(query);
      return inner.list(query);
    },
    async read(keys) {
      await before.read?.(keys);
      return inner.read(keys);
    },
    async commit(writes) {
      await before.commit?.(writes);
      return inner.commit(writes);
    },
  };
}

/** Runs once, however often it is asked. */
function once(work: () => Promise<unknown>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await work();
  };
}

/** Interrupts the first list of this name. */
function listing(name: Query["list"]): (work: () => Promise<void>) => Parameters<typeof interrupted>[1] {
  return (work) => ({
    async list({ list }) {
      if (list === name) await work();
    },
  });
}

/** Stops the second process: another instance over the same storage, as in another process. */
function second(h: Harness, options: Partial<SmsOptions> = {}): Harness {
  return eraser({ storage: h.storage, manual: h.runtime, ...options });
}

describe("erasing a contact", () => {
  it("needs a key under which an opt-out could be kept", async () => {
    const h = harness();
    await text(h, "Hello");
    await expect(h.sms.contacts.erase({ contact })).rejects.toMatchObject({ code: "config_invalid" });
    expect((await h.sms.conversations.list()).items).toHaveLength(1);
  });

  it.each([["short"], [[]], [[KEY, "short"]], [42]])(
    "refuses %j as a key, and repeats nothing of it",
    (key) => {
      const options = { erasure: { key } } as unknown as Partial<SmsOptions>;
      expect(() => harness(options)).toThrow(expect.objectContaining({ code: "config_invalid" }));
      expect(() => harness(options)).not.toThrow(/short|42/);
    },
  );

  it("leaves nothing of theirs in the storage, on no channel, and tells the inbox without a number", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "A person will answer." });
    const h = eraser({ assistant: { use, mode: "draft" } });
    await text(h, "Hello from me");
    await text(h, "Here too", { From: `whatsapp:${contact}`, To: `whatsapp:${FIXTURE_OURS}` });
    await text(h, "And from somebody else", { From: "+14155550199" });
    await h.sms.runDue();
    await h.sms.send({ to: contact, body: "Waiting", idempotencyKey: "order-1" });
    await h.sms.consent.optIn({ contact, by: "ann", note: "on the phone" });
    const removedBefore = h.events.length;
    expect(await h.sms.contacts.erase({ contact })).toEqual({
      kind: "erased",
      messages: 3,
      conversations: 2,
      optOutKept: false,
    });
    const rest = await everything(h.storage);
    expect(rest).not.toContain(DIGITS);
    expect(rest).not.toMatch(/Hello from me|Here too|Waiting|"ann"|on the phone/);
    expect(rest).toContain("And from somebody else");
    const removed = h.events.slice(removedBefore).filter(({ name }) => name === "conversation.removed");
    expect(removed).toHaveLength(2);
    expect(JSON.stringify(removed)).not.toContain(DIGITS);
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
    expect(await h.sms.contacts.erase({ contact })).toEqual({ kind: "nothing-found" });
    expect(await h.sms.consent.get({ contact })).toMatchObject({ contact, state: "unknown" });
  });

  it("finds nothing of somebody who was never met, and leaves nothing of them", async () => {
    const h = eraser();
    const before = await everything(h.storage);
    expect(await h.sms.contacts.erase({ contact })).toEqual({ kind: "nothing-found" });
    expect(await everything(h.storage)).toBe(before);
  });

  it("keeps an opt-out as proof under a keyed hash, and it holds", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "Hi!" });
    const h = eraser({ assistant: { use, mode: "auto" } });
    await text(h, "STOP");
    const { since } = await h.sms.consent.get({ contact });
    await h.runtime.advance(60_000);
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ kind: "erased", optOutKept: true });
    const rest = await everything(h.storage);
    expect(rest).not.toContain(DIGITS);
    expect(rest).not.toContain("STOP");
    expect(rest).not.toContain(KEY);
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
    const there = { to: `whatsapp:${contact}`, from: `whatsapp:${FIXTURE_OURS}`, body: "Hi" };
    expect(await h.sms.send(there)).toMatchObject(BLOCKED);
    expect(await h.sms.consent.get({ contact })).toMatchObject({
      contact,
      state: "opted-out",
      since,
      reason: "keyword_stop",
    });
    const { items } = await h.sms.consent.history({ contact });
    const nothing = { messageSid: null, text: null, by: null, note: null };
    expect(items).toMatchObject([{ to: "opted-out", reason: "keyword_stop", at: since, evidence: nothing }]);
    await text(h, "Are you there?");
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
  });

  it("keeps words that may have meant stop as a hold on marketing, and an opt-in not at all", async () => {
    const h = eraser();
    await text(h, "please stop texting me");
    await h.sms.contacts.erase({ contact });
    const marketing = { to: contact, body: "Sale!", messageClass: "marketing" } as const;
    expect(await h.sms.send(marketing)).toMatchObject({ reason: "maybe_opted_out" });
    await h.sms.consent.optIn({ contact });
    await h.sms.contacts.erase({ contact });
    expect(await h.sms.consent.get({ contact })).toMatchObject({ state: "unknown", maybeStopSince: null });
    expect(await h.sms.consent.history({ contact })).toMatchObject({ items: [] });
  });

  it("follows the person who comes back: START opens, STOP closes, and a second erasure takes it all again", async () => {
    const h = eraser();
    await text(h, "STOP");
    await h.sms.contacts.erase({ contact });
    await h.runtime.advance(1_000);
    await text(h, "START");
    const told = h.events.filter(({ name }) => name === "consent.changed").at(-1);
    expect(told?.data).toMatchObject({ consent: { contact, state: "opted-in" } });
    expect((await h.sms.send({ to: contact, body: "Welcome back" })).kind).toBe("queued");
    await h.sms.runDue();
    expect(bodies()).toEqual(["Welcome back"]);
    await h.runtime.advance(1_000);
    await text(h, "STOP");
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
    expect((await h.sms.consent.history({ contact })).items.map(({ to }) => to)).toEqual([
      "opted-out",
      "opted-in",
      "opted-out",
    ]);
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ optOutKept: true, conversations: 1 });
    expect(await everything(h.storage)).not.toMatch(new RegExp(`${DIGITS}|START|STOP`));
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
  });

  it("is asked at dispatch too, and by the assistant", async () => {
    const use = ruleAssistant({ rules: [], otherwise: "Hi!" });
    const h = eraser({ assistant: { use, mode: "auto" } });
    await text(h, "STOP");
    await h.sms.contacts.erase({ contact });
    await h.runtime.advance(1_000);
    await text(h, "START");
    await h.runtime.advance(1_000);
    await text(h, "Hello again");
    await h.sms.send({ to: contact, body: "Waiting" });
    await h.runtime.advance(1_000);
    await text(h, "STOP");
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
  });

  it("is overruled by an operator or the contact alone, never by an import", async () => {
    const h = eraser();
    await text(h, "STOP");
    await h.sms.contacts.erase({ contact });
    expect(await h.sms.consent.optIn({ contact, source: "import" })).toMatchObject({ state: "opted-out" });
    expect(await h.sms.consent.optIn({ contact, by: "ann" })).toMatchObject({ contact, state: "opted-in" });
    expect((await h.sms.send({ to: contact, body: "Hi" })).kind).toBe("queued");
    expect(await h.sms.consent.optOut({ contact, by: "ann" })).toMatchObject({ contact, state: "opted-out" });
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
    expect(JSON.stringify(await h.sms.consent.log())).not.toContain(DIGITS);
  });

  it.each([
    ["a key that was rotated out of first place", [KEY, OLD_KEY], true],
    ["the key before alone", [OLD_KEY], true],
    ["a key that never knew it", [KEY], false],
  ] as const)("under an old key is found with %s: %s", async (_, key, holds) => {
    const h = eraser({ erasure: { key: OLD_KEY } });
    await text(h, "STOP");
    await h.sms.contacts.erase({ contact });
    const later = second(h, { erasure: { key } });
    expect((await later.sms.send({ to: contact, body: "Hi" })).kind === "blocked").toBe(holds);
    if (!holds) return;
    await text(later, "START");
    expect((await h.sms.send({ to: contact, body: "Hi" })).kind).toBe("queued");
    await h.runtime.advance(1_000);
    await text(h, "STOP");
    expect(await later.sms.contacts.erase({ contact })).toMatchObject({ optOutKept: true });
    expect(await later.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
  });

  it("covers every sender where each has a consent of its own, also one without a conversation", async () => {
    const consent = { scope: "sender" } as const;
    const h = eraser({ consent });
    const other = "+15005550007";
    await text(h, "STOP", { To: other });
    await text(h, "Hello");
    await h.sms.consent.optOut({ contact, sender: "+15005550008" });
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ optOutKept: true, conversations: 2 });
    expect(await everything(h.storage)).not.toContain(DIGITS);
    expect(await h.sms.send({ to: contact, body: "Hi", from: other })).toMatchObject(BLOCKED);
    expect(await h.sms.send({ to: contact, body: "Hi", from: "+15005550008" })).toMatchObject(BLOCKED);
    expect((await h.sms.send({ to: contact, body: "Hi" })).kind).toBe("queued");
  });

  it.each(["sender", "messaging-service"] as const)(
    "goes on, after a crash, with the ledger of a sender without a conversation, where the scope is %s",
    async (scope) => {
      const consent = { scope } as const;
      const sender = scope === "sender" ? "+15005550008" : `MG${"0".repeat(31)}8`;
      const base = memoryStorage();
      let isDead = false;
      const h = eraser({
        consent,
        storage: interrupted(base, {
          async commit(writes) {
            // The gate is closed by then.
            isDead ||= writes.some(({ kind }) => kind === "consentEntry");
            if (isDead) throw new Error("The process is dead.");
          },
        }),
      });
      const other = eraser({ storage: base, manual: h.runtime, consent });
      await other.sms.consent.optOut({ contact, sender });
      await expect(h.sms.contacts.erase({ contact })).rejects.toMatchObject({ code: "storage_failed" });
      expect(await everything(base)).toContain(DIGITS);
      expect(await other.sms.contacts.erase({ contact })).toMatchObject({ kind: "erased", optOutKept: true });
      expect(await everything(base)).not.toContain(DIGITS);
      expect(await other.sms.consent.history({ contact, sender })).toMatchObject({
        items: [{ to: "opted-out" }],
      });
      expect(await other.sms.contacts.erase({ contact })).toEqual({ kind: "nothing-found" });
    },
  );

  it("closes the gate of opt-outs that Twilio reports after the person came back", async () => {
    const h = eraser();
    await text(h, "Hello");
    await h.sms.contacts.erase({ contact });
    const sent = await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    const report = { MessageSid: sidOf(0), MessageStatus: "undelivered", ErrorCode: "21610", To: contact };
    await h.post(statusCallback(report), `${WEBHOOK_URL}?mid=${sent.message?.id ?? ""}`);
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
  });
});

describe("what comes late for an erased contact", () => {
  it("a status callback brings nothing back", async () => {
    const h = eraser();
    const sent = await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    await h.sms.contacts.erase({ contact });
    const before = await everything(h.storage);
    const report = statusCallback({ MessageSid: sidOf(0), MessageStatus: "delivered", To: contact });
    expect((await h.post(report, `${WEBHOOK_URL}?mid=${sent.message?.id ?? ""}`)).status).toBe(200);
    expect(await everything(h.storage)).toBe(before);
    expect(JSON.stringify(h.events.at(-1))).not.toContain(DIGITS);
  });

  it("a redelivered text is a new one, and goes with a second erasure; the opt-out stays", async () => {
    const h = eraser();
    await text(h, "STOP");
    const sid = await text(h, "One more thing");
    await h.sms.contacts.erase({ contact });
    await h.post(inboundSms({ Body: "One more thing", MessageSid: sid }));
    expect((await h.sms.conversations.list()).items).toHaveLength(1);
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ messages: 1, optOutKept: true });
    expect(await everything(h.storage)).not.toContain(DIGITS);
  });

  it("a call to Twilio that is under way ends without a second one and without an error", async () => {
    const h = eraser();
    edge.answerWith(async ({ form }, index) => {
      await h.sms.contacts.erase({ contact });
      return createdMessage(form, sidOf(index));
    });
    await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    await h.runtime.advance(10 * 60_000);
    expect(await h.sms.runDue()).toEqual({ ran: 0 });
    expect(bodies()).toEqual(["Hi"]);
    expect(h.eventNames()).not.toContain("error");
    expect(await everything(h.storage)).not.toContain(DIGITS);
  });

  it("the parts of a split text that are left are not sent", async () => {
    const h = eraser();
    edge.answerWith(async ({ form }, index) => {
      if (index === 0) await h.sms.contacts.erase({ contact });
      return createdMessage(form, sidOf(index));
    });
    await h.sms.send({ to: contact, body: "Word ".repeat(700), split: true });
    await h.sms.runDue();
    await h.runtime.advance(10 * 60_000);
    await h.sms.runDue();
    expect(bodies()).toHaveLength(1);
    expect(await everything(h.storage)).not.toContain(DIGITS);
  });

  it("an answer of the assistant's or of a person's brings nobody back", async () => {
    const erasing: { now?: () => Promise<unknown> } = {};
    const use = {
      async answer() {
        await erasing.now?.();
        return { kind: "reply", body: "Hi!" } as const;
      },
    };
    const h = eraser({ assistant: { use, mode: "auto" } });
    erasing.now = () => h.sms.contacts.erase({ contact });
    await text(h, "Hello");
    const id = (await h.sms.conversations.list()).items[0]?.id ?? "";
    await h.sms.runDue();
    expect(bodies()).toEqual([]);
    await expect(h.sms.conversations.reply(id, { body: "Hi" })).rejects.toMatchObject({
      code: "conversation_not_found",
    });
    expect(await everything(h.storage)).not.toContain(DIGITS);
  });
});

describe("an erasure beside everything else", () => {
  it("takes a thread of any length in small commits, and goes on after a crash at any of them", async () => {
    const sizes: number[] = [];
    const base = memoryStorage();
    let commitsLeft = Number.POSITIVE_INFINITY;
    const storage = interrupted(base, {
      async commit(writes) {
        sizes.push(writes.length);
        commitsLeft -= 1;
        if (commitsLeft < 0) throw new Error("The process is dead.");
      },
    });
    const h = eraser({ storage });
    for (let index = 0; index < 120; index += 1) await text(h, `Text ${index}`);
    await text(h, "STOP");
    sizes.length = 0;
    let crashes = 0;
    for (let outcome = ""; outcome === ""; crashes += 1) {
      commitsLeft = 1;
      outcome = await h.sms.contacts.erase({ contact }).then(
        ({ kind }) => kind,
        () => "",
      );
      expect(await base.read([])).toEqual([]);
      commitsLeft = Number.POSITIVE_INFINITY;
      expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
    }
    expect(crashes).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60);
    expect(await everything(base)).not.toContain(DIGITS);
  });

  const STOPPED = "STOP arrives and the contact is erased";
  const INTERRUPTIONS: readonly (readonly [string, (other: Harness) => Promise<unknown>])[] = [
    [
      STOPPED,
      async (other) => {
        await text(other, "STOP");
        await other.sms.contacts.erase({ contact });
      },
    ],
    [
      "the contact is erased and STOP arrives",
      async (other) => {
        await other.sms.contacts.erase({ contact });
        await text(other, "STOP");
      },
    ],
    [
      "the contact is erased, comes back, says STOP and is erased again",
      async (other) => {
        await other.sms.contacts.erase({ contact });
        await text(other, "Hello again");
        await text(other, "STOP");
        await other.sms.contacts.erase({ contact });
      },
    ],
    [
      "the contact first comes, says STOP and is erased, and somebody sends",
      async (other) => {
        await text(other, "Hello");
        await text(other, "STOP");
        await other.sms.contacts.erase({ contact });
        expect(await other.sms.send({ to: contact, body: "Other" })).toMatchObject(BLOCKED);
      },
    ],
  ];

  for (const met of ["met before", "never met", "met before there was a key", "erased before"] as const) {
    it.each(INTERRUPTIONS)(`no send passes when, of a contact ${met}, %s`, async (_, interruption) => {
      // Wherever between two verbs of the storage it happens, of the send and of its dispatch.
      for (let at = 0; at < 12; at += 1) {
        edge.answerWith(({ form }, index) => createdMessage(form, sidOf(9_000 + at * 10 + index)));
        const base = memoryStorage();
        let verbs = -1;
        let stopped = false;
        const callsAfter = edge.reached.length;
        const quiet = eraser({ storage: base });
        if (met === "met before") await text(quiet, "Hello");
        if (met === "met before there was a key")
          await text(harness({ storage: base, manual: quiet.runtime }), "Hi");
        if (met === "erased before") {
          await text(quiet, "Hello");
          await quiet.sms.contacts.erase({ contact });
        }
        const strike = once(async () => {
          await interruption(quiet);
          stopped = edge.reached.length === callsAfter;
        });
        const step = async (): Promise<void> => {
          verbs += 1;
          if (verbs === at) await strike();
        };
        const h = eraser({ storage: interrupted(base, { read: step, commit: step }), manual: quiet.runtime });
        await h.sms.start();
        // From another number: the thread that an erasure removes is not what stops it.
        const sent = await h.sms.send({ to: contact, body: "Hi", from: "+15005550007" });
        // After the read of `start()` come its own read and commit: up to there it reads again and is refused.
        expect([at, at > 2 || sent.kind === "blocked"]).toEqual([at, true]);
        await h.sms.stop();
        await h.sms.runDue();
        await strike();
        expect([at, stopped ? edge.reached.length : callsAfter]).toEqual([at, callsAfter]);
        expect(await quiet.sms.send({ to: contact, body: "Later" })).toMatchObject(BLOCKED);
      }
    });
  }

  it("a START at the same moment is not lost, nor a STOP", async () => {
    for (const [word, state] of [
      ["START", "opted-in"],
      ["STOP", "opted-out"],
    ] as const) {
      const base = memoryStorage();
      const other = eraser({ storage: base });
      await text(other, word === "START" ? "STOP" : "Hello");
      await other.runtime.advance(1_000);
      const erasing = once(() => other.sms.contacts.erase({ contact }));
      const h = eraser({
        storage: interrupted(base, { commit: erasing }),
        manual: other.runtime,
      });
      await text(h, word);
      expect(await h.sms.consent.get({ contact })).toMatchObject({ state });
      expect(
        JSON.stringify(
          (await base.list({ list: "records", kind: "consent", limit: 10, cursor: null })).items,
        ),
      ).not.toContain(DIGITS);
    }
  });

  it("a STOP between the erasure's look and its commit is kept", async () => {
    const base = memoryStorage();
    const other = eraser({ storage: base });
    await text(other, "Hello");
    const h = eraser({
      storage: interrupted(base, { commit: once(() => text(other, "STOP")) }),
      manual: other.runtime,
    });
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ kind: "erased", optOutKept: true });
    expect(await everything(base)).not.toContain(DIGITS);
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
  });

  it.each<[string, (stop: () => Promise<void>) => Parameters<typeof interrupted>[1]]>([
    ["between its closing the gate and its look at the ledger", listing("consentEntries")],
    [
      "between its look at the ledger and its commit of that",
      (stop) => ({
        async commit(writes) {
          if (writes.some(({ kind }) => kind === "consentEntry")) await stop();
        },
      }),
    ],
    ["between its closing the gate and its removing the conversation", listing("messages")],
  ])("a STOP %s is kept with its proof", async (_, before) => {
    const base = memoryStorage();
    const other = eraser({ storage: base });
    await text(other, "Hello");
    await other.sms.consent.optIn({ contact, by: "ann" });
    await other.runtime.advance(1_000);
    const stop = async (): Promise<void> => {
      await other.runtime.advance(1_000);
      await text(other, "STOP");
      await other.runtime.advance(1_000);
    };
    const h = eraser({ storage: interrupted(base, before(once(stop))), manual: other.runtime });
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ kind: "erased", optOutKept: true });
    expect(await everything(base)).not.toMatch(new RegExp(`${DIGITS}|STOP|ann`));
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject(BLOCKED);
    const { items } = await h.sms.consent.history({ contact });
    const nothing = { messageSid: null, text: null, by: null, note: null };
    expect(items.at(-1)).toMatchObject({ to: "opted-out", reason: "keyword_stop", evidence: nothing });
    expect(await h.sms.contacts.erase({ contact })).toEqual({ kind: "nothing-found" });
  });

  it("an opt-out that is lifted between its closing the gate and its look at the ledger leaves no proof", async () => {
    const base = memoryStorage();
    const other = eraser({ storage: base });
    await text(other, "STOP");
    await other.runtime.advance(1_000);
    const start = once(() => other.sms.consent.optIn({ contact, by: "ann" }));
    const h = eraser({ storage: interrupted(base, listing("consentEntries")(start)), manual: other.runtime });
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ kind: "erased", optOutKept: false });
    expect(await everything(base)).not.toMatch(new RegExp(`${DIGITS}|STOP|ann`));
    expect((await h.sms.consent.history({ contact })).items).toEqual([]);
  });

  it("tells every mark when the person was erased, and later only where texts came after that", async () => {
    const h = eraser({ erasure: { key: [KEY, OLD_KEY] } });
    const erasedAt = async (): Promise<readonly unknown[]> => {
      const query = { list: "records", kind: "consent", limit: 10, cursor: null } as const;
      return (await h.storage.list(query)).items.map((mark) => Reflect.get(mark, "erasedAt"));
    };
    await text(h, "Hello");
    expect(await erasedAt()).toEqual([null, null, null]);
    await h.runtime.advance(1_000);
    const first = new Date(h.runtime.now()).toISOString();
    await h.sms.contacts.erase({ contact });
    expect(await erasedAt()).toEqual([first, first]);
    await h.runtime.advance(1_000);
    expect(await h.sms.contacts.erase({ contact })).toEqual({ kind: "nothing-found" });
    expect(await erasedAt()).toEqual([first, first]);
    await text(h, "Hello again");
    expect(await erasedAt()).toEqual([first, first]);
    await h.runtime.advance(1_000);
    const second = new Date(h.runtime.now()).toISOString();
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ messages: 1 });
    expect(await erasedAt()).toEqual([second, second]);
  });

  it("tells the marks of a text that came while the erasure was under way", async () => {
    const base = memoryStorage();
    const other = eraser({ storage: base });
    await text(other, "Hello");
    const late = once(async () => {
      await other.runtime.advance(5_000);
      await text(other, "And another thing");
      await other.runtime.advance(5_000);
    });
    const h = eraser({ storage: interrupted(base, listing("messages")(late)), manual: other.runtime });
    expect(await h.sms.contacts.erase({ contact })).toMatchObject({ messages: 2, conversations: 1 });
    const { items } = await base.list({ list: "records", kind: "consent", limit: 10, cursor: null });
    expect(items).toMatchObject([{ erasedAt: new Date(other.runtime.now()).toISOString() }]);
  });

  it("gives up on a host that goes on texting the person meanwhile", async () => {
    const base = memoryStorage();
    const other = eraser({ storage: base });
    await text(other, "Hello");
    const storage = interrupted(base, {
      async commit(writes) {
        const isLast = writes.some((write) => write.kind === "conversation" && "remove" in write);
        if (isLast) await other.sms.send({ to: contact, body: "And another" });
      },
    });
    const h = eraser({ storage, manual: other.runtime });
    await expect(h.sms.contacts.erase({ contact })).rejects.toMatchObject({ code: "contention" });
  });
});

describe("without a key", () => {
  it("the consent is read under its plain id alone, as ever", async () => {
    const reads: (readonly Key[])[] = [];
    const base = memoryStorage();
    const storage = interrupted(base, { read: async (keys) => void reads.push(keys) });
    const h = harness({ storage });
    await h.sms.send({ to: contact, body: "Hi" });
    expect(reads[0]?.filter(({ kind }) => kind === "consent")).toEqual([
      { kind: "consent", id: `${FIXTURE_ACCOUNT_SID}:${contact}` },
    ]);
    expect(
      (await base.list({ list: "records", kind: "consent", limit: 10, cursor: null })).items,
    ).toHaveLength(1);
  });
});
