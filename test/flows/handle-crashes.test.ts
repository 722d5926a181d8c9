import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Storage } from "../../src/ports/storage";
import { inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { manualRuntime, settled } from "../support/manual-runtime";
import type { ManualRuntime } from "../support/manual-runtime";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();
const CONTACTS = ["+14155550101", "+14155550102"] as const;
const LEASE_MS = 60_000;

/** What a handler returns that never ends. */
function never(): Promise<never> {
  return new Promise((resolve) => {
    void resolve;
  });
}

/** A process that ends at a verb of its storage: before it, or after it without hearing of its outcome. */
interface Mortal {
  readonly storage: Storage;
  readonly died: Promise<void>;
  readonly isDead: () => boolean;
}

function mortal(inner: Storage, dieAt: number, when: "before" | "after"): Mortal {
  let verbs = 0;
  let isDead = false;
  let tell = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const forEver = never();
  async function living<T>(verb: () => Promise<T>): Promise<T> {
    if (isDead) return forEver;
    verbs += 1;
    if (verbs !== dieAt) return verb();
    isDead = true;
    if (when === "after") await verb();
    tell();
    return forEver;
  }
  return {
    storage: {
      ...inner,
      read: (keys) => living(() => inner.read(keys)),
      commit: (writes) => living(() => inner.commit(writes)),
      list: (query) => living(() => inner.list(query)),
    },
    died,
    isDead: () => isDead,
  };
}

interface Handled {
  readonly begun: { readonly contact: string; readonly seq: number }[];
  readonly ended: { readonly contact: string; readonly seq: number }[];
  /** Calls that have not ended, of all processes. */
  readonly open: Set<{ readonly contact: string; readonly isDead: () => boolean }>;
  /** The most calls at once for one conversation, of processes that live. */
  overlapping: number;
}

/** A process whose handler writes down what it is given, and fails every third time. */
function processOf(
  storage: Storage,
  manual: ManualRuntime,
  handled: Handled,
  isDead: () => boolean,
): Harness {
  const h = harness({ storage, manual });
  let calls = 0;
  h.sms.handle("message.received", async ({ message: { from, seq } }) => {
    handled.begun.push({ contact: from, seq });
    const call = { contact: from, isDead };
    handled.open.add(call);
    const living = [...handled.open].filter((one) => one.contact === from && !one.isDead());
    handled.overlapping = Math.max(handled.overlapping, living.length);
    await settled(1);
    if (isDead()) await never();
    handled.open.delete(call);
    calls += 1;
    if (calls % 3 === 0) throw new Error("now and then");
    handled.ended.push({ contact: from, seq });
  });
  return h;
}

async function deliver(h: Harness, sids: readonly number[]): Promise<void> {
  for (const sid of sids) {
    const From = CONTACTS[sid % 2] ?? CONTACTS[0];
    const MessageSid = sidOf(sid);
    expect((await h.post(inboundSms({ MessageSid, From, Body: `text ${sid}` }))).status).toBe(200);
  }
}

const death = fc.record({ at: fc.integer({ min: 1, max: 70 }), when: fc.constantFrom("before", "after") });
const lives = fc.array(fc.record({ first: death, second: death }), { minLength: 1, maxLength: 4 });

describe("handlers of processes that crash anywhere", () => {
  it("are given every stored event at least once, never before the one in front of it has ended well", async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (deaths) => {
        const storage = memoryStorage();
        const manual = manualRuntime();
        const handled: Handled = { begun: [], ended: [], open: new Set(), overlapping: 0 };
        for (const [life, { first, second }] of deaths.entries()) {
          const a = mortal(storage, first.at, first.when);
          const b = mortal(storage, second.at, second.when);
          const receiving = processOf(a.storage, manual, handled, a.isDead);
          const running = processOf(b.storage, manual, handled, b.isDead);
          const sids = Array.from({ length: 6 }, (_, index) => life * 6 + index);
          const work = deliver(receiving, sids).then(() => receiving.sms.runDue());
          await Promise.all([
            Promise.race([work, a.died]),
            Promise.race([running.sms.runDue().then(() => running.sms.runDue()), b.died]),
          ]);
          await settled(2);
          await manual.advance(LEASE_MS);
        }
        const last = processOf(storage, manual, handled, () => false);
        // Twilio repeats what was not acknowledged; what was is stored once.
        await deliver(
          last,
          Array.from({ length: deaths.length * 6 }, (_, sid) => sid),
        );
        for (let minutes = 0; minutes < 15; minutes += 1) {
          await last.sms.runDue();
          await manual.advance(LEASE_MS);
        }
        expect(handled.overlapping).toBe(1);
        for (const contact of CONTACTS) {
          const begun = handled.begun.filter((one) => one.contact === contact).map(({ seq }) => seq);
          const ended = handled.ended.filter((one) => one.contact === contact).map(({ seq }) => seq);
          expect(begun).toEqual(begun.toSorted((x, y) => x - y));
          const stored = Array.from({ length: deaths.length * 3 }, (_, index) => index + 1);
          expect([...new Set(ended)]).toEqual(stored);
        }
        const left = await storage.list({ list: "records", kind: "task", limit: 1_000, cursor: null });
        expect(left.items.filter(({ id }) => id.startsWith("event:"))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
