import { afterAll, describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import type { HandledEvent } from "../../src/core/model/events";
import type { HandlerContext } from "../../src/flows/handle";
import type { SmsOptions } from "../../src/flows/sms-options";
import type { Storage } from "../../src/ports/storage";
import { FIXTURE_CONTACT, inboundSms, statusCallback } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { manualRuntime, settled } from "../support/manual-runtime";
import { sidOf, twilioEdge } from "../support/twilio-edge";

const edge = twilioEdge();
const contact = FIXTURE_CONTACT;
const OTHER = "+14155550199";
const HOUR_MS = 3_600_000;

let count = 0;
async function text(h: Harness, body: string, more: Record<string, string> = {}): Promise<void> {
  count += 1;
  const response = await h.post(inboundSms({ Body: body, MessageSid: sidOf(7_000 + count), ...more }));
  expect(response.status).toBe(200);
}

/** A handler of inbound messages that writes down what it was given, and fails for bodies in `failing`. */
function noting(h: Harness, failing: ReadonlySet<string> = new Set(), name = "note") {
  const noted: string[] = [];
  const contexts: HandlerContext[] = [];
  h.sms.handle(
    "message.received",
    ({ message }, context) => {
      contexts.push(context);
      noted.push(message.body);
      if (failing.has(message.body)) throw new Error("not now");
    },
    { name },
  );
  return { noted, contexts };
}

/** What a handler returns that never ends. */
function never(): Promise<never> {
  return new Promise((resolve) => {
    void resolve;
  });
}

function errorsOf(h: Harness): readonly (readonly [string, unknown])[] {
  return h.events.flatMap((event) =>
    event.name === "error" ? [[event.data.error.code, event.data.error.details["handler"]] as const] : [],
  );
}

const opened: Storage[] = [];
afterAll(async () => {
  await Promise.all(opened.map((storage) => storage.close()));
});

const STORAGES: readonly (readonly [string, () => Storage])[] = [
  ["memory", memoryStorage],
  ["SQLite", () => sqliteStorage({ path: ":memory:" })],
];

describe.each(STORAGES)("a handler, on %s", (_, open) => {
  function opener(): Storage {
    const storage = open();
    opened.push(storage);
    return storage;
  }

  it("is given each event once when it resolves, in order, with a key of its own", async () => {
    const h = harness({ storage: opener() });
    const { noted, contexts } = noting(h);
    for (const body of ["one", "two", "three"]) await text(h, body);
    expect(noted).toEqual([]);
    await h.sms.runDue();
    await h.sms.runDue();
    expect(noted).toEqual(["one", "two", "three"]);
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    expect(new Set(contexts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
    expect(contexts.some(({ signal }) => signal.aborted)).toBe(false);
  });

  it("runs after a crash between the commit and its run, in another process", async () => {
    const storage = opener();
    const dead = harness({ storage });
    noting(dead);
    await text(dead, "one");
    const h = harness({ storage, manual: manualRuntime({ idPrefix: "second" }) });
    const { noted } = noting(h);
    await h.sms.runDue();
    expect(noted).toEqual(["one"]);
  });

  it("runs again after a process that died in it, not before its lease has ended", async () => {
    const storage = opener();
    const manual = manualRuntime();
    const dead = harness({ storage, manual });
    dead.sms.handle("message.received", () => never(), { name: "note" });
    await text(dead, "one");
    dead.sms.runDue().catch(() => undefined);
    await settled(20);
    const h = harness({ storage, manual });
    const { noted, contexts } = noting(h);
    await h.sms.runDue();
    await manual.advance(29_999);
    await h.sms.runDue();
    expect(noted).toEqual([]);
    await manual.advance(40_000);
    await h.sms.runDue();
    expect(noted).toEqual(["one"]);
    expect(contexts[0]?.attempt).toBe(2);
  });

  it("that fails is tried again after a growing wait, and holds back what comes after in its conversation alone", async () => {
    const h = harness({ storage: opener() });
    const failing = new Set(["one"]);
    const { noted, contexts } = noting(h, failing);
    await text(h, "one");
    await text(h, "two");
    await text(h, "elsewhere", { From: OTHER });
    await h.sms.runDue();
    expect(noted.toSorted()).toEqual(["elsewhere", "one"]);
    const waits: number[] = [];
    for (let tries = 1; tries < 4; tries += 1) {
      const before = noted.length;
      const since = h.runtime.now();
      for (; noted.length === before; await h.sms.runDue()) await h.runtime.advance(100);
      waits.push(h.runtime.now() - since);
    }
    expect(noted.filter((body) => body === "two")).toEqual([]);
    for (const [index, waitedMs] of waits.entries()) {
      expect(waitedMs).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(waitedMs).toBeLessThanOrEqual(1_000 * 2 ** index + 100);
    }
    failing.clear();
    await h.runtime.advance(HOUR_MS);
    await h.sms.runDue();
    expect(noted.filter((body) => body !== "elsewhere")).toEqual(["one", "one", "one", "one", "one", "two"]);
    const keys = new Set(contexts.slice(0, -1).map(({ idempotencyKey }) => idempotencyKey));
    expect(keys.size).toBe(2);
  });

  it("that fails disturbs no other handler of the same event", async () => {
    const h = harness({ storage: opener() });
    const failing = noting(h, new Set(["one"]), "failing");
    const fine = noting(h, new Set(), "fine");
    await text(h, "one");
    await text(h, "two");
    await h.sms.runDue();
    expect(failing.noted).toEqual(["one"]);
    expect(fine.noted).toEqual(["one", "two"]);
    expect(errorsOf(h)).toEqual([["handler_failed", "failing"]]);
  });

  it("may send with the key it is given: one message, however often it is tried", async () => {
    const h = harness({ storage: opener() });
    let tries = 0;
    h.sms.handle("message.received", async ({ message }, { idempotencyKey }) => {
      await h.sms.send({ to: message.from, body: "Thanks!", idempotencyKey });
      tries += 1;
      if (tries < 3) throw new Error("after the send");
    });
    await text(h, "one");
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await h.sms.runDue();
      await h.runtime.advance(60_000);
    }
    expect(tries).toBe(3);
    expect(edge.reached.map(({ form }) => form.get("Body"))).toEqual(["Thanks!"]);
  });

  it("is given events of every kind that it can be registered for", async () => {
    const h = harness({ storage: opener(), erasure: { key: "a secret of thirty-two characters" } });
    const given: string[] = [];
    const note = (name: HandledEvent["name"]) => (): void => {
      given.push(name);
    };
    for (const name of [
      "message.received",
      "message.sent",
      "message.status",
      "conversation.created",
      "conversation.removed",
      "consent.changed",
      "send.blocked",
    ] as const) {
      h.sms.handle(name, note(name));
    }
    await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    await h.post(statusCallback({ MessageSid: sidOf(0), MessageStatus: "delivered" }));
    await text(h, "STOP");
    await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    await h.sms.contacts.erase({ contact });
    await h.sms.runDue();
    expect(given.toSorted()).toEqual(
      [
        "consent.changed",
        "conversation.created",
        "conversation.removed",
        "message.received",
        "message.sent",
        ...Array.from({ length: 3 }, () => "message.status"),
        "send.blocked",
      ].toSorted(),
    );
  });

  it("keeps up with one conversation in two processes: nothing twice, nothing out of order", async () => {
    const storage = opener();
    const manual = manualRuntime();
    const first = harness({ storage, manual });
    const second = harness({ storage, manual });
    const noted: string[] = [];
    for (const h of [first, second]) {
      h.sms.handle("message.received", async ({ message }) => {
        await settled(1);
        noted.push(message.body);
      });
    }
    const runs: Promise<unknown>[] = [];
    const bodies = Array.from({ length: 40 }, (_unused, index) => `text ${index}`);
    for (const [index, body] of bodies.entries()) {
      await text(index % 2 === 0 ? first : second, body);
      if (index % 5 === 0) runs.push(first.sms.runDue(), second.sms.runDue());
    }
    for (let rounds = 0; rounds < 100 && noted.length < bodies.length; rounds += 1) {
      await Promise.all([first.sms.runDue(), second.sms.runDue()]);
      await manual.advance(1_000);
    }
    await Promise.all(runs);
    expect(noted).toEqual(bodies);
  });
});

describe("a handler", () => {
  it("runs at once in a started instance, for the first event and for one that wakes its queue", async () => {
    const h = harness();
    const { noted } = noting(h);
    await h.sms.start();
    await text(h, "one");
    await expect.poll(() => noted).toEqual(["one"]);
    await text(h, "two");
    await expect.poll(() => noted).toEqual(["one", "two"]);
    await h.sms.stop();
  });

  it("that takes too long is told by its signal, and tried again", async () => {
    const h = harness({ handlers: { timeoutMs: 2_000 } });
    const signals: AbortSignal[] = [];
    h.sms.handle("message.received", (_data, { signal }) => {
      signals.push(signal);
      return signals.length === 1 ? never() : undefined;
    });
    await text(h, "one");
    const run = h.sms.runDue();
    await settled();
    await h.runtime.advance(1_999);
    expect(signals[0]?.aborted).toBe(false);
    await h.runtime.advance(1);
    await run;
    expect(signals[0]?.aborted).toBe(true);
    expect(errorsOf(h)).toEqual([["handler_failed", "message.received"]]);
    await h.runtime.advance(1_000);
    await h.sms.runDue();
    expect(signals).toHaveLength(2);
    expect(signals[1]?.aborted).toBe(false);
    expect(h.runtime.pending()).toBe(0);
  });

  it("has 30 seconds by default, and less where the lease is shorter", async () => {
    for (const [timing, allowedMs] of [
      [{}, 30_000],
      [{ leaseMs: 10_000, fenceMs: 2_000 }, 8_000],
    ] as const) {
      const h = harness({ timing });
      let signal: AbortSignal | undefined;
      h.sms.handle("message.received", (_data, context) => {
        signal = context.signal;
        return never();
      });
      await text(h, "one");
      const run = h.sms.runDue();
      await settled();
      await h.runtime.advance(allowedMs - 1);
      expect(signal?.aborted).toBe(false);
      await h.runtime.advance(1);
      await run;
      expect(signal?.aborted).toBe(true);
    }
  });

  it("is not called with less of its lease left than it may take, and a claim too old counts as no try", async () => {
    const manual = manualRuntime();
    const inner = memoryStorage();
    let isSlow = true;
    const storage: Storage = {
      ...inner,
      async commit(writes) {
        const done = await inner.commit(writes);
        const isClaim = writes.some(
          (write) => "put" in write && write.kind === "task" && write.put.attempts > 0,
        );
        if (isClaim && isSlow) {
          isSlow = false;
          await manual.advance(15_001);
        }
        return done;
      },
    };
    const h = harness({ storage, manual });
    const attempts: number[] = [];
    const leftMs: number[] = [];
    h.sms.handle("message.received", async (_data, { attempt }) => {
      attempts.push(attempt);
      const due = { list: "tasks", class: "patient", dueBeforeMs: manual.now() + 60_000 } as const;
      const { items } = await storage.list({ ...due, limit: 1, cursor: null });
      leftMs.push((items[0]?.dueAtMs ?? 0) - manual.now());
    });
    await text(h, "one");
    await h.sms.runDue();
    expect(attempts).toEqual([1]);
    expect(leftMs).toEqual([60_000]);
  });

  it("that was overslept changes nothing when it ends: the event is another's", async () => {
    const manual = manualRuntime();
    const storage = memoryStorage();
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    // In the stopped process no timer fires, while the clock of the others goes on.
    const stopped = harness({ storage, manual: { ...manual, setTimer: () => () => undefined } });
    stopped.sms.handle("message.received", () => asleep, { name: "note" });
    await text(stopped, "one");
    await text(stopped, "two");
    const run = stopped.sms.runDue();
    await settled();
    await manual.advance(60_000);
    const h = harness({ storage, manual });
    const { noted } = noting(h, new Set(["one"]));
    await h.sms.runDue();
    wake();
    await run;
    await h.sms.runDue();
    expect(noted).toEqual(["one"]);
    await manual.advance(2_000);
    await h.sms.runDue();
    expect(noted).toEqual(["one", "one"]);
  });

  it("that is not registered where its events wait is left alone there, and said once", async () => {
    const storage = memoryStorage();
    const manual = manualRuntime();
    const writer = harness({ storage, manual });
    noting(writer);
    await text(writer, "one");
    await text(writer, "two", { From: OTHER });
    const bare = harness({ storage, manual });
    let commits = 0;
    const counted = harness({
      manual,
      storage: {
        ...storage,
        commit: (writes) => {
          commits += 1;
          return storage.commit(writes);
        },
      },
    });
    expect(await bare.sms.runDue()).toEqual({ ran: 2 });
    expect(errorsOf(bare)).toEqual([["handler_missing", "note"]]);
    for (let seconds = 0; seconds < 29; seconds += 1) {
      await counted.sms.runDue();
      await manual.advance(1_000);
    }
    expect(commits).toBe(0);
    // The longer nobody comes, the more rarely it is looked at: ten hours cost a few dozens of commits, not thousands.
    for (let seconds = 0; seconds < 36_000; seconds += 10) {
      await manual.advance(10_000);
      await counted.sms.runDue();
    }
    expect(commits).toBeLessThan(2 * 70);
    await manual.advance(600_000);
    const late = noting(writer, new Set(), "another");
    await writer.sms.runDue();
    expect(late.noted).toEqual([]);
    expect(errorsOf(bare)).toHaveLength(1);
  });

  it("registered under a name that stood for another event is not given that one's data", async () => {
    const storage = memoryStorage();
    const manual = manualRuntime();
    const before = harness({ storage, manual });
    noting(before);
    await text(before, "one");
    const after = harness({ storage, manual });
    const given: unknown[] = [];
    const end = after.sms.handle("message.sent", (data) => given.push(data), { name: "note" });
    await after.sms.runDue();
    expect(given).toEqual([]);
    expect(errorsOf(after)).toEqual([["handler_missing", "note"]]);
    end();
    const mended = noting(after);
    await manual.advance(60_000);
    await after.sms.runDue();
    expect(mended.noted).toEqual(["one"]);
    expect(mended.contexts.map(({ attempt }) => attempt)).toEqual([1]);
  });

  it("that was ended is given nothing of what happens afterwards", async () => {
    const h = harness();
    const noted: string[] = [];
    const end = h.sms.handle("message.received", ({ message }) => noted.push(message.body));
    end();
    end();
    await text(h, "one");
    const again = noting(h, new Set(), "message.received");
    end();
    await text(h, "two");
    await h.sms.runDue();
    expect(noted).toEqual([]);
    expect(again.noted).toEqual(["two"]);
  });

  it("of a send that is refused at the door hears of it, although nothing else is committed", async () => {
    const h = harness();
    await text(h, "STOP");
    const reasons: string[] = [];
    h.sms.handle("send.blocked", ({ reason }) => reasons.push(reason));
    expect(await h.sms.send({ to: contact, body: "Hi" })).toMatchObject({ kind: "blocked" });
    await h.sms.send({ to: contact, body: "Hi" });
    await h.sms.runDue();
    expect(reasons).toEqual(["opted_out", "opted_out"]);
  });

  it.each([
    ["after 32 events of one", 1],
    ["after graceMs in one", 1_000],
  ])("lets other queues have their turn %s", async (_, eachMs) => {
    // Nothing is shuffled: what is due first is run first.
    const manual = { ...manualRuntime(), random: () => 0.999 };
    const h = harness({ manual, worker: { concurrency: 1 } });
    const noted: string[] = [];
    h.sms.handle("message.received", async ({ message }) => {
      noted.push(message.body);
      await manual.advance(eachMs);
    });
    for (let index = 0; index < 40; index += 1) await text(h, "long");
    await manual.advance(1);
    await text(h, "short", { From: OTHER });
    await h.sms.runDue();
    expect(noted).toHaveLength(41);
    expect(noted.indexOf("short")).toBe(Math.min(32, 5_000 / eachMs));
  });

  it("costs nothing where none is registered for what happens", async () => {
    const inner = memoryStorage();
    const calls: string[] = [];
    const storage: Storage = {
      ...inner,
      read: (keys) => {
        calls.push(`read ${keys.length}`);
        return inner.read(keys);
      },
      commit: (writes) => {
        calls.push(`commit ${writes.length}`);
        return inner.commit(writes);
      },
    };
    const h = harness({ storage });
    await text(h, "one");
    const without = calls.splice(0);
    h.sms.handle("draft.created", () => undefined);
    await text(h, "two", { From: OTHER });
    expect(calls).toEqual(without);
  });

  it.each<readonly [string, (h: Harness) => unknown]>([
    ["error", (h) => h.sms.handle("error" as never, () => undefined)],
    ["an unknown event", (h) => h.sms.handle("message.recieved" as never, () => undefined)],
    ["an inherited name", (h) => h.sms.handle("toString" as never, () => undefined)],
    ["no function", (h) => h.sms.handle("message.sent", undefined as never)],
    ["an unknown option", (h) => h.sms.handle("message.sent", () => undefined, { nam: "x" } as never)],
    ["a name with a colon", (h) => h.sms.handle("message.sent", () => undefined, { name: "a:b" })],
    ["an empty name", (h) => h.sms.handle("message.sent", () => undefined, { name: "" })],
    ["a name of 65 letters", (h) => h.sms.handle("message.sent", () => undefined, { name: "a".repeat(65) })],
    ["a name that is taken", (h) => h.sms.handle("message.sent", () => undefined, { name: "taken" })],
  ])("is refused with %s", (_, register) => {
    const h = harness();
    h.sms.handle("message.received", () => undefined, { name: "taken" });
    expect(() => register(h)).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });

  it.each([
    [{ timeoutMs: 45_001 }, "handlers.timeoutMs"],
    [{ timeoutMs: 0 }, "handlers.timeoutMs"],
    [{ maxAttempts: 1.5 }, "handlers.maxAttempts"],
    [{ attempts: 3 }, "handlers.attempts"],
  ])("is refused options like %j", (handlers, part) => {
    const options = { handlers } as unknown as Partial<SmsOptions>;
    expect(() => harness(options)).toThrow(
      expect.objectContaining({ code: "config_invalid", message: expect.stringContaining(part) as string }),
    );
  });
});
