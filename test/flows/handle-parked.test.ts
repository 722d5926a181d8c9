import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import { sqliteStorage } from "../../src/adapters/storage/sqlite";
import type { Storage } from "../../src/ports/storage";
import { FIXTURE_CONTACT, inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { manualRuntime, settled } from "../support/manual-runtime";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();
const OTHER = "+14155550199";
const HOUR_MS = 3_600_000;

let count = 0;
async function text(h: Harness, body: string, from = FIXTURE_CONTACT): Promise<void> {
  count += 1;
  const payload = inboundSms({ Body: body, MessageSid: sidOf(6_000 + count), From: from });
  expect((await h.post(payload)).status).toBe(200);
}

/** What a handler returns that never ends. */
function never(): Promise<never> {
  return new Promise((resolve) => {
    void resolve;
  });
}

interface Parking {
  readonly h: Harness;
  readonly noted: string[];
  readonly failing: Set<string>;
}

/** An instance whose handler fails for bodies in `failing`, and gives up at the third try. */
function parking(storage: Storage = memoryStorage(), manual = manualRuntime()): Parking {
  const h = harness({ storage, manual, handlers: { maxAttempts: 3 } });
  const noted: string[] = [];
  const failing = new Set(["bad"]);
  h.sms.handle("message.received", ({ message }) => {
    noted.push(message.body);
    if (failing.has(message.body)) throw new Error(`${message.body} again`);
  });
  return { h, noted, failing };
}

async function runForHours({ h }: Parking, hours = 2): Promise<void> {
  for (let minutes = 0; minutes < hours * 60; minutes += 1) {
    await h.sms.runDue();
    await h.runtime.advance(HOUR_MS / 60);
  }
}

/** Texts whose handler is then given up on, with two that wait behind, and one in another conversation. */
async function parked(p: Parking): Promise<string> {
  for (const body of ["bad", "two", "three"]) await text(p.h, body);
  await text(p.h, "elsewhere", OTHER);
  await runForHours(p);
  const [item] = (await p.h.sms.handlers.parked()).items;
  return item?.id ?? "";
}

describe.each<readonly [string, () => Storage]>([
  ["memory", memoryStorage],
  ["SQLite", () => sqliteStorage({ path: ":memory:" })],
])("an event whose handler fails for good, on %s", (_, open) => {
  it("is parked after maxAttempts tries, is shown with what waits behind it, and is said once", async () => {
    const p = parking(open());
    const id = await parked(p);
    expect(p.noted.toSorted()).toEqual(["bad", "bad", "bad", "elsewhere"]);
    const page = await p.h.sms.handlers.parked();
    expect(page).toMatchObject({
      nextCursor: null,
      items: [
        {
          handler: "message.received",
          event: { name: "message.received", data: { message: { body: "bad" } } },
          failures: 3,
          waiting: 2,
        },
      ],
    });
    const [conversation] = (await p.h.sms.conversations.withContact({ contact: FIXTURE_CONTACT })).items;
    expect(page.items[0]?.conversationId).toBe(conversation?.id);
    expect(Date.parse(page.items[0]?.parkedAt ?? "")).toBeLessThan(p.h.runtime.now() - HOUR_MS);
    const said = p.h.events.flatMap((event) =>
      event.name === "error" ? [[event.data.error.code, event.data.error.details["id"]]] : [],
    );
    expect(said).toEqual([
      ["handler_failed", id],
      ["handler_failed", id],
      ["handler_failed", id],
      ["handler_parked", id],
    ]);
  });

  it("is tried again once it is resumed, and those behind it after it", async () => {
    const p = parking(open());
    const id = await parked(p);
    p.noted.length = 0;
    await text(p.h, "four");
    await runForHours(p, 1);
    expect(p.noted).toEqual([]);
    p.failing.clear();
    expect(await p.h.sms.handlers.resume(id)).toBe(true);
    await p.h.sms.runDue();
    expect(p.noted).toEqual(["bad", "two", "three", "four"]);
    expect((await p.h.sms.handlers.parked()).items).toEqual([]);
  });

  it("has as many tries as before after it was resumed, and is parked again", async () => {
    const p = parking(open());
    const id = await parked(p);
    p.noted.length = 0;
    await p.h.sms.handlers.resume(id);
    await runForHours(p);
    expect(p.noted).toEqual(["bad", "bad", "bad"]);
    expect((await p.h.sms.handlers.parked()).items).toMatchObject([{ id, failures: 3 }]);
  });

  it("is left out once it is skipped, and those behind it are run", async () => {
    const p = parking(open());
    const id = await parked(p);
    p.noted.length = 0;
    expect(await p.h.sms.handlers.skip(id)).toBe(true);
    await p.h.sms.runDue();
    expect(p.noted).toEqual(["two", "three"]);
    await text(p.h, "four");
    await p.h.sms.runDue();
    expect(p.noted).toEqual(["two", "three", "four"]);
  });
});

describe("a ruling on a parked event", () => {
  it("holds once: who comes second changes nothing, also where the next event is parked by then", async () => {
    const p = parking();
    p.failing.add("two");
    const id = await parked(p);
    expect(await Promise.all([p.h.sms.handlers.skip(id), p.h.sms.handlers.skip(id)])).toEqual([true, false]);
    await runForHours(p);
    const { items } = await p.h.sms.handlers.parked();
    expect(items).toMatchObject([{ event: { data: { message: { body: "two" } } }, waiting: 1 }]);
    expect(await p.h.sms.handlers.skip(id)).toBe(false);
    expect(await p.h.sms.handlers.resume(id)).toBe(false);
    expect((await p.h.sms.handlers.parked()).items).toEqual(items);
  });

  it("changes nothing for an event that is only waiting for its next try", async () => {
    const p = parking();
    await text(p.h, "bad");
    await p.h.sms.runDue();
    const [failed] = p.h.events.flatMap((event) => (event.name === "error" ? [event.data.error] : []));
    const id = String(failed?.details["id"]);
    expect(await p.h.sms.handlers.skip(id)).toBe(false);
    await runForHours(p);
    expect(p.noted).toEqual(["bad", "bad", "bad"]);
  });

  it.each(["", "nothing", "event:message.received:none:1", "handle:a:b", "event:a:b:0", "event:a:b:1e3"])(
    "is refused for the id %j",
    async (id) => {
      const p = parking();
      await parked(p);
      await expect(p.h.sms.handlers.resume(id)).rejects.toMatchObject({ code: "event_not_found" });
      await expect(p.h.sms.handlers.skip(id)).rejects.toMatchObject({ code: "event_not_found" });
    },
  );

  it("is refused for a place that no event has had yet", async () => {
    const p = parking();
    const id = await parked(p);
    const later = id.replace(/1$/, "4");
    expect(later).not.toBe(id);
    await expect(p.h.sms.handlers.skip(later)).rejects.toMatchObject({ code: "event_not_found" });
  });
});

describe("parked events", () => {
  it("are listed in pages, longest parked first, and seen from every process", async () => {
    const storage = memoryStorage();
    const p = parking(storage);
    for (let index = 0; index < 30; index += 1) {
      await text(p.h, "bad", `+1415555${String(2_000 + index)}`);
      await p.h.runtime.advance(1);
    }
    await runForHours(p, 1);
    const elsewhere = harness({ storage, manual: p.h.runtime });
    const ids: string[] = [];
    const times: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await elsewhere.sms.handlers.parked({ limit: 7, cursor });
      expect(page.items.every(({ event }) => event?.name === "message.received")).toBe(true);
      ids.push(...page.items.map(({ id }) => id));
      times.push(...page.items.map(({ parkedAt }) => parkedAt));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(ids).size).toBe(30);
    expect(times).toEqual(times.toSorted());
    expect((await elsewhere.sms.handlers.parked({ limit: 1_000 })).items).toHaveLength(30);
  });

  it("include one that ends its process at every try", async () => {
    const storage = memoryStorage();
    const manual = manualRuntime();
    let begun = 0;
    const said: string[] = [];
    for (let life = 0; life < 6; life += 1) {
      const dying = harness({ storage, manual, handlers: { maxAttempts: 3 } });
      dying.sms.handle("message.received", () => {
        begun += 1;
        return never();
      });
      if (life === 0) await text(dying, "poison");
      // It never ends: nothing tells of its time, as in a process that is no more.
      const dead = harness({
        storage,
        manual: { ...manual, setTimer: () => () => undefined },
        handlers: { maxAttempts: 3 },
      });
      dead.sms.handle("message.received", () => {
        begun += 1;
        return never();
      });
      dead.sms.on("error", ({ error }) => said.push(error.code));
      dead.sms.runDue().catch(() => undefined);
      await settled(20);
      await manual.advance(60_000);
    }
    expect(begun).toBe(3);
    expect(said).toEqual(["handler_parked"]);
    const h = harness({ storage, manual });
    expect((await h.sms.handlers.parked()).items).toMatchObject([{ failures: 3, waiting: 0 }]);
  });

  it("are parked by the try that was the last, not by a later look at them", async () => {
    const h = harness({ handlers: { maxAttempts: 1 } });
    h.sms.handle("message.received", () => {
      throw new Error("never");
    });
    await text(h, "one");
    await h.sms.runDue();
    expect((await h.sms.handlers.parked()).items).toMatchObject([{ failures: 1 }]);
  });

  it("come after twenty tries by default", async () => {
    const h = harness();
    let tries = 0;
    h.sms.handle("message.received", () => {
      tries += 1;
      throw new Error("never");
    });
    await text(h, "one");
    const startedMs = h.runtime.now();
    while ((await h.sms.handlers.parked()).items.length === 0) {
      await h.sms.runDue();
      await h.runtime.advance(10_000);
    }
    expect(tries).toBe(20);
    const minutes = (h.runtime.now() - startedMs) / 60_000;
    expect(minutes).toBeGreaterThan(50);
    expect(minutes).toBeLessThan(110);
  });
});
