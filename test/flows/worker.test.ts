import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { FIXTURE_CONTACT, inboundSms } from "../fixtures/twilio/payloads";
import { harness, signedPost } from "../support/harness";
import { manualRuntime, settled } from "../support/manual-runtime";
import { createdMessage, sidOf, twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();

describe("a started worker", () => {
  it("runs what it makes at once, without waiting for a poll", async () => {
    const h = harness();
    await h.sms.start();
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await expect.poll(() => edge.reached.length).toBe(1);
    await h.sms.stop();
  });

  it("gives what it makes a lease of graceMs, so that another worker leaves it alone", async () => {
    const storage = memoryStorage();
    const commits: number[] = [];
    const spied = {
      ...storage,
      commit: (writes: Parameters<typeof storage.commit>[0]) => {
        for (const write of writes) {
          if (write.kind === "task" && "put" in write && write.expect === "absent")
            commits.push(write.put.dueAtMs);
        }
        return storage.commit(writes);
      },
    };
    const timing = { graceMs: 1_234 };
    const started = harness({ storage: spied, timing });
    await started.sms.start();
    await started.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    const idle = harness({ storage: spied, timing, manual: manualRuntime({ idPrefix: "idle" }) });
    await idle.sms.send({ to: "+14155550199", body: "Hi" });
    expect(commits).toEqual([started.runtime.now() + 1_234, idle.runtime.now()]);
    await started.sms.stop();
  });

  it("finds within pollMs what another process left behind", async () => {
    const storage = memoryStorage();
    const manual = manualRuntime();
    const dead = harness({ storage, manual });
    const h = harness({ storage, manual, worker: { pollMs: 250 } });
    await h.sms.start();
    await settled();
    await dead.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await manual.advance(249);
    expect(edge.reached).toHaveLength(0);
    await manual.advance(1);
    await expect.poll(() => edge.reached.length).toBe(1);
    await h.sms.stop();
  });

  it("runs concurrency tasks at once, and the rest as room comes free", async () => {
    const waiting: (() => void)[] = [];
    edge.answerWith(
      ({ form }, index) =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve(createdMessage(form, sidOf(index)));
          });
        }),
    );
    const h = harness({ worker: { concurrency: 2 } });
    await h.sms.start();
    for (let n = 0; n < 6; n += 1) await h.sms.send({ to: `+1415555010${n}`, body: "Hi" });
    await expect.poll(() => edge.reached.length).toBe(2);
    await settled(20);
    expect(edge.reached).toHaveLength(2);
    for (let done = 0; done < 6; done += 1) {
      await expect.poll(() => waiting.length).toBeGreaterThan(done);
      waiting[done]?.();
    }
    await expect.poll(() => h.eventNames().filter((name) => name === "message.sent").length).toBe(6);
    await h.sms.stop();
  });

  it("hands texts over beside as many assistants that never answer", async () => {
    let asked = 0;
    const use = {
      answer: () => {
        asked += 1;
        return Promise.race<never>([]);
      },
    };
    const h = harness({ worker: { concurrency: 4 }, assistant: { use, mode: "auto" } });
    await h.sms.start();
    for (let n = 0; n < 9; n += 1) {
      const answer = await h.post(inboundSms({ From: `+1415555010${n}`, MessageSid: sidOf(100 + n) }));
      expect(answer.status).toBe(200);
    }
    await h.runtime.advance(6_000);
    expect(asked).toBe(2);
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await expect.poll(() => edge.reached.length).toBe(1);
    // Their time is up by and by; then the others are asked.
    await h.runtime.advance(31_000);
    expect(asked).toBeGreaterThan(2);
  });

  it("stop() waits for what is under way and takes nothing more", async () => {
    let release = (): void => undefined;
    edge.answerWith(
      ({ form }, index) =>
        new Promise((resolve) => {
          release = () => {
            resolve(createdMessage(form, sidOf(index)));
          };
        }),
    );
    const h = harness();
    await h.sms.start();
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await expect.poll(() => edge.reached.length).toBe(1);
    let stopped = false;
    const stop = h.sms.stop().then(() => {
      stopped = true;
    });
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Later" });
    await settled(20);
    expect(stopped).toBe(false);
    release();
    await stop;
    expect(edge.reached).toHaveLength(1);
    expect(h.eventNames()).toContain("message.sent");
    edge.answerWith(({ form }, index) => createdMessage(form, sidOf(index)));
    await h.sms.runDue();
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["Hi", "Later"]);
  });

  it("a task that fails is left alone for a while, reported, and then tried again", async () => {
    const inner = memoryStorage();
    let failing = true;
    const storage = {
      ...inner,
      read: (keys: Parameters<typeof inner.read>[0]) =>
        failing && keys.some(({ kind }) => kind === "task")
          ? Promise.reject(new Error("away"))
          : inner.read(keys),
    };
    const h = harness({ storage });
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    expect((await h.sms.runDue()).ran).toBe(1);
    expect(h.events.at(-1)).toMatchObject({ name: "error", data: { error: { code: "storage_failed" } } });
    expect((await h.sms.runDue()).ran).toBe(0);
    failing = false;
    await h.runtime.advance(1_000);
    expect((await h.sms.runDue()).ran).toBe(1);
    expect(edge.reached).toHaveLength(1);
  });

  it("a storage whose lists fail is asked again at the next poll", async () => {
    const inner = memoryStorage();
    let failures = 0;
    const list: typeof inner.list = (query) => {
      if (failures > 0 || query.list !== "tasks") return inner.list(query);
      failures += 1;
      return Promise.reject(new Error("away"));
    };
    const h = harness({ storage: { ...inner, list } });
    await h.sms.send({ to: FIXTURE_CONTACT, body: "Hi" });
    await h.sms.start();
    await expect.poll(() => failures).toBe(1);
    await expect.poll(() => h.runtime.pending()).toBe(1);
    await h.runtime.advance(1_000);
    await expect.poll(() => edge.reached.length).toBe(1);
    await h.sms.stop();
  });
});

it("waitUntil carries the work of a webhook where no worker lives", async () => {
  const assistant = {
    use: { answer: () => Promise.resolve({ kind: "reply", body: "Hi!" } as const) },
    mode: "auto",
  } as const;
  const h = harness({ assistant });
  const work: Promise<unknown>[] = [];
  const response = await h.sms.webhook(await signedPost(inboundSms()), {
    waitUntil: (promise) => {
      work.push(promise);
    },
  });
  expect(response.status).toBe(200);
  await Promise.all(work);
  expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["Hi!"]);
});
