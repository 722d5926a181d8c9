import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryStorage } from "../../src/adapters/storage/memory";
import type { Write } from "../../src/core/model/record";
import type { Storage } from "../../src/ports/storage";
import { FIXTURE_CONTACT, inboundSms } from "../fixtures/twilio/payloads";
import { harness } from "../support/harness";
import type { Harness } from "../support/harness";
import { impatientRuntime } from "../support/impatient-runtime";
import { sidOf, twilioEdge } from "../support/twilio-edge";

twilioEdge();
const contact = FIXTURE_CONTACT;

/** Every verb waits for its turn, and what was committed is written down in its order. */
function scheduled(base: Storage, scheduler: fc.Scheduler, log: (readonly Write[])[]): Storage {
  const turn = async (name: string): Promise<void> => {
    await scheduler.schedule(Promise.resolve(), name);
  };
  return {
    ...base,
    async read(keys) {
      await turn("read");
      return base.read(keys);
    },
    async list(query) {
      await turn("list");
      return base.list(query);
    },
    async commit(writes) {
      await turn("commit");
      const outcome = await base.commit(writes);
      if (outcome === "committed") log.push(writes);
      return outcome;
    },
  };
}

/** How often a message was claimed for handing over while the contact was opted out. */
function claimsAfterStop(log: readonly (readonly Write[])[]): number {
  let isOut = false;
  let claims = 0;
  for (const writes of log) {
    const claimed = writes.some((write) => write.kind === "task" && "put" in write && write.put.calling);
    if (claimed && isOut) claims += 1;
    // The ledger tells each change; a mark that an erasure writes tells none.
    for (const write of writes) {
      if (write.kind !== "consentEntry" || !("put" in write) || write.expect !== "absent") continue;
      isOut = write.put.to === "opted-out";
    }
  }
  return claims;
}

const BEFORE = ["never met", "met", "met without a key", "erased"] as const;
const ACTIONS = ["send", "send elsewhere", "send and run", "stop", "hello", "erase", "run"] as const;

async function act(h: Harness, action: (typeof ACTIONS)[number], index: number): Promise<void> {
  switch (action) {
    case "send":
      await h.sms.send({ to: contact, body: "Hi" });
      return;
    case "send elsewhere":
      await h.sms.send({ to: contact, body: "Hi", from: "+15005550007" });
      return;
    case "send and run":
      await h.sms.send({ to: contact, body: "Hi" });
      await h.sms.runDue();
      return;
    case "stop":
    case "hello":
      await h.post(inboundSms({ Body: action, MessageSid: sidOf(7_000 + index) }));
      return;
    case "erase":
      await h.sms.contacts.erase({ contact });
      return;
    case "run":
      await h.sms.runDue();
      return;
  }
}

it("nothing is claimed after a STOP, in whatever order texts, STOP, erasures and workers come", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom(...BEFORE),
      fc.array(fc.constantFrom(...ACTIONS), { minLength: 1, maxLength: 5 }),
      async (scheduler, before, more) => {
        const base = memoryStorage();
        const manual = impatientRuntime();
        const log: (readonly Write[])[] = [];
        const erasure = { key: "a secret of thirty-two characters" };
        const quiet = harness({
          storage: base,
          manual,
          ...(before === "met without a key" ? {} : { erasure }),
        });
        if (before !== "never met") await quiet.post(inboundSms({ Body: "Hello", MessageSid: sidOf(6_999) }));
        if (before === "erased") await quiet.sms.contacts.erase({ contact });
        const storage = scheduled(base, scheduler, log);
        // Every action is of a process of its own.
        const acts = ["stop" as const, "erase" as const, "send and run" as const, ...more].map(
          (action, index) => act(harness({ storage, manual, erasure }), action, index),
        );
        await scheduler.waitFor(Promise.allSettled(acts));
        expect(claimsAfterStop(log)).toBe(0);
        const last = await harness({ storage: base, manual, erasure }).sms.send({
          to: contact,
          body: "Later",
        });
        expect(last.kind).toBe("blocked");
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);
