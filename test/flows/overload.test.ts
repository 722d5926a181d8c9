import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Storage } from "../../src/ports/storage";
import { inboundSms } from "../fixtures/twilio/payloads";
import { harness, signedPost } from "../support/harness";
import { settled } from "../support/manual-runtime";
import { sidOf } from "../support/twilio-edge";

/** A storage that holds every commit back until it is let go. */
function heldStorage(): {
  readonly storage: Storage;
  readonly letGo: () => void;
  readonly held: () => number;
} {
  const inner = memoryStorage();
  let open = false;
  const waiting: (() => void)[] = [];
  return {
    storage: {
      ...inner,
      async commit(writes) {
        if (!open) {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
          });
        }
        return inner.commit(writes);
      },
    },
    held: () => waiting.length,
    letGo() {
      open = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

const text = (n: number): Readonly<Record<string, string>> =>
  inboundSms({ From: `+1415555${String(1000 + n)}`, MessageSid: sidOf(n) });

describe("a storage that is slower than what comes in", () => {
  it("has webhooks beyond maxPendingWebhooks answered 503 at once, unread, and the others stored", async () => {
    const { storage, letGo, held } = heldStorage();
    const h = harness({ storage, maxPendingWebhooks: 3 });
    const first = [0, 1, 2].map((n) => h.post(text(n)));
    await expect.poll(held).toBe(3);
    const request = await signedPost(text(3));
    expect((await h.sms.webhook(request)).status).toBe(503);
    expect(request.bodyUsed).toBe(false);
    letGo();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await h.post(text(3))).status).toBe(200);
    expect((await h.sms.conversations.list()).items).toHaveLength(4);
  });

  it("is told about once, not for every webhook of a flood", async () => {
    const { storage, held } = heldStorage();
    const h = harness({ storage, maxPendingWebhooks: 1 });
    const first = h.post(text(0));
    first.catch(() => undefined);
    await expect.poll(held).toBe(1);
    for (let n = 1; n < 50; n += 1) await h.post(text(n));
    expect(h.eventNames().filter((name) => name === "error")).toHaveLength(1);
    await h.runtime.advance(10_000);
    await h.post(text(99));
    expect(h.eventNames().filter((name) => name === "error").length).toBeGreaterThan(1);
  });

  it("has a webhook answered 503 after webhookTimeoutMs; what is stored after all is one message with its repetition", async () => {
    const { storage, letGo, held } = heldStorage();
    const h = harness({ storage, webhookTimeoutMs: 2_000 });
    const answer = h.post(text(0));
    await expect.poll(held).toBe(1);
    await h.runtime.advance(1_999);
    letGo();
    expect((await answer).status).toBe(200);

    const slow = heldStorage();
    const late = harness({ storage: slow.storage, webhookTimeoutMs: 2_000 });
    const lateAnswer = late.post(text(0));
    await expect.poll(slow.held).toBe(1);
    await late.runtime.advance(2_000);
    expect((await lateAnswer).status).toBe(503);
    slow.letGo();
    expect((await late.post(text(0))).status).toBe(200);
    await settled();
    const { items } = await late.sms.conversations.list();
    expect(items).toMatchObject([{ unreadCount: 1, lastSeq: 1 }]);
  });

  it("keeps no timer for a webhook that was answered", async () => {
    const h = harness();
    const before = h.runtime.pending();
    await h.post(text(0));
    expect(h.runtime.pending()).toBe(before);
  });
});

describe("inbound messages", () => {
  it("are stored beside listeners that throw, and an assistant that never answers", async () => {
    const use = { answer: () => Promise.race<never>([]) };
    const h = harness({ assistant: { use, mode: "auto" } });
    h.sms.on("message.received", () => {
      throw new Error("listener");
    });
    h.sms.on("message.received", () => Promise.race<never>([]));
    await h.sms.start();
    for (let n = 0; n < 60; n += 1) expect((await h.post(text(n))).status).toBe(200);
    expect((await h.sms.conversations.list({ limit: 100 })).items).toHaveLength(60);
  });
});
